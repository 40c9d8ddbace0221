# SPDX-License-Identifier: Apache-2.0
"""Writes docs/cli.md from the commands' own help. `tests/test_docs.py` fails when the file is not what this makes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from highfence.entrypoints.cli import main as highfence

TARGET = Path(__file__).parent / "cli.md"
INTRODUCTION = """\
# Commands

Made by `make docs` from the commands' own help; do not edit it by hand.

Results are JSON lines on standard output when it is piped or `--json` is given, and tables on a terminal. Progress and
logs go to standard error. Exit codes: 0 done; 1 done, but something was refused or found wrong; 2 wrong usage. Every
error is one line: what, where, what to do ([errors.md](errors.md)).

While a node runs, `publish`, `import`, `status`, `peers`, `cases`, `yard load` and what changes `denials` ask it over
its own API; `show`, `gaps`, `sources`, `determine` and `verify` read the database beside it; `membership install` and
`peers --release` want it stopped.
"""


def render() -> str:
    """Return the text of docs/cli.md."""
    parts = [INTRODUCTION]
    for path, command in commands(highfence, ("highfence",)):
        parts.append(_section(path, command))
    return "\n".join(parts)


def commands(group: click.Group, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command below `group` with the words that call it, groups before what they hold."""
    context = click.Context(group, info_name=path[-1])
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def _section(path: tuple[str, ...], command: click.Command) -> str:
    context = click.Context(command, info_name=" ".join(path))
    usage = " ".join((" ".join(path), *command.collect_usage_pieces(context)))
    lines = [f"## {' '.join(path)}", "", " ".join((command.help or "").split()), "", "```", usage, "```", ""]
    options = [one for one in command.params if isinstance(one, click.Option)]
    records = [record for one in options if (record := one.get_help_record(context)) is not None]
    if records:
        lines += ["| option | meaning |", "|---|---|"]
        lines += [f"| `{_cell(option)}` | {_cell(text)} |" for option, text in records]
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
    print(f"{TARGET.name} is written")
