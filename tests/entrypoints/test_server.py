# SPDX-License-Identifier: Apache-2.0
"""One node behind one port: its routes, what every answer carries, and its links to peers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from highfence.app import Node
from highfence.entrypoints.drafts import Draft
from highfence.entrypoints.headers import SECURITY_HEADERS
from highfence.entrypoints.identity import first_officer
from highfence.entrypoints.server import create_app, serve
from highfence.errors import HighfenceError, SettingsWrong
from nodes import opened


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with opened(tmp_path, ("us", "nl")) as made:
        first_officer(made["us"].home, clearance="RESTRICTED")
        yield made["us"]


@pytest.fixture
def client(node: Node) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_app(node, links=False)) as client:
        yield client


def described(client: TestClient[Litestar]) -> Any:
    answer = client.get("/api/schema/openapi.json")
    assert answer.status_code == 200
    return answer.json()


def test_openapi_describes_every_route_of_the_api_and_no_other(node: Node, client: TestClient[Litestar]) -> None:
    paths = described(client)["paths"]
    told = {(path, method.upper()) for path, methods in paths.items() for method in methods}
    there = {
        (route.path_format, method)
        for route in client.app.routes
        if route.path_format.startswith(("/api/", "/match")) and not route.path_format.startswith("/api/schema")
        for method in route.methods
        if method != "OPTIONS"
    }
    assert told == there
    assert len(told) >= 12


def test_openapi_says_what_each_route_does_takes_and_asks_for(client: TestClient[Litestar]) -> None:
    document = described(client)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert len(operation["description"]) > 20, path
            assert (method == "post") == ("requestBody" in operation), path
    assert document["components"]["securitySchemes"]["code"]["scheme"] == "bearer"
    assert document["security"] == [{"code": []}]
    assert document["paths"]["/api/health"]["get"]["security"] == [{}]


def test_openapi_describes_a_draft_field_by_field_with_references_that_hold(client: TestClient[Litestar]) -> None:
    document = described(client)
    body = document["paths"]["/api/assertions"]["post"]["requestBody"]
    schema = body["content"]["application/json"]["schema"]
    assert set(schema["properties"]) == set(Draft.__struct_fields__)
    assert schema["required"] == ["kind", "subject", "marking"]
    named = set(_references(document))
    assert "Marking" in named
    assert named <= set(document["components"]["schemas"])


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "$ref":
                yield inner.removeprefix("#/components/schemas/")
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/health", 200),
        ("GET", "/api/schema/openapi.json", 200),
        ("GET", "/api/companies?q=acme", 401),
        ("GET", "/api/nowhere", 404),
        ("GET", "/api/assertions/x/y/z", 404),
        ("DELETE", "/api/assertions", 405),
        ("POST", "/api/assertions", 401),
        ("GET", "/exchange/feed", 403),
        ("GET", "/exchange/feed?after=x", 400),
        ("GET", "/sign-in", 200),
        ("GET", "/", 303),
        ("GET", "/nowhere", 404),
        ("GET", "/static/nowhere", 404),
    ],
)
def test_every_answer_carries_the_security_headers(
    client: TestClient[Litestar], method: str, path: str, status: int
) -> None:
    answer = client.request(method, path, follow_redirects=False)
    assert answer.status_code == status
    for name, value in SECURITY_HEADERS.items():
        if name != "referrer-policy":  # a page's form must be able to say which site it is from
            assert answer.headers[name] == value, name
    assert answer.headers["referrer-policy"] in ("no-referrer", "same-origin")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_no_answer_names_the_software_below(client: TestClient[Litestar]) -> None:
    for path in ("/api/health", "/nowhere", "/exchange/feed"):
        answer = client.get(path)
        assert "server" not in answer.headers
        assert "litestar" not in str(answer.headers).lower() + answer.text.lower()


def test_no_other_site_may_read_an_answer(client: TestClient[Litestar]) -> None:
    answer = client.get("/api/health", headers={"origin": "https://elsewhere.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_links_run_while_the_application_does_and_say_why_a_peer_is_not_heard(node: Node) -> None:
    with TestClient(create_app(node)):
        _await(lambda: "cannot reach the peer" in _link(node).text)
        assert _link(node).state == "connecting"
    assert sorted(node.links) == ["nl"]


def test_a_link_that_breaks_is_shown_and_logged_and_not_lost_in_silence(
    node: Node, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(_: object) -> None:
        raise ValueError("a-secret-of-the-inside")

    monkeypatch.setattr("highfence.exchange.sync.Link.run", broken)
    with TestClient(create_app(node)) as client:
        _await(lambda: _link(node).state == "refused")
        assert client.get("/api/health").status_code == 200
    assert _link(node).text == "the link broke: ValueError; the node's log tells where"
    written = "".join(capsys.readouterr())
    assert "link_broke" in written
    assert "a-secret-of-the-inside" not in written


def test_nobody_listens_where_somebody_else_does(node: Node) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SettingsWrong, match="cannot listen here: Address already in use") as refused:
            asyncio.run(serve(node, host="127.0.0.1", port=port))
    assert refused.value.where == f"127.0.0.1:{port}"
    assert "--port" in refused.value.advice


def test_an_application_is_not_made_without_its_officers(node: Node) -> None:
    node.home.officers.unlink()
    with pytest.raises(SettingsWrong, match="officers"):
        create_app(node, links=False)


def _link(node: Node) -> Any:
    return next(view.link for view in node.peer_views() if view.authority.code == "nl")


def _await(done: Callable[[], bool]) -> None:
    until = monotonic() + 30
    while not done():
        assert monotonic() < until, "it did not come within 30 s"
        sleep(0.01)


def test_a_node_that_does_not_come_up_says_so(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed"})

    monkeypatch.setattr("highfence.entrypoints.server.create_front", lambda _: broken)
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(HighfenceError, match="did not come up"):
        asyncio.run(serve(node, host="127.0.0.1", port=port))
