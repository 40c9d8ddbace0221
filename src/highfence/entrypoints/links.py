# SPDX-License-Identifier: Apache-2.0
"""Links: while a node runs, one connection to each member of the membership document in use, and to nobody else.

When another document takes its place, links to who has left end, those to newcomers begin, and one whose peer moved to
another address begins anew. Nothing is stopped for it. Where a node is several processes, a link is a duty of one.
"""

from __future__ import annotations

import asyncio

import structlog

from highfence.app import Node
from highfence.entrypoints.duties import Duties
from highfence.entrypoints.problems import places_of
from highfence.exchange.sync import LinkState

#: Nothing depends on it: the bell rings when there is something to do.
_LOOK_AGAIN_S = 60.0

log = structlog.get_logger("highfence.links")


async def keep_links(node: Node, duties: Duties) -> None:
    """Keep the feeds of all peers coming until cancelled."""
    running: dict[str, tuple[str, asyncio.Task[None]]] = {}
    try:
        while True:
            rings = node.charter.bell.rings
            wanted = {one.code: one.endpoint for one in node.membership.authorities if one.code != node.code}
            if node.membership.authority(node.code) is None:
                wanted = {}
            over = [code for code, (endpoint, _) in running.items() if wanted.get(code) != endpoint]
            await _end(node, [running.pop(code)[1] for code in over], over)
            for code in sorted(wanted.keys() - running.keys()):
                running[code] = (wanted[code], _begin(node, code, duties))
            await node.charter.bell.wait(rings, timeout_s=_LOOK_AGAIN_S)
    finally:
        await _end(node, [task for _, task in running.values()], ())


def _begin(node: Node, code: str, duties: Duties) -> asyncio.Task[None]:
    def broke(task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        view = node.links.setdefault(code, LinkState(peer=code))
        view.state, view.text = "refused", f"the link broke: {type(error).__name__}; the node's log tells where"
        log.error("link_broke", peer=code, error=type(error).__name__, places=places_of(error))

    async def keep() -> None:
        try:
            await node.link(code).run()
        except asyncio.CancelledError:
            if node.shared:
                # Another process keeps this link from now on.
                node.links.pop(code, None)
            raise

    task = asyncio.create_task(duties.do(f"link {code}", keep), name=code)
    task.add_done_callback(broke)
    return task


async def _end(node: Node, tasks: list[asyncio.Task[None]], codes: list[str] | tuple[()]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for code in codes:
        node.links.pop(code, None)
        node.pushed.pop(code, None)
