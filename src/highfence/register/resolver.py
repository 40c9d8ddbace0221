# SPDX-License-Identifier: Apache-2.0
"""Resolver: what arrives is compared with all that is there, and joined, or noted as possibly the same.

`keys` joins at once, within the transaction that keeps an assertion, what shares a key. What is left is looked at here
a moment later: the engine finds who is alike, a pair beyond doubt is joined (`beyond_doubt`), any other at or above the
line waits for an officer. Natural persons are left alone: they join by name and day of birth, and are found by
screening. Only what has arrived is looked at, and only the companies that it joins change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import msgspec

from highfence.matching.prepared import Prepared, prepare
from highfence.matching.score import value_prepared
from highfence.matching.scorers import CURRENT
from highfence.matching.screen import THRESHOLD, screen
from highfence.model.entity import Entity
from highfence.register.absorb import join_alike
from highfence.register.doubt import beyond_doubt
from highfence.register.entities import Roll, Rolls
from highfence.register.holding import held
from highfence.register.view import Held
from highfence.register.visible import stands
from highfence.storage import companies, journal, judgements, likenesses
from highfence.storage.database import Connection
from highfence.storage.likenesses import LikenessRow

#: Of each party that arrives, how many companies are noted that may be the same; of each company, how many of its
#: assertions are compared; and how many assertions are looked at in one step.
ALIKE_MOST = 5
_COMPARED_MOST = 40
STEP_ROWS = 100


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """What a step found, and how far in the journal it has come."""

    position: int
    found: tuple[LikenessRow, ...]


class Resolver:
    """Looks through a node's journal, from where it stopped, for parties that are alike. One thread at a time."""

    def __init__(self, rolls: Rolls, me: str) -> None:
        self._rolls = rolls
        self._me = me

    def pending(self, connection: Connection) -> int:
        """Return how many assertions have not been looked at."""
        return journal.tail(connection)[0] - likenesses.position(connection, CURRENT)

    def look(self, connection: Connection, *, on: date, most: int = STEP_ROWS) -> Looked | None:
        """Compare the next assertions with all that is there; None when there is nothing left to look at."""
        begin = likenesses.position(connection, CURRENT)
        rows = journal.after(connection, begin, limit=most)
        if not rows:
            return None
        roll = self._rolls.whole(connection, self._me, on=on)
        fresh = [one for row in rows if stands(one := held(row)) and _is_compared(one)]
        best: dict[tuple[str, str], LikenessRow] = {}
        for likeness in self._alike(connection, fresh, roll):
            pair = (likeness.one, likeness.other)
            if pair not in best or best[pair].score < likeness.score:
                best[pair] = likeness
        known = likenesses.of_pairs(connection, best)
        better = [row for pair, row in best.items() if pair not in known or known[pair].score < row.score]
        return Looked(position=rows[-1].position, found=tuple(better))

    def keep(self, connection: Connection, looked: Looked) -> frozenset[str]:
        """Keep what was found; return the assertions whose company has changed.

        An assertion may have been withdrawn since it was looked at; what rests on it is left out.
        """
        ids = {one for row in looked.found for one in (row.one_assertion, row.other_assertion)}
        standing = {row.id for row in journal.fetch(connection, ids).values() if not row.superseded_by}
        kept = [row for row in looked.found if {row.one_assertion, row.other_assertion} <= standing]
        apart = self._held_apart(connection, kept)
        kept = [
            msgspec.structs.replace(row, joins=row.joins and frozenset((row.one, row.other)) not in apart)
            for row in kept
        ]
        likenesses.keep(connection, kept)
        joined = [row for row in kept if row.joins]
        if joined:
            join_alike(connection, joined)
        likenesses.move(connection, CURRENT, looked.position)
        return frozenset(one for row in joined for one in (row.one_assertion, row.other_assertion))

    def _held_apart(self, connection: Connection, rows: Iterable[LikenessRow]) -> set[frozenset[str]]:
        """Return the pairs that a person of this authority has judged: then nothing is joined by itself."""
        entities = {entity for row in rows for entity in (row.one, row.other)}
        return {frozenset((row.subject, row.other)) for row in judgements.about(connection, entities) if row.binds}

    def _alike(self, connection: Connection, fresh: Sequence[Held], roll: Roll) -> Iterator[LikenessRow]:
        homes = _companies(connection, fresh)
        prepared: dict[str, Prepared] = {}
        for one in fresh:
            entity = one.assertion.entity()
            if entity is None:
                continue
            for match in screen(entity, roll.watchlist, limit=ALIKE_MOST + 1).matches:
                if match.id == homes.get(entity.id):
                    continue
                likeness = self._best(connection, one, match.id, prepared=prepared)
                if likeness is not None:
                    yield likeness

    def _best(
        self, connection: Connection, one: Held, company: str, *, prepared: dict[str, Prepared]
    ) -> LikenessRow | None:
        """Return the likeness of an assertion to the one of a company's that is most alike."""
        entity = one.assertion.entity()
        mine = _prepared(one, prepared)
        if entity is None or mine is None:
            return None
        best: tuple[float, str, Held] | None = None
        for row in journal.of_company(connection, _stored(connection, company))[-_COMPARED_MOST:]:
            other = held(row)
            theirs = _prepared(other, prepared) if stands(other) else None
            if theirs is None or other.assertion.subject == entity.id:
                continue
            found = (value_prepared(mine, theirs), other.id, other)
            if best is None or found[:2] > best[:2]:
                best = found
        if best is None or best[0] < THRESHOLD:
            return None
        return _likeness(one, best[2], best[0])


def _is_compared(one: Held) -> bool:
    """Tell whether the engine looks for the like of what is told: not of people, who share names."""
    entity = one.assertion.entity()
    return entity is not None and entity.schema != "Person"


def _likeness(one: Held, other: Held, value: float) -> LikenessRow:
    first, second = sorted((one, other), key=lambda held: held.assertion.subject)
    return LikenessRow(
        one=first.assertion.subject,
        other=second.assertion.subject,
        one_assertion=first.id,
        other_assertion=second.id,
        score=round(value * 10_000),
        scorer=CURRENT,
        joins=beyond_doubt(_entity(first), _entity(second)),
    )


def _entity(one: Held) -> Entity:
    entity = one.assertion.entity()
    assert entity is not None  # noqa: S101 - only assertions that carry their subject are compared
    return entity


def _prepared(one: Held, known: dict[str, Prepared]) -> Prepared | None:
    if one.id not in known:
        entity = one.assertion.entity()
        if entity is None:
            return None
        known[one.id] = prepare(entity)
    return known[one.id]


def _companies(connection: Connection, fresh: Sequence[Held]) -> dict[str, str]:
    """Return the company of each entity, as it is stored."""
    of = journal.company_of(connection, [one.id for one in fresh])
    return {one.assertion.subject: of[one.id] for one in fresh if one.id in of}


def _stored(connection: Connection, company: str) -> str:
    """Return the stored company that a company on the roll is a part of."""
    return companies.companies_of_keys(connection, (f"company:{company}",)).get(f"company:{company}", company)
