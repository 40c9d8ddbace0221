# SPDX-License-Identifier: Apache-2.0
"""Resolving: letting the engine do, on a node that does not run, what a running one does by itself."""

from __future__ import annotations

import click

from highfence.app import Node
from highfence.entrypoints.cli.output import progress_bar


def resolve_all(node: Node) -> None:
    """Let the engine compare all that the node has not compared yet, with a progress bar."""
    total = node.unresolved()
    if total:
        with progress_bar("Comparing") as progress:
            while left := node.resolve_next():
                progress(total - left, total)
            progress(total, total)


def tell_unresolved(node: Node) -> None:
    """Say on stderr if the engine has not compared all yet: then some companies still stand apart."""
    left = node.unresolved()
    if left:
        what = "assertion is" if left == 1 else "assertions are"
        click.echo(
            f"{left:,} {what} not compared yet, so some companies may still stand apart: "
            "a running node compares them by itself, `highfence review` at once",
            err=True,
        )
