# SPDX-License-Identifier: Apache-2.0
"""A node with something on it, and browsers at its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from highfence.app import Node
from highfence.entrypoints.identity import Officer, add_officer, hash_code
from highfence.entrypoints.server import create_app
from highfence.entrypoints.web import sign
from highfence.home import Home
from highfence.model.assertion import Assertion
from highfence.model.entity import Entity
from highfence.model.listing import Listing
from highfence.model.marking import Marking, public
from nodes import PURPOSES, opened, sharing

ORIGIN = "http://testserver.local"
OPERATOR = "operator-code-of-the-tests"
READER = "reader-code-of-the-tests"


class Browser:
    """A browser at the pages of a node: keeps its cookie, says where its forms are from, follows nothing by itself."""

    def __init__(self, client: TestClient[Litestar]) -> None:
        self.client = client

    def sign_in(self, code: str, **more: str) -> Any:
        return self.post("/sign-in", {"code": code, **more})

    def post(self, path: str, form: dict[str, str], **headers: str) -> Any:
        return self.client.post(path, data=form, headers={"origin": ORIGIN, **headers}, follow_redirects=False)

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers=headers, follow_redirects=False)

    def text(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return str(answer.text)


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[dict[str, Node]]:
    with opened(tmp_path, ("eu", "us", "nl")) as made:
        home = Home(tmp_path / "eu")
        home.officers.write_text("[]")
        officers = {
            OPERATOR: ("operator", "RESTRICTED", ("read", "publish", "operate")),
            READER: ("reader", "PUBLIC", ("read",)),
        }
        for code, (name, clearance, powers) in officers.items():
            add_officer(
                home,
                Officer(name=name, code_hash=hash_code(code), clearance=clearance, purposes=PURPOSES, powers=powers),
            )
        yield made


@pytest.fixture
def node(nodes: dict[str, Node]) -> Node:
    return nodes["eu"]


@pytest.fixture
def open_browser(node: Node, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Browser]]:
    monkeypatch.setattr(sign, "_WRONG_CODE_S", 0.0)
    app = create_app(node, links=False)
    with ExitStack() as stack:
        yield lambda: Browser(stack.enter_context(TestClient(app)))


@pytest.fixture
def stranger(open_browser: Callable[[], Browser]) -> Browser:
    """Give a browser that is not signed in."""
    return open_browser()


@pytest.fixture
def operator(open_browser: Callable[[], Browser]) -> Browser:
    """Give the browser of an officer with all powers."""
    browser = open_browser()
    assert browser.sign_in(OPERATOR).status_code == 303
    return browser


@pytest.fixture
def reader(open_browser: Callable[[], Browser]) -> Browser:
    """Give the browser of an officer who may see what is public, and nothing else."""
    browser = open_browser()
    assert browser.sign_in(READER).status_code == 303
    return browser


@pytest.fixture
def publish(node: Node) -> Callable[[Assertion], str]:
    return lambda assertion: node.publish([assertion]).result().ids[0]


def company(name: str, number: int = 1, **properties: tuple[str, ...]) -> Entity:
    return Entity(
        id=f"firm-{number}",
        schema="Company",
        properties={"name": (name,), "country": ("cn",), **properties},
    )


def facts(entity: Entity, marking: Marking | None = None, **changes: object) -> Assertion:
    values: dict[str, Any] = {
        "kind": "facts",
        "originator": "",
        "issued": "",
        "subject": entity.id,
        "entities": (entity,),
        "marking": marking or public(groups=("members",)),
        **changes,
    }
    return Assertion(**values)


def listing(entity: Entity, jurisdiction: str, listed: date | None = None, **changes: Any) -> Assertion:
    placed = Listing(
        jurisdiction=jurisdiction,
        source=f"{jurisdiction}_list",
        list=f"List of {jurisdiction}",
        key=f"{jurisdiction}-{entity.id}",
        entity=entity.id,
        listed=listed,
        **changes,
    )
    return facts(entity, kind="listing", listing=placed)


def secret(**changes: Any) -> Marking:
    return sharing("us", "nl", **changes)
