# SPDX-License-Identifier: Apache-2.0
"""Output: JSON lines for machines, tables for people, one line for errors."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any, NoReturn

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from highfence.errors import HighfenceError, InvalidInput

json_option = click.option("--json", "as_json", is_flag=True, help="JSON lines even on a terminal.")


class Commands(click.Group):
    """A command group that reads a command when it is asked for, and tells every error in one line.

    `places` maps each command's name to `module:attribute`.
    """

    def __init__(self, *args: Any, places: Mapping[str, str], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands."""
        return sorted(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command, or None if there is none of that name."""
        if cmd_name not in self._places:
            return None
        module, _, attribute = self._places[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def make_context(self, *args: Any, **settings: Any) -> click.Context:
        """Read the words before the command's name."""
        with _errors_told():
            return super().make_context(*args, **settings)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error ends the process with its exit code."""
        with _errors_told():
            return super().invoke(ctx)


def fail(error: HighfenceError) -> NoReturn:
    """Print the error's one line to stderr and leave with its exit code."""
    click.echo(f"highfence: {' '.join(str(error).split())}", err=True)
    sys.exit(error.exit_code)


@contextmanager
def _errors_told() -> Iterator[None]:
    try:
        yield
    except HighfenceError as error:
        fail(error)
    except click.exceptions.NoArgsIsHelpError:
        raise  # not an error to a person: the help is what is shown
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "highfence"
        fail(InvalidInput(error.format_message().rstrip("."), where=path, advice=f"See `{path} --help`"))
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise  # whoever read the output has enough; click ends quietly
        fail(
            HighfenceError(
                f"the system refused: {error.strerror or error}",
                where=str(error.filename or ""),
                advice="Check the name, its rights and free space",
            )
        )


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
