# SPDX-License-Identifier: Apache-2.0
"""The journal only grows, each row chained to the one before."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import text

from highfence.errors import StorageFailed
from highfence.storage import journal
from highfence.storage.database import Database
from highfence.storage.journal import CHAIN_START, JournalRow


def row(name: str, **changes: object) -> JournalRow:
    """Return a row whose id is the hash of a name."""
    fields: dict[str, object] = {
        "originator": "us",
        "kind": "concern",
        "subject": "x1",
        "refers_to": "",
        "marking": b'{"tlp":"AMBER"}',
        "received": "2026-11-24T12:00:00.000000Z",
        "envelope": name.encode(),
    }
    return JournalRow(id=ident(name), **{**fields, **changes})  # type: ignore[arg-type]


def ident(name: str) -> str:
    """Return the id of the row of a name."""
    return hashlib.sha256(name.encode()).hexdigest()


def append(database: Database, *rows: JournalRow) -> None:
    """Append rows that stand in companies named after their subjects."""

    def change(connection):
        journal.append(connection, rows)
        journal.stand(connection, rows, {one.id: f"c-{one.subject}" for one in rows})

    database.write(change)


def positions(database: Database, after: int = 0, **bounds: object) -> list[int]:
    """Return the positions behind one."""
    with database.read() as connection:
        return [one.position for one in journal.after(connection, after, **{"limit": 99, **bounds})]


def test_an_empty_journal_has_a_beginning(database):
    with database.read() as connection:
        assert journal.tail(connection) == (0, CHAIN_START)
        assert journal.count(connection) == 0
        assert list(journal.walk(connection)) == []


def test_rows_are_chained_whether_they_come_at_once_or_one_by_one(database):
    append(database, row("a"), row("b"))
    append(database, row("c"))
    append(database)
    chain = CHAIN_START
    with database.read() as connection:
        for place, (name, stored) in enumerate(zip("abc", journal.walk(connection, step=2), strict=True), start=1):
            link = chain + bytes.fromhex(ident(name)) + hashlib.sha256(name.encode()).digest()
            chain = hashlib.sha256(link).digest()
            assert (stored.position, stored.id, stored.chain, stored.envelope) == (
                place,
                ident(name),
                chain,
                name.encode(),
            )
        assert journal.tail(connection) == (3, chain)


def test_the_same_id_is_not_taken_twice(database):
    append(database, row("a"))
    with pytest.raises(StorageFailed):
        append(database, row("b"), row("a"))
    with database.read() as connection:
        assert journal.count(connection) == 1


def test_reads_on_from_a_position_as_far_as_asked(database):
    append(database, *(row(f"r{place}") for place in range(5)))
    assert positions(database) == [1, 2, 3, 4, 5]
    assert positions(database, 2, limit=2) == [3, 4]
    assert positions(database, 5) == []


def test_reads_only_under_the_markings_given_and_fills_the_page_with_them(database):
    closed = {"marking": b'{"tlp":"RED"}'}
    append(database, *(row(f"r{place}", **(closed if place % 3 else {})) for place in range(9)))
    opened = [row("x").marking_id]
    assert positions(database, limit=2, markings=opened) == [1, 4]
    assert positions(database, 4, limit=2, markings=opened) == [7]
    assert positions(database, markings=[]) == []
    with database.read() as connection:
        assert [one.position for one in journal.latest(connection, limit=2, markings=opened)] == [7, 4]
        assert journal.latest(connection, limit=2, markings=[]) == []


def test_the_same_marking_of_two_originators_is_two(database):
    append(database, row("a"), row("b"), row("c", originator="nl"))
    with database.read() as connection:
        found = journal.markings(connection)
    assert sorted(found.values()) == [("nl", b'{"tlp":"AMBER"}'), ("us", b'{"tlp":"AMBER"}')]
    assert all(journal.marking_id(originator, body) == name for name, (originator, body) in found.items())


def test_finds_rows_by_id_and_leaves_out_what_it_does_not_hold(database):
    append(database, row("a"), row("b", originator="nl", kind="facts", subject="x2"))
    wanted = [ident(name) for name in ("b", "nothing", "a")]
    with database.read() as connection:
        assert set(journal.fetch(connection, wanted)) == {ident("a"), ident("b")}
        brief = journal.briefs(connection, wanted)[ident("b")]
        assert (brief.originator, brief.kind, brief.subject) == ("nl", "facts", "x2")
        assert journal.fetch(connection, []) == {}


def test_finds_more_rows_than_one_query_takes(database):
    rows = [row(f"r{place}") for place in range(1300)]
    append(database, *rows)
    with database.read() as connection:
        assert len(journal.fetch(connection, (one.id for one in rows))) == 1300
        assert len(list(journal.walk(connection))) == 1300


def test_finds_what_refers_to_an_assertion_oldest_first(database):
    append(database, row("a"), row("b", refers_to=ident("a")), row("c"), row("d", refers_to=ident("a")))
    with database.read() as connection:
        assert [one.id for one in journal.answers_to(connection, ident("a"))] == [ident("b"), ident("d")]


def test_what_is_superseded_says_by_what_and_stays(database):
    append(database, row("a"), row("b", refers_to=ident("a")))
    database.write(lambda connection: journal.supersede(connection, [(ident("a"), ident("b")), ("unknown", "x")]))
    with database.read() as connection:
        assert [one.superseded_by for one in journal.walk(connection)] == [ident("b"), ""]
        assert [one.id for one in journal.of_company(connection, "c-x1")] == [ident("a"), ident("b")]


def test_finds_what_is_held_of_a_company(database):
    append(database, row("a"), row("b", subject="x2"), row("c"))
    with database.read() as connection:
        assert [one.id for one in journal.of_company(connection, "c-x1")] == [ident("a"), ident("c")]
        assert journal.of_company(connection, "c-nothing") == []
        found = journal.company_of(connection, [ident("b"), "nothing"])
    assert found == {ident("b"): "c-x2"}


def test_finds_what_is_held_of_several_companies_oldest_first(database):
    append(database, row("a"), row("b", subject="x2"), row("c"))
    with database.read() as connection:
        held = journal.of_companies(connection, ["c-x1", "c-x2", "c-nothing"])
        assert {company: [one.id for one in rows] for company, rows in held.items()} == {
            "c-x1": [ident("a"), ident("c")],
            "c-x2": [ident("b")],
            "c-nothing": [],
        }
        assert held["c-x1"] == journal.of_company(connection, "c-x1")


def test_a_row_that_stands_nowhere_is_still_read(database):
    append(database, row("a"))
    database.write(lambda connection: connection.execute(text("DELETE FROM standing")).rowcount)
    with database.read() as connection:
        assert [one.superseded_by for one in journal.walk(connection)] == [""]
