# SPDX-License-Identifier: Apache-2.0
"""Separate: who is caught when the shares of several listed parties do not add up, only those of each by itself.

What one listed party holds, it holds directly and through all that it catches. So each party that several caught ones
share in has to be asked for each listed party by itself. That is dear, and seldom needed: who is caught by adding up
everything is an upper bound, who is caught through interests that are enough alone is a lower one, and only what lies
between them is resolved here, with what it hangs on.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from highfence.rules.ownership.cascade import Pulls
from highfence.rules.ownership.graph import Graph, Parties
from highfence.rules.ownership.pulls import NOTHING

#: An interest: its edge, its owner, and what it passes on by both pulls.
Holding = tuple[int, int, int, int]
#: Owners that are not enough alone: the groups that catch each, one bit each, and its two pulls.
Weak = tuple[int, int, int]


class Resolution:
    """The part of a graph that some parties hang on, resolved for each group of listed parties by itself.

    `bound` tells who is caught at most; `groups` gives each listed party's group, -1 for others: a party alone is one,
    and so are those that act jointly.
    """

    def __init__(self, graph: Graph, pulls: Pulls, *, bound: NDArray[np.int32], groups: NDArray[np.int32]) -> None:
        self._graph = graph
        self._pulls = pulls
        self._rank = bound
        self._groups = groups
        self._places: dict[int, int] = {}
        self._holders: dict[int, list[Holding]] = {}
        self._bits: dict[int, int] = {}
        self._roots: dict[int, int] = {}

    def resolve(self, parties: Parties) -> None:
        """Work out which groups catch each of these parties by themselves."""
        self._collect(parties)
        self._bits = dict(self._roots)
        self._fill()

    def bits(self, party: int) -> int:
        """Return the groups that catch a party, one bit each; 0 if none does by itself."""
        return self._bits.get(party, 0)

    def proof(self, party: int) -> dict[int, list[int]]:
        """Return, for a party that is caught and those that hold it up, the edges by which one group holds each up."""
        bit = self.bits(party) & -self.bits(party)
        proof: dict[int, list[int]] = {one: [] for one, bits in self._roots.items() if bits & bit}
        while party not in proof:
            held_up = {}
            for one, holders in self._holders.items():
                if one not in proof and self.bits(one) & bit:
                    held = sorted((-first, edge, second) for edge, owner, first, second in holders if owner in proof)
                    if (edges := self._enough(one, held)) is not None:
                        held_up[one] = edges
            proof.update(held_up)
        return proof

    def _enough(self, party: int, held: list[tuple[int, int, int]]) -> list[int] | None:
        """Return the first of these interests, the largest before others, that are enough; None if all are not."""
        need, need_second = self._pulls.need, self._need_second(party)
        first, second, edges = 0, 0, []
        for minus, edge, other in held:
            first, second = first - minus, second + other
            edges.append(edge)
            if first >= need and second >= need_second:
                return edges
        return None

    def _need_second(self, party: int) -> int:
        return NOTHING if self._pulls.need_second is None else int(self._pulls.need_second[party])

    def _collect(self, parties: Parties) -> None:
        """Gather the parties' owners that can be caught, and theirs, and so on."""
        graph, pulls = self._graph, self._pulls
        frontier = parties
        while len(frontier):
            for party, group in zip(frontier.tolist(), self._groups[frontier].tolist(), strict=True):
                self._holders[party] = []
                if group >= 0:
                    self._roots[party] = 1 << self._places.setdefault(group, len(self._places))
            edges = graph.into(frontier)
            edges = edges[(pulls.first[edges] > 0) & (self._rank[graph.owner[edges]] >= 0)]
            owners, owned = graph.owner[edges].tolist(), graph.owned[edges].tolist()
            first = pulls.first[edges].tolist()
            second = pulls.second[edges].tolist() if pulls.second is not None else [0] * len(edges)
            for edge, owner, party, one, other in zip(edges.tolist(), owners, owned, first, second, strict=True):
                self._holders[party].append((edge, owner, one, other))
            new = [owner for owner in dict.fromkeys(owners) if owner not in self._holders]
            frontier = np.array(new, dtype=np.int64)

    def _fill(self) -> None:
        """Work out by which groups each gathered party is caught, to the least fixed point."""
        leaning: dict[int, list[int]] = {}
        for party, holders in self._holders.items():
            for _, owner, _, _ in holders:
                leaning.setdefault(owner, []).append(party)
        waiting = deque(dict.fromkeys(one for party in self._roots for one in leaning.get(party, ())))
        queued = set(waiting)
        while waiting:
            party = waiting.popleft()
            queued.discard(party)
            before = self.bits(party)
            if (now := before | self._caught_by(party)) != before:
                self._bits[party] = now
                fresh = [one for one in leaning.get(party, ()) if one not in queued]
                queued.update(fresh)
                waiting.extend(dict.fromkeys(fresh))

    def _caught_by(self, party: int) -> int:
        """Return the groups that catch a party as far as is known of its owners."""
        need, need_second = self._pulls.need, self._need_second(party)
        groups = 0
        weak: list[Weak] = []
        for _, owner, first, second in self._holders[party]:
            if bits := self.bits(owner):
                if first >= need and second >= need_second:
                    groups |= bits
                else:
                    weak.append((bits, first, second))
        if len(weak) < 2 or sum(first for _, first, _ in weak) < need:
            return groups
        return groups | self._together(weak, groups, need_second)

    def _together(self, weak: list[Weak], groups: int, need_second: int) -> int:
        """Return the groups for which owners that are not enough alone are enough together.

        Groups that come through the same owners are alike, so they are parted into such cells and each is asked once.
        """
        cells = [(-1 & ~groups, 0, 0)]
        for bits, first, second in weak:
            parted = []
            for cell, one, other in cells:
                if inside := cell & bits:
                    parted.append((inside, one + first, other + second))
                if outside := cell & ~bits:
                    parted.append((outside, one, other))
            cells = parted
        enough = 0
        for cell, first, second in cells:
            if first >= self._pulls.need and second >= need_second:
                enough |= cell
        return enough
