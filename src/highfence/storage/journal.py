# SPDX-License-Identifier: Apache-2.0
"""Journal: every envelope this node believed, in the order it did, each row chained to the one before.

Rows are written once. What becomes of an assertion later (superseded, joined to another company) stands in `standing`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import BindParameter, Connection, Select, and_, bindparam, func, insert, or_, select, update

from highfence.storage.chunks import FEW, chunks
from highfence.storage.prepared import Prepared
from highfence.storage.tables import journal, marking, standing

#: The chain value before the first row.
CHAIN_START = hashlib.sha256(b"highfence-journal-v1").digest()

#: Stands in the place of what replaced an assertion: the key that signed it was stolen by then, so nothing did.
UNTRUSTED = "untrusted_key"


class JournalRow(msgspec.Struct, frozen=True, kw_only=True):
    """An envelope and what is needed to find it again; `marking` is the marking's JSON, `received` RFC 3339."""

    id: str
    originator: str
    kind: str
    subject: str
    refers_to: str
    marking: bytes
    received: str
    envelope: bytes

    @property
    def marking_id(self) -> str:
        """The id under which the marking is kept: who may see it depends on the originator, so that is part of it."""
        return marking_id(self.originator, self.marking)


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A journal row as read back, with its place, its chain value and what superseded it (or empty)."""

    position: int
    id: str
    originator: str
    kind: str
    subject: str
    refers_to: str
    marking: str
    received: str
    envelope: bytes
    chain: bytes
    superseded_by: str = ""


class Brief(msgspec.Struct, frozen=True, kw_only=True):
    """Who said something of which kind about which entity, without its content."""

    id: str
    originator: str
    kind: str
    subject: str


def append(connection: Connection, rows: Sequence[JournalRow]) -> int:
    """Add rows at the end, in order, and return the position behind which they stand.

    The caller has made sure that no id is there already.
    """
    behind, chain = tail(connection)
    if not rows:
        return behind
    position = behind
    entries = []
    bodies = {}
    for row in rows:
        position += 1
        chain = chained(chain, row.id, row.envelope)
        name = row.marking_id
        bodies[name] = (row.originator, row.marking)
        entries.append(
            {
                "position": position,
                "id": row.id,
                "originator": row.originator,
                "kind": row.kind,
                "subject": row.subject,
                "refers_to": row.refers_to,
                "marking": name,
                "received": row.received,
                "envelope": row.envelope,
                "chain": chain,
            }
        )
    known = {name for name in bodies if _MARKING_KNOWN.rows(connection, {"id": name})}
    fresh = [
        {"id": name, "originator": originator, "body": body}
        for name, (originator, body) in bodies.items()
        if name not in known
    ]
    if fresh:
        connection.execute(insert(marking), fresh)
    _INSERT.change_all(connection, entries)
    return behind


def tail(connection: Connection) -> tuple[int, bytes]:
    """Return the last position (0 when empty) and its chain value."""
    rows = _TAIL.rows(connection, {})
    return (rows[0][0], rows[0][1]) if rows else (0, CHAIN_START)


def chained(previous: bytes, assertion: str, envelope: bytes) -> bytes:
    """Return the chain value of a row: SHA-256 over the value before it, the id and the envelope's hash."""
    return hashlib.sha256(previous + bytes.fromhex(assertion) + hashlib.sha256(envelope).digest()).digest()


def briefs(connection: Connection, ids: Iterable[str]) -> dict[str, Brief]:
    """Return what the journal holds of the given ids; ids it does not hold are left out."""
    wanted = list(ids)
    if len(wanted) <= FEW:
        rows = [row for name in wanted for row in _BRIEF.rows(connection, {"id": name})]
    else:
        rows = [tuple(row) for part in chunks(wanted) for row in connection.execute(_BRIEFS, {"ids": part})]
    return {row[0]: Brief(**dict(zip(Brief.__struct_fields__, row, strict=True))) for row in rows}


def fetch(connection: Connection, ids: Iterable[str]) -> dict[str, Stored]:
    """Return the rows of the given ids with their envelopes; ids the journal does not hold are left out."""
    wanted = list(ids)
    if len(wanted) <= FEW:
        few = (_stored(row) for name in wanted for row in _FETCH_ONE.rows(connection, {"id": name}))
        return {row.id: row for row in few}
    rows = (_stored(tuple(row)) for part in chunks(wanted) for row in connection.execute(_FETCH, {"ids": part}))
    return {row.id: row for row in rows}


