# SPDX-License-Identifier: Apache-2.0
"""Relation: which values belong to which row, as two arrays, so that millions of them are joined without a loop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.int64]
Truths: TypeAlias = npt.NDArray[np.bool_]


class Relation:
    """Values by row: those of row `r` are `values[starts[r]:starts[r + 1]]`.

    >>> relation = Relation(np.array([1, 0, 1]), np.array([7, 8, 9]), rows=2)
    >>> [relation.of(row).tolist() for row in (0, 1)]
    [[8], [7, 9]]
    """

    def __init__(self, rows_of: Numbers, values: Numbers, *, rows: int) -> None:
        order = np.argsort(rows_of, kind="stable")
        self.values = values[order]
        self.counts = np.bincount(rows_of, minlength=rows)
        self.starts = np.concatenate(([0], np.cumsum(self.counts)))

    def of(self, row: int) -> Numbers:
        """Return the values of one row."""
        return self.values[self.starts[row] : self.starts[row + 1]]

    def joined(self, carried: Numbers, rows: Numbers) -> tuple[Numbers, Numbers]:
        """Return, for each row and each of its values, what is carried with the row, and the value."""
        counts = self.counts[rows]
        at = spans(self.starts[rows], counts)
        return np.repeat(carried, counts), self.values[at]


def spans(starts: Numbers, counts: Numbers) -> Numbers:
    """Return the numbers from each start on, as many as its count.

    >>> spans(np.array([5, 1]), np.array([2, 3])).tolist()
    [5, 6, 1, 2, 3]
    """
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(starts - (ends - counts), counts) + np.arange(total)


def distinct(values: Numbers) -> Numbers:
    """Return the values once each, sorted.

    >>> distinct(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    if len(values) < 2:
        return values
    ordered = np.sort(values)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))]


def pairs_within(groups: Numbers | npt.NDArray[np.uint32]) -> Iterator[tuple[Numbers, Numbers]]:
    """Yield the places of any two that have one group, in batches; `groups` must be sorted.

    >>> [(one.tolist(), other.tolist()) for one, other in pairs_within(np.array([3, 3, 3, 8]))]
    [([0, 0, 1], [1, 2, 2])]
    """
    begins: Truths = np.ones(len(groups), dtype=np.bool_)
    begins[1:] = groups[1:] != groups[:-1]
    first: Numbers = np.flatnonzero(begins)
    sizes: Numbers = np.diff(np.concatenate((first, [len(groups)])))
    after = np.repeat(first + sizes, sizes) - np.arange(len(groups)) - 1
    for begin, end in batches(after):
        places = np.arange(begin, end)
        yield np.repeat(places, after[begin:end]), spans(places + 1, after[begin:end])


def batches(counts: Numbers, *, most: int = 1 << 21) -> Iterator[tuple[int, int]]:
    """Yield spans of rows whose counts add up to about `most`: so much is held in memory at once."""
    reached = np.cumsum(counts)
    begin = 0
    while begin < len(counts):
        before = reached[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(reached, before + most, side="right")))
        yield begin, end
        begin = end
