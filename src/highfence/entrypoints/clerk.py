# SPDX-License-Identifier: Apache-2.0
"""Clerk: reads a file that somebody has handed in, and screens it, in a process of its own.

So a file of 50,000 rows, or one made to do harm, holds up nobody and hurts nothing but this process: it runs behind the
node, may use so much memory and no more, and leaves nothing on the disk. It opens no file and no connection, and what
it screens against is handed to it: what the reader may not see is not there.

The two speak in frames: four bytes of length, then as many bytes. In: a task, the file, and entities until an empty
frame. Out: news in MessagePack, and behind the last one the files of answers.
"""

from __future__ import annotations

import os
import struct
import sys
import zlib
from collections.abc import Iterable, Iterator
from typing import IO

import msgspec

from highfence.entrypoints.inquiry import HEADINGS, Answer, Inquiry, Reading, answer, inquiry_of, read_ftm, read_grid
from highfence.entrypoints.inquiry import table_rows as rows_of
from highfence.errors import HighfenceError, InvalidDocument
from highfence.formats.headings import FIELDS, Columns, columns_of
from highfence.formats.spreadsheet import is_workbook, write_workbook
from highfence.formats.tabular import Fault, Grid, write_csv
from highfence.matching.watchlist import Watchlist
from highfence.model.entity import Entity

