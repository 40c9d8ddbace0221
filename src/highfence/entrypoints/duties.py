# SPDX-License-Identifier: Apache-2.0
"""Duties: what one process of a node does for all of them, and another takes over when that process ends.

A link to a peer, and comparing what arrives: done twice at a time, both would be waste at best. Where a node is one
process, each duty is simply done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from highfence.app import Node
from highfence.errors import HighfenceError

#: How often a process makes sure of what it holds, and tries for what it does not. The server gives up a session that
#: holds posts and is not heard of for ten times as long (`storage.posts.SILENCE_S`).
LOOK_S = 1.0

log = structlog.get_logger("highfence.duties")


class Duties:
    """The duties of one running process."""

    def __init__(self, node: Node) -> None:
        self._posts = node.database.posts
        self._lost: dict[str, asyncio.Event] = {}

    async def watch(self) -> None:
        """Make sure again and again of what this process holds, until cancelled."""
        posts = self._posts
        while posts is not None:
            await asyncio.sleep(LOOK_S)
            held = await asyncio.to_thread(posts.look)
            for name, lost in self._lost.items():
                if name not in held:
                    lost.set()

    async def do(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do `work` whenever this process holds the post `name`; ends when the work ends by itself."""
        if self._posts is None:
            await work()
            return
        while True:
            if await asyncio.to_thread(self._posts.take, name):
                log.info("duty_taken", duty=name)
                try:
                    if await self._done(name, work):
                        return
                    log.warning("duty_lost", duty=name)
                except HighfenceError as error:
                    # The database was away when the work began: it is begun again.
                    log.warning("duty_failed", duty=name, what=str(error))
            await asyncio.sleep(LOOK_S)

    async def _done(self, name: str, work: Callable[[], Awaitable[None]]) -> bool:
        """Do the work until it ends (True) or the post is lost (False)."""
        lost = self._lost[name] = asyncio.Event()
        working = asyncio.ensure_future(work())
        losing = asyncio.create_task(lost.wait())
        try:
            await asyncio.wait({working, losing}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                await working
                return True
            return False
        finally:
            del self._lost[name]
            losing.cancel()
            working.cancel()
            await asyncio.gather(working, losing, return_exceptions=True)
