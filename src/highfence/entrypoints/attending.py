# SPDX-License-Identifier: Apache-2.0
"""Attending: while a node runs, it acts on its membership document and on the day.

It warns before the document ends, once an hour. When another document takes its place, and on each new day, it silences
what stolen keys signed and releases what was withheld for a reason that is gone. A new day begins here a few minutes
late, so that it has begun at the peers too, whose clocks may be behind by as much as the exchange allows.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from highfence.app import Node
from highfence.clock import day
from highfence.entrypoints.problems import places_of
from highfence.exchange.membership import standing
from highfence.exchange.request import VALID_SECONDS

LOOK_AGAIN_S = 60.0
_WARN_AGAIN_S = 3600.0

log = structlog.get_logger("highfence.membership")


async def attend(node: Node) -> None:
    """Act on document and day until cancelled."""
    warned: tuple[str, float] = ("", 0.0)
    acted = ""
    while True:
        rings = node.charter.bell.rings
        warned = _warned(node, warned)
        due = f"{node.charter.id} {day(node.now() - timedelta(seconds=VALID_SECONDS))}"
        if acted != due and await asyncio.to_thread(_act, node):
            acted = due
        await node.charter.bell.wait(rings, timeout_s=LOOK_AGAIN_S)


def _act(node: Node) -> bool:
    """Do what document and day ask for; what fails is logged and done again with the next look."""
    try:
        silenced = node.distrust().silenced
        released = node.weigh_again()
    except Exception as error:  # noqa: BLE001 - the node goes on, and so does the next look
        log.error("membership_not_acted_on", error=type(error).__name__, places=places_of(error))
        return False
    if silenced or released:
        log.info("membership_acted_on", silenced=len(silenced), released=released)
    return True


def _warned(node: Node, before: tuple[str, float]) -> tuple[str, float]:
    """Warn if it is time to, and return the state last warned of and when."""
    state, text = standing(node.membership, node.now())
    now = node.clock.monotonic()
    if state not in ("expiring", "expired") or (before[0] == state and now - before[1] < _WARN_AGAIN_S):
        return before
    log.warning(f"membership_{state}", version=node.membership.version, what=text)
    return (state, now)
