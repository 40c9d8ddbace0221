# SPDX-License-Identifier: Apache-2.0
"""matching.clusters: whoever is reached by pairs is in one cluster, and nobody is in two."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from highfence.matching.clusters import connected

PAIRS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=60)


@given(PAIRS)
def test_everybody_is_in_one_cluster_and_pairs_are_never_parted(pairs: list[tuple[int, int]]) -> None:
    clusters = connected(pairs)
    members = [one for cluster in clusters for one in cluster]
    assert sorted(members) == sorted({one for pair in pairs for one in pair})
    home = {one: at for at, cluster in enumerate(clusters) for one in cluster}
    assert all(home[one] == home[other] for one, other in pairs)


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_the_pairs_changes_nothing(pairs: list[tuple[int, int]], dice: object) -> None:
    turned = [(other, one) for one, other in pairs]
    dice.shuffle(turned)  # type: ignore[attr-defined]
    assert connected(turned) == connected(pairs)


def test_no_pair_makes_no_cluster() -> None:
    assert connected([]) == []
