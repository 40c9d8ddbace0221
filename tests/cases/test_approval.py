# SPDX-License-Identifier: Apache-2.0
"""What stands against an approval, and what lifts it."""

from __future__ import annotations

import pytest

from casefiles import MONDAY, event, received
from highfence.cases.approval import Block, answered_overrides, denial_blocks, own_blocks
from highfence.errors import InvalidInput, MoveRefused
from highfence.model.case_move import Checked, Concluded, Consulted, Override
from highfence.model.licence_case import LicenceCase, fold
from highfence.model.marking import PURPOSES


def checked(
    verdict: str, *, paper: str = "a", ceiling: str = "RESTRICTED", purposes: tuple[str, ...] = PURPOSES
) -> Checked:
    return Checked(paper=paper * 64, day=MONDAY, verdict=verdict, summary="because", ceiling=ceiling, purposes=purposes)


def case(*moves: object) -> LicenceCase:
    return fold("n", [received(), *(event(move) for move in moves)])  # type: ignore[arg-type]


def codes(*moves: object) -> list[str]:
    return [one.code for one in own_blocks(case(*moves))]


def test_what_is_prohibited_stands_until_a_determination_that_sees_as_much_says_otherwise():
    no = checked("prohibited")
    assert codes(no) == ["prohibited:" + "a" * 16]
    assert codes(no, checked("licence required", paper="b")) == []
    assert codes(no, checked("licence required", paper="b", ceiling="PUBLIC")) == ["prohibited:" + "a" * 16]
    assert codes(no, checked("licence required", paper="b", purposes=("sanctions",))) == ["prohibited:" + "a" * 16]
    assert codes(checked("licence required"), checked("prohibited", paper="b", ceiling="PUBLIC")) == [
        "prohibited:" + "b" * 16
    ]
    assert codes(checked("cannot tell")) == []


@pytest.mark.parametrize(
    ("answer", "binding", "code"),
    [
        ("objection", True, "objection:c"),
        ("objection", False, "objection:c"),
        ("essentially identical", False, "identical:c"),
        ("not essentially identical", False, ""),
        ("no objection", False, ""),
        ("silence", False, ""),
    ],
)
def test_an_answer_stands_against_it_or_not(answer, binding, code):
    asked = Consulted(consultation="c", authority="nl", about="denial d")
    found = own_blocks(case(asked, Concluded(consultation="c", answer=answer, binding=binding, text="words")))
    assert [one.code for one in found] == ([code] if code else [])
    assert all(("which binds" in one.text) == binding for one in found)


def test_every_block_is_answered_with_a_reason_and_nothing_else_is():
    blocks = [Block(code="a", text="A stands", advice="Lift A"), Block(code="b", text="B stands", advice="Lift B")]
    with pytest.raises(MoveRefused) as refused:
        answered_overrides(case(), blocks, [("a", "why")])
    assert refused.value.what == "it cannot be approved: B stands [b]"
    assert refused.value.advice.startswith("Lift B")
    with pytest.raises(InvalidInput, match="does not stand against it"):
        answered_overrides(case(), blocks, [("a", "x"), ("b", "y"), ("c", "z")])
    with pytest.raises(InvalidInput, match="needs its reason"):
        answered_overrides(case(), blocks, [("a", "x"), ("b", "  ")])
    assert answered_overrides(case(), blocks, [("b", "y"), ("a", "x")]) == (
        Override(block="a", text="A stands", reason="x"),
        Override(block="b", text="B stands", reason="y"),
    )
    assert answered_overrides(case(), [], []) == ()


def test_without_denials_and_consultations_nothing_stands_against_it():
    assert denial_blocks((), (), number="n") == ()
