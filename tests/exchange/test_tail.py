# SPDX-License-Identifier: Apache-2.0
"""The tail of a feed in memory: it answers rightly or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.exchange.feed import BATCH_ENTRIES_MAX, read_batch
from highfence.exchange.tail import Tail
from highfence.storage.feed import OutRow
from nodes import concern, reopened, sharing


def entries(first: int, count: int) -> list[tuple[OutRow, bytes]]:
    """Return entries of a feed."""
    return [
        (
            OutRow(reader="nl", seq=seq, previous="", assertion="", agreement="", recall=False, leaf=b"%d" % seq),
            b"envelope %d" % seq,
        )
        for seq in range(first, first + count)
    ]


@given(start=st.integers(0, 300), lengths=st.lists(st.integers(1, 300), max_size=6), seq=st.integers(0, 1500))
def test_gives_exactly_what_follows_or_says_that_it_cannot_tell(start, lengths, seq):
    tail, size = Tail(), start
    for length in lengths:
        tail.extend(entries(size + 1, length), size=size + length)
        size += length
    found = tail.after(seq)
    if found is not None:
        assert found == entries(seq + 1, size - seq)
    if lengths and size - min(lengths[-1], 256) <= seq <= size and lengths[-1] <= 256:
        assert found is not None


def test_knows_nothing_before_something_was_committed():
    assert Tail().after(0) is None


@pytest.mark.parametrize("seq", [0, 1, 2])
def test_of_a_long_list_it_keeps_nothing_but_the_size(seq):
    tail = Tail()
    tail.extend(entries(1, 2), size=2)
    tail.extend(entries(3, 257), size=259)
    assert tail.after(seq) is None
    assert tail.after(259) == []


def test_after_a_gap_it_forgets_what_was_before():
    tail = Tail()
    tail.extend(entries(1, 2), size=2)
    tail.extend(entries(5, 1), size=5)
    assert tail.after(1) is None
    assert tail.after(3) is None
    assert tail.after(4) == entries(5, 1)


@pytest.mark.parametrize("after", [0, 1, 3, 5])
def test_what_is_pushed_from_memory_is_what_stands_in_the_journal(nodes, after):
    us = nodes["us"]
    for place in range(3):
        us.publish([concern(f"Firm {place}", sharing("nl")), concern(f"Other {place}", sharing("nl"))]).result()

    def walk() -> list[object]:
        outgoing = us.outgoing("nl")
        outgoing.start(after)
        return list(read_batch(outgoing.next_batch() or b"").entries)

    from_memory = walk()
    us = nodes["us"] = reopened(us)
    assert walk() == from_memory
    assert len(from_memory) == 6 - after


def test_a_batch_from_memory_is_no_larger_than_a_batch_may_be(nodes):
    us = nodes["us"]
    us.publish([concern(f"Firm {place}", sharing("nl")) for place in range(255)]).result()
    outgoing = us.outgoing("nl")
    outgoing.start(0)
    lengths = [len(read_batch(outgoing.next_batch() or b"").entries) for _ in range(2)]
    assert lengths == [BATCH_ENTRIES_MAX, 5]


@given(
    start=st.integers(0, 20),
    steps=st.lists(st.tuples(st.booleans(), st.integers(1, 4), st.booleans()), max_size=12),
    seq=st.integers(0, 80),
)
def test_says_nothing_wrong_whoever_writes_and_in_whichever_order_it_is_told(start, steps, seq):
    """Each step: whether this process wrote, how much, and whether it is told only after what comes next."""
    tail, size, late = Tail(), start, []
    for own, length, delayed in steps:
        told = (entries(size + 1, length), size + length)
        size += length
        if own and delayed:
            late.append(told)
        elif own:
            tail.extend(told[0], size=told[1])
        else:
            tail.follow(size)
    for rows, reached in late:
        tail.extend(rows, size=reached)
    tail.follow(size)
    found = tail.after(seq)
    if found is not None:
        assert found == entries(seq + 1, size - seq)
    if steps:
        assert tail.after(size) == []
