# SPDX-License-Identifier: Apache-2.0
"""Processes: what the processes of one node tell each other through the database they share.

How far the node has come, in the few numbers by which each notices what the others have committed; which assertions are
with another company though nothing has arrived; the membership document in use; and the requests that were taken.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from highfence.storage.prepared import Prepared
from highfence.storage.tables import document, feed_state, journal, moved, nonce

_MEMBERSHIP = "membership"
_OWNER = "owner"


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """How far the node has come: the journal, each of its feeds by reader, the moves, the membership's version."""

    position: int
    sizes: Mapping[str, int]
    moves: int
    membership: int


def reached(connection: Connection, me: str) -> Reached:
    """Return how far the node of the authority `me` has come, as the connection sees it."""
    (numbers,) = _NUMBERS.rows(connection, {"name": _MEMBERSHIP})
    position, moves, version = (number or 0 for number in numbers)
    sizes: dict[str, int] = dict(_SIZES.rows(connection, {"owner": me}))
    return Reached(position=position, sizes=sizes, moves=moves, membership=version)


def note_moved(connection: Connection, assertions: Collection[str]) -> None:
    """Note that these assertions are with another company now, though nothing has arrived."""
    if assertions:
        behind = connection.scalar(select(func.max(moved.c.number))) or 0
        rows = [{"number": number, "assertion": one} for number, one in enumerate(sorted(assertions), behind + 1)]
        connection.execute(insert(moved), rows)


def moved_after(connection: Connection, number: int) -> set[str]:
    """Return the assertions that were noted as moved behind a number."""
    return set(connection.scalars(select(moved.c.assertion).where(moved.c.number > number)))


def save_membership(connection: Connection, version: int, envelope: bytes) -> None:
    """Keep the membership document in use, unless a newer one is kept already."""
    held = connection.scalar(select(document.c.version).where(document.c.name == _MEMBERSHIP))
    values = {"version": version, "envelope": envelope}
    if held is None:
        connection.execute(insert(document).values(name=_MEMBERSHIP, **values))
    elif held < version:
        connection.execute(update(document).where(document.c.name == _MEMBERSHIP).values(**values))


def membership(connection: Connection) -> tuple[int, bytes] | None:
    """Return version and envelope of the membership document that is kept; None if there is none."""
    row = connection.execute(
        select(document.c.version, document.c.envelope).where(document.c.name == _MEMBERSHIP)
    ).first()
    return None if row is None else (row.version, row.envelope)


def claim(connection: Connection, owner: str) -> str:
    """Note whose database this is, unless that is noted; return the authority whose it is."""
    held = connection.scalar(select(document.c.envelope).where(document.c.name == _OWNER))
    if held is not None:
        return str(held.decode())
    connection.execute(insert(document).values(name=_OWNER, version=1, envelope=owner.encode()))
    return owner


def first_time(connection: Connection, value: str, *, at: int, forget: int) -> bool:
    """Note the nonce of a request taken at a Unix time; False if it was there. What is older than `forget` goes."""
    connection.execute(delete(nonce).where(nonce.c.at < forget))
    if connection.scalar(select(nonce.c.at).where(nonce.c.nonce == value)) is not None:
        return False
    connection.execute(insert(nonce).values(nonce=value, at=at))
    return True


_NUMBERS = Prepared(
    select(
        select(func.max(journal.c.position)).scalar_subquery(),
        select(func.max(moved.c.number)).scalar_subquery(),
        select(document.c.version).where(document.c.name == bindparam("name")).scalar_subquery(),
    )
)
_SIZES = Prepared(select(feed_state.c.reader, feed_state.c.size).where(feed_state.c.owner == bindparam("owner")))
