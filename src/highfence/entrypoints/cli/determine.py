# SPDX-License-Identifier: Apache-2.0
"""Command for determinations: determine."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path

import click
import msgspec

from highfence.app import Node
from highfence.clock import SystemClock, day
from highfence.entrypoints.cli.output import print_table, progress_bar, wants_json
from highfence.entrypoints.cli.ownership import read_override_file
from highfence.entrypoints.cli.register import opened, operator
from highfence.entrypoints.cli.screen import Report, read_file, text_out
from highfence.entrypoints.denial_watch import DenialWatches
from highfence.entrypoints.determining import Counter, Denied, RefusedApplication, answers, shipments
from highfence.entrypoints.holdings_file import read_holdings
from highfence.entrypoints.inquiry import read_ftm
from highfence.entrypoints.register_watch import register_watch
from highfence.entrypoints.watch import Watch
from highfence.errors import InvalidInput
from highfence.home import Home
from highfence.model.application import Application, Known
from highfence.model.interest import Interest
from highfence.rules.licence import Desk, Determination, Reason
from highfence.rules.ownership.rulesets import RuleSet, rule_set
from highfence.shelf import Shelf, read_folder, read_shelf, shelf_of

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)
_REFUSED = b'"refused":true'
_ANSWERS = msgspec.json.Decoder(Determination)
_REFUSALS = msgspec.json.Decoder(RefusedApplication)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Judge as on this day, whatever the application says.")
@click.option("--against", multiple=True, type=_FILE, help="Listed parties as FollowTheMoney lines; can be repeated.")
@click.option("--home", type=_FOLDER, help="Look parties up in what this node holds, with its control lists.")
@click.option("--control-lists", type=_FOLDER, help="The folder of control lists, instead of the node's.")
@click.option(
    "--owners", type=_FILE, help="Who owns whom: JSON, CSV, BODS or GLEIF, as `highfence ownership` reads it."
)
@click.option("--override", type=_FILE, help="A recorded change of an ownership rule's periods (TOML).")
@click.option("--out", type=_FILE, help="Write the answers here.")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    help="For a file of many shipments and --against; all cores if not given.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON lines even on a terminal.")
def determine(  # noqa: PLR0913 - a command's parameters are its contract with people, given by name
    file: Path,
    as_of: datetime | None,
    against: tuple[Path, ...],
    *,
    home: Path | None,
    control_lists: Path | None,
    owners: Path | None,
    override: Path | None,
    out: Path | None,
    processes: int | None,
    as_json: bool,
) -> None:
    """Tell whether a licence is needed for the application in FILE, why, and under whose rule.

    FILE is one application as JSON, or many, one on each line. An aid and no legal advice; a person decides.
    """
    if against and home is not None:
        raise InvalidInput("--against and --home are given", where="determine", advice="Give one of them")
    data = read_file(file)
    report = Report()
    shelf = shelf_of(read_folder(control_lists)) if control_lists else read_shelf(Home(home)) if home else Shelf()
    if not shelf.lists:
        click.echo("no control list is loaded: list-based controls cannot be told", err=True)
    with ExitStack() as stack:
        node = stack.enter_context(opened(home)) if home is not None else None
        watch = _watch(against, node, report=report, interests=_interests(owners))
        counter = Counter(
            Desk(shelf.lists, scope=shelf.scope, ownership=_overridden(override)),
            watch,
            day(SystemClock().now()),
            as_of.date() if as_of else None,
            _denied(node),
        )
        gc.freeze()
        lines = shipments(data)
        if lines is None:
            found: Iterable[bytes] = [msgspec.json.encode(counter.determine(data))]
        else:
            # A node's database is read by this process alone: a copy of it could not share the connection.
            shared = 1 if home is not None else processes or os.cpu_count() or 1
            found = _told(answers(counter, lines, processes=shared), len(lines), report=report, name=file.name)
        _write(found, out, as_json=as_json or lines is not None)
    sys.stdout.flush()
    report.finish()


def _overridden(override: Path | None) -> dict[str, RuleSet]:
    if override is None:
        return {}
    read = read_override_file(override)
    return {read.rule: rule_set(read.rule).overridden(read.periods)}


def _interests(owners: Path | None) -> list[Interest]:
    if owners is None:
        return []
    with progress_bar(f"Reading {owners.name}") as progress:
        held = read_holdings(owners, progress)
    for fault in held.faults:
        click.echo(f"{owners.name}: {' '.join(str(fault).split())}", err=True)
    return [held.interests.interest(row) for row in range(len(held.interests))]


def _denied(node: Node | None) -> Denied | None:
    """Return what finds the reasons that a node's denials give, as its operator sees them."""
    if node is None:
        return None
    watches = DenialWatches(node)

    def denied(application: Application, known: Known) -> Iterable[Reason]:
        with node.sight(operator(node)) as sight:
            return tuple(watches.compare(application, known, sight=sight).reasons(node.code, application.id))

    return denied


