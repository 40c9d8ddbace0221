# SPDX-License-Identifier: Apache-2.0
"""Parse: tables of annexes, whole or amended, to listings.

`keys` finds the entries, `party` reads their rows with `names`, `numbers` and `dates`; here the listings are made.
"""

from __future__ import annotations

import hashlib
from datetime import date

from highfence.errors import ListRefused
from highfence.model.listing import Listing
from highfence.sources.eu_oj.acts import act_name, act_url
from highfence.sources.eu_oj.dates import day
from highfence.sources.eu_oj.keys import entries_of
from highfence.sources.eu_oj.party import COLUMNS, read_party
from highfence.sources.progress import quiet, told
from highfence.sources.source import ListedParty, Parsed, Problem, Progress
from highfence.sources.table import Row, read_table

_REQUIRED = ("annex", "measure", "schema", "name")
#: The column of the act whose annex it is: in whole annexes, and in amending acts beside the amending act's own.
_ACT, _AMENDED, _AMENDING = "celex", "amendedCelex", "amendmentCelex"
_OPTIONAL = (_ACT, _AMENDED, _AMENDING, "recordId", "programKey", "startDate", "reason")


def parse(data: bytes, progress: Progress = quiet) -> Parsed:
    """Read a table of whole annexes (`complete`) or of one or more amending acts; its columns tell which.

    Problem codes beside those of `sources.table`: `no_key` and `no_name` (not taken); `merged_rows`, `shared_place`,
    `unknown_type`, `unknown_country`, `identifier_check`, `no_such_property`, `comma_list` and `bad_date` (taken).

    Raises:
        ListRefused: not such a table; it has neither `celex` nor `amendedCelex`, or both.
    """
    columns = tuple(column for column in COLUMNS if column not in _REQUIRED)
    table = read_table(data, required=_REQUIRED, optional=(*_OPTIONAL, *columns), needed=("annex", "name"))
    act = _act_column(table.columns, table.header_line)
    problems = list(table.problems)
    rows = tuple(row for row in table.rows if _usable(row, act=act, problems=problems))
    entries = entries_of(rows, act=act)
    parties: list[ListedParty] = []
    for key, entry in told(tuple(entries.items()), progress):
        _report_place(key, entry, problems=problems)
        identity = f"eu-{hashlib.sha256(key.encode()).hexdigest()[:20]}"
        entities = read_party(entry, problems, identity=identity)
        if entities:
            listing = _listing(key, entry, act=act, problems=problems, entity=identity)
            parties.append(ListedParty(listing=listing, entities=entities))
        else:
            problems.append(_problem(entry[0], "no_name", what="the entry names nobody", taken=False))
    problems.sort(key=lambda problem: problem.line)
    return Parsed(parties=tuple(parties), problems=tuple(problems), rows=table.records, complete=act == _ACT)


def _act_column(columns: tuple[str, ...], line: int) -> str:
    found = [column for column in (_ACT, _AMENDED) if column in columns]
    if len(found) != 1:
        raise ListRefused(
            f"a table of annexes has the column {_ACT!r}, one of an amending act {_AMENDED!r}; {len(found)} are there",
            where=f"line {line}",
            advice="Check that this is one of the two tables",
        )
    return found[0]


def _usable(row: Row, *, act: str, problems: list[Problem]) -> bool:
    missing = [column for column in (act, "annex") if not row[column]]
    if missing:
        problems.append(_problem(row, "no_key", what=f"a row without {' and '.join(missing)}", taken=False))
    return not missing


def _report_place(key: str, entry: list[Row], *, problems: list[Problem]) -> None:
    """Report rows that had to be joined or kept apart. Several measures for one entry are how the table is made."""
    measures = {row["measure"] for row in entry}
    if len(measures) < len(entry):
        what = f"{len(entry)} rows say the same measure of the same party; they are one entry"
        problems.append(_problem(entry[-1], "merged_rows", what=what))
    if key.count("/") > 2:
        what = "another party has this place in the annex too; the key carries what tells them apart"
        problems.append(_problem(entry[0], "shared_place", what=what))


def _listing(key: str, entry: list[Row], *, act: str, problems: list[Problem], entity: str) -> Listing:
    first = entry[0]
    amending = first[_AMENDING]
    days = [found for row in entry if (found := _start(row, problems)) is not None]
    return Listing(
        jurisdiction="eu",
        source="eu_oj",
        list=f"{act_name(first[act])}, Annex {first['annex']}",
        key=key,
        entity=entity,
        programme=first["programKey"],
        measure=_joined(entry, "measure"),
        listed=min(days, default=None),
        reference=f"{first[act]}, amended by {amending}" if amending else first[act],
        reason=_joined(entry, "reason"),
        url=act_url(amending or first[act]),
    )


def _start(row: Row, problems: list[Problem]) -> date | None:
    found = day(row["startDate"])
    if row["startDate"] and found is None:
        problems.append(_problem(row, "bad_date", what="startDate is not one day; left out"))
    return found


def _joined(entry: list[Row], column: str) -> str:
    return "; ".join(dict.fromkeys(row[column] for row in entry if row[column]))


def _problem(row: Row, code: str, *, what: str, taken: bool = True) -> Problem:
    return Problem(line=row.line, code=code, what=what, taken=taken)
