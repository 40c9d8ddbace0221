# SPDX-License-Identifier: Apache-2.0
"""Determinations and the yard through the API, cut to what the caller may see."""

from __future__ import annotations

import json
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from published import company, draft, listed

from control_files import files
from highfence.formats.control_lists import pack_lists
from nodes import sharing

from .conftest import Caller, code_of

OPEN_NAME = "Zephyrine Marine Services FZE"
SECRET_NAME = "Kalvaro Turbine Institute"
APPLICATION: dict[str, Any] = {
    "exporter": "us",
    "destination": "cn",
    "items": [{"description": "stepper", "eccn": "3B001.f.1", "quantity": {"value": 1, "unit": "pieces"}}],
    "parties": [{"id": "p1", "name": OPEN_NAME, "role": "end user", "country": "cn"}],
    "end_use": "chips",
}


@pytest.fixture(autouse=True)
def published(operator: Caller) -> None:
    operator.publish(listed(company(OPEN_NAME, 1), "us"))
    operator.publish(draft(company(SECRET_NAME, 2), sharing("nl")))


def _ask(caller: Caller, said: Any, status: int = 200) -> Any:
    answer = caller.post("/api/determinations", json.dumps(said).encode())
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_determination_tells_its_parties_its_regimes_and_its_marking(analyst: Caller) -> None:
    told = _ask(analyst, APPLICATION)
    (party,) = told["determination"]["parties"]
    assert [one["caption"] for one in party["listed"]] == [OPEN_NAME]
    assert told["marking"]["tlp"]
    assert told["determination"]["verdict"] == "cannot tell"


def test_what_the_caller_may_not_see_leaves_no_trace(analyst: Caller, reader: Caller) -> None:
    said = APPLICATION | {"parties": [APPLICATION["parties"][0] | {"name": SECRET_NAME}]}
    hidden = _ask(reader, said)
    nobody = _ask(reader, said | {"parties": [said["parties"][0] | {"name": "Meadowlark Bakery"}]})
    nobody["determination"]["parties"][0]["name"] = SECRET_NAME
    assert hidden == nobody
    assert hidden["marking"] is None


def test_an_application_that_cannot_be_judged_is_refused_with_its_field(analyst: Caller) -> None:
    problem = _ask(analyst, APPLICATION | {"destination": "zz"}, 400)
    assert problem["where"] == "destination"
    assert problem["advice"]
    assert _ask(analyst, [], 400)["advice"]


def test_control_lists_are_taken_by_the_operator_and_used_at_once(operator: Caller, analyst: Caller) -> None:
    archive = pack_lists(files())
    assert analyst.post("/api/yard/editions", archive).status_code == 403
    assert operator.post("/api/yard/editions", b"nothing").status_code == 400
    kept = operator.post("/api/yard/editions", archive)
    assert kept.status_code == 201
    assert kept.json()["added"] is True
    assert analyst.json("/api/yard/search?q=euv+stepper")[0]["code"] == "3B001"
    assert analyst.json("/api/yard/entries/3B001.f?as_of=2026-11-24")["areas"] == ["semiconductors"]
    assert analyst.get("/api/yard/entries/9Z999").status_code == 400
    assert analyst.get("/api/yard/search?q=laser&limit=1000").status_code == 400
    whole = analyst.json("/api/yard")
    assert whole["sizes"][-1]["sectors"] == 15
    assert {one["name"] for one in whole["lists"]} >= {"us-ccl", "eu-annex-i"}
    regimes = _ask(analyst, APPLICATION)["determination"]["regimes"]
    assert regimes[0]["verdict"] == "licence required"


@pytest.mark.parametrize("path", ["/api/yard", "/api/yard/search?q=x", "/api/yard/entries/3B001"])
def test_who_may_not_read_gets_no_answer(client: TestClient[Litestar], path: str) -> None:
    assert Caller(client, code_of("nobody")).get(path).status_code == 403


def test_who_may_not_read_gets_no_determination(client: TestClient[Litestar]) -> None:
    assert (
        Caller(client, code_of("nobody")).post("/api/determinations", json.dumps(APPLICATION).encode()).status_code
        == 403
    )
