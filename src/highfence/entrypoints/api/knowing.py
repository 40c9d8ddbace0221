# SPDX-License-Identifier: Apache-2.0
"""Knowing: who knows what, what could be released to whom, and whom one could ask. It releases nothing."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Controller, Request, get

from highfence.app import Node
from highfence.entrypoints import asking
from highfence.entrypoints.api.caller import caller
from highfence.entrypoints.identity import Identities
from highfence.register.knows import Ask, CompanyKnowledge, Offer
from highfence.rules.handling import Reader

ROWS_MOST = 200


class Knowing(Controller):
    """The knowledge map, cut to what the caller may see."""

    path = "/api/knowledge"
    tags = ["knowledge"]  # noqa: RUF012 - Litestar reads it from the class

    @get("/companies/{name:str}")
    async def company(
        self, *, request: Request[Any, Any, Any], node: Node, identities: Identities, name: str
    ) -> CompanyKnowledge:
        """Return who knows which field of a company, what of it could be released, and whom one could ask."""
        reader = caller(request, identities).reader(node.code)
        return await asyncio.to_thread(_company, node, reader, name)

    @get("/offers")
    async def offers(
        self, *, request: Request[Any, Any, Any], node: Node, identities: Identities, to: str = "", limit: int = 50
    ) -> tuple[Offer, ...]:
        """Return what could be released to peers that do not have it, or to one, each with its draft."""
        reader = caller(request, identities).reader(node.code)
        return await asyncio.to_thread(_offers, node, reader, to=to, limit=max(0, min(limit, ROWS_MOST)))

    @get("/asks")
    async def asks(
        self, *, request: Request[Any, Any, Any], node: Node, identities: Identities, limit: int = 50
    ) -> tuple[Ask, ...]:
        """Return companies of which others have spoken and this authority has not, each with a draft of a request."""
        reader = caller(request, identities).reader(node.code)
        return await asyncio.to_thread(_asks, node, reader, limit=max(0, min(limit, ROWS_MOST)))


def _company(node: Node, reader: Reader, name: str) -> CompanyKnowledge:
    with asking.knowledge(node, reader) as known:
        return known.company(name)


def _offers(node: Node, reader: Reader, *, to: str, limit: int) -> tuple[Offer, ...]:
    with asking.knowledge(node, reader) as known:
        return known.offers(to=to, limit=limit)


def _asks(node: Node, reader: Reader, *, limit: int) -> tuple[Ask, ...]:
    with asking.knowledge(node, reader) as known:
        return known.asks(limit=limit)
