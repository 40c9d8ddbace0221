# SPDX-License-Identifier: Apache-2.0
"""Inquiry: a file of parties in, a file of answers out, the same at every door.

Each row of the file gets an answer, also one that is refused: what is missing from a list of answers would read as
"no match".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from highfence.errors import InvalidDocument, InvalidInput
from highfence.formats.ftm import read_line
from highfence.formats.headings import Columns, columns_of
from highfence.formats.parties import ANY_SCHEMA, Party, parties_of
from highfence.formats.spreadsheet import is_workbook, read_workbook
from highfence.formats.tabular import Fault, Grid, read_csv
from highfence.matching.screen import Match, Screening, screen
from highfence.matching.watchlist import Watchlist
from highfence.model.entity import Entity

#: The columns of an answer as a table; a party with several matches has a row for each.
HEADINGS = ("row", "id", "name", "schema", "result", "problem", "match_id", "match_caption", "score", "explanation")


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """How a file is to be read: `chosen` maps fields to headings; `encoding` and `sheet` only some files need."""

    chosen: Mapping[str, str] = msgspec.field(default_factory=dict)
    encoding: str = ""
    sheet: str = ""


class Inquiry(msgspec.Struct, frozen=True, kw_only=True):
    """What a file asks: a party for each row, in order, refused ones with their fault; `told` is what was read as what.

    `notes` are what a person should know beside it.
    """

    parties: tuple[Party, ...]
    notes: tuple[Fault, ...] = ()
    told: str = ""


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """The party that was asked for, as it was understood; `row` is where it stands in the file."""

    row: int
    id: str
    schema: str
    name: str
    properties: dict[str, tuple[str, ...]]


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer for one party. `problem` says what could not be looked at, `refused` that nothing could."""

    query: Query
    matches: tuple[Match, ...]
    problem: str = ""
    refused: bool = False


def read_inquiry(data: bytes, reading: Reading | None = None) -> Inquiry:
    """Read a file of parties: FollowTheMoney lines, an Excel workbook, or delimited text.

    Raises:
        InvalidDocument: the file is not what it says, see `formats`.
        InvalidInput: no column holds a name, or one that was chosen is not there.
    """
    reading = reading or Reading()
    begin = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if begin.startswith(b"{"):
        return read_ftm(data)
    if begin.startswith(b"["):
        raise InvalidDocument(
            "this is a JSON array", where="line 1", advice="Write one FollowTheMoney entity on each line"
        )
    grid = read_grid(data, reading)
    return inquiry_of(grid, columns_of(grid.headings, reading.chosen))


def inquiry_of(grid: Grid, columns: Columns) -> Inquiry:
    """Return what a table asks when its columns hold what `columns` says."""
    unread = (_unread(fault) for fault in grid.faults if not fault.taken)
    parties = sorted((*parties_of(grid, columns), *unread), key=lambda party: party.row)
    notes = tuple(fault for fault in grid.faults if fault.taken)
    return Inquiry(parties=tuple(parties), notes=notes, told=columns.told())


def read_grid(data: bytes, reading: Reading) -> Grid:
    """Read a table, whichever kind of file it is in; raises as `read_workbook` and `read_csv`."""
    if is_workbook(data):
        return read_workbook(data, sheet=reading.sheet)
    return read_csv(data, encoding=reading.encoding)


def read_ftm(data: bytes) -> Inquiry:
    """Read FollowTheMoney lines; a line that makes no entity makes a party that is refused."""
    parties: list[Party] = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        stripped = (line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line).strip()
        if not stripped:
            continue
        try:
            parties.append(Party(row=number, entity=read_line(stripped, line_number=number).entity))
        except InvalidInput as error:
            where = error.where.rpartition(".")[2] if "." in error.where else ""
            parties.append(_unread(Fault(row=number, column=where[:40], what=error.what, advice=error.advice)))
    return Inquiry(parties=tuple(parties))


def answer(party: Party, watchlist: Watchlist, *, threshold: float, limit: int) -> Answer:
    """Screen one party of a file."""
    if party.refused:
        return _answer_of(party, Screening(query=party.entity, problem=str(party.faults[-1]), refused=True))
    return _answer_of(party, screen(party.entity, watchlist, threshold=threshold, limit=limit))


def table_rows(answers: Iterable[Answer]) -> Iterator[tuple[str | float | None, ...]]:
    """Yield answers as rows under `HEADINGS`."""
    for one in answers:
        asked = one.query
        begin = (asked.row, asked.id, asked.name, asked.schema)
        if not one.matches:
            yield (*begin, "refused" if one.refused else "no match", one.problem, None, None, None, None)
        for match in one.matches:
            why = "; ".join(feature.text for feature in match.explanation)
            yield (*begin, "match", one.problem, match.id, match.caption, match.score, why)


def _answer_of(party: Party, screening: Screening) -> Answer:
    entity = party.entity
    asked = Query(
        row=party.row, id=entity.id, schema=entity.schema, name=entity.first("name"), properties=entity.properties
    )
    return Answer(query=asked, matches=screening.matches, problem=screening.problem, refused=screening.refused)


def _unread(fault: Fault) -> Party:
    return Party(row=fault.row, entity=Entity(id=f"row-{fault.row}", schema=ANY_SCHEMA), faults=(fault,), refused=True)
