# SPDX-License-Identifier: Apache-2.0
"""Screening: one name against all that the officer may see. The name is only ever in the form's body, as it may tell
whom an authority looks at: not in an address, and not in a log.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from litestar import Controller, Request, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.di import Provide

from highfence.app import Node
from highfence.clock import day, instant_text
from highfence.entrypoints.clerk import ROWS_MOST
from highfence.entrypoints.identity import hash_code
from highfence.entrypoints.web.desk import FILE_BYTES_MOST, Desk, Filed
from highfence.entrypoints.web.render import answer_page, page
from highfence.entrypoints.web.screening_page import MATCHES_MOST, SCHEMATA, Answered, Asked, answer, read_form
from highfence.entrypoints.web.visit import Visit, require_same_site, session_of, signed_in
from highfence.matching.screen import THRESHOLD, unanswerable

#: A name of 10,000 letters of any script is refused with a sentence of its own, so it must get in.
_FORM_BYTES_MAX = 256 * 1024

log = structlog.get_logger("highfence.screening")


def own_files(request: Request[Any, Any, Any], visit: Visit) -> Sequence[Filed]:  # noqa: ARG001 - who is signed in
    """Return the files of the session that asks."""
    desk: Desk = request.app.state.desk
    return desk.of(hash_code(session_of(request)))


class Screening(Controller):
    """The page with one field for a name, and one for a file."""

    path = "/screen"
    dependencies = {  # noqa: RUF012 - Litestar reads the class
        "visit": Provide(signed_in, sync_to_thread=False),
        "filed": Provide(own_files, sync_to_thread=False),
    }
    exception_handlers = {Exception: answer_page}  # noqa: RUF012
    include_in_schema = False

    @get(sync_to_thread=True)
    def form(self, *, visit: Visit, filed: Sequence[Filed]) -> Response[str]:
        """Show the forms."""
        return screen_page(visit, filed)

    @post(status_code=200, request_max_body_size=_FORM_BYTES_MAX)
    async def one(
        self, request: Request[Any, Any, Any], *, node: Node, visit: Visit, filed: Sequence[Filed]
    ) -> Response[str]:
        """Screen one party; a form that cannot be used is shown again and says why."""
        require_same_site(request)
        asked = read_form(dict(await request.form()))
        answered, wrong = await sync_to_thread(_answered, node, visit, asked)
        return screen_page(visit, filed, asked=asked, wrong=wrong, answered=answered, at=instant_text(node.now()))


def screen_page(
    visit: Visit,
    filed: Sequence[Filed],
    *,
    asked: Asked | None = None,
    wrong: dict[str, str] | None = None,
    **values: Any,
) -> Response[str]:
    """Return the page with its two forms, filled in as `asked`, with what is `wrong` by field."""
    shown = {"answered": None, "at": "", **values}
    return page(
        "screen.html",
        visit,
        status=400 if wrong else 200,
        fields=(asked or read_form({})).fields,
        wrong=wrong or {},
        filed=filed,
        schemata=SCHEMATA,
        threshold=f"{THRESHOLD:.2f}",
        most=MATCHES_MOST,
        bytes_most=FILE_BYTES_MOST,
        rows_most=ROWS_MOST,
        **shown,
    )


def _answered(node: Node, visit: Visit, asked: Asked) -> tuple[Answered | None, dict[str, str]]:
    wrong = dict(asked.wrong)
    if problem := unanswerable(asked.entity):
        wrong["name"] = problem
    if wrong:
        return None, wrong
    with node.lookout(visit.reader) as (sight, roll):
        answered = answer(asked, sight, roll, on=day(node.now()))
    # Who has screened how much, and nothing of whom: a log is no place for names.
    log.info("screened", officer=visit.officer.name if visit.officer else "", parties=1)
    return answered, {}
