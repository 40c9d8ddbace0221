# SPDX-License-Identifier: Apache-2.0
"""Choosing: the words by which the API, the pages and the commands name the companies behind a figure."""

from __future__ import annotations

from urllib.parse import urlencode

from highfence.errors import InvalidInput
from highfence.register.figures import Selection
from highfence.rules.scope.areas import scope_tables

#: Fewest and most years that a listing may be of.
_YEARS = (1900, 2200)


def selection_of(*, by: str, not_by: str, year: int | None, **under: str) -> Selection:
    """Read a selection; `by` and `not_by` are codes joined with commas; `under` are programme, country, technology.

    Raises:
        InvalidInput: nothing is chosen, a code is on both sides, or a year without two jurisdictions.
    """
    listing, missing = _codes(by), _codes(not_by)
    if not (listing or missing or any(under.values())):
        raise InvalidInput(
            "nothing is chosen",
            where="alignment",
            advice="Give by, not_by, programme, country or technology, such as by=us",
        )
    area = under.get("technology", "").strip().lower()
    if area and area not in (known := {one.id for one in scope_tables().areas}):
        raise InvalidInput(
            f"there is no technology area {area[:40]!r}",
            where="technology",
            advice=f"One of: {', '.join(sorted(known))}",
        )
    if set(listing) & set(missing):
        raise InvalidInput("a jurisdiction is on both sides", where="not_by", advice="Name it in by or in not_by")
    if year is not None and (len(listing) != 2 or not _YEARS[0] <= year <= _YEARS[1]):
        raise InvalidInput(
            "a year is that of the later listing of two jurisdictions", where="year", advice="Write by=us,eu&year=2024"
        )
    return Selection(
        by=listing,
        not_by=missing,
        programme=under.get("programme", ""),
        country=under.get("country", "").lower(),
        area=area,
        year=year,
    )


def selection_query(wanted: Selection) -> str:
    """Write a selection as a query, as `selection_of` reads it."""
    words = {
        "by": ",".join(wanted.by),
        "not_by": ",".join(wanted.not_by),
        "programme": wanted.programme,
        "country": wanted.country,
        "technology": wanted.area,
        "year": "" if wanted.year is None else str(wanted.year),
    }
    return urlencode({name: value for name, value in words.items() if value})


def _codes(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for part in text.split(",") if (code := part.strip().lower())))
