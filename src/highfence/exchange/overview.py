# SPDX-License-Identifier: Apache-2.0
"""Overview: the peers of a node as its operator sees them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from highfence.exchange.sync import LinkState
from highfence.model.authority import Authority, Membership
from highfence.storage import feed, peers
from highfence.storage.database import Connection


class PeerView(msgspec.Struct, frozen=True, kw_only=True):
    """A peer as an operator sees it: who it is, how far each direction has come, what is wrong.

    `out_size` entries are in its feed, `out_pushed` were pushed over the present connection, its receipt covers
    `out_received`, it refused `out_refused`; `in_size` entries of its feed are durable here.
    """

    authority: Authority
    link: LinkState
    out_size: int
    out_pushed: int
    out_received: int
    out_refused: int
    in_size: int
    quarantine: peers.Quarantine | None
    evidence: int


class Ends(msgspec.Struct, frozen=True, kw_only=True):
    """What this process knows of the connections to peers: its links, and how far it has pushed each feed.

    `elsewhere` tells that another process of the node may keep what this one does not.
    """

    me: str
    links: Mapping[str, LinkState]
    pushed: Mapping[str, int]
    elsewhere: bool


def peer_views(connection: Connection, membership: Membership, ends: Ends) -> tuple[PeerView, ...]:
    """Return all peers, sorted by code."""
    receipts = feed.receipts(connection)
    refused = feed.refusal_counts(connection)
    confined = peers.confined(connection)
    evidence = peers.evidence_counts(connection)
    idle = "elsewhere" if ends.elsewhere else "not running"
    return tuple(
        PeerView(
            authority=peer,
            link=ends.links.get(peer.code, LinkState(peer=peer.code, state=idle)),
            out_size=feed.state(connection, ends.me, peer.code).size,
            out_pushed=ends.pushed.get(peer.code, 0),
            out_received=receipts[peer.code].size if peer.code in receipts else 0,
            out_refused=refused.get(peer.code, 0),
            in_size=feed.state(connection, peer.code, ends.me).size,
            quarantine=confined.get(peer.code),
            evidence=evidence.get(peer.code, 0),
        )
        for peer in sorted(membership.authorities, key=lambda one: one.code)
        if peer.code != ends.me
    )
