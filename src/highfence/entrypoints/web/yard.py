# SPDX-License-Identifier: Apache-2.0
"""Yard: the browser of control lists and technology areas. What is looked for is no secret: it is in the address."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import Provide

from highfence.app import Node
from highfence.clock import day
from highfence.entrypoints.fence import Fence
from highfence.entrypoints.web.render import answer_page, page
from highfence.entrypoints.web.visit import Visit, signed_in
from highfence.errors import InvalidInput
from highfence.rules.scope.search import Hit
from highfence.rules.scope.yard import Shown

HITS_MOST = 10
_WORDS_MOST = 300


class YardPages(Controller):
    """Search of the control lists, an entry with its paragraphs, and the yard's size over time."""

    path = "/yard"
    dependencies = {"visit": Provide(signed_in, sync_to_thread=False)}  # noqa: RUF012 - Litestar reads the class
    exception_handlers = {Exception: answer_page}  # noqa: RUF012
    include_in_schema = False

    @get(sync_to_thread=True)
    def browse(self, *, request: Request[Any, Any, Any], node: Node, visit: Visit, q: str = "") -> Response[str]:
        """Show the field, what was found for it, and how large the yard is."""
        fence: Fence = request.app.state.fence
        yard = fence.yard()
        today = day(node.now())
        words = q.strip()[:_WORDS_MOST]
        wrong = ""
        hits: tuple[Hit, ...] = ()
        shown: Shown | None = None
        try:
            if words.isdigit():
                shown = yard.show(words, on=today)
            elif words:
                hits = yard.search(words, limit=HITS_MOST)
        except InvalidInput as error:
            wrong = f"{error.what}. {error.advice}"
        return page(
            "yard.html",
            visit,
            status=400 if wrong else 200,
            q=words,
            wrong=wrong,
            hits=hits,
            shown=shown,
            lists=yard.lists.editions,
            sizes=yard.sizes(),
            now=yard.size(today),
            today=today,
            changes=yard.scope.changes,
            titles={area.id: area.title for area in yard.scope.areas},
            areas_of={hit.code: yard.areas_of(hit.code, on=today) for hit in hits},
        )

    @get("/{code:str}", sync_to_thread=True)
    def entry(self, *, request: Request[Any, Any, Any], node: Node, visit: Visit, code: str) -> Response[str]:
        """Show what the lists say of a code."""
        fence: Fence = request.app.state.fence
        yard = fence.yard()
        return page(
            "yard_entry.html",
            visit,
            shown=yard.show(code, on=day(node.now())),
            titles={area.id: area.title for area in yard.scope.areas},
        )
