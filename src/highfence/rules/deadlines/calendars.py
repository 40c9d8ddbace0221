# SPDX-License-Identifier: Apache-2.0
"""Calendars: the working days of a country, and of the part of it in which its authority sits.

Working days are all days but public holidays, Saturdays and Sundays (Regulation (EEC, Euratom) No 1182/71, Article 2).
Public holidays are those of the `holidays` library, which is not the list that Member States hand in under Article
2(1): a calendar says so. `calendars.toml` adds days on which offices are closed by law, and an authority its own.
"""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from functools import cache
from importlib import metadata, resources

import holidays
import msgspec

from highfence.errors import InvalidInput

#: The years for which a working day is told; before and after, the library no longer knows most countries.
FIRST_YEAR, LAST_YEAR = 1980, 2099
_SATURDAY = 5
_DAY = timedelta(days=1)
_VERSION = metadata.version("holidays")


class _Seat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    country: str
    part: str
    note: str


class _Days(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days of each year, as `05-05`, on which offices are closed beside the library's holidays."""

    country: str
    name: str
    days: tuple[str, ...]
    citation: str
    verified: bool


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seats: tuple[_Seat, ...]
    days: tuple[_Days, ...]


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """The working days of a country (alpha-2, lower case); `part` of it if holidays differ; `closed` are added days."""

    country: str
    part: str = ""
    closed: frozenset[date] = frozenset()

    @property
    def source(self) -> str:
        """Return where the public holidays come from."""
        where = f"{self.country}-{self.part.lower()}" if self.part else self.country
        return f"public holidays of {where}: the library holidays {_VERSION}, not the official list"

    def holiday(self, day: date) -> str:
        """Return the name of the public holiday that a day is, '' if it is none.

        Raises:
            InvalidInput: the day lies outside the years that are known.
        """
        if day in self.closed:
            return "closed"
        return _holidays(self.country, self.part, day.year).get(day, "")

    def is_working(self, day: date) -> bool:
        """Tell whether a day is a working day: no Saturday, no Sunday, no public holiday (Article 2(2)).

        Raises:
            InvalidInput: the day lies outside the years that are known.
        """
        return day.weekday() < _SATURDAY and not self.holiday(day)

    def on_or_after(self, day: date) -> date:
        """Return the day itself if it is a working day, else the next one that is.

        Raises:
            InvalidInput: it lies outside the years that are known.
        """
        while not self.is_working(day):
            day += _DAY
        return day

    def add(self, day: date, count: int) -> date:
        """Return the `count`-th working day after a day; the day itself is not counted. 0 gives the day.

        Raises:
            InvalidInput: it lies outside the years that are known.
        """
        for _ in range(count):
            day = self.on_or_after(day + _DAY)
        return day

    def between(self, after: date, until: date) -> int:
        """Return how many working days lie after the first day up to and with the last; 0 if there is none.

        Raises:
            InvalidInput: one of them lies outside the years that are known.
        """
        return sum(self.is_working(after + timedelta(days=n)) for n in range(1, (until - after).days + 1))


def calendar(country: str, *, closed: frozenset[date] = frozenset()) -> Calendar:
    """Return the calendar of a country, by its alpha-2 code in lower case.

    Raises:
        InvalidInput: nobody knows that country's public holidays.

    >>> calendar("de").holiday(date(2026, 10, 3)), calendar("de").is_working(date(2026, 11, 24))
    ('German Unity Day', True)
    """
    if country.upper() not in _supported():
        raise InvalidInput(
            f"the public holidays of {country[:20]!r} are not known",
            where="calendar",
            advice="Name the country whose authority has to act, as an alpha-2 code such as nl",
        )
    return Calendar(country=country, part=_seats().get(country, ""), closed=closed)


@cache
def _supported() -> frozenset[str]:
    return frozenset(holidays.list_supported_countries(include_aliases=False))


def _seats() -> dict[str, str]:
    return {seat.country: seat.part for seat in _table().seats}


@cache
def _table() -> _Table:
    table = resources.files("highfence.rules").joinpath("tables", "calendars.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(table), _Table)


@cache
def _holidays(country: str, part: str, year: int) -> dict[date, str]:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidInput(
            f"working days are known from {FIRST_YEAR} to {LAST_YEAR}, not for {year}",
            where="calendar",
            advice="Check the day that the period begins on",
        )
    names = holidays.country_holidays(country.upper(), subdiv=part or None, years=year, language=_english(country))
    found = {day: name for day, name in names.items() if day.year == year}
    for more in _table().days:
        if more.country == country:
            found |= {date.fromisoformat(f"{year}-{day}"): more.name for day in more.days}
    return found


def _english(country: str) -> str | None:
    spoken = holidays.country_holidays(country.upper()).supported_languages
    return next((one for one in ("en_US", "en_GB") if one in spoken), None)
