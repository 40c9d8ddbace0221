# SPDX-License-Identifier: Apache-2.0
"""Publish: seal this authority's assertions and put them into the journal and the entitled peers' feeds at once.

Journal, feeds, delivery decisions and register change in one transaction: after a crash either all of it is there or
none, and nothing is sent that is not kept.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from highfence.clock import instant_text
from highfence.errors import InvalidAssertion, NotFound, Refused
from highfence.exchange.envelope import ASSERTION_TYPE, payload_id, seal
from highfence.exchange.feed import Entry, entry_leaf
from highfence.exchange.keys import SigningKey
from highfence.exchange.release import Release, ReleaseDesk
from highfence.exchange.strict import DOCUMENT_BYTES_MAX
from highfence.exchange.tree import unpack
from highfence.model.assertion import RECALLING, Assertion, require_complete
from highfence.model.marking import Marking, require_known
from highfence.model.schema import check
from highfence.register.absorb import absorb
from highfence.register.fresh import News, news_of
from highfence.register.holding import claim_of
from highfence.storage import feed, journal, weighing
from highfence.storage.database import Connection

#: Reasons to withhold that lie in the marking of a withdrawal itself, so that marking it otherwise mends them.
_OWN_MARKING = ("view_only", "tlp_red", "above_ceiling")

#: So many entries go into one transaction: whoever publishes meanwhile does not wait long.
_WEIGHED_AT_ONCE = 500


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """An assertion of this authority, signed: its id, the claim and the envelope's bytes."""

    id: str
    assertion: Assertion
    envelope: bytes


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """What was kept: the assertions' ids in order, the decision for each peer, how long each feed is now, the entries
    that were added to it with their envelopes, and what there is to tell here."""

    ids: tuple[str, ...]
    releases: tuple[tuple[Release, ...], ...]
    feed_sizes: dict[str, int]
    entries: dict[str, tuple[tuple[feed.OutRow, bytes], ...]]
    news: News


def seal_assertion(assertion: Assertion, key: SigningKey) -> Sealed:
    """Check, encode and sign an assertion. Text is brought to Unicode form NFC; a nonce is added if there is none.

    Raises:
        InvalidAssertion: it lacks what its kind needs, or is larger than 1 MiB.
        InvalidEntity: an entity does not follow its schema.
        InvalidMarking: its marking uses a word outside the vocabulary.
    """
    if not assertion.nonce:
        assertion = msgspec.structs.replace(assertion, nonce=secrets.token_hex(16))
    require_complete(assertion)
    require_known(assertion.marking)
    try:
        payload = _ENCODER.encode(assertion)
    except UnicodeEncodeError as error:
        raise InvalidAssertion(
            "the assertion's text holds half a surrogate pair",
            where=f"assertion of kind {assertion.kind}",
            advice="Mend the text where it was cut",
        ) from error
    if not payload.isascii() and not unicodedata.is_normalized("NFC", payload.decode()):
        assertion = msgspec.convert(_composed(msgspec.to_builtins(assertion)), Assertion)
        payload = _ENCODER.encode(assertion)
    if b"\\u0000" in payload and _has_nul(msgspec.to_builtins(assertion)):
        raise InvalidAssertion(
            "the assertion's text holds the character U+0000",
            where=f"assertion of kind {assertion.kind}",
            advice="Leave it out: no text needs it, and not every node can keep it",
        )
    for entity in assertion.entities:
        check(entity)
    if len(payload) > DOCUMENT_BYTES_MAX:
        raise InvalidAssertion(
            f"the assertion has {len(payload):,} bytes, more than {DOCUMENT_BYTES_MAX:,}",
            where=assertion.subject,
            advice="Send documents by reference, or split the facts over several assertions",
        )
    return Sealed(id=payload_id(payload), assertion=assertion, envelope=seal(payload, ASSERTION_TYPE, key))


