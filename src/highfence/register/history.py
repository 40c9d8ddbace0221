# SPDX-License-Identifier: Apache-2.0
"""History: what changed since an instant, for one reader: of companies, of a list, of an authority, of a watch list.

It follows when this node took each assertion, not when its author issued it: the question is what became known here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence

import msgspec

from highfence.errors import NotFound
from highfence.model.assertion import RECALLING
from highfence.register.change import Cause, Change, change
from highfence.register.holding import held
from highfence.register.reading import Sight
from highfence.register.view import Held
from highfence.storage import editions, journal
from highfence.storage.journal import Stored


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Of what the changes are asked; what is empty does not narrow it.

    `companies` are names of companies (ids, identifiers, exact names), `listed_in` a list whose companies are watched,
    `source` a list whose own entries, `authority` the originator whose words are asked for.
    """

    companies: tuple[str, ...] = ()
    listed_in: str = ""
    source: str = ""
    authority: str = ""


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """Changes after `since`, oldest first. `more` tells that the limit cut them; ask again from the last one's instant.

    `unknown` are the names that stand for nothing the reader may see.
    """

    since: str
    changes: tuple[Change, ...]
    more: bool = False
    unknown: tuple[str, ...] = ()


class History:
    """Changes over one consistent state of the register, as one reader may see them."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._connection = sight.connection
        self._visible = frozenset(sight.markings)
        self._editions = editions.taken(self._connection)

    def changes(self, scope: Scope, since: str, *, limit: int | None = None) -> Changes:
        """Return what changed after an instant (RFC 3339)."""
        wanted, unknown = self._watched(scope)
        found: list[Change] = []
        for one in self._told(scope, since, wanted):
            if limit is not None and len(found) == limit:
                return Changes(since=since, changes=tuple(found), more=True, unknown=unknown)
            found.append(one)
        return Changes(since=since, changes=tuple(found), unknown=unknown)

    def caused_by(self, assertions: Iterable[str]) -> tuple[Change, ...]:
        """Return what each of these assertions changed, of those that may be seen, oldest first."""
        rows = [row for row in journal.fetch(self._connection, assertions).values() if row.marking in self._visible]
        rows.sort(key=lambda row: (row.received, row.position))
        return tuple(one for one, _ in self._changed(rows))

    def _watched(self, scope: Scope) -> tuple[set[str] | None, tuple[str, ...]]:
        """Return the companies that are asked for, None for all, and the names that stand for none."""
        if not scope.companies and not scope.listed_in:
            return None, ()
        watched: set[str] = set()
        unknown = []
        for name in scope.companies:
            try:
                watched.add(self._sight.home(name))
            except NotFound:
                unknown.append(name)
        if scope.listed_in:
            watched |= self._sight.listed_in(scope.listed_in)
        return watched, tuple(unknown)

    def _told(self, scope: Scope, since: str, wanted: Collection[str] | None) -> Iterator[Change]:
        for rows in self._rows(scope, since, wanted):
            for one, lists in self._changed(rows):
                if (wanted is None or one.company in wanted) and (not scope.source or scope.source in lists):
                    yield one

    def _changed(self, rows: Sequence[Stored]) -> Iterator[tuple[Change, frozenset[str]]]:
        """Yield the change of each row and the lists that it is about."""
        before = journal.fetch(self._connection, {row.refers_to for row in rows if row.refers_to})
        seen = {name: held(row) for name, row in before.items() if row.marking in self._visible}
        homes = self._sight.homes([row.id for row in rows])
        for row in rows:
            one, old = held(row), seen.get(row.refers_to)
            replaced = old if row.kind in RECALLING else None
            yield change(one, replaced, cause=self._cause(one, old), company=homes.get(row.id, "")), _lists(one, old)

    def _rows(self, scope: Scope, since: str, wanted: Collection[str] | None) -> Iterator[Sequence[Stored]]:
        """Yield visible rows taken after an instant, oldest first; of few companies only theirs are read."""
        if wanted is not None and not scope.listed_in:
            yield self._of_companies(wanted, since, scope.authority)
            return
        last = ("", 0)
        while rows := journal.since(
            self._connection, since, markings=self._visible, originator=scope.authority, after=last
        ):
            yield rows
            last = (rows[-1].received, rows[-1].position)

    def _of_companies(self, wanted: Iterable[str], since: str, authority: str) -> list[Stored]:
        ids = {one.id for home in wanted for one in self._sight.group(home) if one.received > since}
        rows = [
            row for row in journal.fetch(self._connection, ids).values() if not authority or row.originator == authority
        ]
        return sorted(rows, key=lambda row: (row.received, row.position))

    def _cause(self, one: Held, old: Held | None) -> Cause:
        claim = one.assertion
        listing = claim.listing or (old.assertion.listing if old is not None else None)
        source = listing.source if listing is not None and claim.originator == self._sight.reader.authority else ""
        return Cause(
            assertion=one.id,
            kind=claim.kind,
            originator=claim.originator,
            at=one.received,
            refers_to=old.id if old is not None else "",
            source=source,
            edition=self._edition(source, one.received),
        )

    def _edition(self, source: str, received: str) -> str:
        """Return the day of the edition that brought it: the import that was noted next after it was taken."""
        taken = self._editions.get(source, [])
        place = bisect_left(taken, (received, ""))
        return taken[place][1] if place < len(taken) else ""


def _lists(one: Held, old: Held | None) -> frozenset[str]:
    listings = (held.assertion.listing for held in (one, old) if held is not None)
    return frozenset(listing.source for listing in listings if listing is not None)
