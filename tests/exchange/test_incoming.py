# SPDX-License-Identifier: Apache-2.0
"""Taking a peer's feed into a node: what is believed is kept once, what is grave only as evidence."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from highfence.app import Node
from highfence.errors import StorageFailed
from highfence.exchange.envelope import open_envelope
from highfence.exchange.feed import Receipt, Turned, read_receipt
from highfence.exchange.incoming import Incoming
from highfence.exchange.keys import SigningKey
from highfence.exchange.receive import Accepted, FeedRefused, Taken
from highfence.model.entity import Entity
from highfence.model.listing import Listing
from highfence.model.schema import schema
from highfence.storage import feed, journal, peers
from highfence.storage.database import Connection
from nodes import carry, everything, make_nodes, officer, reopened, sharing, states, suspended, told

from .hostile import KEYS, Peer

#: What changes when a batch is not believed.
ASIDE = ("evidence", "quarantine")


@pytest.fixture
def peer(nodes: dict[str, Node]) -> Peer:
    """Give somebody who writes the feed of the United States with its own key."""
    return Peer(key=SigningKey.read(nodes["us"].home.signing_key))


@pytest.fixture
def incoming(nodes: dict[str, Node]) -> Incoming:
    """Give the Netherlands' end of that feed."""
    return nodes["nl"].link("us").incoming


def take(node: Node, incoming: Incoming, data: bytes) -> Accepted | FeedRefused:
    """Take a batch and move on, as the link does."""
    verdict = incoming.take(data, node.membership).result()
    incoming.settle(verdict)
    return verdict


def believed(node: Node, incoming: Incoming, peer: Peer, count: int = 3) -> None:
    """Let the node believe so many entries."""
    first = len(peer.entries) + 1
    assert isinstance(take(node, incoming, peer.speak(count).batch(first)), Accepted)


def receipt_of(incoming: Incoming) -> Receipt:
    """Return the receipt that would be sent now."""
    found = incoming.receipt()
    assert found is not None
    return read_receipt(open_envelope(found[1]).content())


def broken_chain(peer: Peer) -> bytes:
    peer.say(previous="1" * 64)
    return peer.batch(4)


def second_head(peer: Peer) -> bytes:
    twin = Peer(key=peer.key, at=peer.at).speak(3)
    return twin.heartbeat()


def earlier_second_head(peer: Peer) -> bytes:
    return Peer(key=peer.key, at=peer.at).speak(2).heartbeat()


def inconsistent(peer: Peer) -> bytes:
    peer.speak(1)
    altered = msgspec.structs.replace(peer.entries[3], agreement="agr-2")
    return peer.batch(4, entries=[altered])


GRAVE: dict[str, tuple[str, Callable[[Peer], bytes]]] = {
    "the head of another feed": ("wrong_feed", lambda peer: peer.heartbeat(reader="cy")),
    "the head of another epoch": ("wrong_epoch", lambda peer: peer.heartbeat(epoch=2)),
    "a broken chain": ("broken_chain", broken_chain),
    "a second head": ("second_head", second_head),
    "an earlier second head": ("second_head", earlier_second_head),
    "a rollback": ("rollback", lambda peer: peer.heartbeat(2)),
    "an inconsistent tree": ("inconsistent", inconsistent),
}


@pytest.mark.parametrize("attack", GRAVE)
def test_a_grave_fault_puts_the_peer_in_quarantine_keeps_evidence_and_changes_nothing_else(
    nodes, peer, incoming, attack
):
    nl = nodes["nl"]
    believed(nl, incoming, peer)
    newest_head = receipt_of(incoming).head
    before = everything(nl, but=ASIDE)
    reason, make = GRAVE[attack]
    data = make(peer)
    verdict = take(nl, incoming, data)
    assert isinstance(verdict, FeedRefused)
    assert (verdict.reason, verdict.grave) == (reason, True)
    assert everything(nl, but=ASIDE) == before
    assert incoming.size == 3
    with nl.database.read() as connection:
        (item,) = peers.evidence_of(connection, "us")
        confined = peers.confined(connection)["us"]
    assert item.body == data + b"\n" + newest_head.encode()
    assert (item.reason, confined.reason, confined.text) == (reason, reason, verdict.text)
    assert incoming.quarantined == confined
    assert nl.verify().differences == ()


