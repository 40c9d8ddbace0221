# SPDX-License-Identifier: Apache-2.0
"""Feed: the gapless sequences between this node and each peer, their heads, receipts and refusals.

`owner` is who writes a feed, `reader` whom it is for. A node keeps one state row for each direction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, bindparam, func, insert, select, update

from highfence.storage.chunks import chunks
from highfence.storage.prepared import Prepared
from highfence.storage.tables import feed_in, feed_out, feed_state, head, journal, receipt, refusal, withheld


class StateRow(msgspec.Struct, frozen=True, kw_only=True):
    """How far a feed has come: entries so far, the tree's packed frontier, the last entry's leaf in hex."""

    owner: str
    reader: str
    epoch: int = 1
    size: int = 0
    frontier: bytes = b""
    last: str = "0" * 64


class OutRow(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a feed this node writes."""

    reader: str
    seq: int
    previous: str
    assertion: str
    agreement: str
    recall: bool
    leaf: bytes


class InRow(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a peer's feed; `reason` is empty when it was believed."""

    owner: str
    seq: int
    assertion: str
    leaf: bytes
    reason: str = ""
    text: str = ""


class HeadRow(msgspec.Struct, frozen=True, kw_only=True):
    """The newest signed head seen of a feed."""

    owner: str
    reader: str
    size: int
    root: bytes
    envelope: bytes


class ReceiptRow(msgspec.Struct, frozen=True, kw_only=True):
    """The newest head that a reader countersigned."""

    reader: str
    size: int
    received: str
    envelope: bytes


class RefusalRow(msgspec.Struct, frozen=True, kw_only=True):
    """An entry a reader did not believe, with its reason."""

    reader: str
    seq: int
    assertion: str
    reason: str
    text: str


class WithheldRow(msgspec.Struct, frozen=True, kw_only=True):
    """Why an assertion of this node is not in a peer's feed."""

    assertion: str
    reader: str
    reason: str
    text: str


def state(connection: Connection, owner: str, reader: str) -> StateRow:
    """Return how far a feed has come; a feed nobody wrote to yet is at zero."""
    rows = _STATE.rows(connection, {"owner": owner, "reader": reader})
    return _state(rows[0]) if rows else StateRow(owner=owner, reader=reader)


def states_out(connection: Connection, owner: str) -> dict[str, StateRow]:
    """Return how far each feed of `owner` has come, by reader; feeds nobody wrote to yet are left out."""
    states = [_state(row) for row in _STATES_OUT.rows(connection, {"owner": owner})]
    return {one.reader: one for one in states}


def save_states(connection: Connection, rows: Sequence[StateRow]) -> None:
    """Write how far feeds have come."""
    if not rows:
        return
    changes = [{f"to_{name}": value for name, value in msgspec.structs.asdict(row).items()} for row in rows]
    # Nearly always all of them are there already, and one round does it.
    if _REPLACE[feed_state.name][0].change_all(connection, changes) != len(rows):
        for row in rows:
            _replace(connection, feed_state, row)


def append_out(connection: Connection, rows: Sequence[OutRow]) -> None:
    """Add entries to feeds this node writes."""
    if rows:
        _INSERT_OUT.change_all(connection, [msgspec.structs.asdict(row) for row in rows])


def append_in(connection: Connection, rows: Sequence[InRow]) -> None:
    """Note entries of a peer's feed, believed or not."""
    if rows:
        _INSERT_IN.change_all(connection, [msgspec.structs.asdict(row) for row in rows])


def entries_after(connection: Connection, reader: str, seq: int, *, limit: int) -> list[tuple[OutRow, bytes]]:
    """Return up to `limit` entries behind `seq` of the feed to `reader`, each with its envelope."""
    found = []
    for row in connection.execute(_ENTRIES_AFTER, {"reader": reader, "seq": seq, "limit": limit}):
        *fields, envelope = row
        found.append((OutRow(**dict(zip(OutRow.__struct_fields__, fields, strict=True))), envelope))
    return found


def leaves_out(connection: Connection, reader: str, *, until: int) -> Iterable[bytes]:
    """Return the leaf hashes of the feed to `reader`, from the first to the `until`th."""
    return connection.scalars(
        select(feed_out.c.leaf).where(feed_out.c.reader == reader, feed_out.c.seq <= until).order_by(feed_out.c.seq)
    )


def leaves_in(connection: Connection, owner: str, *, until: int) -> Iterable[bytes]:
    """Return the leaf hashes of the feed from `owner`, from the first to the `until`th."""
    return connection.scalars(
        select(feed_in.c.leaf).where(feed_in.c.owner == owner, feed_in.c.seq <= until).order_by(feed_in.c.seq)
    )


def sent_to(connection: Connection, assertions: Iterable[str]) -> dict[str, dict[str, OutRow]]:
    """Return, for each assertion, the readers in whose feed it stands and the entry, of several the last."""
    found: dict[str, dict[str, OutRow]] = {}
    for part in chunks(assertions):
        query = select(feed_out).where(feed_out.c.assertion.in_(part)).order_by(feed_out.c.seq)
        for row in connection.execute(query):
            found.setdefault(row.assertion, {})[row.reader] = OutRow(**row._mapping)
    return found


def save_head(connection: Connection, row: HeadRow) -> None:
    """Keep the newest head of a feed."""
    _replace(connection, head, row)


def heads(connection: Connection) -> list[HeadRow]:
    """Return the newest head of each feed."""
    return [HeadRow(**row._mapping) for row in connection.execute(select(head))]


def save_receipt(connection: Connection, row: ReceiptRow) -> None:
    """Keep the newest receipt of a reader."""
    _replace(connection, receipt, row)


def receipts(connection: Connection) -> dict[str, ReceiptRow]:
    """Return the newest receipt of each reader."""
    found = (ReceiptRow(**dict(zip(_RECEIPT_COLUMNS, row, strict=True))) for row in _RECEIPTS.rows(connection, {}))
    return {row.reader: row for row in found}


def save_refusals(connection: Connection, rows: Sequence[RefusalRow]) -> None:
    """Note what a reader refused; what is noted already stays as it was first told."""
    if not rows:
        return
    known = {
        seq
        for part in chunks(row.seq for row in rows)
        for seq in connection.scalars(
            select(refusal.c.seq).where(refusal.c.reader == rows[0].reader, refusal.c.seq.in_(part))
        )
    }
    fresh = [msgspec.structs.asdict(row) for row in rows if row.seq not in known]
    if fresh:
        connection.execute(insert(refusal), fresh)


def refusals_of(connection: Connection, assertion: str) -> dict[str, RefusalRow]:
    """Return which readers refused an assertion of this node; of several refusals of one reader the last."""
    query = select(refusal).where(refusal.c.assertion == assertion).order_by(refusal.c.seq)
    return {row.reader: RefusalRow(**row._mapping) for row in connection.execute(query)}


def refused_of(connection: Connection, assertions: Iterable[str]) -> set[tuple[str, str]]:
    """Return which of some assertions of this node were refused by whom, as (assertion, reader)."""
    found: set[tuple[str, str]] = set()
    for part in chunks(assertions):
        query = select(refusal.c.assertion, refusal.c.reader).where(refusal.c.assertion.in_(part))
        found.update((row.assertion, row.reader) for row in connection.execute(query))
    return found


def refusal_counts(connection: Connection) -> dict[str, int]:
    """Return how many entries each reader refused."""
    query = select(refusal.c.reader, func.count().label("total")).group_by(refusal.c.reader)
    return {row.reader: row.total for row in connection.execute(query)}


def refused_in(connection: Connection, owner: str, *, after: int, until: int) -> list[InRow]:
    """Return the entries of a peer's feed between two positions that this node did not believe."""
    rows = _REFUSED_IN.rows(connection, {"owner": owner, "after": after, "until": until})
    return [InRow(**dict(zip(InRow.__struct_fields__, row, strict=True))) for row in rows]


def believed_after(connection: Connection, owner: str, seq: int) -> dict[str, int]:
    """Return the assertions of a peer's feed that were believed behind an entry, each with its place."""
    query = select(feed_in.c.assertion, feed_in.c.seq).where(
        feed_in.c.owner == owner, feed_in.c.seq > seq, feed_in.c.reason == ""
    )
    return {row.assertion: row.seq for row in connection.execute(query.order_by(feed_in.c.seq))}


def taken_missing(connection: Connection, owner: str) -> list[str]:
    """Return assertions of a peer's feed that were believed and are not in the journal; there should be none."""
    query = (
        select(feed_in.c.assertion)
        .outerjoin(journal, journal.c.id == feed_in.c.assertion)
        .where(feed_in.c.owner == owner, feed_in.c.reason == "", journal.c.id.is_(None))
    )
    return list(connection.scalars(query))


def held_without_entry(connection: Connection, owner: str) -> list[str]:
    """Return assertions of a peer that are held without just one believed entry of its feed; there should be none."""
    believed = (feed_in.c.assertion == journal.c.id) & (feed_in.c.owner == owner) & (feed_in.c.reason == "")
    query = (
        select(journal.c.id)
        .outerjoin(feed_in, believed)
        .where(journal.c.originator == owner)
        .group_by(journal.c.id)
        .having(func.count(feed_in.c.seq) != 1)
    )
    return list(connection.scalars(query))


def save_withheld(connection: Connection, rows: Sequence[WithheldRow]) -> None:
    """Note why assertions are not in a peer's feed."""
    if rows:
        _INSERT_WITHHELD.change_all(connection, [msgspec.structs.asdict(row) for row in rows])


def withheld_of(connection: Connection, assertion: str) -> dict[str, WithheldRow]:
    """Return from whom an assertion of this node is withheld, and why."""
    query = select(withheld).where(withheld.c.assertion == assertion)
    return {row.reader: WithheldRow(**row._mapping) for row in connection.execute(query)}


def _replace(connection: Connection, table: Table, row: msgspec.Struct) -> None:
    """Write a row over the one with the same primary key, or add it: portable where `ON CONFLICT` is not."""
    values = msgspec.structs.asdict(row)
    change, add = _REPLACE[table.name]
    if change.change(connection, {f"to_{name}": value for name, value in values.items()}) == 0:
        add.change(connection, values)


def _replacing(table: Table) -> tuple[Prepared, Prepared]:
    keys = [column == bindparam(f"to_{column.name}") for column in table.primary_key.columns]
    rest = [column.name for column in table.columns if not column.primary_key]
    change = update(table).where(*keys).values({name: bindparam(f"to_{name}") for name in rest})
    return Prepared(change), Prepared(insert(table))


def _state(row: tuple[Any, ...]) -> StateRow:
    return StateRow(**dict(zip(StateRow.__struct_fields__, row, strict=True)))


# Built once: making a statement costs several times what running it does.
_OF_OWNER = select(*(feed_state.c[name] for name in StateRow.__struct_fields__)).where(
    feed_state.c.owner == bindparam("owner")
)
_STATE = Prepared(_OF_OWNER.where(feed_state.c.reader == bindparam("reader")))
_STATES_OUT = Prepared(_OF_OWNER)
_INSERT_OUT = Prepared(insert(feed_out))
_INSERT_IN = Prepared(insert(feed_in))
_INSERT_WITHHELD = Prepared(insert(withheld))
_ENTRIES_AFTER = (
    select(*(feed_out.c[name] for name in OutRow.__struct_fields__), journal.c.envelope)
    .join(journal, journal.c.id == feed_out.c.assertion)
    .where(feed_out.c.reader == bindparam("reader"), feed_out.c.seq > bindparam("seq"))
    .order_by(feed_out.c.seq)
    .limit(bindparam("limit"))
)
_RECEIPT_COLUMNS = ReceiptRow.__struct_fields__
_RECEIPTS = Prepared(select(*(receipt.c[name] for name in _RECEIPT_COLUMNS)))
_REFUSED_IN = Prepared(
    select(*(feed_in.c[name] for name in InRow.__struct_fields__))
    .where(
        feed_in.c.owner == bindparam("owner"),
        feed_in.c.seq > bindparam("after"),
        feed_in.c.seq <= bindparam("until"),
        feed_in.c.reason != "",
    )
    .order_by(feed_in.c.seq)
)
_REPLACE = {table.name: _replacing(table) for table in (feed_state, head, receipt)}
