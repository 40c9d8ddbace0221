# SPDX-License-Identifier: Apache-2.0
"""The membership document in use: the next one, forks, peers that are behind, and the key that waits for it."""

from __future__ import annotations

import json
from datetime import timedelta

import msgspec
import pytest

from highfence.app import Node, open_node
from highfence.ceremony import make_new_key, propose_membership, sign_membership
from highfence.clock import SetClock
from highfence.errors import InvalidDocument, Refused
from highfence.exchange.charter import take_up_key
from highfence.exchange.documents import FORK
from highfence.exchange.keys import SigningKey
from highfence.exchange.membership import membership_id
from highfence.exchange.proposal import Changes
from highfence.storage import peers
from nodes import NOON, following, make_homes, opened, reopened


@pytest.fixture
def nodes(tmp_path):
    with opened(tmp_path, ("us", "eu", "nl", "cy", "jp")) as found:
        yield found


def next_documents(nodes: dict[str, Node], number: int) -> list[bytes]:
    """Return so many documents, each following the one before."""
    us = nodes["us"]
    made = []
    for _ in range(number):
        us.install_membership(following(nodes))
        made.append(us.home.membership.read_bytes())
    return made


def rival(nodes: dict[str, Node], *signers: str, current: bytes) -> bytes:
    """Return another document that follows one, with other groups in it."""
    changes = Changes(groups={"cy": ("rival",)})
    envelope = propose_membership(current, changes, issued=nodes["us"].now())
    for code in signers:
        envelope = sign_membership(envelope, nodes[code].home.folder, instead=True)
    return envelope


def evidence(node: Node) -> list[peers.Evidence]:
    """Return what is kept of documents that stand against one in use."""
    with node.database.read() as connection:
        return peers.evidence_of(connection, FORK)


def refused(node: Node, envelope: bytes) -> str:
    """Return why a node does not go by a document."""
    with pytest.raises(Refused) as refusal:
        node.install_membership(envelope)
    return refusal.value.reason


def test_a_node_that_is_behind_learns_every_version_it_lacks_in_their_order(nodes):
    us, nl = nodes["us"], nodes["nl"]
    next_documents(nodes, 3)
    assert nl.charter.lacks(us.charter.stamp)
    assert not us.charter.lacks(nl.charter.stamp)
    nl.charter.learn(us.charter.after(nl.membership.version - 1))
    assert nl.membership == us.membership
    assert nl.charter.stamp == us.charter.stamp
    assert not nl.charter.lacks(us.charter.stamp)
    assert reopened(nl).charter.stamp == us.charter.stamp


def test_a_version_between_cannot_be_left_out(nodes):
    _, second = next_documents(nodes, 2)
    assert refused(nodes["nl"], second) == "missing_version"


def test_an_older_document_never_takes_the_place_of_a_newer_one(nodes):
    us = nodes["us"]
    first, second = next_documents(nodes, 2)
    assert refused(us, first) == "older_version"
    assert us.home.membership.read_bytes() == second
    us.charter.learn(msgspec.json.encode([second.decode()]))
    assert us.charter.id == membership_id(second)


def test_two_documents_of_one_version_are_recognised_and_both_are_kept(nodes):
    us = nodes["us"]
    before = us.home.membership.read_bytes()
    (real,) = next_documents(nodes, 1)
    other = rival(nodes, "eu", "nl", "cy", current=before)
    assert refused(us, other) == "same_version"
    (kept,) = evidence(us)
    assert kept.body.split(b"\n")[:2] == [real, other]
    assert us.charter.state().forks == 1
    assert us.charter.id == membership_id(real)
    assert refused(us, other) == "same_version"
    assert len(evidence(us)) == 1


def test_a_document_that_follows_another_one_of_the_version_in_use_is_a_fork(nodes):
    us = nodes["us"]
    before = us.home.membership.read_bytes()
    next_documents(nodes, 1)
    branch = propose_membership(rival(nodes, current=before), Changes(), issued=us.now())
    for code in ("eu", "nl", "cy"):
        branch = sign_membership(branch, nodes[code].home.folder, instead=True)
    assert refused(us, branch) == "other_history"
    assert [one.reason for one in evidence(us)] == ["other_history"]


def test_what_nobody_signed_is_no_evidence_of_anything(nodes):
    us = nodes["us"]
    before = us.home.membership.read_bytes()
    next_documents(nodes, 1)
    assert refused(us, rival(nodes, current=before)) == "same_version"
    assert evidence(us) == []


def test_a_peer_that_has_another_document_of_this_version_is_looked_at(nodes):
    us, nl = nodes["us"], nodes["nl"]
    other = rival(nodes, "eu", "nl", "cy", current=us.home.membership.read_bytes())
    next_documents(nodes, 1)
    nl.install_membership(other)
    assert us.charter.lacks(nl.charter.stamp)
    assert nl.charter.lacks(us.charter.stamp)
    with pytest.raises(Refused):
        us.charter.learn(nl.charter.after(us.membership.version - 1))
    assert len(evidence(us)) == 1


@pytest.mark.parametrize("stamp", ["", "x", "9", "9 abc", "-1 " + "a" * 64, "9" * 40 + " " + "a" * 64])
def test_a_stamp_that_says_nothing_asks_for_nothing(nodes, stamp):
    assert not nodes["us"].charter.lacks(stamp)


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b'"x"', b"\xff"])
def test_an_answer_that_holds_no_documents_is_refused(nodes, body):
    with pytest.raises(InvalidDocument):
        nodes["us"].charter.learn(body)


def test_a_document_below_the_threshold_is_refused_by_a_learner_too(nodes):
    weak = rival(nodes, "us", "eu", current=nodes["nl"].home.membership.read_bytes())
    with pytest.raises(Refused, match="not signed: cy, jp, nl") as refusal:
        nodes["nl"].charter.learn(json.dumps([weak.decode()]).encode())
    assert refusal.value.reason == "too_few_signatures"


def test_the_state_warns_before_the_end(tmp_path):
    (home,) = make_homes(tmp_path, ("us",)).values()
    clock = SetClock(NOON)
    node = open_node(home, clock=clock)
    assert node.charter.state().state == "valid"
    clock.advance((timedelta(days=28) + timedelta(seconds=1)).total_seconds())
    told = node.charter.state()
    assert (told.state, "expires in 23 h" in told.text) == ("expiring", True)
    clock.advance(timedelta(days=1).total_seconds())
    assert node.charter.state().state == "expired"
    node.close()


def test_a_new_key_is_taken_up_once_the_document_names_it(nodes):
    nl = nodes["nl"]
    home = nl.home
    old = SigningKey.read(home.signing_key).public.id
    request = make_new_key(home.folder, code="nl", at=nl.now(), stolen=False)
    new = SigningKey.read(home.next_key).public.id
    take_up_key(home, "nl")
    assert SigningKey.read(home.signing_key).public.id == old
    envelope = following(nodes, new_keys=(request,))
    nl.install_membership(envelope)
    nodes["nl"] = nl = reopened(nl)
    assert SigningKey.read(home.signing_key).public.id == new
    assert not home.next_key.exists()
    kept = home.signing_key.with_name(f"signing.key.{old[:16]}.old")
    assert SigningKey.read(kept).public.id == old
    take_up_key(home, "nl")
    assert SigningKey.read(home.signing_key).public.id == new
