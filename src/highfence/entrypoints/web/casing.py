# SPDX-License-Identifier: Apache-2.0
"""Casing: the list of licence cases with their clocks, and one case as one screen that prints as a decision sheet."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import Provide
from litestar.response import Redirect

from highfence.app import Node
from highfence.clock import day, instant_text
from highfence.entrypoints.case_text import move_words
from highfence.entrypoints.case_view import Taken
from highfence.entrypoints.case_words import word_of
from highfence.entrypoints.casework import Casework
from highfence.entrypoints.problems import problem_of
from highfence.entrypoints.web.case_form import CaseForm, read_case_form, word
from highfence.entrypoints.web.render import PAGE_HEADERS, answer_page, page
from highfence.entrypoints.web.upload import read_upload
from highfence.entrypoints.web.visit import Visit, require_same_site, signed_in
from highfence.entrypoints.web.words import segment
from highfence.errors import HighfenceError, InvalidInput, MoveRefused, NotAllowed
from highfence.formats.case_document import BYTES_MOST
from highfence.model.case_move import ANSWERS, DECISIONS, HOLDS, OUTCOMES
from highfence.model.denial import REASONS, REGIMES
from highfence.model.marking import CLASSIFICATIONS, TLP

_FORM_BYTES_MAX = 256 * 1024
_LISTS: dict[str, bool | None] = {"open": True, "decided": False}


class Casing(Controller):
    """The pages of licence cases."""

    path = "/cases"
    dependencies = {"visit": Provide(signed_in, sync_to_thread=False)}  # noqa: RUF012 - Litestar reads the class
    exception_handlers = {Exception: answer_page}  # noqa: RUF012
    include_in_schema = False

    @get(sync_to_thread=True)
    def cases(self, *, request: Request[Any, Any, Any], node: Node, visit: Visit, show: str = "open") -> Response[str]:
        """Show the cases that the officer may work on, overdue ones first."""
        return _list(request, node, visit, show=show if show in _LISTS else "open")

    @post(status_code=303, request_max_body_size=BYTES_MOST + 4096)
    async def take_in(self, request: Request[Any, Any, Any], *, node: Node, visit: Visit) -> Response[Any]:
        """Take a file of applications in; what is wrong in it is shown by row and field, and nothing is taken."""
        require_same_site(request)
        _require(visit, "publish")
        work: Casework = request.app.state.casework
        try:
            upload = await read_upload(request, bytes_most=BYTES_MOST)
            table = upload.name.lower().endswith(".csv")
            taken = await asyncio.to_thread(work.take_in, upload.data, visit.reader, table=table)
        except (InvalidInput, MoveRefused) as error:
            refused = error
            return await asyncio.to_thread(lambda: _list(request, node, visit, show="open", came=refused))
        return await asyncio.to_thread(lambda: _list(request, node, visit, show="open", came=taken))

    @get("/{number:str}", sync_to_thread=True)
    def case(self, *, request: Request[Any, Any, Any], node: Node, visit: Visit, number: str) -> Response[str]:
        """Show a case."""
        return _shown(request, node, visit, number=number)

    @post("/{number:str}", status_code=303, request_max_body_size=_FORM_BYTES_MAX)
    async def move(self, request: Request[Any, Any, Any], *, node: Node, visit: Visit, number: str) -> Response[Any]:
        """Move the case on by one of the page's forms; what is refused is shown with what was filled in."""
        require_same_site(request)
        _require(visit, "publish")
        sent = await request.form()
        share = [code for code in sent.getall("share", []) if isinstance(code, str)]
        form = read_case_form(dict(sent), share)
        work: Casework = request.app.state.casework
        try:
            said = word_of(word(form))
            await asyncio.to_thread(work.move, number, said, visit.reader)
        except (InvalidInput, MoveRefused) as error:
            refused = error
            return await asyncio.to_thread(lambda: _shown(request, node, visit, number=number, tried=(form, refused)))
        return Redirect(f"/cases/{segment(number)}", status_code=303, headers=PAGE_HEADERS)


def _list(
    request: Request[Any, Any, Any],
    node: Node,
    visit: Visit,
    *,
    show: str,
    came: Taken | HighfenceError | None = None,
) -> Response[str]:
    """Show the list, and above it what became of a file that was handed in."""
    work: Casework = request.app.state.casework
    lines = work.cases(visit.reader, undecided=_LISTS[show])
    refused = came if isinstance(came, HighfenceError) else None
    taken = came if isinstance(came, Taken) else None
    wrong = taken is not None and bool(taken.wrong)
    status = problem_of(refused).status if refused else 400 if wrong else 200
    return page(
        "cases.html",
        visit,
        status=status,
        lines=lines,
        show=show,
        overdue=sum(one.overdue for one in lines),
        taken=taken,
        refused=refused,
        may_move=visit.may("publish"),
        today=day(node.now()),
    )


def _shown(
    request: Request[Any, Any, Any],
    node: Node,
    visit: Visit,
    *,
    number: str,
    tried: tuple[CaseForm, HighfenceError] | None = None,
) -> Response[str]:
    work: Casework = request.app.state.casework
    view = work.view(number, visit.reader)
    form, refused = tried or (CaseForm(), None)
    return page(
        "case.html",
        visit,
        status=problem_of(refused).status if refused else 200,
        view=view,
        case=view.case,
        application=view.case.application,
        events=[(event, move_words(event.move)) for event in view.case.events],
        form=form,
        refused=refused,
        may_move=visit.may("publish"),
        peers=[one for one in node.membership.authorities if one.code != node.code],
        names={one.code: one.name for one in node.membership.authorities},
        choices=_choices(),
        today=day(node.now()),
        at=instant_text(node.now()),
    )


def _choices() -> dict[str, tuple[str, ...]]:
    return {
        "decision": DECISIONS,
        "outcome": OUTCOMES,
        "ground": HOLDS,
        "answer": ANSWERS,
        "regime": REGIMES,
        "class": REASONS,
        "tlp": TLP,
        "classification": CLASSIFICATIONS,
    }


def _require(visit: Visit, power: str) -> None:
    if visit.officer is None:
        raise NotAllowed("you are not signed in", where="pages", advice="Sign in with your access code")
    visit.officer.require(power)
