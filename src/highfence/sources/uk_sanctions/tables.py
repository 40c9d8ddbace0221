# SPDX-License-Identifier: Apache-2.0
"""Tables: the UK Sanctions List as its three tables give it, joined by `unique_id`."""

from __future__ import annotations

from collections import defaultdict

from highfence.model.entity import Entity
from highfence.model.listing import Listing
from highfence.model.schema import check
from highfence.sources.progress import told
from highfence.sources.source import ListedParty, Parsed, Problem, Progress
from highfence.sources.table import Row, Table, read_table
from highfence.sources.uk_sanctions.archive import Tables
from highfence.sources.uk_sanctions.dates import day
from highfence.sources.uk_sanctions.numbers import company_numbers, person_number, ship_number
from highfence.sources.uk_sanctions.regimes import regime_of

LIST = "UK Sanctions List"
SCHEMATA = {"individual": "Person", "entity": "Organization", "ship": "Vessel"}
_SUBJECTS = ("unique_id", "subject_type", "date_designated")
_NAMES = ("unique_id", "name_type", "full_name")
_IDENTIFIERS = ("unique_id", "raw_value", "identifier_type")


def read_tables(tables: Tables, progress: Progress) -> Parsed:
    """Read an edition. Problems and raised errors: see `parse`; `rows` counts the records of all three tables."""
    subjects = read_table(tables.subjects, required=_SUBJECTS, optional=("un_reference_number", "ofsi_group_id"))
    names = read_table(tables.names, required=_NAMES, optional=("alias_strength",))
    identifiers = read_table(tables.identifiers, required=_IDENTIFIERS)
    joining = _Joining(names, identifiers)
    parties: dict[str, ListedParty] = {}
    for row in told(subjects.rows, progress):
        joining.take(row, parties)
    joining.report_strangers({row["unique_id"] for row in subjects.rows})
    named = (("subjects", subjects), ("names", names), ("identifiers", identifiers))
    problems = [_in_table(problem, name) for name, table in named for problem in table.problems]
    return Parsed(
        parties=tuple(parties.values()),
        problems=(*problems, *joining.problems),
        rows=subjects.records + names.records + identifiers.records,
    )


class _Joining:
    """Names and identifiers by subject, and what was odd about them."""

    def __init__(self, names: Table, identifiers: Table) -> None:
        self._names = _by_subject(names)
        self._identifiers = _by_subject(identifiers)
        self.problems: list[Problem] = []

    def take(self, row: Row, parties: dict[str, ListedParty]) -> None:
        """Add the subject's listing to `parties`, or report why not."""
        key = row["unique_id"]
        if not key:
            self._report(row, "no_key", what="subjects: a subject without unique_id", taken=False)
        elif key in parties:
            self._report(row, "duplicate_key", what=f"subjects: {key[:40]} came before; the first is kept", taken=False)
        elif entity := self._entity(row):
            parties[key] = ListedParty(listing=self._listing(row, entity), entities=(check(entity),))
        else:
            self._report(row, "no_name", what=f"subjects: no name belongs to {key[:40]}", taken=False)

    def report_strangers(self, known: set[str]) -> None:
        """Report names and identifiers whose subject is not in the table of subjects."""
        for table, rows in (("names", self._names), ("identifiers", self._identifiers)):
            for unique_id in rows.keys() - known:
                for row in rows[unique_id]:
                    what = f"{table}: no subject has the unique_id {unique_id[:40]!r}"
                    self._report(row, "unknown_subject", what=what, taken=False)
        self.problems.sort(key=lambda problem: (problem.what.partition(":")[0], problem.line))

    def _entity(self, row: Row) -> Entity | None:
        subject_type = row["subject_type"].casefold()
        if subject_type not in SCHEMATA:
            what = f"subjects: subject_type {row['subject_type'][:40]!r} is not known; taken as LegalEntity"
            self._report(row, "unknown_type", what=what)
        gathered: dict[str, dict[str, None]] = {"name": {}}
        for prop, value in (*self._named(row), *self._numbered(row, subject_type)):
            if value not in gathered["name"]:
                gathered.setdefault(prop, {})[value] = None
        if not gathered["name"]:
            return None
        return Entity(
            id=f"uk-{row['unique_id'].casefold()}",
            schema=SCHEMATA.get(subject_type, "LegalEntity"),
            properties={prop: tuple(values) for prop, values in gathered.items()},
        )

    def _named(self, row: Row) -> list[tuple[str, str]]:
        """Return the subject's names as properties, primary ones first."""
        named = [
            (_property(name), " ".join(name["full_name"].split())) for name in self._names.get(row["unique_id"], ())
        ]
        named = [(prop, value) for prop, value in named if value]
        named.sort(key=lambda pair: ("name", "alias", "weakAlias").index(pair[0]))
        if named and named[0][0] != "name":
            self._report(row, "no_primary_name", what="subjects: no name is primary; the first alias is taken for it")
            named[0] = ("name", named[0][1])
        return named

    def _numbered(self, row: Row, subject_type: str) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for cell in self._identifiers.get(row["unique_id"], ()):
            kind, text = cell["identifier_type"].casefold(), cell["raw_value"]
            if kind == "imo" and subject_type == "ship":
                number, sound = ship_number(text)
                found.append(("imoNumber", number))
                if not sound:
                    what = f"identifiers: {number[:20]!r} is not an IMO number with a sound check digit; kept"
                    self._report(cell, "identifier_check", what=what)
            elif kind in ("passport", "national") and subject_type == "individual":
                found.append(("passportNumber" if kind == "passport" else "idNumber", person_number(text)))
            elif kind == "business_registration_numbers" and subject_type != "ship":
                found += company_numbers(text)
            else:
                what = f"identifiers: a {subject_type[:20]} has no {kind[:40]!r}; left out"
                self._report(cell, "unknown_type", what=what, taken=False)
        return [(prop, value) for prop, value in dict.fromkeys(found) if value]

    def _listing(self, row: Row, entity: Entity) -> Listing:
        key = row["unique_id"]
        listed = day(row["date_designated"])
        if listed is None and row["date_designated"]:
            self._report(row, "bad_date", what=f"subjects: {row['date_designated'][:20]!r} is not a day; left out")
        programme = regime_of(key)
        if not programme:
            self._report(row, "unknown_regime", what=f"subjects: the letters of {key[:40]!r} stand for no known regime")
        references = (("OFSI", row["ofsi_group_id"]), ("UN", row["un_reference_number"]))
        return Listing(
            jurisdiction="uk",
            source="uk_sanctions",
            list=LIST,
            key=key,
            entity=entity.id,
            programme=programme,
            listed=listed,
            reference="; ".join(f"{whose} {number}" for whose, number in references if number),
        )

    def _report(self, row: Row, code: str, *, what: str, taken: bool = True) -> None:
        self.problems.append(Problem(line=row.line, code=code, what=what, taken=taken))


def _by_subject(table: Table) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in table.rows:
        rows[row["unique_id"]].append(row)
    return dict(rows)


def _property(name: Row) -> str:
    if name["alias_strength"].casefold() == "low_quality_aka":
        return "weakAlias"
    return "name" if name["name_type"].casefold() == "primary" else "alias"


def _in_table(problem: Problem, table: str) -> Problem:
    return Problem(line=problem.line, code=problem.code, what=f"{table}: {problem.what}", taken=problem.taken)
