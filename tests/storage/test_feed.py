# SPDX-License-Identifier: Apache-2.0
"""Feeds in both directions, with their heads, receipts and refusals, as rows."""

from __future__ import annotations

import msgspec
import pytest

from highfence.errors import StorageFailed
from highfence.storage import feed, journal
from highfence.storage.feed import HeadRow, InRow, OutRow, ReceiptRow, RefusalRow, StateRow, WithheldRow

from .test_journal import ident, row


def out(seq: int, name: str = "a", *, reader: str = "nl") -> OutRow:
    """Return an entry of a feed that this node writes."""
    return OutRow(
        reader=reader, seq=seq, previous="", assertion=ident(name), agreement="agr-1", recall=False, leaf=b"%d" % seq
    )


def taken(seq: int, name: str = "a", *, owner: str = "us", reason: str = "") -> InRow:
    """Return an entry of a feed that this node reads."""
    return InRow(owner=owner, seq=seq, assertion=ident(name), leaf=b"%d" % seq, reason=reason, text=reason)


def refused(seq: int, **changes: str) -> RefusalRow:
    """Return what a reader says it refused."""
    fields = {"reader": "nl", "assertion": "a", "reason": "wrong_id", "text": "x", **changes}
    return RefusalRow(seq=seq, **fields)


def test_a_feed_nobody_wrote_to_is_at_its_beginning(database):
    with database.read() as connection:
        assert feed.state(connection, "us", "nl") == StateRow(owner="us", reader="nl")
        assert feed.state(connection, "us", "nl").last == "0" * 64
        assert feed.states_out(connection, "us") == {}


def test_states_are_written_over_or_added(database):
    first = [StateRow(owner="us", reader=reader, size=1, frontier=b"f", last="a") for reader in ("nl", "cy")]
    database.write(lambda connection: feed.save_states(connection, first))
    second = [msgspec.structs.replace(first[0], size=2), StateRow(owner="us", reader="jp", size=7)]
    database.write(lambda connection: feed.save_states(connection, second))
    database.write(lambda connection: feed.save_states(connection, [StateRow(owner="nl", reader="us", size=3)]))
    database.write(lambda connection: feed.save_states(connection, []))
    with database.read() as connection:
        assert feed.states_out(connection, "us") == {"nl": second[0], "cy": first[1], "jp": second[1]}
        assert feed.state(connection, "nl", "us").size == 3


def test_entries_come_with_their_envelopes_in_order_and_as_many_as_asked(database):
    def change(connection):
        journal.append(connection, [row("a"), row("b"), row("c")])
        feed.append_out(connection, [out(1, "a"), out(2, "b"), out(3, "c"), out(1, "b", reader="cy")])
        feed.append_out(connection, [])

    database.write(change)
    with database.read() as connection:
        assert feed.entries_after(connection, "nl", 0, limit=2) == [(out(1, "a"), b"a"), (out(2, "b"), b"b")]
        assert feed.entries_after(connection, "nl", 2, limit=2) == [(out(3, "c"), b"c")]
        assert feed.entries_after(connection, "cy", 1, limit=2) == []
        assert list(feed.leaves_out(connection, "nl", until=2)) == [b"1", b"2"]


def test_the_same_place_in_a_feed_is_not_written_twice(database):
    database.write(lambda connection: feed.append_out(connection, [out(1)]))
    with pytest.raises(StorageFailed):
        database.write(lambda connection: feed.append_out(connection, [out(1, "b")]))
    database.write(lambda connection: feed.append_in(connection, [taken(1)]))
    with pytest.raises(StorageFailed):
        database.write(lambda connection: feed.append_in(connection, [taken(1, "b")]))


def test_finds_who_was_sent_an_assertion(database):
    rows = [out(1, "a"), out(2, "b"), out(1, "b", reader="cy")]
    database.write(lambda connection: feed.append_out(connection, rows))
    with database.read() as connection:
        sent = feed.sent_to(connection, [ident("b"), ident("nothing")])
    assert sent == {ident("b"): {"nl": rows[1], "cy": rows[2]}}


def test_finds_what_was_not_believed_between_two_places(database):
    rows = [taken(1), taken(2, "b", reason="wrong_id"), taken(3, "c", reason="duplicate"), taken(4, "d")]
    database.write(lambda connection: feed.append_in(connection, [*rows, taken(2, owner="cy", reason="x")]))
    with database.read() as connection:
        assert feed.refused_in(connection, "us", after=0, until=9) == rows[1:3]
        assert feed.refused_in(connection, "us", after=2, until=3) == rows[2:3]
        assert feed.refused_in(connection, "us", after=0, until=1) == []
        assert list(feed.leaves_in(connection, "us", until=3)) == [b"1", b"2", b"3"]


def test_finds_what_was_believed_and_is_not_held_and_the_other_way_round(database):
    def change(connection):
        journal.append(connection, [row("a"), row("b"), row("c", originator="cy")])
        feed.append_in(connection, [taken(1, "a"), taken(2, "missing"), taken(3, "refused", reason="wrong_id")])

    database.write(change)
    with database.read() as connection:
        assert feed.taken_missing(connection, "us") == [ident("missing")]
        assert feed.held_without_entry(connection, "us") == [ident("b")]
        assert feed.held_without_entry(connection, "cy") == [ident("c")]


def test_the_newest_head_and_receipt_take_the_place_of_the_older(database):
    for size in (1, 2):
        head = HeadRow(owner="us", reader="nl", size=size, root=b"r", envelope=b"e%d" % size)
        receipt = ReceiptRow(reader="nl", size=size, received="t", envelope=b"e%d" % size)
        database.write(lambda connection, head=head: feed.save_head(connection, head))
        database.write(lambda connection, receipt=receipt: feed.save_receipt(connection, receipt))
    with database.read() as connection:
        assert [one.size for one in feed.heads(connection)] == [2]
        assert {reader: one.envelope for reader, one in feed.receipts(connection).items()} == {"nl": b"e2"}


def test_what_was_first_told_of_a_refusal_stays(database):
    for rows in ([refused(1), refused(2, assertion="b")], [], [refused(1, reason="other"), refused(3)]):
        database.write(lambda connection, rows=rows: feed.save_refusals(connection, rows))
    with database.read() as connection:
        assert feed.refusals_of(connection, "b") == {"nl": refused(2, assertion="b")}
        assert feed.refusal_counts(connection) == {"nl": 3}
        assert feed.refusals_of(connection, "a")["nl"].reason == "wrong_id"


def test_finds_from_whom_an_assertion_is_withheld(database):
    rows = [WithheldRow(assertion="a", reader=reader, reason="not_releasable", text="x") for reader in ("nl", "cy")]
    database.write(lambda connection: feed.save_withheld(connection, rows))
    database.write(lambda connection: feed.save_withheld(connection, []))
    with database.read() as connection:
        assert feed.withheld_of(connection, "a") == {"nl": rows[0], "cy": rows[1]}
        assert feed.withheld_of(connection, "b") == {}
