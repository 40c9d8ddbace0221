# SPDX-License-Identifier: Apache-2.0
"""Sources: which lists can be imported, what was taken last, and taking a new edition."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import msgspec
from litestar import Controller, Request, get, post

from highfence.app import Node
from highfence.entrypoints.api.bodies import FileOperation
from highfence.entrypoints.api.caller import caller
from highfence.entrypoints.identity import Identities
from highfence.lists import Taken, import_list
from highfence.sources.catalogue import sources
from highfence.storage import editions


class SourceView(msgspec.Struct, frozen=True, kw_only=True):
    """A source and its last import: `outcome` is empty if there was none, else `taken` or `refused`."""

    name: str
    title: str
    publisher: str
    jurisdiction: str
    url: str
    licence: str
    entries: int
    as_of: str
    at: str
    outcome: str
    summary: msgspec.Raw


class Sources(Controller):
    """Published lists."""

    path = "/api/sources"
    tags = ["sources"]  # noqa: RUF012 - Litestar reads it from the class

    @get()
    async def all(
        self, *, request: Request[Any, Any, Any], node: Node, identities: Identities
    ) -> tuple[SourceView, ...]:
        """Return every source with what was taken of it last."""
        caller(request, identities)
        return source_views(node)

    @post("/{name:str}/editions", operation_class=FileOperation)
    async def take(
        self,
        *,
        request: Request[Any, Any, Any],
        node: Node,
        identities: Identities,
        name: str,
        as_of: date | None = None,
    ) -> Taken:
        """Take an edition: the body is the publisher's file as it is."""
        caller(request, identities, power="operate")
        data = await request.body()
        return await asyncio.to_thread(lambda: import_list(node, name, data, as_of=as_of))


def source_views(node: Node) -> tuple[SourceView, ...]:
    """Return every source with what this node took of it last."""
    with node.database.read() as connection:
        counts = editions.counts(connection)
        last = editions.last_imports(connection)
    return tuple(
        SourceView(
            name=one.name,
            title=one.title,
            publisher=one.publisher,
            jurisdiction=one.jurisdiction,
            url=one.url,
            licence=one.licence,
            entries=counts.get(one.name, 0),
            as_of=last[one.name].as_of if one.name in last else "",
            at=last[one.name].at if one.name in last else "",
            outcome=last[one.name].outcome if one.name in last else "",
            summary=msgspec.Raw(last[one.name].summary if one.name in last else b"{}"),
        )
        for one in sources()
    )
