# SPDX-License-Identifier: Apache-2.0
"""What is believed of a peer's feed: every refusal by name, each provoked by a peer that lies in just that way."""

from __future__ import annotations

import base64
import json
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.exchange.envelope import RECEIPT_TYPE, cosign, seal
from highfence.exchange.feed import BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, FIRST, Batch, Turned, encode_batch
from highfence.exchange.receive import Accepted, FeedRefused, Reference, Taken
from highfence.exchange.tree import Tree
from highfence.model.agreement import Suspension
from nodes import PURPOSES, sharing

from .hostile import KEYS, NOW, Peer, Reader, authority, head_json, membership


def refusal(reader: Reader, data: bytes) -> FeedRefused:
    """Return how a batch is refused, having made sure that this changes nothing."""
    before = (reader.state, dict(reader.held), list(reader.leaves))
    verdict = reader.take(data)
    assert isinstance(verdict, FeedRefused)
    assert verdict.text
    assert (reader.state, reader.held, reader.leaves) == before
    return verdict


def judged(reader: Reader, data: bytes) -> list[str]:
    """Return, entry by entry, why it was turned away, or `taken`."""
    verdict = reader.take(data)
    assert isinstance(verdict, Accepted), verdict
    return [entry.reason if isinstance(entry, Turned) else "taken" for entry in verdict.entries]


def following(peer: Peer, reader: Reader, count: int = 2) -> None:
    """Let the reader believe `count` entries."""
    assert judged(reader, peer.speak(count).batch()) == ["taken"] * count


# What an honest peer sends.


@given(st.lists(st.integers(1, 4), min_size=1, max_size=6))
def test_an_honest_feed_is_taken_however_it_is_cut(lengths):
    peer, reader = Peer(), Reader()
    for length in lengths:
        first = len(peer.entries) + 1
        claims = [peer.say() for _ in range(length)]
        verdict = reader.take(peer.batch(first))
        assert isinstance(verdict, Accepted)
        assert [(entry.id, entry.assertion) for entry in verdict.entries if isinstance(entry, Taken)] == [
            (claim.id, claim.assertion) for claim in claims
        ]
        assert [entry.agreement for entry in verdict.entries if isinstance(entry, Taken)] == ["agr-1"] * length
    assert reader.state.tree == Tree().extend(peer.leaves)
    assert reader.state.last == peer.leaves[-1].hex()


def test_the_first_heartbeat_of_an_empty_feed_is_taken():
    verdict = Reader().take(Peer().heartbeat())
    assert isinstance(verdict, Accepted)
    assert (verdict.entries, verdict.state.tree.size, verdict.state.last) == ((), 0, FIRST)


def test_a_heartbeat_at_the_size_believed_is_taken_and_kept_for_the_receipt():
    peer, reader = Peer(), Reader()
    following(peer, reader)
    heartbeat = peer.heartbeat()
    verdict = reader.take(heartbeat)
    assert isinstance(verdict, Accepted)
    assert verdict.head_envelope == json.loads(heartbeat)["head"].encode()


def test_unknown_fields_of_an_assertion_are_no_reason_to_refuse_it():
    peer, reader = Peer(), Reader()
    peer.put(peer.forge(peer.claim().assertion, later_field={"x": [1]}))
    assert judged(reader, peer.batch()) == ["taken"]


# The batch and its head.


def test_refuses_a_feed_of_an_unknown_authority():
    assert refusal(Reader("xx"), Peer("xx").batch()).reason == "unknown_authority"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"{}",
        b'{"head":1}',
        b'{"head":"not an envelope"}',
        b'{"head":"{\\"payload\\":\\"\\"}"}',
        b'{"head":"\\ud800"}',
        b'{"head":"\xff"}',
        b'{"head":"x","other":' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}",
        b"[" * 1_000_000,
        b'{"head":"' + b"x" * 4 * BATCH_BYTES_MAX + b'"}',
    ],
)
def test_refuses_what_is_no_batch_as_malformed(data):
    verdict = refusal(Reader(), data)
    assert (verdict.reason, verdict.grave) == ("malformed", False)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_and_never_raise(data):
    assert refusal(Reader(), data).reason == "malformed"


