# SPDX-License-Identifier: Apache-2.0
"""Denials between nodes: who sees which, in which state on which day, and that a pointer tells nothing more."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest

from highfence.app import Node
from highfence.cases import drafts
from highfence.clock import SetClock
from highfence.errors import InvalidInput, NotFound
from highfence.model.assertion import Assertion
from highfence.model.marking import Marking
from highfence.storage import journal
from nodes import NOON, carry, officer, opened, sharing

from .told import BUYER, DENIAL, asked_by, asked_of, publish, question, refusal, seen, step, view

DAY = 86_400.0


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture
def nodes(tmp_path: Path, clock: SetClock) -> Iterator[dict[str, Node]]:
    with opened(tmp_path, ("nl", "de", "us"), clock=clock) as made:
        yield made


def _payloads(node: Node) -> bytes:
    with node.database.read() as connection:
        return b"".join(b64decode(msgspec.json.decode(row.envelope)["payload"]) for row in journal.walk(connection))


def test_a_denial_reaches_who_may_have_it_and_nobody_else(nodes: dict[str, Node]) -> None:
    name = publish(nodes["nl"], refusal(sharing("de")))
    for peer in ("de", "us"):
        carry(nodes["nl"], nodes[peer])
    (found,) = seen(nodes["de"])
    assert (found.id, found.authority, found.denial) == (name, "nl", DENIAL)
    assert found.captions == ("Buyer Works", "Agent Trading")
    assert seen(nodes["us"]) == ()


def test_an_officer_without_the_clearance_sees_none_at_their_own_node(nodes: dict[str, Node]) -> None:
    name = publish(nodes["nl"], refusal(sharing("de")))
    assert seen(nodes["nl"], clearance="PUBLIC") == ()
    with pytest.raises(NotFound):
        view(nodes["us"], name)


def test_a_renewal_and_a_revocation_are_corrections_and_each_counts_from_its_day(
    nodes: dict[str, Node], clock: SetClock
) -> None:
    nl, de = nodes["nl"], nodes["de"]
    name = publish(nl, refusal(sharing("de")))
    renewed = drafts.renewed(DENIAL, date(2029, 10, 1))
    second = publish(nl, drafts.changed(view(nl, name), renewed, "The risk has not changed"))
    revoked = drafts.revoked(renewed, date(2030, 3, 1))
    third = publish(nl, drafts.changed(view(nl, second, on=date(2029, 12, 1)), revoked, "The end user is no more"))
    carry(nl, de)
    for day, state, current in [
        (date(2026, 11, 24), "valid", name),
        (date(2029, 10, 1), "renewed", second),
        (date(2030, 2, 28), "renewed", second),
        (date(2030, 3, 1), "revoked", third),
    ]:
        found = view(de, name, on=day)
        assert (found.denial.state, found.id, found.valid) == (state, current, state != "revoked")
    assert seen(de, on=date(2026, 11, 19)) == ()
    assert [one.state for one in view(de, third, on=date(2031, 1, 1)).history] == ["valid", "renewed", "revoked"]
    with pytest.raises(InvalidInput, match="has been revoked"):
        drafts.changed(view(nl, third, on=date(2031, 1, 1)), renewed, "x")


def test_the_review_is_due_three_years_after_and_an_overdue_denial_remains_valid(nodes: dict[str, Node]) -> None:
    name = publish(nodes["nl"], refusal(sharing("de")))
    found = view(nodes["nl"], name)
    assert found.review is not None
    assert (found.review.last_day, found.review_due) == (date(2029, 11, 20), False)
    later = view(nodes["nl"], name, on=date(2030, 1, 1))
    assert (later.review_due, later.valid) == (True, True)


def test_a_wassenaar_denial_shows_until_when_it_is_to_be_notified(nodes: dict[str, Node]) -> None:
    name = publish(nodes["nl"], refusal(sharing("de"), regime="wassenaar"))
    assert [one.last_day for one in view(nodes["nl"], name).notices] == [date(2026, 12, 20), date(2027, 1, 19)]


def test_a_pointer_tells_whom_to_ask_and_nothing_of_what_was_denied(nodes: dict[str, Node]) -> None:
    nl, us = nodes["nl"], nodes["us"]
    denial = refusal(sharing("de"))
    open_to_us = sharing("us", classification="SENSITIVE")
    publish(nl, drafts.pointer_of(denial, open_to_us, contact="licensing@nl.example"))
    publish(nl, denial)
    carry(nl, us)
    (found,) = seen(us)
    assert found.denial.pointer
    assert (found.denial.contact, found.denial.items, found.denial.reason) == ("licensing@nl.example", (), "")
    assert b"laser" in _payloads(nl)
    assert b"laser" not in _payloads(us)


def test_a_denial_told_in_words_only_is_shown_and_cannot_be_compared(nodes: dict[str, Node]) -> None:
    words = Assertion(
        kind="denial", originator="", issued="", subject=BUYER.id, entities=(BUYER,), text="Refused lasters",
        marking=sharing("de"),
    )  # fmt: skip
    publish(nodes["nl"], words)
    (found,) = seen(nodes["nl"])
    assert (found.words_only, found.denial.pointer, found.denial.end_users) == (True, True, (BUYER.id,))
    with pytest.raises(InvalidInput, match="no states"):
        drafts.changed(found, DENIAL, "x")


def test_a_withdrawn_denial_is_gone(nodes: dict[str, Node]) -> None:
    nl, de = nodes["nl"], nodes["de"]
    name = publish(nl, refusal(sharing("de")))
    carry(nl, de)
    publish(nl, drafts.withdrawn(name, BUYER.id, sharing("de"), reason="Entered twice"))
    carry(nl, de)
    assert (seen(nl), seen(de)) == ((), ())
    with pytest.raises(NotFound):
        view(de, name)


def test_a_correction_that_is_hidden_from_a_reader_takes_the_denial_from_them(nodes: dict[str, Node]) -> None:
    nl, de, us = nodes["nl"], nodes["de"], nodes["us"]
    name = publish(nl, refusal(sharing("de", "us")))
    narrower = msgspec.structs.replace(view(nl, name), marking=sharing("de"))
    amended = msgspec.structs.replace(DENIAL, state="amended", decided=date(2026, 11, 24))
    publish(nl, drafts.changed(narrower, amended, "Another paragraph"))
    carry(nl, de)
    carry(nl, us)
    assert [one.denial.state for one in seen(de)] == ["amended"]
    assert seen(us) == ()


def test_a_consultation_runs_between_two_nodes_and_both_see_the_same(nodes: dict[str, Node], clock: SetClock) -> None:
    nl, de, us = nodes["nl"], nodes["de"], nodes["us"]
    about = publish(nl, refusal(sharing("de", "us")))
    carry(nl, de)
    carry(nl, us)
    asked = question(de, about)
    carry(de, nl)
    carry(de, us)
    clock.advance(7 * DAY)
    step(nl, asked, "identical", readers=["de"])
    carry(nl, de)
    here, there = asked_by(de, asked), asked_by(nl, asked)
    assert (here.state, here.finding) == (there.state, there.finding) == ("answered", "essentially identical")
    assert asked_of(us) == ()
    step(de, asked, "approve", readers=["nl"])
    told = drafts.entitled(asked_by(de, asked), view(de, about), "de")
    assert told == ("nl", "us")
    name = step(de, asked, "explain", readers=told)
    carry(de, us)
    assert asked_by(de, asked).state == "explained"
    with us.sight(officer(us)) as sight:  # the explanation reaches all who have the denial
        assert sight.assertion(name).assertion.text == "We explain"


def test_what_is_asked_about_a_denial_is_marked_no_wider_than_the_denial(nodes: dict[str, Node]) -> None:
    nl, de = nodes["nl"], nodes["de"]
    strict = sharing("de", caveats=("EYES OF LICENSING",), purposes=("export-control",))
    about = publish(nl, refusal(strict))
    carry(nl, de)
    asked = question(de, about)
    marking = asked_by(de, asked).marking
    assert marking.releasable_to == ("nl",)
    assert (marking.classification, marking.purposes) == ("RESTRICTED", ("export-control",))
    assert marking.caveats == ("EYES OF LICENSING",)
    assert marking.originator_control


def test_a_pointers_question_is_not_as_open_as_the_pointer(nodes: dict[str, Node]) -> None:
    nl, us = nodes["nl"], nodes["us"]
    open_ = Marking(
        tlp="GREEN", classification="PUBLIC", releasable_to=("us",), originator_control=False, disclosure="release"
    )
    pointer = publish(nl, drafts.pointer_of(refusal(sharing("de")), open_, contact="x"))
    carry(nl, us)
    asked = question(us, pointer)
    assert asked_by(us, asked).marking.classification == "RESTRICTED"
    carry(us, nl)
    assert asked_by(nl, asked).about == pointer


def test_an_amendment_that_is_released_more_widely_is_a_denial_to_who_never_had_the_first(
    nodes: dict[str, Node],
) -> None:
    nl, us = nodes["nl"], nodes["us"]
    name = publish(nl, refusal(sharing("de")))
    wider = msgspec.structs.replace(view(nl, name), marking=sharing("de", "us"))
    amended = msgspec.structs.replace(DENIAL, state="amended", decided=date(2026, 11, 24))
    second = publish(nl, drafts.changed(wider, amended, "Another paragraph"))
    carry(nl, us)
    (found,) = seen(us)
    assert (found.id, found.state, [one.state for one in found.history]) == (second, "amended", ["amended"])
    assert view(us, second) == found


def test_a_correction_of_something_else_that_was_never_released_here_is_no_denial(nodes: dict[str, Node]) -> None:
    nl, us = nodes["nl"], nodes["us"]
    facts = Assertion(
        kind="facts", originator="", issued="", subject=BUYER.id, entities=(BUYER,), marking=sharing("de")
    )
    name = publish(nl, facts)
    anew = msgspec.structs.replace(facts, kind="correction", refers_to=name, reason="x", marking=sharing("us"))
    corrected = publish(nl, anew)
    carry(nl, us)
    assert seen(us) == ()
    with pytest.raises(NotFound):
        view(us, corrected)


def test_an_approval_of_what_another_denied_is_an_opposite_act_and_a_revoked_denial_is_none(
    nodes: dict[str, Node],
) -> None:
    nl, de = nodes["nl"], nodes["de"]
    about = publish(nl, refusal(sharing("de"), regime="wassenaar"))
    carry(nl, de)
    step(de, question(de, about, procedure="wassenaar"), "deny", readers=["nl"])
    assert _conflicts(de) == []
    step(de, question(de, about, procedure="wassenaar"), "approve", readers=["nl"])
    assert _conflicts(de) == [("nl", "de")]
    revoked = drafts.revoked(view(nl, about).denial, date(2026, 11, 24))
    publish(nl, drafts.changed(view(nl, about), revoked, "It is no more"))
    carry(nl, de)
    assert _conflicts(de) == []


def _conflicts(node: Node) -> list[tuple[str, str]]:
    with node.lookout(officer(node)) as (_, roll):
        return [(one.one, one.other) for one in roll.ledger.conflicts(NOON.date())]
