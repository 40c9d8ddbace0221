# SPDX-License-Identifier: Apache-2.0
"""One request to an application, as a server would hand it over; streams are left when enough has come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Litestar

from highfence.exchange.feed import Batch


class Answer(msgspec.Struct, frozen=True):
    """What came back: the status, the headers and the body as far as it was read."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """The machine code of a problem document."""
        assert self.headers["content-type"] == "application/problem+json"
        return str(msgspec.json.decode(self.body)["code"])

    def data(self) -> list[bytes]:
        """The data of each event of a stream."""
        return [line[6:] for line in self.body.splitlines() if line.startswith(b"data: ")]

    def batches(self) -> list[Batch]:
        """The batches of a feed."""
        return [msgspec.json.decode(line, type=Batch) for line in self.data()]

    def seqs(self) -> list[int]:
        """The places of all entries that were pushed."""
        return [entry.seq for batch in self.batches() for entry in batch.entries]


def ask(
    app: Litestar,
    method: str,
    path: str,
    *,
    headers: dict[str, str],
    query: str = "",
    body: bytes = b"",
    events: int = 1,
    heard: Callable[[bytes], None] = lambda _: None,
) -> Answer:
    """Send a request; hang up after so many events of a stream. `heard` is told what has come after each piece."""
    scope: Any = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8321),
        "state": {},
    }
    return asyncio.run(asyncio.wait_for(_ask(app, scope, body, events=events, heard=heard), 60))


async def _ask(app: Litestar, scope: Any, body: bytes, *, events: int, heard: Callable[[bytes], None]) -> Answer:
    came = bytearray()
    start: dict[str, Any] = {}
    enough = asyncio.Event()
    asked = iter(({"type": "http.request", "body": body, "more_body": False},))

    async def receive() -> Any:
        for message in asked:
            return message
        await enough.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
            return
        came.extend(message["body"])
        heard(bytes(came))
        if came.count(b"\n\n") >= events or not message.get("more_body", False):
            enough.set()
        await asyncio.sleep(0)  # a client that hangs up is heard between two events

    await app(scope, receive, send)
    found = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return Answer(status=start["status"], headers=found, body=bytes(came))
