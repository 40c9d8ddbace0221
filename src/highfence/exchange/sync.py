# SPDX-License-Identifier: Apache-2.0
"""Sync: one lasting connection to each peer, over which its feed for us is pushed, and our receipts back.

The link asks for the feed behind what is durable here; after any interruption it asks again from there. Nothing of a
peer is believed in this file: bytes go to `incoming`, which asks `receive`.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from urllib.parse import urlsplit

import msgspec
import structlog

from highfence.clock import Clock, instant_text
from highfence.errors import HighfenceError
from highfence.exchange.channel import Channel, Courier, open_channel
from highfence.exchange.charter import Charter
from highfence.exchange.documents import TOLD_BYTES_MAX
from highfence.exchange.feed import stamp_of
from highfence.exchange.incoming import Incoming
from highfence.exchange.keys import SigningKey
from highfence.exchange.receive import Accepted, FeedRefused
from highfence.exchange.request import Request, sign_request
from highfence.model.authority import Membership

FEED_PATH = "/exchange/feed"
RECEIPT_PATH = "/exchange/receipts"
DOCUMENTS_PATH = "/exchange/membership"
#: Documents are small and at hand.
_DOCUMENTS_S = 10.0
#: A peer that names ever other documents is not asked for more than so many over one connection.
_DISBELIEVED_MOST = 8
#: A problem document and more.
_ANSWER_BYTES_MAX = 64_000
#: What was being kept when the node stops is kept to its end, if that takes no longer.
_HANG_UP_S = 2.0

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
        self._receipts = threading.Event()
        self._done = threading.Event()
        self._disbelieved: set[str] = set()
        self.view = LinkState(peer=incoming.owner)

    async def run(self) -> None:
        """Connect, take what is pushed, connect again; returns only when the peer is in quarantine."""
        pause = self._pace.retry_s_min
        threading.Thread(target=self._tell, name=f"highfence-receipts-{self.view.peer}", daemon=True).start()
        try:
            while not self._quarantined():
                before = self.incoming.size
                try:
                    await asyncio.to_thread(self.incoming.renew)
                    before = self.incoming.size
                    if await self._listen():
                        self._show("connecting", "the peer closed the connection")
                except OSError as error:
                    self._show("connecting", f"cannot reach the peer: {type(error).__name__}")
                except HighfenceError as error:
                    self._show("refused", str(error))
                    log.warning("feed_refused", peer=self.view.peer, what=str(error))
                pause = self._pace.retry_s_min if self.incoming.size > before else pause
                await asyncio.sleep(pause * (0.5 + random.random()))  # noqa: S311 - spreads retries, no secret
                pause = min(pause * 2, self._pace.retry_s_max)
        finally:
            self._done.set()
            self._receipts.set()

    def _quarantined(self) -> bool:
        held = self.incoming.quarantined
        if held is not None:
            self._show("quarantined", f"{held.reason}: {held.text}")
        return held is not None

    async def _listen(self) -> bool:
        """Take what is pushed until the connection ends; False when it was this side that would hear no more.

        Listening has a thread of its own. What comes is judged and kept where it was read, and the event loop, which
        pushes to others meanwhile, waits neither for signatures nor for the disk.
        """
        request = self._signed("GET", FEED_PATH, query=f"after={self.incoming.size}")
        if request is None:
            self._show("refused", "the peer has no endpoint in the membership document")
            await asyncio.sleep(self._pace.retry_s_max)
            return False
        ear = _Ear(self)
        ended = ear.listen(*request)
        try:
            return await asyncio.wrap_future(ended)
        except asyncio.CancelledError:
            ear.hang_up()
            await asyncio.wait({asyncio.wrap_future(ended)}, timeout=_HANG_UP_S)
            raise

    def hear(self, channel: Channel) -> bool:
        """Take what comes over a channel, on the caller's thread."""
        status = channel.status()
        if status != 200:
            raise HighfenceError(
                f"the peer answered {status}: {_problem(channel.body(_ANSWER_BYTES_MAX))}",
                where=self.incoming.owner,
                advice="Compare membership documents, keys and clocks",
            )
        self._show("live", "")
        self._disbelieved.clear()
        self._receipts.set()
        for data in channel.events():
            self._mirror(stamp_of(data))
            self.view.last_heard = instant_text(self._clock.now())
            verdict = self.incoming.take(data, self._membership()).result()
            self.incoming.settle(verdict)
            self._pace.taken(verdict)
            if isinstance(verdict, FeedRefused):
                self._show("refused", f"{verdict.reason}: {verdict.text}")
                log.warning("batch_refused", peer=self.view.peer, reason=verdict.reason, grave=verdict.grave)
                return False
            if verdict.entries:
                self._receipts.set()
        return True

    def _mirror(self, stamp: str) -> None:
        """Fetch the membership documents that the peer has and this node lacks, before anything is judged by them.

        A peer that cannot be asked is left, for what it sends might be refused by an old document only. What cannot be
        believed is told and not asked for again over this connection; the peer's feed is judged by the document in use.

        Raises:
            OSError: the peer did not answer.
        """
        charter = self._pace.charter
        if charter is None or stamp in self._disbelieved or not charter.lacks(stamp):
            return
        if len(self._disbelieved) >= _DISBELIEVED_MOST:
            return
        request = self._signed("GET", DOCUMENTS_PATH, query=f"after={charter.membership.version - 1}")
        if request is None:
            return
        self._disbelieved.add(stamp)
        before = charter.membership.version
        try:
            with open_channel(*request, silence_s=_DOCUMENTS_S) as channel:
                status, body = channel.status(), channel.body(TOLD_BYTES_MAX)
            if status != 200:
                raise HighfenceError(f"the peer answered {status}", where=self.incoming.owner)
            charter.learn(body)
            if charter.membership.version > before:
                # Further versions than go into one answer are asked for with the next batch.
                self._disbelieved.discard(stamp)
            log.info("membership_mirrored", peer=self.view.peer, version=charter.membership.version)
        except HighfenceError as error:
            self._show(self.view.state, f"its membership document is not believed: {error}")
            log.warning("membership_refused", peer=self.view.peer, what=str(error))

    def open(self, url: str, headers: dict[str, str]) -> AbstractContextManager[Channel]:
        """Open a channel to the peer; raises OSError when it cannot be reached."""
        asked = {**headers, "accept": "text/event-stream", "accept-encoding": "identity"}
        return open_channel(url, asked, silence_s=self._pace.silence_s)

    def _tell(self) -> None:
        """Send receipts, on a thread of its own: the newest whenever there is one, never two at a time."""
        courier = Courier()
        while self._receipts.wait() and not self._done.wait(self._pace.receipt_delay_s):
            # One receipt covers the whole prefix: the short wait let it cover what came right behind, and kept it out
            # of the way of the entry that was still on its way to other readers.
            self._receipts.clear()
            while self.incoming.owes_receipt and not self._done.is_set():
                if not self._send_receipt(courier):
                    # What is owed stays owed: the same again after a pause, or newer if more has come.
                    self._receipts.set()
                    self._done.wait(self._pace.retry_s_max * (0.5 + random.random()))  # noqa: S311
                    break
        courier.close()

    def _send_receipt(self, courier: Courier) -> bool:
        """Send the receipt for all that is durable; False when the peer did not take it."""
        try:
            receipt = self.incoming.receipt()
            if receipt is None:
                return True
            told, body = receipt
            request = self._signed("POST", RECEIPT_PATH, body=body)
            status = 0 if request is None else courier.post(*request, body)
        except (HighfenceError, OSError):
            return False
        if status not in (0, 201):
            log.warning("receipt_refused", peer=self.view.peer, status=status)
        if status == 201:
            self.incoming.told(told)
        return status == 201

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


