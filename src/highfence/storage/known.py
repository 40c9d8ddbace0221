# SPDX-License-Identifier: Apache-2.0
"""Known: which own assertions a peer was never sent, and of which companies only others have spoken."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, case, select

from highfence.storage.tables import feed_out, journal, listing, standing


class Telling(NamedTuple):
    """That an authority said something of a kind of a company, as it is stored; a corrected listing is a listing."""

    id: str
    company: str
    originator: str
    kind: str
    position: int


def not_sent(
    connection: Connection, way: tuple[str, str], *, markings: Collection[str], kinds: Sequence[str], limit: int
) -> list[str]:
    """Return up to `limit` standing assertions of an authority, under these markings, that are not in its feed.

    `way` holds the authority and the peer whom the feed is for. In the order of `kinds` (a correction, whose kind is
    that of what it corrects, third) and the newest of each first.
    """
    me, peer = way
    ranks = {kind: rank for rank, kind in enumerate((*kinds[:2], "correction", *kinds[2:]))}
    sent = select(feed_out.c.assertion).where(feed_out.c.reader == peer, feed_out.c.assertion == standing.c.id)
    query = (
        select(standing.c.id)
        .join(journal, journal.c.id == standing.c.id)
        .where(
            standing.c.originator == me,
            standing.c.superseded_by == "",
            standing.c.marking.in_(markings),
            journal.c.kind.in_(ranks),
            ~sent.exists(),
        )
        .order_by(case(ranks, value=journal.c.kind), journal.c.position.desc())
        .limit(limit)
    )
    return list(connection.scalars(query))


def untold_here(
    connection: Connection, me: str, *, kinds: Sequence[str], markings: Collection[str], apart: Collection[str]
) -> list[Telling]:
    """Return what others said, of these kinds or corrected, of companies of which `me` has said nothing that stands.

    Only what is under the given markings counts on either side. Companies in `apart` are left out: to the reader they
    look otherwise than they are stored.
    """
    own = standing.alias("own")
    spoken = select(own.c.id).where(
        own.c.company == standing.c.company,
        own.c.originator == me,
        own.c.superseded_by == "",
        own.c.marking.in_(markings),
    )
    query = (
        select(
            standing.c.id,
            standing.c.company,
            standing.c.originator,
            case((listing.c.assertion.is_not(None), "listing"), else_=journal.c.kind),
            journal.c.position,
        )
        .join(journal, journal.c.id == standing.c.id)
        .outerjoin(listing, listing.c.assertion == standing.c.id)
        .where(
            standing.c.originator != me,
            standing.c.superseded_by == "",
            standing.c.marking.in_(markings),
            journal.c.kind.in_((*kinds, "correction")),
            ~spoken.exists(),
        )
    )
    left_out = frozenset(apart)
    return [Telling(*row) for row in connection.execute(query) if row.company not in left_out]
