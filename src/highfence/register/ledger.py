# SPDX-License-Identifier: Apache-2.0
"""Ledger: who lists which company, for one reader, kept up one company at a time, and the figures made of it.

Natural persons are not in it: figures are about companies, vessels and other bodies. It never asks whether the reader
may see something; whoever fills it has.
"""

from __future__ import annotations

import heapq
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import permutations

from highfence.model.marking import Marking
from highfence.register.alignment import Alike, ListingRow
from highfence.register.conflict import Act
from highfence.register.figures import (
    Alignment,
    Conflict,
    CountryFigures,
    Lags,
    LagYear,
    PairFigures,
    ProgrammeFigures,
    Selected,
    Selection,
    TechnologyFigures,
    Wide,
)
from highfence.register.placing import Placing, placing
from highfence.register.tally import Cell, Tally, is_small
from highfence.rules.scope.named import area_title

#: What is told of a company: its listings, past ones too, and the acts on it.
Told = tuple[tuple[ListingRow, ...], tuple[Act, ...]]
NOTHING: Told = ((), ())
#: Company -> days and year of a lag.
_Lagging = Mapping[str, tuple[int, int]]


class Ledger:
    """The listings and acts that one reader may see, by company, and which companies may be the same and wait for a
    judgement (`alike`, both ways). Safe to use from several threads.
    """

    def __init__(self, told: Mapping[str, Told] | None = None, alike: Alike | None = None) -> None:
        self._lock = threading.RLock()
        #: The day that is counted for; None before the first question.
        self._on: date | None = None
        self._told = {company: _bodies(one) for company, one in (told or {}).items()}
        self._alike = dict(alike or {})
        self._clear()

    def _clear(self) -> None:
        self._placings: dict[str, Placing] = {}
        self._tally = Tally()
        self._markings: Counter[str] = Counter()
        self._lags: dict[tuple[str, str], dict[str, tuple[int, int]]] = {}
        self._conflicts: dict[str, Placing] = {}
        #: What may be listed where it is not, by the same cells as what is; and what each company counts for in it.
        self._doubts = Tally()
        self._doubted: dict[str, tuple[tuple[Cell, ...], bool]] = {}

    def __len__(self) -> int:
        return len(self._told)

    @property
    def alike(self) -> Alike:
        """Which companies may be the same, and how much they are alike (0..1)."""
        return self._alike

    def put(self, company: str, told: Told) -> None:
        """Take what is told of a company in the place of what was; with `NOTHING`, the company is forgotten."""
        told = _bodies(told)
        with self._lock:
            if company in self._placings:
                self._uncount(self._placings.pop(company))
            self._told.pop(company, None)
            if told != NOTHING:
                self._told[company] = told
                if self._on is not None:
                    self._count(company, self._on)
            self._doubt((company, *self._alike.get(company, ())))

    def liken(self, alike: Alike) -> None:
        """Take whom these companies are like in the place of what was known; of each pair, both are given."""
        with self._lock:
            for company, others in alike.items():
                self._alike.pop(company, None)
                if others:
                    self._alike[company] = others
            self._doubt(alike)

    def copy(self) -> Ledger:
        """Return a ledger of its own that holds the same."""
        with self._lock:
            return Ledger(self._told, self._alike)

    def alignment(self, on: date, combined: Callable[[Iterable[str]], Marking]) -> Alignment:
        """Return all figures of a day; `combined` makes one marking of the ids of those that they rest on."""
        with self._lock:
            self._turn(on)
            tally = self._tally
            everybody = self._everybody()
            return Alignment(
                on=on,
                companies=tally.told(("companies",)),
                listed={one: tally.told(("listed", one)) for one in everybody},
                pairs=tuple(self._pair(first, second) for first, second in permutations(everybody, 2)),
                programmes=tuple(self._programmes(everybody)),
                countries=tuple(self._countries(everybody)),
                technologies=tuple(self._technologies(everybody)),
                conflicts=tally.told(("conflict",)),
                marking=combined(sorted(self._markings)),
            )

    def widest(self, on: date, *, limit: int) -> tuple[Wide, ...]:
        """Return the widest gaps, as `figures.Wide` ranks them."""
        with self._lock:
            self._turn(on)
            everybody = self._everybody()
            ranked = (one.wide(everybody, self._perhaps(one), on=on) for one in self._placings.values())
            return tuple(heapq.nsmallest(limit, (wide for wide in ranked if wide is not None), key=_width))

    def conflicts(self, on: date) -> tuple[Conflict, ...]:
        """Return all conflicts, by kind and caption; none where their number is withheld."""
        with self._lock:
            self._turn(on)
            if self._tally.told(("conflict",)) is None:
                return ()
            found = (conflict for one in self._conflicts.values() for conflict in one.conflicts)
            return tuple(sorted(found, key=lambda one: (one.kind, one.caption.casefold(), one.company, one.one)))

    def select(self, wanted: Selection, on: date) -> Selected:
        """Return the companies behind a figure."""
        with self._lock:
            self._turn(on)
            found = [one for one in self._placings.values() if one.placed and _fits(one, wanted)]
        careful = sum(one.careful for one in found)
        if is_small(len(found), careful=careful):
            return Selected(total=None, companies=(), withheld=True)
        pair = (wanted.by[0], wanted.by[1]) if len(wanted.by) == 2 else None
        told = sorted((one.aligned(pair) for one in found), key=lambda one: (one.caption.casefold(), one.company))
        return Selected(total=len(told), companies=tuple(told))

    def _turn(self, on: date) -> None:
        """Count for another day: a listing may have begun or ended."""
        if on != self._on:
            self._on = on
            self._clear()
            for company in self._told:
                self._count(company, on)
            self._doubt(self._alike)

    def _count(self, company: str, on: date) -> None:
        one = placing(company, *self._told[company], on=on)
        self._placings[company] = one
        self._tally.add(one.cells(), careful=one.careful)
        self._markings.update(one.markings)
        for pair, days, year in one.lags():
            self._lags.setdefault(pair, {})[company] = (days, year)
        if one.conflicts:
            self._conflicts[company] = one

    def _uncount(self, one: Placing) -> None:
        self._tally.take(one.cells(), careful=one.careful)
        self._markings.subtract(one.markings)
        self._markings += Counter()
        for pair, _, _ in one.lags():
            del self._lags[pair][one.company]
        self._conflicts.pop(one.company, None)

    def _everybody(self) -> list[str]:
        return [cell[1] for cell in self._tally.cells("listed")]

    def _doubt(self, companies: Iterable[str]) -> None:
        """Count anew where companies may be listed where they are not."""
        for company in companies:
            if company in self._doubted:
                cells, careful = self._doubted.pop(company)
                self._doubts.take(cells, careful=careful)
            one = self._placings.get(company)
            if one is None or not one.placed or company not in self._alike:
                continue
            cells = tuple(one.doubts(sorted(self._perhaps(one))))
            if cells:
                near = (self._placings[it] for it in self._alike[company] if it in self._placings)
                careful = one.careful or any(it.careful for it in near)
                self._doubted[company] = (cells, careful)
                self._doubts.add(cells, careful=careful)

    def _perhaps(self, one: Placing) -> frozenset[str]:
        """Return the jurisdictions that do not list a company, as far as is known, but somebody like it."""
        near = [self._placings[other] for other in self._alike.get(one.company, ()) if other in self._placings]
        return frozenset(code for other in near for code in other.by if code not in one.by)

    def _pair(self, first: str, second: str) -> PairFigures:
        """Count a pair; what both list is withheld in both orders if in one, for one order would tell the other."""
        wholes = (("listed", first), ("listed", second))
        listed = self._tally.told(wholes[0])
        both = self._tally.told(("both", *sorted((first, second))), of=wholes)
        return PairFigures(
            first=first,
            second=second,
            listed=listed,
            both=both,
            only=listed - both if listed is not None and both is not None else None,
            perhaps=self._doubts.told(("both", first, second)),
            lags=self._lags_of(first, second),
        )

    def _programmes(self, everybody: Sequence[str]) -> Iterator[ProgrammeFigures]:
        for cell in self._tally.cells("programme"):
            _, jurisdiction, programme = cell
            others = [one for one in everybody if one != jurisdiction]
            yield ProgrammeFigures(
                jurisdiction=jurisdiction,
                programme=programme,
                listed=self._tally.told(cell),
                also={one: self._tally.told(("also", *cell[1:], one), of=(cell,)) for one in others},
                perhaps={one: self._doubts.told(("also", *cell[1:], one)) for one in others},
            )

    def _countries(self, everybody: Sequence[str]) -> Iterator[CountryFigures]:
        for cell in self._tally.cells("country"):
            yield CountryFigures(
                country=cell[1],
                listed=self._tally.told(cell),
                by={one: self._tally.told(("by", cell[1], one), of=(cell,)) for one in everybody},
            )

    def _technologies(self, everybody: Sequence[str]) -> Iterator[TechnologyFigures]:
        for cell in self._tally.cells("area"):
            yield TechnologyFigures(
                area=cell[1],
                title=area_title(cell[1]),
                listed=self._tally.told(cell),
                by={one: self._tally.told(("in", cell[1], one), of=(cell,)) for one in everybody},
            )

    def _lags_of(self, first: str, second: str) -> Lags:
        turned = first > second
        pair = (second, first) if turned else (first, second)
        its: _Lagging = self._lags.get(pair, {})
        careful = {company for company in its if self._placings[company].careful}
        if is_small(len(its), careful=len(careful)):
            return Lags(dated=None)
        days = sorted(-one if turned else one for one, _ in its.values())
        later, earlier = sum(one > 0 for one in days), sum(one < 0 for one in days)
        parts = (later, earlier, len(days) - later - earlier)
        parts_told = not any(is_small(part, careful=len(careful)) for part in parts)
        return Lags(
            dated=len(days),
            later=later if parts_told else None,
            earlier=earlier if parts_told else None,
            lower_quartile_days=_quantile(days, 0.25),
            median_days=_quantile(days, 0.5),
            upper_quartile_days=_quantile(days, 0.75),
            years=_years(its, careful, turned=turned),
        )


