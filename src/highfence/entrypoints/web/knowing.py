# SPDX-License-Identifier: Apache-2.0
"""Knowing: the page of what could be told and what could be asked, and its drafts as files."""

from __future__ import annotations

from litestar import Controller, Response, get
from litestar.di import Provide
from litestar.enums import MediaType

from highfence.app import Node
from highfence.entrypoints import asking
from highfence.entrypoints.drafts import draft_text
from highfence.entrypoints.web.render import PAGE_HEADERS, answer_page, page
from highfence.entrypoints.web.visit import Visit, signed_in
from highfence.model.assertion import Assertion

#: Rows of each table; the API has more.
ROWS_SHOWN = 50


class Knowing(Controller):
    """The knowledge map."""

    path = "/knowledge"
    dependencies = {"visit": Provide(signed_in, sync_to_thread=False)}  # noqa: RUF012 - Litestar reads the class
    exception_handlers = {Exception: answer_page}  # noqa: RUF012
    include_in_schema = False

    @get(sync_to_thread=True)
    def map(self, *, node: Node, visit: Visit, to: str = "") -> Response[str]:
        """Show what could be released, to all peers or one, and what could be asked."""
        with asking.knowledge(node, visit.reader) as known:
            offers, asks = known.offers(to=to, limit=ROWS_SHOWN), known.asks(limit=ROWS_SHOWN)
        return page(
            "knowledge.html",
            visit,
            offers=offers,
            asks=asks,
            to=to,
            peers=[code for code in node.membership.codes() if code != node.code],
            names={one.code: one.name for one in node.membership.authorities},
        )

    @get("/draft.json", sync_to_thread=True)
    def draft(self, *, node: Node, visit: Visit, assertion: str, to: str) -> Response[bytes]:
        """Give the draft that would release an assertion to a peer too."""
        with asking.knowledge(node, visit.reader) as known:
            return _file(known.offer(assertion, to).draft, f"release-{assertion[:12]}.json")

    @get("/request.json", sync_to_thread=True)
    def request(self, *, node: Node, visit: Visit, assertion: str) -> Response[bytes]:
        """Give the draft of a request to who made an assertion."""
        with asking.knowledge(node, visit.reader) as known:
            return _file(known.ask(assertion).draft, f"request-{assertion[:12]}.json")


def _file(draft: Assertion, name: str) -> Response[bytes]:
    headers = {**PAGE_HEADERS, "content-disposition": f'attachment; filename="{name}"'}
    return Response(draft_text(draft), media_type=MediaType.JSON, headers=headers)