class _Ear:
    """Listens to one connection of a link on a thread of its own."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._channel: Channel | None = None
        self._hung_up = False

    def listen(self, url: str, headers: dict[str, str]) -> Future[bool]:
        """Start; the future is done when the connection has ended, as `Link.hear` says."""
        ended: Future[bool] = Future()
        ended.set_running_or_notify_cancel()

        def run() -> None:
            try:
                with self._link.open(url, headers) as channel:
                    self._channel = channel
                    ended.set_result(not self._hung_up and self._link.hear(channel))
            except BaseException as error:  # noqa: BLE001 - handed to whoever waits
                ended.set_exception(error)

        threading.Thread(target=run, name=f"highfence-link-{self._link.view.peer}", daemon=True).start()
        return ended

    def hang_up(self) -> None:
        """End the connection from this side."""
        self._hung_up = True
        if self._channel is not None:
            self._channel.close()


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How a link behaves in time, in seconds, and whom it tells, on its own thread, of each durable verdict.

    With a `charter` it fetches the membership documents that the peer has and this node lacks.
    """

    taken: Callable[[Accepted | FeedRefused], None]
    retry_s_min: float = 0.05
    retry_s_max: float = 15.0
    silence_s: float = 35.0
    receipt_delay_s: float = 0.05
    charter: Charter | None = None


def _problem(body: bytes) -> str:
    try:
        return _PROBLEMS.decode(body).detail[:300]
    except msgspec.DecodeError:
        return "no explanation"


class _Problem(msgspec.Struct):
    detail: str = ""


_PROBLEMS = msgspec.json.Decoder(_Problem)
