# SPDX-License-Identifier: Apache-2.0
"""Live: what arrives, pushed to a system as it becomes queryable here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from litestar import Controller, Request, get
from litestar.response import Stream

from highfence.app import Node
from highfence.entrypoints.api.caller import caller
from highfence.entrypoints.identity import Identities
from highfence.register.view import Arrived
from highfence.rules.handling import Reader

_BEAT_S = 10.0
_ROWS_MAX = 200


class Live(Controller):
    """Server-sent events for integrators."""

    path = "/api/live"
    tags = ["assertions"]  # noqa: RUF012 - Litestar reads it from the class

    @get()
    async def live(self, *, request: Request[Any, Any, Any], node: Node, identities: Identities) -> Stream:
        """Push each assertion that the caller may see once it is durable and queryable here, from now on.

        Each event is one JSON line as in `GET /api/assertions`. What the caller may not see causes no bytes.
        """
        reader = caller(request, identities).reader(node.code)
        return Stream(
            _arrivals(node, reader),
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )


async def _arrivals(node: Node, reader: Reader) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    position = node.last_position()
    beat_at = loop.time() + _BEAT_S
    yield b": from here on\n\n"
    while not node.stopping:
        seen = node.bell.rings
        arrived = node.arrived_after(position, reader, limit=_ROWS_MAX)
        for one in arrived:
            position = one.position
            yield _event(one)
        if len(arrived) == _ROWS_MAX:
            continue
        if loop.time() >= beat_at:
            beat_at = loop.time() + _BEAT_S
            yield b": still here\n\n"
        await node.bell.wait(seen, timeout_s=max(beat_at - loop.time(), 0.0))


def _event(arrived: Arrived) -> bytes:
    # The place in the journal stays here: it would tell how much lies between that the caller may not see.
    return b"data: %b\n\n" % msgspec.json.encode(msgspec.structs.replace(arrived, position=0))
