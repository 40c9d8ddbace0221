# SPDX-License-Identifier: Apache-2.0
"""Register watch: looks for parties among all that one reader may see of a node's register.

The listings of a company are those of its profile as the reader sees it, and its owners those that the register tells
the reader of. Addresses are read once, and then only those of what has changed on the reader's roll.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date

from highfence.app import Node
from highfence.entrypoints.watch import Around, Holdings, Surroundings, Watch
from highfence.errors import NotFound
from highfence.matching.addresses import AddressBook
from highfence.matching.watchlist import Watchlist
from highfence.model.interest import Interest
from highfence.model.listing import Listing
from highfence.model.marking import Marking
from highfence.register.ownership import holdings
from highfence.register.reading import Sight
from highfence.rules.handling import Reader

#: For how many readers the addresses are kept, and of how many owners it is asked what they hold beside.
READERS_MOST = 8
OWNERS_MOST = 10

Sights = Callable[[], AbstractContextManager[Sight]]


def register_watch(node: Node, reader: Reader, *, interests: Iterable[Interest] = ()) -> Watch:
    """Return a watch over what a reader sees at this moment; the node stays open while it is used."""
    with node.lookout(reader) as (_, roll):
        watchlist = roll.watchlist
    listed: dict[str, tuple[Listing, ...]] = {}

    def listings(entity: str) -> tuple[Listing, ...]:
        if entity not in listed:
            with node.sight(reader) as sight:
                listed[entity] = profile_listings(sight, entity)
        return listed[entity]

    owners = register_around(lambda: node.sight(reader))
    addresses = AddressBook.of(watchlist)
    return Watch(watchlist, listings, addresses=addresses, around=owners, stated=Holdings.of(interests))


def profile_listings(sight: Sight, company: str) -> tuple[Listing, ...]:
    """Return how a company is listed as far as the reader sees it; in no way if it has gone meanwhile."""
    try:
        return tuple(one.listing for one in sight.profile(company).listings)
    except NotFound:
        return ()


def register_around(sights: Sights, used: list[Marking] | None = None) -> Around:
    """Return what finds the owners of companies in the register, and what these owners hold beside.

    Where something is found, the marking of all that was looked at for it is added to `used`.
    """

    def around(companies: Sequence[str], on: date) -> Surroundings:
        interests: dict[Interest, None] = {}
        names: dict[str, str] = {}
        cut = set()
        with sights() as sight:
            asked = [(company, True) for company in companies]
            for company, first in asked:
                try:
                    told, found = holdings(sight, company, on=on)
                except NotFound:
                    continue  # it has gone meanwhile
                interests.update(dict.fromkeys(found))
                if found and used is not None:
                    used.append(told.marking)
                names.update((party.id, party.caption) for party in told.parties)
                if not told.complete:
                    cut.add(company)
                if first:
                    owners = [
                        one.company for one in told.parties if one.company and one.role == "owner" and one.steps == 1
                    ]
                    asked += [(owner, False) for owner in owners[:OWNERS_MOST]]
        return Surroundings(interests=tuple(interests), names=names, cut=frozenset(cut))

    return around


class Watches:
    """The watches of a running node's readers, each for one state of what its reader sees. Safe for several threads."""

    def __init__(self) -> None:
        self._books: OrderedDict[Reader, tuple[Watchlist, AddressBook]] = OrderedDict()
        self._lock = threading.Lock()

    def watch(self, reader: Reader, sight: Sight, *, watchlist: Watchlist, used: list[Marking]) -> Watch:
        """Return a watch over one consistent state of the register, as `Node.lookout` gives it.

        `used` takes the markings of what owners were found from.
        """

        @contextmanager
        def sights() -> Iterator[Sight]:
            yield sight

        return Watch(
            watchlist,
            lambda entity: profile_listings(sight, entity),
            addresses=self.addresses(reader, watchlist),
            around=register_around(sights, used),
        )

    def addresses(self, reader: Reader, watchlist: Watchlist) -> AddressBook:
        """Return the addresses of all on the reader's roll."""
        with self._lock:
            held = self._books.get(reader)
            book = held[1] if held is not None and held[0] is watchlist else AddressBook()
            # A roll follows the journal by itself, so what has changed is asked each time; that is a few milliseconds.
            book.follow(watchlist)
            self._books[reader] = (watchlist, book)
            self._books.move_to_end(reader)
            while len(self._books) > READERS_MOST:
                self._books.popitem(last=False)
            return book
