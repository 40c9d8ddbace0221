# SPDX-License-Identifier: Apache-2.0
"""Match through the API: in yente's form, and cut to what the caller may see."""

from __future__ import annotations

import json
from typing import Any

import pytest
from published import company, draft, listed

from highfence.entrypoints.api import api_routes
from highfence.entrypoints.api.match import QUERIES_MOST, Match
from nodes import sharing

from .conftest import Caller

OPEN_NAME = "Zephyrine Marine Services FZE"
SECRET_NAME = "Kalvaro Turbine Institute"


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("highfence.entrypoints.server.api_routes", lambda: list(dict.fromkeys([*api_routes(), Match])))


@pytest.fixture(autouse=True)
def published(registered: None, operator: Caller) -> None:
    operator.publish(listed(company(OPEN_NAME, 1), "us"))
    operator.publish(draft(company(SECRET_NAME, 2), sharing("nl")))


def ask(caller: Caller, *names: str, address: str = "/match", **bounds: Any) -> Any:
    queries = {f"q{at}": {"schema": "Company", "properties": {"name": [name]}} for at, name in enumerate(names)}
    answer = caller.post(address, json.dumps({"queries": queries, **bounds}).encode())
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_each_query_gets_an_answer_by_its_key(analyst: Caller) -> None:
    told = ask(analyst, "Zephyrine Marine Services", "Meadowlark Bakery", limit=7)
    assert told["limit"] == 7
    first, second = told["responses"]["q0"], told["responses"]["q1"]
    assert (first["status"], first["total"]) == (200, {"value": 1, "relation": "eq"})
    (result,) = first["results"]
    assert (result["caption"], result["schema"], result["match"]) == (OPEN_NAME, "Company", True)
    assert result["properties"]["country"] == ["cn"]
    assert result["score"] >= 0.7
    assert result["features"]["name"] == result["explanation"][0]["score"]
    assert result["explanation"][0]["text"]
    assert (second["status"], second["results"], second["total"]["value"]) == (200, [], 0)


def test_the_id_found_leads_to_the_profile(analyst: Caller) -> None:
    (result,) = ask(analyst, OPEN_NAME)["responses"]["q0"]["results"]
    assert analyst.json(f"/api/companies/{result['id']}")["caption"] == OPEN_NAME


def test_what_the_caller_may_not_see_leaves_no_trace(analyst: Caller, reader: Caller) -> None:
    assert ask(analyst, SECRET_NAME)["responses"]["q0"]["total"]["value"] == 1
    hidden = ask(reader, SECRET_NAME, cutoff=0)["responses"]["q0"]
    assert SECRET_NAME not in json.dumps(hidden["results"])
    assert hidden["total"]["value"] == len(hidden["results"])
    assert ask(reader, OPEN_NAME)["responses"]["q0"]["total"]["value"] == 1


def test_a_hidden_name_of_a_visible_company_is_not_matched(operator: Caller, reader: Caller, analyst: Caller) -> None:
    operator.publish(draft(company(OPEN_NAME, 1, alias=("Quellwater Front Trading",)), sharing("nl")))
    assert ask(analyst, "Quellwater Front Trading")["responses"]["q0"]["results"]
    assert ask(reader, "Quellwater Front Trading")["responses"]["q0"]["results"] == []
    (result,) = ask(reader, OPEN_NAME)["responses"]["q0"]["results"]
    assert "alias" not in result["properties"]


def test_what_is_published_later_is_found(operator: Caller, analyst: Caller) -> None:
    assert ask(analyst, "Quellwater Front Trading")["responses"]["q0"]["results"] == []
    operator.publish(draft(company("Quellwater Front Trading", 3)))
    assert (
        ask(analyst, "Quellwater Front Trading")["responses"]["q0"]["results"][0]["caption"]
        == "Quellwater Front Trading"
    )


def test_bounds_are_taken_from_the_address_too(analyst: Caller) -> None:
    told = ask(
        analyst, "Zephyrine Marine Shipping", address="/match/default?cutoff=0&limit=3&threshold=1&algorithm=best"
    )
    (result,) = told["responses"]["q0"]["results"]
    assert (told["limit"], result["match"]) == (3, False)
    assert ask(analyst, "Zephyrine Marine Shipping", cutoff=1)["responses"]["q0"]["results"] == []


def test_a_single_text_stands_for_a_list(analyst: Caller) -> None:
    body = b'{"queries": {"a": {"schema": "LegalEntity", "properties": {"name": "Zephyrine Marine Services"}}}}'
    assert analyst.post("/match", body).json()["responses"]["a"]["total"]["value"] == 1


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"schema": "Company", "properties": {}}, "the name is empty"),
        ({"schema": "Company", "properties": {"name": ["?"]}}, "no letter"),
        ({"schema": "Compny", "properties": {"name": ["Acme"]}}, "Compny"),
        ({"schema": "Address", "properties": {"full": ["1 Main St"]}}, "no party"),
    ],
)
def test_a_query_that_cannot_be_screened_says_so_and_spares_the_others(
    analyst: Caller, query: dict[str, Any], problem: str
) -> None:
    good = {"schema": "Company", "properties": {"name": [OPEN_NAME]}}
    told = analyst.post("/match", json.dumps({"queries": {"bad": query, "good": good}}).encode()).json()["responses"]
    assert (told["bad"]["status"], told["bad"]["results"]) == (400, [])
    assert problem in told["bad"]["problem"]
    assert told["good"]["total"]["value"] == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"queries": {}}',
        b'{"queries": [1]}',
        b'{"queries": {"a": {"properties": {"name": 5}}}}',
        b'{"queries": {"a": {}}, "limit": 0}',
        b'{"queries": {"a": {}}, "threshold": 2}',
        b"\xff",
        b"[" * 100_000,
        json.dumps({"queries": {str(at): {} for at in range(QUERIES_MOST + 1)}}).encode(),
    ],
)
def test_a_body_of_another_form_is_refused(analyst: Caller, body: bytes) -> None:
    answer = analyst.post("/match", body)
    assert answer.status_code == 400
    assert answer.json()["advice"]


def test_bounds_in_the_address_that_are_no_numbers_are_refused(analyst: Caller) -> None:
    answer = analyst.post("/match?limit=many", b'{"queries": {"a": {}}}')
    assert (answer.status_code, answer.json()["where"]) == (400, "limit, threshold, cutoff")


def test_nobody_screens_without_an_access_code(stranger: Caller) -> None:
    assert stranger.post("/match", b'{"queries": {"a": {}}}').status_code == 401
