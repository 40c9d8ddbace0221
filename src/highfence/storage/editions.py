# SPDX-License-Identifier: Apache-2.0
"""Editions: what of each published list this node has taken, entry by entry, and the log of its imports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, func, insert, select, update

from highfence.storage.tables import edition, edition_log


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a list: its key across editions, the fingerprint of its content and the assertion that tells it."""

    key: str
    fingerprint: str
    assertion: str
    removed: bool = False


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """One run of an importer: `outcome` is `taken` or `refused`, `summary` its JSON."""

    source: str
    at: str
    as_of: str
    digest: str
    outcome: str
    summary: bytes


def held(connection: Connection, source: str) -> dict[str, Entry]:
    """Return all entries ever taken from a source by key, removed ones included."""
    query = select(edition).where(edition.c.source == source)
    return {
        row.key: Entry(key=row.key, fingerprint=row.fingerprint, assertion=row.assertion, removed=row.removed)
        for row in connection.execute(query)
    }


def add(connection: Connection, source: str, entries: Sequence[Entry]) -> None:
    """Note new entries of a source."""
    if entries:
        connection.execute(insert(edition), [{"source": source, **msgspec.structs.asdict(one)} for one in entries])


def change(connection: Connection, source: str, entries: Iterable[Entry]) -> None:
    """Note that known entries of a source changed, came back or were removed."""
    rows = [{"of": one.key, "print": one.fingerprint, "told": one.assertion, "gone": one.removed} for one in entries]
    if rows:
        connection.execute(
            update(edition)
            .where(edition.c.source == source, edition.c.key == bindparam("of"))
            .values(fingerprint=bindparam("print"), assertion=bindparam("told"), removed=bindparam("gone")),
            rows,
        )


def log(connection: Connection, row: Import) -> None:
    """Note one run of an importer. Runs are numbered: a clock may stand still or be set back between two of them."""
    newest = select(func.max(edition_log.c.number)).where(edition_log.c.source == row.source)
    number = (connection.scalar(newest) or 0) + 1
    connection.execute(insert(edition_log).values(number=number, **msgspec.structs.asdict(row)))


def last_imports(connection: Connection) -> dict[str, Import]:
    """Return the newest run of each source."""
    newest = select(edition_log.c.source, func.max(edition_log.c.number).label("number")).group_by(edition_log.c.source)
    newest_rows = newest.subquery()
    query = select(*(edition_log.c[name] for name in Import.__struct_fields__)).join(
        newest_rows,
        (edition_log.c.source == newest_rows.c.source) & (edition_log.c.number == newest_rows.c.number),
    )
    return {row.source: Import(**row._mapping) for row in connection.execute(query)}


def taken(connection: Connection) -> dict[str, list[tuple[str, str]]]:
    """Return, for each source, when each edition was taken (RFC 3339) and its day (ISO), oldest first."""
    query = select(edition_log.c.source, edition_log.c.at, edition_log.c.as_of).where(edition_log.c.outcome == "taken")
    found: dict[str, list[tuple[str, str]]] = {}
    for row in connection.execute(query.order_by(edition_log.c.at, edition_log.c.number)):
        found.setdefault(row.source, []).append((row.at, row.as_of))
    return found


def counts(connection: Connection) -> dict[str, int]:
    """Return how many entries of each source stand."""
    query = (
        select(edition.c.source, func.count().label("total"))
        .where(edition.c.removed.is_(False))
        .group_by(edition.c.source)
    )
    return {row.source: row.total for row in connection.execute(query)}
