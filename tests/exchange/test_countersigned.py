# SPDX-License-Identifier: Apache-2.0
"""Receipts: a reader's signature over the owner's own head, and what it says it refused."""

from __future__ import annotations

import msgspec
import pytest

from highfence.app import Node
from highfence.errors import HighfenceError, InvalidDocument, Refused
from highfence.exchange.countersigned import believe_receipt
from highfence.exchange.feed import Head, Receipt, Turned, sign_head, sign_receipt
from highfence.exchange.keys import SigningKey
from highfence.exchange.tree import Tree
from highfence.storage import feed
from nodes import carry, concern, everything, officer, reopened, sharing, states


def key(node: Node) -> SigningKey:
    """Return a node's signing key."""
    return SigningKey.read(node.home.signing_key)


def head(signer: Node, **changes: object) -> str:
    """Sign a head of one entry of the feed to the Netherlands."""
    fields = Head(owner="us", reader="nl", epoch=1, size=1, root="00" * 32, time="2026-11-24T12:00:00Z")
    return sign_head(msgspec.structs.replace(fields, **changes), key(signer)).decode()


def receipt(nodes: dict[str, Node], *, signer: str = "nl", **changes: object) -> bytes:
    """Sign a receipt of the Netherlands for the first entry of its feed."""
    fields = Receipt(reader="nl", owner="us", size=1, head=head(nodes["us"]), time="2026-11-24T12:00:01Z")
    return sign_receipt(msgspec.structs.replace(fields, **changes), key(nodes[signer]))


def believe(nodes: dict[str, Node], envelope: bytes, *, sender: str = "nl") -> Receipt:
    """Return the receipt as the United States believes it."""
    members = nodes["us"].membership
    authority = members.authority(sender)
    assert authority is not None
    return believe_receipt(envelope, me="us", sender=authority, membership=members)


def reason(nodes: dict[str, Node], envelope: bytes, *, sender: str = "nl") -> str:
    """Return why a receipt is not believed."""
    with pytest.raises(Refused) as refusal:
        believe(nodes, envelope, sender=sender)
    assert refusal.value.where in (sender, "us")
    return refusal.value.reason


def turned(seq: int, assertion: str, **changes: str) -> Turned:
    """Return what a reader says it refused."""
    return Turned(seq=seq, assertion=assertion, reason=changes.get("reason", "wrong_id"), text=changes.get("text", ""))


def test_a_receipt_under_both_signatures_is_believed(nodes):
    assert believe(nodes, receipt(nodes)).size == 1


def test_refuses_a_receipt_somebody_else_signed(nodes):
    assert reason(nodes, receipt(nodes, signer="cy")) == "unknown_key"


def test_refuses_a_receipt_that_another_passes_on_as_its_own(nodes):
    assert reason(nodes, receipt(nodes), sender="cy") == "unknown_key"
    assert reason(nodes, receipt(nodes, signer="cy"), sender="cy") == "wrong_feed"


def test_refuses_a_receipt_for_another_owners_feed(nodes):
    assert reason(nodes, receipt(nodes, owner="cy")) == "wrong_feed"


def test_refuses_a_receipt_over_a_head_the_owner_did_not_sign(nodes):
    assert reason(nodes, receipt(nodes, head=head(nodes["nl"]))) == "unknown_key"


@pytest.mark.parametrize("changes", [{"size": 2}, {"reader": "cy"}, {"owner": "cy"}])
def test_refuses_a_receipt_over_the_head_of_something_else(nodes, changes):
    assert reason(nodes, receipt(nodes, head=head(nodes["us"], **changes))) == "wrong_head"


def test_refuses_a_receipt_for_more_than_the_head_in_it(nodes):
    assert reason(nodes, receipt(nodes, size=9)) == "wrong_head"


def test_refuses_a_head_in_the_place_of_a_receipt(nodes):
    assert reason(nodes, head(nodes["nl"]).encode()) == "wrong_type"