@given(place=st.integers(0, 5000), byte=st.integers(0, 255))
def test_any_changed_byte_of_a_batch_is_refused_or_changes_nothing_that_counts(place, byte):
    peer, reader = Peer(), Reader()
    claim = peer.say()
    data = bytearray(peer.batch())
    data[place % len(data)] = byte
    verdict = reader.take(bytes(data))
    assert isinstance(verdict, FeedRefused) or [entry.id for entry in verdict.entries] == [claim.id]


def test_refuses_more_entries_than_a_batch_may_have():
    peer, reader = Peer(), Reader()
    claim = peer.claim()
    for _ in range(BATCH_ENTRIES_MAX + 1):
        peer.say(claim)
    assert refusal(reader, peer.batch()).reason == "malformed"
    assert judged(reader, peer.batch(last=BATCH_ENTRIES_MAX))[0] == "taken"


@pytest.mark.parametrize("payload", ["no base64", "é", "AAA", "A===="])
def test_refuses_an_entry_whose_payload_is_not_base64(payload):
    peer = Peer().speak(1)
    entry = msgspec.structs.replace(peer.entries[0], payload=payload)
    assert refusal(Reader(), peer.batch(entries=[entry])).reason == "malformed"


@pytest.mark.parametrize(
    "changes", [{"time": "yesterday"}, {"time": "2026-11-24T12:00:00"}, {"size": "1"}, {"size": 1.0}, {"root": None}]
)
def test_refuses_a_signed_head_that_is_no_head(changes):
    peer = Peer().speak(1)
    assert refusal(Reader(), peer.batch(head=peer.head(**changes))).reason == "malformed"


def test_refuses_a_head_that_says_two_things():
    peer = Peer()
    payload = b'{"owner":"us","reader":"nl","epoch":1,"size":0,"size":5,"root":"","time":"2026-11-24T12:00:00Z"}'
    head = seal(payload, "application/vnd.highfence.head+json; v=1", peer.key).decode()
    assert refusal(Reader(), encode_batch(Batch(head=head))).reason == "malformed"


def test_refuses_a_head_signed_by_somebody_else():
    verdict = refusal(Reader(), Peer(key=KEYS["cy"]).heartbeat())
    assert (verdict.reason, verdict.grave) == ("unknown_key", False)


def test_refuses_a_head_signed_by_a_revoked_key():
    reader = Reader(members=membership(authorities=(authority("us", revoked=True), authority("nl"))))
    assert refusal(reader, Peer().heartbeat()).reason == "revoked_key"


def test_refuses_an_altered_head():
    peer = Peer().speak(1)
    head = json.loads(peer.head())
    altered = msgspec.structs.replace(head_json(json.dumps(head)), size=0, root=Tree().root().hex())
    head["payload"] = base64.b64encode(msgspec.json.encode(altered)).decode()
    assert refusal(Reader(), encode_batch(Batch(head=json.dumps(head)))).reason == "bad_signature"


def test_refuses_a_receipt_in_the_place_of_a_head():
    peer = Peer()
    assert refusal(Reader(), peer.heartbeat(kind=RECEIPT_TYPE)).reason == "wrong_type"


@pytest.mark.parametrize("changes", [{"reader": "cy"}, {"owner": "cy"}, {"owner": "nl", "reader": "us"}])
def test_refuses_the_head_of_another_feed_as_grave(changes):
    verdict = refusal(Reader(), Peer().heartbeat(**changes))
    assert (verdict.reason, verdict.grave) == ("wrong_feed", True)


