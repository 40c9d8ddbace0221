# SPDX-License-Identifier: Apache-2.0
"""What became of an assertion at each peer: every state by name, and nothing is silent."""

from __future__ import annotations

import pytest

from highfence.app import Node
from highfence.ceremony import read_entry
from highfence.errors import NotFound
from highfence.exchange.feed import Turned
from highfence.exchange.status import Delivery
from highfence.model.marking import Marking
from nodes import carry, concern, following, officer, opened, sharing, states, suspended

from .test_countersigned import keep, receipt


def say(node: Node, marking: Marking, **changes: object) -> str:
    """Publish one claim about Acme Optics and return its id."""
    return node.publish([concern("Acme Optics", marking, **changes)]).result().ids[0]


def withdraw(node: Node, original: str) -> str:
    """Withdraw a claim about Acme Optics."""
    changes = {"kind": "withdrawal", "refers_to": original, "reason": "mistaken", "text": "", "entities": ()}
    return say(node, sharing("nl"), **changes)


def at(node: Node, assertion: str, peer: str) -> Delivery:
    """Return what became of an assertion at a peer."""
    (found,) = [one for one in node.status(assertion, officer(node)).deliveries if one.peer == peer]
    return found


def test_withheld_with_the_reason(nodes):
    name = say(nodes["us"], sharing("nl"))
    found = at(nodes["us"], name, "cy")
    assert (found.state, found.entitled, found.reason) == ("withheld", False, "not_releasable")
    assert found.text == "cy is not named in releasable_to"


def test_queued_sent_and_received(nodes):
    us = nodes["us"]
    name = say(us, sharing("nl"))
    assert (at(us, name, "nl").state, at(us, name, "nl").reason) == ("queued", "not_connected")
    us.pushed["nl"] = 1
    assert (at(us, name, "nl").state, at(us, name, "nl").reason) == ("sent", "no_receipt")
    carry(us, nodes["nl"])
    found = at(us, name, "nl")
    assert (found.state, found.entitled, found.seq, found.agreement) == ("received", True, 1, "agr-1")


def test_refused_with_the_peers_reason(nodes):
    us = nodes["us"]
    name = say(us, sharing("nl"))
    keep(nodes, receipt(nodes, refused=(Turned(seq=1, assertion=name, reason="wrong_id", text="does not fit"),)))
    found = at(us, name, "nl")
    assert (found.state, found.reason, found.text) == ("refused", "wrong_id", "does not fit")


def test_recall_queued_and_recalled(nodes):
    us = nodes["us"]
    name = say(us, sharing("nl"))
    carry(us, nodes["nl"])
    withdrawal = withdraw(us, name)
    assert us.status(name, officer(us)).superseded_by == withdrawal
    assert (at(us, name, "nl").state, at(us, name, "nl").recalled_by) == ("recall_queued", withdrawal)
    carry(us, nodes["nl"])
    assert (at(us, name, "nl").state, at(us, name, "nl").text) == ("recalled", "acknowledged")
    assert at(us, withdrawal, "nl").state == "received"


def test_a_recall_that_the_peer_refused_is_not_shown_as_done(nodes):
    us = nodes["us"]
    name = say(us, sharing("nl"))
    carry(us, nodes["nl"])
    withdrawal = withdraw(us, name)
    refused = Turned(seq=2, assertion=withdrawal, reason="unknown_reference", text="nothing is held")
    keep(nodes, receipt(nodes, refused=(refused,)))
    carry(us, nodes["nl"])
    found = at(us, name, "nl")
    assert (found.state, found.reason, found.recalled_by) == ("recall_refused", "unknown_reference", withdrawal)


def test_what_was_refused_needs_no_recall(nodes):
    us, nl = nodes["us"], nodes["nl"]
    nl.install_membership(suspended(nodes))
    name = say(us, sharing("nl"))
    carry(us, nl)
    withdraw(us, name)
    carry(us, nl)
    found = at(us, name, "nl")
    assert (found.state, found.reason, found.recalled_by) == ("refused", "agreement_suspended", "")


def test_a_correction_shows_where_it_went_and_replaces_the_first(nodes):
    us = nodes["us"]
    name = say(us, sharing("nl", "cy"))
    correction = say(us, sharing("nl"), kind="correction", refers_to=name, reason="mistaken")
    for code in ("nl", "cy"):
        carry(us, nodes[code])
    assert states(us, name) == {"nl": "recalled", "cy": "recalled"}
    assert states(us, correction) == {"nl": "received", "cy": "withheld"}
    assert at(us, name, "nl").recalled_by == correction
    assert at(us, name, "cy").recalled_by not in ("", correction)


def test_a_peer_that_joined_later_is_entitled_or_not_by_the_document_in_use(tmp_path):
    with opened(tmp_path, ("us", "nl", "cy")) as nodes:
        us = nodes["us"]
        agreements = us.membership.agreements
        us.install_membership(following(nodes, removed=("cy",)))
        name, other = say(us, sharing("nl")), say(us, sharing("nl", "cy"))
        entry = read_entry(nodes["cy"].home.authority)
        us.install_membership(following(nodes, admitted=(entry,), agreements=agreements))
        assert (at(us, name, "cy").state, at(us, name, "cy").reason) == ("withheld", "not_releasable")
        assert (at(us, other, "cy").state, at(us, other, "cy").reason) == ("withheld", "not_releasable")


def test_what_may_go_to_a_peer_and_has_not_been_weighed_yet_says_so(nodes):
    us = nodes["us"]
    agreements = us.membership.agreements
    us.install_membership(following(nodes, agreements=()))
    name = say(us, sharing("nl"))
    assert (at(us, name, "nl").reason, at(us, name, "nl").entitled) == ("no_agreement", False)
    us.install_membership(following(nodes, agreements=agreements))
    assert (at(us, name, "nl").reason, at(us, name, "nl").entitled) == ("not_weighed", True)
    us.weigh_again()
    assert at(us, name, "nl").state == "queued"


def test_of_anothers_assertion_there_is_nothing_to_tell(nodes):
    name = say(nodes["us"], sharing("nl"))
    carry(nodes["us"], nodes["nl"])
    found = nodes["nl"].status(name, officer(nodes["nl"]))
    assert (found.originator, found.deliveries) == ("us", ())


@pytest.mark.parametrize("clearance", ["PUBLIC", "SENSITIVE"])
def test_a_reader_who_may_not_see_an_assertion_learns_no_more_than_if_there_were_none(nodes, clearance):
    us = nodes["us"]
    name = say(us, sharing("nl"))
    reader = officer(us, clearance=clearance)
    with pytest.raises(NotFound) as hidden:
        us.status(name, reader)
    with pytest.raises(NotFound) as absent:
        us.status("f" * 64, reader)
    assert str(hidden.value).replace(name, "ID") == str(absent.value).replace("f" * 64, "ID")
