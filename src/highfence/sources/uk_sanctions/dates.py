# SPDX-License-Identifier: Apache-2.0
"""Dates as both lists print them: day/month/year, with zeros for what is not known."""

from __future__ import annotations

import re
from datetime import date

_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def day(text: str) -> date | None:
    """Return the day of `29/06/2012`; None if the text is not a whole day.

    >>> day("29/06/2012"), day("00/06/2012")
    (datetime.date(2012, 6, 29), None)
    """
    partial = partial_date(text)
    return date.fromisoformat(partial) if len(partial) == len("2012-06-29") else None


def partial_date(text: str) -> str:
    """Return a date as precise as it is printed; empty if the text is none.

    >>> partial_date("29/06/2012"), partial_date("00/06/2012"), partial_date("00/00/1980"), partial_date("31/02/2012")
    ('2012-06-29', '2012-06', '1980', '')
    """
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return ""
    day_of_month, month, year = (int(part) for part in found.groups())
    if not month and not day_of_month and year:
        return f"{year:04}"
    try:
        first = date(year, month, day_of_month or 1)
    except ValueError:
        return ""
    return first.isoformat() if day_of_month else f"{year:04}-{month:02}"
