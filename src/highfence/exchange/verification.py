# SPDX-License-Identifier: Apache-2.0
"""Verification: recompute everything a node holds and report what does not fit.

Journal chain, ids and signatures; both directions of every feed with their trees; heads, receipts and the register's
index of what stands. A signature by a key that was revoked later still counts as what it was when it was believed.
Nothing here trusts a stored hash that it can compute.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from highfence.errors import HighfenceError
from highfence.exchange.distrust import signed_beyond
from highfence.exchange.envelope import ASSERTION_TYPE, HEAD_TYPE, RECEIPT_TYPE, open_envelope, payload_id, signed_by
from highfence.exchange.feed import FIRST, Entry, entry_leaf, read_head, read_receipt
from highfence.exchange.strict import decode
from highfence.exchange.tree import Tree
from highfence.model.assertion import RECALLING, Assertion
from highfence.model.authority import Membership
from highfence.storage import feed, journal
from highfence.storage.database import Connection

_STEP = 500


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Something that does not fit: where it stands and what is wrong with it."""

    where: str
    what: str


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What was recomputed: how many of each, and the first differences found (none when all fits)."""

    assertions: int
    entries_out: int
    entries_in: int
    heads: int
    receipts: int
    differences: tuple[Difference, ...]


def verify(connection: Connection, *, me: str, membership: Membership, differences_max: int = 1) -> Verified:
    """Recompute all of a node's records, stopping after `differences_max` differences."""
    check = _Check(connection, me, membership)
    found: list[Difference] = []
    for difference in check.run():
        found.append(difference)
        if len(found) >= differences_max:
            break
    return Verified(
        assertions=check.assertions,
        entries_out=check.entries_out,
        entries_in=check.entries_in,
        heads=check.heads,
        receipts=check.receipts,
        differences=tuple(found),
    )


