# SPDX-License-Identifier: Apache-2.0
"""Case: an application with all that a rule may ask of it on its day: its countries, and what its items are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import msgspec

from highfence.errors import InvalidInput
from highfence.model.application import Application, Item, Known
from highfence.model.control import EAR99, UNLISTED, ControlLists, split_code
from highfence.model.country import country_name
from highfence.rules.licence.judged import Judged, either, no, unknown, yes
from highfence.rules.licence.tables import RuleTables
from highfence.rules.scope.yard import Yard, covers

#: Entries of the American list that are military: the 600 series, firearms, the munitions list of Wassenaar.
_MILITARY = ("0A50", "0A60", "0A61", "0A919", "0D60", "0E60", "0B60", "1A607", "1A613")
_LEAST_SHARE, _LOWER_SHARE = 25, 10


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """What every determination rests on: the rules, the control lists by edition and day, the yard's changes."""

    tables: RuleTables
    yard: Yard


class Case(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One application on its day."""

    application: Application
    known: Known
    basis: Basis

    @property
    def lists(self) -> ControlLists:
        """The control lists of the day."""
        return self.basis.yard.lists

    @property
    def tables(self) -> RuleTables:
        """The rules."""
        return self.basis.tables

    def country_in(self, country: str, tokens: Sequence[str]) -> Judged:
        """Tell whether a country is one of those that tokens name (`ru`, `set:eu`, `group:D:5`)."""
        return either(self._country_in(country, token) for token in tokens)

    def _country_in(self, country: str, token: str) -> Judged:
        kind, _, name = token.partition(":")
        if kind == "set":
            found = self.tables.set(name)
            return (
                yes(f"{named(country)} is one of: {found.title}") if country in found.on(self.application.on) else no()
            )
        if kind == "group":
            if self.lists.groups is None:
                return unknown("the Country Groups are not loaded")
            label = self.lists.groups.labels.get(name, "")
            fact = f"{named(country)} is in Country Group {name} ({label})"
            return yes(fact) if country in self.lists.groups.groups.get(name, ()) else no()
        return yes(f"the country is {named(country)}") if country == token else no()

    @cached_property
    def _reach(self) -> dict[str, Judged]:
        return {item.id: self._subject(item) for item in self.application.items}

    def subject_to_ear(self, item: Item) -> Judged:
        """Tell whether an item is subject to the EAR (15 CFR 734.3)."""
        return self._reach[item.id]

    def _subject(self, item: Item) -> Judged:
        if self.application.exporter == "us":
            return yes("all that is exported from the United States is subject to the EAR")
        if item.origin == "us":
            return yes(f"{item.id} is of American origin")
        if item.us_technology:
            return yes(f"{item.id} is the direct product of American technology")
        lower = self.country_in(self.application.destination, ("set:us-de-minimis-10",)).level
        least = _LOWER_SHARE if lower else _LEAST_SHARE
        if item.us_content is not None and item.us_content > least:
            return yes(f"{item.id} holds {item.us_content} % controlled American content, more than {least} %")
        if item.origin and item.us_content is not None and item.us_technology is False:
            return no(f"{item.id} holds no more than {least} % American content and comes of no American technology")
        missing = [
            words
            for words, known in (
                ("origin", item.origin),
                ("us_content", item.us_content is not None),
                ("us_technology", item.us_technology is not None),
            )
            if not known
        ]
        return unknown(f"whether {item.id} is subject to the EAR: state its {', '.join(missing)}")

    def item_is(self, item: Item, token: str) -> Judged:
        """Tell whether an item is what a rule's word for items names."""
        kind, _, rest = token.partition(":")
        if kind in ("eccn", "eu"):
            code = item.eccn if kind == "eccn" else item.eu_code
            return yes(f"{item.id} is {code}") if code and covers(rest, code) else no()
        if kind == "priority":
            return self._priority(item, tuple(rest.split(",")) if rest else ())
        return {
            "annex-i": self._annex_i,
            "unlisted": self._unlisted,
            "ccl": self._ccl,
            "ear99": self._ear99,
            "supplement-2": self._supplement_2,
            "military": self._military,
        }[kind](item)

    def _annex_i(self, item: Item) -> Judged:
        if item.eu_code == UNLISTED:
            return no(f"{item.id} is not in Annex I")
        if item.eu_code:
            return yes(f"{item.id} is {item.eu_code} of Annex I")
        if not self.lists.annex_i:
            return unknown(f"whether {item.id} is in Annex I: give its eu_code, or none")
        entry, _ = split_code(item.eccn)
        if entry in self.lists.annex_i:
            return unknown(
                f"whether {item.id} is in Annex I: it is {item.eccn}, and Annex I has a {entry}; give its eu_code"
            )
        if item.eccn == EAR99:
            return unknown(f"whether {item.id} is in Annex I: EAR99 says nothing about it; give its eu_code, or none")
        return unknown(f"whether {item.id} is in Annex I: give its eu_code, or none")

    def _unlisted(self, item: Item) -> Judged:
        listed = self._annex_i(item)
        return msgspec.structs.replace(listed, level=2 - listed.level)

    def _ccl(self, item: Item) -> Judged:
        if item.eccn == EAR99:
            return no(f"{item.id} is EAR99")
        return yes(f"{item.id} is {item.eccn}") if item.eccn else unknown(f"the ECCN of {item.id}: give it, or EAR99")

    def _ear99(self, item: Item) -> Judged:
        listed = self._ccl(item)
        return msgspec.structs.replace(listed, level=2 - listed.level)

    def _supplement_2(self, item: Item) -> Judged:
        if not item.eccn:
            return unknown(f"the ECCN of {item.id}: give it, or EAR99")
        if any(covers(code, item.eccn) for code in self.tables.chart.supplement_2):
            return yes(f"{item.id} is {item.eccn}, which is in Supplement No. 2 to Part 744")
        return no(f"{item.id} is {item.eccn}, which is not in Supplement No. 2 to Part 744")

    def _military(self, item: Item) -> Judged:
        if item.military:
            return yes(f"{item.id} is said to be made for military use")
        entry = item.eccn
        if entry.startswith(_MILITARY) or (len(entry) > 4 and entry[2] == "6") or entry[2:5] == "018":
            return yes(f"{item.id} is {entry}, a military entry")
        return no()

    def _priority(self, item: Item, tiers: tuple[str, ...]) -> Judged:
        if not item.hs:
            return unknown(f"whether {item.id} is a common high priority item: give its HS number")
        if not self.lists.priority:
            return unknown("the Common High Priority List is not loaded")
        tier = self.lists.priority.get(item.hs[:6], "")
        if not tier or (tiers and tier not in tiers):
            return no()
        return yes(f"{item.id} is HS {item.hs[:6]}, tier {tier} of the Common High Priority List")


def named(country: str) -> str:
    """Return a country's name, or its code if it has none any more."""
    try:
        return country_name(country)
    except InvalidInput:
        return country.upper()
