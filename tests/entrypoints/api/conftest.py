# SPDX-License-Identifier: Apache-2.0
"""A node of the United States with officers of several powers, and callers of its API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from published import body

from highfence.app import Node
from highfence.entrypoints.drafts import Draft
from highfence.entrypoints.identity import POWERS, Officer, add_officer, hash_code
from highfence.entrypoints.server import create_front
from highfence.home import Home
from nodes import PURPOSES, opened

#: Name -> clearance and powers; the code is the name and a suffix.
OFFICERS = {
    "operator": ("RESTRICTED", POWERS),
    "analyst": ("RESTRICTED", ("read",)),
    "reader": ("PUBLIC", ("read",)),
    "feeder": ("RESTRICTED", ("publish",)),
    "nobody": ("RESTRICTED", ()),
}


class Caller:
    """Calls the API with one access code, or with none."""

    def __init__(self, client: TestClient[Litestar], code: str) -> None:
        self._client = client
        self._headers = {"authorization": f"Bearer {code}"} if code else {}

    def get(self, path: str, **headers: str) -> Any:
        return self._client.get(path, headers={**self._headers, **headers})

    def post(self, path: str, content: bytes, **headers: str) -> Any:
        return self._client.post(path, content=content, headers={**self._headers, **headers})

    def json(self, path: str) -> Any:
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.json()

    def publish(self, draft: Draft) -> str:
        answer = self.post("/api/assertions", body(draft))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


def code_of(name: str) -> str:
    return f"{name}-code-of-the-tests"


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[dict[str, Node]]:
    with opened(tmp_path, ("us", "eu", "nl")) as made:
        for name, (clearance, powers) in OFFICERS.items():
            add_officer(
                Home(tmp_path / "us"),
                Officer(
                    name=name,
                    code_hash=hash_code(code_of(name)),
                    clearance=clearance,
                    purposes=PURPOSES,
                    powers=powers,
                ),
            )
        yield made


@pytest.fixture
def node(nodes: dict[str, Node]) -> Node:
    return nodes["us"]


@pytest.fixture
def client(node: Node) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_front(node, links=False)) as client:
        yield client


@pytest.fixture
def operator(client: TestClient[Litestar]) -> Caller:
    """Give who may do and see everything."""
    return Caller(client, code_of("operator"))


@pytest.fixture
def analyst(client: TestClient[Litestar]) -> Caller:
    """Give who may see everything and do nothing."""
    return Caller(client, code_of("analyst"))


@pytest.fixture
def reader(client: TestClient[Litestar]) -> Caller:
    """Give who may see what is public."""
    return Caller(client, code_of("reader"))


@pytest.fixture
def stranger(client: TestClient[Litestar]) -> Caller:
    """Give who has no access code."""
    return Caller(client, "")