@pytest.mark.parametrize("epoch", [0, 2, -1])
def test_refuses_the_head_of_another_epoch_as_grave(epoch):
    verdict = refusal(Reader(), Peer().heartbeat(epoch=epoch))
    assert (verdict.reason, verdict.grave) == ("wrong_epoch", True)


# The sequence.


def test_refuses_a_gap_before_the_first_entry():
    peer = Peer().speak(2)
    verdict = refusal(Reader(), peer.batch(first=2))
    assert (verdict.reason, verdict.grave) == ("gap", False)


def test_refuses_a_gap_between_two_entries():
    peer = Peer().speak(3)
    assert refusal(Reader(), peer.batch(entries=[peer.entries[0], peer.entries[2]])).reason == "gap"


def test_refuses_two_entries_that_changed_places():
    peer = Peer().speak(2)
    assert refusal(Reader(), peer.batch(entries=peer.entries[::-1])).reason == "gap"


def test_refuses_a_heartbeat_that_is_ahead_as_a_gap():
    peer, reader = Peer(), Reader()
    following(peer, reader)
    peer.say()
    verdict = refusal(reader, peer.heartbeat())
    assert (verdict.reason, verdict.grave) == ("gap", False)


@pytest.mark.parametrize("first", [1, 2])
def test_refuses_entries_sent_again(first):
    peer, reader = Peer(), Reader()
    following(peer, reader)
    peer.say()
    verdict = refusal(reader, peer.batch(first))
    assert (verdict.reason, verdict.grave) == ("replay", False)
    assert judged(reader, peer.batch(3)) == ["taken"]


@pytest.mark.parametrize("seq", [0, -1, 10**30])
def test_refuses_numbers_that_are_no_place_in_a_feed(seq):
    peer = Peer()
    peer.say(seq=seq)
    assert refusal(Reader(), peer.batch()).reason in ("gap", "replay")


@pytest.mark.parametrize("size", [0, 1, 3])
def test_refuses_a_head_that_does_not_end_with_the_batch(size):
    peer = Peer().speak(3)
    verdict = refusal(Reader(), peer.batch(last=2, head=peer.head(size)))
    assert (verdict.reason, verdict.grave) == ("wrong_head", False)


# The tree.


def test_refuses_an_entry_that_does_not_name_the_one_before_as_grave():
    peer, reader = Peer(), Reader()
    following(peer, reader)
    peer.say(previous="1" * 64)
    verdict = refusal(reader, peer.batch(3))
    assert (verdict.reason, verdict.grave) == ("broken_chain", True)


def test_refuses_a_second_feed_that_begins_anew_behind_the_first():
    peer, reader, other = Peer(), Reader(), Peer()
    following(peer, reader)
    assert refusal(reader, other.speak(3).batch(3)).reason == "broken_chain"


def test_refuses_two_heads_of_one_size_as_grave():
    peer, reader = Peer(), Reader()
    following(peer, reader, count=1)
    twin = peer.twin().speak(1)
    assert judged(reader, peer.speak(1).batch(2)) == ["taken"]
    verdict = refusal(reader, twin.heartbeat())
    assert (verdict.reason, verdict.grave) == ("second_head", True)


def test_refuses_an_older_head_that_tells_another_story_as_grave():
    peer, reader = Peer(), Reader()
    following(peer, reader, count=3)
    verdict = refusal(reader, Peer().speak(1).heartbeat())
    assert (verdict.reason, verdict.grave) == ("second_head", True)


@pytest.mark.parametrize("size", [0, 1, 2])
def test_refuses_a_shorter_head_signed_later_as_grave(size):
    peer, reader = Peer(), Reader()
    following(peer, reader, count=3)
    verdict = refusal(reader, peer.heartbeat(size))
    assert (verdict.reason, verdict.grave) == ("rollback", True)


