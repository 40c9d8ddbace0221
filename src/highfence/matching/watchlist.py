# SPDX-License-Identifier: Apache-2.0
"""Watchlist: the parties that one screens against, found by the index and read for comparison when first needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from highfence.matching.analysis import read_tables
from highfence.matching.index import Candidate, Index, group_of
from highfence.matching.prepared import Prepared, prepare
from highfence.model.entity import Entity


class Watchlist:
    """Parties by id with their index. Any number of readers, one writer at a time.

    >>> watchlist = Watchlist.build([Entity(id="a", schema="Company", properties={"name": ("Example Works",)})])
    >>> len(watchlist), "a" in watchlist, watchlist.entity("b")
    (1, True, None)
    """

    def __init__(self) -> None:
        self._entities: dict[str, Entity] = {}
        self._prepared: dict[str, tuple[Entity, Prepared]] = {}
        self._index = Index()

    @classmethod
    def build(cls, entities: Iterable[Entity]) -> Watchlist:
        """Return a watchlist of entities; what is no party, such as a link or an address, is passed over."""
        watchlist = cls()
        watchlist.extend(entities)
        return watchlist

    def extend(self, entities: Iterable[Entity]) -> None:
        """Add parties, each in place of the one with the same id if there is one."""
        read_tables()
        parties = {entity.id: entity for entity in entities if group_of(entity.schema)}
        self._entities.update(parties)
        self._index.extend(parties.values())

    def remove(self, entity_id: str) -> bool:
        """Remove a party; tell whether it was there."""
        there = self._index.remove(entity_id)
        self._entities.pop(entity_id, None)
        self._prepared.pop(entity_id, None)
        return there

    def copy(self) -> Watchlist:
        """Return a watchlist of its own that holds the same; what never changes is shared."""
        made = Watchlist()
        made._entities, made._prepared = dict(self._entities), dict(self._prepared)
        made._index = self._index.copy()
        return made

    def candidates(self, query: Entity, limit: int) -> list[Candidate]:
        """Return who might be the party asked for, as `Index.candidates`."""
        return self._index.candidates(query, limit)

    def get(self, entity_id: str) -> tuple[Entity, Prepared] | None:
        """Return a party and what the scorer reads of it; None if it has been removed meanwhile."""
        entity = self._entities.get(entity_id)
        if entity is None:
            return None
        held = self._prepared.get(entity_id)
        # What was read of an entity counts only for that one: a writer may have replaced it meanwhile.
        if held is None or held[0] is not entity:
            held = self._prepared[entity_id] = (entity, prepare(entity))
        return held

    def entity(self, entity_id: str) -> Entity | None:
        """Return a party; None if it is not there."""
        return self._entities.get(entity_id)

    def __iter__(self) -> Iterator[Entity]:
        return iter(list(self._entities.values()))

    def __len__(self) -> int:
        return len(self._entities)

    def __contains__(self, entity_id: object) -> bool:
        return entity_id in self._entities
