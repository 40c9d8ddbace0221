# SPDX-License-Identifier: Apache-2.0
"""Output: JSON lines for machines, tables for people, one line for errors."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from highfence.errors import HighfenceError

json_option = click.option("--json", "as_json", is_flag=True, help="JSON lines even on a terminal.")


class OneLineErrors(click.Group):
    """A command group that tells every Highfence error in one line and ends with its exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except HighfenceError as error:
            fail(error)


def fail(error: HighfenceError) -> NoReturn:
    """Print the error's one line to stderr and leave with its exit code."""
    click.echo(f"highfence: {' '.join(str(error).split())}", err=True)
    sys.exit(error.exit_code)


def wants_json(as_json: bool) -> bool:
    """Tell whether to print JSON lines: asked for, or nobody is looking."""
    return as_json or not sys.stdout.isatty()


def print_json(values: Iterable[Any]) -> None:
    """Print each value as one line of JSON."""
    for value in values:
        click.echo(msgspec.json.encode(value).decode())


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; cells are shown as they are, never as markup."""
    table = Table(title=Text(title), title_justify="left", show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on stderr while a list is read, if somebody is looking."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)
