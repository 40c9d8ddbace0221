# SPDX-License-Identifier: Apache-2.0
"""Verification: whatever is changed in a node's records afterwards, in any column of any row, is found."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pysqlite3.dbapi2 as plain
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, select

from highfence.app import Node, open_node
from highfence.exchange.verification import Difference, Verified, verify
from highfence.model.authority import Authority
from highfence.storage import tables
from highfence.storage.database import Connection
from nodes import carry, concern, everything, opened, sharing, suspended

#: Every column whose change must be found. What is left out is local and unsigned: times of receipt, sentences.
CHECKED = {
    "journal": ("position", "id", "originator", "kind", "subject", "refers_to", "marking", "envelope", "chain"),
    "marking": ("id", "originator", "body"),
    "standing": ("superseded_by",),
    "feed_out": ("reader", "seq", "previous", "assertion", "agreement", "recall", "leaf"),
    "feed_in": ("owner", "seq", "assertion", "leaf", "reason"),
    "feed_state": ("owner", "reader", "epoch", "size", "frontier", "last"),
    "head": ("owner", "reader", "size", "root", "envelope"),
    "receipt": ("reader", "size", "envelope"),
}
CELLS = [(table, column) for table, columns in CHECKED.items() for column in columns]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Node]]:
    """Give two nodes that have told each other much, corrected, withdrawn, refused and countersigned."""
    with opened(tmp_path_factory.mktemp("world"), ("us", "nl", "cy")) as nodes:
        us, nl = nodes["us"], nodes["nl"]
        first, second, _ = us.publish([concern(f"Firm {n}", sharing("nl", "cy")) for n in range(3)]).result().ids
        nl.publish([concern(f"Werk {n}", sharing("us")) for n in range(2)]).result()
        carry(us, nl)
        carry(nl, us)
        changes = {"refers_to": first, "reason": "mistaken", "subject": "demo-firm-0"}
        us.publish([concern("Firm 0", sharing("cy"), kind="correction", **changes)]).result()
        changes = {"refers_to": second, "reason": "mistaken", "subject": "demo-firm-1", "text": "", "entities": ()}
        us.publish([concern("Firm 1", sharing("nl"), kind="withdrawal", **changes)]).result()
        nl.install_membership(suspended(nodes))
        us.publish([concern("Refused", sharing("nl"))]).result()
        carry(us, nl)
        carry(nl, us)
        yield nodes


@contextmanager
def tampering(node: Node) -> Iterator[Connection]:
    """Give a connection whose changes are forgotten in the end."""
    with node.database.engine.connect() as connection:
        yield connection
        connection.rollback()


def verified(node: Node, connection: Connection, *, most: int = 1) -> Verified:
    """Verify what the connection sees."""
    return verify(connection, me=node.code, membership=node.membership, differences_max=most)


def altered(value: Any, place: int = 0) -> Any:
    """Return a value with one bit or letter changed."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1000
    if isinstance(value, bytes):
        if not value:
            return b"\x00"
        place %= len(value) * 8
        return value[: place // 8] + bytes([value[place // 8] ^ 1 << place % 8]) + value[place // 8 + 1 :]
    place %= max(len(value), 1)
    letter = "y" if value[place : place + 1] == "x" else "x"
    return value[:place] + letter + value[place + 1 :]


def cells(connection: Connection, table: Table, column: str) -> list[tuple[Any, Any]]:
    """Return the condition that finds a row, and the value in the column, for each row of a table."""
    keys = list(table.primary_key.columns)
    found = []
    for row in connection.execute(select(table)).mappings():
        if column in ("assertion", "reason") and row.get("reason"):
            continue  # Which words a refusal was noted in is this node's own affair.
        condition = keys[0] == row[keys[0].name]
        for key in keys[1:]:
            condition &= key == row[key.name]
        found.append((condition, row[column]))
    return found


def counts(found: Verified) -> tuple[int, ...]:
    """Return how much was recomputed."""
    return (found.assertions, found.entries_out, found.entries_in, found.heads, found.receipts)


def test_what_nobody_touched_fits(world):
    assert {code: counts(node.verify(differences_max=9)) for code, node in world.items()} == {
        "us": (9, 11, 2, 1, 1),
        "nl": (7, 2, 6, 1, 1),
        "cy": (0, 0, 0, 0, 0),
    }
    assert [node.verify(differences_max=9).differences for node in world.values()] == [(), (), ()]


@pytest.mark.parametrize("code", ["us", "nl"])
@pytest.mark.parametrize(("table", "column"), CELLS)
def test_a_change_in_any_row_is_found(world, code, table, column):
    declared = tables.metadata.tables[table]
    with tampering(world[code]) as connection:
        found = cells(connection, declared, column)
    assert found
    for condition, value in found:
        with tampering(world[code]) as connection:
            connection.execute(declared.update().where(condition).values({column: altered(value)}))
            assert verified(world[code], connection).differences, (condition, value)


@pytest.mark.parametrize("code", ["us", "nl"])
@pytest.mark.parametrize("table", [table for table in CHECKED if table not in ("marking", "standing", "receipt")])
def test_a_row_that_is_gone_is_found(world, code, table):
    declared = tables.metadata.tables[table]
    with tampering(world[code]) as connection:
        rows = cells(connection, declared, CHECKED[table][0])
    for condition, _ in rows:
        with tampering(world[code]) as connection:
            connection.execute(declared.delete().where(condition))
            assert verified(world[code], connection).differences, condition


SIGNED = [("journal", "envelope"), ("marking", "body"), ("head", "envelope"), ("receipt", "envelope")]


@pytest.mark.parametrize(("table", "column"), SIGNED)
@given(row=st.integers(0, 20), place=st.integers(0, 20_000))
@settings(max_examples=60)
def test_any_flipped_bit_of_what_was_signed_is_found(world, table, column, row, place):
    declared = tables.metadata.tables[table]
    with tampering(world["nl"]) as connection:
        rows = cells(connection, declared, column)
        condition, value = rows[row % len(rows)]
        connection.execute(declared.update().where(condition).values({column: altered(value, place)}))
        assert verified(world["nl"], connection).differences


@pytest.mark.parametrize(("table", "column"), [("head", "envelope"), ("receipt", "envelope")])
def test_the_last_letters_of_a_signature_have_no_slack(world, table, column):
    # The last letter before the padding has bits that a lenient decoder passes over.
    declared = tables.metadata.tables[table]
    with tampering(world["nl"]) as connection:
        ((condition, value),) = cells(connection, declared, column)
    end = value.rindex(b'=="')
    for place in range((end - 2) * 8, (end + 2) * 8):
        with tampering(world["nl"]) as connection:
            connection.execute(declared.update().where(condition).values({column: altered(value, place)}))
            assert verified(world["nl"], connection).differences, place


def test_two_rows_that_changed_places_are_found(world):
    with tampering(world["us"]) as connection:
        for old, new in ((1, 99), (2, 1), (99, 2)):
            connection.exec_driver_sql(f"UPDATE journal SET position = {new} WHERE position = {old}")
        assert verified(world["us"], connection).differences[0].where == "journal position 1"


def test_says_where_and_what_and_as_many_as_asked(world):
    with tampering(world["us"]) as connection:
        connection.exec_driver_sql("UPDATE journal SET subject = 'x' WHERE position IN (2, 3, 4)")
        found = verified(world["us"], connection, most=2)
    what = "the row's columns are not what the signed payload says"
    assert found.differences == (
        Difference(where="journal position 2", what=what),
        Difference(where="journal position 3", what=what),
    )


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("UPDATE journal SET kind = 'facts' WHERE position = 2", "journal position 2"),
        ("UPDATE feed_out SET agreement = 'other' WHERE reader = 'nl' AND seq = 3", "feed us>nl entry 3"),
        ("UPDATE marking SET body = CAST(replace(body, 'AMBER', 'CLEAR') AS BLOB)", "marking"),
        ("UPDATE marking SET body = 'no bytes'", "database"),
        ("UPDATE journal SET envelope = 'no bytes' WHERE position = 2", "database"),
        ("UPDATE journal SET id = 'no hash' WHERE position = 2", "database"),
        ("UPDATE feed_in SET leaf = 'no bytes' WHERE seq = 2", "database"),
        ("DELETE FROM feed_in WHERE seq = 2", "feed nl>us"),
        ("UPDATE standing SET superseded_by = ''", "assertion"),
    ],
)
def test_a_change_made_to_a_closed_home_is_found_when_it_is_opened_again(world, tmp_path, statement, where):
    home = tmp_path / "us"
    with world["us"].database.read():
        shutil.copytree(world["us"].home.folder, home)
    database: Path = home / "highfence.db"
    connection = plain.connect(str(database))
    connection.execute(statement)
    connection.commit()
    connection.close()
    (home / "running").unlink()
    node = open_node(home, clock=world["us"].clock)
    found = node.verify().differences
    node.close()
    assert found
    assert found[0].where.startswith(where)


def revoked(authority: Authority) -> Authority:
    """Return an authority all of whose keys have been revoked."""
    keys = tuple(msgspec.structs.replace(key, revoked=True) for key in authority.keys)
    return msgspec.structs.replace(authority, keys=keys)


def test_what_a_key_signed_before_it_was_revoked_still_fits(world):
    for node in world.values():
        members = msgspec.structs.replace(
            node.membership, authorities=tuple(revoked(one) for one in node.membership.authorities)
        )
        with node.database.read() as connection:
            assert verify(connection, me=node.code, membership=members).differences == ()


def test_what_an_authority_signed_that_is_no_member_any_more_is_told(world):
    left = tuple(one for one in world["nl"].membership.authorities if one.code != "us")
    members = msgspec.structs.replace(world["nl"].membership, authorities=left)
    with world["nl"].database.read() as connection:
        (found,) = verify(connection, me="nl", membership=members).differences
    assert "us is not in the membership document" in found.what


def test_verifying_changes_nothing(world):
    before = everything(world["us"])
    world["us"].verify()
    assert everything(world["us"]) == before
