# SPDX-License-Identifier: Apache-2.0
"""What was withheld is weighed again when the reason is gone, and goes out once."""

from __future__ import annotations

import random
from datetime import date, timedelta

import msgspec
import pytest

from highfence.app import Node, open_node
from highfence.ceremony import NewAuthority, init_home, propose_membership, read_entry, sign_membership
from highfence.clock import SetClock
from highfence.exchange.proposal import Changes, Pause
from highfence.home import Home
from highfence.model.agreement import Agreement
from highfence.model.marking import Marking
from highfence.storage import feed
from nodes import NOON, PURPOSES, carry, concern, following, officer, opened, sharing, states, told


@pytest.fixture
def nodes(tmp_path):
    with opened(tmp_path, ("us", "nl", "cy"), clock=SetClock(NOON)) as found:
        yield found


def say(node: Node, marking: Marking, name: str = "Alpha", **changes: object) -> str:
    """Publish a concern and return its id."""
    return node.publish([concern(name, marking, **changes)]).result().ids[0]


def go_by(nodes: dict[str, Node], envelope: bytes) -> None:
    """Let all nodes go by a document."""
    for node in nodes.values():
        node.install_membership(envelope)


def rest(nodes: dict[str, Node], since: date, until: date | None = None) -> None:
    """Suspend the agreement of all."""
    go_by(nodes, following(nodes, pauses=(Pause(agreement="agr-1", since=since, until=until),)))


def reason(node: Node, assertion: str, peer: str) -> str:
    """Return why an assertion is not with a peer."""
    found = node.status(assertion, officer(node)).deliveries
    return next(one.reason for one in found if one.peer == peer)


def agreement(name: str, *parties: str, **changes: object) -> Agreement:
    """Return an agreement in force."""
    fields: dict[str, object] = {"title": name, "legal_basis": "Article 13", "purposes": PURPOSES}
    fields |= {"valid_from": date(2026, 1, 1), **changes}
    return Agreement(id=name, parties=parties, **fields)  # type: ignore[arg-type]


def test_what_a_suspended_agreement_held_back_goes_out_when_it_is_in_force_again(nodes):
    us, nl = nodes["us"], nodes["nl"]
    rest(nodes, date(2026, 11, 20), date(2026, 11, 24))
    held = say(us, sharing("nl"))
    assert us.weigh_again() == 0
    assert (states(us, held)["nl"], reason(us, held, "nl")) == ("withheld", "agreement_suspended")
    us.clock.advance(24 * 3600)
    assert us.weigh_again() == 1
    assert us.weigh_again() == 0
    carry(us, nl)
    assert list(told(nl, "us")) == [held]
    assert states(us, held) == {"cy": "withheld", "nl": "received"}
    assert (us.verify().differences, nl.verify().differences) == ((), ())


def test_when_a_forum_lapses_nothing_goes_out_under_it_until_another_agreement_takes_over(nodes):
    us, nl = nodes["us"], nodes["nl"]
    ttc = agreement("ttc", "us", "nl", valid_from=date(2021, 9, 29), valid_to=date(2026, 11, 24))
    go_by(nodes, following(nodes, agreements=(ttc,)))
    before = say(us, sharing("nl"), "Alpha")
    assert us.status(before, officer(us)).deliveries[1].agreement == "ttc"
    us.clock.advance(24 * 3600)
    after = say(us, sharing("nl"), "Beta")
    assert (us.weigh_again(), reason(us, after, "nl")) == (0, "no_agreement")
    carry(us, nl)
    assert list(told(nl, "us")) == []
    go_by(nodes, following(nodes, agreements=(ttc, agreement("fdi", "us", "nl"))))
    assert states(us, before)["nl"] == "refused"
    assert us.weigh_again() == 2
    carry(us, nl)
    assert [us.status(one, officer(us)).deliveries[1].agreement for one in (before, after)] == ["fdi", "fdi"]
    assert (states(us, before)["nl"], states(us, after)["nl"]) == ("received", "received")
    assert set(told(nl, "us")) == {before, after}
    assert us.weigh_again() == 0
    assert (us.verify().differences, nl.verify().differences) == ((), ())


def test_what_a_reader_refused_by_its_older_document_is_sent_once_more(nodes):
    us, nl = nodes["us"], nodes["nl"]
    agreements = us.membership.agreements
    rest(nodes, date(2026, 11, 20))
    us.install_membership(following(nodes, agreements=agreements))
    name = say(us, sharing("nl"))
    carry(us, nl)
    assert states(us, name)["nl"] == "refused"
    assert us.weigh_again() == 1
    nl.charter.learn(us.charter.after(nl.membership.version))
    carry(us, nl)
    assert states(us, name)["nl"] == "received"
    us.clock.advance(24 * 3600)
    assert us.weigh_again() == 0
    assert (us.verify().differences, nl.verify().differences) == ((), ())


def test_an_agreement_for_another_purpose_releases_nothing(nodes):
    us = nodes["us"]
    go_by(nodes, following(nodes, agreements=(agreement("fdi", "us", "nl", purposes=("investment-screening",)),)))
    held = say(us, sharing("nl", purposes=("sanctions",)))
    assert (us.weigh_again(), reason(us, held, "nl")) == (0, "no_agreement")
    go_by(nodes, following(nodes, agreements=(agreement("fdi", "us", "nl"),)))
    assert us.weigh_again() == 1


