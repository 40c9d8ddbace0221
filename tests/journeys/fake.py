# SPDX-License-Identifier: Apache-2.0
"""Owners of feeds that are no nodes: a real port behind which anything at all may be sent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from highfence.exchange.sync import RECEIPT_PATH

#: What is sent to who asks for the feed behind an entry: raw bytes of the event stream, piece by piece.
Sending = Callable[[int], Iterator[bytes]]


class FakeOwner:
    """Serves `sending` at a port, answers receipts, and remembers what it was asked and told."""

    def __init__(self, port: int, sending: Sending, *, status: int = 200) -> None:
        self.asked: list[int] = []
        self.receipts: list[bytes] = []
        self._over = threading.Event()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                after = int(self.path.partition("after=")[2])
                owner.asked.append(after)
                self.send_response(status)
                self.send_header("content-type", "text/event-stream")
                self.end_headers()
                try:
                    for piece in sending(after):
                        self.wfile.write(piece)
                        self.wfile.flush()
                    if status == 200:
                        owner._over.wait()
                except OSError:
                    return  # the reader has hung up, as it should on much of what is sent here

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                assert self.path == RECEIPT_PATH
                owner.receipts.append(body)
                self.send_response(201)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        """Hang up and end."""
        self._over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def event(data: bytes) -> bytes:
    """Return a batch as an event of the stream."""
    return b"data: %b\n\n" % data
