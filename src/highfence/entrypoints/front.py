# SPDX-License-Identifier: Apache-2.0
"""Front: the two requests that come with every publication, answered without the layers of the framework.

What stands in front of the framework does what the framework's own routes do, with the same functions: it exists only
because routing, injection and serialising cost more than all that a node does to publish. A request that is in any way
unusual (no length, a longer body than is allowed) is handed on to the framework as it came.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from highfence.app import Node
from highfence.entrypoints.api.assertions import PUBLISH_BYTES_MAX, publish
from highfence.entrypoints.headers import SECURITY_HEADERS
from highfence.entrypoints.identity import Identities
from highfence.entrypoints.peer.wire import RECEIPT_BYTES_MAX, take_receipt
from highfence.entrypoints.problems import problem_told
from highfence.exchange.request import Request
from highfence.exchange.sync import RECEIPT_PATH

Headers = dict[str, str]
_Answer = tuple[int, bytes, bytes]


class Front:
    """An ASGI application before another one."""

    def __init__(self, rest: Any, node: Node, identities: Identities) -> None:
        self._rest = rest
        self._node = node
        self._identities = identities
        self._quick: dict[str, tuple[Callable[[Any, Headers, bytes], Awaitable[_Answer]], int]] = {
            "/api/assertions": (self._publish, PUBLISH_BYTES_MAX),
            RECEIPT_PATH: (self._take_receipt, RECEIPT_BYTES_MAX),
        }

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer, or hand on."""
        quick = self._quick.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if quick is None:
            await self._rest(scope, receive, send)
            return
        answer, bytes_max = quick
        headers = _headers(scope["headers"])
        length = headers.get("content-length", "")
        if not length.isdigit() or len(length) > 9 or int(length) > bytes_max:
            await self._rest(scope, receive, send)
            return
        body = await _body(receive)
        if body is None:
            return
        extra: tuple[tuple[bytes, bytes], ...] = ()
        try:
            status, media, content = await answer(scope, headers, body)
        except Exception as error:  # noqa: BLE001 - told as a problem, and logged where it is the node's own
            problem, more = problem_told(error, path=scope["path"])
            status, media, content = problem.status, b"application/problem+json", msgspec.json.encode(problem)
            extra = tuple((name.encode(), value.encode()) for name, value in more.items())
        known = ((b"content-type", media), (b"content-length", b"%d" % len(content)), *extra)
        await send({"type": "http.response.start", "status": status, "headers": [*known, *_SECURITY]})
        await send({"type": "http.response.body", "body": content})

    async def _publish(self, _: Any, headers: Headers, body: bytes) -> _Answer:
        view = await publish(self._node, self._identities, authorization=headers.get("authorization", ""), body=body)
        return 201, b"application/json", msgspec.json.encode(view)

    async def _take_receipt(self, scope: Any, headers: Headers, body: bytes) -> _Answer:
        asked = Request(
            method="POST",
            authority=headers.get("host", ""),
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            body=body,
        )
        await take_receipt(self._node, asked, headers)
        return 201, b"application/json", b"null"


def _headers(pairs: Any) -> Headers:
    """Return headers by their lower-case name; of a repeated one the first."""
    found: Headers = {}
    for name, value in pairs:
        found.setdefault(name.decode("latin-1"), value.decode("latin-1"))
    return found


async def _body(receive: Any) -> bytes | None:
    """Return the whole body, or None when the caller has hung up. Its length is known, and the server counts."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


_SECURITY = tuple((name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items())
