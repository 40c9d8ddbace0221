# SPDX-License-Identifier: Apache-2.0
"""The listener: what a stranger can make the node hold before anybody knows who it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from highfence.entrypoints import listener as room
from highfence.entrypoints.listener import HEAD_BYTES_MAX, listener

PATIENCE_S = 20.0


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the number of bytes of the body, and keep no lifespan."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    content = b"%d" % size
    headers = [(b"content-length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Serve on a free port, and give a connection to it."""
    server = listener(echo, host="127.0.0.1", port=0)
    task = asyncio.create_task(server.serve())
    try:
        while not server.started:
            await asyncio.sleep(0.005)
        port = server.servers[0].sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        yield reader, writer
        writer.close()
    finally:
        server.should_exit = True
        await task


def heard(*pieces: bytes) -> bytes:
    """Send pieces and return all that comes back until the other side ends."""

    async def scene() -> bytes:
        async with asyncio.timeout(PATIENCE_S), listening() as (reader, writer):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            return await reader.read()

    return asyncio.run(scene())


def test_answers_names_neither_software_nor_time():
    answer = heard(b"POST / HTTP/1.1\r\nconnection: close\r\ncontent-length: 3\r\n\r\n", b"abc")
    assert answer == b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\nconnection: close\r\n\r\n3"


def test_a_large_body_is_no_large_head():
    size = 3 * HEAD_BYTES_MAX
    head = b"POST / HTTP/1.1\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % size
    assert heard(head + b"x" * size).endswith(b"\r\n\r\n%d" % size)


@pytest.mark.parametrize("line", [b"x-more: %b\r\n", b"%b"])
def test_a_head_that_does_not_end_is_ended(line):
    async def scene() -> bytes:
        answer = b""
        async with asyncio.timeout(PATIENCE_S), listening() as (reader, writer):
            with suppress(ConnectionError):
                writer.write(b"GET / HTTP/1.1\r\nx-first: ")
                while not answer:
                    writer.write(line % (b"x" * 30_000))
                    with suppress(TimeoutError):
                        async with asyncio.timeout(0.02):
                            answer = await reader.read(100)
        return answer

    assert asyncio.run(scene()).startswith(b"HTTP/1.1 400 ")


def test_a_second_request_has_its_own_bound():
    request = b"GET / HTTP/1.1\r\nx-more: %b\r\n\r\n" % (b"x" * (HEAD_BYTES_MAX // 2))
    last = b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n"
    assert heard(request, request, request, last).count(b"HTTP/1.1 200 OK") == 4


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nx-slow: "])
def test_who_does_not_ask_in_time_is_not_waited_for(monkeypatch, begun):
    monkeypatch.setattr(room, "_SILENCE_S", 0.05)
    assert heard(begun) == b""
