# SPDX-License-Identifier: Apache-2.0
"""Who may call: nobody without a code, and nobody beyond the powers given."""

from __future__ import annotations

import re
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from published import body, company, draft

from highfence.app import Node
from highfence.entrypoints.identity import read_identities
from highfence.entrypoints.web.visit import COOKIE

from .conftest import Caller, code_of

#: Method and path of each route that needs more than to read -> the power.
POWERS = {
    ("post", "/api/applications"): "publish",
    ("post", "/api/membership"): "operate",
    ("post", "/api/assertions"): "publish",
    ("post", "/api/cases/{number}/events"): "publish",
    ("post", "/api/consultations"): "publish",
    ("post", "/api/consultations/{consultation}/steps"): "publish",
    ("post", "/api/denials"): "publish",
    ("post", "/api/denials/{denial}/amendment"): "publish",
    ("post", "/api/denials/{denial}/consultation"): "publish",
    ("post", "/api/denials/{denial}/renewal"): "publish",
    ("post", "/api/denials/{denial}/revocation"): "publish",
    ("post", "/api/judgements"): "publish",
    ("post", "/api/judgements/{assertion}/withdrawal"): "publish",
    ("get", "/api/peers"): "operate",
    ("get", "/api/verification"): "operate",
    ("post", "/api/sources/{name}/editions"): "operate",
    ("post", "/api/yard/editions"): "operate",
}
ANYBODY = {("get", "/api/health")}


def routes(caller: Caller) -> list[tuple[str, str]]:
    """Return method and path of every route that OpenAPI describes, with parameters in braces."""
    paths: dict[str, dict[str, Any]] = caller.json("/api/schema/openapi.json")["paths"]
    return [(method, path) for path, methods in paths.items() for method in methods]


#: What a route cannot do without in its address.
QUERIES = {
    "/api/companies": "?q=acme",
    "/api/companies/gaps": "?between=us,eu",
    "/api/changes": "?since=2026-01-01",
    "/api/changes/watch": "?since=2026-01-01",
}


def call(caller: Caller, route: tuple[str, str]) -> Any:
    """Call a route with sound parameters."""
    method, path = route
    filled = re.sub(r"\{name\}", "own_list", re.sub(r"\{assertion\}", "0" * 64, path))
    query = QUERIES.get(path, "")
    if method == "get":
        return caller.get(filled + query)
    return caller.post(filled + query, body(draft(company("Acme"))))


def test_every_route_but_health_asks_for_a_code(stranger: Caller) -> None:
    asked = [route for route in routes(stranger) if route not in ANYBODY]
    assert len(asked) >= 11
    for route in asked:
        answer = call(stranger, route)
        assert answer.status_code == 401, route
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["code"] == "not_allowed"
        assert answer.json()["where"] == "Authorization"
        assert "Bearer" in answer.json()["advice"]


def test_every_route_asks_for_its_power(node: Node, client: TestClient[Litestar]) -> None:
    node.stop_streams()  # a stream that is open for ever would keep its caller for ever
    nobody = Caller(client, code_of("nobody"))
    analyst = Caller(client, code_of("analyst"))
    for route in routes(nobody):
        if route in ANYBODY:
            continue
        answer = call(nobody, route)
        power = POWERS.get(route, "read")
        assert answer.status_code == 403, route
        assert answer.json()["detail"] == f"nobody may not {power} here"
        assert answer.json()["advice"]
        assert (call(analyst, route).status_code == 403) == (route in POWERS), route


def test_the_power_to_publish_is_not_the_power_to_read(client: TestClient[Litestar]) -> None:
    feeder = Caller(client, code_of("feeder"))
    name = feeder.publish(draft(company("Acme")))
    assert feeder.get(f"/api/assertions/{name}").status_code == 403
    assert feeder.get("/api/companies?q=acme").status_code == 403


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic " + code_of("operator"),
        code_of("operator"),
        "Bearer x" + code_of("operator"),
        "Bearer " + code_of("operator").upper(),
        "Bearer sha256:0",
    ],
)
def test_a_code_that_is_not_the_whole_code_opens_nothing(stranger: Caller, header: str) -> None:
    answer = stranger.get("/api/companies?q=acme", authorization=header)
    assert answer.status_code == 401


def test_the_scheme_is_read_in_any_case(stranger: Caller) -> None:
    for scheme in ("bearer", "BEARER", "Bearer"):
        answer = stranger.get("/api/companies?q=acme", authorization=f"{scheme} {code_of('reader')}")
        assert answer.status_code == 200


def test_a_pages_session_opens_nothing_here(node: Node, client: TestClient[Litestar], stranger: Caller) -> None:
    form = {"code": code_of("operator")}
    signed = client.post("/sign-in", data=form, headers={"origin": "http://testserver.local"}, follow_redirects=False)
    token = signed.cookies[COOKIE]
    assert read_identities(node.home, node.clock).by_code(code_of("operator"))
    assert stranger.get("/api/companies?q=acme", cookie=f"{COOKIE}={token}").status_code == 401
    answer = stranger.post("/api/assertions", body(draft(company("Acme"))), cookie=f"{COOKIE}={token}")
    assert answer.status_code == 401
    assert node.count() == 0


def test_no_code_is_in_any_log_or_answer(stranger: Caller, capsys: pytest.CaptureFixture[str]) -> None:
    secret = "a-code-nobody-should-log"
    answer = stranger.get("/api/companies?q=acme", authorization=f"Bearer {secret}")
    assert secret not in answer.text
    assert secret not in "".join(capsys.readouterr())
