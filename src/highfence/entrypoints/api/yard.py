# SPDX-License-Identifier: Apache-2.0
"""Yard: the control lists and technology areas of the node."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import msgspec
from litestar import Controller, Request, get, post

from highfence.app import Node
from highfence.clock import day
from highfence.entrypoints.api.bodies import FileOperation
from highfence.entrypoints.api.caller import caller
from highfence.entrypoints.fence import Fence
from highfence.entrypoints.identity import Identities
from highfence.errors import InvalidInput
from highfence.model.control import Edition
from highfence.rules.scope.areas import Area, Change
from highfence.rules.scope.search import Hit
from highfence.rules.scope.yard import Shown, Size
from highfence.shelf import Kept

HITS_MOST = 50


class YardView(msgspec.Struct, frozen=True, kw_only=True):
    """The yard: its lists by edition, its areas, its changes, and its size on each day on which it changed."""

    lists: tuple[Edition, ...]
    areas: tuple[Area, ...]
    changes: tuple[Change, ...]
    sizes: tuple[Size, ...]
    due: tuple[str, ...]


class YardDoor(Controller):
    """Which technology is sensitive, and what the control lists say of it."""

    path = "/api/yard"
    tags = ["licences"]  # noqa: RUF012 - Litestar reads it from the class

    @get()
    async def whole(self, *, request: Request[Any, Any, Any], node: Node, identities: Identities) -> YardView:
        """Return the areas, changes and sizes of the yard, and which changes are due for review."""
        caller(request, identities)
        fence: Fence = request.app.state.fence
        return await asyncio.to_thread(lambda: yard_view(fence, day(node.now())))

    @get("/search")
    async def search(
        self, *, request: Request[Any, Any, Any], identities: Identities, q: str = "", limit: int = 10
    ) -> tuple[Hit, ...]:
        """Return the entries that a description, a code or its beginning may mean. A suggestion, no classification."""
        caller(request, identities)
        if not 1 <= limit <= HITS_MOST:
            raise InvalidInput(f"{limit} is no limit", where="limit", advice=f"Give 1 to {HITS_MOST}")
        fence: Fence = request.app.state.fence
        return await asyncio.to_thread(lambda: fence.yard().search(q, limit=limit))

    @get("/entries/{code:str}")
    async def show(
        self,
        *,
        request: Request[Any, Any, Any],
        node: Node,
        identities: Identities,
        code: str,
        as_of: date | None = None,
    ) -> Shown:
        """Return what the lists say of a code: an entry, a paragraph, or an HS number."""
        caller(request, identities)
        fence: Fence = request.app.state.fence
        return await asyncio.to_thread(lambda: fence.yard().show(code, on=as_of or day(node.now())))

    @post("/editions", operation_class=FileOperation)
    async def take(self, *, request: Request[Any, Any, Any], identities: Identities) -> Kept:
        """Take control lists: the body is a zip archive of the publishers' files, as `highfence yard load` makes it."""
        caller(request, identities, power="operate")
        fence: Fence = request.app.state.fence
        archive = await request.body()
        return await asyncio.to_thread(lambda: fence.keep(archive))


def yard_view(fence: Fence, on: date) -> YardView:
    """Return the yard as the API shows it."""
    yard = fence.yard()
    return YardView(
        lists=yard.lists.editions,
        areas=yard.scope.areas,
        changes=yard.scope.changes,
        sizes=yard.sizes(),
        due=tuple(change.id for change in yard.due(on)),
    )