class PublishDesk:
    """Records sealed assertions of one authority inside a transaction that the caller commits."""

    def __init__(self, desk: ReleaseDesk, key: SigningKey, now: datetime) -> None:
        self._desk = desk
        self._key = key
        self._now = now

    def record(self, connection: Connection, sealed: Sequence[Sealed]) -> Published:
        """Append to journal and feeds, note who is withheld what, and tell the register.

        Raises:
            InvalidAssertion: a correction or withdrawal of something already replaced, or of another's assertion; or a
                withdrawal marked so that it would not reach those who were sent what it withdraws.
            NotFound: a correction or withdrawal of something this node does not hold.
            Refused: `membership_expired`: it would be withheld from all.
        """
        recalled = [one.assertion.refers_to for one in sealed if one.assertion.kind in RECALLING]
        originals = self._correctable(connection, recalled)
        sent = feed.sent_to(connection, recalled)
        items: list[Sealed] = []
        plans: list[tuple[Release, ...]] = []
        for one in sealed:
            readers = sent.get(one.assertion.refers_to, {})
            if one.assertion.kind == "correction" and (losing := self._desk.losing(one.assertion, readers)):
                notice = self._notice(one.assertion, originals[one.assertion.refers_to], losing)
                items.append(notice)
                plans.append(self._desk.plan(notice.assertion, dict.fromkeys(losing)))
            items.append(one)
            plans.append(self._reaching(one.assertion, readers))
        _require_membership(plans)
        rows = [_row(one, self._now) for one in items]
        behind = journal.append(connection, rows)
        rows_out = self._feed(connection, items, plans)
        feed.save_withheld(
            connection, [row for one, plan in zip(items, plans, strict=True) for row in _kept_back(one, plan)]
        )
        claims = [one.assertion for one in items]
        companies = absorb(connection, rows, claims, me=self._desk.me)
        wanted = {one.id for one in sealed}
        return Published(
            ids=tuple(one.id for one in sealed),
            releases=tuple(plan for one, plan in zip(items, plans, strict=True) if one.id in wanted),
            feed_sizes={reader: entries[-1][0].seq for reader, entries in rows_out.items()},
            entries=rows_out,
            news=news_of(behind, rows, claims, companies=companies),
        )

    def weigh_again(self, connection: Connection, reader: str, *, document: str) -> Published:
        """Release to a reader what did not go to it before and may now, oldest first; up to a batch at once.

        What stands in its feed already is never put there again. When nothing is left, that is noted with the id of
        the `document` decided by.
        """
        open_to = [
            name
            for name, (originator, body) in journal.markings(connection).items()
            if originator == self._desk.me and self._desk.weigh(_MARKINGS.decode(body), reader).allowed
        ]
        rows = weighing.unsent(connection, reader, originator=self._desk.me, markings=open_to, limit=_WEIGHED_AT_ONCE)
        items = [Sealed(id=row.id, assertion=claim_of(row), envelope=row.envelope) for row in rows]
        plans = [tuple(one for one in self._desk.plan(item.assertion, {}) if one.reader == reader) for item in items]
        rows_out = self._feed(connection, items, plans)
        weighing.forget_withheld(connection, reader, [item.id for item in items])
        if len(rows) < _WEIGHED_AT_ONCE:
            on = self._desk.on.isoformat()
            weighing.note_weighed(connection, weighing.Weighed(reader=reader, document=document, day=on))
        return Published(
            ids=tuple(item.id for item in items),
            releases=tuple(plans),
            feed_sizes={one: entries[-1][0].seq for one, entries in rows_out.items()},
            entries=rows_out,
            news=News(0, (), (), {}),
        )

    def _correctable(self, connection: Connection, ids: Sequence[str]) -> Mapping[str, journal.Stored]:
        """Return the assertions that are to be corrected or withdrawn; raises as `record`."""
        held = journal.fetch(connection, ids) if ids else {}
        once: set[str] = set()
        for name in ids:
            original = held.get(name)
            if name in once:
                raise InvalidAssertion(
                    "two of the assertions handed in would replace this one",
                    where=name,
                    advice="Publish one correction or withdrawal of it",
                )
            once.add(name)
            if original is None:
                raise NotFound("no assertion of that id is held", where=name, advice="Look it up with `highfence show`")
            if original.originator != self._desk.me:
                raise InvalidAssertion(
                    f"only its originator {original.originator} may correct or withdraw this assertion",
                    where=name,
                    advice="Publish a comment that refers to it",
                )
            if original.superseded_by:
                raise InvalidAssertion(
                    "this assertion has been replaced already",
                    where=name,
                    advice=f"Refer to what replaced it: {original.superseded_by}",
                )
        return held

    def _notice(self, correction: Assertion, original: journal.Stored, losing: tuple[str, ...]) -> Sealed:
        """Make the withdrawal for readers who had the original and may not have its correction.

        Subject and marking are the original's: they were fit for these readers, and nothing of the correction shows.
        """
        marking = claim_of(original).marking
        return seal_assertion(
            Assertion(
                kind="withdrawal",
                originator=correction.originator,
                issued=correction.issued,
                subject=original.subject,
                refers_to=original.id,
                reason="replaced by a correction that is not released to you",
                marking=msgspec.structs.replace(marking, releasable_to=losing, groups=()),
            ),
            self._key,
        )

    def _reaching(self, assertion: Assertion, sent: Mapping[str, object]) -> tuple[Release, ...]:
        """Plan the releases; a withdrawal whose own marking keeps it from who must be told is refused loudly."""
        plan = self._desk.plan(assertion, sent)
        cut_off = next((one for one in plan if one.recall and one.reason in _OWN_MARKING), None)
        if cut_off is not None:
            raise InvalidAssertion(
                f"its marking keeps this withdrawal from {cut_off.reader}, who was sent what it withdraws: "
                f"{cut_off.text}",
                where=assertion.refers_to,
                advice="Mark it no stricter than what it withdraws",
            )
        return plan

    def _feed(
        self, connection: Connection, items: Sequence[Sealed], plans: Sequence[tuple[Release, ...]]
    ) -> dict[str, tuple[tuple[feed.OutRow, bytes], ...]]:
        by_reader: dict[str, list[tuple[Sealed, Release]]] = {}
        for one, plan in zip(items, plans, strict=True):
            for release in plan:
                if release.allowed:
                    by_reader.setdefault(release.reader, []).append((one, release))
        states = feed.states_out(connection, self._desk.me)
        written = {}
        for reader, entries in by_reader.items():
            state = states.get(reader, feed.StateRow(owner=self._desk.me, reader=reader))
            states[reader], rows = self._extend(state, entries)
            written[reader] = tuple(zip(rows, (one.envelope for one, _ in entries), strict=True))
        feed.append_out(connection, [row for entries in written.values() for row, _ in entries])
        feed.save_states(connection, [states[reader] for reader in by_reader])
        return written

    def _extend(
        self, state: feed.StateRow, entries: Sequence[tuple[Sealed, Release]]
    ) -> tuple[feed.StateRow, list[feed.OutRow]]:
        """Return where the feed stands with these entries, and their rows."""
        seq, last = state.size, state.last
        rows = []
        for one, release in entries:
            seq += 1
            entry = Entry(seq=seq, previous=last, assertion=one.id, agreement=release.agreement, recall=release.recall)
            leaf = entry_leaf(state.owner, state.reader, epoch=state.epoch, entry=entry, envelope=one.envelope)
            rows.append(
                feed.OutRow(
                    reader=state.reader,
                    seq=seq,
                    previous=last,
                    assertion=one.id,
                    agreement=release.agreement,
                    recall=release.recall,
                    leaf=leaf,
                )
            )
            last = leaf.hex()
        tree = unpack(state.size, state.frontier).extend(row.leaf for row in rows)
        return msgspec.structs.replace(state, size=tree.size, frontier=tree.pack(), last=last), rows