@pytest.mark.parametrize("inner", ["", "{}", "é", "[" * 50])
def test_refuses_a_receipt_without_a_head(nodes, inner):
    with pytest.raises(InvalidDocument):
        believe(nodes, receipt(nodes, head=inner))


@pytest.mark.parametrize("envelope", [b"", b"{}", b"[" * 100_000])
def test_refuses_what_is_no_receipt(nodes, envelope):
    with pytest.raises(HighfenceError):
        believe(nodes, envelope)


def publish(nodes: dict[str, Node], count: int = 1) -> tuple[str, ...]:
    """Publish claims for the Netherlands, and one for Cyprus alone."""
    claims = [concern(f"Firm {place}", sharing("nl")) for place in range(count)]
    return nodes["us"].publish([*claims, concern("For CY", sharing("cy"))]).result().ids


def keep(nodes: dict[str, Node], envelope: bytes) -> None:
    """Let the United States take a receipt of the Netherlands."""
    sender = nodes["us"].membership.authority("nl")
    assert sender is not None
    nodes["us"].take_receipt(envelope, sender).result()


def test_a_receipt_is_kept_and_shown_as_received(nodes):
    (name, _) = publish(nodes)
    assert states(nodes["us"], name)["nl"] == "queued"
    carry(nodes["us"], nodes["nl"])
    assert states(nodes["us"], name)["nl"] == "received"
    nodes["us"] = reopened(nodes["us"])
    assert states(nodes["us"], name)["nl"] == "received"


def test_an_older_receipt_does_not_take_back_a_newer_one(nodes):
    publish(nodes)
    carry(nodes["us"], nodes["nl"])
    with nodes["us"].database.read() as connection:
        old = feed.receipts(connection)["nl"].envelope
    publish(nodes)
    carry(nodes["us"], nodes["nl"])
    before = everything(nodes["us"])
    keep(nodes, old)
    assert everything(nodes["us"]) == before


def test_a_receipt_for_more_than_was_written_is_not_kept(nodes):
    # Its head was signed before this node was restored from a backup.
    publish(nodes)
    before = everything(nodes["us"])
    keep(nodes, receipt(nodes, size=5, head=head(nodes["us"], size=5, root=Tree().root().hex())))
    assert everything(nodes["us"]) == before


def test_what_a_reader_refused_is_shown_with_its_reason(nodes):
    (name, *_) = publish(nodes)
    keep(nodes, receipt(nodes, refused=(turned(1, name, reason="not_releasable", text="not for us"),)))
    (delivery,) = [one for one in nodes["us"].status(name, officer(nodes["us"])).deliveries if one.peer == "nl"]
    assert (delivery.state, delivery.reason, delivery.text) == ("refused", "not_releasable", "not for us")


def test_what_was_first_told_of_a_refusal_stays(nodes):
    (name, *_) = publish(nodes)
    keep(nodes, receipt(nodes, refused=(turned(1, name, reason="wrong_id"),)))
    keep(nodes, receipt(nodes, refused=(turned(1, name, reason="another"),)))
    assert nodes["us"].status(name, officer(nodes["us"])).deliveries[1].reason == "wrong_id"


def test_a_reader_cannot_refuse_what_it_was_not_sent(nodes):
    first, second, for_cy = publish(nodes, count=2)
    claims = (
        turned(1, second),
        turned(2, first),
        turned(1, for_cy),
        turned(3, first),
        turned(0, first),
        turned(1, "f" * 64),
    )
    keep(nodes, receipt(nodes, refused=claims))
    with nodes["us"].database.read() as connection:
        assert feed.refusal_counts(connection) == {}
    assert states(nodes["us"], first)["nl"] == "received"
    assert states(nodes["us"], for_cy)["cy"] == "queued"


def test_a_reader_that_writes_novels_is_cut(nodes):
    (name, *_) = publish(nodes)
    keep(nodes, receipt(nodes, refused=(turned(1, name, reason="r" * 999, text="t" * 9999),)))
    (delivery,) = [one for one in nodes["us"].status(name, officer(nodes["us"])).deliveries if one.peer == "nl"]
    assert (len(delivery.reason), len(delivery.text)) == (40, 500)
