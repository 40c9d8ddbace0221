# SPDX-License-Identifier: Apache-2.0
"""Determinations: is a licence needed, why, and under whose rule."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Controller, Request, post

from highfence.app import Node
from highfence.clock import day
from highfence.entrypoints.api.bodies import ApplicationOperation
from highfence.entrypoints.api.caller import caller
from highfence.entrypoints.fence import Determined, Fence
from highfence.entrypoints.identity import Identities
from highfence.formats.application import read_application


class Determinations(Controller):
    """Licence determinations, with parties looked up among what the caller may see."""

    path = "/api/determinations"
    tags = ["licences"]  # noqa: RUF012 - Litestar reads it from the class

    @post(status_code=200, operation_class=ApplicationOperation)
    async def determine(self, *, request: Request[Any, Any, Any], node: Node, identities: Identities) -> Determined:
        """Judge one application. Nothing is kept. An aid and no legal advice; a person decides."""
        officer = caller(request, identities)
        application = read_application(await request.body(), today=day(node.now()))
        fence: Fence = request.app.state.fence
        reader = officer.reader(node.code)
        return await asyncio.to_thread(lambda: fence.determine(application, reader, officer=officer.name))
