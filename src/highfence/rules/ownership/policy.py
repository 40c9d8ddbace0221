# SPDX-License-Identifier: Apache-2.0
"""Policy: which licence policy a caught party is under: the strictest of those of the listed parties that own it.

Every owner counts, however small its share: that shares add up to enough says that the party is caught, the strictest
owner says how strictly (15 CFR 744.11 and the preamble of the Affiliates Rule).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from highfence.rules.ownership.findings import Findings

_UNOWNED = -1


class Policy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A licence policy in its list's words, and the listed party that brings it; `ranked` is False if no word fits."""

    text: str
    of: str
    ranked: bool = True


def strictness(text: str, policies: Sequence[Sequence[str]]) -> int:
    """Return how strict a policy is, 0 the strictest; -1, before them all, for one that cannot be ranked.

    >>> strictness("Case-by-case review", (("policy of denial",), ("presumption of denial",), ("case-by-case",)))
    2
    """
    words = text.casefold()
    for place, ways in enumerate(policies):
        if any(way.casefold() in words for way in ways):
            return place
    return -1


class Policies:
    """The policies of one rule's findings as they are now: the strictest that reaches each party that is surely caught.

    Listed parties are under their own policy, and under others' only if these own enough of them.
    """

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._source = np.full(findings.graph.parties, _UNOWNED, dtype=np.int64)
        if findings.period.in_force and findings.rules.policies:
            self._spread()

    def of(self, party: int) -> Policy | None:
        """Return the policy that a party is under, None if it is not surely caught or no list states any."""
        source = int(self._source[party])
        if source == _UNOWNED:
            return None
        listed = self._findings.named[source]
        ranked = strictness(listed.policy, self._findings.rules.policies) >= 0
        return Policy(text=listed.policy, of=listed.id, ranked=ranked)

    def _spread(self) -> None:
        findings, source = self._findings, self._source
        cascade = findings.sure.bound
        ranks: dict[int, list[int]] = {}
        for party, listed in findings.named.items():
            if listed.policy:
                ranks.setdefault(strictness(listed.policy, findings.rules.policies), []).append(party)
        takes = findings.sure.caught[: findings.graph.parties].copy()
        named = np.array(sorted(findings.named), dtype=np.int64)
        takes[named] = cascade.reached(named)
        for _, parties in sorted(ranks.items()):
            frontier = np.array(sorted(parties), dtype=np.int64)
            frontier = frontier[source[frontier] == _UNOWNED]
            source[frontier] = frontier
            while len(frontier):
                frontier = self._next(frontier, takes)

    def _next(self, frontier: NDArray[np.int64], takes: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Give those whom the frontier owns its sources; return who has got one."""
        findings, source = self._findings, self._source
        edges = findings.graph.out(frontier)
        owner, owned = findings.graph.owner[edges], findings.graph.owned[edges]
        passes = (findings.possible.bound.pulls.first[edges] > 0) & takes[owned] & (source[owned] == _UNOWNED)
        owner, owned = owner[passes][::-1], owned[passes][::-1]
        source[owned] = source[owner]
        return np.unique(owned).astype(np.int64)
