# SPDX-License-Identifier: Apache-2.0
"""Render: templates to answers. Everything a template writes is escaped, and a name it misspells is an error."""

from __future__ import annotations

from pathlib import Path
from traceback import extract_tb
from typing import Any
from urllib.parse import quote

import structlog
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response
from litestar.enums import MediaType
from litestar.response import Redirect

from highfence.entrypoints.headers import SECURITY_HEADERS
from highfence.entrypoints.problems import problem_of
from highfence.entrypoints.web import words
from highfence.entrypoints.web.assets import GOVUK_FRONTEND, asset
from highfence.entrypoints.web.visit import Visit, own_path

#: Pages hold what is marked: nothing keeps a copy. A form must be able to say which site it is from, so the referrer
#: (and with it `Origin`) stays within this node instead of being cut altogether.
PAGE_HEADERS = {"cache-control": "no-store", "referrer-policy": "same-origin"}

#: Litestar does not add the application's headers to the answers of exception handlers.
_ERROR_HEADERS = {**SECURITY_HEADERS, **PAGE_HEADERS}

log = structlog.get_logger("highfence.pages")


def page(template: str, visit: Visit | None, *, status: int = 200, **values: object) -> Response[str]:
    """Return a page; `values` are the names the template uses beside `visit`."""
    text = _TEMPLATES.get_template(template).render(visit=visit, **values)
    return Response(text, status_code=status, media_type=MediaType.HTML, headers=PAGE_HEADERS)


def answer_page(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer an error: who is not signed in is sent to the sign-in page, others are told what, where and what to do."""
    problem = problem_of(error)
    visit = request.state.get("visit")
    if problem.status == 401:
        return to_sign_in(request)
    if problem.status >= 500:
        # The path without its query, and places without values: a log is no place for names or what is said of them.
        places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)]
        log.error("page_failed", path=request.url.path, error=type(error).__name__, places=places)
    answer: Response[Any] = page("error.html", visit, status=problem.status, problem=problem)
    answer.headers.update(_ERROR_HEADERS)
    return answer


def to_sign_in(request: Request[Any, Any, Any]) -> Redirect:
    """Send the browser to the sign-in page, and after that back to the page it wanted."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    wanted = own_path(wanted) if request.method == "GET" else "/"
    query = "" if wanted == "/" else "?next=" + quote(wanted, safe="/")
    return Redirect("/sign-in" + query, status_code=303, headers=_ERROR_HEADERS)


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(asset=asset, govuk=asset(GOVUK_FRONTEND))
    for name in (
        "day_text",
        "instant_words",
        "jurisdiction_name",
        "area_title",
        "country_words",
        "property_label",
        "schema_label",
        "kind_colour",
        "state_colour",
        "classification_colour",
        "tlp_class",
        "reliability_words",
        "credibility_words",
        "value_words",
        "lang_tag",
        "segment",
        "number",
        "sentence",
    ):
        made.filters[name] = getattr(words, name)
    return made


_TEMPLATES = _environment()
