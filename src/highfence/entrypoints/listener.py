# SPDX-License-Identifier: Apache-2.0
"""Listener: HTTP/1.1 on one port, in this process's event loop, for an application that speaks ASGI.

Bytes are parsed by llhttp where they are read, so that no request waits for another thread. What a stranger can make
the node hold before anybody knows who it is has bounds here: the head of a request, and the time for it to arrive.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: The request line and all headers of a request: the exchange signs about 600 bytes, a browser sends some thousand.
HEAD_BYTES_MAX = 65_536
#: A connection that has begun no request, or has not ended the head of one, after so long is closed.
_SILENCE_S = 75
#: What is still being answered when the node stops may go on for so long.
_STOP_S = 5


def listener(app: Any, *, host: str, port: int) -> uvicorn.Server:
    """Return the server of an ASGI application; it runs with `serve` until its `should_exit` is set."""
    return _Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            loop="none",
            http=_Bounded,
            ws="none",
            lifespan="on",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=_SILENCE_S,
            timeout_graceful_shutdown=_STOP_S,
        )
    )


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to `server.serve`, which ends what is pushed before it stops listening."""
        yield


class _Bounded(HttpToolsProtocol):
    """Ends connections whose requests do not come to a head."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._in_head = False
        self._head_bytes = 0
        self._head_due = self.loop.call_later(_SILENCE_S, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_due.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        began_before = self._in_head
        super().data_received(data)
        # What came with the beginning of a head may be the end of a body before it, and is no more than one reading.
        if began_before and self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES_MAX and not self.transport.is_closing():
                self.send_400_response("The head of the request is too long.")

    def on_message_begin(self) -> None:
        self._in_head = True
        self._head_bytes = 0
        self._head_due.cancel()
        self._head_due = self.loop.call_later(_SILENCE_S, self._give_up)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._head_due.cancel()
        super().on_headers_complete()

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
