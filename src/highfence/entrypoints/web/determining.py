# SPDX-License-Identifier: Apache-2.0
"""Determining: the form of a transaction, and the answer as one screen that prints as a decision sheet.

What is filled in is only ever in the form's body: not in an address, and not in a log. Nothing is kept.
"""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import Provide

from highfence.app import Node
from highfence.clock import day, instant_text
from highfence.entrypoints.fence import Determined, Fence
from highfence.entrypoints.web.licence_form import (
    ITEM_ROWS,
    PARTY_ROWS,
    QUESTIONS,
    LicenceForm,
    empty_form,
    read_licence_form,
    refused,
)
from highfence.entrypoints.web.render import answer_page, page
from highfence.entrypoints.web.visit import Visit, require_same_site, signed_in
from highfence.errors import InvalidInput
from highfence.model.application import INFORMED, ROLES

_FORM_BYTES_MAX = 256 * 1024


class Determining(Controller):
    """The page of a determination."""

    path = "/determine"
    dependencies = {"visit": Provide(signed_in, sync_to_thread=False)}  # noqa: RUF012 - Litestar reads the class
    exception_handlers = {Exception: answer_page}  # noqa: RUF012
    include_in_schema = False

    @get(sync_to_thread=True)
    def form(self, *, request: Request[Any, Any, Any], node: Node, visit: Visit) -> Response[str]:
        """Show the form."""
        return _page(request.app.state.fence, node, visit, form=empty_form(day(node.now())))

    @post(status_code=200, request_max_body_size=_FORM_BYTES_MAX)
    async def answer(self, request: Request[Any, Any, Any], *, node: Node, visit: Visit) -> Response[str]:
        """Judge the transaction of the form; one that cannot be used is shown again and says why."""
        require_same_site(request)
        form = read_licence_form(dict(await request.form()), today=day(node.now()))
        fence: Fence = request.app.state.fence
        return await asyncio.to_thread(lambda: _answered(fence, node, visit, form=form))


def _answered(fence: Fence, node: Node, visit: Visit, *, form: LicenceForm) -> Response[str]:
    if form.application is None:
        return _page(fence, node, visit, form=form)
    officer = visit.officer.name if visit.officer else ""
    try:
        found = fence.determine(form.application, visit.reader, officer=officer)
    except InvalidInput as error:
        return _page(fence, node, visit, form=refused(form, error))
    return _page(fence, node, visit, form=form, found=found)


def _page(
    fence: Fence, node: Node, visit: Visit, *, form: LicenceForm, found: Determined | None = None
) -> Response[str]:
    return page(
        "determine.html",
        visit,
        status=400 if form.wrong else 200,
        fields=form.fields,
        wrong=form.wrong,
        application=form.application,
        answer=found.determination if found else None,
        marking=found.marking if found else None,
        denials=found.denials if found else (),
        consult=found.consult if found else (),
        names={one.code: one.name for one in node.membership.authorities},
        at=instant_text(node.now()),
        loaded=bool(fence.yard().lists.editions),
        item_rows=ITEM_ROWS,
        party_rows=PARTY_ROWS,
        questions=QUESTIONS,
        informed=INFORMED,
        roles=ROLES,
    )