def test_the_quarantine_outlasts_a_restart(nodes, peer, incoming):
    believed(nodes["nl"], incoming, peer)
    take(nodes["nl"], incoming, peer.heartbeat(1))
    nodes["nl"] = reopened(nodes["nl"])
    held = nodes["nl"].link("us").incoming.quarantined
    assert held is not None
    assert held.reason == "rollback"
    (view,) = [one for one in nodes["nl"].peer_views() if one.authority.code == "us"]
    assert (view.quarantine, view.evidence) == (held, 1)


def test_the_first_reason_for_a_quarantine_stays(nodes, peer, incoming):
    nl = nodes["nl"]
    believed(nl, incoming, peer)
    take(nl, incoming, peer.heartbeat(1))
    take(nl, incoming, peer.heartbeat(reader="cy"))
    with nl.database.read() as connection:
        assert peers.confined(connection)["us"].reason == "rollback"
        assert {item.reason for item in peers.evidence_of(connection, "us")} == {"rollback", "wrong_feed"}


def test_a_quarantine_of_one_peer_does_not_touch_another(nodes, peer, incoming):
    believed(nodes["nl"], incoming, peer)
    take(nodes["nl"], incoming, peer.heartbeat(1))
    other = Peer("cy", key=SigningKey.read(nodes["cy"].home.signing_key))
    link = nodes["nl"].link("cy").incoming
    assert link.quarantined is None
    believed(nodes["nl"], link, other)


@pytest.mark.parametrize("data", [b"", b"rubbish", b'{"head":"x"}'])
def test_rubbish_is_kept_as_evidence_and_is_no_reason_for_quarantine(nodes, incoming, data):
    nl = nodes["nl"]
    for _ in range(2):
        assert isinstance(take(nl, incoming, data), FeedRefused)
    with nl.database.read() as connection:
        assert [item.reason for item in peers.evidence_of(connection, "us")] == ["malformed"]
        assert peers.confined(connection) == {}


def test_a_head_of_another_key_is_evidence_but_no_reason_for_quarantine(nodes, incoming):
    assert take(nodes["nl"], incoming, Peer(key=KEYS["us"]).heartbeat()) == FeedRefused(
        reason="unknown_key",
        text="no key of the named authority signed this (us). Check the membership document with the authority before "
        "believing anything it sent",
    )
    assert incoming.quarantined is None


def test_gaps_and_repetitions_happen_and_leave_no_evidence(nodes, peer, incoming):
    nl = nodes["nl"]
    believed(nl, incoming, peer)
    before = everything(nl)
    for data in (peer.batch(1), peer.batch(2), peer.speak(2).batch(5)):
        assert isinstance(take(nl, incoming, data), FeedRefused)
    assert everything(nl) == before


def test_one_peers_rubbish_does_not_fill_the_disk(nodes, incoming):
    nl = nodes["nl"]

    def fill(connection: Connection) -> None:
        for place in range(250):
            body = b"%d" % place
            peers.keep_evidence(connection, peers.Evidence(peer="us", at="t", reason="malformed", text="", body=body))

    nl.database.write(fill)
    take(nl, incoming, b"one more")
    with nl.database.read() as connection:
        assert len(peers.evidence_of(connection, "us")) == 200


# What is refused entry by entry.


def test_a_refused_entry_moves_the_feed_on_and_the_owner_is_told_why(nodes):
    us, nl = nodes["us"], nodes["nl"]
    (good,) = us.publish([Peer().claim().assertion]).result().ids
    carry(us, nl)
    # The reader has the newer membership document, the owner not yet.
    nl.install_membership(suspended(nodes))
    (refused,) = us.publish([Peer().claim(name="Other Optics").assertion]).result().ids
    (verdict,) = [one for one in carry(us, nl) if isinstance(one, Accepted) and one.entries]
    assert [type(entry) for entry in verdict.entries] == [Turned]
    assert nl.link("us").incoming.size == 2
    assert list(told(nl, "us")) == [good]
    assert (states(us, good)["nl"], states(us, refused)["nl"]) == ("received", "refused")
    (delivery,) = [one for one in us.status(refused, officer(us)).deliveries if one.peer == "nl"]
    assert delivery.reason == "agreement_suspended"
    assert delivery.text == "the agreement between us and nl is suspended"
    assert nl.verify().differences == us.verify().differences == ()


