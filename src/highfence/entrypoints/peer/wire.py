# SPDX-License-Identifier: Apache-2.0
"""Wire: the three routes between nodes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.response import Stream

from highfence.app import Node
from highfence.errors import InvalidInput
from highfence.exchange import request as signing
from highfence.exchange.outgoing import Outgoing
from highfence.exchange.sync import DOCUMENTS_PATH, FEED_PATH, RECEIPT_PATH
from highfence.model.authority import Authority

#: A receipt names at most 500 refusals.
RECEIPT_BYTES_MAX = 2 << 20


class Wire(Controller):
    """What peers use. `node` is injected by `server.create_app`."""

    include_in_schema = False

    @get(FEED_PATH)
    async def feed(self, request: Request[Any, Any, Any], node: Node, after: int = 0) -> Stream:
        """Push the caller's feed behind entry `after`, and go on pushing as it grows."""
        reader = await _reader(node, _asked(request, b""), request.headers)
        if after < 0:
            raise InvalidInput("after is below zero", where="query", advice="Give the last entry that you hold")
        outgoing = node.outgoing(reader.code)
        await asyncio.to_thread(outgoing.start, after)
        return Stream(
            _push(node, outgoing),
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    @get(DOCUMENTS_PATH)
    async def documents(self, request: Request[Any, Any, Any], node: Node, after: int = 0) -> Response[bytes]:
        """Tell a member the membership documents behind version `after`, each as it was signed."""
        _caller(node, _asked(request, b""), request.headers)
        told = await asyncio.to_thread(node.charter.after, after)
        return Response(told, media_type="application/json", headers={"cache-control": "no-store"})

    @post(RECEIPT_PATH, request_max_body_size=RECEIPT_BYTES_MAX)
    async def receipt(self, request: Request[Any, Any, Any], node: Node) -> Response[None]:
        """Take a countersigned head."""
        await take_receipt(node, _asked(request, await request.body()), request.headers)
        return Response(None, status_code=201)


async def _push(node: Node, outgoing: Outgoing) -> AsyncIterator[bytes]:
    bell = node.feed_bell(outgoing.reader)
    yield _event(outgoing.seq, outgoing.heartbeat())
    behind = True
    document = node.charter.id
    while not node.stopping:
        seen = bell.rings
        if node.charter.id != document:
            # Under another document the reader may be no member, or its key not its own any more: it asks again.
            yield _event(outgoing.seq, outgoing.heartbeat())
            return
        # Far behind, batches are large: made off the event loop, so that other readers' pushes are not delayed.
        batch = await asyncio.to_thread(outgoing.next_batch) if behind else outgoing.next_batch()
        if batch is None:
            behind = False
            rings = await bell.wait(seen, timeout_s=node.settings.heartbeat_s)
            if rings == seen and not node.stopping:
                yield _event(outgoing.seq, outgoing.heartbeat())
            continue
        behind = len(batch) > _FAR_BEHIND_BYTES
        yield _event(outgoing.seq, batch)
        node.pushed[outgoing.reader] = outgoing.seq


_FAR_BEHIND_BYTES = 64_000


def _event(seq: int, batch: bytes) -> bytes:
    return b"id: %d\ndata: %b\n\n" % (seq, batch)


async def take_receipt(node: Node, asked: signing.Request, headers: Mapping[str, str]) -> None:
    """Take the receipt in a signed request; raises Refused or InvalidDocument."""
    sender = _caller(node, asked, headers)
    await asyncio.wrap_future(node.take_receipt(asked.body, sender))


def _asked(request: Request[Any, Any, Any], body: bytes) -> signing.Request:
    return signing.Request(
        method=request.method,
        authority=request.headers.get("host", ""),
        path=request.url.path,
        query=request.url.query,
        body=body,
    )


async def _reader(node: Node, asked: signing.Request, headers: Mapping[str, str]) -> Authority:
    """Return who asks for its feed; whether it asks for the first time is for all processes of the node to know."""
    if node.shared:
        return await asyncio.to_thread(_caller, node, asked, headers, nonces=node.feed_nonces)
    return _caller(node, asked, headers)


def _caller(
    node: Node, asked: signing.Request, headers: Mapping[str, str], *, nonces: signing.NonceMemory | None = None
) -> Authority:
    """Return the authority that signed the request; raises Refused."""
    return signing.verify_request(
        asked, headers, membership=node.membership, now=node.now(), nonces=nonces or node.nonces
    )
