# SPDX-License-Identifier: Apache-2.0
"""Tree: the append-only Merkle tree of a feed (RFC 6962 section 2.1), kept as its right frontier.

The frontier holds one hash for each one-bit of the size, largest subtree first, so appending costs a few hashes and
the whole tree of a feed of millions is a few hundred bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

_HASH_BYTES = 32
#: RFC 6962: the hash of an empty tree is the hash of nothing.
EMPTY_ROOT = hashlib.sha256(b"").digest()


class Tree(msgspec.Struct, frozen=True):
    """A tree of `size` leaves; `frontier` are the roots of its complete subtrees, largest first."""

    size: int = 0
    frontier: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> Tree:
        """Return the tree with one more leaf hash (32 bytes)."""
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> Tree:
        """Return the tree with these leaf hashes added in order."""
        size = self.size
        stack = list(self.frontier)
        sha256 = hashlib.sha256
        for leaf in leaves:
            node = leaf
            rest = size
            while rest & 1:
                node = sha256(b"\x01" + stack.pop() + node).digest()
                rest >>= 1
            stack.append(node)
            size += 1
        return Tree(size, tuple(stack))

    def root(self) -> bytes:
        """Return the Merkle tree hash (32 bytes)."""
        if not self.frontier:
            return EMPTY_ROOT
        node = self.frontier[-1]
        for left in reversed(self.frontier[:-1]):
            node = hashlib.sha256(b"\x01" + left + node).digest()
        return node

    def pack(self) -> bytes:
        """Return the frontier as bytes for storage; the size is kept beside it."""
        return b"".join(self.frontier)


def unpack(size: int, packed: bytes) -> Tree:
    """Read a stored tree.

    Raises:
        ValueError: the bytes do not hold as many hashes as the size has one-bits.
    """
    if len(packed) != _HASH_BYTES * size.bit_count():
        raise ValueError(f"a tree of {size} leaves needs {size.bit_count()} hashes, not {len(packed)} bytes")
    return Tree(size, tuple(packed[at : at + _HASH_BYTES] for at in range(0, len(packed), _HASH_BYTES)))


def leaf_hash(data: bytes) -> bytes:
    """Return the RFC 6962 leaf hash of an entry's bytes."""
    return hashlib.sha256(b"\x00" + data).digest()
