# SPDX-License-Identifier: Apache-2.0
"""Attending: while a node runs, it looks after its membership document: it warns before the end, once an hour."""

from __future__ import annotations

import structlog

from highfence.app import Node
from highfence.exchange.membership import standing

LOOK_AGAIN_S = 60.0
_WARN_AGAIN_S = 3600.0

log = structlog.get_logger("highfence.membership")


async def attend(node: Node) -> None:
    """Look after the membership document until cancelled."""
    warned: tuple[str, float] = ("", 0.0)
    while True:
        rings = node.charter.bell.rings
        state, text = standing(node.membership, node.now())
        now = node.clock.monotonic()
        if state in ("expiring", "expired") and (warned[0] != state or now - warned[1] >= _WARN_AGAIN_S):
            warned = (state, now)
            log.warning(f"membership_{state}", version=node.membership.version, what=text)
        await node.charter.bell.wait(rings, timeout_s=LOOK_AGAIN_S)
