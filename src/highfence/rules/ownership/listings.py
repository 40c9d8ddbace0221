# SPDX-License-Identifier: Apache-2.0
"""Listings: under which ownership rules it counts that somebody is listed, from `tables/listed_under.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib import resources

import msgspec

from highfence.model.interest import Listed
from highfence.model.listing import Listing

_WORDS = re.compile(r"[^\s;,()\[\]]+")


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which listings count under a rule. What a line does not give is not asked."""

    rule: str
    jurisdiction: str
    citation: str
    verified: bool
    lists: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()

    def fits(self, listing: Listing) -> bool:
        """Tell whether a listing counts under the rule by this line."""
        if listing.jurisdiction != self.jurisdiction or (self.lists and listing.list not in self.lists):
            return False
        measure = listing.measure.casefold()
        if self.measures and not any(one in measure for one in self.measures):
            return False
        return not self.programmes or not set(self.programmes).isdisjoint(_WORDS.findall(listing.programme))


def rules_of(listing: Listing) -> tuple[str, ...]:
    """Return the ownership rules under which a listing counts, each once.

    >>> rules_of(Listing(jurisdiction="us", source="us_csl", list="Entity List", key="1", entity="x"))
    ('us-bis',)
    """
    return tuple(dict.fromkeys(line.rule for line in lines() if line.fits(listing)))


def listed_as(party: str, listings: Iterable[Listing], on: date) -> tuple[Listed, ...]:
    """Return what the ownership rules need to know of a party's listings on a day: one for each rule that counts any.

    Where several count, what they say on licence applications is put together, so that the strictest is found.
    """
    policies: dict[str, dict[str, None]] = {}
    for one in listings:
        if one.stands(on):
            for rule in rules_of(one):
                policies.setdefault(rule, {})[one.licence_policy] = None
    return tuple(
        Listed(id=party, rules=(rule,), policy="; ".join(text for text in texts if text))
        for rule, texts in policies.items()
    )


@cache
def lines() -> tuple[Line, ...]:
    """Return all lines of the table."""
    text = resources.files("highfence.rules").joinpath("tables", "listed_under.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["lines"], tuple[Line, ...])
