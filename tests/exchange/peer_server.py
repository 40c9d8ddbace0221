# SPDX-License-Identifier: Apache-2.0
"""A peer's end of the wire in a few lines: it answers as scripted and keeps what it was asked and sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import msgspec

from highfence.exchange.request import Request

#: How long a test waits for what must happen before it has failed.
PATIENCE_S = 20.0


class Asked(msgspec.Struct):
    """A request as it came."""

    request: Request
    headers: dict[str, str]


class PeerServer:
    """Answers each feed request with the next script: raw bytes, whole HTTP answers or events; the last one repeats."""

    def __init__(self, scripts: Sequence[bytes], *, receipt_status: int = 201) -> None:
        self.scripts = list(scripts)
        self.receipt_status = receipt_status
        self.asked: list[Asked] = []
        self.address = ""

    @property
    def feeds(self) -> list[str]:
        """The queries of the feed requests so far."""
        return [one.request.query for one in self.asked if one.request.method == "GET"]

    @property
    def receipts(self) -> list[bytes]:
        """The receipts so far."""
        return [one.request.body for one in self.asked if one.request.method == "POST"]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, one request after the other."""
        while head := await _head(reader):
            method, target, headers = head
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            path, _, query = target.partition("?")
            asked = Request(method=method, authority=headers["host"], path=path, query=query, body=body)
            self.asked.append(Asked(asked, headers))
            if method == "POST":
                writer.write(b"HTTP/1.1 %d X\r\ncontent-length: 0\r\n\r\n" % self.receipt_status)
                await writer.drain()
                continue
            script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
            writer.write(script)
            await writer.drain()
            break
        writer.close()


def events(*batches: bytes) -> bytes:
    """Return the answer that pushes batches and ends."""
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
    return head + b"".join(b"id: 0\ndata: %b\n\n" % batch for batch in batches)


def problem(status: int, detail: str) -> bytes:
    """Return an answer that says what is wrong."""
    body = msgspec.json.encode({"detail": detail})
    return b"HTTP/1.1 %d X\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b" % (status, len(body), body)


@asynccontextmanager
async def serving(peer: PeerServer) -> AsyncIterator[PeerServer]:
    """Serve on a free port for a while."""
    server = await asyncio.start_server(peer.answer, "127.0.0.1", 0)
    peer.address = "http://{}:{}".format(*server.sockets[0].getsockname())
    try:
        yield peer
    finally:
        server.close()


async def until(done: Callable[[], bool]) -> None:
    """Wait until something has happened."""
    async with asyncio.timeout(PATIENCE_S):
        while not done():
            await asyncio.sleep(0.002)


async def _head(reader: asyncio.StreamReader) -> tuple[str, str, dict[str, str]] | None:
    line = (await reader.readline()).decode().split()
    if len(line) != 3:
        return None
    headers = {}
    while text := (await reader.readline()).decode().strip():
        name, _, value = text.partition(":")
        headers[name.lower()] = value.strip()
    return line[0], line[1], headers
