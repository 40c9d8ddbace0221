# SPDX-License-Identifier: Apache-2.0
"""Denying: the register of denials, one denial with what can be done about it, and consultations with their clocks.

What is filled in is only ever in a form's body: not in an address, and not in a log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from datetime import date
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import Provide
from litestar.response import Redirect

from highfence.app import Node
from highfence.clock import day
from highfence.entrypoints.denial_desk import DenialDesk
from highfence.entrypoints.denial_entry import Asking, Renewing, Revoking, Stepping
from highfence.entrypoints.web.denial_form import DenialForm, empty_denial, read_denial_form, wrong_denial
from highfence.entrypoints.web.render import PAGE_HEADERS, answer_page, page
from highfence.entrypoints.web.visit import Visit, require_same_site, signed_in
from highfence.errors import InvalidInput, NotAllowed
from highfence.exchange.publish import Published
from highfence.model.denial import REASONS, REGIMES, STATES
from highfence.model.marking import CLASSIFICATIONS, TLP, Marking
from highfence.rules.combination import combine

_FORM_BYTES_MAX = 128 * 1024
#: So many are shown on one page; a register of the Union holds some thousands.
_SHOWN_MOST = 200
#: What a step is called on its button.
STEP_WORDS = {
    "acknowledge": "Acknowledge that it came in today",
    "extend": "Extend to 30 working days in total",
    "identical": "It is essentially identical",
    "not identical": "It is not essentially identical",
    "object": "Object",
    "no objection": "No objection",
    "approve": "The licence is approved",
    "deny": "The licence is denied",
    "explain": "Explain the approval to all who have the denial",
}
#: How a step that was taken is told.
STEP_TOLD = {
    "acknowledge": "acknowledges that it came in",
    "extend": "extends the period",
    "identical": "answers: essentially identical",
    "not identical": "answers: not essentially identical",
    "object": "objects",
    "no objection": "does not object",
    "approve": "approves the licence",
    "deny": "denies the licence",
    "explain": "explains the approval",
}
#: What a regime is called where one is chosen.
REGIME_WORDS = {
    "eu": "European Union",
    "wassenaar": "Wassenaar Arrangement",
    "nsg": "Nuclear Suppliers Group",
    "mtcr": "Missile Technology Control Regime",
    "ag": "Australia Group",
    "national": "National",
}
Asked = Request[Any, Any, Any]


class Denying(Controller):
    """The pages of denials and consultations."""

    dependencies = {"visit": Provide(signed_in, sync_to_thread=False)}  # noqa: RUF012 - Litestar reads the class
    exception_handlers = {Exception: answer_page}  # noqa: RUF012
    include_in_schema = False
    request_max_body_size = _FORM_BYTES_MAX

    @get("/denials", sync_to_thread=True)
    def register(self, *, request: Asked, node: Node, visit: Visit, only: str = "") -> Response[str]:
        """Show the denials that the officer may see, and the consultations."""
        desk = _desk(request, node, visit)
        state = only if only in STATES else ""
        found = desk.denials(state=state)
        asked = desk.consultations()
        return page(
            "denials.html",
            visit,
            denials=found[:_SHOWN_MOST],
            count=len(found),
            asked=asked[:_SHOWN_MOST],
            states=STATES,
            state=state,
            due=sum(one.review_due for one in found),
            marking=_together([*(one.marking for one in found[:_SHOWN_MOST]), *(one.marking for one in asked)]),
            names=_names(node),
            may_publish=visit.may("publish") and node.authority.role == "member",
        )

    @get("/denials/new", sync_to_thread=True)
    def blank(self, *, node: Node, visit: Visit) -> Response[str]:
        """Show the form of a new denial."""
        _require_publisher(visit)
        return _form(node, visit, empty_denial(day(node.now())))

    @post("/denials", status_code=303)
    async def enter(self, request: Asked, *, node: Node, visit: Visit) -> Response[Any]:
        """Enter a denial; one that cannot be used is shown again and says why."""
        require_same_site(request)
        _require_publisher(visit)
        said = await request.form()
        form = read_denial_form(dict(said), share=_codes(said, "share"), point=_codes(said, "point"))
        if form.entry is None:
            return _form(node, visit, form)
        entry = form.entry
        desk = await asyncio.to_thread(_desk, request, node, visit)
        try:
            published = await _done(lambda: desk.enter(entry))
        except InvalidInput as error:
            return _form(node, visit, wrong_denial(form, error))
        return _to(f"/denials/{published.ids[0]}")

    @get("/denials/{denial:str}", sync_to_thread=True)
    def denial(self, *, request: Asked, node: Node, visit: Visit, denial: str) -> Response[str]:
        """Show one denial, its states, the consultations about it, and what can be done."""
        return _denial(_desk(request, node, visit), node, visit, name=denial)

    @post("/denials/{denial:str}", status_code=303)
    async def change(self, request: Asked, *, node: Node, visit: Visit, denial: str) -> Response[Any]:
        """Renew or revoke a denial, or open a consultation about it."""
        require_same_site(request)
        _require_publisher(visit)
        said = await request.form()
        fields = {name: _text(said.get(name)) for name in ("act", "reason", "review", "reference", "text")}
        desk = await asyncio.to_thread(_desk, request, node, visit)
        try:
            published = await _done(lambda: _acted(desk, denial, fields))
        except InvalidInput as error:
            wrong = {"act": fields["act"], "text": f"{error.what}. {error.advice}"}
            return await asyncio.to_thread(lambda: _denial(desk, node, visit, name=denial, wrong=wrong))
        target = "consultations" if fields["act"] == "consult" else "denials"
        return _to(f"/{target}/{published.ids[0]}")

    @get("/consultations/{consultation:str}", sync_to_thread=True)
    def consultation(self, *, request: Asked, node: Node, visit: Visit, consultation: str) -> Response[str]:
        """Show a consultation with its clock, its steps, its duties, and the steps that can be taken."""
        return _consultation(_desk(request, node, visit), node, visit, name=consultation)

    @post("/consultations/{consultation:str}", status_code=303)
    async def step(self, request: Asked, *, node: Node, visit: Visit, consultation: str) -> Response[Any]:
        """Take a step in a consultation."""
        require_same_site(request)
        _require_publisher(visit)
        said = await request.form()
        word = _text(said.get("step"))
        received = day(node.now()) if word == "acknowledge" else None
        body = Stepping(step=word, text=_text(said.get("text")), received=received)
        desk = await asyncio.to_thread(_desk, request, node, visit)
        try:
            await _done(lambda: desk.step(consultation, body))
        except (InvalidInput, NotAllowed) as error:
            wrong = f"{error.what}. {error.advice}"
            return await asyncio.to_thread(lambda: _consultation(desk, node, visit, name=consultation, wrong=wrong))
        return _to(f"/consultations/{consultation}")


def _acted(desk: DenialDesk, denial: str, fields: dict[str, str]) -> Future[Published]:
    if fields["act"] == "renew":
        return desk.renew(denial, Renewing(reason=fields["reason"], review=_day(fields["review"])))
    if fields["act"] == "revoke":
        return desk.revoke(denial, Revoking(reason=fields["reason"]))
    if fields["act"] == "consult":
        if not fields["reference"]:
            raise InvalidInput("there is no reference", where="reference", advice="Give yours of the application")
        marking = Marking(tlp="AMBER", classification="SENSITIVE", disclosure="release")
        return desk.ask(Asking(reference=fields["reference"], text=fields["text"], marking=marking), about=denial)
    raise InvalidInput("the form does not say what is to be done", where="act", advice="Load the page again")


def _denial(
    desk: DenialDesk, node: Node, visit: Visit, *, name: str, wrong: dict[str, str] | None = None
) -> Response[str]:
    view = desk.denial(name)
    mine = view.authority == node.code
    asked = desk.consultations(about=[state.assertion for state in view.history])
    may = visit.may("publish") and node.authority.role == "member" and view.valid
    return page(
        "denial.html",
        visit,
        status=400 if wrong else 200,
        one=view,
        asked=asked,
        names=_names(node),
        marking=_together([view.marking, *(one.marking for one in asked)]),
        wrong=wrong,
        may_change=may and mine and not view.denial.pointer,
        may_consult=may and not mine,
    )


def _consultation(desk: DenialDesk, node: Node, visit: Visit, *, name: str, wrong: str = "") -> Response[str]:
    view = desk.consultation(name)
    return page(
        "consultation.html",
        visit,
        status=400 if wrong else 200,
        one=view,
        names=_names(node),
        wrong=wrong,
        possible=desk.possible(view) if visit.may("publish") else (),
        words=STEP_WORDS,
        told=STEP_TOLD,
    )


def _form(node: Node, visit: Visit, form: DenialForm) -> Response[str]:
    return page(
        "denial_form.html",
        visit,
        status=400 if form.wrong else 200,
        fields=form.fields,
        wrong=form.wrong,
        share=form.share,
        point=form.point,
        peers=[one for one in node.membership.authorities if one.code != node.code],
        regimes=REGIMES,
        regime_words=REGIME_WORDS,
        reasons=REASONS,
        tlps=TLP,
        classifications=CLASSIFICATIONS,
    )


def _desk(request: Asked, node: Node, visit: Visit) -> DenialDesk:
    return DenialDesk(node, visit.reader, request.app.state.fence.desk())


async def _done(change: Callable[[], Future[Published]]) -> Published:
    return await asyncio.wrap_future(await asyncio.to_thread(change))


def _require_publisher(visit: Visit) -> None:
    if visit.officer is None:
        raise NotAllowed("you are not signed in", where="pages", advice="Sign in with your access code")
    visit.officer.require("publish")


def _together(markings: list[Marking]) -> Marking | None:
    return combine(markings) if markings else None


def _names(node: Node) -> dict[str, str]:
    return {one.code: one.name for one in node.membership.authorities}


def _codes(form: Any, name: str) -> list[str]:
    return [code for code in form.getall(name, []) if isinstance(code, str)]


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"{text[:40]!r} is no day", where="review", advice="Write it like 2026-11-24") from error


def _to(path: str) -> Redirect:
    return Redirect(path, status_code=303, headers=PAGE_HEADERS)
