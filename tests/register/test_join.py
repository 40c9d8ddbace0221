# SPDX-License-Identifier: Apache-2.0
"""The grouping is that of connected components, in whatever order and batches the entities come."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from highfence.register.join import Arrival, Joining, join

arrivals = st.lists(
    st.builds(
        Arrival,
        st.sampled_from([f"e{number}" for number in range(12)]),
        st.lists(st.sampled_from([f"k{number}" for number in range(14)]), max_size=3).map(tuple),
    ).map(lambda one: Arrival(one.entity, (f"entity:{one.entity}", *one.keys))),
    max_size=14,
)


class Shelf:
    """Keeps what a node keeps between batches, as plainly as can be."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}
        self.company_of: dict[str, str] = {}

    def take(self, batch: list[Arrival], *, all_keys: bool) -> Joining:
        asked = {key for arrival in batch for key in arrival.keys}
        known = {key: company for key, company in self.keys.items() if all_keys or key in asked}
        joining = join(batch, known)
        self.keys = {key: joining.merged.get(company, company) for key, company in self.keys.items()} | joining.keys
        self.company_of = {
            entity: joining.merged.get(company, company) for entity, company in self.company_of.items()
        } | joining.company_of
        return joining


def components(batch: list[Arrival]) -> dict[str, str]:
    """Return entity -> smallest entity it is connected with, by looking again and again."""
    groups = {arrival.entity: {arrival.entity} for arrival in batch}
    for _ in batch:
        for one in batch:
            for other in batch:
                if one.entity == other.entity or set(one.keys) & set(other.keys):
                    union = groups[one.entity] | groups[other.entity]
                    for member in union:
                        groups[member] = union
    return {entity: min(group) for entity, group in groups.items()}


@given(arrivals)
def test_companies_are_the_connected_components(batch):
    assert join(batch, {}).company_of == components(batch)


@settings(max_examples=200)
@given(arrivals, st.integers(0, 2**32), st.booleans())
def test_neither_order_nor_batches_change_the_grouping(batch, seed, all_keys):
    dice = random.Random(seed)
    shuffled = batch[:]
    dice.shuffle(shuffled)
    shelf = Shelf()
    while shuffled:
        size = dice.randint(1, len(shuffled))
        shelf.take(shuffled[:size], all_keys=all_keys)
        shuffled = shuffled[size:]
    assert shelf.company_of == components(batch)
    assert shelf.keys == {key: shelf.company_of[arrival.entity] for arrival in batch for key in arrival.keys}


@given(arrivals, arrivals)
def test_a_merged_company_is_gone_and_its_survivor_is_not(first, second):
    shelf = Shelf()
    shelf.take(first, all_keys=False)
    before = set(shelf.company_of.values())
    joining = shelf.take(second, all_keys=False)
    assert set(joining.merged) <= before
    assert set(joining.merged).isdisjoint(joining.merged.values())
    assert set(joining.merged).isdisjoint(shelf.company_of.values())


@given(arrivals)
def test_what_is_known_already_changes_nothing(batch):
    shelf = Shelf()
    shelf.take(batch, all_keys=False)
    again = shelf.take(batch, all_keys=False)
    assert (again.keys, again.merged) == ({}, {})


def test_a_newcomer_can_bring_two_known_companies_together():
    joining = join([Arrival("m", ("lei:1", "inn:2"))], {"lei:1": "b", "inn:2": "f", "name:z": "f"})
    assert joining.company_of == {"m": "b"}
    assert joining.merged == {"f": "b"}
    assert joining.keys == {"inn:2": "b", "name:z": "b"}


def test_a_smaller_newcomer_gives_the_company_its_name():
    joining = join([Arrival("a", ("entity:a", "lei:1"))], {"lei:1": "b"})
    assert joining.company_of == {"a": "a"}
    assert joining.merged == {"b": "a"}
    assert joining.keys == {"entity:a": "a", "lei:1": "a"}


def test_without_arrivals_nothing_changes():
    assert join([], {"lei:1": "b"}) == Joining(company_of={}, merged={}, keys={})
