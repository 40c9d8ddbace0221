# SPDX-License-Identifier: Apache-2.0
"""Weighing: what of this node's assertions has not gone to a reader, for the day on which it may."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec
from sqlalchemy import Connection, delete, exists, insert, select, update

from highfence.storage import journal as journal_rows
from highfence.storage.chunks import chunks
from highfence.storage.journal import Stored
from highfence.storage.tables import feed_out, journal, refusal, standing, weighed, withheld

#: Reasons of a refusal that lie in the membership document and the day of the reader, and not in what was sent.
BY_DOCUMENT = (
    "not_a_member",
    "membership_expired",
    "no_agreement",
    "agreement_suspended",
    "above_ceiling",
    "not_releasable",
)


class Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """Under which membership document, on which day, all that had not gone to a reader was weighed last."""

    reader: str
    document: str
    day: str


def unsent(
    connection: Connection, reader: str, *, originator: str, markings: Collection[str], limit: int
) -> list[Stored]:
    """Return the first assertions of `originator` that stand, are under these markings and not in a reader's feed.

    What the reader refused by its own document and day counts as not there: these may have changed since. In the order
    of the journal. Withdrawals are left out: they go to who was sent what they withdraw.
    """
    if not markings:
        return []
    turned_away = exists().where(
        refusal.c.reader == feed_out.c.reader, refusal.c.seq == feed_out.c.seq, refusal.c.reason.in_(BY_DOCUMENT)
    )
    gone = exists().where(feed_out.c.reader == reader, feed_out.c.assertion == journal.c.id, ~turned_away)
    query = (
        select(journal.c.id)
        .join(standing, standing.c.id == journal.c.id)
        .where(
            journal.c.originator == originator,
            journal.c.kind != "withdrawal",
            journal.c.marking.in_(sorted(markings)),
            standing.c.superseded_by == "",
            ~gone,
        )
        .order_by(journal.c.position)
        .limit(limit)
    )
    rows = journal_rows.fetch(connection, connection.scalars(query)).values()
    return sorted(rows, key=lambda row: row.position)


def forget_withheld(connection: Connection, reader: str, assertions: Iterable[str]) -> None:
    """Remove why assertions were not in a reader's feed: they are now."""
    for part in chunks(assertions):
        connection.execute(delete(withheld).where(withheld.c.reader == reader, withheld.c.assertion.in_(part)))


def last_weighed(connection: Connection) -> dict[str, Weighed]:
    """Return when it was weighed last what had not gone to each reader."""
    return {row.reader: Weighed(**row._mapping) for row in connection.execute(select(weighed))}


def note_weighed(connection: Connection, row: Weighed) -> None:
    """Note that all that had not gone to a reader has been weighed."""
    values = msgspec.structs.asdict(row)
    if not connection.execute(update(weighed).where(weighed.c.reader == row.reader).values(values)).rowcount:
        connection.execute(insert(weighed).values(values))
