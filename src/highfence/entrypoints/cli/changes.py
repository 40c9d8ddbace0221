# SPDX-License-Identifier: Apache-2.0
"""The command for what changed since a day: changes."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from highfence.clock import instant_text
from highfence.entrypoints.cli.files import read_file
from highfence.entrypoints.cli.output import json_option, print_json, print_table, wants_json
from highfence.entrypoints.cli.register import home_option, opened, operator
from highfence.entrypoints.moments import begin_of
from highfence.entrypoints.watching import read_watch_list
from highfence.errors import InvalidInput
from highfence.register.change import Change
from highfence.register.history import History, Scope

#: More than these of what was added or removed would fill a cell.
_VALUES_SHOWN = 4


@click.command()
@home_option
@click.option("--since", required=True, help="A day (from its beginning, UTC) or an instant.")
@click.option("--company", default="", help="Only of this company: an id, an identifier or an exact name.")
@click.option("--list", "source", default="", help="Only entries of this list, by its importer's name, such as us_csl.")
@click.option("--authority", default="", help="Only what this authority said.")
@click.option("--watch", default="", help="Only of companies in this file, one to a line, or on a list of that name.")
@click.option("--limit", default=0, help="Show at most so many; 0 for all.")
@json_option
def changes(
    home: Path, since: str, *, company: str, source: str, authority: str, watch: str, limit: int, as_json: bool
) -> None:
    """Show what changed since a day, oldest first, each change with the assertion that caused it."""
    with opened(home) as node, node.sight(operator(node)) as sight:
        listed_in, names = "", (company,) if company else ()
        if watch and not Path(watch).is_file() and watch in {one.source for one in sight.lists()}:
            listed_in = watch
        elif watch:
            names = (*names, *_watched(Path(watch)))
        scope = Scope(companies=names, listed_in=listed_in, source=source, authority=authority.lower())
        found = History(sight).changes(
            scope, instant_text(begin_of(since, where="--since")), limit=limit if limit > 0 else None
        )
    for name in found.unknown:
        click.echo(f"nothing you may see goes by {name[:80]!r}", err=True)
    if wants_json(as_json):
        print_json(found.changes)
    else:
        heads = ("at", "what", "company", "text", "added and removed", "by", "edition")
        print_table(f"Changes since {since}", heads, map(_row, found.changes))
    if found.unknown:
        sys.exit(1)


def _watched(path: Path) -> tuple[str, ...]:
    try:
        return read_watch_list(read_file(path).decode(), where=str(path))
    except UnicodeDecodeError as error:
        raise InvalidInput("the watch list is not UTF-8", where=str(path), advice="Save it as UTF-8") from error


def _row(one: Change) -> tuple[str, ...]:
    values = [*(f"+ {value}" for value in one.added), *(f"- {value}" for value in one.removed)]
    shown = "\n".join(values[:_VALUES_SHOWN])
    if one.values > _VALUES_SHOWN:
        shown += f"\nand {one.values - _VALUES_SHOWN:,} more"
    edition = f"{one.cause.source} {one.cause.edition}".strip()
    return (one.cause.at[:19] + "Z", one.what, one.caption, one.text, shown, one.cause.originator, edition)
