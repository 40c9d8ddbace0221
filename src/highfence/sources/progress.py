# SPDX-License-Identifier: Apache-2.0
"""Progress: how a parser tells how far it is, without knowing who listens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from highfence.sources.source import Progress

#: Often enough for a bar to move, seldom enough to cost nothing.
_EVERY_ROWS = 500

Item = TypeVar("Item")


def quiet(done: int, total: int) -> None:
    """Tell nobody: the progress a parser is given unless its caller wants to hear."""


def told(rows: Sequence[Item], progress: Progress) -> Iterator[Item]:
    """Yield `rows` and tell `progress` every 500 of them, and once at the end."""
    total = len(rows)
    for done, row in enumerate(rows):
        if done % _EVERY_ROWS == 0:
            progress(done, total)
        yield row
    progress(total, total)
