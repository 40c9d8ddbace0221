# SPDX-License-Identifier: Apache-2.0
"""Entries, heads, batches and receipts: what a leaf commits to, and what is read back."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import InvalidDocument
from highfence.exchange.envelope import HEAD_TYPE, RECEIPT_TYPE, open_envelope, signed_by
from highfence.exchange.feed import (
    BATCH_BYTES_MAX,
    BATCH_ENTRIES_MAX,
    FIRST,
    Batch,
    Entry,
    Receipt,
    Turned,
    encode_batch,
    entry_leaf,
    head_of,
    payload_text,
    read_batch,
    read_head,
    read_receipt,
    sign_head,
    sign_receipt,
)
from highfence.exchange.tree import Tree, leaf_hash

from .hostile import KEYS, authority

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ENVELOPE = b'{"payload":""}'
ENTRY = Entry(seq=7, previous="a" * 64, assertion="b" * 64, agreement="agr-1", payload=payload_text(ENVELOPE))
RECEIPT = Receipt(reader="nl", owner="us", size=1, head="{}", time="2026-11-24T12:00:00Z")


def leaf(entry: Entry = ENTRY, *, owner: str = "us", reader: str = "nl", epoch: int = 1, envelope: bytes = ENVELOPE):
    """Return the leaf of an entry."""
    return entry_leaf(owner, reader, epoch=epoch, entry=entry, envelope=envelope)


def test_a_leaf_is_hashed_from_these_very_bytes():
    text = f"highfence-entry-v1\nus>nl\n1\n7\n{'a' * 64}\n{'b' * 64}\nagr-1\n\n".encode()
    assert leaf() == leaf_hash(text + hashlib.sha256(ENVELOPE).digest())


@pytest.mark.parametrize(
    "changes",
    [
        {"seq": 8},
        {"previous": "c" * 64},
        {"assertion": "c" * 64},
        {"agreement": "agr-2"},
        {"agreement": ""},
        {"recall": True},
    ],
)
def test_a_leaf_commits_to_everything_an_entry_says(changes):
    assert leaf(msgspec.structs.replace(ENTRY, **changes)) != leaf()


def test_a_leaf_commits_to_the_feed_its_epoch_and_the_exact_envelope():
    others = [leaf(owner="cy"), leaf(reader="cy"), leaf(epoch=2), leaf(envelope=ENVELOPE + b" ")]
    assert len({leaf(), *others}) == 5


def test_a_leaf_does_not_depend_on_how_the_payload_is_carried():
    assert leaf(msgspec.structs.replace(ENTRY, payload="")) == leaf()


@given(
    st.lists(
        st.builds(
            Entry,
            seq=st.integers(1, 2**53),
            previous=st.text(),
            assertion=st.text(),
            agreement=st.text(),
            payload=st.text(),
            recall=st.booleans(),
        ),
        max_size=4,
    )
)
def test_a_batch_is_read_back_as_it_was_written(entries):
    batch = Batch(head="{}", entries=tuple(entries))
    encoded = encode_batch(batch)
    assert read_batch(encoded) == batch
    assert b"\n" not in encoded


def test_a_full_batch_is_read_and_one_entry_more_is_refused():
    full = Batch(head="{}", entries=(ENTRY,) * BATCH_ENTRIES_MAX)
    assert read_batch(encode_batch(full)) == full
    with pytest.raises(InvalidDocument, match="251 entries"):
        read_batch(encode_batch(Batch(head="{}", entries=(ENTRY,) * (BATCH_ENTRIES_MAX + 1))))


def test_a_batch_beyond_all_bounds_is_refused_by_its_length():
    with pytest.raises(InvalidDocument, match="bytes, more than"):
        read_batch(b" " * (4 * BATCH_BYTES_MAX + 1))


def test_a_head_says_size_root_and_instant():
    tree = Tree().extend([leaf()])
    head = head_of("us", "nl", epoch=1, tree=tree, at=NOON)
    assert (head.size, head.root, head.at) == (1, leaf().hex(), NOON)
    payload = signed_by(open_envelope(sign_head(head, KEYS["us"])), authority("us"), payload_type=HEAD_TYPE)
    assert read_head(payload) == head


@pytest.mark.parametrize("time", ["", "noon", "2026-11-24", "2026-11-24T12:00:00", "9" * 400])
def test_refuses_a_head_without_an_instant(time):
    head = msgspec.structs.replace(head_of("us", "nl", epoch=1, tree=Tree(), at=NOON), time=time)
    with pytest.raises(InvalidDocument, match="no instant"):
        read_head(msgspec.json.encode(head))


def test_a_receipt_is_read_back_as_it_was_signed():
    turned = Turned(seq=1, assertion="b" * 64, reason="not_releasable", text="nl is not named")
    receipt = msgspec.structs.replace(RECEIPT, refused=(turned,))
    payload = signed_by(open_envelope(sign_receipt(receipt, KEYS["nl"])), authority("nl"), payload_type=RECEIPT_TYPE)
    assert read_receipt(payload) == receipt


@pytest.mark.parametrize("payload", [b"{}", b"[]", b'{"reader":"nl","reader":"us"}', b'{"reader":1}'])
def test_refuses_what_is_no_head_and_no_receipt(payload):
    with pytest.raises(InvalidDocument):
        read_head(payload)
    with pytest.raises(InvalidDocument):
        read_receipt(payload)


def test_the_first_entry_names_no_other():
    assert FIRST == "0" * 64
    assert base64.b64decode(payload_text(ENVELOPE)) == ENVELOPE
