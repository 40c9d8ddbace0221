# SPDX-License-Identifier: Apache-2.0
"""The front answers as the framework behind it would, and hands on what it does not know."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from published import body, company, draft

from highfence.app import Node
from highfence.entrypoints.api.assertions import PUBLISH_BYTES_MAX
from highfence.entrypoints.front import Front
from highfence.entrypoints.identity import first_officer
from highfence.entrypoints.server import create_front
from highfence.exchange.sync import RECEIPT_PATH
from nodes import opened


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with opened(tmp_path, ("us", "nl")) as made:
        first_officer(made["us"].home, clearance="RESTRICTED")
        yield made["us"]


@pytest.fixture
def both(node: Node) -> Iterator[tuple[TestClient[Any], TestClient[Any]]]:
    """Give the front, and the framework without it."""
    front: Front = create_front(node, links=False)
    with TestClient(front) as quick, TestClient(front._rest) as plain:  # type: ignore[type-var]
        yield quick, plain


BODY = body(draft(company("Acme Optics BV")))


def ask(client: TestClient[Any], path: str, content: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], Any]:
    answer = client.post(path, content=content, headers=headers)
    told = {name: value for name, value in answer.headers.items() if name not in ("content-length", "vary")}
    return answer.status_code, told, answer.json()


def test_publishes_as_the_framework_does(node: Node, both: tuple[TestClient[Any], TestClient[Any]]) -> None:
    code = node.home.access_code.read_text().strip()
    first, second = (ask(client, "/api/assertions", BODY, {"authorization": f"Bearer {code}"}) for client in both)
    assert first[:2] == second[:2]
    assert first[0] == 201
    assert first[2]["releases"] == second[2]["releases"]
    assert first[2]["id"] != second[2]["id"]


@pytest.mark.parametrize("path", ["/api/assertions", RECEIPT_PATH])
@pytest.mark.parametrize("authorization", ["", "Bearer wrong", "Basic x", "code"])
@pytest.mark.parametrize("content", [b"", b"{}", b"rubbish"])
def test_refuses_as_the_framework_does(
    node: Node, both: tuple[TestClient[Any], TestClient[Any]], path: str, authorization: str, content: bytes
) -> None:
    code = node.home.access_code.read_text().strip()
    headers = {"authorization": f"Bearer {code}" if authorization == "code" else authorization}
    first, second = (ask(client, path, content, headers) for client in both)
    assert first == second
    assert first[0] in (400, 401, 403)


def test_what_is_too_long_or_has_no_length_is_the_frameworks_affair(
    node: Node, both: tuple[TestClient[Any], TestClient[Any]]
) -> None:
    code = node.home.access_code.read_text().strip()
    quick, _ = both
    headers = {"authorization": f"Bearer {code}"}
    assert quick.post("/api/assertions", content=b"x" * (PUBLISH_BYTES_MAX + 1), headers=headers).status_code == 413
    pieces = iter((BODY[:20], BODY[20:]))
    assert quick.post("/api/assertions", content=pieces, headers=headers).status_code == 201


def test_everything_else_is_handed_on(node: Node, both: tuple[TestClient[Any], TestClient[Any]]) -> None:
    code = node.home.access_code.read_text().strip()
    for client in both:
        assert client.get("/api/assertions", headers={"authorization": f"Bearer {code}"}).status_code == 200
        assert client.delete("/api/assertions").status_code == 405
        assert client.get("/api/health").status_code == 200
