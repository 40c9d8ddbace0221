# SPDX-License-Identifier: Apache-2.0
"""Review: which parties may be the same, and what a person decides."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Controller, Request, get, post

from highfence.app import Node
from highfence.entrypoints.api.assertions import PublishedView
from highfence.entrypoints.api.bodies import JudgingOperation, UndoingOperation
from highfence.entrypoints.api.caller import caller
from highfence.entrypoints.identity import Identities
from highfence.entrypoints.judging import Judging, Undoing, read_word
from highfence.exchange.strict import DOCUMENT_BYTES_MAX
from highfence.model.judgement import Judgement
from highfence.register.review import Question
from highfence.rules.handling import Reader

#: More questions than a person answers before asking again.
QUESTIONS_MOST = 200


class ReviewQueue(Controller):
    """Pairs that are possibly the same, and judgements on them."""

    path = "/api"
    tags = ["review"]  # noqa: RUF012 - Litestar reads it from the class

    @get("/review")
    async def questions(
        self, *, request: Request[Any, Any, Any], node: Node, identities: Identities, company: str = "", limit: int = 20
    ) -> tuple[Question, ...]:
        """Return pairs that are possibly the same, of most worth first; with `company`, those it is one side of."""
        reader = caller(request, identities).reader(node.code)
        most = max(1, min(limit, QUESTIONS_MOST))
        return await asyncio.to_thread(_questions, node, reader, company=company, limit=most)

    @post("/judgements", request_max_body_size=DOCUMENT_BYTES_MAX, operation_class=JudgingOperation)
    async def judge(self, *, request: Request[Any, Any, Any], node: Node, identities: Identities) -> PublishedView:
        """Judge two parties: `positive` joins them, `negative` holds them apart, `unsure` takes them off the queue."""
        officer = caller(request, identities, power="publish")
        data = read_word(await request.body(), Judging)
        verdict = Judgement(other="", verdict=data.verdict, by=officer.name)
        with node.review(officer.reader(node.code)) as review:
            claim = review.judge(data.one, data.other, verdict=verdict, reason=data.reason, share=data.share)
        published = await asyncio.wrap_future(node.publish([claim]))
        return PublishedView(id=published.ids[0], releases=published.releases[0])

    @post(
        "/judgements/{assertion:str}/withdrawal",
        request_max_body_size=DOCUMENT_BYTES_MAX,
        operation_class=UndoingOperation,
    )
    async def undo(
        self, *, request: Request[Any, Any, Any], node: Node, identities: Identities, assertion: str
    ) -> PublishedView:
        """Take a judgement of this authority back; the companies are again what they were without it."""
        officer = caller(request, identities, power="publish")
        data = read_word(await request.body(), Undoing)
        with node.review(officer.reader(node.code)) as review:
            claim = review.undo(assertion, data.reason)
        published = await asyncio.wrap_future(node.publish([claim]))
        return PublishedView(id=published.ids[0], releases=published.releases[0])


def _questions(node: Node, reader: Reader, *, company: str, limit: int) -> tuple[Question, ...]:
    with node.review(reader) as review:
        return review.questions(limit=limit, company=company)
