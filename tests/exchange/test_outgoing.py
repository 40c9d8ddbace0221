# SPDX-License-Identifier: Apache-2.0
"""Walking a feed: from any cursor the same entries, in batches a reader can hold, each under a head that fits."""

from __future__ import annotations

import pytest

from highfence.app import Node
from highfence.errors import Refused
from highfence.exchange.envelope import HEAD_TYPE, open_envelope, signed_by
from highfence.exchange.feed import BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, Batch, Head, read_batch, read_head
from highfence.exchange.receive import Accepted, Taken
from nodes import carry, concern, reopened, sharing

from .hostile import Reader


def fill(node: Node, count: int, *, size: int = 0) -> tuple[str, ...]:
    """Publish so many claims for the Netherlands."""
    claims = [concern(f"Firm {place}", sharing("nl"), text="x" * (size or 9)) for place in range(count)]
    return node.publish(claims).result().ids


def walk(node: Node, after: int = 0) -> list[Batch]:
    """Return all batches behind a cursor."""
    outgoing = node.outgoing("nl")
    outgoing.start(after)
    batches = []
    while (data := outgoing.next_batch()) is not None:
        batches.append(read_batch(data))
    return batches


def head_of(node: Node, batch: Batch) -> Head:
    """Return the head of a batch once its signature holds."""
    return read_head(signed_by(open_envelope(batch.head.encode()), node.authority, payload_type=HEAD_TYPE))


def test_gives_out_everything_in_order_under_heads_that_fit(nodes):
    ids = fill(nodes["us"], 2 * BATCH_ENTRIES_MAX + 3)
    batches = walk(nodes["us"])
    assert [len(batch.entries) for batch in batches] == [BATCH_ENTRIES_MAX, BATCH_ENTRIES_MAX, 3]
    assert [head_of(nodes["us"], batch).size for batch in batches] == [250, 500, 503]
    assert tuple(entry.assertion for batch in batches for entry in batch.entries) == ids


@pytest.mark.parametrize("after", [0, 1, 4, 6, 7])
def test_from_any_cursor_the_rest_and_the_same_head(nodes, after):
    ids = fill(nodes["us"], 7)
    batches = walk(nodes["us"], after)
    assert tuple(entry.assertion for batch in batches for entry in batch.entries) == ids[after:]
    roots = {head_of(nodes["us"], batch).root for batch in [*batches[-1:], *walk(nodes["us"])[-1:]]}
    assert len(roots) == 1


def test_a_reader_takes_the_walk(nodes):
    fill(nodes["us"], 5)
    reader = Reader(members=nodes["us"].membership)
    outgoing = nodes["us"].outgoing("nl")
    outgoing.start(0)
    verdict = reader.take(outgoing.next_batch() or b"")
    assert isinstance(verdict, Accepted)
    assert all(isinstance(entry, Taken) for entry in verdict.entries)


def test_large_envelopes_make_small_batches(nodes):
    fill(nodes["us"], 7, size=400_000)
    lengths = [len(batch.entries) for batch in walk(nodes["us"])]
    assert sum(lengths) == 7
    assert max(lengths) * 400_000 * 4 // 3 <= BATCH_BYTES_MAX * 4 // 3


def test_an_envelope_larger_than_a_batch_goes_alone_and_is_taken(nodes):
    fill(nodes["us"], 2, size=1_000_000)
    batches = walk(nodes["us"])
    assert [len(batch.entries) for batch in batches] == [1, 1]
    assert [type(verdict).__name__ for verdict in carry(nodes["us"], nodes["nl"])] == ["Accepted"] * 3


def test_a_reader_that_is_ahead_is_told_that_something_is_wrong(nodes):
    fill(nodes["us"], 2)
    with pytest.raises(Refused) as refusal:
        nodes["us"].outgoing("nl").start(3)
    assert refusal.value.reason == "ahead_of_feed"
    assert "backup" in refusal.value.advice


def test_a_heartbeat_carries_the_head_at_the_cursor_and_no_entries(nodes):
    fill(nodes["us"], 3)
    outgoing = nodes["us"].outgoing("nl")
    outgoing.start(2)
    batch = read_batch(outgoing.heartbeat())
    assert (batch.entries, head_of(nodes["us"], batch).size, outgoing.seq) == ((), 2, 2)


def test_an_empty_feed_has_a_head_and_no_batch(nodes):
    outgoing = nodes["us"].outgoing("nl")
    outgoing.start(0)
    assert outgoing.next_batch() is None
    assert head_of(nodes["us"], read_batch(outgoing.heartbeat())).size == 0


def test_what_is_published_meanwhile_comes_with_the_next_batch(nodes):
    outgoing = nodes["us"].outgoing("nl")
    outgoing.start(0)
    first = fill(nodes["us"], 1)
    assert [entry.assertion for entry in read_batch(outgoing.next_batch() or b"").entries] == list(first)
    second = fill(nodes["us"], 2)
    assert [entry.assertion for entry in read_batch(outgoing.next_batch() or b"").entries] == list(second)
    assert outgoing.next_batch() is None


def test_each_reader_gets_its_own_feed_and_nothing_of_anothers(nodes):
    ids = nodes["us"].publish([concern("For NL", sharing("nl")), concern("For CY", sharing("cy"))]).result().ids
    for place, reader in enumerate(("nl", "cy")):
        outgoing = nodes["us"].outgoing(reader)
        outgoing.start(0)
        (entry,) = read_batch(outgoing.next_batch() or b"").entries
        assert (entry.seq, entry.assertion) == (1, ids[place])


def test_a_restart_changes_nothing_of_a_feed(nodes):
    fill(nodes["us"], 4)
    before = [batch.entries for batch in walk(nodes["us"])]
    nodes["us"] = reopened(nodes["us"])
    assert [batch.entries for batch in walk(nodes["us"])] == before
