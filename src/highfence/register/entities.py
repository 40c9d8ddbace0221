# SPDX-License-Identifier: Apache-2.0
"""Entities: the companies that one reader may see, each as one entity, held ready for screening.

What a reader may not see leaves no trace: a value under another marking is not among the names, and a company of which
everything is hidden is on no roll, so that neither a score nor a total tells of it. A roll follows the journal and
works out anew only the companies that were touched.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from highfence.matching.index import NAMES_INDEXED_MOST, names_of
from highfence.matching.watchlist import Watchlist
from highfence.model.entity import Entity
from highfence.model.schema import schema
from highfence.register.absorb import company_id
from highfence.register.doubles import Doubles
from highfence.register.holding import held, likeness_keys
from highfence.register.ledger import NOTHING, Ledger, Told
from highfence.register.listed import told_in
from highfence.register.reading import Sight
from highfence.register.view import Held
from highfence.register.visible import groups, stands
from highfence.rules.handling import Reader
from highfence.storage import companies, journal, judgements
from highfence.storage.database import Connection
from highfence.storage.journal import Stored

#: How many kinds of readers have a roll. Clearances and purposes are few; who else comes waits for a roll to be made.
ROLLS_MOST = 8
_STEP_ROWS = 2_000
_STEP_COMPANIES = 2_000


class Rolls:
    """The rolls of a node's readers, one for each clearance and set of purposes. Safe to use from several threads.

    No two kinds of readers share one, though they may see the same today: tomorrow's marking may part them. A new roll
    begins with a copy of the nearest, so that only the difference is worked out, and what never changes is there once.
    """

    def __init__(self) -> None:
        self._rolls: OrderedDict[Reader, Roll] = OrderedDict()
        self._whole: Roll | None = None
        self._lock = threading.Lock()

    def watchlist(self, connection: Connection, reader: Reader, *, on: date) -> Watchlist:
        """Return what the reader may see on that day as a watchlist, up to date with the connection's state.

        The caller only reads it. It goes on to follow the journal when others ask.
        """
        seen = _seen(connection, reader, on=on)
        roll = self._of(reader, seen)
        roll.catch_up(connection, reader, on=on, seen=seen)
        return roll.watchlist

    def roll(self, connection: Connection, reader: Reader, *, on: date) -> Roll:
        """Return the reader's roll as it is at hand, with all on it that the connection's state shows the reader.

        What the reader may not see causes no work here: it is left to `follow`, so that the time of an answer does not
        tell that something arrived. Should it take back what the reader sees, that is noticed there, a moment later.
        """
        seen = _seen(connection, reader, on=on)
        roll = self._of(reader, seen)
        if roll.lacks(connection, seen):
            roll.catch_up(connection, reader, on=on, seen=seen)
        return roll

    def follow(self, connection: Connection, *, on: date) -> None:
        """Take into all rolls what has arrived, seen by their readers or not."""
        with self._lock:
            rolls = list(self._rolls.items())
        for reader, roll in rolls:
            roll.catch_up(connection, reader, on=on, seen=_seen(connection, reader, on=on))

    def whole(self, connection: Connection, me: str, *, on: date) -> Roll:
        """Return the roll of all that the node holds, for the engine and not for any reader."""
        everything = frozenset(journal.markings(connection))
        with self._lock:
            if self._whole is None:
                nearest = self._nearest(everything)
                self._whole = nearest.copy(with_doubles=False) if nearest is not None else Roll(with_doubles=False)
        self._whole.catch_up(connection, Reader(authority=me), on=on, seen=everything)
        return self._whole

    def touch(self, assertions: Iterable[str]) -> None:
        """Note that these assertions are with another company now, though nothing has arrived."""
        ids = set(assertions)
        with self._lock:
            for roll in (*self._rolls.values(), *((self._whole,) if self._whole else ())):
                roll.touch(ids)

    def _nearest(self, seen: frozenset[str]) -> Roll | None:
        begun = [roll for roll in self._rolls.values() if roll.markings]
        return min(begun, key=lambda roll: len(roll.markings ^ seen), default=None)

    def _of(self, reader: Reader, seen: frozenset[str]) -> Roll:
        """Return the roll of this kind of reader; a new one begins as a copy of the one that comes nearest."""
        key = msgspec.structs.replace(reader, name="", purposes=tuple(sorted(reader.purposes)))
        with self._lock:
            if key not in self._rolls:
                nearest = self._nearest(seen)
                self._rolls[key] = nearest.copy() if nearest is not None else Roll()
            self._rolls.move_to_end(key)
            while len(self._rolls) > ROLLS_MOST:
                self._rolls.popitem(last=False)
            return self._rolls[key]


class _Work(msgspec.Struct):
    """What a roll takes in at one time: entities that are made, and which of those there were are worked out anew."""

    connection: Connection
    reader: Reader
    on: date
    seen: frozenset[str]
    made: dict[str, Entity] = msgspec.field(default_factory=dict)
    gone: set[str] = msgspec.field(default_factory=set)
    #: What is told for the ledger of companies by their ids, and of which companies it was told before.
    listed: dict[str, Told] = msgspec.field(default_factory=dict)
    unlisted: set[str] = msgspec.field(default_factory=set)
    #: Companies that were looked at, as they are stored.
    touched: set[str] = msgspec.field(default_factory=set)


class Roll:
    """The companies that are visible under a set of markings, and how far in the journal they were read."""

    def __init__(self, *, with_doubles: bool = True) -> None:
        self.watchlist = Watchlist()
        self.ledger = Ledger()
        self.markings: frozenset[str] = frozenset()
        self._position = 0
        self._lock = threading.Lock()
        #: Not before all has been read, and not after a reading that failed: then all is read anew.
        self._sound = False
        #: Assertions whose company has changed without anything arriving.
        self._stale: set[str] = set()
        #: Assertion -> the company it was stored with, that company -> its assertions, the entities made of them, and
        #: the companies made of them that the ledger has.
        self._company_of: dict[str, str] = {}
        self._assertions: dict[str, tuple[str, ...]] = {}
        self._made: dict[str, tuple[str, ...]] = {}
        self._listed: dict[str, tuple[str, ...]] = {}
        #: Entity -> the markings of all that it was made of, and how many names it has.
        self._marked: dict[str, frozenset[str]] = {}
        self._names: dict[str, int] = {}
        #: Assertion -> company, for those that the reader knows under another company than they are stored; and which
        #: companies may be the same, for a reader.
        self._homes: dict[str, str] = {}
        self._doubles = Doubles() if with_doubles else None
        #: Each set of markings once, however many companies have it.
        self._kinds: dict[frozenset[str], frozenset[str]] = {}

    @property
    def names(self) -> int:
        """How many names are looked through."""
        return sum(list(self._names.values()))

    def markings_of(self, ids: Iterable[str]) -> frozenset[str]:
        """Return the ids of the markings of all that is told on the roll of these companies."""
        return frozenset().union(*(self._marked.get(one, frozenset()) for one in ids))

    def lacks(self, connection: Connection, seen: frozenset[str]) -> bool:
        """Tell whether the journal shows somebody who sees these markings more than was read."""
        return (
            bool(self._stale)
            or self.markings != seen
            or bool(journal.after(connection, self._position, limit=1, markings=seen))
            or (self._doubles is not None and self._doubles.lacks(connection, seen))
        )

    def touch(self, assertions: Iterable[str]) -> None:
        """Note that these assertions are with another company now, though nothing has arrived."""
        self._stale |= set(assertions)

    def copy(self, *, with_doubles: bool = True) -> Roll:
        """Return a roll of its own that holds the same, and shares what never changes."""
        made = Roll(with_doubles=with_doubles)
        with self._lock:
            made.watchlist = self.watchlist.copy()
            made.ledger = self.ledger.copy()
            made.markings, made._position, made._sound = self.markings, self._position, self._sound
            made._company_of = dict(self._company_of)
            made._assertions, made._made, made._listed = dict(self._assertions), dict(self._made), dict(self._listed)
            made._stale = set(self._stale)
            made._homes = dict(self._homes)
            if with_doubles and self._doubles is not None:
                made._doubles = self._doubles.copy()
            made._marked, made._names = dict(self._marked), dict(self._names)
        return made

    def catch_up(self, connection: Connection, reader: Reader, *, on: date, seen: frozenset[str]) -> None:
        """Take in what the journal has beyond what was read, and what the reader sees now and did not see, or no more.

        `seen` are the markings that the reader sees on that day, by the connection's state.
        """
        with self._lock:
            position = journal.tail(connection)[0]
            if position < self._position:
                return  # somebody has read further meanwhile
            fresh = self._fresh(connection, self.markings ^ seen) if self._sound else []
            whole = not self._sound or len(fresh) * 2 > len(self._company_of)
            self._sound = False
            work = _Work(connection, reader, on, seen)
            if fresh or whole:
                for stored in self._all(connection) if whole else (self._touched(connection, fresh),):
                    self._take(work, stored)
                self._put(work, whole=whole)
            self._liken(work, whole=whole)
            self.markings, self._position, self._sound = seen, position, True

    def _fresh(self, connection: Connection, changed: frozenset[str]) -> list[Stored]:
        """Return the rows behind what was read, and those under markings that are seen now and were not, or no more."""
        again = _after(connection, 0, changed) if changed else ()
        stale, self._stale = self._stale, set()
        return [*again, *journal.fetch(connection, stale).values(), *_after(connection, self._position)]

    def _take(self, work: _Work, stored: dict[str, list[Stored]]) -> None:
        """Work out what the reader sees of stored companies, some of which may be no more."""
        unlike = companies.hidden_companies(work.connection, markings=sorted(work.seen), among=stored)
        unlike |= judgements.parted(work.connection, stored)
        alike = likeness_keys(work.connection, [row.id for company in unlike for row in stored[company]])
        self._note(stored)
        work.touched.update(stored)
        for company, rows in stored.items():
            seen = [held(row, alike.get(row.id, ())) for row in rows if row.marking in work.seen]
            found = _grouped(seen, work.reader.authority) if company in unlike else {company: seen}
            self._house(rows, found if company in unlike else {})
            made = {home: entity for home, group in found.items() if (entity := _joined(home, group)) is not None}
            work.gone.update(self._made.get(company, ()))
            self._made[company] = tuple(made)
            work.made.update(made)
            marking_of = {row.id: row.marking for row in rows}
            told = _told(found, marking_of)
            work.unlisted.update(self._listed.pop(company, ()))
            work.listed.update(told)
            if told:
                self._listed[company] = tuple(told)
            for home in made:
                marked = frozenset(marking_of[one.id] for one in found[home] if stands(one))
                self._marked[home] = self._kinds.setdefault(marked, marked)

    def _house(self, rows: Sequence[Stored], found: Mapping[str, Sequence[Held]]) -> None:
        """Note under which company the reader knows each assertion of a company that is stored otherwise."""
        for row in rows:
            self._homes.pop(row.id, None)
        self._homes.update((one.id, home) for home, group in found.items() for one in group)

    def _liken(self, work: _Work, *, whole: bool) -> None:
        """Take in which companies may be the same, where that may have changed."""
        if self._doubles is None:
            return
        touched = None if whole else work.touched
        self.ledger.liken(self._doubles.renew(work.connection, touched, markings=work.seen, homes=self._homes))

    def _put(self, work: _Work, *, whole: bool) -> None:
        if whole:
            self.watchlist, self._names = Watchlist.build(work.made.values()), {}
            self.ledger = Ledger(work.listed)
        else:
            self.watchlist.extend(work.made.values())
            for one in work.unlisted | work.listed.keys():
                self.ledger.put(one, work.listed.get(one, NOTHING))
        self._names.update((one.id, len(names_of(one, most=NAMES_INDEXED_MOST))) for one in work.made.values())
        for one in work.gone - work.made.keys():
            self.watchlist.remove(one)
            self._marked.pop(one, None)
            self._names.pop(one, None)

    def _all(self, connection: Connection) -> Iterator[dict[str, list[Stored]]]:
        """Yield all rows by company, some companies at a time, and forget what was read before."""
        self._company_of, self._assertions, self._made, self._marked, self._listed = {}, {}, {}, {}, {}
        self._homes = {}
        wanted = companies.stored_companies(connection)
        for start in range(0, len(wanted), _STEP_COMPANIES):
            yield journal.of_companies(connection, wanted[start : start + _STEP_COMPANIES])

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
                wanted |= set(journal.company_of(connection, set(self._assertions.get(company, ())) - here).values())
        return stored

    def _note(self, stored: Mapping[str, Sequence[Stored]]) -> None:
        for company, rows in stored.items():
            for row in rows:
                former = self._company_of.get(row.id)
                if former is not None and former != company:
                    self._assertions[former] = tuple(one for one in self._assertions[former] if one != row.id)
                self._company_of[row.id] = company
            self._assertions[company] = tuple(row.id for row in rows)


def _seen(connection: Connection, reader: Reader, *, on: date) -> frozenset[str]:
    return frozenset(Sight(connection, reader, on).markings)


def _after(connection: Connection, position: int, markings: Iterable[str] | None = None) -> Iterator[Stored]:
    while rows := journal.after(connection, position, limit=_STEP_ROWS, markings=markings):
        yield from rows
        position = rows[-1].position


def _grouped(seen: Sequence[Held], me: str) -> dict[str, Sequence[Held]]:
    """Return the companies that the reader's own share of a stored company makes, by id."""
    return {min(company_id(one.assertion.subject) for one in group): group for group in groups(seen, me=me)}


def _told(found: Mapping[str, Sequence[Held]], markings: Mapping[str, str]) -> dict[str, Told]:
    """Return what groups of assertions tell for the ledger, by company; those that tell nothing for it are left out."""
    told = {home: told_in(home, group, markings) for home, group in found.items()}
    return {home: one for home, one in told.items() if one != NOTHING}


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
