# SPDX-License-Identifier: Apache-2.0
"""The review queue through the API: what one is asked, what becomes of the answer, and what nobody else learns."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from published import company, draft

from highfence.app import Node
from nodes import sharing

from .conftest import Caller

TANKER = company("National Example Tanker Company", country=())
TANKER_LLC = company("National Example Tanker Company LLC", 2, country=("ae",))


def judged(caller: Caller, **changes: object) -> Any:
    body = {"one": "firm-1", "other": "firm-2", "verdict": "positive", "reason": "One seal.", **changes}
    return caller.post("/api/judgements", msgspec.json.encode(body), **{"content-type": "application/json"})


@pytest.fixture
def two(operator: Caller, node: Node) -> None:
    operator.publish(draft(TANKER))
    operator.publish(draft(TANKER_LLC, sharing("nl")))
    while node.resolve_next():
        pass


@pytest.mark.usefixtures("two")
def test_a_likely_pair_is_asked_about_with_its_reasons_and_is_gone_when_judged(operator: Caller) -> None:
    (asked,) = operator.json("/api/review")
    assert {asked["one"]["entity"], asked["other"]["entity"]} == {"firm-1", "firm-2"}
    assert asked["score"] >= 0.7
    assert all(feature["text"] for feature in asked["explanation"])
    assert asked["marking"]["tlp"] == "AMBER"
    answer = judged(operator, share=["nl"])
    assert answer.status_code == 201, answer.text
    assert {one["reader"] for one in answer.json()["releases"] if one["allowed"]} <= {"nl"}
    assert operator.json("/api/review") == []
    assert operator.json("/api/companies/firm-1") == operator.json("/api/companies/firm-2")


@pytest.mark.usefixtures("two")
def test_a_judgement_taken_back_leaves_two_companies_and_the_question(operator: Caller) -> None:
    name = judged(operator).json()["id"]
    undone = operator.post(
        f"/api/judgements/{name}/withdrawal", b'{"reason":"mistaken"}', **{"content-type": "application/json"}
    )
    assert undone.status_code == 201, undone.text
    assert operator.json("/api/companies/firm-1")["entities"] == ["firm-1"]
    assert len(operator.json("/api/review")) == 1


@pytest.mark.usefixtures("two")
def test_who_may_not_see_one_side_is_not_asked_and_cannot_judge(reader: Caller) -> None:
    assert reader.json("/api/review") == []
    assert judged(reader).status_code == 403


@pytest.mark.usefixtures("two")
def test_who_may_only_read_cannot_judge(analyst: Caller) -> None:
    assert len(analyst.json("/api/review")) == 1
    assert judged(analyst).status_code == 403


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"reason": ""}, "reason"),
        ({"verdict": "likely"}, "verdict"),
        ({"other": "firm-1"}, "one company already"),
        ({"other": "firm-9"}, "nothing you may see"),
        ({"share": ["cy"]}, "cannot be shared with cy"),
        ({"verdikt": "positive"}, "verdikt"),
    ],
)
def test_a_judgement_that_cannot_stand_is_refused_with_its_reason(
    operator: Caller, changes: dict[str, object], told: str
) -> None:
    answer = judged(operator, **changes)
    assert answer.status_code in (400, 404)
    assert told in answer.text
    assert len(operator.json("/api/review")) == 1
