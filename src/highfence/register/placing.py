# SPDX-License-Identifier: Apache-2.0
"""Placing: where one company stands on a day, under each jurisdiction that lists it, and what that makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

import msgspec

from highfence.register.alignment import ListingRow
from highfence.register.conflict import Act, conflicts
from highfence.register.figures import Aligned, Conflict, Placed, Wide
from highfence.register.tally import Cell
from highfence.rules.sensitivity import sensitivity

_AGREEMENT_MOST = 50.0
_SENSITIVITY_MOST = 30.0
_AGE_MOST = 20.0
_AGE_YEAR = 4.0


class Placing(msgspec.Struct, frozen=True, kw_only=True):
    """A company as it stands: who lists it (sorted by jurisdiction), its countries, its conflicts, and the technology
    areas that its listings name.

    `markings` are the ids of the markings of all that it rests on; `careful` tells that one asks for no small counts.
    """

    company: str
    caption: str
    countries: tuple[str, ...]
    areas: tuple[str, ...]
    placed: tuple[Placed, ...]
    conflicts: tuple[Conflict, ...]
    markings: frozenset[str]
    careful: bool

    @property
    def by(self) -> tuple[str, ...]:
        """The jurisdictions that list it."""
        return tuple(one.jurisdiction for one in self.placed)

    def cells(self) -> Iterator[Cell]:
        """Yield the cells of the tally that it counts in."""
        if self.conflicts:
            yield ("conflict",)
        if not self.placed:
            return
        by = self.by
        yield ("companies",)
        yield from (("listed", one) for one in by)
        yield from (("both", one, other) for one, other in combinations(by, 2))
        for one in self.placed:
            for programme in one.programmes:
                yield ("programme", one.jurisdiction, programme)
                yield from (("also", one.jurisdiction, programme, other) for other in by if other != one.jurisdiction)
        for country in self.countries:
            yield ("country", country)
            yield from (("by", country, one) for one in by)
        for area in self.areas:
            yield ("area", area)
            yield from (("in", area, one) for one in by)

    def doubts(self, there: Sequence[str]) -> Iterator[Cell]:
        """Yield the cells of what is in doubt, when somebody like it is listed by those `there`, where it is not."""
        for other in there:
            yield from (("both", one, other) for one in self.by)
            yield from (
                ("also", one.jurisdiction, programme, other) for one in self.placed for programme in one.programmes
            )

    def lags(self) -> Iterator[tuple[tuple[str, str], int, int]]:
        """Yield each two jurisdictions with known days, by how many days the second is later, and the later's year."""
        for one, other in combinations(self.placed, 2):
            if one.since is not None and other.since is not None:
                days = (other.since - one.since).days
                yield (one.jurisdiction, other.jurisdiction), days, max(one.since, other.since).year

    def lag(self, first: str, second: str) -> tuple[int, int] | None:
        """Return days and year as of `lags`, looked at from `first`; None without known days."""
        for (one, other), days, year in self.lags():
            if (one, other) == (first, second):
                return days, year
            if (other, one) == (first, second):
                return -days, year
        return None

    def aligned(self, pair: tuple[str, str] | None = None) -> Aligned:
        """Return the company as it is told behind a figure."""
        lag = self.lag(*pair) if pair is not None else None
        return Aligned(
            company=self.company,
            caption=self.caption,
            countries=self.countries,
            placed=self.placed,
            lag_days=lag[0] if lag is not None else None,
        )

    def wide(self, everybody: Sequence[str], perhaps: frozenset[str], *, on: date) -> Wide | None:
        """Return its rank among the gaps, where `everybody` could list it and some `perhaps` do; None if it is none."""
        by = self.by
        missing = tuple(one for one in everybody if one not in by and one not in perhaps)
        if not by or not missing:
            return None
        programmes = tuple(sorted({programme for one in self.placed for programme in one.programmes}))
        since = min((one.since for one in self.placed if one.since is not None), default=None)
        years = (on - since).days // 365.25 if since is not None else 0
        agreement = round(_AGREEMENT_MOST * len(by) / len(everybody), 1)
        weight = round(_SENSITIVITY_MOST * max(map(sensitivity, programmes), default=0.0), 1)
        age = min(_AGE_MOST, _AGE_YEAR * years)
        return Wide(
            company=self.company,
            caption=self.caption,
            countries=self.countries,
            listed_by=by,
            missing_from=missing,
            perhaps=tuple(sorted(perhaps)),
            programmes=programmes,
            since=since,
            agreement=agreement,
            sensitivity=weight,
            age=age,
            score=round(agreement + weight + age, 1),
        )


def placing(company: str, rows: Sequence[ListingRow], acts: Sequence[Act], *, on: date) -> Placing:
    """Return where a company stands on a day, from its listings, past ones too, and the acts on it."""
    standing = [row for row in rows if row.stands(on)]
    found = conflicts(company, rows, acts, on=on) if acts or len(standing) < len(rows) else ()
    counted: list[ListingRow | Act] = [*rows, *acts] if found else [*standing]
    first = min(standing or rows, key=_order, default=None)
    return Placing(
        company=company,
        caption=first.caption if first is not None else company,
        countries=tuple(sorted({country for row in standing for country in row.countries})),
        areas=tuple(sorted({area for row in standing for area in row.areas})),
        placed=tuple(_placed(standing)),
        conflicts=found,
        markings=frozenset(one.marking for one in counted),
        careful=any(one.careful for one in counted),
    )


def _placed(standing: Sequence[ListingRow]) -> Iterator[Placed]:
    for jurisdiction in sorted({row.jurisdiction for row in standing}):
        its = [row for row in standing if row.jurisdiction == jurisdiction]
        yield Placed(
            jurisdiction=jurisdiction,
            programmes=tuple(sorted({row.programme for row in its if row.programme})),
            since=min((row.listed for row in its if row.listed is not None), default=None),
        )


def _order(row: ListingRow) -> tuple[bool, date, str]:
    return (row.listed is None, row.listed or date.max, row.caption)