def test_the_receipt_names_what_was_refused_and_covers_the_whole_feed(nodes, peer, incoming):
    peer.say()
    peer.say(peer.claim(marking=sharing("cy")))
    peer.say()
    take(nodes["nl"], incoming, peer.batch())
    receipt = receipt_of(incoming)
    assert (receipt.owner, receipt.reader, receipt.size) == ("us", "nl", 3)
    assert [(turned.seq, turned.reason) for turned in receipt.refused] == [(2, "not_releasable")]


def test_what_the_owner_has_been_told_is_not_told_again(nodes, peer, incoming):
    nl = nodes["nl"]
    peer.say(peer.claim(marking=sharing("cy")))
    take(nl, incoming, peer.batch())
    assert incoming.owes_receipt
    found = incoming.receipt()
    assert found is not None
    incoming.told(found[0])
    assert not incoming.owes_receipt
    peer.say(peer.claim(marking=sharing("cy")))
    take(nl, incoming, peer.batch(2))
    assert [turned.seq for turned in receipt_of(incoming).refused] == [2]


def test_after_a_restart_all_refusals_are_told_again(nodes, peer, incoming):
    for _ in range(2):
        peer.say(peer.claim(marking=sharing("cy")))
    take(nodes["nl"], incoming, peer.batch())
    found = incoming.receipt()
    assert found is not None
    incoming.told(found[0])
    nodes["nl"] = reopened(nodes["nl"])
    again = receipt_of(nodes["nl"].link("us").incoming)
    assert (again.size, [turned.seq for turned in again.refused]) == (2, [1, 2])


def test_more_refusals_than_one_receipt_takes_are_told_in_several(nodes, peer, incoming):
    nl = nodes["nl"]
    claim = peer.say()
    for first in (1, 251, 501):
        while len(peer.entries) < first + 249:
            peer.say(claim)
        assert isinstance(take(nl, incoming, peer.batch(first)), Accepted)
    heard: list[int] = []
    while incoming.owes_receipt:
        told_upto, envelope = incoming.receipt() or (0, b"")
        receipt = read_receipt(open_envelope(envelope).content())
        heard += [turned.seq for turned in receipt.refused]
        incoming.told(told_upto)
    assert heard == list(range(2, 751))


def test_there_is_no_receipt_before_the_first_head(nodes, incoming):
    assert incoming.receipt() is None
    assert not incoming.owes_receipt


LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
WORDS = st.text(LETTERS, min_size=1, max_size=30).filter(lambda text: text.strip())
ODD = st.sampled_from(("\x01", "9" * 400, "%", "\u202e", "İ", "ﬀ", "0000-00-00", "1-1", "LEI", "é" * 3000, "http://"))
ENTITIES = st.builds(
    Entity,
    id=WORDS,
    schema=st.sampled_from(("Company", "Person", "Vessel", "LegalEntity", "Organization", "PublicBody", "Address")),
    properties=st.dictionaries(
        st.sampled_from(
            ("name", "alias", "country", "full", "birthDate", "innCode", "leiCode", "imoNumber", "address")
        ),
        st.lists(WORDS | ODD, min_size=1, max_size=3).map(tuple),
        max_size=5,
    ),
)


@given(entity=ENTITIES, text=WORDS, listed=st.none() | st.dates(), key=WORDS | ODD)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_nothing_a_peer_may_say_stops_its_feed(nodes, peer, incoming, entity, text, listed, key):
    named = {name: values for name, values in entity.properties.items() if name in schema(entity.schema).properties}
    entity = msgspec.structs.replace(entity, properties=named)
    listing = Listing(jurisdiction=key, source=key, list=text, key=key, entity=entity.id, listed=listed, until=listed)
    changes = {"entities": (entity,), "subject": entity.id, "text": text, "kind": "listing", "listing": listing}
    claim = peer.claim(**changes)
    peer.say(claim)
    verdict = take(nodes["nl"], incoming, peer.batch(len(peer.entries)))
    assert isinstance(verdict, Accepted)
    assert [type(entry) for entry in verdict.entries] == [Taken]
    with nodes["nl"].sight(officer(nodes["nl"])) as sight:
        shown = sight.profile(claim.assertion.subject)
        assert claim.assertion.subject in shown.entities
        assert sight.latest(limit=1)[0].id == claim.id
        sight.search(text)
        sight.gaps(key, "us")


