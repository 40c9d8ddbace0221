# SPDX-License-Identifier: Apache-2.0
"""Fellows: the other processes of one node, which write to the same database.

What a process remembers of the node (the newest entries of its feeds and journal, who is which company, the membership
document) follows from what is committed. A fellow's commits are noticed here, by a look at a few numbers; whoever
waits for something new is then woken as by a commit of this process's own.
"""

from __future__ import annotations

from highfence.app import Node
from highfence.storage import journal, processes


class Fellows:
    """Keeps a node's process abreast of its fellows. One thread at a time."""

    def __init__(self, node: Node) -> None:
        self._node = node
        with node.database.read() as connection:
            self._moves = processes.reached(connection, node.code).moves

    def look(self) -> bool:
        """Take up what fellows have committed; True if there was anything.

        Raises:
            StorageFailed: the database cannot be read; the next look finds what this one would have.
        """
        node = self._node
        with node.database.read() as connection:
            found = processes.reached(connection, node.code)
            ahead = found.position > node.fresh.position
            markings = journal.markings(connection) if ahead else {}
            moved = processes.moved_after(connection, self._moves) if found.moves > self._moves else set()
        if found.membership > node.membership.version:
            node.refresh_membership()
        arrived = node.fresh.follow(markings, found.position)
        if moved:
            self._moves = found.moves
            node.rolls.touch(moved)
            node.fresh.forget()
        grown = [reader for reader, size in found.sizes.items() if node.tail(reader).follow(size)]
        for reader in grown:
            node.feed_bell(reader).ring()
        if arrived or moved:
            node.bell.ring()
        return arrived or bool(moved) or bool(grown)
