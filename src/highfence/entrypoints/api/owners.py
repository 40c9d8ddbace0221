# SPDX-License-Identifier: Apache-2.0
"""Owners: who owns and controls a company, and what each regime's rule makes of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from litestar import Controller, Request, get

from highfence.app import Node
from highfence.clock import day
from highfence.entrypoints.api.caller import caller
from highfence.entrypoints.identity import Identities
from highfence.register.ownership import Ownership, ownership


class Owners(Controller):
    """The owners of companies, cut to what the caller may see."""

    path = "/api/companies/{name:str}/ownership"
    tags = ["companies"]  # noqa: RUF012 - Litestar reads it from the class

    @get(sync_to_thread=True)
    def owners(
        self,
        *,
        request: Request[Any, Any, Any],
        node: Node,
        identities: Identities,
        name: str,
        as_of: date | None = None,
    ) -> Ownership:
        """Return who owns and controls a company on a day (today if not given), with a verdict under each rule."""
        reader = caller(request, identities).reader(node.code)
        with node.sight(reader) as sight:
            return ownership(sight, name, on=as_of or day(node.now()))
