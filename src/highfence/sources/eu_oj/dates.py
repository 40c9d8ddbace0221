# SPDX-License-Identifier: Apache-2.0
"""Dates in the forms the annexes print them: 13.7.2026, 2026-08-07, 14 July 2026, June 30, 2012, April 1984, 1960."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<word>(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)\.?"
#: From the most to the least precise; what one has read, the next does not see.
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)",
        r"(?<!\d)(?P<day>\d{1,2})(?P<mark>[./])\s?(?P<month>\d{1,2})(?P=mark)\s?(?P<year>\d{4})(?!\d)",
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?\s*(?:of\s+)?{_MONTH},?\s*(?P<year>\d{{4}})(?!\d)",
        rf"\b{_MONTH}\s+(?P<day>\d{{1,2}}),\s*(?P<year>\d{{4}})(?!\d)",
        rf"\b{_MONTH},?\s*(?P<year>\d{{4}})(?!\d)",
        # A bare year; "1960s" is ten of them.
        r"(?<![\d.])(?P<year>1[89]\d\d|20\d\d)(?![\d.]*\d|s)",
    )
)


def dates_in(text: str) -> tuple[str, ...]:
    """Return all dates a text names, each as precise as it is printed (ISO 8601), in reading order.

    >>> dates_in("7.7.1998 (previous entity), 27 November 2002"), dates_in("between 1960 and March 1965")
    (('1998-07-07', '2002-11-27'), ('1960', '1965-03'))
    """
    found: dict[int, str] = {}
    for form in _FORMS:
        for match in form.finditer(text):
            if iso := _iso(match):
                found[match.start()] = iso
        text = form.sub(lambda match: " " * len(match[0]), text)
    return tuple(dict.fromkeys(iso for _, iso in sorted(found.items())))


def day(text: str) -> date | None:
    """Return the day a cell holds; None unless it is one whole day and nothing else.

    >>> day("13.7.2026"), day("14 July 2026"), day("July 2026")
    (datetime.date(2026, 7, 13), datetime.date(2026, 7, 14), None)
    """
    for form in _FORMS[:4]:
        if match := form.fullmatch(text.strip()):
            iso = _iso(match)
            return date.fromisoformat(iso) if iso else None
    return None


def _iso(match: re.Match[str]) -> str:
    parts = match.groupdict()
    year = int(parts["year"])
    word = parts.get("word")
    month = _MONTHS.index(word[:3].casefold()) + 1 if word else int(parts.get("month") or 0)
    if not month:
        return f"{year:04}"
    try:
        first = date(year, month, int(parts.get("day") or 1))
    except ValueError:
        return ""
    return first.isoformat() if parts.get("day") else f"{year:04}-{month:02}"
