# SPDX-License-Identifier: Apache-2.0
"""Entities: the companies that one reader may see, each as one entity, held ready for screening.

What a reader may not see leaves no trace: a value under another marking is not among the names, and a company of which
everything is hidden is on no roll, so that neither a score nor a total tells of it. Readers who see the same markings
share a roll; it follows the journal and works out anew only the companies that were touched.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from highfence.matching.watchlist import Watchlist
from highfence.model.entity import Entity
from highfence.model.schema import schema
from highfence.register.absorb import claim_of, company_id
from highfence.register.reading import Sight
from highfence.register.view import Held
from highfence.register.visible import stands, visible_groups
from highfence.rules.handling import Reader
from highfence.storage import companies, journal
from highfence.storage.database import Connection
from highfence.storage.journal import Stored

#: How many rolls are kept. Clearances and purposes are few; who else comes waits for a roll to be made.
ROLLS_MOST = 4
_STEP_ROWS = 2_000


class Rolls:
    """The rolls of a node's readers, by what they may see. Safe to use from several threads."""

    def __init__(self) -> None:
        self._rolls: OrderedDict[frozenset[str], _Roll] = OrderedDict()
        self._lock = threading.Lock()

    def watchlist(self, connection: Connection, reader: Reader, *, on: date) -> Watchlist:
        """Return what the reader may see on that day as a watchlist, up to date with the connection's state.

        The caller only reads it. It goes on to follow the journal when others ask.
        """
        seen = frozenset(Sight(connection, reader, on).markings)
        with self._lock:
            roll = self._rolls.setdefault(seen, _Roll(seen))
            self._rolls.move_to_end(seen)
            while len(self._rolls) > ROLLS_MOST:
                self._rolls.popitem(last=False)
        roll.catch_up(connection, reader, on=on)
        return roll.watchlist


class _Roll:
    """The companies that are visible under a set of markings, and how far in the journal they were read."""

    def __init__(self, markings: frozenset[str]) -> None:
        self.watchlist = Watchlist()
        self._markings = markings
        self._position = 0
        self._lock = threading.Lock()
        #: Assertion -> the company it was stored with, that company -> its assertions and the entities made of them.
        self._company_of: dict[str, str] = {}
        self._assertions: dict[str, set[str]] = {}
        self._made: dict[str, set[str]] = {}

    def catch_up(self, connection: Connection, reader: Reader, *, on: date) -> None:
        """Take in what the journal has beyond what was read."""
        with self._lock:
            fresh = list(_after(connection, self._position))
            if not fresh:
                return
            stored = self._all(connection, fresh) if self._position == 0 else self._touched(connection, fresh)
            hidden = companies.hidden_companies(connection, markings=sorted(self._markings))
            made: dict[str, Entity] = {}
            before: set[str] = set()
            for company, rows in stored.items():
                held = [_held(row) for row in rows if row.marking in self._markings]
                groups = _groups(held, reader, on) if company in hidden else {company: held}
                entities = [entity for home, group in groups.items() if (entity := _joined(home, group)) is not None]
                before |= self._made.get(company, set())
                self._made[company] = {entity.id for entity in entities}
                made.update((entity.id, entity) for entity in entities)
            self.watchlist.extend(made.values())
            for gone in before - made.keys():
                self.watchlist.remove(gone)
            self._position = fresh[-1].position

    def _all(self, connection: Connection, rows: Sequence[Stored]) -> dict[str, list[Stored]]:
        """Return all rows by company, and note where each stands."""
        self._note(journal.company_of(connection, [row.id for row in rows]))
        stored: dict[str, list[Stored]] = {}
        for row in rows:
            stored.setdefault(self._company_of.get(row.id, ""), []).append(row)
        return stored

    def _touched(self, connection: Connection, fresh: Sequence[Stored]) -> dict[str, list[Stored]]:
        """Return the rows of all companies that new rows touch, by company, those that are no more without rows.

        A new assertion may join two companies, and one that takes another back may part one. So from each company one
        goes to where its assertions are now, and where they were before, until no other is met.
        """
        ids = {row.id for row in fresh} | {row.refers_to for row in fresh if row.refers_to}
        wanted = set(journal.company_of(connection, ids).values())
        wanted |= {self._company_of[one] for one in ids if one in self._company_of}
        stored: dict[str, list[Stored]] = {}
        while missing := wanted - stored.keys():
            for company in missing:
                stored[company] = journal.of_company(connection, company)
                here = {row.id for row in stored[company]}
                wanted |= {self._company_of[one] for one in here if one in self._company_of}
                wanted |= set(journal.company_of(connection, self._assertions.get(company, set()) - here).values())
        self._note({row.id: company for company, rows in stored.items() for row in rows})
        return stored

    def _note(self, company_of: dict[str, str]) -> None:
        for assertion, company in company_of.items():
            former = self._company_of.get(assertion)
            if former is not None:
                self._assertions[former].discard(assertion)
            self._company_of[assertion] = company
            self._assertions.setdefault(company, set()).add(assertion)


def _after(connection: Connection, position: int) -> Iterator[Stored]:
    while rows := journal.after(connection, position, limit=_STEP_ROWS):
        yield from rows
        position = rows[-1].position


def _held(row: Stored) -> Held:
    return Held(
        id=row.id,
        assertion=claim_of(row),
        received=row.received,
        position=row.position,
        superseded_by=row.superseded_by,
    )


def _groups(held: Sequence[Held], reader: Reader, on: date) -> dict[str, Sequence[Held]]:
    """Return the companies that the reader's own share of a stored company makes, by id."""
    return {
        min(company_id(one.assertion.subject) for one in group): group for group in visible_groups(held, reader, on=on)
    }


def _joined(company: str, held: Iterable[Held]) -> Entity | None:
    """Return one entity with all values that stand, under the company's id; None if nothing stands."""
    properties: dict[str, dict[str, None]] = {}
    chosen = ""
    for one in held:
        entity = one.assertion.entity() if stands(one) else None
        if entity is None:
            continue
        chosen = _narrower(chosen, entity.schema)
        for prop, values in entity.properties.items():
            properties.setdefault(prop, {}).update(dict.fromkeys(values))
    if not chosen:
        return None
    return Entity(id=company, schema=chosen, properties={prop: tuple(values) for prop, values in properties.items()})


def _narrower(chosen: str, other: str) -> str:
    """Return the schema that says more of the two; where they are at odds, the one that came first."""
    return other if not chosen or schema(other).is_a(chosen) else chosen
