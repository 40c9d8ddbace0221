# SPDX-License-Identifier: Apache-2.0
"""Index: which entities might be the one that is asked for, by any of their names or by an identifier.

Invariants: readers never wait. They take the tuple of segments as it is at that moment; a writer makes new segments
beside it and puts another tuple in its place. An entity that is added or removed is found or not found by the next
query that begins. What is retrieved is a guess: `screen` scores it and a person judges.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Iterable
from functools import cache

import msgspec
import numpy as np

from highfence.matching.grams import pieces
from highfence.matching.segment import Asked, Draft, Segment, weigh
from highfence.model.entity import Entity
from highfence.model.identifier import Identifier, identifiers_of
from highfence.model.schema import schema

#: Bits of the groups of parties among which one looks for another.
ORGANISATION, PERSON, VESSEL, AIRCRAFT, OTHER = 1, 2, 4, 8, 16
ANYTHING = 31
#: Properties that hold names, and how many of them are indexed or asked at most.
NAME_PROPERTIES = ("name", "alias", "previousName", "weakAlias", "abbreviation")
NAMES_INDEXED_MOST = 500
NAMES_ASKED_MOST = 12
#: A segment is joined with the one before it if that has fewer rows than this, or fewer than so many times its own.
JOIN_FACTOR = 8
JOIN_ROWS_LEAST = 256
#: An identifier that more entities carry than this is no identifier.
BEARERS_MOST = 1000


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """An entity that was retrieved. `rank` (0..1) tells how much of a name it shares; 1: an identifier.

    `names` are those of its names that led to it, so that they are compared first; empty if an identifier did.
    """

    id: str
    rank: float
    names: tuple[str, ...] = ()


class Index:
    """Names and identifiers of entities, held in memory. One writer at a time, any number of readers.

    >>> index = Index.build([Entity(id="a", schema="Company", properties={"name": ("ООО «Ромашка»",)})])
    >>> [one.id for one in index.candidates(Entity(id="q", schema="Company", properties={"name": ("Romashka LLC",)}))]
    ['a']
    """

    def __init__(self) -> None:
        self._segments: tuple[Segment, ...] = ()
        self._bearers: dict[str, tuple[str, ...]] = {}
        self._numbers: dict[str, tuple[str, ...]] = {}
        self._writing = threading.Lock()

    @classmethod
    def build(cls, entities: Iterable[Entity]) -> Index:
        """Return an index of entities; of those with one id the last counts. Parties without any name are found by
        identifier only, and links and measures between parties are passed over."""
        index = cls()
        index.extend(entities)
        return index

    def add(self, entity: Entity) -> None:
        """Add an entity, in place of the one with the same id if there is one."""
        self.extend((entity,))

    def extend(self, entities: Iterable[Entity]) -> None:
        """Add entities together, which costs less than one by one."""
        wanted = {entity.id: entity for entity in entities if group_of(entity.schema)}
        draft = Draft()
        for entity in wanted.values():
            draft.take(entity.id, names_of(entity, most=NAMES_INDEXED_MOST), group=group_of(entity.schema))
        if not draft.ids:
            return
        with self._writing:
            self._segments = _joined((*_without(self._segments, wanted), Segment(draft, self._segments)))
            for entity in wanted.values():
                self._note_numbers(entity.id, identifiers_of(entity))

    def remove(self, entity_id: str) -> bool:
        """Remove an entity; tell whether it was there."""
        with self._writing:
            there = entity_id in self
            self._segments = _without(self._segments, (entity_id,))
            self._note_numbers(entity_id, ())
            return there

    def copy(self) -> Index:
        """Return an index of its own that holds the same; segments never change and are shared."""
        made = Index()
        with self._writing:
            made._segments = self._segments
            made._bearers, made._numbers = dict(self._bearers), dict(self._numbers)
        return made

    def candidates(self, query: Entity, limit: int = 30) -> list[Candidate]:
        """Return at most `limit` entities of the query's group, best first; who shares an identifier comes first.

        A query of schema `Thing` looks among everything, one of `LegalEntity` among organisations and persons.
        """
        best: dict[str, float] = {}
        names: dict[str, list[str]] = {}
        wanted = group_of(query.schema)
        segments = self._segments
        for name in names_of(query, most=NAMES_ASKED_MOST):
            for entity_id, (rank, theirs) in _look(segments, name, wanted=wanted, limit=limit).items():
                best[entity_id] = max(best.get(entity_id, 0.0), min(rank, 0.998))
                names.setdefault(entity_id, []).extend(theirs)
        for number in identifiers_of(query):
            for entity_id in self._bearers.get(_key(number), ()):
                best[entity_id] = 1.0 if number.strong else max(best.get(entity_id, 0.0), 0.999)
                names.pop(entity_id, None)
        chosen = heapq.nlargest(limit, best.items(), key=lambda pair: pair[1])
        return [Candidate(entity_id, rank, tuple(names.get(entity_id, ()))) for entity_id, rank in chosen]

    def __len__(self) -> int:
        return sum(len(segment.ids) - int(segment.gone.sum()) for segment in self._segments)

    def __contains__(self, entity_id: str) -> bool:
        return any(entity_id in segment for segment in self._segments)

    def _note_numbers(self, entity_id: str, numbers: Iterable[Identifier]) -> None:
        """Put an entity's identifiers in place of those it had."""
        keys = tuple(_key(number) for number in numbers)
        for key in self._numbers.pop(entity_id, ()):
            if key not in keys:
                self._bearers[key] = tuple(one for one in self._bearers[key] if one != entity_id)
        for key in keys:
            bearers = self._bearers.get(key, ())
            if entity_id not in bearers and len(bearers) < BEARERS_MOST:
                self._bearers[key] = (*bearers, entity_id)
        if keys:
            self._numbers[entity_id] = keys


