# SPDX-License-Identifier: Apache-2.0
"""Chain: the interests that prove why a party is caught, from the listed down to it.

Of a party's owners only as many are given as are enough, the largest first, and only those that were caught before it:
so a chain never runs in a circle. A chain is cut after `STEPS_MOST` interests, the ones nearest to the party kept; the
owners at the cut have chains of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from highfence.rules.ownership.cascade import Cascade
from highfence.rules.ownership.graph import Edges, Parties, Runs
from highfence.rules.ownership.level import Level

STEPS_MOST = 50


class Chain(msgspec.Struct, frozen=True):
    """Edges from the listed down to the party, and the owners at which the chain was cut, if it was."""

    edges: tuple[int, ...] = ()
    cut_at: tuple[int, ...] = ()


class Chains:
    """The chains of one level; `everything` prepares all of them at once, else each is found when asked for."""

    def __init__(self, level: Level, *, everything: bool = False) -> None:
        self._level = level
        self._cascade = level.alone or level.bound
        self._owner = level.graph.owner
        self._ready: Runs | None = None
        if everything:
            graph = level.graph
            edges = support(self._cascade, np.flatnonzero(self._cascade.rank[: graph.parties] > 0))
            self._ready = Runs(edges, graph.owned[edges], graph.parties)

    def of(self, party: int) -> Chain:
        """Return the chain of a party that is caught; empty if it is listed itself."""
        if self._cascade.rank[party] >= 0:
            return walk(party, self._support, self._owner)
        alone = np.array([party], dtype=np.int64)
        resolution = self._level.resolution(alone)
        if resolution is None or not resolution.bits(party):
            return Chain()
        proof = resolution.proof(party)
        return walk(party, proof.__getitem__, self._owner)

    def _support(self, party: int) -> Sequence[int]:
        if self._ready is not None:
            return self._ready.of(party)
        edges: list[int] = support(self._cascade, np.array([party], dtype=np.int64)).tolist()
        return edges


def support(cascade: Cascade, parties: Parties) -> Edges:
    """Return the edges that hold up these caught parties, in the order of the parties, the largest first."""
    graph, pulls = cascade.graph, cascade.pulls
    edges = graph.into(parties)
    owner, owned = graph.owner[edges], graph.owned[edges]
    rank = cascade.rank[owner]
    edges = edges[(rank >= 0) & (rank < cascade.rank[owned]) & (pulls.first[edges] > 0)]
    order = np.lexsort((edges, -pulls.first[edges], graph.owned[edges]))
    edges = edges[order]
    owned = graph.owned[edges]
    begins = np.flatnonzero(np.concatenate((np.ones(min(1, len(owned)), dtype=np.bool_), owned[1:] != owned[:-1])))
    lacking = _before(pulls.first[edges], begins) < pulls.need
    if pulls.second is not None and pulls.need_second is not None:
        lacking |= _before(pulls.second[edges], begins) < pulls.need_second[owned]
    return edges[lacking]


def walk(party: int, support_of: Callable[[int], Sequence[int]], owner: NDArray[np.int32]) -> Chain:
    """Return the chain of a party, found by going up from it to those that hold it up, and to those who hold these."""
    held: dict[int, Sequence[int]] = {}
    waiting, seen, steps = [party], {party}, 0
    for one in waiting:
        if steps >= STEPS_MOST:
            break
        edges = held[one] = support_of(one)
        steps += len(edges)
        for edge in edges:
            up = int(owner[edge])
            if up not in seen:
                seen.add(up)
                waiting.append(up)
    cut = tuple(one for one in waiting[len(held) :] if len(support_of(one)))
    if steps < len(waiting):  # each is held up by one alone: a line
        return Chain(tuple(edge for one in reversed(waiting[: len(held)]) for edge in held[one]), cut)
    return Chain(tuple(_downwards(party, held, owner)), cut)


def _downwards(party: int, held: dict[int, Sequence[int]], owner: NDArray[np.int32]) -> Iterator[int]:
    """Yield the edges of a chain so that whoever owns was caught by the edges before."""
    stack, begun = [(party, False)], set()
    while stack:
        one, above_told = stack.pop()
        if above_told:
            yield from held[one]
        elif one not in begun and one in held:
            begun.add(one)
            stack.append((one, True))
            stack.extend((int(owner[edge]), False) for edge in reversed(held[one]))


def _before(values: NDArray[np.int64], begins: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each value the sum of those before it in its run."""
    if not len(values):
        return values
    sums = np.cumsum(values)
    before = sums - values
    lengths = np.diff(np.append(begins, len(values)))
    offset: NDArray[np.int64] = before - np.repeat(before[begins], lengths)
    return offset