def test_an_old_head_that_arrives_once_more_is_no_crime():
    peer, reader = Peer(), Reader()
    following(peer, reader)
    old = peer.heartbeat()
    assert isinstance(reader.take(old), Accepted)
    peer.say()
    assert judged(reader, peer.batch(3)) == ["taken"]
    verdict = refusal(reader, old)
    assert (verdict.reason, verdict.grave) == ("replay", False)


def test_an_old_head_of_the_very_instant_of_the_newest_is_no_crime():
    peer, reader = Peer(), Reader()
    following(peer, reader, count=1)
    verdict = refusal(reader, peer.heartbeat(0, time=peer.at.isoformat()))
    assert (verdict.reason, verdict.grave) == ("replay", False)


def test_an_old_head_of_the_same_size_does_not_set_the_clock_back():
    peer, reader = Peer(), Reader()
    first = peer.heartbeat()
    following(peer, reader)
    same = peer.heartbeat()
    newest = peer.heartbeat()
    for heartbeat in (newest, same):
        assert isinstance(reader.take(heartbeat), Accepted)
    assert reader.state.heard == head_json(json.loads(newest)["head"]).at
    assert refusal(reader, first).reason == "replay"


@pytest.mark.parametrize(
    "changes", [{"assertion": "f" * 64}, {"agreement": "agr-2"}, {"recall": True}, {"payload": "e30="}]
)
def test_refuses_an_entry_altered_after_the_head_was_signed_as_grave(changes):
    peer, reader = Peer(), Reader()
    following(peer, reader)
    peer.say()
    altered = msgspec.structs.replace(peer.entries[2], **changes)
    verdict = refusal(reader, peer.batch(3, entries=[altered]))
    assert (verdict.reason, verdict.grave) == ("inconsistent", True)


def test_refuses_a_history_that_was_rewritten_as_grave():
    peer, reader, rewritten = Peer(), Reader(), Peer().speak(2)
    following(peer, reader)
    rewritten.say(previous=peer.leaves[-1].hex())
    verdict = refusal(reader, rewritten.batch(3))
    assert (verdict.reason, verdict.grave) == ("inconsistent", True)


def test_refuses_an_entry_put_away_and_the_chain_mended_as_grave():
    peer, reader, hiding = Peer(), Reader(), Peer()
    claims = [peer.say() for _ in range(3)]
    hiding.say(claims[0])
    hiding.say(claims[2])
    verdict = refusal(reader, hiding.batch(head=peer.head(2)))
    assert (verdict.reason, verdict.grave) == ("inconsistent", True)


# What the entries say: one is refused, the others are taken, and the feed goes on.


def one_entry(envelope: bytes, *, reader: Reader | None = None, **changes: object) -> str:
    """Return what becomes of an envelope between two sound entries."""
    peer, reader = Peer(), reader or Reader()
    peer.say()
    peer.put(envelope, **changes)
    peer.say()
    before, verdict, after = judged(reader, peer.batch())
    assert (before, after) == ("taken", "taken")
    assert reader.state.tree.size == 3
    return verdict


def test_refuses_what_the_owner_did_not_sign():
    assert one_entry(Peer(key=KEYS["cy"]).claim().envelope) == "unknown_key"


def test_refuses_a_signature_that_does_not_fit():
    envelope = json.loads(Peer().claim().envelope)
    envelope["payload"] = base64.b64encode(b'{"kind":"concern"}').decode()
    assert one_entry(json.dumps(envelope).encode()) == "bad_signature"


def test_refuses_what_a_revoked_key_signed():
    renewed = msgspec.structs.replace(authority("us"), keys=(KEYS["us"].public, KEYS["cy"].public))
    stolen = msgspec.structs.replace(KEYS["cy"].public, revoked=True)
    reader = Reader(
        members=membership(
            authorities=(msgspec.structs.replace(renewed, keys=(KEYS["us"].public, stolen)), authority("nl"))
        )
    )
    assert one_entry(Peer(key=KEYS["cy"]).claim().envelope, reader=reader) == "revoked_key"


