# SPDX-License-Identifier: Apache-2.0
"""The command line: the contract that scripts and people rely on.

Results are JSON lines on stdout when piped or with `--json`, tables on a terminal; progress and logs go to stderr. Exit
codes: 0 done; 1 done, but something was refused or found wrong; 2 wrong usage. Every error is one line: what, where,
what to do. The command line never writes to a home while its node runs: it asks the node to.

>>> sorted(main.commands)[:4]
['demo', 'gaps', 'import', 'init']
"""

from __future__ import annotations

import click

from highfence import __version__
from highfence.entrypoints.cli.demo.command import demo
from highfence.entrypoints.cli.lists import import_, sources
from highfence.entrypoints.cli.logs import configure
from highfence.entrypoints.cli.membership import membership
from highfence.entrypoints.cli.node import init, officer, serve, verify
from highfence.entrypoints.cli.output import OneLineErrors
from highfence.entrypoints.cli.register import gaps, publish, show, status


@click.group(cls=OneLineErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="highfence")
def main() -> None:
    """Tell allied authorities, in real time, what you know about companies of security concern."""
    configure()


for command in (
    demo,
    gaps,
    import_,
    init,
    membership,
    officer,
    publish,
    serve,
    show,
    sources,
    status,
    verify,
):
    main.add_command(command)
