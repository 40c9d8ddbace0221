# SPDX-License-Identifier: Apache-2.0
"""Commands for licence cases: cases import, list, show, check, ask, answer, decide, outcome, move."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from highfence.entrypoints.case_view import CaseLine, CaseMoved, CaseView, Taken
from highfence.entrypoints.case_words import word_of
from highfence.entrypoints.casework import Casework
from highfence.entrypoints.cli.case_sheet import print_case
from highfence.entrypoints.cli.files import read_file
from highfence.entrypoints.cli.logs import quiet
from highfence.entrypoints.cli.output import json_option, print_json, print_table, wants_json
from highfence.entrypoints.cli.register import home_option, opened, operator
from highfence.entrypoints.cli.running import running_node
from highfence.entrypoints.fence import Fence
from highfence.errors import InvalidInput
from highfence.exchange.strict import decode
from highfence.model.case_move import DECISIONS, OUTCOMES
from highfence.model.denial import REASONS, REGIMES
from highfence.rules.handling import Reader

_FILE = click.Path(path_type=Path, dir_okay=False)
_DAY = click.DateTime(["%Y-%m-%d"])
_UNDECIDED = {"open": True, "decided": False, "all": None}
_LINES = msgspec.json.Decoder(tuple[CaseLine, ...])

on_option = click.option("--on", type=_DAY, help="The day it counts on; today if not given.")
key_option = click.option("--key", default="", help="A key of your own: what comes twice with it is done once.")
tell_option = click.option(
    "--tell", type=_FILE, help="What others are told: a JSON file with marking and text. Without it nothing is told."
)


@click.group()
def cases() -> None:
    """Applications for licences: take them in, check them, ask the applicant, decide, and note what became of them."""


@cases.command("import")
@click.argument("file", type=_FILE)
@home_option
@click.option("--csv", "table", is_flag=True, help="FILE is CSV, whatever its name says.")
@key_option
@json_option
def import_(file: Path, home: Path, *, table: bool, key: str, as_json: bool) -> None:
    """Open a case for each application in FILE (JSON, JSON lines or CSV). If anything is wrong nothing is taken."""
    data = read_file(file)
    table = table or file.suffix.lower() == ".csv"
    if (running := running_node(home)) is not None:
        kind = "text/csv" if table else "application/json"
        answered = running.send("/api/applications", data, _headers(key, kind))
        taken = msgspec.json.decode(answered, type=Taken)
    else:
        with _work(home, write=True) as (work, reader):
            taken = work.take_in(data, reader, table=table, key=key)
    if wants_json(as_json):
        print_json(taken.wrong or taken.cases)
    elif taken.wrong:
        wrong = [(str(one.row), one.field, one.what, one.advice) for one in taken.wrong]
        print_table("Nothing was taken", ("row", "field", "what is wrong", "what to do"), wrong)
    else:
        rows = [(one.application, one.number, "new" if one.new else "was there already") for one in taken.cases]
        print_table("Cases", ("application", "case", ""), rows)
    if taken.wrong:
        sys.exit(1)


@cases.command("list")
@home_option
@click.option("--show", type=click.Choice(tuple(_UNDECIDED)), default="open", show_default=True, help="Which cases.")
@json_option
def list_(home: Path, show: str, *, as_json: bool) -> None:
    """List cases, overdue ones first, then by the nearest last day."""
    if (running := running_node(home)) is not None:
        lines = _LINES.decode(running.get("/api/cases", show=show))
    else:
        with _work(home) as (work, reader):
            lines = work.cases(reader, undecided=_UNDECIDED[show])
    if wants_json(as_json):
        print_json(lines)
        return
    print_table(
        "Cases",
        ("case", "applicant", "to", "received", "state", "officer", "clock"),
        [
            (
                one.number,
                one.applicant,
                one.destination,
                str(one.received),
                one.state,
                one.officer,
                f"{'OVERDUE: ' if one.overdue else ''}{one.clock.text}" if one.clock else "none known",
            )
            for one in lines
        ],
    )


@cases.command("show")
@click.argument("number")
@home_option
@json_option
def show_(number: str, home: Path, *, as_json: bool) -> None:
    """Show case NUMBER: its clocks, what stands against an approval, and all that has happened."""
    if (running := running_node(home)) is not None:
        view = msgspec.json.decode(running.get(f"/api/cases/{number}"), type=CaseView)
    else:
        with _work(home) as (work, reader):
            view = work.view(number, reader)
    if wants_json(as_json):
        print_json([view])
    else:
        print_case(view)


@cases.command("check")
@click.argument("number")
@home_option
@click.option("--day", type=_DAY, help="Determine as of this day; today if not given.")
@key_option
@json_option
def check(number: str, home: Path, *, day: datetime | None, key: str, as_json: bool) -> None:
    """Determine whether a licence is needed for case NUMBER, and keep the answer in the file."""
    _move(number, home, {"move": "check", "day": _text(day)}, key=key, as_json=as_json)


@cases.command("ask")
@click.argument("number")
@click.argument("text")
@home_option
@on_option
@key_option
@json_option
def ask(number: str, text: str, home: Path, *, on: datetime | None, key: str, as_json: bool) -> None:
    """Ask the applicant of case NUMBER for information; the clock stands still where the rule says so."""
    _move(number, home, {"move": "ask", "text": text, "on": _text(on)}, key=key, as_json=as_json)


@cases.command("answer")
@click.argument("number")
@click.argument("request", type=int)
@click.argument("text")
@home_option
@click.option("--source", "sources", multiple=True, help="A paper that came with it; may be repeated.")
@on_option
@key_option
@json_option
def answer(
    number: str,
    request: int,
    text: str,
    *,
    home: Path,
    sources: tuple[str, ...],
    on: datetime | None,
    key: str,
    as_json: bool,
) -> None:
    """Note the applicant's answer TEXT to request number REQUEST of case NUMBER."""
    word = {"move": "answer", "request": request, "text": text, "sources": list(sources), "on": _text(on)}
    _move(number, home, word, key=key, as_json=as_json)


