# SPDX-License-Identifier: Apache-2.0
"""Control: entries of control lists, where a licence is needed for what reason, and groups of countries.

What publishers print, as values: the entry with its paragraphs, the rows of the Commerce Country Chart, the Country
Groups, the licence exceptions, the Common High Priority List. Countries go by their alpha-2 codes in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

US_CCL = "us-ccl"
EU_ANNEX_I = "eu-annex-i"
#: The code of an item that is subject to the EAR and on no list of theirs, and of one that is on no list at all.
EAR99 = "EAR99"
UNLISTED = "none"

_CODE = re.compile(r"(\d[A-E]\d{3})((?:\.[a-z0-9]+)*)\Z", re.IGNORECASE)


class Paragraph(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One paragraph of an entry: its full code such as `3B001.a.1`, its text, how deep it stands; or a note."""

    code: str
    text: str
    depth: int = 0
    note: bool = False


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """A reason for control: `NS`, what of the entry it applies to, and where, both in the list's own words."""

    reason: str
    scope: str
    where: str


class ControlEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An entry of a control list. `exceptions` are the list's words on licence exceptions by symbol."""

    list: str
    code: str
    heading: str
    category: str = ""
    paragraphs: tuple[Paragraph, ...] = ()
    controls: tuple[Control, ...] = ()
    reasons: str = ""
    exceptions: dict[str, str] = msgspec.field(default_factory=dict)
    related: str = ""


class CountryChart(msgspec.Struct, frozen=True, kw_only=True):
    """The Commerce Country Chart: the columns that are marked for a country, such as `NS 2`.

    `embargoed` are the rows without marks, whose absence means nothing, with the place they point to.
    """

    citation: str
    marks: dict[str, tuple[str, ...]]
    embargoed: dict[str, str]
    columns: tuple[str, ...]


class CountryGroups(msgspec.Struct, frozen=True, kw_only=True):
    """The Country Groups, such as `D:5`, with what each is called."""

    citation: str
    groups: dict[str, tuple[str, ...]]
    labels: dict[str, str]

    def of(self, country: str) -> tuple[str, ...]:
        """Return the groups a country is in."""
        return tuple(name for name, members in self.groups.items() if country in members)


class LicenceException(msgspec.Struct, frozen=True, kw_only=True):
    """A licence exception of the EAR: its symbol, section and title."""

    symbol: str
    section: str
    title: str


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """One list as it was loaded: its name, the day it is of, how many rows it has, and where it stands."""

    name: str
    as_of: date
    rows: int
    citation: str = ""


class ControlLists(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Control lists as they stood on a day, each may be missing; `priority` maps HS-6 to a tier, `hs` to its words."""

    editions: tuple[Edition, ...] = ()
    ccl: dict[str, ControlEntry] = msgspec.field(default_factory=dict)
    annex_i: dict[str, ControlEntry] = msgspec.field(default_factory=dict)
    chart: CountryChart | None = None
    groups: CountryGroups | None = None
    exceptions: tuple[LicenceException, ...] = ()
    priority: dict[str, str] = msgspec.field(default_factory=dict)
    hs: dict[str, str] = msgspec.field(default_factory=dict)

    def edition(self, name: str) -> Edition | None:
        """Return the edition of a list, None if it is not loaded."""
        return next((one for one in self.editions if one.name == name), None)


#: The fields that an edition fills, by its name.
PARTS: Mapping[str, str] = {
    US_CCL: "ccl",
    EU_ANNEX_I: "annex_i",
    "us-country-chart": "chart",
    "us-country-groups": "groups",
    "us-licence-exceptions": "exceptions",
    "high-priority-list": "priority",
    "harmonized-system": "hs",
}


def lists_on(shelf: Iterable[ControlLists], day: date) -> ControlLists:
    """Return, of each list, the newest edition that was there on a day; the oldest if all are later.

    So an edition that comes later changes nothing about an earlier day. Which edition is used is in `editions`.
    """
    chosen: dict[str, tuple[Edition, ControlLists]] = {}
    for lists in shelf:
        for edition in lists.editions:
            held = chosen.get(edition.name)
            if held is None or _better(edition.as_of, held[0].as_of, day):
                chosen[edition.name] = edition, lists
    parts = {PARTS[name]: getattr(lists, PARTS[name]) for name, (_, lists) in chosen.items()}
    return ControlLists(editions=tuple(edition for edition, _ in chosen.values()), **parts)


def _better(one: date, held: date, day: date) -> bool:
    if one <= day:
        return held > day or one > held
    return held > day and one < held


def split_code(text: str) -> tuple[str, str]:
    """Return the entry and the paragraph of a code; two empty texts if it has not the form of one.

    >>> split_code("3b001.c.1.a"), split_code("3B001"), split_code("EAR99")
    (('3B001', 'c.1.a'), ('3B001', ''), ('', ''))
    """
    found = _CODE.match(text.strip())
    return (found[1].upper(), found[2].lower().removeprefix(".")) if found else ("", "")
