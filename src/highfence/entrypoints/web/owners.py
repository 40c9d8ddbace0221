# SPDX-License-Identifier: Apache-2.0
"""Owners: who owns and controls a company, as a picture with tables beside it."""

from __future__ import annotations

from litestar import Controller, Response, get
from litestar.di import Provide

from highfence.app import Node
from highfence.clock import day
from highfence.entrypoints.moments import day_of
from highfence.entrypoints.web.ownership_graph import picture
from highfence.entrypoints.web.render import answer_page, page
from highfence.entrypoints.web.visit import Visit, signed_in
from highfence.model.tie import SENTENCES
from highfence.register.ownership import ownership
from highfence.rules.ownership import rule_set


class Owners(Controller):
    """The page of a company's owners."""

    dependencies = {"visit": Provide(signed_in, sync_to_thread=False)}  # noqa: RUF012 - Litestar reads the class
    exception_handlers = {Exception: answer_page}  # noqa: RUF012
    include_in_schema = False

    @get("/companies/{name:str}/ownership", sync_to_thread=True)
    def owners(self, *, node: Node, visit: Visit, name: str, as_of: str = "") -> Response[str]:
        """Show who owns and controls a company, on a day or today."""
        on = day_of(as_of, where="as_of") if as_of.strip() else day(node.now())
        with node.sight(visit.reader) as sight:
            found = ownership(sight, name, on=on)
        return page(
            "ownership.html",
            visit,
            found=found,
            picture=picture(found),
            parties={one.id: one for one in found.parties},
            titles={one.rule: rule_set(one.rule).title for one in found.verdicts},
            sentences=SENTENCES,
            names={one.code: one.name for one in node.membership.authorities},
        )
