# SPDX-License-Identifier: Apache-2.0
"""Peers: who is in quarantine and why, with the evidence kept as it came."""

from __future__ import annotations

import hashlib

import msgspec
from sqlalchemy import Connection, delete, func, insert, select

from highfence.storage.tables import evidence, quarantine

#: A peer that sends rubbish all day must not fill the disk: proofs are few, so what comes after these is not kept.
_EVIDENCE_PER_PEER_MAX = 200
_EVIDENCE_BYTES_MAX = 8 << 20


class Quarantine(msgspec.Struct, frozen=True, kw_only=True):
    """A peer nothing is taken from until a person has looked: since when and for what."""

    peer: str
    since: str
    reason: str
    text: str


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Something that should not have been sent; `body` holds the bytes as they came."""

    peer: str
    at: str
    reason: str
    text: str
    body: bytes


def keep_evidence(connection: Connection, item: Evidence) -> str:
    """Keep a piece of evidence and return its id; the same bytes for the same reason are kept once.

    Of one peer at most 200 pieces are kept, each cut at 8 MiB.
    """
    item = msgspec.structs.replace(item, body=item.body[:_EVIDENCE_BYTES_MAX])
    name = hashlib.sha256(b"%b\n%b\n%b" % (item.peer.encode(), item.reason.encode(), item.body)).hexdigest()
    there = set(connection.scalars(select(evidence.c.id).where(evidence.c.peer == item.peer)))
    if name not in there and len(there) < _EVIDENCE_PER_PEER_MAX:
        connection.execute(insert(evidence).values(id=name, **msgspec.structs.asdict(item)))
    return name


def evidence_of(connection: Connection, peer: str) -> list[Evidence]:
    """Return the evidence kept against a peer, oldest first."""
    query = select(evidence).where(evidence.c.peer == peer).order_by(evidence.c.at)
    return [
        Evidence(peer=row.peer, at=row.at, reason=row.reason, text=row.text, body=row.body)
        for row in connection.execute(query)
    ]


def evidence_counts(connection: Connection) -> dict[str, int]:
    """Return how many pieces of evidence are kept against each peer, without reading them."""
    query = select(evidence.c.peer, func.count()).group_by(evidence.c.peer)
    return {peer: number for peer, number in connection.execute(query)}  # noqa: C416 - rows are no pairs to `dict`


def confine(connection: Connection, row: Quarantine) -> None:
    """Put a peer into quarantine; the first reason stays."""
    if connection.execute(select(quarantine.c.peer).where(quarantine.c.peer == row.peer)).first() is None:
        connection.execute(insert(quarantine).values(**msgspec.structs.asdict(row)))


def release(connection: Connection, peer: str) -> bool:
    """Take a peer out of quarantine; True if it was in."""
    return connection.execute(delete(quarantine).where(quarantine.c.peer == peer)).rowcount > 0


def confined(connection: Connection) -> dict[str, Quarantine]:
    """Return all peers in quarantine."""
    return {row.peer: Quarantine(**row._mapping) for row in connection.execute(select(quarantine))}
