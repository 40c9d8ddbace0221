# SPDX-License-Identifier: Apache-2.0
"""Fresh: what was committed last, kept in memory as a line of the live feed, so that telling it asks no database.

Only for readers who may see everything under every marking that is in use here: for them the companies are what they
are in the index, and nothing has to be cut. Whoever sees less, or has fallen behind, is answered by `reading`.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from highfence.model.assertion import Assertion
from highfence.register.reading import sees
from highfence.register.view import Arrived
from highfence.rules.handling import Reader
from highfence.storage.journal import JournalRow

#: Readers of the live feed keep up; a list of thousands goes through the journal anyway.
_LINES_MAX = 256


class News(msgspec.Struct, frozen=True):
    """Rows that a transaction adds behind `position`: each with its claim and company.

    `settled` is False when a line is not made of its own row alone: a claim refers to another one, which it may have
    replaced, or two companies became one.
    """

    position: int
    rows: Sequence[JournalRow]
    assertions: Sequence[Assertion]
    companies: Mapping[str, str]
    settled: bool = True


class Fresh:
    """The newest lines of the live feed, and all markings in use (id -> originator and JSON)."""

    def __init__(self, markings: Mapping[str, tuple[str, bytes]], position: int) -> None:
        self._markings = dict(markings)
        self._position = position
        self._lines: deque[Arrived] = deque(maxlen=_LINES_MAX)
        self._lock = threading.Lock()
        self._seeing: dict[Reader, tuple[date, int, bool]] = {}

    @property
    def position(self) -> int:
        """How far in the journal this is."""
        return self._position

    def note(self, news: News) -> None:
        """Take up what has been committed, in the order of the commits."""
        if not news.rows:
            return
        lines: list[Arrived] = []
        if news.settled and len(news.rows) <= _LINES_MAX:
            lines = [
                _line(row, claim, position=news.position + number, company=news.companies[row.id])
                for number, (row, claim) in enumerate(zip(news.rows, news.assertions, strict=True), start=1)
            ]
        with self._lock:
            for row in news.rows:
                self._markings.setdefault(row.marking_id, (row.originator, row.marking))
            if not lines or news.position != self._position:
                self._lines.clear()
            self._lines.extend(lines)
            # Two commits may be told in the wrong order; what has been reached stays reached.
            self._position = max(self._position, news.position + len(news.rows))

    def follow(self, markings: Mapping[str, tuple[str, bytes]], position: int) -> bool:
        """Take up how far the journal has come, markings and all, by whoever wrote it; False if it was known."""
        with self._lock:
            if position <= self._position:
                return False
            self._markings.update(markings)
            self._lines.clear()
            self._position = position
            return True

    def forget(self) -> None:
        """Forget the lines: companies have changed without anything arriving."""
        with self._lock:
            self._lines.clear()

    def after(self, position: int, reader: Reader, on: date) -> tuple[Arrived, ...] | None:
        """Return the lines behind a journal position, or None when the database has to be asked."""
        with self._lock:
            if position == self._position:
                return ()
            if not self._lines or self._lines[0].position > position + 1 or not self._sees_all(reader, on):
                return None
            return tuple(line for line in self._lines if line.position > position)

    def _sees_all(self, reader: Reader, on: date) -> bool:
        known = self._seeing.get(reader)
        if known is None or known[:2] != (on, len(self._markings)):
            everything = all(
                sees(reader, on, originator=originator, marking=body) for originator, body in self._markings.values()
            )
            known = self._seeing[reader] = (on, len(self._markings), everything)
        return known[2]


def news_of(
    position: int, rows: Sequence[JournalRow], assertions: Sequence[Assertion], *, companies: Mapping[str, str] | None
) -> News:
    """Return the news of a transaction; `companies` is None when it moved what was there before."""
    settled = companies is not None and not any(one.refers_to for one in assertions)
    return News(position, rows, assertions, companies or {}, settled=settled)


def _line(row: JournalRow, claim: Assertion, *, position: int, company: str) -> Arrived:
    entity = claim.entity()
    return Arrived(
        position=position,
        id=row.id,
        originator=row.originator,
        kind=row.kind,
        company=company,
        caption=entity.caption if entity else claim.subject,
        text=claim.text or claim.reason or (claim.listing.list if claim.listing else ""),
        received=row.received,
        marking=claim.marking,
    )
