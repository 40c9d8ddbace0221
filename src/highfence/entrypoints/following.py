# SPDX-License-Identifier: Apache-2.0
"""Following: the rolls of a node's officers are made when it starts and kept up with the journal while it runs.

So the first name that somebody screens does not wait for an index, and what arrives unseen costs no reader any time.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import structlog

from highfence.app import Node
from highfence.entrypoints.problems import places_of
from highfence.rules.handling import Reader

#: After each round there is a pause, this many times as long as the round took and at least so long: what arrives by
#: the thousand is taken in together, and the interpreter's time is left to the exchange. A reader need not wait for the
#: end of a pause: what they may see is taken in when they ask.
REST = 4.0
PAUSE_S = 1.0
#: A marking may expire without anything arriving.
LOOK_AGAIN_S = 60.0

log = structlog.get_logger("highfence.following")


async def follow(node: Node, readers: Sequence[Reader], *, pause_s: float = PAUSE_S) -> None:
    """Make the rolls of these readers, then take in what arrives, until cancelled."""
    loop = asyncio.get_running_loop()
    thread = ThreadPoolExecutor(1, thread_name_prefix="following")
    try:
        for reader in readers:
            await loop.run_in_executor(thread, _timed, node, partial(_make, node, reader))
        # The rolls stay: the collector, for which all other work stops, need not walk them again and again.
        gc.freeze()
        while True:
            rings = node.bell.rings
            took_s = await loop.run_in_executor(thread, _timed, node, node.follow)
            await asyncio.sleep(max(pause_s, took_s * REST))
            await node.bell.wait(rings, timeout_s=LOOK_AGAIN_S)
    finally:
        # The database is closed after this, so nobody may be reading it any more.
        await asyncio.to_thread(thread.shutdown, cancel_futures=True)


def _make(node: Node, reader: Reader) -> None:
    with node.lookout(reader):
        pass


def _timed(node: Node, step: Callable[[], None]) -> float:
    """Do a step and return how many seconds it took. One that fails is logged; whoever asks next does it anew."""
    begun = node.clock.monotonic()
    try:
        step()
    except Exception as error:  # noqa: BLE001 - a roll is not what a node stands or falls by
        log.error("following_failed", error=type(error).__name__, places=places_of(error))
    return node.clock.monotonic() - begun
