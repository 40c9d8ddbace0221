# SPDX-License-Identifier: Apache-2.0
"""Commands for the membership document: draft it, sign it in turn, install it."""

from __future__ import annotations

from pathlib import Path

import click

from highfence.app import open_node
from highfence.ceremony import draft_membership, read_agreements, sign_membership
from highfence.clock import SystemClock
from highfence.entrypoints.cli.files import read_file
from highfence.entrypoints.cli.output import json_option, print_json, wants_json
from highfence.exchange.envelope import open_envelope
from highfence.exchange.membership import read_membership
from highfence.home import write_private

_FILE = click.Path(path_type=Path, dir_okay=False)
_HOME = click.Path(path_type=Path, file_okay=False)


@click.group()
def membership() -> None:
    """The signed document that says who the authorities are."""


@membership.command()
@click.argument("out", type=_FILE)
@click.option("--entry", "entries", type=_FILE, multiple=True, required=True, help="An authority.json; one for each.")
@click.option("--agreements", type=_FILE, help="A JSON list of agreements.")
@click.option(
    "--threshold", type=click.IntRange(min=1), default=None, help="How many must sign; more than half if not given."
)
@click.option("--version", "number", type=int, default=1, show_default=True)
def draft(out: Path, *, entries: tuple[Path, ...], agreements: Path | None, threshold: int | None, number: int) -> None:
    """Write an unsigned document over the authorities' entries to OUT."""
    envelope = draft_membership(
        entries,
        agreements=read_agreements(agreements) if agreements else (),
        issued=SystemClock().now(),
        threshold=threshold or len(entries) // 2 + 1,
        version=number,
    )
    # What contradicts itself is told here, before it goes round to be signed.
    read_membership(open_envelope(envelope))
    write_private(out, envelope.decode())


@membership.command()
@click.argument("document", type=_FILE)
@click.option("--home", type=_HOME, required=True)
def sign(document: Path, home: Path) -> None:
    """Add the signature of HOME's authority to DOCUMENT."""
    write_private(document, sign_membership(read_file(document), home).decode())


@membership.command()
@click.argument("document", type=_FILE)
@click.option("--home", type=_HOME, required=True)
@json_option
def install(document: Path, *, home: Path, as_json: bool) -> None:
    """Believe DOCUMENT, if enough authorities signed it, and use it in HOME from now on."""
    node = open_node(home)
    try:
        found = node.install_membership(read_file(document))
    finally:
        node.close()
    if wants_json(as_json):
        print_json([{"version": found.version, "expires": found.expires, "authorities": found.codes()}])
    else:
        click.echo(f"Version {found.version} with {len(found.authorities)} authorities, good until {found.expires}")
