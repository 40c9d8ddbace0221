# SPDX-License-Identifier: Apache-2.0
"""Tail: the newest entries of one feed in memory, so that pushing what was just committed asks no database.

Filled only after the commit, in its order. Whoever is further behind than the tail reaches is served from the journal.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence

from highfence.storage.feed import OutRow

#: Enough for readers that keep up; a long list goes through the journal anyway.
_ENTRIES_MAX = 256


class Tail:
    """The newest entries of the feed to one reader, each with its envelope."""

    def __init__(self) -> None:
        self._entries: deque[tuple[OutRow, bytes]] = deque(maxlen=_ENTRIES_MAX)
        self._size = -1
        self._lock = threading.Lock()

    def extend(self, entries: Sequence[tuple[OutRow, bytes]], *, size: int) -> None:
        """Note committed entries, after which the feed has `size`; none of them when they are too many to keep."""
        with self._lock:
            if size <= self._size:
                return  # told too late: it is known that the feed has come further
            if len(entries) != size - max(self._size, 0) or len(entries) > _ENTRIES_MAX:
                self._entries.clear()
            if len(entries) <= _ENTRIES_MAX:
                self._entries.extend(entries)
            self._size = size

    def follow(self, size: int) -> bool:
        """Note that the feed has come to `size`, whoever added the entries; False if that was known."""
        with self._lock:
            if size <= self._size:
                return False
            self._entries.clear()
            self._size = size
            return True

    def after(self, seq: int) -> list[tuple[OutRow, bytes]] | None:
        """Return the entries behind `seq`, none when it is the last, or None when the tail cannot tell."""
        with self._lock:
            if seq == self._size:
                return []
            if not self._entries or seq > self._size or self._entries[0][0].seq > seq + 1:
                return None
            return [entry for entry in self._entries if entry[0].seq > seq]