def of_company(connection: Connection, company: str) -> list[Stored]:
    """Return all that is held about a company, oldest first, superseded assertions included."""
    return [_stored(row) for row in _OF_COMPANY.rows(connection, {"company": company})]


def of_companies(connection: Connection, companies: Iterable[str]) -> dict[str, list[Stored]]:
    """Return all that is held about each of some companies, oldest first, superseded assertions included."""
    found: dict[str, list[Stored]] = {company: [] for company in companies}
    for part in chunks(list(found)):
        for row in connection.execute(_OF_COMPANIES, {"companies": part}):
            found[row.company].append(_stored(tuple(row)[:-1]))
    return found


def since(
    connection: Connection,
    instant: str,
    *,
    markings: Iterable[str],
    originator: str = "",
    after: tuple[str, int] = ("", 0),
) -> list[Stored]:
    """Return the next thousand rows taken after an instant, oldest first, behind `after` (an instant and a position).

    Only those under the given markings and, if one is named, of an originator.
    """
    moment, position = max((instant, _LAST), after)
    values = {"ids": list(markings), "instant": moment, "position": position}
    if originator:
        return [_stored(tuple(row)) for row in connection.execute(_SINCE_OF, {**values, "originator": originator})]
    return [_stored(tuple(row)) for row in connection.execute(_SINCE, values)]


def replaced_after(connection: Connection, instant: str) -> list[Stored]:
    """Return the rows that were there at an instant and have been corrected or withdrawn after it, in order."""
    return [_stored(tuple(row)) for row in connection.execute(_REPLACED_AFTER, {"instant": instant})]


