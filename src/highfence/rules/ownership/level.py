# SPDX-License-Identifier: Apache-2.0
"""Level: who is caught at one reading of the intervals, at their least or at their most, kept while interests change.

Where the shares of all listed parties add up, one cascade says it. Where they do not, two cascades bound it, one that
adds up everything and one of interests that are enough alone, and what lies between is resolved for each listed party.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from highfence.rules.ownership.cascade import Cascade, Pulls
from highfence.rules.ownership.graph import Graph, Parties
from highfence.rules.ownership.pulls import single, suffices
from highfence.rules.ownership.separate import Resolution

Flags = NDArray[np.bool_]
_Act = Callable[[Cascade], Parties]


class Level:
    """Who is caught by `pulls`; `groups` numbers the listed parties whose shares add up, None if all do."""

    def __init__(self, graph: Graph, pulls: Pulls, seeds: Parties, *, groups: NDArray[np.int32] | None) -> None:
        self.graph = graph
        self.bound = Cascade(graph, pulls, seeds)
        self.alone: Cascade | None = None
        self._groups = groups
        if groups is not None:
            self.alone = Cascade(graph, single(graph, pulls), seeds)
            self._resolved = np.zeros(graph.parties, dtype=np.bool_)
            self._resolve(np.flatnonzero(self.bound.caught & ~self.alone.caught))

    @property
    def caught(self) -> Flags:
        """Tell of each party whether it is caught."""
        if self.alone is None:
            return self.bound.caught
        return self.alone.caught | self._resolved

    def is_caught(self, parties: Parties | NDArray[np.int32]) -> Flags:
        """Tell of these parties whether they are caught."""
        if self.alone is None:
            return self.bound.rank[parties] >= 0
        caught: Flags = (self.alone.rank[parties] >= 0) | self._resolved[parties]
        return caught

    def resolution(self, parties: Parties) -> Resolution | None:
        """Return what catches these parties for each listed party by itself, None where all shares add up."""
        if self._groups is None:
            return None
        found = Resolution(self.graph, self.bound.pulls, bound=self.bound.rank, groups=self._groups)
        found.resolve(parties)
        return found

    def update(self, edge: int, pull: tuple[int, int], need_second: int) -> Parties:
        """Put other pulls on an edge, and another second need on whom it leads to; return who may be told otherwise."""
        owned = int(self.graph.owned[edge])
        touched = np.array([owned], dtype=np.int64)
        self.bound.reweigh(edge, *pull)
        self._need(owned, need_second)
        if self.alone is None:
            return self.bound.settle(touched)
        pulls = self.bound.pulls
        for other in self.graph.into(touched).tolist():
            enough = suffices(pulls, other, need_second)
            self.alone.reweigh(other, pulls.need if enough else 0)
        return self._both(touched, lambda cascade: cascade.settle(touched))

    def reseed(self, party: int, *, group: int | None) -> Parties:
        """List a party in a group or, with None, list it no longer; return who may be told otherwise."""
        if self._groups is not None:
            self._groups[party] = -1 if group is None else group
        touched = np.array([party], dtype=np.int64)
        if group is None:
            return self._both(touched, lambda cascade: cascade.unseed(party))
        return self._both(touched, lambda cascade: cascade.seed(party))

    def grow(self) -> None:
        """Make room for parties and edges that were added to the graph."""
        self.bound.grow()
        if self.alone is not None and self._groups is not None:
            self.alone.grow()
            if (missing := len(self.bound.rank) - len(self._resolved)) > 0:
                self._resolved = np.concatenate((self._resolved, np.zeros(missing, dtype=np.bool_)))
            if (missing := len(self.bound.rank) - len(self._groups)) > 0:
                self._groups = np.concatenate((self._groups, np.full(missing, -1, dtype=np.int32)))

    def _need(self, party: int, need_second: int) -> None:
        if self.bound.pulls.need_second is not None:
            self.bound.pulls.need_second[party] = need_second

    def _both(self, touched: Parties, act: _Act) -> Parties:
        """Settle both cascades, then resolve anew what lies between them below the change, as it was and as it is."""
        if self.alone is None:
            return act(self.bound)
        before = self._below(touched)
        changed = [act(self.bound), act(self.alone)]
        changed += [before, self._below(np.unique(np.concatenate((touched, *changed))))]
        seen = np.unique(np.concatenate(changed))
        self._resolved[seen] = False
        self._resolve(seen[(self.bound.rank[seen] >= 0) & (self.alone.rank[seen] < 0)])
        return seen

    def _below(self, parties: Parties) -> Parties:
        """Return these parties and those that they hold, directly or not, as far as the upper bound catches them."""
        rank, first = self.bound.rank, self.bound.pulls.first
        found = [parties]
        seen = set(parties.tolist())
        frontier = parties[rank[parties] >= 0]
        while len(frontier):
            edges = self.graph.out(frontier)
            owned = np.unique(self.graph.owned[edges[first[edges] > 0]])
            new = [party for party in owned[rank[owned] >= 0].tolist() if party not in seen]
            seen.update(new)
            frontier = np.array(new, dtype=np.int64)
            found.append(frontier)
        return np.unique(np.concatenate(found))

    def _resolve(self, between: Parties) -> None:
        if len(between) and (found := self.resolution(between)) is not None:
            caught = [party for party in between.tolist() if found.bits(party)]
            self._resolved[np.array(caught, dtype=np.int64)] = True
