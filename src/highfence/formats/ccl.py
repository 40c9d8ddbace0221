# SPDX-License-Identifier: Apache-2.0
"""Commerce Control List, Country Chart, Country Groups and licence exceptions: JSON made from the eCFR, read.

Each file is one object with `ecfrIssueDate` and `citation`. Countries are printed by their names; what no country is
known by is refused, for a row that is left out would read as "no licence needed".
"""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

import msgspec

from highfence.errors import InvalidDocument
from highfence.model.control import (
    US_CCL,
    Control,
    ControlEntry,
    ControlLists,
    CountryChart,
    CountryGroups,
    Edition,
    LicenceException,
    Paragraph,
)
from highfence.model.country import country_code

#: Countries as these files spell them, slips included.
_NAMES = {
    "Bahamas, The": "bs",
    "Gambia, The": "gm",
    "Korea, South": "kr",
    "Korea, North": "kp",
    "Congo (Democratic Republic of the)": "cd",
    "Congo (Democratic Republic of)": "cd",
    "Congo (Republic of the)": "cg",
    "Micronesia (Federated State of)": "fm",
    "Seycheles": "sc",
    "Cote d'lvoire": "ci",
    "South Sudan, Republic of": "ss",
    "Sint Maarten (the Dutch two-fifths of the island of Saint Martin)": "sx",
    "China (PRC)": "cn",
    "Burma": "mm",
}
T = TypeVar("T")


class _Item(msgspec.Struct):
    text: str
    paragraph: str | None = None
    depth: int = 0


class _Row(msgspec.Struct):
    control: str
    where: str = msgspec.field(name="countryChart")


class _Entry(msgspec.Struct, rename="camel"):
    eccn: str
    category: str
    heading: str
    reason_for_control: str | None = None
    country_chart: list[_Row] = []
    licence_exception_flags: dict[str, str] = {}
    related_controls: str | None = None
    items: list[_Item] = []


class _List(msgspec.Struct, rename="camel"):
    citation: str
    ecfr_issue_date: date
    entries: list[_Entry]


class _Marks(msgspec.Struct):
    marks: list[str] = []
    pointer: str = ""


class _Inherited(msgspec.Struct):
    row: str


class _Chart(msgspec.Struct, rename="camel"):
    citation: str
    ecfr_issue_date: date
    columns: list[str]
    countries: dict[str, _Marks]
    embargoed: dict[str, _Marks] = {}
    territory_inheritance: dict[str, _Inherited] = {}


class _Groups(msgspec.Struct, rename="camel"):
    citation: str
    ecfr_issue_date: date
    labels: dict[str, str]
    groups: dict[str, list[str]]


class _Exception(msgspec.Struct):
    section: str
    symbols: list[str]
    title: str


class _Exceptions(msgspec.Struct, rename="camel"):
    citation: str
    ecfr_issue_date: date
    exceptions: list[_Exception]


def read_ccl(data: bytes) -> ControlLists:
    """Read the Commerce Control List; raises InvalidDocument when it is not one."""
    read = _read(data, _List, what="Commerce Control List")
    entries = {one.eccn: _entry(one) for one in read.entries}
    edition = Edition(name=US_CCL, as_of=read.ecfr_issue_date, rows=len(entries), citation=read.citation)
    return ControlLists(editions=(edition,), ccl=entries)


def read_chart(data: bytes) -> ControlLists:
    """Read the Commerce Country Chart; raises InvalidDocument when it is none, or names a country nobody knows."""
    read = _read(data, _Chart, what="Commerce Country Chart")
    marks = {_country(name): tuple(row.marks) for name, row in read.countries.items()}
    for name, inherited in read.territory_inheritance.items():
        code, row = _country(name), _country(inherited.row)
        if row in marks:
            marks[code] = marks[row]
    chart = CountryChart(
        citation=read.citation,
        marks=marks,
        embargoed={_country(name): row.pointer for name, row in read.embargoed.items()},
        columns=tuple(read.columns),
    )
    edition = Edition(
        name="us-country-chart", as_of=read.ecfr_issue_date, rows=len(read.countries), citation=read.citation
    )
    return ControlLists(editions=(edition,), chart=chart)


def read_groups(data: bytes) -> ControlLists:
    """Read the Country Groups. Hong Kong, which has no row of its own any more, is in the groups of China."""
    read = _read(data, _Groups, what="Country Groups")
    groups = {}
    for name, members in read.groups.items():
        codes = [_country(member) for member in members]
        groups[name] = tuple([*codes, "hk"] if "cn" in codes else codes)
    edition = Edition(name="us-country-groups", as_of=read.ecfr_issue_date, rows=len(groups), citation=read.citation)
    return ControlLists(
        editions=(edition,), groups=CountryGroups(citation=read.citation, groups=groups, labels=read.labels)
    )


def read_exceptions(data: bytes) -> ControlLists:
    """Read the licence exceptions of Part 740."""
    read = _read(data, _Exceptions, what="licence exceptions")
    found = tuple(
        LicenceException(symbol=symbol, section=one.section, title=one.title)
        for one in read.exceptions
        for symbol in one.symbols
    )
    edition = Edition(
        name="us-licence-exceptions", as_of=read.ecfr_issue_date, rows=len(read.exceptions), citation=read.citation
    )
    return ControlLists(editions=(edition,), exceptions=found)


def _read(data: bytes, kind: type[T], *, what: str) -> T:
    try:
        return msgspec.convert(msgspec.json.decode(data), kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidDocument(
            f"this is no {what}: {str(error)[:160]}", where=what, advice="Give the file as it was published"
        ) from error


def _country(name: str) -> str:
    code = _NAMES.get(name) or country_code(name)
    if not code:
        raise InvalidDocument(
            f"{name[:60]!r} is no country that is known", where="countries", advice="Check the file's spelling"
        )
    return code


def _entry(read: _Entry) -> ControlEntry:
    paragraphs = tuple(
        Paragraph(
            code=f"{read.eccn}.{one.paragraph}" if one.paragraph else read.eccn,
            text=one.text,
            depth=one.depth,
            note=not one.paragraph,
        )
        for one in read.items
    )
    return ControlEntry(
        list=US_CCL,
        code=read.eccn,
        heading=read.heading,
        category=read.category,
        paragraphs=paragraphs,
        controls=tuple(_control(row) for row in read.country_chart),
        reasons=read.reason_for_control or "",
        exceptions=read.licence_exception_flags,
        related=read.related_controls or "",
    )


def _control(row: Any) -> Control:
    return Control(reason=row.control.split(" ", 1)[0].strip(",."), scope=row.control, where=row.where)
