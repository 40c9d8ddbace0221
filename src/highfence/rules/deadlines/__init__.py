# SPDX-License-Identifier: Apache-2.0
"""Deadlines: how a period is counted, in whose working days, and what an act gives how long for.

Periods are dated tables (`rules/tables/deadlines`), public holidays come from the `holidays` library. This room never
reads a clock and never says that something is late: it gives the last day, and the day to compare it with is another's.

>>> from datetime import date
>>> deadline("eu-16-answer", event=date(2026, 12, 18), calendar=calendar("nl")).last_day
datetime.date(2027, 1, 5)
"""

from __future__ import annotations

from highfence.rules.deadlines.calendars import Calendar, calendar
from highfence.rules.deadlines.clocks import Clock, Deadline, clock, clocks, deadline, known_deadline
from highfence.rules.deadlines.counting import Period, last_day

__all__ = [
    "Calendar",
    "Clock",
    "Deadline",
    "Period",
    "calendar",
    "clock",
    "clocks",
    "deadline",
    "known_deadline",
    "last_day",
]
