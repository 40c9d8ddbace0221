# SPDX-License-Identifier: Apache-2.0
"""Tables: the rules of each regime with their periods, sets of countries, units, and words of the American list.

A rule says when it applies and what follows; a period says from which day to which it does so, where that stands, and
whether anybody has compared it with the primary text (`verified`). A period that is added for a later day changes no
answer about an earlier one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Literal

import msgspec

#: What follows from a rule: no licence will do, one is needed, look closer, or know it.
Effect = Literal["prohibits", "requires", "warns", "notes"]
RULE_FILES = ("us_ear.toml", "us_sanctions.toml", "eu_dual_use.toml", "eu_sanctions.toml", "arms_embargo.toml")


class Period(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    rename={"since": "from", "until": "to"},
):
    """From the day `since` until the day before `until` a rule is in force, or suspended, as `citation` says."""

    since: date
    until: date | None = None
    state: Literal["in force", "suspended"] = "in force"
    citation: str
    verified: bool
    note: str = ""

    def covers(self, on: date) -> bool:
        """Tell whether a day lies in the period."""
        return self.since <= on and (self.until is None or on < self.until)


class PartyTest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule asks for a party that a list names: whose lists, and how their names begin.

    `programmes` must then be among the listing's, `measures` in its words. `affiliates` is the ownership rule under
    which those who are owned count too.
    """

    jurisdiction: str
    lists: tuple[str, ...]
    programmes: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    affiliates: str = ""


class When(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a rule applies: all that is given must hold; of each line one word is enough.

    Countries are codes, `set:eu` (a set of these tables) or `group:D:5` (a Country Group). Items are codes such as
    `eccn:3A090` or `eu:4A003`, or words that `items.py` knows. End uses are fields of the application's end use.
    """

    exporters: tuple[str, ...] = ()
    not_exporters: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()
    not_destinations: tuple[str, ...] = ()
    subject_to_ear: bool = False
    items: tuple[str, ...] = ()
    party: PartyTest | None = None
    end_uses: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule: when it applies, what follows, under which review policy, and what becomes of licence exceptions.

    `policy` is what licensing officers are told, `listing` takes the words of the list; `bars_exceptions` tells that
    no licence exception may be used.
    """

    id: str
    title: str
    effect: Effect
    says: str
    when: When
    periods: tuple[Period, ...]
    policy: str = ""
    bars_exceptions: bool = False

    def on(self, day: date) -> Period | None:
        """Return the period a day lies in, None if the rule says nothing about it."""
        return next((period for period in self.periods if period.covers(day)), None)


class Regime(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A regime: whose rule it is, for which exporters it is asked, and its rules."""

    regime: str
    title: str
    authority: str
    exporters: tuple[str, ...] = ()
    otherwise: str = ""
    rules: tuple[Rule, ...] = ()


class CountrySet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Countries that are in a set through a time."""

    countries: tuple[str, ...]
    since: date = date.min
    until: date | None = None


class NamedSet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A set of countries by name, with where it stands."""

    name: str
    title: str
    citation: str
    verified: bool
    members: tuple[CountrySet, ...]
    note: str = ""

    def on(self, day: date) -> frozenset[str]:
        """Return the countries that are in the set on a day."""
        return frozenset(
            country
            for one in self.members
            if one.since <= day and (one.until is None or day < one.until)
            for country in one.countries
        )


class Existence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A country that has not always been there, or is no more."""

    country: str
    name: str
    since: date = date.min
    until: date | None = None
    advice: str = ""


class Countries(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sets of countries and which countries exist when."""

    sets: tuple[NamedSet, ...]
    existence: tuple[Existence, ...]


class Unit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of quantity: its units, the least and the most that can be, and whether only whole numbers can."""

    kind: str
    units: tuple[str, ...]
    least: Decimal | None = None
    most: Decimal | None = None
    whole: bool = False


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words of the American list on where a control applies, and which destinations they mean.

    `everywhere` with `besides` is all but those; `ask` says that a person must look, because the words rest on more.
    """

    words: str
    destinations: tuple[str, ...] = ()
    everywhere: bool = False
    besides: tuple[str, ...] = ()
    ask: bool = False


class Chart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the American list's controls are read: the rule for marked columns, the places that are told in words."""

    citation: str
    since: date
    verified: bool
    places: tuple[Place, ...]
    supplement_2: tuple[str, ...]
    supplement_2_citation: str


class Flag(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """A red flag of diversion: what it is called, where it is told, since when."""

    id: str
    title: str
    citation: str
    since: date
    verified: bool


class RuleTables(msgspec.Struct, frozen=True, kw_only=True):
    """All tables that a determination rests on."""

    regimes: tuple[Regime, ...]
    countries: Countries
    units: tuple[Unit, ...]
    chart: Chart
    flags: tuple[Flag, ...]

    def set(self, name: str) -> NamedSet:
        """Return a set of countries by its name."""
        return next(one for one in self.countries.sets if one.name == name)

    def flag(self, name: str) -> Flag:
        """Return a red flag by its id."""
        return next(one for one in self.flags if one.id == name)

    def with_rules(self, regime: str, rules: Iterable[Rule]) -> RuleTables:
        """Return the tables with further rules of a regime."""
        more = tuple(rules)
        regimes = tuple(
            msgspec.structs.replace(one, rules=(*one.rules, *more)) if one.regime == regime else one
            for one in self.regimes
        )
        return msgspec.structs.replace(self, regimes=regimes)


@cache
def rule_tables() -> RuleTables:
    """Return the tables that come with the package."""
    return RuleTables(
        regimes=tuple(msgspec.convert(_table(name), Regime) for name in RULE_FILES),
        countries=msgspec.convert(_table("countries.toml"), Countries),
        units=msgspec.convert(_table("units.toml")["units"], tuple[Unit, ...]),
        chart=msgspec.convert(_table("us_chart.toml"), Chart),
        flags=msgspec.convert(_table("red_flags.toml")["flags"], tuple[Flag, ...]),
    )


def _table(name: str) -> dict[str, Any]:
    room = resources.files("highfence.rules").joinpath("tables", "licence", name)
    return tomllib.loads(room.read_text("utf-8"), parse_float=Decimal)