def names_of(entity: Entity, *, most: int) -> list[str]:
    """Return the names of an entity, each once, the main ones first."""
    found: dict[str, None] = {}
    for prop in NAME_PROPERTIES:
        found.update(dict.fromkeys(entity.properties.get(prop, ())))
    return list(found)[:most]


@cache
def group_of(name: str) -> int:
    """Return the bits of the groups that a schema belongs to: 0 for what is no party, such as an address or a link.

    Raises:
        InvalidEntity: there is no such schema.
    """
    if name == "Thing":
        return ANYTHING
    found = schema(name)
    if name == "LegalEntity":
        return ORGANISATION | PERSON
    if found.edge is not None or not found.is_a("Thing") or name in _NO_PARTIES:
        return 0
    for ancestor, group in _GROUPS:
        if found.is_a(ancestor):
            return group
    return OTHER


def _key(number: Identifier) -> str:
    return f"{number.kind}:{number.value}"


def _without(segments: tuple[Segment, ...], ids: Iterable[str]) -> tuple[Segment, ...]:
    ids = tuple(ids)
    return tuple(segment.without(ids) for segment in segments)


def _joined(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """Join the newest segment with those before it until it is much smaller than the last of them."""
    while len(segments) > 1:
        older, newer = segments[-2:]
        if len(older.ids) >= JOIN_ROWS_LEAST and len(newer.ids) * JOIN_FACTOR < len(older.ids):
            break
        segments = (*segments[:-2], Segment.joined((older, newer), segments[:-2]))
    return segments


def _look(segments: tuple[Segment, ...], name: str, *, wanted: int, limit: int) -> dict[str, tuple[float, list[str]]]:
    """Return the best entities for one name: id -> rank, and the names that led there, best first."""
    codes = np.asarray(pieces(name), dtype=np.int64)
    best: dict[str, tuple[float, list[str]]] = {}
    if not len(codes) or not segments:
        return best
    total = sum(segment.texts for segment in segments)
    places = [segment.places(codes) for segment in segments]
    weights = weigh(codes, np.sum([frequency for _, frequency in places], axis=0), total=total)
    asked = Asked(weights=weights, wanted=wanted)
    for segment, where in zip(segments, places, strict=True):
        here: dict[str, tuple[float, list[str]]] = {}
        texts, ranks = segment.search(asked, where)
        order = np.argsort(-ranks, kind="stable")
        for text, rank in zip(texts[order].tolist(), ranks[order].tolist(), strict=True):
            if len(here) >= limit:
                break
            for row in segment.bearers(text).tolist():
                if segment.groups[row] & wanted and not segment.gone[row]:
                    here.setdefault(segment.ids[row], (rank, []))[1].append(segment.names[text])
        best.update(here)
    return best


#: What has a name or a text and is no party.
_NO_PARTIES = frozenset({"Address", "Position"})
_GROUPS = (("Person", PERSON), ("Vessel", VESSEL), ("Airplane", AIRCRAFT), ("LegalEntity", ORGANISATION))
