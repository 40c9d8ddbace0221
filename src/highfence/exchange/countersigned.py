# SPDX-License-Identifier: Apache-2.0
"""Countersigned: take the receipts that readers return for this authority's feeds."""

from __future__ import annotations

from highfence.clock import Clock, instant_text
from highfence.errors import Refused
from highfence.exchange.envelope import HEAD_TYPE, RECEIPT_TYPE, open_envelope, signed_by
from highfence.exchange.feed import Receipt, read_head, read_receipt
from highfence.model.authority import Authority, Membership
from highfence.storage import feed
from highfence.storage.database import Connection

#: Machine codes are short and their text is a sentence; a reader that writes novels is cut.
REASON_MAX = 40
TEXT_MAX = 500


def believe_receipt(envelope: bytes, *, me: str, sender: Authority, membership: Membership) -> Receipt:
    """Return the receipt once both signatures hold: the reader's over it, and this authority's over the head in it.

    Raises:
        InvalidDocument: not a receipt.
        Refused: `wrong_feed`, `wrong_head`, or a code of `envelope.verified`.
    """
    receipt = read_receipt(signed_by(open_envelope(envelope), sender, payload_type=RECEIPT_TYPE))
    owner = membership.authority(me)
    if owner is None or (receipt.owner, receipt.reader) != (me, sender.code):
        raise Refused(
            "wrong_feed",
            f"the receipt is for the feed {receipt.owner[:32]}>{receipt.reader[:32]}",
            where=sender.code,
            advice="Ask the reader to check its node",
        )
    # The head is this node's own, signed with the key it had then.
    own = signed_by(open_envelope(receipt.head.encode()), owner, payload_type=HEAD_TYPE, revoked_too=True)
    head = read_head(own)
    if (head.owner, head.reader, head.size) != (receipt.owner, receipt.reader, receipt.size):
        raise Refused(
            "wrong_head",
            "the head inside the receipt is not of the size the receipt is for",
            where=sender.code,
            advice="Ask the reader to check its node",
        )
    return receipt


def keep_receipt(connection: Connection, receipt: Receipt, *, envelope: bytes, clock: Clock) -> None:
    """Keep a believed receipt and the refusals it tells; an older one than is held changes nothing."""
    state = feed.state(connection, receipt.owner, receipt.reader)
    held = feed.receipts(connection).get(receipt.reader)
    sent = feed.sent_to(connection, (turned.assertion for turned in receipt.refused))
    # What a reader says it refused counts only for the very entry it was sent.
    refusals = [
        feed.RefusalRow(
            reader=receipt.reader,
            seq=turned.seq,
            assertion=turned.assertion,
            reason=turned.reason[:REASON_MAX],
            text=turned.text[:TEXT_MAX],
        )
        for turned in receipt.refused
        if (entry := sent.get(turned.assertion, {}).get(receipt.reader)) is not None and entry.seq == turned.seq
    ]
    feed.save_refusals(connection, refusals)
    if receipt.size > state.size or (held is not None and held.size > receipt.size):
        return
    feed.save_receipt(
        connection,
        feed.ReceiptRow(
            reader=receipt.reader, size=receipt.size, received=instant_text(clock.now()), envelope=envelope
        ),
    )
