# SPDX-License-Identifier: Apache-2.0
"""Feed: the gapless sequence of entries one authority writes for one other, and its signed heads.

An entry's leaf commits to the whole of it: whose feed, its place, the entry before, the assertion, the agreement it is
released under, and the exact envelope. A head signs size and root of the tree over these leaves (RFC 6962).
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from typing import TypeVar

import msgspec

from highfence.clock import instant_text, read_instant
from highfence.errors import InvalidDocument
from highfence.exchange import strict
from highfence.exchange.envelope import HEAD_TYPE, RECEIPT_TYPE, seal
from highfence.exchange.keys import SigningKey
from highfence.exchange.tree import Tree, leaf_hash

T = TypeVar("T")

#: `previous` of the first entry.
FIRST = "0" * 64
#: One message carries at most so many entries and about so many bytes: a reader buffers little, a commit stays short.
BATCH_ENTRIES_MAX = 250
BATCH_BYTES_MAX = 1 << 20


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry as on the wire; `payload` is the envelope in base64, `recall` marks a correction or withdrawal that
    goes to a reader because it was sent the original."""

    seq: int
    previous: str
    assertion: str
    agreement: str
    payload: str = ""
    recall: bool = False


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """How large the feed from `owner` to `reader` is, with its root in hex; `time` is RFC 3339."""

    owner: str
    reader: str
    epoch: int
    size: int
    root: str
    time: str

    @property
    def at(self) -> datetime:
        """The instant at which it was signed, as its owner says."""
        return read_instant(self.time)


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Consecutive entries and the head (an envelope) of the tree that ends with the last of them.

    `membership` is the version and id of the membership document that the owner goes by: a hint for who lacks it, which
    believes it from its signatures alone.
    """

    head: str
    entries: tuple[Entry, ...] = ()
    membership: str = ""


class Turned(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that was not believed: its place, the machine code and a sentence."""

    seq: int
    assertion: str
    reason: str
    text: str


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader signs: the owner's head (its envelope) and which entries up to it were refused.

    It covers the whole prefix of the feed up to the head; `refused` lists what is new since the receipt before.
    """

    reader: str
    owner: str
    size: int
    head: str
    time: str
    refused: tuple[Turned, ...] = ()


def entry_leaf(owner: str, reader: str, *, epoch: int, entry: Entry, envelope: bytes) -> bytes:
    """Return the leaf hash of an entry; `envelope` are the bytes that `entry.payload` carries."""
    text = "\n".join(
        (
            "highfence-entry-v1",
            f"{owner}>{reader}",
            str(epoch),
            str(entry.seq),
            entry.previous,
            entry.assertion,
            entry.agreement,
            "recall" if entry.recall else "",
        )
    )
    return leaf_hash(text.encode() + b"\n" + hashlib.sha256(envelope).digest())


def payload_text(envelope: bytes) -> str:
    """Return an envelope as an entry carries it."""
    return base64.b64encode(envelope).decode()


def head_of(owner: str, reader: str, *, epoch: int, tree: Tree, at: datetime) -> Head:
    """Return the head of a feed whose tree is `tree`."""
    return Head(owner=owner, reader=reader, epoch=epoch, size=tree.size, root=tree.root().hex(), time=instant_text(at))


def sign_head(head: Head, key: SigningKey) -> bytes:
    """Return the signed head (an envelope)."""
    return seal(_ENCODER.encode(head), HEAD_TYPE, key)


def sign_receipt(receipt: Receipt, key: SigningKey) -> bytes:
    """Return the signed receipt (an envelope)."""
    return seal(_ENCODER.encode(receipt), RECEIPT_TYPE, key)


def encode_batch(batch: Batch) -> bytes:
    """Return a batch as one line of JSON."""
    return _ENCODER.encode(batch)


def stamp_of(data: bytes) -> str:
    """Return which membership document a batch says its owner goes by; empty if it says nothing that can be read."""
    try:
        return _STAMPS.decode(data).membership
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def read_batch(data: bytes) -> Batch:
    """Read a batch as it came from the wire, believing nothing of it yet.

    Raises:
        InvalidDocument: it is not a batch, or has more entries or bytes than a batch may have.
    """
    # Base64 inside base64 inside JSON: the bytes on the wire may be about twice those of the envelopes.
    if len(data) > 4 * BATCH_BYTES_MAX:
        raise InvalidDocument(
            f"the batch has {len(data):,} bytes, more than {4 * BATCH_BYTES_MAX:,}",
            where="batch",
            advice="The peer must send smaller batches",
        )
    try:
        batch = _BATCHES.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidDocument(
            f"the bytes are not a batch: {error}", where="batch", advice="Ask the peer to update its node"
        ) from error
    if len(batch.entries) > BATCH_ENTRIES_MAX:
        raise InvalidDocument(
            f"the batch has {len(batch.entries):,} entries, more than {BATCH_ENTRIES_MAX:,}",
            where="batch",
            advice="The peer must send smaller batches",
        )
    return batch


def read_head(payload: bytes) -> Head:
    """Read a head's verified payload; raises InvalidDocument."""
    head = _strictly(payload, Head, "head")
    try:
        read_instant(head.time)
    except (ValueError, OverflowError) as error:
        raise InvalidDocument(
            f"the head's time is no instant: {head.time[:40]!r}", where="head", advice="Ask the peer to update its node"
        ) from error
    return head


def read_receipt(payload: bytes) -> Receipt:
    """Read a receipt's verified payload; raises InvalidDocument."""
    return _strictly(payload, Receipt, "receipt")


def _strictly(payload: bytes, kind: type[T], where: str) -> T:
    try:
        return strict.read(payload, kind, where=where)
    except msgspec.ValidationError as error:
        raise InvalidDocument(
            f"the bytes are not a {where}: {error}", where=where, advice="Ask the peer to update its node"
        ) from error


_ENCODER = msgspec.json.Encoder()
_BATCHES = msgspec.json.Decoder(Batch)


class _Stamped(msgspec.Struct):
    membership: str = ""


_STAMPS = msgspec.json.Decoder(_Stamped)
