# SPDX-License-Identifier: Apache-2.0
"""Commands for denials: list, show, enter, amend, renew, revoke; and for consultations: consult, answer, decide."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import click
import msgspec

from highfence.cases.consultation import ConsultationView
from highfence.cases.denial import DenialView
from highfence.clock import SystemClock, day
from highfence.entrypoints.api.assertions import PublishedView
from highfence.entrypoints.cli.files import read_file
from highfence.entrypoints.cli.output import json_option, print_json, print_table, wants_json
from highfence.entrypoints.cli.register import home_option, opened, operator
from highfence.entrypoints.cli.running import running_node
from highfence.entrypoints.denial_desk import DenialDesk
from highfence.entrypoints.denial_entry import (
    Amending,
    Asking,
    DenialEntry,
    Renewing,
    Revoking,
    Stepping,
    asking_of,
    read_entry,
)
from highfence.errors import InvalidInput
from highfence.exchange.publish import Published
from highfence.formats.application import read_application
from highfence.model.consultation import STEPS
from highfence.model.denial import STATES
from highfence.model.marking import CLASSIFICATIONS, Marking
from highfence.rules.licence import Desk
from highfence.shelf import read_shelf

_FILE = click.Path(path_type=Path, dir_okay=False)
_DAY = click.DateTime(["%Y-%m-%d"])
_decided = click.option("--decided", type=_DAY, help="The day from which it counts; today if not given.")
_reason = click.option("--reason", required=True, help="Why, in a sentence for the file.")


@click.group()
def denials() -> None:
    """See what allies have refused, enter and change one's own denials, and consult before an approval."""


@denials.command("list")
@home_option
@click.option("--state", type=click.Choice(STATES), help="Only denials in this state.")
@click.option("--as-of", type=_DAY, help="As they were on this day; today if not given.")
@json_option
def list_(home: Path, *, state: str | None, as_of: datetime | None, as_json: bool) -> None:
    """List the denials of all authorities that this node's operator may see, newest first."""
    with _desk(home) as desk:
        found = desk.denials(on=_date(as_of), state=state or "")
    if wants_json(as_json):
        print_json(found)
        return
    print_table(
        "Denials",
        ("denial", "of", "state", "parties", "item", "to", "denied", "review"),
        [_row(one) for one in found],
    )


@denials.command("show")
@click.argument("denial")
@home_option
@click.option("--as-of", type=_DAY, help="As it was on this day; today if not given.")
@json_option
def show(denial: str, home: Path, *, as_of: datetime | None, as_json: bool) -> None:
    """Show DENIAL (the id of an assertion that tells it) with its states and the consultations about it."""
    with _desk(home) as desk:
        found = desk.denial(denial, on=_date(as_of))
        asked = desk.consultations(about=[state.assertion for state in found.history])
    if wants_json(as_json):
        print_json([found])
        return
    print_table(f"Denial of {found.authority}", ("", ""), list(_lines(found)))
    if asked:
        _print_consultations(asked)


@denials.command("enter")
@click.argument("file", type=_FILE)
@home_option
@json_option
def enter(file: Path, home: Path, *, as_json: bool) -> None:
    """Enter the denial in FILE, sign it and release it under its marking; see docs/denials.md for the form."""
    entry = read_entry(read_file(file), DenialEntry)
    _told(_publish(home, "/api/denials", entry, change=lambda desk: desk.enter(entry)), as_json=as_json)


@denials.command("amend")
@click.argument("denial")
@click.argument("file", type=_FILE)
@home_option
@_reason
@_decided
@json_option
def amend(denial: str, file: Path, home: Path, *, reason: str, decided: datetime | None, as_json: bool) -> None:
    """Amend DENIAL: what FILE says is all that it says from then on."""
    entry = read_entry(read_file(file), DenialEntry)
    body = Amending(denial=entry, reason=reason, decided=_date(decided))
    view = _publish(home, f"/api/denials/{denial}/amendment", body, change=lambda desk: desk.amend(denial, body))
    _told(view, as_json=as_json)


@denials.command("renew")
@click.argument("denial")
@home_option
@_reason
@_decided
@click.option("--review", type=_DAY, help="By when it is reviewed next; its regime's period if not given.")
@json_option
def renew(
    denial: str, home: Path, *, reason: str, decided: datetime | None, review: datetime | None, as_json: bool
) -> None:
    """Renew DENIAL after its review."""
    body = Renewing(reason=reason, decided=_date(decided), review=_date(review))
    view = _publish(home, f"/api/denials/{denial}/renewal", body, change=lambda desk: desk.renew(denial, body))
    _told(view, as_json=as_json)


@denials.command("revoke")
@click.argument("denial")
@home_option
@_reason
@_decided
@json_option
def revoke(denial: str, home: Path, *, reason: str, decided: datetime | None, as_json: bool) -> None:
    """Revoke DENIAL; nobody need be consulted about it any more."""
    body = Revoking(reason=reason, decided=_date(decided))
    view = _publish(home, f"/api/denials/{denial}/revocation", body, change=lambda desk: desk.revoke(denial, body))
    _told(view, as_json=as_json)


