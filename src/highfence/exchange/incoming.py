# SPDX-License-Identifier: Apache-2.0
"""Incoming: keep what `receive` accepted, evidence of what it did not, and sign the receipts.

The peer's cursor moves in the same transaction as the journal, so an entry is taken exactly once whatever happens.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from datetime import date

import msgspec

from highfence.clock import Clock, day, instant_text
from highfence.errors import StorageFailed
from highfence.exchange.envelope import open_envelope
from highfence.exchange.feed import Receipt, Turned, read_head, sign_receipt
from highfence.exchange.keys import SigningKey
from highfence.exchange.receive import (
    Accepted,
    Decisions,
    FeedRefused,
    FeedState,
    Reference,
    Surroundings,
    Taken,
    receive,
)
from highfence.exchange.tree import Tree, unpack
from highfence.model.authority import Membership
from highfence.register.absorb import absorb
from highfence.register.fresh import News, news_of
from highfence.storage import feed, journal, peers
from highfence.storage.database import Connection, Database

#: A receipt names at most so many refusals; the rest follows in the next.
_REFUSALS_PER_RECEIPT = 500
#: Markings in use are few; the bound is for a peer that makes up many.
_DECISIONS_MAX = 10_000


class Incoming:
    """Takes the feed from one peer. One batch at a time: the state moves on only when a batch is durable."""

    def __init__(self, owner: str, reader: str, *, database: Database, key: SigningKey, clock: Clock) -> None:
        self.owner = owner
        self.reader = reader
        self._database = database
        self._key = key
        self._clock = clock
        self._head_envelope = b""
        self._told = 0
        #: What the batch taken last brought, for whoever is told that it is durable.
        self.news = News(0, (), (), {})
        self._lock = threading.Lock()
        self._state = self._read()
        self._decided: tuple[Membership | None, date | None, Decisions] = (None, None, {})

    def renew(self) -> None:
        """Begin again from what is durable, if another process of the node may have taken entries meanwhile."""
        if self._database.posts is not None:
            with self._lock:
                self._state = self._read()

    def _read(self) -> FeedState:
        heard = None
        envelope = b""
        with self._database.read() as connection:
            row = feed.state(connection, self.owner, self.reader)
            self.quarantined = peers.confined(connection).get(self.owner)
            for head in feed.heads(connection):
                if (head.owner, head.reader) == (self.owner, self.reader) and head.size == row.size:
                    envelope = head.envelope
                    heard = read_head(open_envelope(envelope).content()).at
        self._head_envelope = envelope
        return FeedState(
            owner=self.owner,
            reader=self.reader,
            epoch=row.epoch,
            tree=unpack(row.size, row.frontier),
            last=row.last,
            heard=heard,
        )

    @property
    def size(self) -> int:
        """How many entries of the feed are durable here."""
        return self._state.tree.size

    def take(self, data: bytes, membership: Membership) -> Future[Accepted | FeedRefused]:
        """Judge a batch and keep the outcome, here if nobody is writing; the future is done when that is durable.

        The caller waits for one future before it hands in the next batch.
        """
        now = self._clock.now()
        with self._lock:
            around = Surroundings(
                membership=membership,
                now=now,
                held=self._held,
                root_at=self._root_at,
                decisions=self._decisions_under(membership, day(now)),
            )
            verdict = receive(self._state, data, around)
            if isinstance(verdict, FeedRefused):
                return self._database.submit(lambda connection: self._refuse(connection, verdict, data), here=True)
            if not verdict.entries and self._head_envelope:
                # A heartbeat tells nothing that is not on the disk already: a peer cannot make this node flush by it.
                done: Future[Accepted | FeedRefused] = Future()
                done.set_result(verdict)
                return done
            return self._database.submit(lambda connection: self._keep(connection, verdict), here=True)

    def settle(self, verdict: Accepted | FeedRefused) -> None:
        """Move on once the verdict is durable."""
        with self._lock:
            if isinstance(verdict, Accepted):
                self._state = verdict.state
                self._head_envelope = verdict.head_envelope
            elif verdict.grave:
                with self._database.read() as connection:
                    self.quarantined = peers.confined(connection).get(self.owner)

    def receipt(self) -> tuple[int, bytes] | None:
        """Return the signed receipt for all that is durable, and up to which entry it tells the refusals.

        None before the first head. The number goes to `told` once the owner has the receipt.
        """
        with self._lock:
            size, head = self._state.tree.size, self._head_envelope
        if not head:
            return None
        with self._database.read() as connection:
            turned = feed.refused_in(connection, self.owner, after=self._told, until=size)
        told = turned[:_REFUSALS_PER_RECEIPT]
        refused = tuple(Turned(seq=row.seq, assertion=row.assertion, reason=row.reason, text=row.text) for row in told)
        receipt = Receipt(
            reader=self.reader,
            owner=self.owner,
            size=size,
            head=head.decode(),
            time=instant_text(self._clock.now()),
            refused=refused,
        )
        return (size if len(told) == len(turned) else told[-1].seq), sign_receipt(receipt, self._key)

    def told(self, size: int) -> None:
        """Note that the owner has the receipt up to `size`: refusals before it need not be told again."""
        self._told = max(self._told, size)

    @property
    def owes_receipt(self) -> bool:
        """Whether something is durable here that the owner has no receipt for."""
        return bool(self._head_envelope) and self._told < self.size

    def _decisions_under(self, membership: Membership, on: date) -> Decisions:
        """Return what has been decided under this document on this day; a new document or day begins anew."""
        document, since, decisions = self._decided
        if document is not membership or since != on or len(decisions) > _DECISIONS_MAX:
            decisions = {}
            self._decided = (membership, on, decisions)
        return decisions

    def _held(self, ids: Sequence[str]) -> Mapping[str, Reference]:
        with self._database.read() as connection:
            found = journal.briefs(connection, ids)
        return {name: Reference(originator=row.originator, subject=row.subject) for name, row in found.items()}

    def _root_at(self, size: int) -> bytes:
        with self._database.read() as connection:
            return Tree().extend(feed.leaves_in(connection, self.owner, until=size)).root()

    def _keep(self, connection: Connection, accepted: Accepted) -> Accepted:
        if self._database.posts is not None:
            self._require_mine(connection, accepted)
        taken = [entry for entry in accepted.entries if isinstance(entry, Taken)]
        now = instant_text(self._clock.now())
        rows = [
            journal.JournalRow(
                id=entry.id,
                originator=entry.assertion.originator,
                kind=entry.assertion.kind,
                subject=entry.assertion.subject,
                refers_to=entry.assertion.refers_to,
                marking=_ENCODER.encode(entry.assertion.marking),
                received=now,
                envelope=entry.envelope,
            )
            for entry in taken
        ]
        behind = journal.append(connection, rows)
        feed.append_in(connection, _in_rows(accepted))
        tree = accepted.state.tree
        if accepted.entries:
            state = feed.StateRow(
                owner=self.owner,
                reader=self.reader,
                epoch=accepted.state.epoch,
                size=tree.size,
                frontier=tree.pack(),
                last=accepted.state.last,
            )
            feed.save_states(connection, (state,))
        feed.save_head(
            connection,
            feed.HeadRow(
                owner=self.owner,
                reader=self.reader,
                size=tree.size,
                root=tree.root(),
                envelope=accepted.head_envelope,
            ),
        )
        claims = [entry.assertion for entry in taken]
        self.news = news_of(behind, rows, claims, companies=absorb(connection, rows, claims, me=self.reader))
        return accepted

    def _require_mine(self, connection: Connection, accepted: Accepted) -> None:
        """Refuse to go on from where another process of the node has gone on: it has the link to this peer now."""
        behind = accepted.state.tree.size - len(accepted.entries)
        if feed.state(connection, self.owner, self.reader).size != behind:
            raise StorageFailed(
                "another process of this node has taken these entries",
                where=f"feed {self.owner}>{self.reader}",
                advice="Nothing need be done: the link goes on from what is durable",
            )

    def _refuse(self, connection: Connection, verdict: FeedRefused, data: bytes) -> FeedRefused:
        now = instant_text(self._clock.now())
        # The newest head believed before is half of the proof when the new one contradicts it.
        body = data + b"\n" + self._head_envelope
        item = peers.Evidence(peer=self.owner, at=now, reason=verdict.reason, text=verdict.text, body=body)
        if verdict.grave:
            peers.keep_evidence(connection, item)
            peers.confine(
                connection,
                peers.Quarantine(peer=self.owner, since=now, reason=verdict.reason, text=verdict.text),
            )
        elif verdict.reason not in ("gap", "replay"):
            peers.keep_evidence(connection, item)
        return verdict


def _in_rows(accepted: Accepted) -> list[feed.InRow]:
    owner = accepted.state.owner
    rows = []
    for entry, leaf in zip(accepted.entries, accepted.leaves, strict=True):
        if isinstance(entry, Turned):
            row = feed.InRow(
                owner=owner,
                seq=entry.seq,
                assertion=entry.assertion,
                leaf=leaf,
                reason=entry.reason,
                text=entry.text,
            )
        else:
            row = feed.InRow(owner=owner, seq=entry.seq, assertion=entry.id, leaf=leaf)
        rows.append(row)
    return rows


_ENCODER = msgspec.json.Encoder()
