# SPDX-License-Identifier: Apache-2.0
"""Changes: what became known since an instant, each with its cause."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Controller, Request, get, post

from highfence.app import Node
from highfence.entrypoints import asking
from highfence.entrypoints.api.bodies import NamesOperation
from highfence.entrypoints.api.caller import caller
from highfence.entrypoints.identity import Identities
from highfence.entrypoints.watching import read_watch_list
from highfence.errors import InvalidInput
from highfence.register.history import Changes, Scope

#: Most changes of one answer; ask again from the instant of the last.
CHANGES_MOST = 1000


class Changing(Controller):
    """What changed, as far as the caller may see, oldest first."""

    path = "/api/changes"
    tags = ["changes"]  # noqa: RUF012 - Litestar reads it from the class

    @get()
    async def changes(
        self,
        *,
        request: Request[Any, Any, Any],
        node: Node,
        identities: Identities,
        since: str,
        company: str = "",
        listed_in: str = "",
        source: str = "",
        authority: str = "",
    ) -> Changes:
        """Return changes since a day or instant: of a company, of those `listed_in` a list, of a list or authority."""
        reader = caller(request, identities).reader(node.code)
        names = (company,) if company else ()
        scope = Scope(companies=names, listed_in=listed_in, source=source, authority=authority.lower())
        return await asyncio.to_thread(asking.changes, node, reader, scope, since=since, limit=CHANGES_MOST)

    @post("/watch", operation_class=NamesOperation, status_code=200)
    async def watched(
        self, *, request: Request[Any, Any, Any], node: Node, identities: Identities, since: str
    ) -> Changes:
        """Return changes of the companies that the body names, one to a line by id, identifier or exact name."""
        reader = caller(request, identities).reader(node.code)
        try:
            text = (await request.body()).decode()
        except UnicodeDecodeError as error:
            raise InvalidInput("the watch list is not UTF-8", where="body", advice="Save it as UTF-8") from error
        scope = Scope(companies=read_watch_list(text, where="body"))
        return await asyncio.to_thread(asking.changes, node, reader, scope, since=since, limit=CHANGES_MOST)
