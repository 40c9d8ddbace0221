# SPDX-License-Identifier: Apache-2.0
"""Command for ownership and control: ownership."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path

import click

from highfence.clock import SystemClock, day
from highfence.entrypoints.cli.files import read_file
from highfence.entrypoints.cli.output import print_table, progress_bar, wants_json
from highfence.entrypoints.cli.owners import tell_owners
from highfence.entrypoints.gleif_files import read_gleif
from highfence.entrypoints.holdings_file import enlisted, read_holdings, read_ids
from highfence.errors import InvalidInput
from highfence.formats.holdings import Fault, Holdings
from highfence.model.interest import PERCENT
from highfence.rules.ownership import RULES, Findings, Graph, Lines, Verdict, rule_set
from highfence.rules.ownership.rulesets import Override, RuleSet, read_override

#: A terminal shows so many parties; a file or a pipe gets all.
SHOWN_MOST = 200
_FILE = click.Path(path_type=Path, dir_okay=False)
_HOME = click.Path(path_type=Path, file_okay=False)
_LINES_AT_ONCE = 4096


@click.command()
@click.argument("files", metavar="FILE...", type=_FILE, nargs=-1, required=True)
@click.option("--rule", type=click.Choice(RULES), help="One rule set; all of them side by side if not given.")
@click.option("--as-of", type=click.DateTime(("%Y-%m-%d",)), help="The day to ask about; today if not given.")
@click.option("--listed", multiple=True, metavar="ID", help="A listed party, besides those in FILE; can be repeated.")
@click.option("--listed-in", type=_FILE, help="A file with ids of listed parties, one a line.")
@click.option("--override", type=_FILE, help="A recorded change of a rule's periods, such as an extension (TOML).")
@click.option("--home", type=_HOME, help="Ask this node's register: FILE is then a company's id or exact name.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines even on a terminal.")
def ownership(
    files: tuple[Path, ...],
    rule: str | None,
    as_of: datetime | None,
    *,
    listed: tuple[str, ...],
    listed_in: Path | None,
    override: Path | None,
    home: Path | None,
    as_json: bool,
) -> None:
    """Tell who counts as listed because of who owns or controls it, from the interests in FILE.

    FILE is JSON ({"listed": [...], "interests": [{"owner", "owned", "share", "control", "from", "to"}]}), CSV with the
    same columns, BODS 0.4 or GLEIF's relationship records in XML. Several are GLEIF's of both levels, each whole or a
    delta, the newer behind. Shares are percents. With --home it is asked of the register instead, as far as the node's
    operator may see.
    """
    on = as_of.date() if as_of else day(SystemClock().now())
    if home is not None:
        if listed or listed_in or override or len(files) > 1:
            raise click.UsageError("With --home the register says who is listed: give one company, and no --listed.")
        tell_owners(str(files[0]), home, on=on, rule=rule, as_json=wants_json(as_json))
        return
    rules = _rules(rule, read_override_file(override) if override else None)
    with _uncollected():
        if len(files) > 1:
            read = read_gleif(files)
        else:
            with progress_bar(f"Reading {files[0].name}") as progress:
                read = read_holdings(files[0], progress)
        read = enlisted(read, [*listed, *(read_ids(listed_in) if listed_in else ())])
        findings = _findings(read, rules, on, alone=rule is not None)
        wrong = _told(files[0].name if len(files) == 1 else "the files", read, findings)
        if wants_json(as_json):
            _write(findings, read)
        else:
            _show(findings)
    sys.stdout.flush()
    if wrong:
        sys.exit(1)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no cycles among objects: what is read has none, and looking costs a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _rules(rule: str | None, override: Override | None) -> list[RuleSet]:
    rules = [rule_set(name) for name in ((rule,) if rule else RULES)]
    if override is None:
        return rules
    return [one.overridden(override.periods) if one.rule == override.rule else one for one in rules]


def read_override_file(file: Path) -> Override:
    """Read a recorded change of a rule's periods; raises InvalidInput when it cannot be used."""
    try:
        text = read_file(file).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput("the override is not UTF-8", where=str(file), advice="Save it in UTF-8") from error
    return read_override(text, where=str(file))