def _watch(against: tuple[Path, ...], node: Node | None, *, report: Report, interests: list[Interest]) -> Watch | None:
    if node is not None:
        return register_watch(node, operator(node), interests=interests)
    if not against:
        click.echo("nobody is looked up: give --against FILE.ftm.json or --home HOME", err=True)
        return None
    entities = []
    for one in against:
        listed = read_ftm(read_file(one))
        report.take(one.name, listed)
        entities += [party.entity for party in listed.parties if not party.refused]
    return Watch.of(entities, interests=interests)


def _told(found: Iterable[bytes], total: int, *, report: Report, name: str) -> Iterator[bytes]:
    """Tell refused lines on stderr as they come, and how far it is."""
    with progress_bar(f"Determining {name}") as progress:
        for done, one in enumerate(found, start=1):
            if _REFUSED in one[:200]:
                refused = _REFUSALS.decode(one)
                report.tell(f"{name}: line {refused.line}: {refused.what} ({refused.where}). {refused.advice}")
            yield one
            if done % 64 == 0 or done == total:
                progress(done, total)


def _write(found: Iterable[bytes], out: Path | None, *, as_json: bool) -> None:
    if out is None and not wants_json(as_json):
        for one in found:
            _show(_ANSWERS.decode(one))
        return
    with text_out(out) as write:
        for one in found:
            write(one.decode() + "\n")


def _show(answer: Determination) -> None:
    """Show one answer as a person reads it."""
    click.echo(f"{answer.application} on {answer.on}: {answer.summary}")
    print_table(
        "By regime",
        ("regime", "verdict", "because", "policy"),
        [
            (one.title, one.verdict if one.applies else "does not apply", one.because, one.policy)
            for one in answer.regimes
        ],
    )
    reasons = [
        (
            reason.bearing,
            reason.rule,
            "; ".join(reason.unknown if reason.bearing == "cannot tell" else reason.facts),
            _place(reason.citation, reason.valid_from, verified=reason.verified),
        )
        for one in answer.regimes
        for reason in one.reasons
        if reason.bearing != "permits"
    ]
    flags = [
        ("red flag", one.rule, "; ".join(one.facts), _place(one.citation, one.valid_from, verified=one.verified))
        for one in (*answer.red_flags, *answer.notices)
    ]
    print_table("Reasons, red flags and notices", ("bearing", "rule", "facts", "where it stands"), [*reasons, *flags])
    exceptions = [
        (one.symbol, ", ".join(one.items), one.barred or one.says, one.citation)
        for regime in answer.regimes
        for one in regime.exceptions
    ]
    if exceptions:
        print_table("Exceptions to look at", ("symbol", "items", "says", "where it stands"), exceptions)
    click.echo(answer.notice, err=True)


def _place(citation: str, since: date, *, verified: bool) -> str:
    return f"{citation}, since {since}{'' if verified else ' (not verified)'}"
