# SPDX-License-Identifier: Apache-2.0
"""Determining: applications in, determinations out, the same at every door: read, look everybody up, judge.

Each application of a file gets an answer, also one that is refused: what is missing from a list of answers would read
as "no licence needed".
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date

import msgspec

from highfence.entrypoints.watch import Watch, nobody
from highfence.errors import HighfenceError, InvalidDocument
from highfence.formats.application import read_application
from highfence.model.application import Application, Known
from highfence.rules.licence import Desk, Determination, Reason

#: Bounds of a file of shipments, and from how many on several processes share the work.
SHIPMENTS_MOST = 1_000_000
_FEW = 64
_CHUNK = 32


Denied = Callable[[Application, Known], Iterable[Reason]]


class RefusedApplication(msgspec.Struct, frozen=True, kw_only=True):
    """An application that was not judged: on which line it stands, what is wrong, where, and what to write instead."""

    line: int
    refused: bool = True
    what: str = ""
    where: str = ""
    advice: str = ""


class Counter(msgspec.Struct, frozen=True):
    """What an application is judged with: the desk, whom one looks for, the day if it is another than its own.

    `denied` gives the reasons that allies' denials are.
    """

    desk: Desk
    watch: Watch | None = None
    today: date = date.min
    as_of: date | None = None
    denied: Denied | None = None

    def determine(self, data: bytes, *, where: str = "") -> Determination:
        """Judge one application; raises InvalidInput as `read_application` and `Desk.determine`."""
        application = read_application(data, today=self.today, where=where)
        if self.as_of is not None:
            application = msgspec.structs.replace(application, on=self.as_of)
        self.desk.check(application, where=where)
        known = nobody(application) if self.watch is None else self.watch.known(application)
        others = self.denied(application, known) if self.denied is not None else ()
        return self.desk.determine(application, known, others=others)

    def line(self, numbered: tuple[int, bytes]) -> bytes:
        """Return the answer for a line of a file as JSON; of one that is refused why."""
        number, data = numbered
        try:
            return msgspec.json.encode(self.determine(data))
        except HighfenceError as error:
            return msgspec.json.encode(
                RefusedApplication(line=number, what=error.what, where=error.where, advice=error.advice)
            )


def shipments(data: bytes) -> list[tuple[int, bytes]] | None:
    """Return the lines of a file of shipments with their numbers; None if it holds one application over many lines.

    Raises:
        InvalidDocument: it has no application, or too many.
    """
    lines = [
        (number, line.strip())
        for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1)
        if line.strip()
    ]
    if not lines:
        raise InvalidDocument("the file is empty", where="application", advice="Write one application as JSON")
    if len(lines) > SHIPMENTS_MOST:
        raise InvalidDocument(
            f"the file has {len(lines):,} lines",
            where="application",
            advice=f"Split it, at most {SHIPMENTS_MOST:,} each",
        )
    return lines if len(lines) > 1 and _whole(lines[0][1]) else None


def answers(counter: Counter, lines: Iterable[tuple[int, bytes]], *, processes: int = 1) -> Iterator[bytes]:
    """Yield the answer of each line in order, with several processes if there are many lines.

    The processes are copies of this one, which holds the lists already; where the system has no such copies there is
    one process.
    """
    held = list(lines)
    if processes < 2 or len(held) < _FEW or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(counter.line, held)
        return
    with ProcessPoolExecutor(
        processes, mp_context=multiprocessing.get_context("fork"), initializer=_remember, initargs=(counter,)
    ) as pool:
        yield from pool.map(_line, held, chunksize=_CHUNK)


_counters: list[Counter] = []


def _remember(counter: Counter) -> None:
    _counters[:] = [counter]


def _line(numbered: tuple[int, bytes]) -> bytes:
    return _counters[0].line(numbered)


def _whole(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return line.startswith(b"{") and line.endswith(b"}")