def returned(**changes: object) -> tuple[Reader, Peer]:
    """Return a reader and a peer whose key was stolen, so `changes` of it, and which has come back with a new one."""
    stolen = msgspec.structs.replace(KEYS["us"].public, **changes)
    back = msgspec.structs.replace(authority("us"), keys=(stolen, KEYS["cy"].public))
    return Reader(members=membership(authorities=(back, authority("nl")))), Peer()


def test_refuses_what_a_stolen_key_signed_behind_the_last_trusted_entry():
    reader, peer = returned(untrusted_after={"nl": 2})
    peer.speak(4).key = KEYS["cy"]
    assert judged(reader, peer.speak(1).batch()) == ["taken", "taken", "untrusted_key", "untrusted_key", "taken"]


def test_an_index_for_all_others_holds_for_a_reader_who_is_not_named():
    reader, peer = returned(untrusted_after={"cy": 9, "*": 1})
    peer.speak(2).key = KEYS["cy"]
    assert judged(reader, peer.batch()) == ["taken", "untrusted_key"]


def test_what_a_key_signed_is_still_believed_where_no_index_was_named():
    reader, peer = returned(untrusted_after={"cy": 0})
    peer.speak(1).key = KEYS["cy"]
    assert judged(reader, peer.batch()) == ["taken"]


def test_a_stolen_key_signs_no_head_whatever_its_size():
    reader, peer = returned(untrusted_after={"nl": 2})
    verdict = refusal(reader, peer.speak(1).batch())
    assert (verdict.reason, verdict.grave) == ("untrusted_key", False)


def test_a_retired_key_still_shows_who_said_what_and_signs_no_head():
    reader, peer = returned(retired=True)
    assert refusal(reader, peer.speak(1).batch()).reason == "retired_key"
    peer.key = KEYS["cy"]
    assert judged(reader, peer.batch()) == ["taken"]


def test_refuses_an_id_that_is_not_the_payloads():
    assert one_entry(Peer().claim().envelope, assertion="a" * 64) == "wrong_id"


def test_refuses_another_document_in_the_place_of_an_assertion():
    head = Peer().head().encode()
    assert one_entry(head) == "wrong_type"


@pytest.mark.parametrize("envelope", [b"", b"{}", b"\xff\xfe", b'{"payload":"","payload":""}', b"[" * 100_000])
def test_refuses_what_is_no_envelope(envelope):
    assert one_entry(envelope, assertion="a" * 64) == "invalid_document"


@pytest.mark.parametrize(
    "payload",
    [
        b"[]",
        b'{"kind":"concern","kind":"facts"}',
        b'{"kind":"concern","weight":0.5}',
        b'{"kind":"concern","number":9007199254740993}',
        b'{"kind":"concern","text":"e\\u0301"}',
        b'{"deep":' + b"[" * 40 + b"]" * 40 + b"}",
    ],
)
def test_refuses_a_signed_payload_that_breaks_strict_decoding(payload):
    assert one_entry(seal(payload, "application/vnd.highfence.assertion+json; v=1", KEYS["us"])) == "invalid_document"


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "rumour"},
        {"kind": 7},
        {"subject": ""},
        {"subject": "another-entity"},
        {"text": ""},
        {"entities": []},
        {"entities": "all"},
        {"issued": ""},
        {"marking": None},
        {"marking": {"credibility": "2"}},
        {"kind": "listing"},
        {"kind": "correction"},
        {"kind": "comment"},
        {"kind": "withdrawal", "refers_to": "a" * 64},
    ],
)
def test_refuses_an_assertion_that_lacks_what_its_kind_needs(fields):
    peer = Peer()
    assert one_entry(peer.forge(peer.claim().assertion, **fields)) == "invalid_assertion"


