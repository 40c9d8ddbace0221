# SPDX-License-Identifier: Apache-2.0
"""Denials and consultations through the API of a node of the United States, with an ally in the Netherlands."""

from __future__ import annotations

import json
from typing import Any

import pytest
from denial_bodies import BUYER, LASER, application, entry, marked

from highfence.app import Node
from highfence.entrypoints.denial_desk import DenialDesk
from highfence.entrypoints.denial_entry import DenialEntry, Stepping, read_entry
from highfence.rules.licence import Desk
from nodes import carry, officer

from .conftest import Caller

QUESTION = {"reference": "A-77", "text": "The same?", "marking": marked(), "items": [LASER], "parties": [BUYER]}


def post(caller: Caller, path: str, said: Any, status: int = 201) -> Any:
    answer = caller.post(path, json.dumps(said).encode())
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.fixture
def denied(nodes: dict[str, Node]) -> str:
    """Let the Netherlands deny, and tell the United States."""
    said = read_entry(json.dumps(entry("us")).encode(), DenialEntry)
    nl = nodes["nl"]
    name = DenialDesk(nl, officer(nl), Desk()).enter(said).result().ids[0]
    carry(nl, nodes["us"])
    return name


def test_a_denial_is_entered_read_renewed_amended_and_revoked(operator: Caller, analyst: Caller) -> None:
    name = post(operator, "/api/denials", entry("nl"))["id"]
    (listed,) = analyst.json("/api/denials")
    assert (listed["id"], listed["authority"], listed["state"]) == (name, "us", "valid")
    post(operator, f"/api/denials/{name}/renewal", {"reason": "As before"})
    anew = {"denial": entry("nl", destination="ae"), "reason": "Another country"}
    post(operator, f"/api/denials/{name}/amendment", anew)
    post(operator, f"/api/denials/{name}/revocation", {"reason": "It is no more"})
    shown = analyst.json(f"/api/denials/{name}")
    assert [one["state"] for one in shown["history"]] == ["valid", "renewed", "amended", "revoked"]
    assert analyst.json("/api/denials?only=valid") == []
    assert analyst.json("/api/denials?on=2026-11-21")[0]["state"] == "valid"
    assert analyst.json("/api/denials?on=2026-11-19") == []


def test_who_may_not_see_a_denial_is_told_what_they_are_told_of_none(
    reader: Caller, analyst: Caller, denied: str
) -> None:
    assert analyst.json(f"/api/denials/{denied}")["denial"]["items"][0]["eu_code"] == "6A005.b.6"
    assert reader.json("/api/denials") == []
    hidden, none = reader.get(f"/api/denials/{denied}"), reader.get(f"/api/denials/{'0' * 64}")
    assert (hidden.status_code, none.status_code) == (404, 404)
    assert hidden.json()["detail"] == none.json()["detail"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/api/denials", entry("nl")),
        ("/api/denials/{}/renewal", {"reason": "x"}),
        ("/api/denials/{}/revocation", {"reason": "x"}),
        ("/api/denials/{}/consultation", QUESTION),
        ("/api/consultations/{}/steps", {"step": "approve"}),
    ],
)
def test_only_who_may_publish_changes_anything(analyst: Caller, node: Node, denied: str, path: str, said: Any) -> None:
    before = node.count()
    assert post(analyst, path.format(denied), said, 403)["advice"]
    assert node.count() == before


def test_a_consultation_is_opened_waited_for_and_decided(
    operator: Caller, analyst: Caller, nodes: dict[str, Node], denied: str
) -> None:
    told = post(analyst, "/api/determinations", application(exporter="us"), 200)
    assert told["consult"] == ["nl"]
    assert told["denials"][0]["comparison"]["verdict"] == "essentially identical"
    asked = post(operator, f"/api/denials/{denied}/consultation", QUESTION)["id"]
    problem = post(operator, f"/api/consultations/{asked}/steps", {"step": "approve"}, 403)
    assert "no act says how long one waits" in problem["detail"]  # Article 16 is for Member States
    carry(nodes["us"], nodes["nl"])
    nl = nodes["nl"]
    DenialDesk(nl, officer(nl), Desk()).step(asked, Stepping(step="not identical", text="x")).result()
    carry(nl, nodes["us"])
    (stands,) = analyst.json("/api/consultations")
    assert (stands["state"], stands["finding"]) == ("answered", "not essentially identical")
    assert post(analyst, "/api/determinations", application(exporter="us"), 200)["consult"] == []
    post(operator, f"/api/consultations/{asked}/steps", {"step": "approve"})
    assert analyst.json(f"/api/consultations/{asked}")["state"] == "decided"


def test_article_14_is_refused_outside_the_union(operator: Caller) -> None:
    assert "Article 14" in post(operator, "/api/consultations", QUESTION | {"to": "nl"}, 400)["detail"]
    assert "cannot be asked" in post(operator, "/api/consultations", QUESTION | {"to": "xx"}, 400)["detail"]


def test_a_denial_that_cannot_be_is_refused_with_its_field(operator: Caller) -> None:
    problem = post(operator, "/api/denials", entry("nl", destination="zz"), 400)
    assert (problem["where"], bool(problem["advice"])) == ("destination", True)
    assert post(operator, "/api/denials", entry("nl", colour="red"), 400)["where"] == "denial"
    assert operator.post("/api/denials", b"{").status_code == 400
