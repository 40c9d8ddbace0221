# SPDX-License-Identifier: Apache-2.0
"""Findings: what one rule says on one day of every party of a graph, kept while interests and lists change.

A party is caught **surely** if it is when every share is read at its least, and **possibly** if it can be when shares
are read at their most, within the whole. Surely is yes, not even possibly is no, and what lies between is unknown: an
owner is known and its share is not (BIS calls it Red Flag 29).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import numpy as np
from numpy.typing import NDArray

from highfence.errors import InvalidInput
from highfence.model.interest import WHOLE, Listed, Share, percent
from highfence.rules.ownership.graph import Edges, Graph, Parties
from highfence.rules.ownership.level import Level
from highfence.rules.ownership.pulls import possible, pull_possible, pull_sure, second_need, sure, weights
from highfence.rules.ownership.rulesets import Period, RuleSet

NO, UNKNOWN, YES = 0, 1, 2
WORDS = ("no", "unknown", "yes")
_NONE = np.zeros(0, dtype=np.int64)


class Findings:
    """One rule's answers on one day. `change`, `enlist` and `delist` recompute only what they can reach.

    `named` are the listed parties that count under the rule on the day, by number.

    Raises:
        InvalidInput: the rule's table says nothing about the day.
    """

    def __init__(self, graph: Graph, rules: RuleSet, *, listed: Iterable[Listed], on: date) -> None:
        self.graph = graph
        self.rules = rules
        self.on = on
        self.period: Period = rules.on(on)
        self.named: dict[int, Listed] = {}
        self._joint: dict[str, int] = {}
        for one in listed:
            if one.stands(rules.rule, on):
                self.named[graph.party(one.id)] = one
        self._day = on.toordinal()
        weighed = weights(graph, self._day)
        self._low = weighed.low.copy() if weighed.low is graph.low else weighed.low
        self._high = weighed.high.copy() if weighed.high is graph.high else weighed.high
        self._owned = weighed.owned
        seeds = np.array(sorted(self.named), dtype=np.int64)
        groups = self._groups() if self.period.aggregate == "each" else None
        if self.period.in_force:
            self.sure = Level(graph, sure(weighed, self.period), seeds, groups=groups)
            self.possible = Level(graph, possible(weighed, self.period), seeds, groups=groups)

    def codes(self) -> NDArray[np.int8]:
        """Return NO, UNKNOWN or YES for each party."""
        self._grow()
        parties = self.graph.parties
        if not self.period.in_force:
            codes = np.zeros(parties, dtype=np.int8)
            codes[list(self.named)] = YES
            return codes
        return self.sure.caught[:parties].astype(np.int8) + self.possible.caught[:parties].astype(np.int8)

    def codes_of(self, parties: Parties) -> NDArray[np.int8]:
        """Return NO, UNKNOWN or YES for each of these parties."""
        self._grow()
        if not self.period.in_force:
            return np.array([YES if party in self.named else NO for party in parties.tolist()], dtype=np.int8)
        return self.sure.is_caught(parties).astype(np.int8) + self.possible.is_caught(parties).astype(np.int8)

    def shares(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return what caught parties hold of each party together, at least and at most, as far as it is known."""
        self._grow()
        parties = self.graph.parties
        least, most, bound = (np.zeros(parties, dtype=np.int64) for _ in range(3))
        if self.period.in_force:
            owner, owned = self.graph.owner[: self.graph.edges], self.graph.owned[: self.graph.edges]
            edges = np.flatnonzero(self.sure.caught[owner])
            np.add.at(least, owned[edges], self._low[edges])
            edges = np.flatnonzero(self.possible.caught[owner])
            np.add.at(most, owned[edges], self._high[edges])
            np.add.at(bound, owned[edges], self._low[edges])
        return self._capped(least, most, left=self._owned[:parties] - bound, owned=self._owned[:parties])

    def share(self, party: int) -> Share:
        """Return what caught parties hold of a party together."""
        self._grow()
        if not self.period.in_force:
            return Share(0, 0)
        edges = self.graph.into(np.array([party], dtype=np.int64))
        owners = self.graph.owner[edges]
        surely, possibly = edges[self.sure.is_caught(owners)], edges[self.possible.is_caught(owners)]
        owned = self._owned[party : party + 1]
        low, high = self._capped(
            self._low[surely].sum(keepdims=True),
            self._high[possibly].sum(keepdims=True),
            left=owned - self._low[possibly].sum(keepdims=True),
            owned=owned,
        )
        return Share(int(low[0]), int(high[0]))

    def held_share(self, edge: int) -> Share:
        """Return the share of one interest as it holds on the day: none before it began or after it ended."""
        return Share(int(self._low[edge]), int(self._high[edge]))

    def holdings(self, parties: Parties) -> Edges:
        """Return the interests in these parties of those that are or can be caught, in the order of the parties."""
        edges = np.sort(self.graph.into(parties))
        edges = edges[(self.possible.bound.pulls.first[edges] > 0) & self.possible.is_caught(self.graph.owner[edges])]
        return edges[np.argsort(self.graph.owned[edges], kind="stable")]

    def overheld(self) -> Iterator[tuple[str, int | float, list[str]]]:
        """Yield each party more than the whole of which is surely owned: its id, how many percent, and where read."""
        self._grow()
        for party in np.flatnonzero(self._owned[: self.graph.parties] > WHOLE).tolist():
            edges = self.graph.into(np.array([party], dtype=np.int64))
            places = [self.graph.place(edge) for edge in np.sort(edges[self._low[edges] > 0]).tolist()]
            yield self.graph.ids[party], percent(int(self._owned[party])), places

    def change(self, edge: int) -> Parties:
        """Take up an interest that was added to the graph, changed or taken out; return who may be told otherwise.

        The parties returned are the owned one and all whose verdict can have changed.
        """
        owned = int(self.graph.owned[edge])
        alone = np.array([owned], dtype=np.int64)
        self._grow()
        holds = bool(self.graph.holds(np.array([edge]), self._day)[0])
        low, high = (int(self.graph.low[edge]), int(self.graph.high[edge])) if holds else (0, 0)
        control = int(self.graph.control[edge]) if holds else 0
        self._owned[owned] += low - self._low[edge]
        self._low[edge], self._high[edge] = low, high
        if not self.period.in_force:
            return _NONE
        needed = second_need(int(self._owned[owned]), self.period)
        moved = self.sure.update(edge, (pull_sure(low, control, self.period), 0), needed)
        also = self.possible.update(edge, pull_possible((low, high), control, self.period), needed)
        return np.unique(np.concatenate((alone, moved, also)))

    def enlist(self, one: Listed) -> Parties:
        """List a party; return who may be told otherwise."""
        if not one.stands(self.rules.rule, self.on):
            return _NONE
        party = self.graph.party(one.id)
        self._grow()
        self.named[party] = one
        return self._reseed(party, group=self._group(party, one))

    def delist(self, party_id: str) -> Parties:
        """List a party no longer; return who may be told otherwise.

        Raises:
            InvalidInput: it is not listed under this rule.
        """
        party = self.graph.interests.index.get(party_id, -1)
        if party not in self.named:
            raise InvalidInput(
                f"{party_id[:60]!r} is not listed under {self.rules.rule}",
                where="delist",
                advice="Delist only what is listed",
            )
        del self.named[party]
        return self._reseed(party, group=None)

    def _reseed(self, party: int, *, group: int | None) -> Parties:
        if not self.period.in_force:
            return np.array([party], dtype=np.int64)
        moved = (self.sure.reseed(party, group=group), self.possible.reseed(party, group=group))
        return np.unique(np.concatenate(moved))

    def _groups(self) -> NDArray[np.int32]:
        groups = np.full(self.graph.parties, -1, dtype=np.int32)
        for party, one in self.named.items():
            groups[party] = self._group(party, one)
        return groups

    def _group(self, party: int, one: Listed) -> int:
        """Return the number of those whose shares add up with this party's: itself, or all that act jointly with it."""
        return self._joint.setdefault(one.jointly, party) if one.jointly else party

    def _capped(
        self, least: NDArray[np.int64], most: NDArray[np.int64], *, left: NDArray[np.int64], owned: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Keep a sum within the whole, and within what others surely do not hold unless that is contradictory."""
        room = np.where(owned > WHOLE, WHOLE, WHOLE - left)
        least = np.minimum(least, WHOLE)
        return least, np.maximum(least, np.minimum(most, np.minimum(room, WHOLE)))

    def _grow(self) -> None:
        """Make room for what was added to the graph."""
        missing = self.graph.parties - len(self._owned)
        if missing > 0:
            self._owned = np.concatenate((self._owned, np.zeros(missing + len(self._owned) // 8, dtype=np.int64)))
        missing = len(self.graph.owner) - len(self._low)
        if missing > 0:
            self._low = np.concatenate((self._low, np.zeros(missing, dtype=np.int64)))
            self._high = np.concatenate((self._high, np.zeros(missing, dtype=np.int64)))
        if self.period.in_force:
            self.sure.grow()
            self.possible.grow()