#: Bounds of a file that is handed in at a page; the command `highfence screen` takes more.
ROWS_MOST = 100_000
COLUMNS_MOST = 200
#: How much is shown on a page; all of it is in the files.
SHOWN_MOST = 100
_SAMPLES = 3
_SAMPLE_CHARACTERS_MOST = 60
#: What the process may use beyond what it has when it begins.
MEMORY_BYTES_MOST = 3 * 1024**3
_STEP = 100
_FAULT_HEADINGS = ("row", "column", "problem", "what to do", "row used")


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What is wanted of a file: how to read it, and, to screen it, the field of each column (empty: not read)."""

    reading: Reading
    screen: bool = False
    fields: tuple[str, ...] = ()
    threshold: float = 0.7
    limit: int = 5


class Progress(msgspec.Struct, frozen=True, tag="progress"):
    """So many rows of all are screened."""

    done: int
    total: int


class Look(msgspec.Struct, frozen=True, kw_only=True, tag="look"):
    """What a file holds: headings with their first values and guessed fields (none for FollowTheMoney), and its faults.

    Only the first faults are here; `faulty` counts all rows that cannot be used.
    """

    form: str
    rows: int
    headings: tuple[str, ...] = ()
    samples: tuple[tuple[str, ...], ...] = ()
    guesses: tuple[str, ...] = ()
    notes: tuple[Fault, ...] = ()
    faults: tuple[Fault, ...] = ()
    faulty: int = 0


class Outcome(msgspec.Struct, frozen=True, kw_only=True, tag="outcome"):
    """The count of the answers, the first matches and faults, and whom was found; then come `FILES`, in their order."""

    rows: int
    matched: int
    refused: int
    shown: tuple[Answer, ...]
    faults: tuple[Fault, ...]
    faulty: int
    found: tuple[str, ...]


class Unread(msgspec.Struct, frozen=True, kw_only=True, tag="unread"):
    """That the file cannot be used: what is wrong, where, and what to do."""

    what: str
    where: str = ""
    advice: str = ""


News = Progress | Look | Outcome | Unread
#: The files of answers, in which the last is what was wrong with rows. Text is compressed (zlib).
FILES = ("answers.csv", "answers.xlsx", "answers.jsonl", "problems.csv")


def send(stream: IO[bytes], frame: bytes) -> None:
    """Write a frame."""
    stream.write(struct.pack(">I", len(frame)))
    stream.write(frame)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes:
    """Read a frame; raises EOFError when the other side is gone."""
    (length,) = struct.unpack(">I", _exactly(stream, 4))
    return _exactly(stream, length)


def work(task: Task, data: bytes, entities: Iterable[Entity]) -> Iterator[News | bytes]:
    """Yield what is found out about a file, and in the end, if it is screened, the files of answers.

    Raises:
        InvalidInput: the file cannot be used; see `inquiry.read_inquiry`.
    """
    if not task.screen:
        yield look(data, task.reading)
        return
    inquiry, column = read(data, task)
    watchlist = Watchlist.build(entities)
    answers: list[Answer] = []
    total = len(inquiry.parties)
    for done, party in enumerate(inquiry.parties, start=1):
        answers.append(answer(party, watchlist, threshold=task.threshold, limit=task.limit))
        if done % _STEP == 0:
            yield Progress(done, total)
    faults = _faults(inquiry, answers, column=column)
    yield _outcome(answers, faults)
    yield zlib.compress("".join(write_csv(HEADINGS, rows_of(answers))).encode(), 1)
    yield write_workbook(HEADINGS, rows_of(answers))
    yield zlib.compress(b"".join(msgspec.json.encode(one) + b"\n" for one in answers), 1)
    yield zlib.compress("".join(write_csv(_FAULT_HEADINGS, map(_fault_row, faults))).encode(), 1)


def look(data: bytes, reading: Reading) -> Look:
    """Look at a file without screening it; raises InvalidInput when it cannot be used."""
    if _is_ftm(data):
        inquiry = read_ftm(data)
        _require_few(len(inquiry.parties))
        bad = [fault for party in inquiry.parties if party.refused for fault in party.faults]
        return Look(form="FollowTheMoney", rows=len(inquiry.parties), faults=tuple(bad[:SHOWN_MOST]), faulty=len(bad))
    grid = _table(data, reading)
    columns = columns_of(grid.headings, required=())
    field_of = {at: field for field, places in columns.places.items() for at in places}
    bad = [fault for fault in grid.faults if not fault.taken]
    return Look(
        form="Excel" if is_workbook(data) else "CSV",
        rows=len(grid.rows) + len(bad),
        headings=grid.headings,
        samples=tuple(_samples(grid, at) for at in range(len(grid.headings))),
        guesses=tuple(field_of.get(at, "") for at in range(len(grid.headings))),
        notes=tuple(fault for fault in grid.faults if fault.taken)[:SHOWN_MOST],
        faults=tuple(bad[:SHOWN_MOST]),
        faulty=len(bad),
    )


def read(data: bytes, task: Task) -> tuple[Inquiry, str]:
    """Read a file as the task says; return what it asks and the column of the names. Raises as `look`."""
    if _is_ftm(data):
        inquiry = read_ftm(data)
        _require_few(len(inquiry.parties))
        return inquiry, "name"
    grid = _table(data, task.reading)
    places = {
        field: at for field in FIELDS if (at := tuple(at for at, chosen in enumerate(task.fields) if chosen == field))
    }
    named = places.get("name", ())
    column = grid.headings[named[0]] if named and named[0] < len(grid.headings) else ""
    return inquiry_of(grid, Columns(places=places, headings=grid.headings)), column


def _is_ftm(data: bytes) -> bool:
    begin = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if begin.startswith(b"["):
        raise InvalidDocument(
            "this is a JSON array", where="line 1", advice="Write one FollowTheMoney entity on each line"
        )
    return begin.startswith(b"{")


def _table(data: bytes, reading: Reading) -> Grid:
    grid = read_grid(data, reading)
    if len(grid.headings) > COLUMNS_MOST:
        raise InvalidDocument(
            f"the table has {len(grid.headings):,} columns",
            where="the headings",
            advice=f"Keep those that are needed, at most {COLUMNS_MOST}",
        )
    if not grid.rows and not grid.faults:
        raise InvalidDocument("there is no row below the headings", where="row 2", advice="Check the file")
    _require_few(len(grid.rows) + sum(not fault.taken for fault in grid.faults))
    return grid


def _require_few(rows: int) -> None:
    if rows > ROWS_MOST:
        raise InvalidDocument(
            f"the file has {rows:,} rows",
            where=f"row {ROWS_MOST + 2:,}",
            advice=f"Split it, at most {ROWS_MOST:,} rows each, or ask the operator for the command `highfence screen`",
        )


def _samples(grid: Grid, at: int) -> tuple[str, ...]:
    """Return the first values of a column."""
    found: list[str] = []
    for row in grid.rows:
        if row.cells[at]:
            found.append(row.cells[at][:_SAMPLE_CHARACTERS_MOST])
            if len(found) == _SAMPLES:
                break
    return tuple(found)


def _faults(inquiry: Inquiry, answers: Iterable[Answer], *, column: str) -> list[Fault]:
    """Return all that is wrong with rows, in their order: what could not be read, and what could not be looked for.

    What cannot be looked for is a name; `column` is the one that holds it.
    """
    found = list(inquiry.notes)
    for party, one in zip(inquiry.parties, answers, strict=True):
        found += party.faults
        if one.problem and not party.refused:
            found.append(Fault(row=party.row, column=column, what=one.problem, taken=not one.refused))
    return sorted(found, key=lambda fault: fault.row)


def _fault_row(fault: Fault) -> tuple[str | float, ...]:
    return (fault.row, fault.column, fault.what, fault.advice, "yes" if fault.taken else "no")


def _outcome(answers: list[Answer], faults: list[Fault]) -> Outcome:
    matched = [one for one in answers if one.matches]
    return Outcome(
        rows=len(answers),
        matched=len(matched),
        refused=sum(one.refused for one in answers),
        shown=tuple(matched[:SHOWN_MOST]),
        faults=tuple(faults[:SHOWN_MOST]),
        faulty=len(faults),
        found=tuple(dict.fromkeys(match.id for one in matched for match in one.matches)),
    )


def _exactly(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) != length:
        raise EOFError("the other side is gone")
    return data


def _entities(stream: IO[bytes]) -> Iterator[Entity]:
    while frame := receive(stream):
        yield from _ENTITIES.decode(frame)


def _hold_back() -> None:
    """Let the node go first, bound the memory, and keep what is read out of core dumps."""
    import resource

    os.nice(10)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (used + MEMORY_BYTES_MOST, used + MEMORY_BYTES_MOST))


def main() -> None:
    """Do one task: the process's whole life."""
    _hold_back()
    inward, outward = sys.stdin.buffer, sys.stdout.buffer
    try:
        task, data = msgspec.msgpack.decode(receive(inward), type=Task), receive(inward)
        for one in work(task, data, _entities(inward) if task.screen else ()):
            send(outward, one if isinstance(one, bytes) else msgspec.msgpack.encode(one))
    except HighfenceError as error:
        send(outward, msgspec.msgpack.encode(Unread(what=error.what, where=error.where, advice=error.advice)))
    except MemoryError:
        send(outward, msgspec.msgpack.encode(Unread(what="the file needs too much memory", advice="Split it")))


_ENTITIES = msgspec.msgpack.Decoder(list[Entity])

if __name__ == "__main__":
    main()
