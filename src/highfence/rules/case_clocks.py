# SPDX-License-Identifier: Apache-2.0
"""Case clocks: how many days an authority has taken over an application, how many are left, and what stops the count.

The periods are a dated table (`tables/licence_clocks.toml`), counted in the calendars of `rules.deadlines`. The day of
receipt is not counted. A day on which the case waits for something the rule knows is not counted either; the day on
which the waiting began is. While it waits the last day moves along with today.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from importlib import resources

import msgspec

from highfence.model.case_part import Pause
from highfence.model.licence_case import LicenceCase
from highfence.rules.deadlines import Calendar, Period, calendar, last_day
from highfence.rules.deadlines.clocks import ClockPeriod

_DAY = timedelta(days=1)


class Stop(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something the case may wait for while the clock stands still, and where that is written."""

    ground: str
    citation: str
    verified: bool
    note: str = ""


class CaseClock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A clock of one authority: what has to be done, which moves finish it, what stops it.

    `calendar` is the country whose working days count, if it is another word than the authority's.
    """

    id: str
    authority: str
    title: str
    ends: tuple[str, ...]
    periods: tuple[ClockPeriod, ...]
    stops: tuple[Stop, ...] = ()
    calendar: str = ""

    def on(self, event: date) -> ClockPeriod | None:
        """Return what counts for an application received on a day, None if the table says nothing of it."""
        return next((one for one in self.periods if one.covers(event)), None)


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    clocks: tuple[CaseClock, ...]


class ClockReading(msgspec.Struct, frozen=True, kw_only=True):
    """A clock as it stands on a day. `used` and `left` are days, or working days, by `unit`.

    `due` is the last day; while the case waits for `waiting_for`, it is what it would be if the waiting ended today.
    `ended` is when a move finished it. `late` tells that it is over and was not, or not in time, finished.
    """

    clock: str
    title: str
    started: date
    unit: str
    total: int
    used: int
    left: int
    due: date
    waiting_for: tuple[str, ...]
    ended: date | None
    late: bool
    silence: str
    citation: str
    verified: bool
    note: str
    stops: tuple[Stop, ...]
    calendar: str

    @property
    def overdue(self) -> bool:
        """Whether the last day has passed and nothing has been done."""
        return self.late and self.ended is None

    @property
    def text(self) -> str:
        """Return the reading as a sentence."""
        if self.ended is not None:
            return f"finished on {self.ended} after {self.used} of {self.total} {self.unit}"
        if self.overdue:
            return f"overdue since {self.due}"
        if self.waiting_for:
            return f"stands still with {self.left} {self.unit} left: waits for {', '.join(self.waiting_for)}"
        return f"{self.left} {self.unit} left, until {self.due}"


def case_clocks(authority: str) -> tuple[CaseClock, ...]:
    """Return the clocks of an authority in the order of the table; none if nobody has written any down."""
    return tuple(one for one in _clocks() if one.authority == authority)


def read_clocks(case: LicenceCase, authority: str, *, on: date) -> tuple[ClockReading, ...]:
    """Return how the clocks of a case stand on a day: those that run first, the nearest last day first."""
    found = [reading for clock in case_clocks(authority) if (reading := read_clock(clock, case, on=on)) is not None]
    return tuple(sorted(found, key=lambda one: (one.ended is not None, one.due)))


def read_clock(clock: CaseClock, case: LicenceCase, *, on: date) -> ClockReading | None:
    """Return how one clock of a case stands on a day; None if its table says nothing of the day of receipt."""
    given = clock.on(case.received)
    if given is None:
        return None
    days = calendar(clock.calendar or clock.authority)
    grounds = {stop.ground for stop in clock.stops}
    pauses = tuple(one for one in case.pauses() if one.ground in grounds)
    ended = next((event.on for event in case.events if _tag(event.move) in clock.ends), None)
    until = on if ended is None else ended
    counted = _Counted(given, pauses, today=until, days=days)
    total = _total(given, case.received, days)
    used = counted.between(case.received, until)
    due = counted.reach(case.received, total)
    if given.counting == "1182/71":
        due = days.on_or_after(due)
    waiting = tuple(dict.fromkeys(one.ground for one in pauses if one.until is None and ended is None))
    return ClockReading(
        clock=clock.id,
        title=clock.title,
        started=case.received,
        unit="working days" if given.unit == "working days" else "days",
        total=total,
        used=used,
        left=max(total - used, 0),
        due=due,
        waiting_for=waiting,
        ended=ended,
        late=until > due,
        silence=given.silence,
        citation=given.citation,
        verified=given.verified,
        note=given.note,
        stops=clock.stops,
        calendar=days.source,
    )


class _Counted:
    """Which days count. A waiting that has not ended lasts until `today`, so that what comes after counts again."""

    def __init__(self, given: ClockPeriod, pauses: Sequence[Pause], *, today: date, days: Calendar) -> None:
        self._working = given.unit == "working days"
        self._spans = [(one.since, today if one.until is None else one.until) for one in pauses]
        self._days = days

    def between(self, after: date, until: date) -> int:
        """Return how many days count after the first up to and with the last."""
        return sum(self._counts(day) for day in _days(after, (until - after).days))

    def reach(self, after: date, count: int) -> date:
        """Return the last day on which no more than so many days are counted, but for days off behind it."""
        day = after
        while count:
            day += _DAY
            count -= self._counts(day)
        while self._waits(day + _DAY):
            day += _DAY
        return day

    def _counts(self, day: date) -> bool:
        return not self._waits(day) and (not self._working or self._days.is_working(day))

    def _waits(self, day: date) -> bool:
        return any(since < day <= until for since, until in self._spans)


def _total(given: ClockPeriod, received: date, days: Calendar) -> int:
    """Return a period in days: weeks and months are as long as they are from the day of receipt."""
    if given.unit == "working days":
        return given.length
    plain = Period(length=given.length, unit=given.unit, counting="plain")
    return (last_day(plain, event=received, calendar=days) - received).days


def _days(after: date, count: int) -> Iterator[date]:
    for number in range(1, count + 1):
        yield after + timedelta(days=number)


def _tag(move: msgspec.Struct) -> str:
    return str(move.__struct_config__.tag)


@cache
def _clocks() -> tuple[CaseClock, ...]:
    table = resources.files("highfence.rules").joinpath("tables", "licence_clocks.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(table), _Table).clocks
