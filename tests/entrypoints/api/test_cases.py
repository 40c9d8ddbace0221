# SPDX-License-Identifier: Apache-2.0
"""Licence cases through the API: taken in, moved on, decided, told; each step once, and only by who may."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from published import company, listed

from casefiles import DOCUMENT, same_denied
from highfence.app import Node
from highfence.cases import drafts
from highfence.cases.consultation import ConsultationView, consultation
from highfence.entrypoints.identity import Officer, add_officer, hash_code
from highfence.entrypoints.server import create_front
from highfence.home import Home
from highfence.model.consultation import ConsultationStep
from nodes import carry, officer, sharing, told

from .conftest import Caller, code_of

GROUND = {"regime": "national", "reason": "diversion"}
DENY = {
    "move": "decide",
    "decision": "deny",
    "reason": "internal doubts",
    "legal_basis": "15 CFR 744.21",
    "ground": GROUND,
}
MARKING = {
    "tlp": "AMBER",
    "classification": "SENSITIVE",
    "releasable_to": ["nl"],
    "purposes": ["export-control"],
    "disclosure": "release",
}
TELL = {"marking": MARKING, "text": "Refused: the buyer forwards machines."}


def asked_by(node: Node, name: str) -> ConsultationView:
    with node.sight(officer(node)) as sight:
        return consultation(sight, lambda code: code, assertion=name)


def document(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(DOCUMENT), **changes}


def take(caller: Caller, *documents: dict[str, Any], status: int = 201, **headers: str) -> Any:
    answer = caller.post(
        "/api/applications", json.dumps(list(documents)).encode(), **{"content-type": "application/json", **headers}
    )
    assert answer.status_code == status, answer.text
    return answer.json()


def opened_case(caller: Caller, **changes: Any) -> str:
    (case,) = take(caller, document(**changes))["cases"]
    return str(case["number"])


def move(caller: Caller, number: str, word: dict[str, Any], status: int = 201, **headers: str) -> Any:
    answer = caller.post(f"/api/cases/{number}/events", json.dumps(word).encode(), **headers)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_an_application_gets_a_case_with_its_clocks(operator: Caller) -> None:
    number = opened_case(operator, received="2026-11-02")
    assert number == "us-2026-000001"
    shown = operator.json(f"/api/cases/{number}")
    assert (shown["state"], shown["case"]["applicant"]) == ("received", "Example Machines")
    assert shown["case"]["application"]["items"][0]["value"]["amount"] == "400000"
    clock = next(one for one in shown["clocks"] if one["clock"] == "us-750.4")
    assert (clock["used"], clock["left"], clock["due"]) == (22, 68, "2027-01-31")
    (line,) = operator.json("/api/cases")
    # The nine days of the first step are over.
    assert (line["number"], line["overdue"], line["clock"]["clock"]) == (number, True, "us-750.4-first")


def test_the_same_file_twice_is_recognised_and_a_changed_application_is_refused(operator: Caller) -> None:
    first = take(operator, DOCUMENT, document(id="A-118"))["cases"]
    again = take(operator, document(id="A-118"), DOCUMENT, status=200)["cases"]
    assert [one["new"] for one in again] == [False, False]
    assert {one["number"] for one in again} == {one["number"] for one in first}
    mixed = take(operator, DOCUMENT, document(id="A-119"))["cases"]
    assert [one["new"] for one in mixed] == [False, True]
    told = take(operator, document(id="A-120"), document(destination="ru"), status=409)
    assert told["code"] == "move_refused"
    assert first[0]["number"] in told["detail"]
    assert len(operator.json("/api/cases")) == 3


def test_nothing_is_taken_if_anything_is_wrong(operator: Caller) -> None:
    answer = take(operator, DOCUMENT, document(id="A-118", destination="Atlantis"), status=400)
    assert [(one["row"], one["field"]) for one in answer["wrong"]] == [(2, "destination")]
    assert operator.json("/api/cases") == []


def test_csv_is_taken_as_well(operator: Caller) -> None:
    table = (
        "id,applicant,exporter,destination,description,quantity,unit,name,roles,country\n"
        "A-1,Example,us,cn,mill,1,pieces,Works,end user,cn\n"
        "A-2,Example,us,cn,mill,many,pieces,Works,end user,cn\n"
    )
    answer = operator.post("/api/applications", table.encode(), **{"content-type": "text/csv; charset=utf-8"})
    assert answer.status_code == 400
    assert [(one["row"], one["field"]) for one in answer.json()["wrong"]] == [(3, "quantity")]
    good = table.replace("many", "2")
    answer = operator.post("/api/applications", good.encode(), **{"content-type": "text/csv"})
    assert (answer.status_code, len(answer.json()["cases"])) == (201, 2)


def test_a_request_with_a_key_is_done_once(operator: Caller) -> None:
    key = {"idempotency-key": "k-1"}
    first = take(operator, DOCUMENT, **key)
    assert take(operator, DOCUMENT, **key) == first
    number = first["cases"][0]["number"]
    asked = move(operator, number, {"move": "ask", "text": "Who pays?"}, **{"idempotency-key": "k-2"})
    assert move(operator, number, {"move": "ask", "text": "Who pays?"}, **{"idempotency-key": "k-2"}) == asked
    assert asked["events"] == 2
    other = move(operator, number, {"move": "ask", "text": "Where?"}, 409, **{"idempotency-key": "k-2"})
    assert other["where"] == "Idempotency-Key"
    move(operator, number, {"move": "ask", "text": "x"}, 400, **{"idempotency-key": "k" * 101})


def test_a_key_is_an_officers_own(operator: Caller, client: TestClient[Litestar], node: Node) -> None:
    add_officer(
        Home(node.home.folder),
        Officer(
            name="second",
            code_hash=hash_code(code_of("second")),
            clearance="RESTRICTED",
            purposes=("export-control",),
            powers=("read", "publish"),
        ),
    )
    number = opened_case(operator)
    move(operator, number, {"move": "note", "text": "a"}, **{"idempotency-key": "k"})
    with TestClient(create_front(node, links=False)) as other:
        moved = move(
            Caller(other, code_of("second")), number, {"move": "note", "text": "b"}, **{"idempotency-key": "k"}
        )
    assert moved["events"] == 3


def test_a_word_that_was_said_of_an_older_state_is_refused(operator: Caller) -> None:
    number = opened_case(operator)
    move(operator, number, {"move": "ask", "text": "Who pays?", "after": 1})
    late = move(operator, number, {"move": "ask", "text": "Where?", "after": 1}, 409)
    assert "moved on" in late["detail"]


@pytest.mark.parametrize(
    ("word", "where"),
    [
        ({"move": "dance"}, "move"),
        ({}, "move"),
        ({"move": "ask"}, "move"),
        ({"move": "ask", "text": 7}, "text"),
        ({"move": "ask", "text": "x", "colour": "red"}, "colour"),
        ({"move": "ask", "text": "x", "on": "2030-01-01"}, "on"),
        ({**DENY, "ground": {**GROUND, "colour": 1}}, "ground.colour"),
        ({**DENY, "tell": {"text": "x", "marking": {"colour": 1}}}, "tell.marking.colour"),
        ({**DENY, "tell": {"text": " ", "marking": {}}}, "tell.text"),
        ({**DENY, "tell": {"text": "x", "marking": {"tlp": "PURPLE"}}}, "marking.tlp"),
        ({**DENY, "overrides": [{"block": "b", "reason": "r"}]}, "overrides"),
    ],
)
def test_tells_which_field_of_a_word_cannot_be(operator: Caller, word: dict[str, Any], where: str) -> None:
    number = opened_case(operator)
    assert move(operator, number, word, 400)["where"] == where
    assert operator.json(f"/api/cases/{number}")["case"]["events"][1:] == []


def test_a_denial_reaches_those_of_its_marking_and_carries_nothing_internal(
    operator: Caller, nodes: dict[str, Node]
) -> None:
    number = opened_case(operator)
    moved = move(operator, number, {**DENY, "tell": TELL})
    assert (moved["state"], moved["allowed"]) == ("denied", ["note"])
    assert {one["reader"]: one["allowed"] for one in moved["releases"]} == {"eu": False, "nl": True}
    carry(nodes["us"], nodes["nl"])
    carry(nodes["us"], nodes["eu"])
    assert told(nodes["eu"], "us") == {}
    ((name, claim),) = told(nodes["nl"], "us").items()
    assert name == moved["assertion"]
    assert (claim.kind, claim.text, claim.legal_basis) == ("denial", TELL["text"], "15 CFR 744.21")
    assert claim.denial is not None
    assert (claim.denial.regime, claim.denial.reason, claim.denial.destination) == ("national", "diversion", "cn")
    assert claim.denial.items[0].parameters[0].value == "1"
    entity = claim.entity()
    assert entity is not None
    assert entity.properties["name"] == ("Shenzhen Example Precision Works",)
    everything = repr(claim)
    for internal in (number, "Example Machines", "internal doubts", "400000", "gears for cars", "A-117"):
        assert internal not in everything


def test_without_a_telling_nothing_leaves(operator: Caller, nodes: dict[str, Node]) -> None:
    moved = move(operator, opened_case(operator), DENY)
    assert (moved["assertion"], moved["releases"]) == ("", [])
    carry(nodes["us"], nodes["nl"])
    assert told(nodes["nl"], "us") == {}


def test_confidential_information_goes_with_the_determination_it_is_shared_by(
    operator: Caller, nodes: dict[str, Node]
) -> None:
    parts = {"parts": ["parties.buyer"], "determination": "NID-2026-14", "legal_basis": "50 USC 4820(h)"}
    number = opened_case(operator, confidential=parts)
    move(operator, number, {**DENY, "tell": TELL})
    value = {"parts": ["items.mill.value", "applicant"], "determination": "NID-2026-15"}
    other = opened_case(operator, id="A-2", confidential=value)
    move(operator, other, {**DENY, "tell": TELL})
    carry(nodes["us"], nodes["nl"])
    first, second = told(nodes["nl"], "us").values()
    assert first.marking.caveats == ("CBI",)
    assert "NID-2026-14 (50 USC 4820(h))" in first.sources[0]
    # Neither the value nor the applicant ever goes along, so nothing confidential has left.
    assert (second.marking.caveats, second.sources) == ((), ())


def test_an_approval_rests_on_a_determination_of_its_day_and_its_outcome_refers_to_it(
    operator: Caller, nodes: dict[str, Node]
) -> None:
    number = opened_case(operator, received="2026-11-02")
    approve = {
        "move": "decide",
        "decision": "approve with conditions",
        "reason": "civil",
        "conditions": ["No re-export"],
        "tell": TELL,
    }
    moved = move(operator, number, approve)
    assert (moved["state"], moved["events"]) == ("approved with conditions", 3)
    shown = operator.json(f"/api/cases/{number}")
    assert [one["move"]["move"] for one in shown["case"]["events"]] == ["received", "check", "decide"]
    assert shown["case"]["checks"][0]["made"]["day"] == "2026-11-24"
    paper = shown["case"]["checks"][0]["made"]["paper"]
    assert operator.json(f"/api/cases/{number}/determinations/{paper}")["verdict"] == "cannot tell"
    assert operator.get(f"/api/cases/{number}/determinations/{'0' * 64}").status_code == 404
    ended = move(operator, number, {"move": "outcome", "outcome": "revoked", "text": "diverted", "tell": TELL})
    carry(nodes["us"], nodes["nl"])
    decision, outcome = told(nodes["nl"], "us").values()
    assert decision.text.startswith("Licence approved with conditions: 5-axis milling machine (2B001.b.2), to cn.")
    assert (outcome.kind, outcome.refers_to) == ("outcome", moved["assertion"])
    assert outcome.text.startswith("Licence revoked.")
    assert ended["assertion"]


def test_an_outcome_of_what_nobody_was_told_is_told_to_nobody(operator: Caller) -> None:
    number = opened_case(operator)
    move(operator, number, {"move": "decide", "decision": "approve", "reason": "civil"})
    refused = move(operator, number, {"move": "outcome", "outcome": "shipped", "tell": TELL}, 400)
    assert refused["where"] == "tell"
    assert move(operator, number, {"move": "outcome", "outcome": "shipped"})["state"] == "shipped"


def test_what_is_prohibited_is_approved_by_override_only(operator: Caller) -> None:
    prohibited = {"exporter": "nl", "destination": "kp"}
    number = opened_case(operator, **prohibited)
    move(operator, number, {"move": "check"})
    shown = operator.json(f"/api/cases/{number}")
    assert shown["case"]["checks"][0]["made"]["verdict"] == "prohibited"
    (block,) = shown["blocks"]
    approve = {"move": "decide", "decision": "approve", "reason": "humanitarian"}
    refused = move(operator, number, approve, 409)
    assert block["code"] in refused["detail"]
    assert "override" in refused["advice"]
    assert operator.json(f"/api/cases/{number}")["state"] == "checked"
    empty = {**approve, "overrides": [{"block": block["code"], "reason": " "}]}
    assert move(operator, number, empty, 400)["where"] == "overrides"
    unknown = {**approve, "overrides": [{"block": "weather", "reason": "fine"}]}
    assert move(operator, number, unknown, 400)["where"] == "overrides"
    move(operator, number, {**approve, "overrides": [{"block": block["code"], "reason": "UN exemption 7"}]})
    decision = operator.json(f"/api/cases/{number}")["case"]["decision"]
    assert decision["by"] == "operator"
    assert [one["reason"] for one in decision["made"]["overrides"]] == ["UN exemption 7"]


def test_an_objection_stands_against_an_approval(operator: Caller) -> None:
    number = opened_case(operator)
    move(
        operator,
        number,
        {"move": "consult", "consultation": "letter 7", "authority": "nl", "about": "items in Rotterdam"},
    )
    approve = {"move": "decide", "decision": "approve", "reason": "civil"}
    assert "the consultation of nl" in move(operator, number, approve, 409)["detail"]
    move(operator, number, {"move": "conclude", "consultation": "letter 7", "answer": "objection", "binding": True})
    refused = move(operator, number, approve, 409)
    assert "nl objects, which binds" in refused["detail"]
    assert "[objection:letter 7]" in refused["detail"]


def denied_by_nl(nodes: dict[str, Node], *, pointer: bool = False) -> str:
    """Let nl deny such a transaction, or only say that it holds a denial, and tell us; return the denial's id."""
    name = nodes["nl"].publish([same_denied(sharing("us"), pointer=pointer)]).result().ids[0]
    carry(nodes["nl"], nodes["us"])
    return name


