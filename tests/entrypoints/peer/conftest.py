# SPDX-License-Identifier: Apache-2.0
"""The door of the United States' node, and peers that knock at it with their own keys or with others'."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from asgi import Answer, ask
from litestar import Litestar

from highfence.app import Node
from highfence.entrypoints.identity import first_officer
from highfence.entrypoints.server import create_front
from highfence.exchange.keys import SigningKey
from highfence.exchange.request import Request, sign_request
from highfence.exchange.sync import DOCUMENTS_PATH, FEED_PATH, RECEIPT_PATH
from nodes import opened

HOST = "us.example:8321"
_NONCES = count()


class Knock:
    """One request, ready to be spoilt: signed by `key` for the node at `HOST`."""

    def __init__(self, app: Litestar, node: Node, key: SigningKey) -> None:
        self._app = app
        self._node = node
        self._key = key

    def signed(self, method: str, path: str, /, **signed: Any) -> dict[str, str]:
        """Return the headers of a signed request; `signed` are the other parts of what is signed, or when (`at`)."""
        at = signed.pop("at", self._node.now())
        request = Request(**{"method": method, "authority": HOST, "path": path, **signed})
        return {"host": HOST, **sign_request(request, self._key, now=at, nonce=f"nonce-of-the-tests-{next(_NONCES)}")}

    def feed(self, after: int = 0, *, events: int = 1) -> Answer:
        """Fetch the own feed behind an entry until so many events have come, then hang up."""
        query = f"after={after}"
        return self.ask(
            "GET", FEED_PATH, query=query, headers=self.signed("GET", FEED_PATH, query=query), events=events
        )

    def documents(self, after: int) -> Answer:
        """Fetch the membership documents behind a version."""
        query = f"after={after}"
        return self.ask("GET", DOCUMENTS_PATH, query=query, headers=self.signed("GET", DOCUMENTS_PATH, query=query))

    def receipt(self, body: bytes) -> Answer:
        """Hand in a receipt."""
        return self.ask("POST", RECEIPT_PATH, body=body, headers=self.signed("POST", RECEIPT_PATH, body=body))

    def ask(
        self, method: str, path: str, *, query: str = "", body: bytes = b"", headers: dict[str, str], events: int = 1
    ) -> Answer:
        """Send a request as it is to the application; a stream is left after so many events."""
        return ask(self._app, method, path, query=query, body=body, headers=headers, events=events)


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[dict[str, Node]]:
    with opened(tmp_path, ("us", "eu", "nl")) as made:
        first_officer(made["us"].home, clearance="RESTRICTED")
        yield made


@pytest.fixture
def node(nodes: dict[str, Node]) -> Node:
    return nodes["us"]


@pytest.fixture
def knock(nodes: dict[str, Node]) -> Callable[[str], Knock]:
    """Return who knocks with the key of an authority; `stranger` has a key of no authority."""
    app = create_front(nodes["us"], links=False)

    def as_authority(code: str) -> Knock:
        key = SigningKey.read(nodes[code].home.signing_key) if code in nodes else SigningKey.generate()
        return Knock(app, nodes["us"], key)

    return as_authority
