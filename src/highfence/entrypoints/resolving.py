# SPDX-License-Identifier: Apache-2.0
"""Resolving: while a node runs, the engine compares what arrives with what is there.

What arrives by itself is compared at once, after a pause so short that it does not stand in the way of the assertion
that is still on its way to others. What arrives by the thousand is compared when it has arrived, and with rests, so
that the exchange is not slowed: until then the companies are those that share a key.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import structlog

from highfence.app import Node
from highfence.entrypoints.problems import places_of
from highfence.register.resolver import STEP_ROWS

#: An assertion is told to everyone within this time, most often; then the engine may have the processor.
SETTLE_S = 0.012
#: With more to do than a step, one waits until no more arrives, looking this often; and after each step of many rests
#: as long as the step took.
QUIET_S = 0.5
LOOK_AGAIN_S = 60.0

log = structlog.get_logger("highfence.resolving")
T = TypeVar("T")


async def resolve(node: Node) -> None:
    """Compare what has arrived, then what arrives, until cancelled."""
    thread = ThreadPoolExecutor(1, thread_name_prefix="resolving")
    loop = asyncio.get_running_loop()
    try:
        while True:
            rings = node.bell.rings
            left = await loop.run_in_executor(thread, _left, node)
            while left > STEP_ROWS:
                await asyncio.sleep(QUIET_S)
                before, left = left, await loop.run_in_executor(thread, _left, node)
                if left <= before:
                    break
            while left:
                begun = node.clock.monotonic()
                left = await loop.run_in_executor(thread, _step, node)
                if left:
                    await asyncio.sleep(node.clock.monotonic() - begun)
            await node.bell.wait(rings, timeout_s=LOOK_AGAIN_S)
            await asyncio.sleep(SETTLE_S)
    finally:
        # The database is closed after this, so nobody may be reading it any more.
        await asyncio.to_thread(thread.shutdown, cancel_futures=True)


def _left(node: Node) -> int:
    try:
        return node.unresolved()
    except Exception as error:  # noqa: BLE001 - see `_step`
        _tell(error)
        return 0


def _step(node: Node) -> int:
    """Do a step; one that fails is logged and done again when something arrives: a node does not fall by it."""
    try:
        return node.resolve_next()
    except Exception as error:  # noqa: BLE001 - what joined by its keys stands without the engine
        _tell(error)
        return 0


def _tell(error: Exception) -> None:
    log.error("resolving_failed", error=type(error).__name__, places=places_of(error))
