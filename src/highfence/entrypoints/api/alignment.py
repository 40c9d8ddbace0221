# SPDX-License-Identifier: Apache-2.0
"""Alignment: figures on who lists whom, the companies behind each, conflicts, and the widest gaps."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Controller, Request, get

from highfence.app import Node
from highfence.entrypoints import asking
from highfence.entrypoints.api.caller import caller
from highfence.entrypoints.choosing import selection_of
from highfence.entrypoints.identity import Identities
from highfence.register.figures import Alignment, Conflict, Selected, Wide

#: As many of the widest gaps as anybody reads.
WIDEST_MOST = 1000


class Aligning(Controller):
    """Figures over all that the caller may see. A number that is null is withheld."""

    path = "/api/alignment"
    tags = ["alignment"]  # noqa: RUF012 - Litestar reads it from the class

    @get()
    async def figures(self, *, request: Request[Any, Any, Any], node: Node, identities: Identities) -> Alignment:
        """Return all figures of today: pairs with lags, programmes, countries, technologies."""
        reader = caller(request, identities).reader(node.code)
        return await asyncio.to_thread(asking.alignment, node, reader)

    @get("/companies")
    async def behind(  # noqa: PLR0913 - the names of the query are its contract with integrators
        self,
        *,
        request: Request[Any, Any, Any],
        node: Node,
        identities: Identities,
        by: str = "",
        not_by: str = "",
        programme: str = "",
        country: str = "",
        technology: str = "",
        year: int | None = None,
    ) -> Selected:
        """Return the companies behind a figure: listed by all of `by` and none of `not_by`, codes joined by commas."""
        reader = caller(request, identities).reader(node.code)
        wanted = selection_of(
            by=by, not_by=not_by, year=year, programme=programme, country=country, technology=technology
        )
        return await asyncio.to_thread(asking.aligned, node, reader, wanted)

    @get("/widest")
    async def widest(
        self, *, request: Request[Any, Any, Any], node: Node, identities: Identities, limit: int = 50
    ) -> tuple[Wide, ...]:
        """Return the widest gaps, each with the three parts of its score."""
        reader = caller(request, identities).reader(node.code)
        return await asyncio.to_thread(asking.widest, node, reader, limit=max(0, min(limit, WIDEST_MOST)))

    @get("/conflicts")
    async def conflicts(
        self, *, request: Request[Any, Any, Any], node: Node, identities: Identities
    ) -> tuple[Conflict, ...]:
        """Return opposite acts of two jurisdictions on one company."""
        reader = caller(request, identities).reader(node.code)
        return await asyncio.to_thread(asking.conflicts, node, reader)
