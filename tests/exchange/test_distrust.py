# SPDX-License-Identifier: Apache-2.0
"""A stolen key: what it signed up to the last trusted entry stays, what it signed behind it speaks no more."""

from __future__ import annotations

import pytest

from highfence.app import Node, open_node
from highfence.ceremony import make_new_key
from highfence.errors import NotFound
from highfence.exchange.keys import SigningKey
from highfence.storage import journal
from highfence.storage.journal import UNTRUSTED
from nodes import carry, concern, following, officer, opened, reopened, sharing, states, told


@pytest.fixture
def nodes(tmp_path):
    with opened(tmp_path, ("us", "eu", "nl")) as found:
        yield found


def say(node: Node, name: str, **changes: object) -> str:
    """Publish a concern for the Netherlands and return its id."""
    return node.publish([concern(name, sharing("nl"), **changes)]).result().ids[0]


def steal(nodes: dict[str, Node], index: int) -> None:
    """Let all go by a document that believes the American key up to an entry of the feed to the Netherlands."""
    us = nodes["us"]
    key = SigningKey.read(us.home.signing_key).public.id
    request = make_new_key(us.home.folder, code="us", at=us.now(), stolen=True)
    envelope = following(nodes, new_keys=(request,), stolen={key: {"nl": index, "*": 0}})
    for node in nodes.values():
        node.install_membership(envelope)


def seen(node: Node, name: str) -> tuple[str, ...]:
    """Return the assertions that a node's profile of a company rests its sentences on."""
    try:
        with node.sight(officer(node)) as sight:
            return tuple(one.assertion for one in sight.profile("demo-" + name.lower()).claims)
    except NotFound:
        return ()


def replaced(node: Node, assertion: str) -> str:
    """Return what a node notes in the place of an assertion."""
    with node.sight(officer(node)) as sight:
        return sight.assertion(assertion).superseded_by


def test_what_was_taken_up_to_the_index_stays_and_the_rest_speaks_no_more(nodes):
    us, nl = nodes["us"], nodes["nl"]
    first, second = say(us, "Alpha"), say(us, "Beta")
    carry(us, nl)
    assert (seen(nl, "Alpha"), seen(nl, "Beta")) == ((first,), (second,))
    steal(nodes, 1)
    assert nl.distrust().silenced == (second,)
    assert (replaced(nl, first), replaced(nl, second)) == ("", UNTRUSTED)
    assert seen(nl, "Alpha") == (first,)
    with nl.sight(officer(nl)) as sight:
        assert sight.search("Beta") == ()
    assert nl.verify().differences == ()
    assert nl.distrust().silenced == ()


def test_what_a_thief_withdrew_or_corrected_speaks_again(nodes):
    us, nl = nodes["us"], nodes["nl"]
    first, second = say(us, "Alpha"), say(us, "Beta")
    say(us, "Alpha", kind="withdrawal", refers_to=first, reason="none", text="", entities=())
    changed = say(us, "Beta", kind="correction", refers_to=second, reason="none", text="All is well")
    carry(us, nl)
    assert (replaced(nl, first) != "", replaced(nl, second)) == (True, changed)
    steal(nodes, 2)
    found = nl.distrust()
    assert (len(found.silenced), set(found.restored)) == (2, {first, second})
    assert (seen(nl, "Alpha"), seen(nl, "Beta")) == ((first,), (second,))
    with nl.sight(officer(nl)) as sight:
        assert [hit.caption for hit in sight.search("Beta")] == ["Beta"]
    assert nl.verify().differences == ()


def test_what_comes_later_under_the_stolen_key_is_refused_and_the_member_returns_with_a_new_one(nodes):
    us, nl = nodes["us"], nodes["nl"]
    say(us, "Alpha")
    carry(us, nl)
    late = say(us, "Beta")
    steal(nodes, 1)
    assert [type(one).__name__ for one in carry(us, nl)] == ["FeedRefused"] * 2
    nodes["us"] = us = reopened(us)
    after = say(us, "Gamma")
    carry(us, nl)
    assert set(told(nl, "us")) == {*told(us, "us")} - {late}
    assert states(us, late)["nl"] == "refused"
    assert states(us, after)["nl"] == "received"
    assert nl.distrust().silenced == ()
    assert (us.verify().differences, nl.verify().differences) == ((), ())


def test_what_was_silenced_speaks_again_through_a_correction_under_the_new_key(nodes):
    us, nl = nodes["us"], nodes["nl"]
    first = say(us, "Alpha")
    carry(us, nl)
    steal(nodes, 0)
    assert nl.distrust().silenced == (first,)
    nodes["us"] = us = reopened(us)
    again = say(us, "Alpha", kind="correction", refers_to=first, reason="signed with a sound key")
    carry(us, nl)
    assert (seen(nl, "Alpha"), replaced(nl, first)) == ((again,), again)
    assert nl.distrust().silenced == ()
    assert (us.verify().differences, nl.verify().differences) == ((), ())


def test_a_document_that_distrusts_is_acted_on_after_a_restart_too(nodes):
    us, nl = nodes["us"], nodes["nl"]
    first = say(us, "Alpha")
    carry(us, nl)
    steal(nodes, 0)
    nl.close()
    nodes["nl"] = nl = open_node(nl.home.folder, clock=nl.clock)
    assert nl.distrust().silenced == (first,)


def test_the_note_of_a_stolen_key_cannot_be_made_up(nodes):
    us, nl = nodes["us"], nodes["nl"]
    first = say(us, "Alpha")
    carry(us, nl)
    nl.database.write(lambda connection: journal.supersede(connection, [(first, UNTRUSTED)]))
    assert [one.where for one in nl.verify().differences] == [f"assertion {first}"]
