# SPDX-License-Identifier: Apache-2.0
"""Counting: the last day of a period, by Regulation (EEC, Euratom) No 1182/71 or by plain days of the calendar.

Under the Regulation the day of the event is not counted (Article 3(1)); a period of weeks, months or years ends on the
same day of the week or month, or on the month's last day if there is none (3(2)(c)); it includes holidays unless it is
given in working days (3(3)); one that would end on a holiday, Saturday or Sunday ends with the next working day (3(4));
and one of two days or more holds at least two working days (3(5)).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Literal

import msgspec

from highfence.errors import InvalidInput
from highfence.rules.deadlines.calendars import Calendar

Unit = Literal["working days", "days", "weeks", "months", "years"]
#: `1182/71` as the Regulation has it; `plain` ends on whatever day it falls on.
Counting = Literal["1182/71", "plain"]
_MONTHS_OF_A_YEAR = 12
_SECOND = 2


class Period(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A length of time in an act's own unit, and how it is counted."""

    length: int
    unit: Unit
    counting: Counting = "1182/71"

    def __str__(self) -> str:
        """Return it in words, such as "10 working days"."""
        return f"{self.length} {self.unit if self.length != 1 else self.unit.removesuffix('s')}"


def last_day(period: Period, *, event: date, calendar: Calendar | None) -> date:
    """Return the last day of a period that an event starts; it is over when that day has passed.

    None for a calendar counts every day as a working day.

    Raises:
        InvalidInput: that day lies outside the years whose holidays are known, or behind all days.
    """
    if period.unit == "working days":
        return calendar.add(event, period.length) if calendar else event + timedelta(days=period.length)
    try:
        end = _same_day(event, period)
    except (ValueError, OverflowError) as error:
        advice = "Check the day that the period begins on"
        raise InvalidInput(f"{period} after {event} is no day", where="deadline", advice=advice) from error
    if period.counting == "plain" or calendar is None:
        return end
    return max(calendar.on_or_after(end), _second_working_day(event, period, calendar=calendar))


def _same_day(event: date, period: Period) -> date:
    if period.unit == "days":
        return event + timedelta(days=period.length)
    if period.unit == "weeks":
        return event + timedelta(weeks=period.length)
    months = period.length * (_MONTHS_OF_A_YEAR if period.unit == "years" else 1)
    year, month = divmod(event.year * _MONTHS_OF_A_YEAR + event.month - 1 + months, _MONTHS_OF_A_YEAR)
    return date(year, month + 1, min(event.day, monthrange(year, month + 1)[1]))


def _second_working_day(event: date, period: Period, *, calendar: Calendar) -> date:
    """Return the day before which a period of two days or more cannot end (Article 3(5)); else the event's."""
    short = period.unit == "days" and period.length < _SECOND
    return event if short else calendar.add(event, _SECOND)
