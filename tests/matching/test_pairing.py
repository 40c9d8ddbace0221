# SPDX-License-Identifier: Apache-2.0
"""matching.pairing: keys and ceiling let no pair of names go that the scorer's comparison would keep."""

from __future__ import annotations

import random
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from highfence.matching.analysis import analyse
from highfence.matching.blocking import name_least
from highfence.matching.comparison import compare
from highfence.matching.names import Name
from highfence.matching.pairing import alike_names, meet_here
from highfence.matching.relation import Numbers, Truths, batches

from .test_bulk import crowd


def everything(one: Numbers, other: Numbers) -> Truths:
    return np.ones(len(one), dtype=np.bool_) & (other >= 0)


def alike(names: list[Name], least: float) -> set[tuple[int, int]]:
    found = alike_names(names, least=least, wanted=everything, meet=meet_here, progress=lambda _done, _total: None)
    return set(zip(*(ends.tolist() for ends in found), strict=True))


def every_pair(names: list[Name], least: float) -> set[tuple[int, int]]:
    """Return what comparing each name with each finds."""
    pairs = combinations(range(len(names)), 2)
    return {(one, two) for one, two in pairs if compare(names[one], names[two]).value >= name_least(least)}


@pytest.mark.parametrize("least", [0.5, 0.7, 0.9])
@pytest.mark.parametrize("schema", ["Company", "Vessel"])
def test_it_finds_what_comparing_each_name_with_each_finds(least: float, schema: str) -> None:
    names = [analyse(entity.first("name"), schema=schema) for entity in crowd(11, 220)]
    wanted = every_pair(names, least)
    assert len(wanted) > 3
    assert alike(names, least) == wanted


@given(seed=st.integers(0, 100_000))
@settings(max_examples=20, deadline=None)
def test_of_names_of_any_kind_it_finds_the_same(seed: int) -> None:
    dice = random.Random(seed)
    kinds = ("Company", "Person", "Vessel")
    names = [analyse(entity.first("name"), schema=dice.choice(kinds)) for entity in crowd(seed, 40)]
    assert alike(names, 0.7) == every_pair(names, 0.7)


def test_small_batches_find_what_large_ones_find(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [analyse(entity.first("name")) for entity in crowd(3, 100)]
    wanted = alike(names, 0.7)
    monkeypatch.setattr("highfence.matching.pairing._BATCH", 50)
    assert alike(names, 0.7) == wanted


def test_batches_hold_every_row_once() -> None:
    spans = list(batches(np.array([3, 0, 9, 1, 1, 1]), most=4))
    assert spans == [(0, 2), (2, 3), (3, 6)]
    assert list(batches(np.array([], dtype=np.int64))) == []
