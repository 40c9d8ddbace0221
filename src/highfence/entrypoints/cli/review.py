# SPDX-License-Identifier: Apache-2.0
"""Commands for whoever decides which parties are the same: review, judge."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from highfence.entrypoints.api.assertions import PublishedView
from highfence.entrypoints.api.review import QUESTIONS_MOST
from highfence.entrypoints.cli.output import json_option, print_json, print_table, wants_json
from highfence.entrypoints.cli.register import home_option, opened, operator
from highfence.entrypoints.cli.resolving import resolve_all
from highfence.entrypoints.cli.running import running_node
from highfence.entrypoints.identity import OPERATOR
from highfence.entrypoints.judging import Judging, Undoing
from highfence.errors import InvalidInput
from highfence.model.assertion import Assertion
from highfence.model.judgement import VERDICTS, Judgement
from highfence.register.review import Question, Review


@click.command()
@home_option
@click.option("--company", default="", help="Only pairs in which this company (its id) is one side.")
@click.option("--limit", default=20, show_default=True, help="Show at most so many pairs.")
@json_option
def review(home: Path, *, company: str, limit: int, as_json: bool) -> None:
    """Show pairs that are possibly the same and wait for a person's judgement, of most worth first.

    A node that is not running first lets the engine compare what it has not compared yet.
    """
    limit = max(1, min(limit, QUESTIONS_MOST))
    if (running := running_node(home)) is not None:
        answer = running.get("/api/review", company=company, limit=str(limit))
        questions = msgspec.json.decode(answer, type=tuple[Question, ...])
    else:
        with opened(home, read_only=False) as node:
            resolve_all(node)
            with node.review(operator(node)) as found:
                questions = found.questions(limit=limit, company=company)
    if wants_json(as_json):
        print_json(questions)
        return
    print_table(
        "Possibly the same",
        ("score", "one", "listed by", "other", "listed by", "ids"),
        [
            (
                f"{asked.score:.2f}",
                asked.one.caption,
                ", ".join(asked.one.listed_by),
                asked.other.caption,
                ", ".join(asked.other.listed_by),
                f"{asked.one.entity} {asked.other.entity}",
            )
            for asked in questions
        ],
    )


@click.command()
@click.argument("one", required=False)
@click.argument("other", required=False)
@home_option
@click.option("--verdict", type=click.Choice(VERDICTS), help="What you decide.")
@click.option("--reason", required=True, help="Why, in a sentence for the file.")
@click.option("--share", multiple=True, metavar="AUTHORITY", help="Give it to this authority too; may be repeated.")
@click.option("--undo", metavar="ASSERTION", help="Take this judgement back instead.")
@json_option
def judge(
    *,
    one: str | None,
    other: str | None,
    home: Path,
    verdict: str | None,
    reason: str,
    share: tuple[str, ...],
    undo: str | None,
    as_json: bool,
) -> None:
    """Judge whether ONE and OTHER (ids of entities or companies) are the same party.

    `positive` joins them, `negative` holds them apart, `unsure` takes the pair off the queue. A second judgement of a
    pair corrects the first.
    """
    if undo is not None:
        view = _publish(home, f"/api/judgements/{undo}/withdrawal", Undoing(reason=reason), undo=undo)
    elif one is None or other is None or verdict is None:
        raise InvalidInput(
            "two parties and a verdict are needed",
            where="judge",
            advice="Write: highfence judge ONE OTHER --verdict positive --reason TEXT --home HOME",
        )
    else:
        body = Judging(one=one, other=other, verdict=verdict, reason=reason, share=share)
        view = _publish(home, "/api/judgements", body)
    if wants_json(as_json):
        print_json([view])
    else:
        told = [(each.reader, "yes" if each.allowed else "no", each.text) for each in view.releases]
        print_table(f"Published {view.id}", ("peer", "released", "why"), told)


def _publish(home: Path, path: str, body: Judging | Undoing, *, undo: str = "") -> PublishedView:
    if (running := running_node(home)) is not None:
        return msgspec.json.decode(running.post(path, msgspec.json.encode(body)), type=PublishedView)
    with opened(home, read_only=False) as node:
        with node.review(operator(node)) as review:
            claim = _claim(review, body, undo=undo)
        published = node.publish([claim]).result()
        return PublishedView(id=published.ids[0], releases=published.releases[0])


def _claim(review: Review, body: Judging | Undoing, *, undo: str) -> Assertion:
    if isinstance(body, Undoing):
        return review.undo(undo, body.reason)
    verdict = Judgement(other="", verdict=body.verdict, by=OPERATOR)
    return review.judge(body.one, body.other, verdict=verdict, reason=body.reason, share=body.share)
