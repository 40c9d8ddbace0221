# SPDX-License-Identifier: Apache-2.0
"""The licence case: what it takes when, what it refuses and why, and that it is its events and nothing else."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casefiles import MONDAY, event, received
from highfence.errors import InvalidInput, MoveRefused
from highfence.model.case_move import (
    Answered,
    Asked,
    Assigned,
    CaseEvent,
    Checked,
    Concluded,
    Confidential,
    Consulted,
    Decided,
    DenialGround,
    Ended,
    Held,
    Noted,
    Override,
    Resumed,
)
from highfence.model.licence_case import LicenceCase, fold, step

CHECK = Checked(paper="ab" * 32, day=MONDAY, verdict="licence required", summary="A licence is needed")
GROUND = DenialGround(regime="national", reason="diversion")
DENY = Decided(decision="deny", reason="diversion", legal_basis="15 CFR 744.21", ground=GROUND)
APPROVE = Decided(decision="approve", reason="civil end use")


def case(*moves: object) -> LicenceCase:
    return fold("us-2026-000001", [received(), *(event(move) for move in moves)])  # type: ignore[arg-type]


def test_a_case_goes_from_receipt_to_outcome():
    done = case(
        Assigned(officer="jane"),
        CHECK,
        Asked(text="Who pays?"),
        Answered(request=1, text="The buyer", sources=("letter of 2 November",)),
        Consulted(consultation="c1", authority="nl", about="denial d1"),
        Concluded(consultation="c1", answer="not essentially identical"),
        Decided(decision="approve with conditions", reason="civil", conditions=("No re-export",)),
        Ended(outcome="shipped"),
        Ended(outcome="expired"),
    )
    assert (done.state, done.officer, done.open) == ("expired", "jane", False)
    assert done.requests[0].sources == ("letter of 2 November",)
    assert [one.outcome for one in done.outcomes] == ["shipped", "expired"]
    assert len(done.events) == 10
    assert done.allowed() == ("note",)


@pytest.mark.parametrize(
    ("moves", "state"),
    [
        ((), "received"),
        ((CHECK,), "checked"),
        ((Held(ground="assurances", text="of the buyer's government"),), "on hold"),
        ((Consulted(consultation="c1", authority="nl", about="d"),), "in consultation"),
        ((Asked(text="Who pays?"),), "waiting for the applicant"),
        ((DENY,), "denied"),
        ((Decided(decision="withdrawn", reason="by the applicant's letter"),), "withdrawn"),
        ((Decided(decision="return without action", reason="no licence is needed"),), "returned without action"),
        ((CHECK, APPROVE, Ended(outcome="revoked", text="diverted")), "revoked"),
    ],
)
def test_the_state_follows_from_the_moves(moves, state):
    assert case(*moves).state == state


@pytest.mark.parametrize(
    ("moves", "wrong", "what"),
    [
        ((), APPROVE, "nobody has determined"),
        ((CHECK, Asked(text="Who pays?")), APPROVE, "still waits for request 1"),
        ((CHECK, Consulted(consultation="c", authority="nl", about="d")), APPROVE, "the consultation of nl"),
        ((CHECK, Held(ground="assurances", text="x")), APPROVE, "still waits for assurances"),
        ((), Answered(request=1, text="x"), "does not take 'answer'"),
        ((Asked(text="x"),), Answered(request=2, text="x"), "does not wait for that"),
        (
            (Consulted(consultation="c", authority="nl", about="d"),),
            Consulted(consultation="c", authority="nl", about="d"),
            "in the file already",
        ),
        ((Held(ground="assurances", text="x"),), Held(ground="assurances", text="x"), "waits for 'assurances' already"),
        ((Held(ground="assurances", text="x"),), Resumed(ground="pre-licence check"), "does not wait for that"),
        ((DENY,), APPROVE, "denied and does not take 'decide'"),
        ((DENY,), Ended(outcome="shipped"), "does not take 'outcome'"),
        ((DENY,), Asked(text="x"), "does not take 'ask'"),
        ((CHECK, APPROVE, Ended(outcome="expired")), Ended(outcome="shipped"), "does not take 'outcome'"),
        ((), received().move, "does not take 'received'"),
    ],
)
def test_refuses_a_move_that_is_not_possible_and_says_what_is(moves, wrong, what):
    stands = case(*moves)
    with pytest.raises(MoveRefused) as refused:
        step(stands, event(wrong))
    assert what in refused.value.what
    assert refused.value.advice == f"Now it takes: {', '.join(stands.allowed())}"


@pytest.mark.parametrize(
    ("move", "where"),
    [
        (Asked(text="  "), "text"),
        (Assigned(officer=""), "officer"),
        (Held(ground="holiday", text="x"), "ground"),
        (Decided(decision="maybe", reason="x"), "decision"),
        (Decided(decision="deny", reason="", legal_basis="x"), "reason"),
        (Decided(decision="deny", reason="x"), "legal_basis"),
        (Decided(decision="deny", reason="x", legal_basis="y"), "ground"),
        (Decided(decision="withdrawn", reason="x", ground=GROUND), "ground"),
        (
            Decided(decision="deny", reason="x", legal_basis="y", ground=DenialGround(regime="mine", reason="other")),
            "ground.regime",
        ),
        (
            Decided(decision="deny", reason="x", legal_basis="y", ground=DenialGround(regime="eu", reason="so")),
            "ground.reason",
        ),
        (Decided(decision="approve with conditions", reason="x"), "conditions"),
        (Decided(decision="approve", reason="x", conditions=("a",)), "conditions"),
        (Decided(decision="deny", reason="x", legal_basis="y", ground=GROUND, valid_until=MONDAY), "valid_until"),
        (
            Decided(decision="withdrawn", reason="x", overrides=(Override(block="b", text="t", reason="r"),)),
            "overrides",
        ),
        (Decided(decision="approve", reason="x", valid_until=MONDAY - timedelta(days=1)), "valid_until"),
    ],
)
def test_refuses_what_cannot_be_and_names_the_field(move, where):
    with pytest.raises(InvalidInput) as refused:
        step(case(CHECK), event(move))
    assert refused.value.where == where


def test_only_an_objection_binds():
    asked = case(Consulted(consultation="c", authority="nl", about="d"))
    with pytest.raises(InvalidInput, match="binds nobody"):
        step(asked, event(Concluded(consultation="c", answer="silence", binding=True)))
    bound = step(asked, event(Concluded(consultation="c", answer="objection", binding=True)))
    assert bound.consultations[0].binding


@pytest.mark.parametrize("days", [-1, 1])
def test_a_move_counts_on_no_day_before_the_receipt_or_to_come(days):
    moved = msgspec.structs.replace(event(Noted(text="x")), on=MONDAY + timedelta(days=days))
    with pytest.raises(InvalidInput) as refused:
        step(case(), moved)
    assert refused.value.where == "on"


def test_an_answer_does_not_come_before_its_question():
    asked = step(case(), event(Asked(text="x"), MONDAY + timedelta(days=3)))
    late = msgspec.structs.replace(
        event(Answered(request=1, text="y"), MONDAY + timedelta(days=3)), on=MONDAY + timedelta(days=2)
    )
    with pytest.raises(InvalidInput, match="lies before"):
        step(asked, late)


def test_a_revocation_says_why():
    licensed = case(CHECK, APPROVE)
    with pytest.raises(InvalidInput) as refused:
        step(licensed, event(Ended(outcome="revoked")))
    assert refused.value.where == "text"


def test_a_case_begins_with_its_application():
    with pytest.raises(MoveRefused, match="begins with an application"):
        fold("n", [event(CHECK)])
    with pytest.raises(MoveRefused, match="begins with an application"):
        fold("n", [])


@pytest.mark.parametrize(
    ("confidential", "where"),
    [
        (Confidential(parts=("applicant",), determination=" "), "confidential.determination"),
        (Confidential(parts=("items.lathe.value",), determination="NID-1"), "confidential.parts"),
        (Confidential(parts=("parties.buyer.name",), determination="NID-1"), "confidential.parts"),
        (Confidential(parts=(), determination="NID-1"), "confidential.parts"),
    ],
)
def test_refuses_a_confidential_part_without_its_determination_or_that_is_not_there(confidential, where):
    with pytest.raises(InvalidInput) as refused:
        fold("n", [received(confidential=confidential)])
    assert refused.value.where == where


def test_keeps_what_is_confidential_with_its_determination():
    confidential = Confidential(parts=("items.mill.value", "parties.buyer", "applicant"), determination="NID-2026-14")
    assert fold("n", [received(confidential=confidential)]).confidential == confidential


def test_the_waiting_is_told_with_its_grounds_in_order():
    waited = case(
        Held(ground="assurances", text="x"),
        Asked(text="Who pays?"),
        Answered(request=1, text="The buyer"),
        Consulted(consultation="c", authority="nl", about="d"),
    )
    grounds = [(one.ground, one.until) for one in waited.pauses()]
    assert sorted(grounds, key=str) == sorted(
        [("assurances", None), ("information", MONDAY), ("consultation", None)], key=str
    )


MOVES = st.sampled_from(
    [
        CHECK,
        APPROVE,
        DENY,
        Asked(text="q"),
        Answered(request=1, text="a"),
        Answered(request=2, text="a"),
        Held(ground="assurances", text="h"),
        Resumed(ground="assurances"),
        Consulted(consultation="c", authority="nl", about="d"),
        Concluded(consultation="c", answer="objection", binding=True),
        Ended(outcome="shipped"),
        Ended(outcome="revoked", text="r"),
        Noted(text="n"),
    ]
)


# The first draw of a run prepares Hypothesis itself, which takes long on a busy machine; the values are cheap.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(MOVES, max_size=12))
def test_whatever_is_tried_only_allowed_moves_are_in_the_file_and_reading_it_again_gives_the_same(moves):
    stands = fold("n", [received()])
    for move in moves:
        allowed = stands.allowed()
        try:
            moved = step(stands, event(move))
        except (MoveRefused, InvalidInput):
            continue
        assert type(move).__struct_config__.tag in allowed
        assert moved.events[:-1] == stands.events
        stands = moved
    written = msgspec.json.encode(stands.events)
    assert fold("n", msgspec.json.decode(written, type=tuple[CaseEvent, ...])) == stands
    assert sum(isinstance(one.move, Decided) for one in stands.events) <= 1
