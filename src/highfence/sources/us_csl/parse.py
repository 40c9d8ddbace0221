# SPDX-License-Identifier: Apache-2.0
"""Parse: the Consolidated Screening List's CSV into one party per row."""

from __future__ import annotations

from collections.abc import Iterator

from highfence.model.listing import Listing
from highfence.sources.dates import read_day
from highfence.sources.progress import quiet, told
from highfence.sources.source import ListedParty, Parsed, Problem, Progress
from highfence.sources.table import Row, Table, read_table
from highfence.sources.us_csl.addresses import read_addresses
from highfence.sources.us_csl.identifiers import Identifiers, read_identifiers
from highfence.sources.us_csl.keys import Mark, keys
from highfence.sources.us_csl.lists import CslList, list_of
from highfence.sources.us_csl.subject import Places, entities

SOURCE = "us_csl"
#: Without one of these the list would lose what it is for.
REQUIRED = (
    "source",
    "entity_number",
    "type",
    "programs",
    "name",
    "addresses",
    "federal_register_notice",
    "start_date",
    "end_date",
    "license_requirement",
    "license_policy",
    "alt_names",
    "ids",
)
#: Read where they are; one that is missing is reported.
OPTIONAL = (
    "title",
    "call_sign",
    "vessel_type",
    "gross_tonnage",
    "gross_registered_tonnage",
    "vessel_flag",
    "vessel_owner",
    "remarks",
    "source_list_url",
    "citizenships",
    "dates_of_birth",
    "nationalities",
    "places_of_birth",
    "source_information_url",
)
#: A row cut off after its name still says who is on which list.
NEEDED = ("source", "name")
_TYPES = ("Entity", "Individual", "Vessel", "Aircraft", "")


def parse(data: bytes, progress: Progress = quiet) -> Parsed:
    """Read an edition of the list; the file is a whole edition.

    Problem codes beside those of `read_table`: `missing_column`, `no_name` (not taken), `unknown_list`,
    `unknown_type`, `unknown_identifier`, `unread_date`. Each but `no_name` leaves its row taken.

    Raises:
        ListRefused: the file is not a table with the list's columns.
    """
    table = read_table(data, required=REQUIRED, optional=OPTIONAL, needed=NEEDED)
    problems = [*table.problems, *_missing_columns(table)]
    rows = [row for row in table.rows if row.values["name"]]
    problems += (
        Problem(line=row.line, code="no_name", what="the row names nobody", taken=False)
        for row in table.rows
        if not row.values["name"]
    )
    lists = [list_of(row.values["source"]) for row in rows]
    places = [read_addresses(row.values["addresses"]) for row in rows]
    marks = [
        _mark(row, kind, countries=countries) for row, kind, (_, countries) in zip(rows, lists, places, strict=True)
    ]
    once = _Once()
    parties = [
        _party(row, kind=kind, places=place, key=key, once=once)
        for row, kind, place, key in zip(told(rows, progress), lists, places, keys(marks), strict=True)
    ]
    problems += once.problems
    return Parsed(
        parties=tuple(parties),
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
        rows=table.records,
    )


class _Once:
    """Keeps problems that would repeat on thousands of rows: the first row of each kind is enough to act on."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._seen: set[tuple[str, str]] = set()

    def report(self, line: int, code: str, *, about: str, what: str) -> None:
        if (code, about) not in self._seen:
            self._seen.add((code, about))
            self.problems.append(Problem(line=line, code=code, what=what, taken=True))

    def always(self, line: int, code: str, *, what: str) -> None:
        self.problems.append(Problem(line=line, code=code, what=what, taken=True))


def _missing_columns(table: Table) -> Iterator[Problem]:
    for column in OPTIONAL:
        if column not in table.columns:
            what = f"the column {column!r} is not in the file; what it says is missing for every party"
            yield Problem(line=table.header_line, code="missing_column", what=what, taken=True)


def _mark(row: Row, kind: CslList, *, countries: tuple[str, ...]) -> Mark:
    values = row.values
    return Mark(
        list=kind.code,
        number=values["entity_number"],
        name=values["name"],
        countries=tuple(sorted(countries)),
        notice=values["federal_register_notice"],
        rest="\n".join((values["addresses"], values["name"], values["alt_names"])),
    )


def _party(row: Row, *, kind: CslList, places: Places, key: str, once: _Once) -> ListedParty:
    values = row.values
    identifiers = read_identifiers(values["ids"])
    _report(row, kind, identifiers=identifiers, once=once)
    subject = f"us-{key.lower()}"
    found, unread = entities(values, kind=kind, places=places, identifiers=identifiers, subject=subject)
    if unread:
        once.always(row.line, "unread_date", what=f"{unread} dates of birth cannot be read")
    effects = "; ".join((kind.measure, *identifiers.effects) if kind.measure else identifiers.effects)
    listed = min((day for day in map(read_day, (values["start_date"], *identifiers.listed)) if day), default=None)
    listing = Listing(
        jurisdiction="us",
        source=SOURCE,
        list=kind.name,
        key=key,
        entity=subject,
        programme=values["programs"] or kind.programme,
        measure=effects,
        listed=listed,
        until=read_day(values["end_date"]),
        reference=values["federal_register_notice"],
        licence_requirement=values["license_requirement"],
        licence_policy=values["license_policy"],
        url=values["source_list_url"],
    )
    return ListedParty(listing=listing, entities=found)


def _report(row: Row, kind: CslList, *, identifiers: Identifiers, once: _Once) -> None:
    values = row.values
    if not kind.known:
        once.report(row.line, "unknown_list", about=kind.name, what=f"nobody here knows the list {kind.name[:80]!r}")
    if values["type"] not in _TYPES:
        printed = values["type"][:40]
        once.report(row.line, "unknown_type", about=printed, what=f"{printed!r} is read as a legal entity")
    for label in identifiers.unknown:
        what = f"nobody here knows the identifier {label[:60]!r}; its values are not taken"
        once.report(row.line, "unknown_identifier", about=label, what=what)
    for column in ("start_date", "end_date"):
        if values[column] and read_day(values[column]) is None:
            once.always(row.line, "unread_date", what=f"{column} {values[column][:40]!r} is not a day")
