# SPDX-License-Identifier: Apache-2.0
"""Status: for one assertion of this authority, what became of it at each peer. Delivery is never silent."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from highfence.model.authority import Membership
from highfence.storage import feed, journal
from highfence.storage.database import Connection


class Delivery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One peer's part. `state` is one of:

    `withheld` (not entitled, `reason` says why), `queued` (in its feed, not pushed), `sent` (pushed, no receipt yet),
    `received` (covered by its signed receipt), `refused` (it did not believe it, `reason` says why), `recall_queued`
    (a correction or withdrawal waits in its feed), `recalled` (its receipt covers that), `recall_refused` (it did not
    believe the correction or withdrawal, `reason` says why).
    """

    peer: str
    state: str
    entitled: bool
    reason: str = ""
    text: str = ""
    seq: int = 0
    agreement: str = ""
    recalled_by: str = ""


class AssertionStatus(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An assertion and its deliveries, one for each other authority; `superseded_by` names what replaced it here."""

    id: str
    originator: str
    kind: str
    subject: str
    received: str
    superseded_by: str = ""
    deliveries: tuple[Delivery, ...] = ()


def assertion_status(
    connection: Connection, assertion: str, *, me: str, membership: Membership, pushed: Mapping[str, int]
) -> AssertionStatus | None:
    """Return the status of an assertion that this node holds, or None if it holds none of that id.

    `pushed` tells up to which entry each peer's feed has been pushed over its present connection. Of another
    authority's assertion there are no deliveries: this node releases its own only.
    """
    row = journal.fetch(connection, (assertion,)).get(assertion)
    if row is None:
        return None
    deliveries: tuple[Delivery, ...] = ()
    if row.originator == me:
        peers = [code for code in membership.codes() if code != me]
        desk = _Desk(connection, assertion, pushed)
        deliveries = tuple(desk.delivery(peer) for peer in peers)
    return AssertionStatus(
        id=row.id,
        originator=row.originator,
        kind=row.kind,
        subject=row.subject,
        received=row.received,
        superseded_by=row.superseded_by,
        deliveries=deliveries,
    )


class _Desk:
    def __init__(self, connection: Connection, assertion: str, pushed: Mapping[str, int]) -> None:
        self._connection = connection
        self._pushed = pushed
        self._receipts = feed.receipts(connection)
        self._withheld = feed.withheld_of(connection, assertion)
        self._refused = feed.refusals_of(connection, assertion)
        recalls = [
            row.id for row in journal.answers_to(connection, assertion) if row.kind in ("correction", "withdrawal")
        ]
        sent = feed.sent_to(connection, (assertion, *recalls))
        self._entries = sent.get(assertion, {})
        self._recalls = [(name, sent.get(name, {})) for name in recalls]

    def delivery(self, peer: str) -> Delivery:
        entry = self._entries.get(peer)
        if entry is None:
            return self._not_sent(peer)
        recall = next((name for name, entries in self._recalls if peer in entries), "")
        # What a peer refused it never held, so nothing there is left to recall.
        if recall and peer not in self._refused:
            state, reason, text = self._recalled(peer, recall)
        else:
            recall = ""
            state, reason, text = self._progress(peer, entry.seq)
        return Delivery(
            peer=peer,
            state=state,
            entitled=True,
            reason=reason,
            text=text,
            seq=entry.seq,
            agreement=entry.agreement,
            recalled_by=recall,
        )

    def _recalled(self, peer: str, recall: str) -> tuple[str, str, str]:
        if refusal := feed.refusals_of(self._connection, recall).get(peer):
            return "recall_refused", refusal.reason, refusal.text
        if dict(self._recalls)[recall][peer].seq <= self._receipted(peer):
            return "recalled", "", "acknowledged"
        return "recall_queued", "", "the peer has not acknowledged the recall yet"

    def _progress(self, peer: str, seq: int) -> tuple[str, str, str]:
        if refusal := self._refused.get(peer):
            return "refused", refusal.reason, refusal.text
        if seq <= self._receipted(peer):
            return "received", "", ""
        if seq <= self._pushed.get(peer, 0):
            return "sent", "no_receipt", "pushed; the peer's receipt is not here yet"
        return "queued", "not_connected", "in the peer's feed; the peer has not fetched it yet"

    def _not_sent(self, peer: str) -> Delivery:
        kept = self._withheld.get(peer)
        if kept is None:
            # The peer joined after this was published: it was never weighed for it.
            return Delivery(
                peer=peer,
                state="withheld",
                entitled=False,
                reason="not_weighed",
                text="the peer joined after this was published",
            )
        return Delivery(peer=peer, state="withheld", entitled=False, reason=kept.reason, text=kept.text)

    def _receipted(self, peer: str) -> int:
        receipt = self._receipts.get(peer)
        return receipt.size if receipt else 0
