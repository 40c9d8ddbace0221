# SPDX-License-Identifier: Apache-2.0
"""Exchange: peers, the membership document in use, and the verification of what this node holds."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from litestar import Controller, Request, get

from highfence import __version__
from highfence.app import Node
from highfence.entrypoints.api.caller import caller
from highfence.entrypoints.identity import Identities
from highfence.exchange.overview import PeerView
from highfence.exchange.verification import Verified
from highfence.model.authority import Membership


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """That the node answers, and of which authority and version it is."""

    authority: str
    version: str


class Exchange(Controller):
    """What an operator watches."""

    path = "/api"
    tags = ["exchange"]  # noqa: RUF012 - Litestar reads it from the class

    @get("/health", security=[{}])
    async def health(self, node: Node) -> Health:
        """Answer anybody that the node is up; says nothing of what it holds."""
        return Health(authority=node.code, version=__version__)

    @get("/peers")
    async def peers(
        self, *, request: Request[Any, Any, Any], node: Node, identities: Identities
    ) -> tuple[PeerView, ...]:
        """Return all peers with both feeds' progress, link state and quarantine.

        Only to who operates the node: how much flows between authorities tells of what a reader may not see.
        """
        caller(request, identities, power="operate")
        return node.peer_views()

    @get("/membership")
    async def membership(self, *, request: Request[Any, Any, Any], node: Node, identities: Identities) -> Membership:
        """Return the membership document in use."""
        caller(request, identities)
        return node.membership

    @get("/verification")
    async def verification(self, *, request: Request[Any, Any, Any], node: Node, identities: Identities) -> Verified:
        """Recompute journal, feeds, heads, receipts and signatures, and return the first difference if there is one."""
        caller(request, identities, power="operate")
        return await asyncio.to_thread(node.verify)