def test_a_text_with_u0000_is_turned_away_and_the_feed_goes_on(nodes, peer, incoming):
    believed(nodes["nl"], incoming, peer, count=1)
    peer.put(peer.forge(peer.claim().assertion, text="cut\0off"))
    peer.put(peer.claim().envelope, assertion="no\0id")
    verdict = take(nodes["nl"], incoming, peer.batch(2))
    assert [entry.reason for entry in verdict.entries] == ["invalid_document", "wrong_id"]
    believed(nodes["nl"], incoming, peer, count=1)
    assert len(receipt_of(incoming).refused) == 2
    assert nodes["nl"].verify().differences == ()


# Once and only once.


def test_what_was_believed_is_there_after_a_restart_and_goes_on_from_there(nodes, peer, incoming):
    believed(nodes["nl"], incoming, peer)
    before = everything(nodes["nl"])
    nodes["nl"] = reopened(nodes["nl"])
    again = nodes["nl"].link("us").incoming
    assert (again.size, everything(nodes["nl"])) == (3, before)
    assert receipt_of(again).head == receipt_of(incoming).head
    believed(nodes["nl"], again, peer, count=2)
    assert again.size == 5
    assert nodes["nl"].verify().differences == ()


def test_after_a_restart_an_old_head_is_still_no_crime_and_a_rollback_still_is(nodes, peer, incoming):
    believed(nodes["nl"], incoming, peer)
    old = peer.heartbeat()
    believed(nodes["nl"], incoming, peer, count=1)
    nodes["nl"] = reopened(nodes["nl"])
    again = nodes["nl"].link("us").incoming
    verdicts = [take(nodes["nl"], again, data) for data in (old, peer.heartbeat(3))]
    assert [(one.reason, one.grave) for one in verdicts if isinstance(one, FeedRefused)] == [
        ("replay", False),
        ("rollback", True),
    ]


def test_a_batch_that_could_not_be_kept_changes_nothing_and_is_taken_when_it_comes_again(
    nodes, peer, incoming, monkeypatch
):
    nl = nodes["nl"]
    believed(nl, incoming, peer)
    before = everything(nl)
    data = peer.speak(2).batch(4)
    with monkeypatch.context() as broken:
        real = journal.append

        def fail(connection: Connection, rows: object) -> None:
            real(connection, rows)
            raise StorageFailed("no space left", advice="Free space")

        broken.setattr(journal, "append", fail)
        with pytest.raises(StorageFailed):
            take(nl, incoming, data)
    assert everything(nl) == before
    assert incoming.size == 3
    assert isinstance(take(nl, incoming, data), Accepted)
    assert incoming.size == 5
    assert nl.verify().differences == ()


@pytest.mark.parametrize("step", ["append_in", "save_states", "save_head"])
def test_a_failure_at_any_step_of_keeping_leaves_nothing_behind(nodes, peer, incoming, monkeypatch, step):
    nl = nodes["nl"]
    believed(nl, incoming, peer)
    before = everything(nl)
    with monkeypatch.context() as broken:
        broken.setattr(feed, step, _failing(getattr(feed, step)))
        with pytest.raises(RuntimeError):
            take(nl, incoming, peer.speak(2).batch(4))
    assert everything(nl) == before


def _failing(real: Callable[..., None]) -> Callable[..., None]:
    def fail(*given: object) -> None:
        real(*given)
        raise RuntimeError("in the middle")

    return fail


def test_two_nodes_that_take_the_same_feed_hold_the_same(tmp_path):
    nodes = make_nodes(tmp_path, ("us", "nl", "cy"))
    for place in range(4):
        nodes["us"].publish([Peer().claim(f"Firm {place}", sharing("nl", "cy")).assertion]).result()
    for code in ("nl", "cy"):
        carry(nodes["us"], nodes[code])
    assert told(nodes["nl"], "us") == told(nodes["cy"], "us") == told(nodes["us"], "us")
    for node in nodes.values():
        node.close()
