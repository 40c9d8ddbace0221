# SPDX-License-Identifier: Apache-2.0
"""Pulls: what each interest passes on under one period of a rule, on one day.

There are two questions, whether a party is surely caught and whether it can be, and so two ways to read an interval: at
its least, and at its most within what the other owners surely leave. Control, where a rule counts it, passes on all
that is needed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from highfence.model.interest import WHOLE, Control
from highfence.rules.ownership.cascade import Pulls
from highfence.rules.ownership.graph import Graph
from highfence.rules.ownership.rulesets import Period

#: What a party needs of others' sure shares when these add up to more than the whole, a contradiction: nothing.
NOTHING = -(1 << 62)


class Weights(NamedTuple):
    """How much of each interest holds on a day, and how much of each party is surely owned by anybody."""

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    control: NDArray[np.int8]
    owned: NDArray[np.int64]


def weights(graph: Graph, day: int) -> Weights:
    """Return what holds on a day, an ordinal."""
    low, high, control = graph.low, graph.high, graph.control
    if graph.dated:
        held = graph.holds(slice(None), day)
        low, high, control = low * held, high * held, control * held
    owned = np.zeros(graph.parties, dtype=np.int64)
    np.add.at(owned, graph.owned[: graph.edges], low[: graph.edges])
    return Weights(low, high, control, owned)


def pull_sure(low: int, control: int, period: Period) -> int:
    """Return what one interest surely passes on: what a period of a rule counts of its least share and its control."""
    return max(low, period.need) if period.control and control == Control.YES else low


def pull_possible(share: tuple[int, int], control: int, period: Period) -> tuple[int, int]:
    """Return what one interest can pass on, and what it does so at least, as `possible` does for all."""
    low, high = share
    if period.control and control >= Control.MAYBE:
        return max(high, period.need), max(low, period.need)
    return high, low


def sure(weighed: Weights, period: Period) -> Pulls:
    """Return the pulls that answer who is surely caught."""
    first = weighed.low.copy()
    if period.control:
        controlled = weighed.control == Control.YES
        first[controlled] = np.maximum(first[controlled], period.need)
    return Pulls(need=period.need, first=first)


def possible(weighed: Weights, period: Period) -> Pulls:
    """Return the pulls that answer who can be caught."""
    first, second = weighed.high.copy(), weighed.low.copy()
    if period.control:
        controlled = weighed.control >= Control.MAYBE
        first[controlled] = np.maximum(first[controlled], period.need)
        second[controlled] = np.maximum(second[controlled], period.need)
    needed = np.where(weighed.owned > WHOLE, NOTHING, weighed.owned - WHOLE + period.need)
    return Pulls(need=period.need, first=first, second=second, need_second=needed)


def second_need(owned: int, period: Period) -> int:
    """Return how much of what is surely owned the caught must have, so that they can have enough of the whole."""
    return NOTHING if owned > WHOLE else owned - WHOLE + period.need


def single(graph: Graph, pulls: Pulls) -> Pulls:
    """Return the pulls of those interests alone that are enough by themselves."""
    enough = pulls.first >= pulls.need
    if pulls.second is not None and pulls.need_second is not None:
        enough &= pulls.second >= pulls.need_second[graph.owned]
    return Pulls(need=pulls.need, first=enough * np.int64(pulls.need))


def suffices(pulls: Pulls, edge: int, need_second: int) -> bool:
    """Tell whether one interest is enough by itself."""
    return bool(pulls.first[edge] >= pulls.need and (pulls.second is None or pulls.second[edge] >= need_second))
