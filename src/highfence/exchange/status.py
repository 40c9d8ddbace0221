# SPDX-License-Identifier: Apache-2.0
"""Status: for one assertion of this authority, what became of it at each peer. Delivery is never silent."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from highfence.exchange.release import ReleaseDesk
from highfence.model.authority import Authority
from highfence.register.holding import claim_of
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
    """An assertion and its deliveries, one for each other authority; `superseded_by` names what replaced it here.

    `originator_left` is the day on which who said it left the exchange; empty while it is a member.
    """

    id: str
    originator: str
    kind: str
    subject: str
    received: str
    superseded_by: str = ""
    originator_left: str = ""
    deliveries: tuple[Delivery, ...] = ()


def assertion_status(
    connection: Connection, assertion: str, *, desk: ReleaseDesk, pushed: Mapping[str, int]
) -> AssertionStatus | None:
    """Return the status of an assertion that this node holds, or None if it holds none of that id.

    `desk` decides today's releases, `pushed` tells up to which entry each peer's feed has been pushed over its present
    connection. Of another authority's assertion there are no deliveries: this node releases its own only. Who has left
    stays among the deliveries of what it was sent.
    """
    row = journal.fetch(connection, (assertion,)).get(assertion)
    if row is None:
        return None
    deliveries: tuple[Delivery, ...] = ()
    membership = desk.membership
    if row.originator == desk.me:
        at = _Desk(connection, row, desk=desk, pushed=pushed)
        peers = [code for code in membership.codes() if code != desk.me]
        gone = [one for one in membership.former if one.code in at.sent]
        deliveries = tuple(at.delivery(peer) for peer in peers)
        deliveries += tuple(at.delivery_to_former(one) for one in gone)
    author = membership.known(row.originator)
    return AssertionStatus(
        id=row.id,
        originator=row.originator,
        kind=row.kind,
        subject=row.subject,
        received=row.received,
        superseded_by=row.superseded_by,
        originator_left=f"{author.left}" if author is not None and author.left else "",
        deliveries=deliveries,
    )


class _Desk:
    def __init__(
        self, connection: Connection, row: journal.Stored, *, desk: ReleaseDesk, pushed: Mapping[str, int]
    ) -> None:
        assertion = row.id
        self._row = row
        self._desk = desk
        self._connection = connection
        self._pushed = pushed
        self._receipts = feed.receipts(connection)
        self._withheld = feed.withheld_of(connection, assertion)
        recalls = [
            row.id for row in journal.answers_to(connection, assertion) if row.kind in ("correction", "withdrawal")
        ]
        sent = feed.sent_to(connection, (assertion, *recalls))
        self.sent = sent.get(assertion, {})
        refused = feed.refusals_of(connection, assertion)
        # One that was refused by an older document may have been sent once more.
        self._refused = {
            peer: one for peer, one in refused.items() if peer in self.sent and one.seq == self.sent[peer].seq
        }
        self._recalls = [(name, sent.get(name, {})) for name in recalls]

    def delivery(self, peer: str) -> Delivery:
        entry = self.sent.get(peer)
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

    def delivery_to_former(self, peer: Authority) -> Delivery:
        """Return the part of one that has left: what it was sent stays visible as sent."""
        found = self.delivery(peer.code)
        if found.state in ("queued", "sent", "recall_queued"):
            text = f"it left on {peer.left}, and its receipt never came"
            return msgspec.structs.replace(found, entitled=False, reason="left", text=text)
        return msgspec.structs.replace(found, entitled=False, text=found.text or f"it left on {peer.left}")

    def _not_sent(self, peer: str) -> Delivery:
        kept = self._withheld.get(peer)
        if self._row.superseded_by or self._row.kind == "withdrawal":
            # It is not weighed any more: what was decided then is what there is to tell.
            reason, text = (kept.reason, kept.text) if kept else ("not_weighed", "the peer joined after this was over")
            return Delivery(peer=peer, state="withheld", entitled=False, reason=reason, text=text)
        decision = self._desk.weigh(claim_of(self._row).marking, peer)
        if decision.allowed:
            text = "entitled now; it is released when what was withheld is weighed next, within a minute"
            return Delivery(peer=peer, state="withheld", entitled=True, reason="not_weighed", text=text)
        return Delivery(peer=peer, state="withheld", entitled=False, reason=decision.code, text=decision.text)

    def _receipted(self, peer: str) -> int:
        receipt = self._receipts.get(peer)
        return receipt.size if receipt else 0
