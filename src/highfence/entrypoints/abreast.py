# SPDX-License-Identifier: Apache-2.0
"""Abreast: while a process of a shared node runs, it follows what its fellows commit.

It looks at the database several times a second, and at once when a fellow rings. The look is what nothing gets past;
the ring only saves the wait for it.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import structlog

from highfence.app import Node
from highfence.entrypoints.fanout import Fanout
from highfence.entrypoints.problems import places_of
from highfence.errors import HighfenceError
from highfence.fellows import Fellows

#: How often the database is looked at when nobody rings, in seconds; and how often at most, however much rings.
LOOK_S = 0.25
LEAST_S = 0.003

log = structlog.get_logger("highfence.abreast")


async def keep_abreast(node: Node) -> None:
    """Follow what fellows commit, until cancelled."""
    loop = asyncio.get_running_loop()
    thread = ThreadPoolExecutor(1, thread_name_prefix="abreast")
    rung = asyncio.Event()
    ringing = None
    if node.settings.nats:
        fanout = Fanout(node.settings.nats, node.code, own=node.own, heard=rung.set)
        ringing = asyncio.create_task(fanout.run())
    try:
        fellows: Fellows | None = None
        while True:
            rung.clear()
            fellows = await loop.run_in_executor(thread, _look, node, fellows)
            await asyncio.sleep(LEAST_S)
            with suppress(TimeoutError):
                await asyncio.wait_for(rung.wait(), LOOK_S)
    finally:
        if ringing is not None:
            ringing.cancel()
            await asyncio.gather(ringing, return_exceptions=True)
        # The database is closed after this, so nobody may be reading it any more.
        await asyncio.to_thread(thread.shutdown, cancel_futures=True)


def _look(node: Node, fellows: Fellows | None) -> Fellows | None:
    """Look; a look that fails is logged, and the next finds what it would have."""
    try:
        if fellows is None:
            return Fellows(node)
        fellows.look()
    except HighfenceError as error:
        log.warning("look_failed", what=str(error))
    except Exception as error:  # noqa: BLE001 - a process that follows nobody any more would tell what is stale
        log.error("look_failed", error=type(error).__name__, places=places_of(error))
    return fellows
