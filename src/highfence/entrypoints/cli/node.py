# SPDX-License-Identifier: Apache-2.0
"""Commands for a node's operator: init, officer, serve, verify."""

from __future__ import annotations

import asyncio
import gc
import secrets
import sys
from pathlib import Path

import click
import msgspec

from highfence.app import open_node
from highfence.ceremony import NewAuthority, init_home
from highfence.entrypoints.cli.output import json_option, print_json, print_table, wants_json
from highfence.entrypoints.identity import OPERATOR, POWERS, Officer, add_officer, first_officer, hash_code
from highfence.errors import InvalidInput, SettingsWrong
from highfence.home import Home
from highfence.model.authority import ROLES
from highfence.model.marking import CLASSIFICATIONS, PURPOSES
from highfence.settings import load
from highfence.storage.opening import make_database

_HOME = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("home", type=_HOME)
@click.option("--authority", required=True, help="The authority's code, such as us or nl.")
@click.option("--name", default="", help="Its name, as people write it.")
@click.option("--country", default="", help="ISO code of its country; eu for the Union.")
@click.option("--role", type=click.Choice(ROLES), default="member", show_default=True)
@click.option("--group", "groups", multiple=True, help="A group it belongs to; may be given several times.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the node listens.")
@click.option("--port", default=8321, show_default=True)
@click.option("--endpoint", default="", help="The address at which peers reach it, if another.")
@click.option("--ceiling", type=click.Choice(CLASSIFICATIONS), default="RESTRICTED", show_default=True)
@click.option("--no-screening-law", is_flag=True, help="The authority has no investment-screening law.")
@click.option("--contact", default="", help="The desk that peers ask.")
@click.option("--database", default="", help="URL of a PostgreSQL database; SQLite in HOME if not given.")
@json_option
def init(home: Path, *, authority: str, no_screening_law: bool, as_json: bool, **options: object) -> None:
    """Make the keys, database and settings of a node in HOME."""
    new = msgspec.convert(
        {
            **options,
            "code": authority,
            "name": options["name"] or authority.upper(),
            "country": options["country"] or authority,
            "screening_law": not no_screening_law,
        },
        NewAuthority,
    )

    def before_key() -> None:
        first_officer(Home(home), clearance=new.ceiling)
        make_database(Home(home).database, new.database, new.code)

    entry = init_home(home, new, before_key=before_key)
    open_node(home).close()
    values = {
        "home": str(home),
        "authority": entry.code,
        "key": entry.keys[0].id,
        "entry": str(Home(home).authority),
        "access_code_file": str(Home(home).access_code),
    }
    if wants_json(as_json):
        print_json([values])
    else:
        print_table("A node's home is made", ("what", "value"), list(values.items()))


@click.command()
@click.argument("home", type=_HOME)
@click.argument("name")
@click.option("--clearance", type=click.Choice(CLASSIFICATIONS), default="PUBLIC", show_default=True)
@click.option("--purpose", "purposes", type=click.Choice(PURPOSES), multiple=True)
@click.option("--power", "powers", type=click.Choice(POWERS), multiple=True, default=("read",), show_default=True)
@json_option
def officer(
    home: Path, name: str, *, clearance: str, purposes: tuple[str, ...], powers: tuple[str, ...], as_json: bool
) -> None:
    """Let NAME use the node in HOME, and print their access code once. A running node takes it up when restarted.

    An officer of that name who is there already gets a new code, and the old one ends.
    """
    load(home)
    if name == OPERATOR or not name.strip():
        raise InvalidInput(
            f"an officer cannot be called {name!r}",
            where="NAME",
            advice="Choose another name; the operator's code is in HOME/access-code",
        )
    code = secrets.token_urlsafe(24)
    add_officer(
        Home(home),
        Officer(name=name, code_hash=hash_code(code), clearance=clearance, purposes=purposes, powers=powers),
    )
    if wants_json(as_json):
        print_json([{"officer": name, "access_code": code}])
    else:
        click.echo(code)


@click.command()
@click.argument("home", type=_HOME)
@click.option("--host", default=None, help="Listen here instead of where the settings say.")
@click.option("--port", default=None, type=int)
@click.option("--database", default="", help="URL of a PostgreSQL database instead of what the settings say.")
@click.option("--stop-with-parent", is_flag=True, help="End when standard input is closed.")
def serve(home: Path, *, host: str | None, port: int | None, database: str, stop_with_parent: bool) -> None:
    """Run the node in HOME: API, pages and exchange, until SIGINT or SIGTERM."""
    import uvloop

    from highfence.entrypoints.fanout import require_library
    from highfence.entrypoints.server import serve as run

    node = open_node(home, sharing=True, database=database)
    try:
        if node.membership.authority(node.code) is None:
            raise SettingsWrong(
                "the node has no membership document that names it",
                where=str(Home(home).membership),
                advice="Install one with `highfence membership install`",
            )
        if node.shared and node.settings.nats:
            require_library()
        where = (host or node.settings.host, port or node.settings.port)
        # Writer and event loop hand work to each other all the time: 5 ms to get the interpreter's lock, the default,
        # would be most of the time that an assertion takes from one authority to the next.
        sys.setswitchinterval(0.0002)
        # What is loaded stays: the collector need not walk it again and again.
        gc.collect()
        gc.freeze()
        node.announce(f"http://{f'[{where[0]}]' if ':' in where[0] else where[0]}:{where[1]}")
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run(node, host=where[0], port=where[1], stop_with_parent=stop_with_parent))
    finally:
        node.close()


@click.command()
@click.argument("home", type=_HOME)
@click.option("--all", "everything", is_flag=True, help="Report up to 100 differences, not the first alone.")
@click.option("--database", default="", help="URL of a PostgreSQL database instead of what the settings say.")
@json_option
def verify(home: Path, *, everything: bool, database: str, as_json: bool) -> None:
    """Recompute journal, feeds, heads, receipts and signatures of HOME and report the first difference."""
    node = open_node(home, read_only=True, database=database)
    try:
        verified = node.verify(differences_max=100 if everything else 1)
    finally:
        node.close()
    if wants_json(as_json):
        print_json([verified])
    else:
        counts = [
            (name.replace("_", " "), f"{getattr(verified, name):,}")
            for name in ("assertions", "entries_out", "entries_in", "heads", "receipts")
        ]
        print_table(f"Verified {home}", ("recomputed", "number"), counts)
        for one in verified.differences:
            click.echo(f"difference: {one.where}: {one.what}")
        if not verified.differences:
            click.echo("Everything fits.")
    if verified.differences:
        sys.exit(1)
