# SPDX-License-Identifier: Apache-2.0
"""Dates: as American publishers print them, as FollowTheMoney writes them."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PRINTED = re.compile(r"^(?:circa\s+|c\.\s*)?(?:(?:(\d{1,2})\s+)?([A-Za-z]{3})[a-z]*\.?\s+)?(\d{4})$", re.IGNORECASE)
_ISO = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")
_AMERICAN = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})$")


@lru_cache(maxsize=8192)
def read_date(text: str) -> str:
    """Return a date as precise as it is printed: `2021-06-03`, `1968-02`, `1968`; '' if it is none or not one alone.

    >>> read_date("circa 17 Oct 1990"), read_date("Feb 1968"), read_date("1960 to 1965")
    ('1990-10-17', '1968-02', '')
    """
    text = text.strip()
    parts: tuple[str | None, str | int | None, str | None]
    if found := _ISO.match(text):
        parts = (found[1], found[2], found[3])
    elif found := _AMERICAN.match(text):
        parts = (found[3], found[1], found[2])
    elif found := _PRINTED.match(text):
        if found[2] and found[2].casefold() not in _MONTHS:
            return ""
        parts = (found[3], _MONTHS.index(found[2].casefold()) + 1 if found[2] else None, found[1])
    else:
        return ""
    year, month, day = (int(part) if part else 0 for part in parts)
    return _written(year, month, day=day)


def read_day(text: str) -> date | None:
    """Return the calendar day a text names, or None if it names none or only a month or year."""
    written = read_date(text)
    return date.fromisoformat(written) if len(written) == 10 else None


def _written(year: int, month: int, *, day: int) -> str:
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return ""
    if not month:
        return f"{year:04}"
    return f"{year:04}-{month:02}-{day:02}" if day else f"{year:04}-{month:02}"
