# SPDX-License-Identifier: Apache-2.0
"""A peer that can lie: it writes a feed in memory, honestly or with any fault, and signs whatever it likes."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec

from highfence.exchange.envelope import ASSERTION_TYPE, HEAD_TYPE, payload_id, seal
from highfence.exchange.feed import FIRST, Batch, Entry, Head, encode_batch, entry_leaf, payload_text
from highfence.exchange.keys import SigningKey
from highfence.exchange.publish import Sealed, seal_assertion
from highfence.exchange.receive import Accepted, FeedRefused, FeedState, Reference, Surroundings, Taken, receive
from highfence.exchange.tree import Tree
from highfence.model.agreement import Agreement
from highfence.model.assertion import Assertion
from highfence.model.authority import Authority, Membership, PublicKey
from highfence.model.marking import Marking
from nodes import PURPOSES, concern, sharing

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KEYS = {code: SigningKey.from_seed(code.encode() * 16) for code in ("us", "nl", "cy")}
FOR_NL = sharing("nl")


def membership(**changes: object) -> Membership:
    """Return the membership of three authorities with one agreement."""
    fields: dict[str, object] = {
        "version": 1,
        "issued": NOW - timedelta(days=1),
        "expires": NOW + timedelta(days=29),
        "threshold": 2,
        "authorities": tuple(authority(code) for code in KEYS),
        "agreements": (
            Agreement(
                id="agr-1",
                title="Agreement of the three",
                parties=tuple(KEYS),
                legal_basis="Arrangement of 2026",
                purposes=PURPOSES,
                valid_from=date(2026, 1, 1),
            ),
        ),
        **changes,
    }
    return Membership(**fields)  # type: ignore[arg-type]


def authority(code: str, **key_changes: object) -> Authority:
    """Return an authority; `key_changes` are made to its key."""
    public: PublicKey = msgspec.structs.replace(KEYS[code].public, **key_changes)
    return Authority(code=code, name=code.upper(), country=code, keys=(public,))


class Peer:
    """The owner of the feed `owner`>`reader`. Everything it signs is signed with `key`, at the instant `at`."""

    def __init__(
        self, owner: str = "us", reader: str = "nl", *, key: SigningKey = KEYS["us"], epoch: int = 1, at: datetime = NOW
    ) -> None:
        self.owner, self.reader, self.key, self.epoch, self.at = owner, reader, key, epoch, at
        self.entries: list[Entry] = []
        self.leaves: list[bytes] = []

    def twin(self) -> Peer:
        """Return a peer that has written the same up to here and goes its own way from now on."""
        other = Peer(self.owner, self.reader, key=self.key, epoch=self.epoch, at=self.at)
        other.entries, other.leaves = list(self.entries), list(self.leaves)
        return other

    def claim(self, name: str = "Acme Optics", marking: Marking = FOR_NL, **changes: object) -> Sealed:
        """Seal a concern about a company of that name; `changes` are made to the assertion."""
        fields = {"originator": self.owner, "issued": "2026-11-24T11:59:00.000000Z", **changes}
        return seal_assertion(concern(name, marking, **fields), self.key)

    def forge(self, claim: Assertion, **fields: object) -> bytes:
        """Sign a claim as it is, unchecked, with JSON fields replaced."""
        values = {**msgspec.to_builtins(claim), **fields}
        return seal(msgspec.json.encode(values), ASSERTION_TYPE, self.key)

    def say(self, claim: Sealed | None = None, **changes: object) -> Sealed:
        """Put a sealed claim into the feed, by default a new one; `changes` are made to the entry."""
        claim = claim or self.claim()
        self.put(claim.envelope, assertion=claim.id, **changes)
        return claim

    def speak(self, times: int) -> Peer:
        """Put so many new claims into the feed."""
        for _ in range(times):
            self.say()
        return self

    def put(self, envelope: bytes, **changes: object) -> Entry:
        """Put any envelope into the feed; `changes` are made to the entry before it is hashed into the tree."""
        entry = Entry(
            seq=len(self.entries) + 1,
            previous=self.leaves[-1].hex() if self.leaves else FIRST,
            assertion=str(changes.get("assertion", "")) or id_of(envelope),
            agreement="agr-1",
            payload=payload_text(envelope),
        )
        entry = msgspec.structs.replace(entry, **changes)
        self.entries.append(entry)
        self.leaves.append(entry_leaf(self.owner, self.reader, epoch=self.epoch, entry=entry, envelope=envelope))
        return entry

    def head(self, upto: int | None = None, *, kind: str = HEAD_TYPE, **changes: object) -> str:
        """Sign the head of the entries up to one, by default of all; `changes` are made to it before."""
        size = len(self.entries) if upto is None else upto
        self.at += timedelta(seconds=1)
        fields = {
            "owner": self.owner,
            "reader": self.reader,
            "epoch": self.epoch,
            "size": size,
            "root": Tree().extend(self.leaves[:size]).root().hex(),
            "time": self.at.isoformat(),
            **changes,
        }
        return seal(msgspec.json.encode(fields), kind, self.key).decode()

    def batch(
        self,
        first: int = 1,
        last: int | None = None,
        *,
        head: str | None = None,
        entries: Sequence[Entry] | None = None,
    ) -> bytes:
        """Return the entries from `first` to `last`, by default all, under their head; or other ones if given."""
        last = len(self.entries) if last is None else last
        sent = self.entries[first - 1 : last] if entries is None else entries
        return encode_batch(Batch(head=self.head(last) if head is None else head, entries=tuple(sent)))

    def heartbeat(self, upto: int | None = None, **changes: object) -> bytes:
        """Return a batch without entries."""
        return encode_batch(Batch(head=self.head(upto, **changes)))  # type: ignore[arg-type]


class Reader:
    """The reader of a feed, in memory: what it believes so far, and what it holds."""

    def __init__(self, owner: str = "us", reader: str = "nl", *, members: Membership | None = None) -> None:
        self.state = FeedState(owner=owner, reader=reader)
        self.members = members or membership()
        self.held: dict[str, Reference] = {}
        self.leaves: list[bytes] = []

    def take(self, data: bytes) -> Accepted | FeedRefused:
        """Judge a batch, and move on if it is accepted."""
        verdict = receive(self.state, data, self._around())
        if isinstance(verdict, Accepted):
            self.state = verdict.state
            self.leaves += verdict.leaves
            for entry in verdict.entries:
                if isinstance(entry, Taken):
                    self.held[entry.id] = Reference(originator=self.state.owner, subject=entry.assertion.subject)
        return verdict

    def _around(self) -> Surroundings:
        return Surroundings(membership=self.members, now=NOW, held=self._held, root_at=self._root_at)

    def _held(self, ids: Sequence[str]) -> Mapping[str, Reference]:
        return {name: self.held[name] for name in ids if name in self.held}

    def _root_at(self, size: int) -> bytes:
        return Tree().extend(self.leaves[:size]).root()


def head_json(text: str) -> Head:
    """Read a signed head without looking at its signature."""
    return msgspec.json.decode(base64.b64decode(msgspec.json.decode(text)["payload"]), type=Head)


def id_of(envelope: bytes) -> str:
    """Return the id of what an envelope holds, whoever signed it."""
    return payload_id(base64.b64decode(msgspec.json.decode(envelope)["payload"]))
