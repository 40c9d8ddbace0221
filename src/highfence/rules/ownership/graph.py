# SPDX-License-Identifier: Apache-2.0
"""Graph: interests in the order of their owners, so that what a party owns is one slice; it can grow and change."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from highfence.model.interest import NO_SHARE, Interest
from highfence.model.interests import ALWAYS, STILL, Interests, first_day, last_day

Edges = NDArray[np.int64]
Parties = NDArray[np.int64]

_COLUMNS = ("owner", "owned", "low", "high", "control", "since", "until", "row")
_SPARE = 1024


class Graph:
    """Parties and the interests between them. An edge is the number of an interest in this graph.

    `row` leads from an edge to its row in the interests it was made from; edges added later have none (-1).
    """

    def __init__(self, interests: Interests) -> None:
        self.interests = interests
        self.ids = interests.ids
        self.parties = len(interests.ids)
        self.edges = len(interests)
        order = _order(interests.owner)
        self.owner = interests.owner[order]
        self.owned = interests.owned[order]
        self.low = interests.low[order]
        self.high = interests.high[order]
        self.control = interests.control[order]
        self.since = interests.since[order]
        self.until = interests.until[order]
        self.row = order.astype(np.int32)
        self.dated = bool((self.since > ALWAYS).any() or (self.until < STILL).any())
        self._base = self.parties
        self._out = _pointers(self.owner, self.parties)
        self._into: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None
        self._more_out: dict[int, list[int]] = {}
        self._more_into: dict[int, list[int]] = {}
        self._added: dict[int, Interest] = {}

    def out(self, parties: Parties) -> Edges:
        """Return the edges to what these parties own."""
        base = parties[parties < self._base] if self.parties > self._base else parties
        edges, _ = _slices(self._out, base)
        return _with_more(edges, parties, self._more_out) if self._more_out else edges

    def into(self, parties: Parties) -> Edges:
        """Return the edges from the owners of these parties."""
        if self._into is None:
            order = _order(self.owned[: len(self.row)])
            self._into = _pointers(self.owned[order], self._base), order
        pointers, order = self._into
        base = parties[parties < self._base] if self.parties > self._base else parties
        edges = order[_slices(pointers, base)[0]]
        return _with_more(edges, parties, self._more_into) if self._more_into else edges

    def holds(self, edges: Edges | slice, day: int) -> NDArray[np.bool_]:
        """Tell which of these interests hold on a day, an ordinal."""
        held: NDArray[np.bool_] = (self.since[edges] <= day) & (day < self.until[edges])
        return held

    def interest(self, edge: int) -> Interest:
        """Return an edge as an interest, with the place where it was read."""
        if edge in self._added:
            return self._added[edge]
        return self.interests.interest(int(self.row[edge]))

    def place(self, edge: int) -> str:
        """Return where an interest was read."""
        return self._added[edge].place if edge in self._added else self.interests.place_of(int(self.row[edge]))

    def party(self, party: str) -> int:
        """Return the number of a party, a new one if it is new."""
        number = self.interests.index.get(party)
        if number is None:
            number = self.parties
            self.ids.append(party)
            self.interests.index[party] = number
            self.parties += 1
        return number

    def add(self, interest: Interest) -> int:
        """Add an interest; return its edge."""
        if not self._more_out and self._into is None:
            self.into(np.zeros(0, dtype=np.int64))
        owner, owned, edge = self.party(interest.owner), self.party(interest.owned), self.edges
        if edge == len(self.owner):
            self._grow()
        self.edges += 1
        self.owner[edge], self.owned[edge], self.row[edge] = owner, owned, -1
        self._more_out.setdefault(owner, []).append(edge)
        self._more_into.setdefault(owned, []).append(edge)
        self.change(edge, interest)
        return edge

    def change(self, edge: int, interest: Interest) -> None:
        """Put another share, control or time on an edge; its ends stay."""
        self.low[edge], self.high[edge] = interest.share.low, interest.share.high
        self.control[edge] = interest.control
        self.since[edge], self.until[edge] = first_day(interest.since), last_day(interest.until)
        self.dated = self.dated or interest.since is not None or interest.until is not None
        self._added[edge] = interest

    def remove(self, edge: int) -> None:
        """Take an interest out: its edge stays and holds nothing."""
        gone = self.interest(edge)
        self.change(edge, Interest(owner=gone.owner, owned=gone.owned, share=NO_SHARE, place=gone.place))

    def _grow(self) -> None:
        room = max(_SPARE, len(self.owner) // 8)
        for name in _COLUMNS:
            column = getattr(self, name)
            setattr(self, name, np.concatenate((column, np.zeros(room, dtype=column.dtype))))


class Runs:
    """Edges in the order of whom they lead to, `owned`: those of one party are one run."""

    def __init__(self, edges: Edges, owned: NDArray[np.int32], parties: int) -> None:
        self._edges = edges
        self._begins = _pointers(owned, parties)

    def of(self, party: int) -> list[int]:
        """Return the edges of one party."""
        edges: list[int] = self._edges[self._begins[party] : self._begins[party + 1]].tolist()
        return edges


def _order(parties: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the edges ordered by party and then by number: sorting one packed number is the fastest way."""
    packed = parties.astype(np.int64) << 32
    packed |= np.arange(len(parties), dtype=np.int64)
    packed.sort()
    packed &= 0xFFFFFFFF
    return packed


def _pointers(ordered: NDArray[np.int32], parties: int) -> NDArray[np.int64]:
    """Return where each party's slice begins, and at the end where the last one ends."""
    counts = np.bincount(ordered, minlength=parties)
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts, dtype=np.int64)))


def _slices(pointers: NDArray[np.int64], parties: Parties) -> tuple[Edges, NDArray[np.int64]]:
    """Return the places in the slices of these parties, one slice after the other, and their lengths."""
    starts = pointers[parties]
    counts = pointers[parties + 1] - starts
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total, dtype=np.int64) + np.repeat(starts - (ends - counts), counts), counts


def _with_more(edges: Edges, parties: Parties, more: dict[int, list[int]]) -> Edges:
    """Add the edges that came later; whichever is fewer, parties or those with later edges, is gone through."""
    if len(parties) <= len(more):
        found = [edge for party in parties.tolist() for edge in more.get(party, ())]
    else:
        asked = set(parties.tolist())
        found = [edge for party, later in more.items() if party in asked for edge in later]
    return np.concatenate((edges, np.array(found, dtype=np.int64))) if found else edges