@pytest.mark.parametrize(
    "entity",
    [
        {"id": "x1", "schema": "Firm", "properties": {"name": ["X"]}},
        {"id": "x1", "schema": "Company", "properties": {"colour": ["red"]}},
        {"id": "x1", "schema": "Company", "properties": {"name": ["  "]}},
        {"id": "x1", "schema": "Thing", "properties": {}},
    ],
)
def test_refuses_an_entity_that_is_not_follow_the_money(entity):
    peer = Peer()
    forged = peer.forge(peer.claim().assertion, entities=[entity], subject="x1")
    assert one_entry(forged) == "invalid_entity"


def test_refuses_what_is_held_already():
    peer, reader = Peer(), Reader()
    claim = peer.say()
    peer.say(claim)
    assert judged(reader, peer.batch()) == ["taken", "duplicate"]
    peer.say(claim)
    assert judged(reader, peer.batch(3)) == ["duplicate"]


def test_the_same_payload_signed_again_is_still_the_same_assertion():
    peer, reader = Peer(), Reader()
    claim = peer.say()
    peer.put(cosign(claim.envelope, KEYS["cy"]))
    assert judged(reader, peer.batch()) == ["taken", "duplicate"]


def test_refuses_to_pass_on_anothers_assertion_as_its_own():
    peer = Peer()
    assert one_entry(peer.forge(peer.claim().assertion, originator="cy")) == "not_the_originator"


def test_refuses_to_withdraw_what_is_not_held():
    peer = Peer()
    withdrawal = peer.claim(kind="withdrawal", refers_to="a" * 64, reason="mistaken")
    assert one_entry(withdrawal.envelope, recall=True) == "unknown_reference"


def test_a_correction_of_what_was_never_released_stands_by_itself():
    correction = Peer().claim(kind="correction", refers_to="a" * 64, reason="mistaken")
    assert one_entry(correction.envelope) == "taken"


def test_refuses_to_recall_what_was_never_sent():
    # A recall passes checks that a release does not, so it must not carry in what was never released.
    hidden = Peer().claim(marking=sharing("cy"), kind="correction", refers_to="a" * 64, reason="mistaken")
    assert one_entry(hidden.envelope, recall=True) == "unknown_reference"


@pytest.mark.parametrize("kind", ["correction", "withdrawal"])
def test_refuses_to_replace_what_another_said(kind):
    reader = Reader()
    reader.held["c" * 64] = Reference(originator="cy", subject="x")
    replacing = Peer().claim(kind=kind, refers_to="c" * 64, reason="mistaken")
    assert one_entry(replacing.envelope, reader=reader, recall=kind == "withdrawal") == "not_the_author"


@pytest.mark.parametrize("kind", ["correction", "withdrawal"])
def test_takes_what_replaces_an_entry_of_the_same_batch(kind):
    peer, reader = Peer(), Reader()
    claim = peer.say()
    peer.say(peer.claim(kind=kind, refers_to=claim.id, reason="mistaken"), recall=kind == "withdrawal")
    assert judged(reader, peer.batch()) == ["taken", "taken"]


def test_refuses_to_withdraw_an_entry_that_was_itself_refused():
    peer, reader = Peer(), Reader()
    refused = peer.say(peer.claim(marking=sharing("cy")))
    peer.say(peer.claim(kind="withdrawal", refers_to=refused.id, reason="mistaken"), recall=True)
    assert judged(reader, peer.batch()) == ["not_releasable", "unknown_reference"]


@pytest.mark.parametrize("kind", ["concern", "facts"])
def test_refuses_to_call_something_new_a_recall(kind):
    assert one_entry(Peer().claim(kind=kind).envelope, recall=True) == "invalid_assertion"


def test_a_comment_on_anothers_assertion_is_taken():
    assert one_entry(Peer().claim(kind="comment", refers_to="c" * 64).envelope) == "taken"


