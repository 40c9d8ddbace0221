# SPDX-License-Identifier: Apache-2.0
"""Sign in and out with an access code. The code is only ever in the form's body: not in an address, page or log."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.params import Parameter
from litestar.response import Redirect

from highfence.app import Node
from highfence.entrypoints.identity import Identities, hash_code
from highfence.entrypoints.problems import problem_of
from highfence.entrypoints.web.desk import Desk
from highfence.entrypoints.web.render import PAGE_HEADERS, answer_page, page
from highfence.entrypoints.web.visit import COOKIE, Visit, is_encrypted, own_path, require_same_site, session_of
from highfence.errors import NotAllowed

#: A code has 192 random bits; the pause only keeps a script from knocking all day for nothing.
_WRONG_CODE_S = 0.5
_FORM_BYTES_MAX = 8192


class Sign(Controller):
    """The only pages for people who are not signed in."""

    exception_handlers = {Exception: answer_page}  # noqa: RUF012 - Litestar reads the class
    include_in_schema = False

    @get("/sign-in")
    async def form(self, *, node: Node, wanted: Annotated[str, Parameter(query="next")] = "/") -> Response[str]:
        """Show the form; the query's `next` is the page that is shown after it."""
        return page("sign_in.html", Visit(authority=node.authority), error="", wanted=own_path(wanted))

    @post("/sign-in", status_code=303, request_max_body_size=_FORM_BYTES_MAX)
    async def sign_in(self, request: Request[Any, Any, Any], *, node: Node, identities: Identities) -> Response[Any]:
        """Open a session and lead to the page that was wanted, or show the form again and say why."""
        request.state.visit = visit = Visit(authority=node.authority)
        require_same_site(request)
        form = await request.form()
        code, wanted = form.get("code"), form.get("next")
        target = own_path(wanted) if isinstance(wanted, str) else "/"
        try:
            token = identities.open_session(identities.by_code(code.strip() if isinstance(code, str) else ""))
        except NotAllowed as error:
            await asyncio.sleep(_WRONG_CODE_S)
            problem = problem_of(error)
            return page("sign_in.html", visit, status=problem.status, error=problem.detail, wanted=target)
        cookie = Cookie(
            key=COOKIE, value=token, httponly=True, samesite="strict", path="/", secure=is_encrypted(request)
        )
        return Redirect(target, status_code=303, cookies=[cookie], headers=PAGE_HEADERS)

    @post("/sign-out", status_code=303, request_max_body_size=_FORM_BYTES_MAX)
    async def sign_out(self, request: Request[Any, Any, Any], *, node: Node, identities: Identities) -> Redirect:
        """End the session, and with it what is pushed to the officer's other tabs and the files that were handed in."""
        request.state.visit = Visit(authority=node.authority)
        require_same_site(request)
        identities.close_session(session_of(request))
        desk: Desk = request.app.state.desk
        desk.forget(hash_code(session_of(request)))
        node.bell.ring()
        gone = _cookie(request, "", max_age_s=0)
        return Redirect("/sign-in", status_code=303, cookies=[gone], headers=PAGE_HEADERS)


def _cookie(request: Request[Any, Any, Any], token: str, *, max_age_s: int | None = None) -> Cookie:
    """Return the session's cookie: not for scripts, not sent by other sites, gone when the browser is closed."""
    return Cookie(
        key=COOKIE,
        value=token,
        max_age=max_age_s,
        httponly=True,
        samesite="strict",
        path="/",
        secure=is_encrypted(request),
    )