def admitted(nodes: dict[str, Node], tmp_path, code: str, *groups: str) -> Node:
    """Admit an authority to the exchange and to the agreement of all, and return its node."""
    us = nodes["us"]
    init_home(tmp_path / code, NewAuthority(code=code, name=code, country=code, groups=groups, port=1))
    (all_of_them,) = us.membership.agreements
    wider = msgspec.structs.replace(all_of_them, parties=(*all_of_them.parties, code))
    changes = Changes(admitted=(read_entry(Home(tmp_path / code).authority),), agreements=(wider,))
    envelope = propose_membership(us.home.membership.read_bytes(), changes, issued=us.now())
    for node in nodes.values():
        envelope = sign_membership(envelope, node.home.folder)
    go_by(nodes, envelope)
    Home(tmp_path / code).membership.write_bytes(envelope)
    nodes[code] = open_node(tmp_path / code, clock=us.clock)
    return nodes[code]


def test_who_joins_a_group_later_gets_what_is_open_to_later_members_and_nothing_else(nodes, tmp_path):
    us = nodes["us"]
    open_to = say(us, sharing(groups=("members-eu",), later_members=True), "Alpha")
    closed = say(us, sharing(groups=("members-eu",)), "Beta")
    written = say(us, sharing("members-eu", later_members=True), "Gamma")
    other = say(us, sharing(groups=("g7",), later_members=True), "Delta")
    red = say(us, sharing(groups=("members-eu",), later_members=True, tlp="RED"), "Epsilon")
    ie = admitted(nodes, tmp_path, "ie", "members-eu")
    assert us.weigh_again() == 2
    carry(us, ie)
    assert list(told(ie, "us")) == [open_to, written]
    assert [reason(us, one, "ie") for one in (closed, other, red)] == ["not_releasable", "not_releasable", "tlp_red"]
    with ie.sight(officer(ie)) as sight:
        assert {one.id for one in sight.latest(limit=9)} == {open_to, written}
    assert ie.verify().differences == ()


def test_who_is_no_member_of_the_group_any_more_sees_no_more_of_what_came_through_it(nodes, tmp_path):
    us = nodes["us"]
    say(us, sharing(groups=("members-eu",), later_members=True))
    ie = admitted(nodes, tmp_path, "ie", "members-eu")
    us.weigh_again()
    carry(us, ie)
    later = following({code: nodes[code] for code in ("us", "nl", "cy")}, groups={"ie": ()})
    go_by(nodes, later)
    with ie.sight(officer(ie)) as sight:
        assert sight.latest(limit=9) == ()


def test_who_leaves_is_sent_nothing_more_and_stays_visible_as_sent(nodes):
    us, nl = nodes["us"], nodes["nl"]
    before = say(us, sharing("nl"), "Alpha")
    theirs = say(nl, sharing("us"), "Beta")
    carry(us, nl)
    carry(nl, us)
    go_by({"us": us}, following(nodes, removed=("nl",)))
    after = say(us, sharing("nl"), "Gamma")
    assert us.weigh_again() == 0
    gone = us.status(before, officer(us)).deliveries[-1]
    assert (gone.peer, gone.state, gone.entitled, gone.text) == ("nl", "received", False, "it left on 2026-11-24")
    assert "nl" not in states(us, after)
    assert us.status(theirs, officer(us)).originator_left == "2026-11-24"
    with us.sight(officer(us)) as sight:
        assert sight.assertion(theirs).superseded_by == ""
    assert us.verify().differences == ()


def test_a_corrected_assertion_is_weighed_in_its_last_form_only(nodes):
    us, nl = nodes["us"], nodes["nl"]
    rest(nodes, date(2026, 11, 20), date(2026, 11, 24))
    first = say(us, sharing("nl"))
    second = say(us, sharing("nl"), kind="correction", refers_to=first, reason="mistaken")
    gone = say(us, sharing("nl"), "Beta")
    say(us, sharing("nl"), "Beta", kind="withdrawal", refers_to=gone, reason="none", text="", entities=())
    us.clock.advance(24 * 3600)
    assert us.weigh_again() == 1
    carry(us, nl)
    assert list(told(nl, "us")) == [second]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_a_reader_holds_exactly_what_it_may_have_and_each_of_it_once(tmp_path, seed):
    dice = random.Random(seed)
    with opened(tmp_path, ("us", "nl", "cy"), clock=SetClock(NOON)) as nodes:
        us, nl = nodes["us"], nodes["nl"]
        said = []
        for step in range(14):
            match dice.choice(("say", "say", "rest", "force", "weigh", "day")):
                case "say":
                    readers = dice.choice((("nl",), ("cy",), ("nl", "cy")))
                    said.append((say(us, sharing(*readers), f"Name {step}"), "nl" in readers))
                case "rest":
                    go_by(nodes, following(nodes, agreements=(agreement("cy-only", "us", "cy"),)))
                case "force":
                    go_by(nodes, following(nodes, agreements=(agreement("all", "us", "nl", "cy"),)))
                case "weigh":
                    us.weigh_again()
                case _:
                    us.clock.advance(timedelta(days=1).total_seconds())
            carry(us, nl)
        go_by(nodes, following(nodes, agreements=(agreement("all", "us", "nl", "cy"),)))
        us.weigh_again()
        carry(us, nl)
        assert set(told(nl, "us")) == {name for name, for_nl in said if for_nl}
        assert (us.verify().differences, nl.verify().differences) == ((), ())
        with us.database.read() as connection:
            entries = [row.assertion for row, _ in feed.entries_after(connection, "nl", 0, limit=100)]
        assert len(entries) == len(set(entries))
