# SPDX-License-Identifier: Apache-2.0
"""Ties: where links between parties were told, found by the keys of either end; derived from the journal.

Only what stands is here. What a tie says is read from its assertion.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import Connection, delete, insert, select

from highfence.storage.chunks import chunks
from highfence.storage.prepared import Prepared
from highfence.storage.tables import tie


class TieRow(msgspec.Struct, frozen=True, kw_only=True):
    """That a link in an assertion has at an end (`subject` or `object`) a party with a key."""

    assertion: str
    link: str
    end: str
    key: str
    marking: str


def add(connection: Connection, rows: Sequence[TieRow]) -> None:
    """Add ends of links."""
    if rows:
        _INSERT.change_all(connection, [msgspec.structs.asdict(row) for row in rows])


def forget(connection: Connection, assertions: Collection[str]) -> None:
    """Remove the links that superseded assertions told."""
    for part in chunks(assertions):
        connection.execute(delete(tie).where(tie.c.assertion.in_(part)))


def told_of(
    connection: Connection, keys: Collection[str], *, ends: Collection[str], markings: Collection[str]
) -> list[TieRow]:
    """Return the ends of links, at one of `ends`, with one of the keys, under the given markings."""
    visible = frozenset(markings)
    rows = [
        TieRow(**row._mapping)
        for part in chunks(keys)
        for row in connection.execute(select(tie).where(tie.c.key.in_(part), tie.c.end.in_(ends)))
    ]
    return [row for row in rows if row.marking in visible]


_INSERT = Prepared(insert(tie))
