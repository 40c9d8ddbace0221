# SPDX-License-Identifier: Apache-2.0
"""Sync: one lasting connection to each peer, over which its feed for us is pushed, and our receipts back.

The link asks for the feed behind what is durable here; after any interruption it asks again from there. Nothing of a
peer is believed in this file: bytes go to `incoming`, which asks `receive`.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from urllib.parse import urlsplit

import httpx2
import msgspec
import structlog

from highfence.clock import Clock, instant_text
from highfence.errors import HighfenceError
from highfence.exchange.incoming import Incoming
from highfence.exchange.keys import SigningKey
from highfence.exchange.receive import Accepted, FeedRefused
from highfence.exchange.request import Request, sign_request
from highfence.model.authority import Membership

FEED_PATH = "/exchange/feed"
RECEIPT_PATH = "/exchange/receipts"
#: Batches above this size are judged off the event loop, so that one peer's catch-up does not delay another's push.
_LARGE_BATCH_BYTES = 32_000
#: A line longer than any batch may be is an attack on memory.
_LINE_BYTES_MAX = 5 << 20
#: A problem document and more.
_ANSWER_BYTES_MAX = 64_000

log = structlog.get_logger("highfence.sync")


class LinkState(msgspec.Struct, kw_only=True):
    """What an operator sees of a link: `connecting`, `live`, `refused` or `quarantined`, since when and why."""

    peer: str
    state: str = "connecting"
    since: str = ""
    text: str = ""
    last_heard: str = ""


class Link:
    """Keeps the feed from one peer coming until it is cancelled."""

    def __init__(
        self, incoming: Incoming, *, membership: Callable[[], Membership], key: SigningKey, clock: Clock, pace: Pace
    ) -> None:
        self.incoming = incoming
        self._membership = membership
        self._key = key
        self._clock = clock
        self._pace = pace
        self._receipts = asyncio.Event()
        self.view = LinkState(peer=incoming.owner)

    async def run(self) -> None:
        """Connect, take what is pushed, connect again; returns only when the peer is in quarantine."""
        pause = self._pace.retry_s_min
        async with httpx2.AsyncClient(timeout=httpx2.Timeout(self._pace.silence_s, connect=5.0)) as client:
            teller = asyncio.create_task(self._tell(client))
            try:
                while not self._stopped():
                    before = self.incoming.size
                    try:
                        if await self._listen(client):
                            self._show("connecting", "the peer closed the connection")
                    except (httpx2.HTTPError, OSError) as error:
                        self._show("connecting", f"cannot reach the peer: {type(error).__name__}")
                    except HighfenceError as error:
                        self._show("refused", str(error))
                        log.warning("feed_refused", peer=self.view.peer, what=str(error))
                    pause = self._pace.retry_s_min if self.incoming.size > before else pause
                    await asyncio.sleep(pause * (0.5 + random.random()))  # noqa: S311 - spreads retries, no secret
                    pause = min(pause * 2, self._pace.retry_s_max)
            finally:
                teller.cancel()
                with suppress(asyncio.CancelledError):
                    await teller

    def _stopped(self) -> bool:
        held = self.incoming.quarantined
        if held is not None:
            self._show("quarantined", f"{held.reason}: {held.text}")
        return held is not None

    async def _listen(self, client: httpx2.AsyncClient) -> bool:
        """Take what is pushed until the connection ends; False when it was this side that would hear no more."""
        request = self._signed("GET", FEED_PATH, query=f"after={self.incoming.size}")
        if request is None:
            self._show("refused", "the peer has no endpoint in the membership document")
            await asyncio.sleep(self._pace.retry_s_max)
            return False
        url, headers = request
        async with client.stream(
            "GET", url, headers={**headers, "accept": "text/event-stream", "accept-encoding": "identity"}
        ) as response:
            if response.status_code != 200:
                detail = _problem(await _bounded(response))
                raise HighfenceError(
                    f"the peer answered {response.status_code}: {detail}",
                    where=self.incoming.owner,
                    advice="Compare membership documents, keys and clocks",
                )
            self._show("live", "")
            self._receipts.set()
            async for data in _events(response):
                if not await self._take(data):
                    return False
        return True

    async def _take(self, data: bytes) -> bool:
        self.view.last_heard = instant_text(self._clock.now())
        membership = self._membership()
        if len(data) > _LARGE_BATCH_BYTES:
            future = await asyncio.to_thread(self.incoming.take, data, membership)
        else:
            future = self.incoming.take(data, membership)
        verdict = await asyncio.wrap_future(future)
        self.incoming.settle(verdict)
        self._pace.taken(verdict)
        if isinstance(verdict, FeedRefused):
            self._show("refused", f"{verdict.reason}: {verdict.text}")
            log.warning("batch_refused", peer=self.view.peer, reason=verdict.reason, grave=verdict.grave)
            return False
        if verdict.entries:
            self._receipts.set()
        return True

    async def _tell(self, client: httpx2.AsyncClient) -> None:
        """Send receipts: the newest whenever there is one, never two at a time."""
        while True:
            await self._receipts.wait()
            # One receipt covers the whole prefix: a short wait lets it cover what comes right behind, and keeps it out
            # of the way of the entry that is still on its way to other readers.
            await asyncio.sleep(self._pace.receipt_delay_s)
            self._receipts.clear()
            while self.incoming.owes_receipt:
                if not await self._send_receipt(client):
                    # What is owed stays owed: the same again after a pause, or newer if more has come.
                    self._receipts.set()
                    await asyncio.sleep(self._pace.retry_s_max * (0.5 + random.random()))  # noqa: S311
                    break

    async def _send_receipt(self, client: httpx2.AsyncClient) -> bool:
        """Send the receipt for all that is durable; False when the peer did not take it."""
        receipt = self.incoming.receipt()
        if receipt is None:
            return True
        told, body = receipt
        request = self._signed("POST", RECEIPT_PATH, body=body)
        if request is None:
            return False
        url, headers = request
        try:
            async with client.stream("POST", url, headers=headers, content=body, timeout=10.0) as response:
                await _bounded(response)
        except (httpx2.HTTPError, OSError):
            return False
        if response.status_code != 201:
            log.warning("receipt_refused", peer=self.view.peer, status=response.status_code)
            return False
        self.incoming.told(told)
        return True

    def _signed(
        self, method: str, path: str, *, query: str = "", body: bytes = b""
    ) -> tuple[str, dict[str, str]] | None:
        peer = self._membership().authority(self.incoming.owner)
        if peer is None or not peer.endpoint:
            return None
        base = peer.endpoint.rstrip("/")
        request = Request(method=method, authority=urlsplit(base).netloc, path=path, query=query, body=body)
        headers = sign_request(request, self._key, now=self._clock.now(), nonce=secrets.token_urlsafe(16))
        return f"{base}{path}" + (f"?{query}" if query else ""), headers

    def _show(self, state: str, text: str) -> None:
        if (self.view.state, self.view.text) != (state, text):
            self.view.since = instant_text(self._clock.now())
        self.view.state = state
        self.view.text = text


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How a link behaves in time, in seconds, and whom it tells of each durable verdict."""

    taken: Callable[[Accepted | FeedRefused], None]
    retry_s_min: float = 0.05
    retry_s_max: float = 15.0
    silence_s: float = 35.0
    receipt_delay_s: float = 0.05


async def _events(response: httpx2.Response) -> AsyncIterator[bytes]:
    """Yield the data of each server-sent event. Highfence's own feed puts an event on one `data:` line."""
    rest = b""
    async for piece in response.aiter_raw():
        rest += piece
        if b"\n" not in piece:
            if len(rest) > _LINE_BYTES_MAX:
                raise HighfenceError("the peer sent a line beyond all bounds", where="feed", advice="Tell its operator")
            continue
        *lines, rest = rest.split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                yield line[5:].strip()


async def _bounded(response: httpx2.Response) -> bytes:
    """Return the beginning of an answer: a peer does not decide how much of this node's memory it takes."""
    read = b""
    async for piece in response.aiter_raw():
        read += piece
        if len(read) > _ANSWER_BYTES_MAX:
            break
    return read[:_ANSWER_BYTES_MAX]


def _problem(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=_Problem).detail[:300]
    except msgspec.DecodeError:
        return "no explanation"


class _Problem(msgspec.Struct):
    detail: str = ""
