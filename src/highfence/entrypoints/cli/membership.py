# SPDX-License-Identifier: Apache-2.0
"""Commands for the membership document: draft the first, read, sign, combine, check and install any."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from highfence.app import open_node
from highfence.ceremony import combine_membership, draft_membership, read_agreements, sign_membership
from highfence.clock import SystemClock
from highfence.entrypoints.cli.files import read_file
from highfence.entrypoints.cli.output import json_option, print_json, wants_json
from highfence.entrypoints.cli.proposing import new_key, propose
from highfence.entrypoints.cli.running import running_node
from highfence.exchange.differences import differences
from highfence.exchange.documents import MembershipState
from highfence.exchange.envelope import open_envelope
from highfence.exchange.membership import believe_membership, membership_id, read_membership, signatures_on
from highfence.home import Home, write_private
from highfence.model.authority import Membership

_FILE = click.Path(path_type=Path, dir_okay=False)
_HOME = click.Path(path_type=Path, file_okay=False)


@click.group()
def membership() -> None:
    """The signed document that says who the authorities are."""


membership.add_command(propose)
membership.add_command(new_key)


@membership.command()
@click.argument("out", type=_FILE)
@click.option("--entry", "entries", type=_FILE, multiple=True, required=True, help="An authority.json; one for each.")
@click.option("--agreements", type=_FILE, help="A JSON list of agreements.")
@click.option(
    "--threshold", type=click.IntRange(min=1), default=None, help="How many must sign; more than half if not given."
)
@click.option("--version", "number", type=int, default=1, show_default=True)
def draft(out: Path, *, entries: tuple[Path, ...], agreements: Path | None, threshold: int | None, number: int) -> None:
    """Write the first document, unsigned, over the authorities' entries to OUT."""
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
@click.option("--against", type=_FILE, help="The document in use; without it, all that DOCUMENT says is shown.")
@json_option
def show(document: Path, *, against: Path | None, as_json: bool) -> None:
    """Say in plain words what DOCUMENT changes."""
    envelope = read_file(document)
    told = differences(_read(against), read_membership(open_envelope(envelope)))
    if wants_json(as_json):
        print_json([{"id": membership_id(envelope), "differences": told}])
        return
    click.echo(f"Document {membership_id(envelope)}")
    for sentence in told:
        click.echo(f"- {sentence}")


@membership.command()
@click.argument("document", type=_FILE)
@click.option("--home", type=_HOME, required=True)
@click.option("--out", type=_FILE, help="Write the signed copy here, and leave DOCUMENT as it is.")
@click.option("--instead", is_flag=True, help="Sign although another document of that version was signed here.")
def sign(document: Path, *, home: Path, out: Path | None, instead: bool) -> None:
    """Say what DOCUMENT changes in HOME and add the signature of HOME's authority."""
    envelope = read_file(document)
    in_use = Home(home).membership
    for sentence in differences(_read(in_use if in_use.exists() else None), read_membership(open_envelope(envelope))):
        click.echo(f"- {sentence}", err=True)
    write_private(out or document, sign_membership(envelope, home, instead=instead).decode())


@membership.command()
@click.argument("out", type=_FILE)
@click.argument("copies", type=_FILE, nargs=-1, required=True)
def combine(out: Path, *, copies: tuple[Path, ...]) -> None:
    """Put the signatures of all COPIES of one document together in OUT."""
    write_private(out, combine_membership([read_file(one) for one in copies]).decode())


@membership.command()
@click.argument("document", type=_FILE)
@click.option("--against", type=_FILE, help="The document in use; without it DOCUMENT is taken for a first one.")
@json_option
def check(document: Path, *, against: Path | None, as_json: bool) -> None:
    """Tell who has signed DOCUMENT and whether a node would believe it now."""
    envelope = read_file(document)
    trusted = _read(against)
    found = read_membership(open_envelope(envelope))
    tally = signatures_on(open_envelope(envelope), trusted or found)
    if wants_json(as_json):
        print_json([{"id": membership_id(envelope), "version": found.version, **msgspec.structs.asdict(tally)}])
    else:
        click.echo(f"Document {membership_id(envelope)}, version {found.version}: {tally.text}")
    named = membership_id(read_file(against)) if against else ""
    believe_membership(envelope, trusted=trusted, now=SystemClock().now(), trusted_id=named)
    if not wants_json(as_json):
        click.echo("It would be believed.")


@membership.command()
@click.argument("document", type=_FILE)
@click.option("--home", type=_HOME, required=True)
@json_option
def install(document: Path, *, home: Path, as_json: bool) -> None:
    """Believe DOCUMENT, if enough authorities signed it, and use it in HOME from now on, also in a running node."""
    envelope = read_file(document)
    running = running_node(home)
    if running is not None:
        answer = running.post("/api/membership", envelope)
        state = msgspec.json.decode(answer, type=MembershipState)
    else:
        node = open_node(home)
        try:
            node.install_membership(envelope)
            state = node.charter.state()
        finally:
            node.close()
    _tell(state, as_json=as_json)


@membership.command()
@click.option("--home", type=_HOME, required=True)
@json_option
def state(home: Path, *, as_json: bool) -> None:
    """Tell which document HOME goes by and how long it is good; a warning from 24 hours before its end."""
    running = running_node(home)
    if running is not None:
        found = msgspec.json.decode(running.get("/api/membership/state"), type=MembershipState)
    else:
        node = open_node(home, read_only=True)
        try:
            found = node.charter.state()
        finally:
            node.close()
    _tell(found, as_json=as_json)


def _tell(state: MembershipState, *, as_json: bool) -> None:
    if wants_json(as_json):
        print_json([state])
    else:
        click.echo(f"Version {state.version} with {len(state.authorities)} authorities, good until {state.expires}")
        click.echo(f"Document {state.id}")
        if state.forks:
            click.echo(f"{state.forks} documents that stand against one in use are kept as evidence")
    if state.state in ("expiring", "expired"):
        click.echo(f"highfence: warning: {state.text}", err=True)


def _read(path: Path | None) -> Membership | None:
    return None if path is None else read_membership(open_envelope(read_file(path)))
