# SPDX-License-Identifier: Apache-2.0
"""Long value lists in pieces that every engine takes as bound parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

#: One size for nearly all queries keeps the statement cache small; SQLite takes 32,766 parameters.
_CHUNK = 500
#: Up to so many values are faster asked for one by one with a prepared statement than all together.
FEW = 8


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """Yield the values in lists of at most 500."""
    rest = iter(values)
    while part := list(islice(rest, _CHUNK)):
        yield part
