# SPDX-License-Identifier: Apache-2.0
"""Clocks: what an act gives how long for, from when to when it did, and what silence means, as dated tables.

Each file of `rules/tables/deadlines` holds the clocks of one act. What nobody has read in the primary text is
`verified = false`, and every deadline carries that flag and the citation.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib import resources

import msgspec

from highfence.errors import InvalidInput
from highfence.rules.deadlines.calendars import Calendar
from highfence.rules.deadlines.counting import Counting, Period, Unit, last_day


class ClockPeriod(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"since": "from", "until": "to"}
):
    """How long the clock runs if its event falls on `since` or later, and before `until` if there is one.

    `silence` says what it means if nobody has answered when it is over; '' if the act says nothing.
    """

    since: date
    until: date | None = None
    length: int
    unit: Unit
    counting: Counting = "1182/71"
    silence: str = ""
    citation: str
    verified: bool
    note: str = ""

    def covers(self, on: date) -> bool:
        """Tell whether an event of a day starts this period."""
        return self.since <= on and (self.until is None or on < self.until)

    @property
    def period(self) -> Period:
        """Return the length of time as it is counted."""
        return Period(length=self.length, unit=self.unit, counting=self.counting)


class Clock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A clock: what has to be done by its end, and which event starts it."""

    id: str
    title: str
    starts: str
    periods: tuple[ClockPeriod, ...]

    def on(self, event: date) -> ClockPeriod:
        """Return what the act gives if the event falls on a day.

        Raises:
            InvalidInput: the table says nothing of that day.
        """
        for one in self.periods:
            if one.covers(event):
                return one
        raise InvalidInput(
            f"the clock {self.id} says nothing of {event}",
            where="deadline",
            advice=f"It begins on {min(one.since for one in self.periods)}",
        )


class _Clocks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    act: str
    clocks: tuple[Clock, ...]


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """The last day for something, and what it rests on; `over` from the day after."""

    clock: str
    title: str
    event: date
    last_day: date
    period: str
    silence: str
    citation: str
    verified: bool
    calendar: str

    def over(self, on: date) -> bool:
        """Tell whether the last day has passed."""
        return on > self.last_day

    @property
    def text(self) -> str:
        """Return the deadline as a sentence."""
        return f"{self.title} by {self.last_day}: {self.period} after {self.event} ({self.citation})"


def deadline(name: str, *, event: date, calendar: Calendar | None = None) -> Deadline:
    """Return until when something must be done, by the clock of that name and the calendar of whoever must do it.

    Only working days need a calendar; without one, other periods end on whatever day they fall on.

    Raises:
        InvalidInput: there is no such clock, it or the calendar says nothing of that day, or a calendar is needed.
    """
    running = clock(name)
    given = running.on(event)
    if calendar is None and given.unit == "working days":
        raise InvalidInput(f"the clock {name} counts working days", where="deadline", advice="Say in whose calendar")
    return Deadline(
        clock=name,
        title=running.title,
        event=event,
        last_day=last_day(given.period, event=event, calendar=calendar),
        period=str(given.period),
        silence=given.silence,
        citation=given.citation,
        verified=given.verified,
        calendar=calendar.source if calendar is not None else "",
    )


def known_deadline(name: str, *, event: date, calendar: Calendar | None = None) -> Deadline | None:
    """Return a deadline as `deadline`, or None where tables and calendars say nothing of that day."""
    try:
        return deadline(name, event=event, calendar=calendar)
    except InvalidInput:
        return None


def clock(name: str) -> Clock:
    """Return a clock by its id.

    Raises:
        InvalidInput: there is none of that name.
    """
    found = _by_id().get(name)
    if found is None:
        advice = f"Use one of: {', '.join(sorted(_by_id()))}"
        raise InvalidInput(f"there is no clock {name[:40]!r}", where="deadline", advice=advice)
    return found


def clocks() -> tuple[Clock, ...]:
    """Return all clocks, by id."""
    return tuple(one for _, one in sorted(_by_id().items()))


@cache
def _by_id() -> dict[str, Clock]:
    found: dict[str, Clock] = {}
    folder = resources.files("highfence.rules").joinpath("tables", "deadlines")
    for table in sorted(folder.iterdir(), key=lambda one: one.name):
        for one in msgspec.convert(tomllib.loads(table.read_text("utf-8")), _Clocks).clocks:
            if one.id in found:
                raise InvalidInput(f"two clocks are called {one.id}", where=table.name, advice="Rename one of them")
            found[one.id] = one
    return found
