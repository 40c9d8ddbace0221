# SPDX-License-Identifier: Apache-2.0
"""Fan-out: a bell between the processes of one node, over NATS JetStream. Needs the extra `nats`.

It carries no content and decides nothing: whoever hears it looks at the database, as it does by itself after a moment
anyway. So a message that is lost, late, doubled or forged costs a look or a fraction of a second, and nothing else.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog

from highfence.errors import SettingsWrong
from highfence.exchange.bell import Bell

#: Rings are of no use for long, and few are kept.
_KEPT_S = 60.0
_KEPT_MOST = 1_000
_ANSWER_S = 2.0
RETRY_S = 1.0

log = structlog.get_logger("highfence.fanout")


class Fanout:
    """Tells fellows that `own` has rung, and calls `heard` when one of theirs has.

    `address` is the URL of the server, or several with commas; `code` is the node's authority.
    """

    def __init__(self, address: str, code: str, *, own: Bell, heard: Callable[[], None]) -> None:
        self._address = address
        self._subject = f"highfence.{code}"
        self._stream = f"HIGHFENCE_{code.upper()}"
        self._own = own
        self._heard = heard
        self._me = secrets.token_hex(8).encode()
        #: Whether the bell can be heard now.
        self.connected = False

    async def run(self) -> None:
        """Ring and listen until cancelled; without the server, try again each second."""
        nats = _library()
        missed = False
        while True:
            try:
                await self._ring(nats)
            except Exception as error:  # noqa: BLE001 - a node does not stand or fall by its bell
                if self.connected or not missed:
                    # The address may hold a password, and so may the error's text.
                    log.warning("fanout_lost", error=type(error).__name__)
                missed = True
            self.connected = False
            await asyncio.sleep(RETRY_S)

    async def _ring(self, nats: Any) -> None:
        closed = asyncio.Event()
        async with self._connection(nats, closed) as stream:
            log.info("fanout_connected")
            self.connected = True
            # What rang while nobody listened.
            self._heard()
            rings = self._own.rings
            while not closed.is_set():
                now = await self._own.wait(rings, timeout_s=RETRY_S)
                if now != rings:
                    rings = now
                    await stream.publish(self._subject, self._me, timeout=_ANSWER_S)
        raise nats.errors.ConnectionClosedError

    @asynccontextmanager
    async def _connection(self, nats: Any, closed: asyncio.Event) -> AsyncIterator[Any]:
        async def hear(message: Any) -> None:
            if message.data != self._me:
                self._heard()

        async def note_closed() -> None:
            closed.set()

        async def note_error(_: Exception) -> None:
            """What goes wrong is seen where something is asked for; the library would print it."""

        connection = await nats.connect(
            self._address.split(","),
            name="highfence",
            # One attempt: this process tries again itself, and looks when it has been away.
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=_ANSWER_S,
            error_cb=note_error,
            closed_cb=note_closed,
            disconnected_cb=note_closed,
        )
        try:
            stream = connection.jetstream(timeout=_ANSWER_S)
            # There already, made by a fellow of another version: as it is, it will do.
            with suppress(nats.js.errors.BadRequestError):
                await stream.add_stream(
                    name=self._stream,
                    subjects=[self._subject],
                    storage=nats.js.api.StorageType.MEMORY,
                    max_age=_KEPT_S,
                    max_msgs=_KEPT_MOST,
                )
            await stream.subscribe(
                self._subject,
                stream=self._stream,
                cb=hear,
                ordered_consumer=True,
                deliver_policy=nats.js.api.DeliverPolicy.NEW,
            )
            yield stream
        finally:
            with suppress(nats.errors.Error, OSError, TimeoutError):
                await connection.close()


def _library() -> Any:
    try:
        import nats
        import nats.js.api
        import nats.js.errors
    except ImportError as error:
        raise SettingsWrong(
            "the client for NATS is not installed",
            where="nats",
            advice="Install it with `pip install 'highfence[nats]'`, or leave the setting out",
        ) from error
    return nats


def require_library() -> None:
    """Raise SettingsWrong when the extra `nats` is not installed."""
    _library()