class _Check:
    def __init__(self, connection: Connection, me: str, membership: Membership) -> None:
        self._connection = connection
        self._me = me
        self._membership = membership
        self._replaced: dict[str, str] = {}
        self._noted: dict[str, str] = {}
        self._silenced: set[str] = set()
        self._beyond: dict[str, dict[str, int]] = {}
        self.assertions = self.entries_out = self.entries_in = self.heads = self.receipts = 0

    def run(self) -> Iterator[Difference]:
        try:
            yield from self._all()
        except (AttributeError, TypeError, ValueError) as error:
            # SQLite keeps a text where bytes belong, if somebody writes it there.
            yield Difference(where="database", what=f"a column holds what can never stand there: {error}")

    def _all(self) -> Iterator[Difference]:
        yield from self._journal()
        former = [one.code for one in self._membership.former]
        peers = [code for code in (*self._membership.codes(), *former) if code != self._me]
        for peer in peers:
            yield from self._outgoing(peer)
            yield from self._incoming(peer)
        yield from self._heads()
        yield from self._receipts()

    def _journal(self) -> Iterator[Difference]:
        chain = journal.CHAIN_START
        position = 0
        bodies = journal.markings(self._connection)
        for name, (originator, body) in bodies.items():
            if journal.marking_id(originator, body) != name:
                yield Difference(where=f"marking {name}", what="the marking is not the one its id stands for")
        for row in journal.walk(self._connection):
            self.assertions += 1
            where = f"journal position {row.position}"
            if row.position != position + 1:
                yield Difference(where=where, what=f"position {position + 1} is missing before it")
            position = row.position
            chain = journal.chained(chain, row.id, row.envelope)
            if chain != row.chain:
                yield Difference(where=where, what="the chain value does not follow from the row before it")
                chain = row.chain
            if problem := self._envelope(row, bodies):
                yield Difference(where=where, what=problem)
            self._note(row)
        yield from self._standing()

    def _note(self, row: journal.Stored) -> None:
        """Note what replaced a row, and what it replaces unless a stolen key signed it."""
        author = self._membership.known(row.originator)
        seq = self._places(row.originator).get(row.id, 0)
        if author is not None and seq and signed_beyond(row, author, reader=self._me, seq=seq):
            self._silenced.add(row.id)
        elif row.kind in RECALLING:
            self._replaced[row.refers_to] = row.id
        if row.superseded_by:
            self._noted[row.id] = row.superseded_by

    def _places(self, owner: str) -> dict[str, int]:
        """Return where in a peer's feed stands what was believed from its first untrusted entry on."""
        author = self._membership.known(owner)
        bounds = [last for key in author.keys if (last := key.last_trusted(self._me)) is not None] if author else []
        if not bounds or owner == self._me:
            return {}
        if owner not in self._beyond:
            self._beyond[owner] = feed.believed_after(self._connection, owner, min(bounds))
        return self._beyond[owner]

    def _standing(self) -> Iterator[Difference]:
        """Compare what the register takes as replaced with the corrections and withdrawals in the journal."""
        held = journal.briefs(self._connection, self._replaced)
        due = dict.fromkeys(self._silenced, journal.UNTRUSTED)
        due |= {name: by for name, by in self._replaced.items() if name in held}
        for name in sorted(due.keys() | self._noted.keys()):
            if due.get(name) != self._noted.get(name):
                yield Difference(
                    where=f"assertion {name}",
                    what="the register's note of what replaced it is not what the journal says",
                )

    def _envelope(self, row: journal.Stored, bodies: dict[str, tuple[str, bytes]]) -> str:
        author = self._membership.known(row.originator)
        if author is None:
            return f"the originator {row.originator} is not in the membership document"
        try:
            payload = signed_by(open_envelope(row.envelope), author, payload_type=ASSERTION_TYPE, revoked_too=True)
            assertion = msgspec.convert(decode(payload, where="assertion"), Assertion)
        except (HighfenceError, msgspec.ValidationError) as error:
            return str(error)
        if payload_id(payload) != row.id:
            return "the id is not the SHA-256 of the payload"
        columns = (row.originator, row.kind, row.subject, row.refers_to)
        if columns != (assertion.originator, assertion.kind, assertion.subject, assertion.refers_to):
            return "the row's columns are not what the signed payload says"
        marking = bodies.get(row.marking)
        if marking != (row.originator, msgspec.json.encode(assertion.marking)):
            return "the row's marking is not the signed one"
        return ""

    def _outgoing(self, peer: str) -> Iterator[Difference]:
        state = feed.state(self._connection, self._me, peer)
        tree, last = Tree(), FIRST
        while rows := feed.entries_after(self._connection, peer, tree.size, limit=_STEP):
            for row, envelope in rows:
                self.entries_out += 1
                where = f"feed {self._me}>{peer} entry {row.seq}"
                entry = Entry(
                    seq=row.seq,
                    previous=row.previous,
                    assertion=row.assertion,
                    agreement=row.agreement,
                    recall=row.recall,
                )
                leaf = entry_leaf(self._me, peer, epoch=state.epoch, entry=entry, envelope=envelope)
                if row.seq != tree.size + 1:
                    yield Difference(where=where, what=f"entry {tree.size + 1} is missing before it")
                    return
                if row.previous != last or leaf != row.leaf:
                    yield Difference(where=where, what="the entry does not follow from the one before it")
                tree, last = tree.append(row.leaf), row.leaf.hex()
        yield from self._state_fits(state, tree, last)

    def _incoming(self, peer: str) -> Iterator[Difference]:
        state = feed.state(self._connection, peer, self._me)
        leaves = list(feed.leaves_in(self._connection, peer, until=state.size + 1))
        self.entries_in += len(leaves)
        tree = Tree().extend(leaves)
        yield from self._state_fits(state, tree, leaves[-1].hex() if leaves else FIRST)
        for name in feed.taken_missing(self._connection, peer):
            yield Difference(where=f"feed {peer}>{self._me}", what=f"assertion {name} was taken and is not held")
        for name in feed.held_without_entry(self._connection, peer):
            yield Difference(where=f"feed {peer}>{self._me}", what=f"assertion {name} is held and has not one entry")

    def _state_fits(self, state: feed.StateRow, tree: Tree, last: str) -> Iterator[Difference]:
        if (state.size, state.frontier, state.last) != (tree.size, tree.pack(), last):
            yield Difference(
                where=f"feed {state.owner}>{state.reader}",
                what=f"the stored state of {state.size} entries is not the one of the {tree.size} entries held",
            )

    def _heads(self) -> Iterator[Difference]:
        rows = feed.heads(self._connection)
        headed = {row.owner for row in rows if row.reader == self._me}
        for peer in (*self._membership.codes(), *(one.code for one in self._membership.former)):
            if peer not in headed and feed.state(self._connection, peer, self._me).size:
                yield Difference(where=f"feed {peer}>{self._me}", what="no signed head of it is kept")
        for row in rows:
            self.heads += 1
            where = f"head of feed {row.owner}>{row.reader}"
            author = self._membership.known(row.owner)
            if author is None:
                yield Difference(where=where, what="its signer is not in the membership document")
                continue
            try:
                head = read_head(
                    signed_by(open_envelope(row.envelope), author, payload_type=HEAD_TYPE, revoked_too=True)
                )
            except HighfenceError as error:
                yield Difference(where=where, what=str(error))
                continue
            state = feed.state(self._connection, row.owner, row.reader)
            if (head.owner, head.reader, head.epoch, head.size) != (row.owner, row.reader, state.epoch, state.size):
                yield Difference(where=where, what="the signed head is not the one of this feed as it stands")
                continue
            root = Tree().extend(feed.leaves_in(self._connection, row.owner, until=row.size)).root()
            if (head.size, head.root, row.root) != (row.size, root.hex(), root):
                yield Difference(where=where, what="the signed root is not the one of the entries held")

    def _receipts(self) -> Iterator[Difference]:
        for reader, row in feed.receipts(self._connection).items():
            self.receipts += 1
            where = f"receipt of {reader}"
            signer, me = self._membership.known(reader), self._membership.known(self._me)
            if signer is None or me is None:
                yield Difference(where=where, what="its signer is not in the membership document")
                continue
            try:
                receipt = read_receipt(
                    signed_by(open_envelope(row.envelope), signer, payload_type=RECEIPT_TYPE, revoked_too=True)
                )
                head = read_head(
                    signed_by(open_envelope(receipt.head.encode()), me, payload_type=HEAD_TYPE, revoked_too=True)
                )
            except HighfenceError as error:
                yield Difference(where=where, what=str(error))
                continue
            root = Tree().extend(feed.leaves_out(self._connection, reader, until=receipt.size)).root()
            parties = (receipt.owner, receipt.reader, head.owner, head.reader)
            if parties != (self._me, reader, self._me, reader):
                yield Difference(where=where, what="the receipt is of another feed")
            elif (head.size, head.root, row.size) != (receipt.size, root.hex(), receipt.size):
                yield Difference(where=where, what="the countersigned head is not the one of the entries written")
