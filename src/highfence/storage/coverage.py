# SPDX-License-Identifier: Apache-2.0
"""Coverage: how much each authority has told that stands, by kind and marking."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from sqlalchemy import Connection, func, select

from highfence.storage.tables import journal, standing


class CoverageRow(msgspec.Struct, frozen=True, kw_only=True):
    """How many assertions of a kind an authority has told under a marking, and when the newest came (RFC 3339)."""

    originator: str
    kind: str
    marking: str
    number: int
    newest: str


def told(connection: Connection, *, markings: Collection[str]) -> list[CoverageRow]:
    """Return what stands under the given markings, by authority, kind and marking."""
    query = (
        select(
            journal.c.originator,
            journal.c.kind,
            journal.c.marking,
            func.count().label("number"),
            func.max(journal.c.received).label("newest"),
        )
        .join(standing, standing.c.id == journal.c.id)
        .where(standing.c.superseded_by == "", journal.c.kind != "withdrawal")
        .group_by(journal.c.originator, journal.c.kind, journal.c.marking)
    )
    visible = frozenset(markings)
    rows = (CoverageRow(**row._mapping) for row in connection.execute(query))
    return [row for row in rows if row.marking in visible]
