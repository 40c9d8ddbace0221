# SPDX-License-Identifier: Apache-2.0
"""Clusters: what hangs together by pairs. Two at the ends of a chain may have nothing in common but its links."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, TypeVar

T = TypeVar("T", bound=Hashable)


def connected(pairs: Iterable[tuple[T, T]]) -> list[tuple[T, ...]]:
    """Return the groups that pairs make, sorted, each once.

    >>> connected([("c", "b"), ("x", "y"), ("a", "c")])
    [('a', 'b', 'c'), ('x', 'y')]
    """
    above: dict[T, T] = {}

    def head(one: T) -> T:
        while (over := above.setdefault(one, one)) != one:
            above[one] = one = above[over]
        return one

    for one, other in pairs:
        above[head(one)] = head(other)
    groups: dict[T, list[T]] = {}
    for one in above:
        groups.setdefault(head(one), []).append(one)
    return sorted((tuple(sorted(group, key=_order)) for group in groups.values()), key=lambda group: _order(group[0]))


def _order(one: Any) -> Any:
    return one
