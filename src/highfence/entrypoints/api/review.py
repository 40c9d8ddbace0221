# SPDX-License-Identifier: Apache-2.0
"""Review: which parties may be the same, and what a person decides."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from litestar import Controller, Request, get, post

from highfence.app import Node
from highfence.entrypoints.api.assertions import PublishedView
from highfence.entrypoints.api.caller import caller
from highfence.entrypoints.identity import Identities
from highfence.model.judgement import Judgement
from highfence.register.review import Question
from highfence.rules.handling import Reader

#: More questions than a person answers before asking again.
QUESTIONS_MOST = 200


class Judging(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person's word on two parties, each by an entity's or company's id. `share` are the authorities it goes to."""

    one: str
    other: str
    verdict: str
    reason: str
    share: tuple[str, ...] = ()


class Undoing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a judgement is taken back."""

    reason: str


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

    @post("/judgements")
    async def judge(
        self, *, request: Request[Any, Any, Any], node: Node, identities: Identities, data: Judging
    ) -> PublishedView:
        """Judge two parties: `positive` joins them, `negative` holds them apart, `unsure` takes them off the queue."""
        officer = caller(request, identities, power="publish")
        verdict = Judgement(other="", verdict=data.verdict, by=officer.name)
        with node.review(officer.reader(node.code)) as review:
            claim = review.judge(data.one, data.other, verdict=verdict, reason=data.reason, share=data.share)
        published = await asyncio.wrap_future(node.publish([claim]))
        return PublishedView(id=published.ids[0], releases=published.releases[0])

    @post("/judgements/{assertion:str}/withdrawal")
    async def undo(
        self, *, request: Request[Any, Any, Any], node: Node, identities: Identities, assertion: str, data: Undoing
    ) -> PublishedView:
        """Take a judgement of this authority back; the companies are again what they were without it."""
        officer = caller(request, identities, power="publish")
        with node.review(officer.reader(node.code)) as review:
            claim = review.undo(assertion, data.reason)
        published = await asyncio.wrap_future(node.publish([claim]))
        return PublishedView(id=published.ids[0], releases=published.releases[0])


def _questions(node: Node, reader: Reader, *, company: str, limit: int) -> tuple[Question, ...]:
    with node.review(reader) as review:
        return review.questions(limit=limit, company=company)
