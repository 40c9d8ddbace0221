# SPDX-License-Identifier: Apache-2.0
"""Red flags: what about a company asks for a look, with the source of each sign."""

from __future__ import annotations

from datetime import date
from typing import Any

from litestar import Controller, Request, get

from highfence.app import Node
from highfence.clock import day
from highfence.entrypoints.api.caller import caller
from highfence.entrypoints.fence import Fence
from highfence.entrypoints.identity import Identities
from highfence.register.red_flags import Flagged


class RedFlags(Controller):
    """The red flags of companies, cut to what the caller may see."""

    path = "/api/companies/{name:str}/red-flags"
    tags = ["companies"]  # noqa: RUF012 - Litestar reads it from the class

    @get(sync_to_thread=True)
    def red_flags(
        self,
        *,
        request: Request[Any, Any, Any],
        node: Node,
        identities: Identities,
        name: str,
        as_of: date | None = None,
    ) -> Flagged:
        """Return the red flags of a company on a day (today if not given); none is no sign that there is nothing."""
        reader = caller(request, identities).reader(node.code)
        fence: Fence = request.app.state.fence
        return fence.red_flags(name, reader, on=as_of or day(node.now()))