APPROVE = {"move": "decide", "decision": "approve", "reason": "civil"}


@pytest.mark.parametrize("pointer", [False, True])
def test_a_denial_in_sight_that_nobody_was_consulted_about_stands_against_an_approval(
    operator: Caller, nodes: dict[str, Node], pointer: bool
) -> None:
    number = opened_case(operator)
    name = denied_by_nl(nodes, pointer=pointer)
    (block,) = operator.json(f"/api/cases/{number}")["blocks"]
    assert block["code"] == f"denial:{name}"
    assert ("Refused" in json.dumps(block), "consulted" in block["text"]) == (False, True)
    assert block["code"] in move(operator, number, APPROVE, 409)["detail"]
    moved = move(operator, number, {**APPROVE, "overrides": [{"block": block["code"], "reason": "urgent aid"}]})
    assert moved["state"] == "approved"


def test_an_answer_lifts_what_a_denial_holds_against_an_approval(operator: Caller, nodes: dict[str, Node]) -> None:
    number = opened_case(operator)
    name = denied_by_nl(nodes)
    question = {"reference": number, "text": "Is it the same?", "marking": {**MARKING, "releasable_to": []}}
    answer = operator.post(f"/api/denials/{name}/consultation", json.dumps(question).encode())
    assert answer.status_code == 201, answer.text
    shown = operator.json(f"/api/cases/{number}")
    assert [one["to"] for one in shown["asked"]] == ["nl"]
    waiting = move(operator, number, APPROVE, 409)
    assert f"[consultation:{answer.json()['id']}]" in waiting["detail"]
    carry(nodes["us"], nodes["nl"])
    view = asked_by(nodes["nl"], answer.json()["id"])
    reply = drafts.stepped(view, ConsultationStep(step="not identical"), text="Another size", readers=("us",))
    nodes["nl"].publish([reply]).result()
    carry(nodes["nl"], nodes["us"])
    assert operator.json(f"/api/cases/{number}")["blocks"] == []
    assert move(operator, number, APPROVE)["state"] == "approved"


