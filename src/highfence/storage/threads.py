# SPDX-License-Identifier: Apache-2.0
"""Threads: assertions of a kind, and what has replaced each, without their content."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from highfence.storage.chunks import chunks
from highfence.storage.prepared import Prepared
from highfence.storage.tables import journal, standing


class Link(NamedTuple):
    """An assertion of a thread: under which marking it stands, and what replaced it (empty while it stands)."""

    id: str
    kind: str
    marking: str
    superseded_by: str


def of_kind(connection: Connection, kind: str) -> list[Link]:
    """Return all assertions of a kind, oldest first, whoever may see them."""
    return [Link(*row) for row in _OF_KIND.rows(connection, {"kind": kind})]


def begun_by_correction(connection: Connection) -> list[Link]:
    """Return the corrections of what this node never held, oldest first, whoever may see them."""
    return [Link(*row) for row in _BEGUN_BY_CORRECTION.rows(connection, {})]


def answering(connection: Connection, ids: Iterable[str]) -> dict[str, list[Link]]:
    """Return, for each of some assertions, those that refer to it, oldest first, whoever may see them."""
    found: dict[str, list[Link]] = {one: [] for one in ids}
    for part in chunks(list(found)):
        for row in connection.execute(_ANSWERING, {"ids": part}):
            found[row.refers_to].append(Link(*tuple(row)[:-1]))
    return found


def grown(connection: Connection, position: int, kinds: Iterable[str]) -> bool:
    """Tell whether the journal has got anything of these kinds behind a position."""
    return connection.scalar(_GROWN, {"position": position, "kinds": list(kinds)}) is not None


def links(connection: Connection, ids: Iterable[str]) -> dict[str, Link]:
    """Return some assertions by id, whoever may see them."""
    found: dict[str, Link] = {}
    for part in chunks(list(ids)):
        found.update((row.id, Link(*row)) for row in connection.execute(_LINKS, {"ids": part}))
    return found


# Built once: making a statement costs several times what running it does.
_SELECT = select(
    journal.c.id, journal.c.kind, journal.c.marking, func.coalesce(standing.c.superseded_by, "").label("superseded_by")
).outerjoin(standing, standing.c.id == journal.c.id)
_OF_KIND = Prepared(_SELECT.where(journal.c.kind == bindparam("kind")).order_by(journal.c.position))
_BEFORE = journal.alias("before")
_BEGUN_BY_CORRECTION = Prepared(
    _SELECT.outerjoin(_BEFORE, _BEFORE.c.id == journal.c.refers_to)
    .where(journal.c.kind == "correction", _BEFORE.c.id.is_(None))
    .order_by(journal.c.position)
)
_LINKS = _SELECT.where(journal.c.id.in_(bindparam("ids", expanding=True)))
_GROWN = (
    select(journal.c.id)
    .where(journal.c.position > bindparam("position"), journal.c.kind.in_(bindparam("kinds", expanding=True)))
    .limit(1)
)
_ANSWERING = (
    _SELECT.add_columns(journal.c.refers_to)
    .where(journal.c.refers_to.in_(bindparam("ids", expanding=True)))
    .order_by(journal.c.position)
)