def _require_membership(plans: Sequence[tuple[Release, ...]]) -> None:
    if any(release.reason == "membership_expired" for plan in plans for release in plan):
        raise Refused(
            "membership_expired",
            "the membership document has expired: this would reach nobody",
            where="membership",
            advice="Install a newer membership document, then publish again",
        )


def _composed(value: object) -> object:
    """Return JSON-like values with every text in Unicode form NFC."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {_composed(name): _composed(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_composed(one) for one in value]
    return value


def _has_nul(value: object) -> bool:
    """Tell whether a text in JSON-like values holds U+0000."""
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_has_nul(name) or _has_nul(one) for name, one in value.items())
    return isinstance(value, list | tuple) and any(_has_nul(one) for one in value)


def _row(one: Sealed, now: datetime) -> journal.JournalRow:
    return journal.JournalRow(
        id=one.id,
        originator=one.assertion.originator,
        kind=one.assertion.kind,
        subject=one.assertion.subject,
        refers_to=one.assertion.refers_to,
        marking=_ENCODER.encode(one.assertion.marking),
        received=instant_text(now),
        envelope=one.envelope,
    )


def _kept_back(one: Sealed, plan: tuple[Release, ...]) -> list[feed.WithheldRow]:
    return [
        feed.WithheldRow(assertion=one.id, reader=release.reader, reason=release.reason, text=release.text)
        for release in plan
        if not release.allowed
    ]


_ENCODER = msgspec.json.Encoder()
_MARKINGS = msgspec.json.Decoder(Marking)
