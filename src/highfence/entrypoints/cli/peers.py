# SPDX-License-Identifier: Apache-2.0
"""The command for an operator's view of the peers, and for letting one out of quarantine."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from highfence.app import open_node
from highfence.entrypoints.cli.output import json_option, print_json, print_table, wants_json
from highfence.entrypoints.cli.running import running_node
from highfence.errors import NotFound
from highfence.exchange.overview import PeerView


@click.command()
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), required=True, help="The node's home.")
@click.option(
    "--release", metavar="PEER", help="Take PEER out of quarantine; its evidence is kept. Stop the node first."
)
@json_option
def peers(home: Path, *, release: str | None, as_json: bool) -> None:
    """Show each peer: how far both feeds have come, what it refused, and whether it is in quarantine."""
    if release is not None:
        _release(home, release)
    running = running_node(home)
    if running is not None:
        views = msgspec.json.decode(running.get("/api/peers"), type=tuple[PeerView, ...])
    else:
        node = open_node(home, read_only=True)
        try:
            views = node.peer_views()
        finally:
            node.close()
    if wants_json(as_json):
        print_json(views)
        return
    print_table(
        "Peers",
        ("peer", "link", "to it", "receipted", "refused", "from it", "quarantine"),
        [
            (
                view.authority.code,
                view.link.state,
                f"{view.out_size:,}",
                f"{view.out_received:,}",
                f"{view.out_refused:,}",
                f"{view.in_size:,}",
                f"{view.quarantine.reason}: {view.quarantine.text}" if view.quarantine else "",
            )
            for view in views
        ],
    )


def _release(home: Path, peer: str) -> None:
    node = open_node(home)
    try:
        released = node.release_peer(peer)
    finally:
        node.close()
    if not released:
        raise NotFound(f"{peer[:32]!r} is not in quarantine", where="--release", advice="See `highfence peers`")