def _bodies(told: Told) -> Told:
    rows, acts = told
    return tuple(row for row in rows if row.schema != "Person"), acts


def _years(its: _Lagging, careful: set[str], *, turned: bool) -> tuple[LagYear, ...]:
    """Return the lags by year, or none at all if one would be withheld: the rest and the total would tell it."""
    by_year: dict[int, list[str]] = {}
    for company, (_, year) in its.items():
        by_year.setdefault(year, []).append(company)
    if any(is_small(len(some), careful=len(careful.intersection(some))) for some in by_year.values()):
        return ()
    sign = -1 if turned else 1
    return tuple(
        LagYear(year=year, dated=len(some), median_days=_quantile(sorted(sign * its[one][0] for one in some), 0.5))
        for year, some in sorted(by_year.items())
    )


def _quantile(ordered: Sequence[int], share: float) -> float | None:
    """Return the value below which a share of the ordered values lies, by linear interpolation; None of nothing."""
    if not ordered:
        return None
    at = share * (len(ordered) - 1)
    below = int(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (at - below)


def _width(wide: Wide) -> tuple[float, str, str]:
    return (-wide.score, wide.caption.casefold(), wide.company)


def _fits(one: Placing, wanted: Selection) -> bool:
    by = one.by
    if not set(wanted.by) <= set(by) or not set(wanted.not_by).isdisjoint(by):
        return False
    if wanted.programme and not any(wanted.programme in placed.programmes for placed in one.placed):
        return False
    if wanted.country and wanted.country not in one.countries:
        return False
    if wanted.area and wanted.area not in one.areas:
        return False
    if wanted.year is None:
        return True
    lag = one.lag(wanted.by[0], wanted.by[1]) if len(wanted.by) == 2 else None
    return lag is not None and lag[1] == wanted.year