@cases.command("decide")
@click.argument("number")
@click.argument("decision", type=click.Choice(DECISIONS))
@home_option
@click.option("--reason", required=True, help="Why, for the file; it is told to nobody.")
@click.option("--legal-basis", default="", help="The act it rests on; a denial needs one.")
@click.option("--regime", type=click.Choice(REGIMES), help="Of a denial: under which regime.")
@click.option("--class", "ground", type=click.Choice(REASONS), help="Of a denial: the class of reason.")
@click.option("--catch-all", is_flag=True, help="Of a denial: the items are on no list.")
@click.option("--condition", "conditions", multiple=True, help="A condition of the licence; may be repeated.")
@click.option("--valid-until", type=_DAY, help="The licence's last day.")
@click.option(
    "--override",
    "overrides",
    multiple=True,
    nargs=2,
    metavar="CODE REASON",
    help="Approve although this stands against it, and why; may be repeated.",
)
@tell_option
@on_option
@key_option
@json_option
def decide(number: str, decision: str, home: Path, *, key: str, as_json: bool, **said: Any) -> None:
    """Decide case NUMBER. An approval is refused while something stands against it, unless it is overridden."""
    given = {"regime": said["regime"], "reason": said["ground"], "catch_all": said["catch_all"]}
    if decision != "deny" and any(given.values()):
        raise InvalidInput(f"{decision!r} denies nothing", where="decide", advice="Leave --regime and --class out")
    ground = {name: value for name, value in given.items() if value is not None}
    if decision == "deny" and len(ground) < len(given):
        raise InvalidInput("a denial needs its ground", where="decide", advice="Give --regime and --class")
    word = {
        "move": "decide",
        "decision": decision,
        "reason": said["reason"],
        "legal_basis": said["legal_basis"],
        "ground": ground if decision == "deny" else None,
        "conditions": list(said["conditions"]),
        "valid_until": _text(said["valid_until"]),
        "overrides": [{"block": block, "reason": reason} for block, reason in said["overrides"]],
        "tell": _telling(said["tell"]),
        "on": _text(said["on"]),
    }
    _move(number, home, word, key=key, as_json=as_json)


@cases.command("outcome")
@click.argument("number")
@click.argument("outcome", type=click.Choice(OUTCOMES))
@home_option
@click.option("--text", default="", help="What happened; a revocation needs it.")
@tell_option
@on_option
@key_option
@json_option
def outcome(number: str, outcome: str, home: Path, *, key: str, as_json: bool, **said: Any) -> None:
    """Note what became of the licence of case NUMBER."""
    word = {
        "move": "outcome",
        "outcome": outcome,
        "text": said["text"],
        "tell": _telling(said["tell"]),
        "on": _text(said["on"]),
    }
    _move(number, home, word, key=key, as_json=as_json)


@cases.command("move")
@click.argument("number")
@click.argument("file", type=_FILE)
@home_option
@key_option
@json_option
def move(number: str, file: Path, home: Path, *, key: str, as_json: bool) -> None:
    """Move case NUMBER by the JSON in FILE, as the API takes it: also assign, consult, conclude, hold, resume, note."""
    _move(number, home, decode(read_file(file), where="move"), key=key, as_json=as_json)


def _move(number: str, home: Path, word: dict[str, Any], *, key: str, as_json: bool) -> None:
    said = {name: value for name, value in word.items() if value is not None}
    # Looked at before anything is asked, so that a wrong word is told alike whether or not a node runs.
    read = word_of(said)
    if (running := running_node(home)) is not None:
        body = msgspec.json.encode(said)
        answered = running.send(f"/api/cases/{number}/events", body, _headers(key, "application/json"))
        moved = msgspec.json.decode(answered, type=CaseMoved)
    else:
        with _work(home, write=True) as (work, reader):
            moved = work.move(number, read, reader, key=key)
    if wants_json(as_json):
        print_json([moved])
        return
    click.echo(f"{moved.number} is {moved.state}; it takes {', '.join(moved.allowed)}")
    if moved.assertion:
        told = [(each.reader, "yes" if each.allowed else "no", each.text) for each in moved.releases]
        print_table(f"Told in {moved.assertion}", ("peer", "released", "why"), told)


@contextmanager
def _work(home: Path, *, write: bool = False) -> Iterator[tuple[Casework, Reader]]:
    quiet()
    with opened(home, read_only=not write) as node:
        yield Casework(node, Fence(node)), operator(node)


def _headers(key: str, kind: str) -> dict[str, str]:
    return {"content-type": kind, **({"idempotency-key": key} if key else {})}


def _telling(file: Path | None) -> dict[str, Any] | None:
    return None if file is None else decode(read_file(file), where="tell")


def _text(day: datetime | None) -> str | None:
    return None if day is None else day.date().isoformat()
