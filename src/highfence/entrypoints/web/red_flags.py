# SPDX-License-Identifier: Apache-2.0
"""Red flags: what about a company asks for a look."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import Provide

from highfence.app import Node
from highfence.clock import day
from highfence.entrypoints.fence import Fence
from highfence.entrypoints.moments import day_of
from highfence.entrypoints.web.render import answer_page, page
from highfence.entrypoints.web.visit import Visit, signed_in


class RedFlagsPage(Controller):
    """The page of a company's red flags."""

    dependencies = {"visit": Provide(signed_in, sync_to_thread=False)}  # noqa: RUF012 - Litestar reads the class
    exception_handlers = {Exception: answer_page}  # noqa: RUF012
    include_in_schema = False

    @get("/companies/{name:str}/red-flags", sync_to_thread=True)
    def red_flags(
        self, *, request: Request[Any, Any, Any], node: Node, visit: Visit, name: str, as_of: str = ""
    ) -> Response[str]:
        """Show the red flags of a company, on a day or today."""
        on = day_of(as_of, where="as_of") if as_of.strip() else day(node.now())
        fence: Fence = request.app.state.fence
        return page("red_flags.html", visit, found=fence.red_flags(name, visit.reader, on=on))
