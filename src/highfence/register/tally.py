# SPDX-License-Identifier: Apache-2.0
"""Tally: counts of companies by cell, kept up one company at a time, and told only where that is allowed.

A cell is a tuple of words. Which companies are careful, because a marking asks that they enter no figure under three,
is counted beside. What is withheld must not follow from what is told: a part is also withheld for what it leaves over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from highfence.register.figures import K_LEAST

Cell = tuple[str, ...]


class Tally:
    """How many companies each cell has, and how many of them are careful."""

    def __init__(self) -> None:
        self._counts: Counter[Cell] = Counter()
        self._careful: Counter[Cell] = Counter()

    def add(self, cells: Iterable[Cell], *, careful: bool) -> None:
        """Count a company in each of its cells."""
        found = list(cells)
        self._counts.update(found)
        if careful:
            self._careful.update(found)

    def take(self, cells: Iterable[Cell], *, careful: bool) -> None:
        """Count a company no more; it was added with the same cells."""
        found = list(cells)
        for counter in (self._counts, self._careful) if careful else (self._counts,):
            counter.subtract(found)
            for cell in found:
                if not counter[cell]:
                    del counter[cell]

    def count(self, cell: Cell) -> int:
        """Return the count of a cell, for deciding and never for telling."""
        return self._counts[cell]

    def cells(self, word: str) -> list[Cell]:
        """Return the cells that begin with a word and have any company, sorted."""
        return sorted(cell for cell in self._counts if cell[0] == word)

    def told(self, cell: Cell, *, of: Iterable[Cell] = ()) -> int | None:
        """Return the count of a cell, or None if it is withheld for itself or for what it leaves of a whole in `of`."""
        number, careful = self._counts[cell], self._careful[cell]
        if is_small(number, careful=careful):
            return None
        for whole in of:
            if is_small(self._counts[whole] - number, careful=self._careful[whole] - careful):
                return None
        return number


def is_small(number: int, *, careful: int) -> bool:
    """Tell whether a count is withheld: it is under three but not nothing, and some of what it counts is careful.

    >>> is_small(2, careful=1), is_small(2, careful=0), is_small(3, careful=3), is_small(0, careful=0)
    (True, False, False, False)
    """
    return 0 < number < K_LEAST and careful > 0