def _findings(read: Holdings, rules: list[RuleSet], on: date, *, alone: bool) -> list[Findings]:
    """Return the findings of each rule; of several, one whose table does not reach back so far is told and left out."""
    graph = Graph(read.interests)
    findings = []
    for one in rules:
        try:
            findings.append(Findings(graph, one, listed=read.listed, on=on))
        except InvalidInput as error:
            if alone:
                raise
            click.echo(str(error), err=True)
    if not findings:
        raise InvalidInput(f"no rule says anything about {on}", where="--as-of", advice="Ask about a later day")
    return findings


def _told(name: str, read: Holdings, findings: list[Findings]) -> bool:
    """Tell what is wrong and what should be known; return whether anything is wrong."""
    overheld = tuple(
        Fault(
            place=", ".join(places[:5]),
            what=f"the shares in {party[:80]!r} add up to at least {total} %, more than the whole",
            advice="One of them is wrong; no share in it is bounded by the others",
            taken=True,
        )
        for party, total, places in findings[0].overheld()
    )
    faults = (*read.faults, *overheld)
    for one in chain(faults, read.notes, _perhaps_fractions(read)):
        click.echo(f"{name}: {' '.join(str(one).split())}", err=True)
    return bool(faults)


def _perhaps_fractions(read: Holdings) -> tuple[Fault, ...]:
    """Return a note if no share is more than one percent: then they may be meant as parts of one."""
    most = read.interests.high[read.interests.low > 0]
    if not len(most) or most.max() > PERCENT:
        return ()
    what = "no share is more than 1 %: shares are read as percents, so 0.5 is half a percent"
    return (Fault(place="all interests", what=what, advice="Write one half as 50", taken=True),)


def _write(findings: list[Findings], read: Holdings) -> None:
    """Write all lines, those of one party under each rule one after the other."""
    made = [Lines(one, everything=True, refused=read.refused).all() for one in findings]
    with progress_bar("Verdicts") as progress:
        total, done = findings[0].graph.parties, 0
        side_by_side = zip(*made, strict=True)
        while block := list(islice(side_by_side, _LINES_AT_ONCE)):
            click.echo("".join(chain.from_iterable(block)), nl=False)
            done += len(block)
            progress(done, total)


def _show(findings: list[Findings]) -> None:
    """Show a table of the parties that are caught, or can be, under any rule."""
    codes = [one.codes() for one in findings]
    parties = [number for number in range(len(codes[0])) if any(one[number] for one in codes)]
    graph = findings[0].graph
    lines = [Lines(one) for one in findings]

    def rows() -> Iterator[tuple[str, ...]]:
        for number in parties[:SHOWN_MOST]:
            verdicts = [one.verdict(graph.ids[number]) for one in lines]
            name = graph.interests.names.get(graph.ids[number], "")
            party = f"{name} ({graph.ids[number]})" if name else graph.ids[number]
            yield (party, *(_answer(one) for one in verdicts), _why(verdicts))

    headings = ("party", *(f"{one.rules.rule} ({one.period.state})" for one in findings), "why")
    print_table(f"Ownership and control as of {findings[0].on}", headings, rows())
    others = len(codes[0]) - len(parties)
    click.echo(f"{others:,} other parties: no", err=True)
    if len(parties) > SHOWN_MOST:
        click.echo(f"… and {len(parties) - SHOWN_MOST:,} more; pipe the output for all", err=True)
    for one in findings:
        click.echo(f"{one.rules.rule}: {one.period.citation}", err=True)


def _answer(verdict: Verdict) -> str:
    if verdict.listed:
        return "listed"
    low, high = verdict.share.min, verdict.share.max
    share = f"{low} %" if low == high else f"{low} to {high} %"
    flag = f", Red Flag {verdict.red_flag}" if verdict.red_flag else ""
    return f"{verdict.verdict} ({share}{flag})"


def _why(verdicts: Iterable[Verdict]) -> str:
    """Return the chain of the first rule that has one, as a person reads it."""
    for verdict in verdicts:
        if verdict.verdict != "no" and verdict.chain:
            steps = (f"{one.owner} → {one.owned} ({_held(one.share.min, one.share.max)})" for one in verdict.chain[-4:])
            return ("… " if len(verdict.chain) > 4 else "") + "; ".join(steps)
    return ""


def _held(low: float, high: float) -> str:
    return f"{low} %" if low == high else "share unknown" if (low, high) == (0, 100) else f"{low} to {high} %"
