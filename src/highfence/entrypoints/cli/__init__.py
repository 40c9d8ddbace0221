# SPDX-License-Identifier: Apache-2.0
"""The command line: the contract that scripts and people rely on.

Results are JSON lines on stdout when piped or with `--json`, tables on a terminal; progress and logs go to stderr. Exit
codes: 0 done; 1 done, but something was refused or found wrong; 2 wrong usage. Every error is one line: what, where,
what to do. The command line never writes to a home while its node runs: it asks the node to.

>>> sorted(COMMANDS)[:4]
['alignment', 'cases', 'changes', 'demo']
"""

from __future__ import annotations

import click

from highfence import __version__
from highfence.entrypoints.cli.logs import configure
from highfence.entrypoints.cli.output import Commands

#: Where each command lives: read when it is asked for, so that a small one does not wait for the libraries of all.
COMMANDS = {
    "alignment": "highfence.entrypoints.cli.alignment:alignment",
    "cases": "highfence.entrypoints.cli.cases:cases",
    "changes": "highfence.entrypoints.cli.changes:changes",
    "demo": "highfence.entrypoints.cli.demo.command:demo",
    "denials": "highfence.entrypoints.cli.denials:denials",
    "determine": "highfence.entrypoints.cli.determine:determine",
    "gaps": "highfence.entrypoints.cli.register:gaps",
    "import": "highfence.entrypoints.cli.lists:import_",
    "init": "highfence.entrypoints.cli.node:init",
    "judge": "highfence.entrypoints.cli.review:judge",
    "knowledge": "highfence.entrypoints.cli.knowledge:knowledge",
    "match": "highfence.entrypoints.cli.match:match",
    "membership": "highfence.entrypoints.cli.membership:membership",
    "officer": "highfence.entrypoints.cli.node:officer",
    "ownership": "highfence.entrypoints.cli.ownership:ownership",
    "peers": "highfence.entrypoints.cli.peers:peers",
    "publish": "highfence.entrypoints.cli.register:publish",
    "resolve": "highfence.entrypoints.cli.resolve:resolve_",
    "review": "highfence.entrypoints.cli.review:review",
    "screen": "highfence.entrypoints.cli.screen:screen",
    "serve": "highfence.entrypoints.cli.node:serve",
    "show": "highfence.entrypoints.cli.register:show",
    "sources": "highfence.entrypoints.cli.lists:sources",
    "status": "highfence.entrypoints.cli.register:status",
    "verify": "highfence.entrypoints.cli.node:verify",
    "yard": "highfence.entrypoints.cli.yard:yard",
}


@click.group(cls=Commands, places=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="highfence")
def main() -> None:
    """Tell allied authorities, in real time, what you know about companies of security concern."""
    configure()
