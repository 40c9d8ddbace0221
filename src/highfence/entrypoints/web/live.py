# SPDX-License-Identifier: Apache-2.0
"""Live: the feed page's rows pushed as they come, as server-sent events.

`event: row` carries a new row, `event: replaced` the id of one that no longer stands. An event's id is an assertion's
id, never a place in the journal: places would tell how much comes in between that the reader may not see. For the same
reason what arrives unseen causes no bytes: the heartbeat has its own rhythm.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
from litestar import Controller, Request, get
from litestar.di import Provide
from litestar.response import Stream

from highfence.app import Node
from highfence.entrypoints.identity import Identities
from highfence.entrypoints.problems import answer_problem
from highfence.entrypoints.web.feed_row import ROWS_MAX, FeedRow, feed_row
from highfence.entrypoints.web.render import PAGE_HEADERS
from highfence.entrypoints.web.visit import Visit, session_of, signed_in
from highfence.errors import NotAllowed, NotFound
from highfence.register.view import Arrived
from highfence.rules.handling import Reader

#: Proxies give up on a silent connection after 30 s or more; a session that has run out is noticed as often.
HEARTBEAT_S = 10.0
#: A list of thousands comes in many batches: a page is told at most this often, and then all at once.
_PAUSE_S = 0.2


class Live(Controller):
    """The pushed feed. A caller without a session gets a problem document: a script cannot sign in."""

    dependencies = {"visit": Provide(signed_in, sync_to_thread=False)}  # noqa: RUF012 - Litestar reads the class
    exception_handlers = {Exception: answer_problem}  # noqa: RUF012
    include_in_schema = False

    @get("/live")
    async def live(
        self, request: Request[Any, Any, Any], *, node: Node, identities: Identities, visit: Visit
    ) -> Stream:
        """Push what arrives behind the assertion `after` (query), or behind the last one the browser has had."""
        after = request.headers.get("last-event-id") or str(request.query_params.get("after", ""))
        watch = Watch(node, visit.reader, after=after)
        session = session_of(request)
        return Stream(
            watch.events(lambda: _is_open(identities, session)),
            media_type="text/event-stream",
            headers={**PAGE_HEADERS, "x-accel-buffering": "no"},
        )


class Watch:
    """One page's view of the feed: what it has been told, and what is new since."""

    def __init__(self, node: Node, reader: Reader, *, after: str) -> None:
        self._node = node
        self._reader = reader
        self._after = after
        self._position: int | None = None
        self._told_replaced: set[str] = set()

    async def events(self, is_open: Callable[[], bool], *, heartbeat_s: float = HEARTBEAT_S) -> AsyncIterator[bytes]:
        """Yield events until `is_open()` says that the session has ended; asked before anything is sent."""
        loop = asyncio.get_running_loop()
        beat_at = loop.time() + heartbeat_s
        yield b"retry: 2000\n: connected\n\n"
        while is_open() and not self._node.stopping:
            seen = self._node.bell.rings
            news = await asyncio.to_thread(self.news)
            if not is_open():
                return
            for event in news:
                yield event
            if news:
                await asyncio.sleep(_PAUSE_S)
            if loop.time() >= beat_at:
                beat_at = loop.time() + heartbeat_s
                yield b": still here\n\n"
            await self._node.bell.wait(seen, timeout_s=max(beat_at - loop.time(), 0.0))

    def news(self) -> list[bytes]:
        """Return the events the page lacks, oldest first.

        The newest rows are asked for, not those behind a place: what is more than a page full is not shown anyway.
        """
        with self._node.sight(self._reader) as sight:
            if self._position is None:
                try:
                    self._position = sight.assertion(self._after).position if self._after else 0
                except NotFound:
                    self._position = 0
            latest = sight.latest(limit=ROWS_MAX)
        return [*self._new_rows(latest), *self._replaced(latest)]

    def _new_rows(self, latest: tuple[Arrived, ...]) -> list[bytes]:
        before = self._position or 0
        fresh = [one for one in reversed(latest) if one.position > before]
        if fresh:
            self._position = fresh[-1].position
        return [_event("row", feed_row(one, self._node.membership), name=one.id) for one in fresh]

    def _replaced(self, latest: tuple[Arrived, ...]) -> list[bytes]:
        replaced = [one.id for one in latest if one.superseded and one.id not in self._told_replaced]
        self._told_replaced = {one.id for one in latest if one.superseded}
        return [_event("replaced", Replaced(id=name)) for name in replaced]


class Replaced(msgspec.Struct, frozen=True):
    """The id of an assertion that no longer stands."""

    id: str


def _event(kind: str, body: FeedRow | Replaced, *, name: str = "") -> bytes:
    # JSON has no line ends outside of its texts, and escapes those inside; `<` is escaped so that it is no markup.
    data = msgspec.json.encode(body).replace(b"<", b"\\u003c")
    return b"event: %b\n%bdata: %b\n\n" % (kind.encode(), b"id: %b\n" % name.encode() if name else b"", data)


def _is_open(identities: Identities, session: str) -> bool:
    try:
        identities.by_session(session)
    except NotAllowed:
        return False
    return True