def received(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Return when each of the given assertions was taken (RFC 3339)."""
    found: dict[str, str] = {}
    for part in chunks(ids):
        found.update((row.id, row.received) for row in connection.execute(_RECEIVED, {"ids": part}))
    return found


def companies_told(connection: Connection, kinds: Iterable[str]) -> set[str]:
    """Return the companies of which something of one of these kinds was ever told."""
    return set(connection.scalars(_COMPANIES_TOLD, {"kinds": list(kinds)}))


def after(connection: Connection, position: int, *, limit: int, markings: Iterable[str] | None = None) -> list[Stored]:
    """Return up to `limit` rows behind a position, in order, of those under the given markings if these are given."""
    values: dict[str, object] = {"position": position, "limit": limit}
    if markings is None:
        return [_stored(tuple(row)) for row in connection.execute(_AFTER, values)]
    return [_stored(tuple(row)) for row in connection.execute(_AFTER_UNDER, {**values, "ids": list(markings)})]


def latest(connection: Connection, *, limit: int, markings: Iterable[str]) -> list[Stored]:
    """Return the newest rows under one of the given markings, newest first."""
    values = {"ids": list(markings), "limit": limit}
    return [_stored(tuple(row)) for row in connection.execute(_LATEST, values)]


def answers_to(connection: Connection, assertion: str) -> list[Stored]:
    """Return the assertions that refer to the given one, oldest first."""
    return [_stored(row) for row in _ANSWERS_TO.rows(connection, {"assertion": assertion})]


def walk(connection: Connection, *, step: int = 1000) -> Iterator[Stored]:
    """Go through the whole journal in order, `step` rows at a time."""
    position = 0
    while rows := after(connection, position, limit=step):
        yield from rows
        position = rows[-1].position


def count(connection: Connection) -> int:
    """Return how many assertions the journal holds."""
    return connection.scalar(select(func.count()).select_from(journal)) or 0


def markings(connection: Connection) -> dict[str, tuple[str, bytes]]:
    """Return all markings in use: id -> (originator, JSON). They are few, however many assertions carry them."""
    return {name: (originator, body) for name, originator, body in _MARKINGS.rows(connection, {})}


def marking_id(originator: str, body: bytes) -> str:
    """Return the id of a marking (its JSON) on an originator's assertions."""
    return hashlib.sha256(originator.encode() + b"\n" + body).hexdigest()


def stand(connection: Connection, rows: Sequence[JournalRow], companies: Mapping[str, str]) -> None:
    """Note for new rows which company each belongs to (assertion id -> company) and that it stands."""
    entries = [
        {
            "id": row.id,
            "company": companies[row.id],
            "marking": row.marking_id,
            "originator": row.originator,
            "superseded_by": "",
        }
        for row in rows
    ]
    if entries:
        _INSERT_STANDING.change_all(connection, entries)


def supersede(connection: Connection, pairs: Iterable[tuple[str, str]]) -> None:
    """Note (old id, new id) pairs: the old assertion no longer stands."""
    entries = [{"old": old, "new": new} for old, new in pairs]
    if entries:
        connection.execute(
            update(standing).where(standing.c.id == bindparam("old")).values(superseded_by=bindparam("new")), entries
        )


def company_of(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Return the company each of the given assertions belongs to."""
    wanted = list(ids)
    if len(wanted) <= FEW:
        return dict(row for name in wanted for row in _COMPANY_OF_ONE.rows(connection, {"id": name}))
    return {row.id: row.company for part in chunks(wanted) for row in connection.execute(_COMPANY_OF, {"ids": part})}


def _select() -> Select[Any]:
    columns = (journal.c[name] for name in Stored.__struct_fields__[:-1])
    return select(*columns, func.coalesce(standing.c.superseded_by, "").label("superseded_by")).outerjoin(
        standing, standing.c.id == journal.c.id
    )


def _stored(row: tuple[Any, ...]) -> Stored:
    return Stored(**dict(zip(Stored.__struct_fields__, row, strict=True)))


# Built once: making a statement costs several times what running it does.
_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_TAIL = Prepared(select(journal.c.position, journal.c.chain).order_by(journal.c.position.desc()).limit(1))
_MARKING_KNOWN = Prepared(select(marking.c.id).where(marking.c.id == bindparam("id")))
_BRIEF_COLUMNS = (journal.c.id, journal.c.originator, journal.c.kind, journal.c.subject)
_BRIEF = Prepared(select(*_BRIEF_COLUMNS).where(journal.c.id == bindparam("id")))
_BRIEFS = select(*_BRIEF_COLUMNS).where(journal.c.id.in_(_IDS))
_INSERT = Prepared(insert(journal))
_INSERT_STANDING = Prepared(insert(standing))
_FETCH_ONE = Prepared(_select().where(journal.c.id == bindparam("id")))
_FETCH = _select().where(journal.c.id.in_(_IDS)).order_by(journal.c.position)
_OF_COMPANY = Prepared(_select().where(standing.c.company == bindparam("company")).order_by(journal.c.position))
_OF_COMPANIES = (
    _select()
    .add_columns(standing.c.company)
    .where(standing.c.company.in_(bindparam("companies", expanding=True)))
    .order_by(journal.c.position)
)
_COMPANIES_TOLD = (
    select(standing.c.company)
    .join(journal, journal.c.id == standing.c.id)
    .where(journal.c.kind.in_(bindparam("kinds", expanding=True)))
    .distinct()
)
#: Behind all positions: what was taken at the instant itself is not after it.
_LAST = 2**62
_SINCE = (
    _select()
    .where(
        journal.c.marking.in_(_IDS),
        or_(
            journal.c.received > bindparam("instant"),
            and_(journal.c.received == bindparam("instant"), journal.c.position > bindparam("position")),
        ),
    )
    .order_by(journal.c.received, journal.c.position)
    .limit(1000)
)
_LATER = journal.alias("later")
_REPLACED_AFTER = (
    _select()
    .join(_LATER, _LATER.c.id == standing.c.superseded_by)
    .where(_LATER.c.received > bindparam("instant"), journal.c.received <= bindparam("instant"))
    .order_by(journal.c.position)
)
_SINCE_OF = _SINCE.where(journal.c.originator == bindparam("originator"))
_RECEIVED = select(journal.c.id, journal.c.received).where(journal.c.id.in_(_IDS))
_LATEST = _select().where(journal.c.marking.in_(_IDS)).order_by(journal.c.position.desc()).limit(bindparam("limit"))
_ANSWERS_TO = Prepared(_select().where(journal.c.refers_to == bindparam("assertion")).order_by(journal.c.position))
_MARKINGS = Prepared(select(marking.c.id, marking.c.originator, marking.c.body))
_COMPANY_OF_ONE = Prepared(select(standing.c.id, standing.c.company).where(standing.c.id == bindparam("id")))
_COMPANY_OF = select(standing.c.id, standing.c.company).where(standing.c.id.in_(_IDS))
_AFTER = _select().where(journal.c.position > bindparam("position")).order_by(journal.c.position)
_AFTER_UNDER = _AFTER.where(journal.c.marking.in_(_IDS)).limit(bindparam("limit"))
_AFTER = _AFTER.limit(bindparam("limit"))
