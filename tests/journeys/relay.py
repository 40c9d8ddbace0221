# SPDX-License-Identifier: Apache-2.0
"""A relay between a process and a server, a program of its own so that it can be killed: `relay.py PORT SERVER`."""

from __future__ import annotations

import asyncio
import sys


async def _pipe(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(65536):
        target.write(data)
        await target.drain()
    target.close()


async def _relay(port: int, server: str) -> None:
    host, _, there = server.rpartition(":")

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(host, int(there))
        await asyncio.gather(_pipe(reader, far_writer), _pipe(far_reader, writer), return_exceptions=True)

    async with await asyncio.start_server(join, "127.0.0.1", port) as listening:
        await listening.serve_forever()


if __name__ == "__main__":
    asyncio.run(_relay(int(sys.argv[1]), sys.argv[2]))
