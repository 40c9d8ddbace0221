# SPDX-License-Identifier: Apache-2.0
"""Cascade: who is caught when whoever is caught passes on what it holds, to the least fixed point.

A party is caught if it is a seed, or if the pulls of the caught among its owners add up to what it needs. Each caught
party has a rank, and is held up by owners of lower rank alone: that is what makes cycles end (two parties that own each
other hold up nobody), what lets a single change be undone without starting again, and what a proof is read from.

Each edge has two pulls and both sums must be reached. The second serves the question whether a party can be caught at
all if what is not known is filled in at its most: not more than the whole of it can be owned, so what others surely
hold bounds what the caught can hold.
"""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from highfence.rules.ownership.graph import Graph, Parties

NOT_CAUGHT = -1


class Pulls(msgspec.Struct, eq=False):
    """What each edge passes on and how much a party needs: `first` of `need`; with `second` also of `need_second`."""

    need: int
    first: NDArray[np.int64]
    second: NDArray[np.int64] | None = None
    need_second: NDArray[np.int64] | None = None


class Cascade:
    """A least fixed point that is kept while pulls, needs and seeds change."""

    def __init__(self, graph: Graph, pulls: Pulls, seeds: Parties) -> None:
        self.graph = graph
        self.pulls = pulls
        self.rank = np.full(graph.parties, NOT_CAUGHT, dtype=np.int32)
        self._first = np.zeros(graph.parties, dtype=np.int64)
        self._second = np.zeros(graph.parties, dtype=np.int64) if pulls.second is not None else None
        self._clock = 0
        self.rank[seeds] = 0
        frontier = seeds
        while len(frontier):
            frontier = self._spread(frontier)

    @property
    def caught(self) -> NDArray[np.bool_]:
        """Tell of each party whether it is caught."""
        return self.rank >= 0

    def reweigh(self, edge: int, first: int, second: int = 0) -> None:
        """Put other pulls on an edge; `settle` the owned afterwards."""
        owner, owned = int(self.graph.owner[edge]), int(self.graph.owned[edge])
        held = self.rank[owner] >= 0
        if held:
            self._first[owned] += first - self.pulls.first[edge]
        self.pulls.first[edge] = first
        if self.pulls.second is not None and self._second is not None:
            if held:
                self._second[owned] += second - self.pulls.second[edge]
            self.pulls.second[edge] = second

    def settle(self, touched: Parties) -> Parties:
        """Take up what changed at these parties; return whose being caught may have changed, these among them.

        First whoever has lost its hold is let go, then whoever can be caught again is.
        """
        touched = np.unique(touched)
        gone = [touched]
        falling = touched[self.rank[touched] > 0]
        while len(falling):
            falling = falling[~self._held(falling)]
            if len(falling):
                gone.append(falling)
                falling = self._let_go(falling)
        seen = np.unique(np.concatenate(gone))
        frontier = seen[(self.rank[seen] < 0) & self.reached(seen)]
        found = [seen]
        self._clock += 1
        self.rank[frontier] = self._clock
        while len(frontier):
            found.append(frontier)
            frontier = self._spread(frontier)
        return np.unique(np.concatenate(found))

    def seed(self, party: int) -> Parties:
        """Make a party a seed; return whose being caught may have changed."""
        already = self.rank[party] >= 0
        self.rank[party] = 0
        alone = np.array([party], dtype=np.int64)
        frontier = alone if not already else alone[:0]
        found = [alone]
        while len(frontier):
            frontier = self._spread(frontier)
            found.append(frontier)
        return np.unique(np.concatenate(found))

    def unseed(self, party: int) -> Parties:
        """Make a seed a party like others; return whose being caught may have changed."""
        alone = np.array([party], dtype=np.int64)
        falling = self._let_go(alone)
        return self.settle(np.unique(np.concatenate((alone, falling))))

    def grow(self) -> None:
        """Make room for parties and edges that were added to the graph."""
        missing = self.graph.parties - len(self.rank)
        if missing > 0:
            room = max(missing, len(self.rank) // 8)
            self.rank = np.concatenate((self.rank, np.full(room, NOT_CAUGHT, dtype=np.int32)))
            self._first = np.concatenate((self._first, np.zeros(room, dtype=np.int64)))
            if self._second is not None:
                self._second = np.concatenate((self._second, np.zeros(room, dtype=np.int64)))
            if self.pulls.need_second is not None:
                self.pulls.need_second = np.concatenate((self.pulls.need_second, np.zeros(room, dtype=np.int64)))
        edges = len(self.graph.owner) - len(self.pulls.first)
        if edges > 0:
            more = np.zeros(edges, dtype=np.int64)
            self.pulls.first = np.concatenate((self.pulls.first, more))
            if self.pulls.second is not None:
                self.pulls.second = np.concatenate((self.pulls.second, more))

    def _spread(self, frontier: Parties) -> Parties:
        """Let newly caught parties pull; return those caught by it."""
        edges = self.graph.out(frontier)
        pull = self.pulls.first[edges]
        pulling = pull > 0
        edges, pull = edges[pulling], pull[pulling]
        owned = self.graph.owned[edges]
        np.add.at(self._first, owned, pull)
        if self._second is not None and self.pulls.second is not None:
            np.add.at(self._second, owned, self.pulls.second[edges])
        ready = owned[self.rank[owned] < 0].astype(np.int64)
        ready = np.unique(ready[self.reached(ready)])
        self._clock += 1
        self.rank[ready] = self._clock
        return ready

    def reached(self, parties: Parties) -> NDArray[np.bool_]:
        """Tell of each of these parties whether the caught among its owners pull enough."""
        reached: NDArray[np.bool_] = self._first[parties] >= self.pulls.need
        if self._second is not None and self.pulls.need_second is not None:
            reached &= self._second[parties] >= self.pulls.need_second[parties]
        return reached

    def _held(self, parties: Parties) -> NDArray[np.bool_]:
        """Tell which of these parties are still held up by owners of lower rank."""
        edges = self.graph.into(parties)
        owner, owned = self.graph.owner[edges], self.graph.owned[edges]
        below = (self.rank[owner] >= 0) & (self.rank[owner] < self.rank[owned])
        edges, place = edges[below], np.searchsorted(parties, owned[below])
        sums = np.zeros(len(parties), dtype=np.int64)
        np.add.at(sums, place, self.pulls.first[edges])
        held: NDArray[np.bool_] = sums >= self.pulls.need
        if self.pulls.second is not None and self.pulls.need_second is not None:
            sums[:] = 0
            np.add.at(sums, place, self.pulls.second[edges])
            held &= sums >= self.pulls.need_second[parties]
        return held

    def _let_go(self, parties: Parties) -> Parties:
        """Take these parties' pulls away; return those caught whom they may have held up."""
        edges = self.graph.out(parties)
        edges = edges[self.pulls.first[edges] > 0]
        owner, owned = self.graph.owner[edges], self.graph.owned[edges]
        np.subtract.at(self._first, owned, self.pulls.first[edges])
        if self._second is not None and self.pulls.second is not None:
            np.subtract.at(self._second, owned, self.pulls.second[edges])
        leaned = self.rank[owned] > self.rank[owner]
        self.rank[parties] = NOT_CAUGHT
        leaning = owned[leaned].astype(np.int64)
        return np.unique(leaning[self.rank[leaning] > 0])
