# SPDX-License-Identifier: Apache-2.0
"""Commands for published lists: sources, import."""

from __future__ import annotations

import os
import sys
from datetime import date, datetime
from pathlib import Path

import click
import msgspec

from highfence.app import open_node
from highfence.clock import SystemClock
from highfence.entrypoints.api.sources import SourceView, source_views
from highfence.entrypoints.cli.files import read_file
from highfence.entrypoints.cli.output import json_option, print_json, print_table, progress_bar, wants_json
from highfence.entrypoints.cli.resolving import resolve_all
from highfence.entrypoints.cli.running import running_node
from highfence.errors import InvalidInput
from highfence.formats.ftm import write_line
from highfence.lists import PROBLEMS_TOLD_MAX, Taken, import_list
from highfence.sources import catalogue
from highfence.sources.ingest import difference, settled, to_ftm
from highfence.sources.source import Problem
from highfence.sources.uk_sanctions.parse import pack

_HOME = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option("--home", type=_HOME, help="Show also what this node took of each.")
@json_option
def sources(home: Path | None, as_json: bool) -> None:
    """List the importers, their publisher, and with --home the last snapshot and its counts."""
    if home is None:
        rows = [
            {"name": one.name, "title": one.title, "publisher": one.publisher, "licence": one.licence, "url": one.url}
            for one in catalogue.sources()
        ]
        if wants_json(as_json):
            print_json(rows)
        else:
            print_table(
                "Sources", ("name", "publisher", "title"), [(r["name"], r["publisher"], r["title"]) for r in rows]
            )
        return
    node = open_node(home, read_only=True)
    try:
        views = source_views(node)
    finally:
        node.close()
    if wants_json(as_json):
        print_json(views)
    else:
        print_table(
            "Sources",
            ("name", "publisher", "entries", "as of", "last import"),
            [(one.name, one.publisher, f"{one.entries:,}", one.as_of, _outcome(one)) for one in views],
        )


def _outcome(view: SourceView) -> str:
    """Return what became of the last import; if it was refused, with the reason and the place."""
    if view.outcome != "refused":
        return view.outcome
    summary = msgspec.json.decode(view.summary, type=dict[str, str])
    return f"refused: {summary['what']} ({summary['where']})"


@click.command("import")
@click.argument("source")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The edition's day; today if not given.")
@click.option("--home", type=_HOME, help="Take it into this node and share it.")
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="Write FollowTheMoney lines here instead.")
@json_option
def import_(
    source: str, file: Path, *, as_of: datetime | None, home: Path | None, to: Path | None, as_json: bool
) -> None:
    """Take FILE as an edition of SOURCE; import again and only the difference counts."""
    if (home is None) == (to is None):
        raise InvalidInput("say where it goes", where="import", advice="Give either --home HOME or --to FILE.ftm.json")
    catalogue.source(source)
    data = _read(source, file)
    day = as_of.date() if as_of else None
    if to is not None:
        taken = _to_file(source, data, to=to, day=day or SystemClock().now().date())
    elif home is not None and (running := running_node(home)) is not None:
        query = {"as_of": day.isoformat()} if day else {}
        taken = msgspec.json.decode(running.post(f"/api/sources/{source}/editions", data, **query), type=Taken)
    else:
        assert home is not None  # noqa: S101 - one of the two was required above
        node = open_node(home)
        try:
            with progress_bar(f"Reading {file.name}") as progress:
                taken = import_list(node, source, data, as_of=day, progress=progress)
            resolve_all(node)
        finally:
            node.close()
    _tell(taken, as_json=as_json)


def _read(source: str, file: Path) -> bytes:
    if file.is_dir() and source == "uk_sanctions":
        return pack({one.name: read_file(one) for one in sorted(file.glob("*.csv"))})
    return read_file(file)


def _to_file(source: str, data: bytes, *, to: Path, day: date) -> Taken:
    """Write the file's entities as FollowTheMoney lines; the target appears whole or not at all."""
    wanted = catalogue.source(source)
    with progress_bar(f"Reading {source}") as progress:
        parsed = catalogue.parser(source)(data, progress)
    found = difference({}, parsed, wanted)
    draft = to.with_name(to.name + ".new")
    try:
        with draft.open("wb") as out:
            for entity in to_ftm(settled(parsed), wanted):
                out.write(write_line(entity))
        os.replace(draft, to)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise InvalidInput(
            f"the lines cannot be written: {error.strerror}", where=str(to), advice="Check the folder and free space"
        ) from error
    return Taken(
        source=source,
        as_of=day,
        added=len(found.added),
        changed=0,
        removed=0,
        unchanged=0,
        refused=sum(not problem.taken for problem in found.problems),
        problems=found.problems,
    )


def _tell(taken: Taken, *, as_json: bool) -> None:
    counts = {name: getattr(taken, name) for name in ("added", "changed", "removed", "refused", "unchanged")}
    if wants_json(as_json):
        print_json([counts])
    else:
        print_table(f"Taken from {taken.source}", tuple(counts), [[f"{number:,}" for number in counts.values()]])
    for problem in taken.problems[:PROBLEMS_TOLD_MAX]:
        click.echo(_problem_line(problem), err=True)
    if len(taken.problems) > PROBLEMS_TOLD_MAX:
        click.echo(f"… and {len(taken.problems) - PROBLEMS_TOLD_MAX:,} more", err=True)
    if taken.refused:
        sys.exit(1)


def _problem_line(problem: Problem) -> str:
    fate = "taken" if problem.taken else "not taken"
    return f"line {problem.line}: {problem.code}: {problem.what} ({fate})"
