# SPDX-License-Identifier: Apache-2.0
"""Reviewing: one pair at a time that is possibly the same, side by side, for an officer to judge, by keys if they like.

The answer goes back with the pair it is about, so that two officers who answer at once do not answer for each other.
"""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.di import Provide
from litestar.response import Redirect

from highfence.app import Node
from highfence.entrypoints.web.render import PAGE_HEADERS, answer_page, page
from highfence.entrypoints.web.visit import Visit, require_same_site, signed_in
from highfence.entrypoints.web.words import segment
from highfence.errors import InvalidInput, NotAllowed
from highfence.model.judgement import VERDICTS, Judgement
from highfence.register.review import Question

_FORM_BYTES_MAX = 64 * 1024
#: How far down the queue one may step without answering.
_SKIPPED_MOST = 200
_REASON_CHARACTERS_MOST = 2_000


class Reviewing(Controller):
    """The review queue."""

    path = "/review"
    dependencies = {"visit": Provide(signed_in, sync_to_thread=False)}  # noqa: RUF012 - Litestar reads the class
    exception_handlers = {Exception: answer_page}  # noqa: RUF012
    include_in_schema = False

    @get(sync_to_thread=True)
    def queue(
        self, *, node: Node, visit: Visit, skip: int = 0, company: str = "", one: str = "", other: str = ""
    ) -> Response[str]:
        """Show the question of most worth, or the one `skip` places behind it, or the one about two given parties."""
        skip = max(0, min(skip, _SKIPPED_MOST))
        with node.review(visit.reader) as review:
            if one and other:
                asked: tuple[Question, ...] = (review.question(one, other),)
                waiting = 1
            else:
                asked = review.questions(limit=skip + 1, company=company)[skip:]
                waiting = review.count()
        return _shown(node, visit, asked[0] if asked else None, waiting=waiting, skip=skip, company=company)

    @post(status_code=303, request_max_body_size=_FORM_BYTES_MAX)
    async def judge(self, request: Request[Any, Any, Any], *, node: Node, visit: Visit) -> Response[Any]:
        """Publish the officer's judgement and go on with the next question."""
        require_same_site(request)
        if visit.officer is None:
            raise NotAllowed("you are not signed in", where="pages", advice="Sign in with your access code")
        visit.officer.require("publish")
        form = await request.form()
        fields = {name: _text(form.get(name)) for name in ("one", "other", "verdict", "reason", "skip", "company")}
        share = [code for code in form.getall("share", []) if isinstance(code, str)]
        wrong = _wrong(fields)
        if wrong:
            return await sync_to_thread(_again, node, visit, fields=fields, wrong=wrong)
        verdict = Judgement(other="", verdict=fields["verdict"], by=visit.officer.name)
        with node.review(visit.reader) as review:
            claim = review.judge(fields["one"], fields["other"], verdict=verdict, reason=fields["reason"], share=share)
        await asyncio.wrap_future(node.publish([claim]))
        rest = f"?company={segment(fields['company'])}" if fields["company"] else ""
        return Redirect(f"/review{rest}", status_code=303, headers=PAGE_HEADERS)


def _shown(node: Node, visit: Visit, question: Question | None, *, waiting: int, **values: Any) -> Response[str]:
    shown: dict[str, Any] = {"wrong": {}, "reason": "", "verdict": "", "share": (), **values}
    names = {one.code: one.name for one in node.membership.authorities}
    return page(
        "review.html",
        visit,
        status=400 if shown["wrong"] else 200,
        question=question,
        waiting=waiting,
        unresolved=node.unresolved(),
        may_judge=visit.may("publish"),
        peers=[one for one in node.membership.authorities if one.code != node.code],
        names=names,
        **shown,
    )


def _again(node: Node, visit: Visit, *, fields: dict[str, str], wrong: dict[str, str]) -> Response[str]:
    with node.review(visit.reader) as review:
        question, waiting = review.question(fields["one"], fields["other"]), review.count()
    kept = {"reason": fields["reason"], "verdict": fields["verdict"], "company": fields["company"], "skip": 0}
    return _shown(node, visit, question, waiting=waiting, wrong=wrong, **kept)


def _wrong(fields: dict[str, str]) -> dict[str, str]:
    if not (fields["one"] and fields["other"]):
        raise InvalidInput("the form does not say which two parties", where="review", advice="Load the page again")
    wrong = {}
    if fields["verdict"] not in VERDICTS:
        wrong["verdict"] = "Choose what you decide"
    if not fields["reason"]:
        wrong["reason"] = "Write why, in a sentence for the file"
    elif len(fields["reason"]) > _REASON_CHARACTERS_MOST:
        wrong["reason"] = f"Write at most {_REASON_CHARACTERS_MOST:,} characters"
    return wrong


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