@pytest.mark.parametrize(
    ("marking", "reason"),
    [
        (sharing("cy"), "not_releasable"),
        (sharing(), "not_releasable"),
        (sharing("nl", expires=date(2026, 11, 23)), "expired"),
        (sharing("nl", disclosure="view"), "view_only"),
        (sharing("nl", tlp="RED", groups=("members-eu",)), "tlp_red"),
        (sharing("nl", tlp="RED"), "taken"),
        (sharing("nl", expires=date(2026, 11, 24)), "taken"),
        (sharing("nl", purposes=("sanctions",)), "taken"),
    ],
)
def test_the_marking_is_judged_again_by_the_receiver(marking, reason):
    assert one_entry(Peer().claim(marking=marking).envelope) == reason


@pytest.mark.parametrize(
    "words", [{"tlp": "PINK"}, {"classification": "COSMIC"}, {"disclosure": "perhaps"}, {"purposes": ["curiosity"]}]
)
def test_refuses_a_marking_with_a_word_nobody_knows(words):
    peer = Peer()
    claim = peer.claim().assertion
    marking = {**msgspec.to_builtins(claim.marking), **words}
    assert one_entry(peer.forge(claim, marking=marking)) == "unknown_word"


def test_refuses_what_is_above_its_own_ceiling():
    nl = msgspec.structs.replace(authority("nl"), ceiling="PUBLIC")
    reader = Reader(members=membership(authorities=(authority("us"), nl)))
    assert judged(reader, Peer().speak(1).batch()) == ["above_ceiling"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"parties": ("us", "cy")}, "no_agreement"),
        ({"valid_to": date(2026, 11, 23)}, "no_agreement"),
        ({"purposes": ()}, "no_agreement"),
        ({"suspensions": (Suspension(since=date(2026, 11, 20)),)}, "agreement_suspended"),
        ({"purposes": PURPOSES[:1]}, "taken"),
    ],
)
def test_refuses_what_no_agreement_carries(changes, reason):
    agreement = msgspec.structs.replace(membership().agreements[0], **changes)
    reader = Reader(members=membership(agreements=(agreement,)))
    assert judged(reader, Peer().speak(1).batch()) == [reason]


def test_refuses_everything_once_the_membership_document_has_expired():
    reader = Reader(members=membership(expires=NOW - timedelta(days=1)))
    assert judged(reader, Peer().speak(1).batch()) == ["membership_expired"]


def test_a_recall_is_taken_whatever_has_changed_since_the_original_was_sent():
    peer, reader = Peer(), Reader()
    claim = peer.say()
    assert judged(reader, peer.batch()) == ["taken"]
    reader.members = membership(agreements=())
    gone = sharing("cy", expires=date(2026, 11, 1))
    peer.say(peer.claim(marking=gone, kind="withdrawal", refers_to=claim.id, reason="mistaken"), recall=True)
    peer.say()
    assert judged(reader, peer.batch(2)) == ["taken", "no_agreement"]


def test_the_same_marking_on_something_new_and_on_a_recall_is_judged_twice():
    peer, reader = Peer(), Reader()
    claim = peer.say()
    peer.say(peer.claim(marking=sharing("cy")))
    peer.say(peer.claim(marking=sharing("cy"), kind="withdrawal", refers_to=claim.id, reason="mistaken"), recall=True)
    peer.say(peer.claim(marking=sharing("cy")))
    assert judged(reader, peer.batch()) == ["taken", "not_releasable", "taken", "not_releasable"]


def test_every_refused_entry_keeps_its_place_and_says_why():
    peer, reader = Peer(), Reader()
    peer.say(peer.claim(marking=sharing("cy")))
    verdict = reader.take(peer.batch())
    assert isinstance(verdict, Accepted)
    (turned,) = verdict.entries
    assert isinstance(turned, Turned)
    assert (turned.seq, turned.assertion, turned.reason) == (1, peer.entries[0].assertion, "not_releasable")
    assert turned.text == "nl is not named in releasable_to"
