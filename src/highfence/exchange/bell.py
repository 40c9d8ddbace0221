# SPDX-License-Identifier: Apache-2.0
"""Bell: wakes whoever waits for something new, from any thread, without losing a ring."""

from __future__ import annotations

import asyncio
import threading


class Bell:
    """A counter that can be waited for. Ringing never blocks; a ring between two waits is noticed by the second."""

    def __init__(self) -> None:
        self._rings = 0
        self._lock = threading.Lock()
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    @property
    def rings(self) -> int:
        """How often the bell has rung."""
        return self._rings

    def ring(self) -> None:
        """Wake all who wait."""
        with self._lock:
            self._rings += 1
            waiting = list(self._waiting)
        for loop, event in waiting:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    async def wait(self, seen: int, *, timeout_s: float) -> int:
        """Return the number of rings once it differs from `seen`, or after `timeout_s` seconds in any case."""
        event = asyncio.Event()
        entry = (asyncio.get_running_loop(), event)
        with self._lock:
            if self._rings != seen:
                return self._rings
            self._waiting.add(entry)
        try:
            async with asyncio.timeout(timeout_s):
                await event.wait()
        except TimeoutError:
            return self._rings
        finally:
            with self._lock:
                self._waiting.discard(entry)
        return self._rings