@denials.command("consult")
@click.argument("denial", required=False)
@home_option
@click.option("--application", type=_FILE, required=True, help="The application, in the form of `determine`.")
@click.option("--text", required=True, help="The question, in a sentence.")
@click.option("--to", default="", help="Ask this authority under Article 14, where there is no denial.")
@click.option(
    "--classification",
    type=click.Choice(CLASSIFICATIONS),
    default="SENSITIVE",
    show_default=True,
    help="Of the application; the denial's own counts too.",
)
@json_option
def consult(
    denial: str | None, home: Path, *, application: Path, text: str, to: str, classification: str, as_json: bool
) -> None:
    """Ask the authority behind DENIAL whether an application is essentially identical to what it refused."""
    if bool(denial) == bool(to):
        raise InvalidInput("name a denial, or an authority with --to", where="consult", advice="Give one of the two")
    about = read_application(read_file(application), today=day(SystemClock().now()))
    marking = Marking(tlp="AMBER", classification=classification, disclosure="release")
    body = msgspec.structs.replace(asking_of(about, text=text, marking=marking), to=to)
    path = f"/api/denials/{denial}/consultation" if denial else "/api/consultations"
    _told(_publish(home, path, body, change=lambda desk: desk.ask(body, about=denial or "")), as_json=as_json)


@denials.command("consultations")
@home_option
@json_option
def consultations(home: Path, *, as_json: bool) -> None:
    """List the consultations that this node's operator may see, with their clocks."""
    with _desk(home) as desk:
        found = desk.consultations()
    if wants_json(as_json):
        print_json(found)
    else:
        _print_consultations(found)


@denials.command("answer")
@click.argument("consultation")
@click.argument("step", type=click.Choice(STEPS["reply"]))
@home_option
@click.option("--text", default="", help="The answer in words.")
@click.option("--received", type=_DAY, help="For `acknowledge`: the day on which the question came in.")
@json_option
def answer(consultation: str, step: str, home: Path, *, text: str, received: datetime | None, as_json: bool) -> None:
    """Answer CONSULTATION as the authority that is asked."""
    _step(home, consultation, Stepping(step=step, text=text, received=_date(received)), as_json=as_json)


@denials.command("decide")
@click.argument("consultation")
@click.argument("step", type=click.Choice((*STEPS["decision"], *STEPS["outcome"])))
@home_option
@click.option("--text", default="", help="The decision in words; with `explain`, why it was approved.")
@json_option
def decide(consultation: str, step: str, home: Path, *, text: str, as_json: bool) -> None:
    """Decide as the authority that has asked; `explain` an approval to all who have the denial."""
    _step(home, consultation, Stepping(step=step, text=text), as_json=as_json)


@contextmanager
def _desk(home: Path, *, read_only: bool = True) -> Iterator[DenialDesk]:
    with opened(home, read_only=read_only) as node:
        shelf = read_shelf(node.home)
        yield DenialDesk(node, operator(node), Desk(shelf.lists, scope=shelf.scope))


Body = DenialEntry | Amending | Renewing | Revoking | Asking | Stepping


def _publish(home: Path, path: str, body: Body, *, change: Callable[[DenialDesk], Future[Published]]) -> PublishedView:
    if (running := running_node(home)) is not None:
        return msgspec.json.decode(running.post(path, msgspec.json.encode(body)), type=PublishedView)
    with _desk(home, read_only=False) as desk:
        published = change(desk).result()
        return PublishedView(id=published.ids[0], releases=published.releases[0])


def _step(home: Path, consultation: str, body: Stepping, *, as_json: bool) -> None:
    path = f"/api/consultations/{consultation}/steps"
    _told(_publish(home, path, body, change=lambda desk: desk.step(consultation, body)), as_json=as_json)


def _told(view: PublishedView, *, as_json: bool) -> None:
    if wants_json(as_json):
        print_json([view])
        return
    rows = [(one.reader, "yes" if one.allowed else "no", one.text) for one in view.releases]
    print_table(f"Published {view.id}", ("peer", "released", "why"), rows)


def _row(one: DenialView) -> tuple[str, ...]:
    denial = one.denial
    item = "not told: ask " + (denial.contact or one.authority) if denial.pointer else denial.items[0].description
    review = f"{one.review.last_day}{' (due)' if one.review_due else ''}" if one.review else ""
    return (
        one.id[:12],
        one.authority,
        f"{denial.state}{', advisory' if denial.catch_all else ''}",
        ", ".join(one.captions),
        item,
        denial.destination,
        str(denial.denied or ""),
        review,
    )


def _lines(one: DenialView) -> Iterator[tuple[str, str]]:
    denial = one.denial
    yield "assertion", one.id
    yield "parties", ", ".join(one.captions)
    if denial.pointer:
        yield "content", f"not told here: ask {denial.contact or one.authority}"
    for item in denial.items:
        codes = " ".join(code for code in (item.eccn, item.eu_code, *item.national_codes, item.hs) if code)
        told = ", ".join(f"{each.name} {each.value} {each.unit}" for each in item.parameters)
        yield "item", f"{item.description} {codes} {told}".strip()
    yield "destination", denial.destination
    yield "regime", f"{denial.regime}{' (catch-all: advisory)' if denial.catch_all else ''}"
    yield "reason", f"{denial.reason}. {one.text}"
    for state in one.history:
        yield state.state, f"{state.since} {state.reason}".strip()
    if one.review is not None:
        flag = "" if one.review.verified else " (not verified)"
        yield "review", f"{one.review.last_day}{', due' if one.review_due else ''}: {one.review.citation}{flag}"
    for notice in one.notices:
        yield "notice", notice.text


def _print_consultations(found: tuple[ConsultationView, ...]) -> None:
    rows = [
        (
            one.id,
            f"{one.opener} asks {one.to}",
            ", ".join(one.captions),
            f"{one.state}{f': {one.finding}' if one.finding else ''}",
            str(one.due.last_day) if one.due else "no period",
            one.why or "; ".join(duty.text for duty in one.duties if not duty.done),
        )
        for one in found
    ]
    print_table("Consultations", ("consultation", "who", "parties", "state", "answer by", "to do"), rows)


def _date(at: datetime | None) -> date | None:
    return at.date() if at else None