def test_who_may_not_work_on_cases_is_told_that_there_is_none(
    operator: Caller, analyst: Caller, reader: Caller, stranger: Caller
) -> None:
    number = opened_case(operator)
    assert analyst.json(f"/api/cases/{number}")["state"] == "received"
    hidden, missing = reader.get(f"/api/cases/{number}"), operator.get("/api/cases/us-2026-000099")
    assert hidden.status_code == missing.status_code == 404
    assert {**hidden.json(), "where": ""} == {**missing.json(), "where": ""}
    assert reader.json("/api/cases") == []
    assert stranger.get("/api/cases").status_code == 401
    for caller in (analyst, reader):
        assert caller.post(f"/api/cases/{number}/events", b'{"move":"note","text":"x"}').status_code == 403
        assert caller.post("/api/applications", b"[]").status_code == 403


def test_a_confidential_case_is_for_those_cleared_for_it_and_a_determination_for_those_who_see_as_much(
    operator: Caller, node: Node
) -> None:
    secret = "Zephyrine Marine Services FZE"
    operator.publish(listed(company(secret, 1), "us"))
    plain = opened_case(operator, parties=[{**DOCUMENT["parties"][0], "name": secret}])  # type: ignore[index]
    closed = opened_case(operator, id="A-2", confidential={"parts": ["applicant"], "determination": "NID-1"})
    move(operator, plain, {"move": "check"})
    add_officer(
        Home(node.home.folder),
        Officer(
            name="junior",
            code_hash=hash_code(code_of("junior")),
            clearance="SENSITIVE",
            purposes=("export-control",),
            powers=("read", "publish"),
        ),
    )
    with TestClient(create_front(node, links=False)) as client:
        junior = Caller(client, code_of("junior"))
        assert [one["number"] for one in junior.json("/api/cases")] == [plain]
        assert junior.get(f"/api/cases/{closed}").status_code == 404
        seen = junior.json(f"/api/cases/{plain}")
        (check,) = seen["case"]["checks"]
        assert check["made"]["verdict"] == "not shown to you"
        whole = operator.json(f"/api/cases/{plain}")
        paper = whole["case"]["checks"][0]["made"]["paper"]
        assert paper not in json.dumps(seen)
        assert whole["case"]["checks"][0]["made"]["summary"] not in json.dumps(seen)
        assert junior.get(f"/api/cases/{plain}/determinations/{paper}").status_code == 404


def test_decided_cases_are_listed_apart(operator: Caller) -> None:
    open_one, done = opened_case(operator), opened_case(operator, id="A-2")
    move(operator, done, DENY)
    assert [one["number"] for one in operator.json("/api/cases")] == [open_one]
    assert [one["number"] for one in operator.json("/api/cases?show=decided")] == [done]
    assert len(operator.json("/api/cases?show=all")) == 2
    assert operator.get("/api/cases?show=lost").status_code == 400
