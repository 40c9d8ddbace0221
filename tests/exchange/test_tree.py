# SPDX-License-Identifier: Apache-2.0
"""The tree over a feed's leaves is the one of RFC 6962, however the leaves come."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.exchange.tree import EMPTY_ROOT, Tree, leaf_hash, unpack

LEAVES = st.lists(st.binary(min_size=32, max_size=32), max_size=70)
#: The inputs and roots with which Certificate Transparency's implementations are tested.
INPUTS = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def plain_root(leaves: list[bytes]) -> bytes:
    """Return the Merkle tree hash as RFC 6962 section 2.1 defines it, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + plain_root(leaves[:split]) + plain_root(leaves[split:])).digest()


@pytest.mark.parametrize("size", range(len(INPUTS) + 1))
def test_has_the_roots_that_certificate_transparency_is_tested_with(size):
    leaves = [leaf_hash(bytes.fromhex(text)) for text in INPUTS[:size]]
    assert Tree().extend(leaves).root().hex() == ROOTS[size]
    assert plain_root(leaves).hex() == ROOTS[size]


@given(LEAVES)
def test_has_the_root_of_the_plain_definition(leaves):
    tree = Tree().extend(leaves)
    assert tree.size == len(leaves)
    assert tree.root() == plain_root(leaves)


def test_every_size_up_to_three_hundred_has_the_root_of_the_plain_definition():
    leaves = [leaf_hash(b"%d" % place) for place in range(300)]
    tree = Tree()
    for size, leaf in enumerate(leaves, start=1):
        tree = tree.append(leaf)
        assert tree.root() == plain_root(leaves[:size]), size


@given(leaves=LEAVES, cuts=st.lists(st.integers(0, 70), max_size=5))
def test_does_not_depend_on_how_the_leaves_are_cut_into_batches(leaves, cuts):
    tree = Tree()
    places = [0, *sorted(min(cut, len(leaves)) for cut in cuts), len(leaves)]
    for start, end in pairwise(places):
        tree = tree.extend(leaves[start:end])
    assert tree == Tree().extend(leaves)


@given(LEAVES)
def test_appending_one_by_one_is_the_same(leaves):
    tree = Tree()
    for leaf in leaves:
        tree = tree.append(leaf)
    assert tree == Tree().extend(leaves)


@given(LEAVES)
def test_a_stored_tree_is_read_back(leaves):
    tree = Tree().extend(leaves)
    assert unpack(tree.size, tree.pack()) == tree


@given(leaves=LEAVES, size=st.integers(0, 200))
def test_a_stored_tree_of_another_size_is_refused(leaves, size):
    tree = Tree().extend(leaves)
    if size.bit_count() == len(leaves).bit_count():
        assert unpack(size, tree.pack()).frontier == tree.frontier
    else:
        with pytest.raises(ValueError, match="hashes"):
            unpack(size, tree.pack())


@given(leaves=st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40), place=st.integers(0, 39))
def test_another_leaf_makes_another_root(leaves, place):
    place %= len(leaves)
    others = [*leaves[:place], hashlib.sha256(leaves[place]).digest(), *leaves[place + 1 :]]
    assert Tree().extend(others).root() != Tree().extend(leaves).root()


def test_the_empty_tree_has_the_hash_of_nothing():
    assert Tree().root() == EMPTY_ROOT
