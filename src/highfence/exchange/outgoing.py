# SPDX-License-Identifier: Apache-2.0
"""Outgoing: the batches of one peer's feed from a cursor on, each under a freshly signed head.

Live push and catch-up are the same walk with the same cursor; only the distance differs.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from highfence.clock import Clock
from highfence.errors import Refused
from highfence.exchange.feed import (
    BATCH_BYTES_MAX,
    BATCH_ENTRIES_MAX,
    Batch,
    Entry,
    encode_batch,
    head_of,
    payload_text,
    sign_head,
)
from highfence.exchange.keys import SigningKey
from highfence.exchange.tail import Tail
from highfence.exchange.tree import Tree, unpack
from highfence.storage import feed
from highfence.storage.database import Database


class Signer(msgspec.Struct, frozen=True):
    """What heads are signed with, the clock that dates them, and which membership document their signer goes by."""

    key: SigningKey
    clock: Clock
    stamp: Callable[[], str] = str


class Outgoing:
    """Walks the feed of `owner` to `reader`. Not shared between connections."""

    def __init__(self, owner: str, tail: Tail, *, reader: str, database: Database, signer: Signer) -> None:
        self.owner = owner
        self._tail = tail
        self.reader = reader
        self._database = database
        self._signer = signer
        self._tree = Tree()
        self._epoch = 1

    @property
    def seq(self) -> int:
        """The last entry given out."""
        return self._tree.size

    def start(self, after: int) -> None:
        """Put the cursor behind entry `after`, which the reader says it holds.

        Raises:
            Refused: `ahead_of_feed` when the reader holds more than was ever written here.
        """
        with self._database.read() as connection:
            state = feed.state(connection, self.owner, self.reader)
            if after > state.size:
                raise Refused(
                    "ahead_of_feed",
                    f"the reader holds {after} entries of a feed of {state.size}",
                    where=f"feed {self.owner}>{self.reader}",
                    advice="This node may have been restored from an old backup: check with its operator",
                )
            self._epoch = state.epoch
            if after == state.size:
                self._tree = unpack(state.size, state.frontier)
            else:
                self._tree = Tree().extend(feed.leaves_out(connection, self.reader, until=after))

    def next_batch(self) -> bytes | None:
        """Return the next entries under a signed head, or None when the reader has all there is."""
        found = self._tail.after(self._tree.size)
        if found is None:
            with self._database.read() as connection:
                found = feed.entries_after(connection, self.reader, self._tree.size, limit=BATCH_ENTRIES_MAX)
        if not found:
            return None
        entries: list[Entry] = []
        leaves = []
        carried = 0
        for row, envelope in found:
            carried += len(envelope)
            if entries and (carried > BATCH_BYTES_MAX or len(entries) == BATCH_ENTRIES_MAX):
                break
            entries.append(
                Entry(
                    seq=row.seq,
                    previous=row.previous,
                    assertion=row.assertion,
                    agreement=row.agreement,
                    recall=row.recall,
                    payload=payload_text(envelope),
                )
            )
            leaves.append(row.leaf)
        self._tree = self._tree.extend(leaves)
        return encode_batch(Batch(head=self._head(), entries=tuple(entries), membership=self._signer.stamp()))

    def heartbeat(self) -> bytes:
        """Return a batch without entries: the signed head as of now."""
        return encode_batch(Batch(head=self._head(), membership=self._signer.stamp()))

    def _head(self) -> str:
        head = head_of(self.owner, self.reader, epoch=self._epoch, tree=self._tree, at=self._signer.clock.now())
        return sign_head(head, self._signer.key).decode()
