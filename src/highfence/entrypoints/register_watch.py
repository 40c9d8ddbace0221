# SPDX-License-Identifier: Apache-2.0
"""Register watch: looks for parties among all that one reader may see of a node's register.

The listings of a company are those of its profile as the reader sees it. Addresses are read once and kept up with the
roll, of which only what has changed is read again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable

from highfence.app import Node
from highfence.entrypoints.watch import Holdings, Watch
from highfence.errors import NotFound
from highfence.matching.addresses import AddressBook
from highfence.matching.watchlist import Watchlist
from highfence.model.interest import Interest
from highfence.model.listing import Listing
from highfence.register.reading import Sight
from highfence.rules.handling import Reader

#: For how many readers the addresses are kept.
READERS_MOST = 8


def register_watch(node: Node, reader: Reader, *, interests: Iterable[Interest] = ()) -> Watch:
    """Return a watch over what a reader sees at this moment; listings are read from the node as they are asked for."""
    with node.lookout(reader) as (_, roll):
        watchlist = roll.watchlist
    listed: dict[str, tuple[Listing, ...]] = {}

    def listings(entity: str) -> tuple[Listing, ...]:
        if entity not in listed:
            with node.sight(reader) as sight:
                listed[entity] = profile_listings(sight, entity)
        return listed[entity]

    return Watch(watchlist, listings, addresses=AddressBook.of(watchlist), holdings=Holdings.of(interests))


def profile_listings(sight: Sight, company: str) -> tuple[Listing, ...]:
    """Return how a company is listed as far as the reader sees it; in no way if it has gone meanwhile."""
    try:
        return tuple(one.listing for one in sight.profile(company).listings)
    except NotFound:
        return ()


class Watches:
    """The watches of a running node's readers, each for one state of what its reader sees. Safe for several threads."""

    def __init__(self) -> None:
        self._books: OrderedDict[Reader, tuple[Watchlist, int, AddressBook]] = OrderedDict()
        self._lock = threading.Lock()

    def watch(self, node: Node, reader: Reader, sight: Sight, *, watchlist: Watchlist) -> Watch:
        """Return a watch over one consistent state of the register, as `Node.lookout` gives it."""
        return Watch(
            watchlist,
            lambda entity: profile_listings(sight, entity),
            addresses=self._book(node, reader, watchlist),
        )

    def _book(self, node: Node, reader: Reader, watchlist: Watchlist) -> AddressBook:
        position = node.last_position()
        with self._lock:
            held = self._books.get(reader)
            if held is None or held[0] is not watchlist or held[1] != position:
                held = self._books[reader] = (watchlist, position, AddressBook.of(watchlist))
                while len(self._books) > READERS_MOST:
                    self._books.popitem(last=False)
            self._books.move_to_end(reader)
            return held[2]
