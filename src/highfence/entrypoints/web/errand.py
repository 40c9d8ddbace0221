# SPDX-License-Identifier: Apache-2.0
"""Errand: one clerk sent out with a file, from this side. The process is this node's child and never outlives it."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

import msgspec

from highfence.entrypoints.clerk import FILES, News, Outcome, Task, Unread, receive, send
from highfence.matching.watchlist import Watchlist

#: Entities go over in frames of so many, so that nothing holds the interpreter for long.
_STEP_ENTITIES = 500


class Errand:
    """The work at one file: a process at a time, which another thread may stop for good."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self.stopped = False

    def run(
        self, task: Task, data: bytes, *, limit_s: float, against: Watchlist | None = None
    ) -> Iterator[News | bytes]:
        """Send a clerk out and yield what comes back, after an `Outcome` the files; the last may be `Unread`.

        A clerk that takes longer than `limit_s` is ended.
        """
        with self._lock:
            if self.stopped:
                return
            process = self._process = subprocess.Popen(
                [sys.executable, "-m", "highfence.entrypoints.clerk"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        late = threading.Event()
        timer = threading.Timer(limit_s, _end, (process, late))
        timer.daemon = True
        timer.start()
        try:
            yield from _talk(process, task, (data, against))
        except (EOFError, BrokenPipeError, ConnectionError):
            took = f"it takes longer than {limit_s / 60:.0f} minutes" if late.is_set() else "its reader has broken down"
            yield Unread(what=f"the file could not be read: {took}", advice="Save the table alone as CSV, or split it")
        finally:
            timer.cancel()
            process.kill()
            with suppress(BrokenPipeError, ConnectionError):
                process.communicate()

    def stop(self) -> None:
        """End the process there is, and let no other be sent out."""
        with self._lock:
            self.stopped = True
            if self._process is not None:
                self._process.kill()


def _talk(
    process: subprocess.Popen[bytes], task: Task, handed: tuple[bytes, Watchlist | None]
) -> Iterator[News | bytes]:
    """Hand a clerk its task and the file with what it is screened against; yield the answers."""
    data, against = handed
    inward, outward = process.stdin, process.stdout
    assert inward is not None and outward is not None  # noqa: S101, PT018 - both are pipes
    send(inward, msgspec.msgpack.encode(task))
    send(inward, data)
    if against is not None:
        _hand_over(inward, against)
    while True:
        news = _NEWS.decode(receive(outward))
        yield news
        if isinstance(news, Outcome):
            for _ in FILES:
                yield receive(outward)
            return
        if not task.screen or isinstance(news, Unread):
            return


def _end(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _hand_over(stream: IO[bytes], against: Watchlist) -> None:
    entities = iter(against)
    while part := list(itertools.islice(entities, _STEP_ENTITIES)):
        send(stream, msgspec.msgpack.encode(part))
    send(stream, b"")


_NEWS: msgspec.msgpack.Decoder[News] = msgspec.msgpack.Decoder(News)
