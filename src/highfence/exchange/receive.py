# SPDX-License-Identifier: Apache-2.0
"""Receive: what to believe of a peer's feed. Bytes and state in, `Accepted` or `FeedRefused` out; no I/O, no clock.

The order of the checks is the security of the exchange:

1. the batch is read within its limits; its head is signed by the feed's owner and names this feed and this reader;
2. the entries continue the feed without gap or repetition, each naming the one before;
3. the tree over them has the root that the owner signed, so nothing was altered, dropped or told twice;
4. only then is each entry's content looked at: signature, identity, strict decoding, references, handling rules.

A failure in 1 to 3 stops the feed where it stood. A failure in 4 refuses that one entry, which keeps its place in the
sequence, and the owner is told why in the receipt.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import msgspec

from highfence.clock import day
from highfence.errors import InvalidDocument, InvalidInput, Refused
from highfence.exchange import strict
from highfence.exchange.envelope import ASSERTION_TYPE, HEAD_TYPE, open_envelope, payload_id, signed_by, verified
from highfence.exchange.feed import FIRST, Batch, Entry, Head, Turned, entry_leaf, read_batch, read_head
from highfence.exchange.tree import Tree
from highfence.model.assertion import RECALLING, Assertion, require_complete
from highfence.model.authority import Authority, Membership
from highfence.model.marking import Marking
from highfence.model.schema import check
from highfence.rules.handling import Decision, ReleaseQuestion, may_receive

#: Marking and whether it is of a recall -> whether this reader may have what is under it.
Decisions = dict[tuple[Marking, bool], Decision]


class FeedState(msgspec.Struct, frozen=True, kw_only=True):
    """How far the feed from `owner` to `reader` has been believed; `last` is the last entry's leaf in hex.

    `heard` is the time of the newest head believed, None before the first.
    """

    owner: str
    reader: str
    epoch: int = 1
    tree: Tree = Tree()
    last: str = FIRST
    heard: datetime | None = None


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an assertion that is held: who made it and about which entity."""

    originator: str
    subject: str


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """All that receiving depends on besides the bytes.

    `held` looks up assertions by id; `root_at` gives the root of the believed feed at an earlier size. `decisions`
    keeps what was decided for a marking: the caller gives the same again while membership and day stay as they are.
    """

    membership: Membership
    now: datetime
    held: Callable[[Sequence[str]], Mapping[str, Reference]]
    root_at: Callable[[int], bytes]
    decisions: Decisions = msgspec.field(default_factory=dict)


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that is believed."""

    seq: int
    id: str
    envelope: bytes
    assertion: Assertion
    agreement: str


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """A batch whose entries continue the feed: the new state and, entry by entry, what was taken or turned away."""

    state: FeedState
    head: Head
    head_envelope: bytes
    entries: tuple[Taken | Turned, ...]
    leaves: tuple[bytes, ...]


class FeedRefused(msgspec.Struct, frozen=True, kw_only=True):
    """A batch that is not believed at all. `grave` means evidence against the owner: quarantine it, tell a person."""

    reason: str
    text: str
    grave: bool = False


def receive(state: FeedState, data: bytes, around: Surroundings) -> Accepted | FeedRefused:
    """Judge one batch as it came from the wire."""
    owner = around.membership.authority(state.owner)
    if owner is None:
        return FeedRefused(reason="unknown_authority", text=f"{state.owner} is not in the membership document")
    try:
        batch = read_batch(data)
        head = read_head(signed_by(open_envelope(batch.head.encode()), owner, payload_type=HEAD_TYPE))
        envelopes = [_payload(entry) for entry in batch.entries]
    except InvalidDocument as error:
        return FeedRefused(reason="malformed", text=str(error))
    except Refused as error:
        return FeedRefused(reason=error.reason, text=str(error))
    if problem := _wrong_feed(state, head):
        return problem
    if problem := _out_of_sequence(state, batch, head):
        return problem
    if head.size < state.tree.size:
        return _older_head(state, head, around)
    leaves = []
    last = state.last
    for entry, envelope in zip(batch.entries, envelopes, strict=True):
        if entry.previous != last:
            return FeedRefused(
                reason="broken_chain", text=f"entry {entry.seq} does not name the entry before it", grave=True
            )
        leaf = entry_leaf(state.owner, state.reader, epoch=state.epoch, entry=entry, envelope=envelope)
        leaves.append(leaf)
        last = leaf.hex()
    tree = state.tree.extend(leaves)
    if tree.root().hex() != head.root:
        return _inconsistent(state, batch, head)
    entries = _Contents(state, owner, around).judge(batch.entries, envelopes)
    return Accepted(
        state=msgspec.structs.replace(state, tree=tree, last=last, heard=max(state.heard or head.at, head.at)),
        head=head,
        head_envelope=batch.head.encode(),
        entries=entries,
        leaves=tuple(leaves),
    )


def _payload(entry: Entry) -> bytes:
    try:
        return base64.b64decode(entry.payload, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidDocument(
            f"entry {entry.seq} is not base64", where="batch", advice="The peer must send it anew"
        ) from error


def _wrong_feed(state: FeedState, head: Head) -> FeedRefused | None:
    if (head.owner, head.reader) != (state.owner, state.reader):
        return FeedRefused(
            reason="wrong_feed", text=f"the head is of the feed {head.owner[:32]}>{head.reader[:32]}", grave=True
        )
    if head.epoch != state.epoch:
        return FeedRefused(
            reason="wrong_epoch", text=f"the head is of epoch {head.epoch}, this feed is in {state.epoch}", grave=True
        )
    return None


def _out_of_sequence(state: FeedState, batch: Batch, head: Head) -> FeedRefused | None:
    if not batch.entries:
        if head.size > state.tree.size:
            return FeedRefused(reason="gap", text=f"the head covers {head.size} entries, {state.tree.size} are here")
        return None
    first = batch.entries[0].seq
    expected = state.tree.size + 1
    if first < expected:
        return FeedRefused(reason="replay", text=f"entry {first} was sent again; {expected} was due")
    for place, entry in enumerate(batch.entries, start=expected):
        if entry.seq != place:
            return FeedRefused(reason="gap", text=f"entry {entry.seq} came where {place} was due")
    if head.size != state.tree.size + len(batch.entries):
        return FeedRefused(
            reason="wrong_head",
            text=f"the head covers {head.size} entries, the batch ends at {state.tree.size + len(batch.entries)}",
        )
    return None


def _older_head(state: FeedState, head: Head, around: Surroundings) -> FeedRefused:
    if around.root_at(head.size).hex() != head.root:
        return FeedRefused(reason="second_head", text=f"two different heads of size {head.size} are signed", grave=True)
    # Anybody on the way can send an old head once more; only one signed later than the newest says the feed shrank.
    if state.heard is not None and head.at <= state.heard:
        return FeedRefused(reason="replay", text=f"an old head of {head.size} entries was sent again")
    return FeedRefused(
        reason="rollback",
        text=f"the owner signed a head of {head.size} entries after one of {state.tree.size}",
        grave=True,
    )


def _inconsistent(state: FeedState, batch: Batch, head: Head) -> FeedRefused:
    if not batch.entries:
        return FeedRefused(reason="second_head", text=f"two different heads of size {head.size} are signed", grave=True)
    return FeedRefused(
        reason="inconsistent",
        text=f"the signed root of {head.size} entries does not follow from the {state.tree.size} believed before",
        grave=True,
    )


class _Contents:
    """Judges what the entries of one batch say."""

    def __init__(self, state: FeedState, owner: Authority, around: Surroundings) -> None:
        self._state = state
        self._owner = owner
        self._around = around
        self._today = day(around.now)
        self._decisions = around.decisions

    def judge(self, entries: Sequence[Entry], envelopes: Sequence[bytes]) -> tuple[Taken | Turned, ...]:
        opened = [self._open(entry, envelope) for entry, envelope in zip(entries, envelopes, strict=True)]
        wanted = {entry.assertion for entry in entries}
        wanted.update(one.assertion.refers_to for one in opened if isinstance(one, Taken))
        held = dict(self._around.held(sorted(wanted - {""})))
        judged: list[Taken | Turned] = []
        for entry, one in zip(entries, opened, strict=True):
            verdict = self._admit(entry, one, held) if isinstance(one, Taken) else one
            if isinstance(verdict, Taken):
                held[verdict.id] = Reference(originator=self._state.owner, subject=verdict.assertion.subject)
            judged.append(verdict)
        return tuple(judged)

    def _open(self, entry: Entry, envelope: bytes) -> Taken | Turned:
        try:
            payload, key = verified(open_envelope(envelope), self._owner, payload_type=ASSERTION_TYPE)
            last_trusted = key.last_trusted(self._state.reader)
            if last_trusted is not None and entry.seq > last_trusted:
                return _turn(entry, "untrusted_key", f"the key is untrusted after entry {last_trusted}")
            if payload_id(payload) != entry.assertion:
                return _turn(entry, "wrong_id", "the id is not the SHA-256 of the payload")
            assertion = strict.read(payload, Assertion, where="assertion")
            require_complete(assertion)
            for entity in assertion.entities:
                check(entity)
        except Refused as error:
            return _turn(entry, error.reason, str(error))
        except msgspec.ValidationError as error:
            return _turn(entry, "invalid_assertion", f"the payload is not an assertion: {error}")
        except InvalidInput as error:
            return _turn(entry, error.code, str(error))
        return Taken(
            seq=entry.seq, id=entry.assertion, envelope=envelope, assertion=assertion, agreement=entry.agreement
        )

    def _admit(self, entry: Entry, taken: Taken, held: Mapping[str, Reference]) -> Taken | Turned:
        assertion = taken.assertion
        if taken.id in held:
            return _turn(entry, "duplicate", "this assertion is held already")
        if assertion.originator != self._state.owner:
            return _turn(
                entry,
                "not_the_originator",
                f"{self._state.owner} sent what names {assertion.originator[:32]!r} as its originator",
            )
        if assertion.kind in RECALLING:
            original = held.get(assertion.refers_to)
            # A correction carries the whole content, so it stands by itself where the original was never released,
            # but only what was sent before can be recalled: a recall passes checks that a release does not.
            if original is None and (assertion.kind == "withdrawal" or entry.recall):
                return _turn(entry, "unknown_reference", "nothing is held that this would withdraw or recall")
            if original is not None and original.originator != assertion.originator:
                return _turn(entry, "not_the_author", "only the originator may correct or withdraw")
        elif entry.recall:
            return _turn(entry, "invalid_assertion", f"a {assertion.kind} is no recall")
        decision = self._decision(assertion, recall=entry.recall)
        if not decision.allowed:
            return _turn(entry, decision.code, decision.text)
        return taken

    def _decision(self, assertion: Assertion, *, recall: bool) -> Decision:
        key = (assertion.marking, recall)
        if key not in self._decisions:
            self._decisions[key] = may_receive(
                assertion.marking,
                ReleaseQuestion(
                    originator=assertion.originator,
                    releaser=self._state.owner,
                    recipient=self._state.reader,
                    membership=self._around.membership,
                    on=self._today,
                    recall=recall,
                ),
            )
        return self._decisions[key]


def _turn(entry: Entry, reason: str, text: str) -> Turned:
    # What is no id may be anything; in a receipt, U+0000 would have the receipt itself refused.
    return Turned(seq=entry.seq, assertion=entry.assertion.replace("\0", "\ufffd"), reason=reason, text=text)
