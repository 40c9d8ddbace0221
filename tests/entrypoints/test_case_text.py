# SPDX-License-Identifier: Apache-2.0
"""Every move of a case reads as words, with what makes it this one."""

from __future__ import annotations

import doctest
from datetime import date
from typing import get_args

import pytest

from casefiles import MONDAY, received
from highfence.entrypoints import case_text
from highfence.entrypoints.case_text import move_words
from highfence.model.case_move import (
    Answered,
    Asked,
    Assigned,
    Checked,
    Concluded,
    Consulted,
    Decided,
    DenialGround,
    Ended,
    Held,
    Move,
    Noted,
    Override,
    Resumed,
)

MOVES = [
    (received().move, ("application received",)),
    (Assigned(officer="jane"), ("assigned to jane",)),
    (
        Checked(paper="p", day=MONDAY, verdict="cannot tell", summary="Ask."),
        ("determined as of 2026-11-02: cannot tell. Ask.",),
    ),
    (Consulted(consultation="c", authority="nl", about="denial d"), ("nl consulted on denial d (c)",)),
    (
        Concluded(consultation="c", answer="objection", binding=True, text="No."),
        ("consultation c answered: objection, which binds. No.",),
    ),
    (Asked(text="Who?"), ("asked the applicant: Who?",)),
    (Answered(request=2, text="They", sources=("letter",)), ("answer to request 2: They", "paper: letter")),
    (Held(ground="assurances", text="of nl"), ("waits for assurances: of nl",)),
    (Resumed(ground="assurances"), ("waits no more for assurances",)),
    (
        Decided(
            decision="approve with conditions",
            reason="civil",
            legal_basis="Article 12",
            conditions=("No re-export",),
            valid_until=date(2027, 1, 1),
            overrides=(Override(block="b", text="nl was not asked", reason="it is urgent"),),
            assertion="a1",
        ),
        (
            "decided: approve with conditions. civil",
            "legal basis: Article 12",
            "condition: No re-export",
            "valid until 2027-01-01",
            "although nl was not asked, because it is urgent",
            "told in a1",
        ),
    ),
    (
        Decided(decision="deny", reason="r", ground=DenialGround(regime="eu", reason="diversion", catch_all=True)),
        ("decided: deny. r", "ground: eu, diversion, by catch-all", "told to nobody"),
    ),
    (Ended(outcome="shipped", assertion="a2"), ("shipped", "told in a2")),
    (Ended(outcome="revoked", text="diverted"), ("the licence is revoked. diverted",)),
    (Noted(text="seen"), ("note: seen",)),
]


@pytest.mark.parametrize(("move", "words"), MOVES)
def test_a_move_reads_as_words(move, words):
    assert move_words(move) == words


def test_no_kind_of_move_is_without_words():
    assert {type(move) for move, _ in MOVES} == set(get_args(Move))


def test_the_example_holds():
    assert doctest.testmod(case_text).failed == 0
