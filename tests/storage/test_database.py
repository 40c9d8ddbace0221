# SPDX-License-Identifier: Apache-2.0
"""One writer with group commit: what is answered is on the disk, and a piece that fails takes nothing with it."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from contextlib import suppress

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from highfence.errors import StorageFailed
from highfence.storage.database import Connection, Database

from .changes import PATIENCE_S, Held, names, note


def count_commits(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by the length of each group that is committed."""
    groups: list[int] = []
    real = database._commit

    def commit(connection: Connection, group: list[object]) -> None:
        groups.append(len(group))
        real(connection, group)

    monkeypatch.setattr(database, "_commit", commit)
    return groups


def test_what_is_answered_is_durable(database, open_again):
    assert database.write(note("a")) == "a"
    other = open_again(read_only=True)
    assert names(other) == ["a"]
    other.close()


def test_what_waits_together_is_committed_together(database, monkeypatch):
    groups = count_commits(database, monkeypatch)
    held = Held(database)
    futures = [database.submit(note(f"p{place:03}")) for place in range(100)]
    held.let_go()
    assert [future.result(PATIENCE_S) for future in futures] == names(database)
    assert groups == [1, 64, 36]


def test_a_change_that_raises_takes_no_other_along(database):
    held = Held(database)

    def fail(connection: Connection) -> None:
        note("half")(connection)
        raise ValueError("no")

    futures = [database.submit(change) for change in (note("a"), fail, note("b"), fail, note("c"))]
    held.let_go()
    outcomes = [type(future.exception(PATIENCE_S)).__name__ for future in futures]
    assert outcomes == ["NoneType", "ValueError", "NoneType", "ValueError", "NoneType"]
    assert names(database) == ["a", "b", "c"]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_change_the_database_refuses_takes_no_other_along(database, place):
    database.write(note("there"))
    held = Held(database)
    changes = [note("a"), note("b")]
    changes.insert(place, note("there"))
    futures = [database.submit(change) for change in changes]
    held.let_go()
    outcomes = [future.exception(PATIENCE_S) for future in futures]
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [StorageFailed]
    assert outcomes[place] is not None
    assert names(database) == ["a", "b", "there"]


def test_two_changes_of_one_group_see_each_other(database):
    held = Held(database)
    futures = [database.submit(note("a")), database.submit(names_in)]
    held.let_go()
    assert futures[1].result(PATIENCE_S) == ["a"]


def names_in(connection: Connection) -> list[str]:
    """Return the rows that a change sees."""
    return sorted(connection.scalars(text("SELECT peer FROM quarantine")))


def test_a_failed_statement_is_told_as_what_happened_and_what_to_do(database):
    with pytest.raises(StorageFailed, match="nowhere") as refusal:
        database.write(lambda connection: connection.execute(text("SELECT * FROM nowhere")))
    assert refusal.value.advice
    assert database.write(note("after")) == "after"


def test_a_failed_reading_is_told_too(database):
    with database.read() as connection, pytest.raises(Exception, match="nowhere"):
        connection.execute(text("SELECT * FROM nowhere"))
    with pytest.raises(StorageFailed, match="cannot be read"), database.read() as connection:
        connection.execute(text("SELECT * FROM nowhere"))


def test_a_reader_sees_one_state_while_others_write(database):
    database.write(note("a"))
    with database.read() as connection:
        assert names_in(connection) == ["a"]
        database.write(note("b"))
        assert names_in(connection) == ["a"]
    assert names(database) == ["a", "b"]


def test_what_a_reader_changes_is_refused_or_not_kept(database):
    with suppress(StorageFailed), database.read() as connection:
        note("a")(connection)
    assert names(database) == []


def test_a_read_only_database_cannot_be_written(database, open_again):
    database.write(note("a"))
    reader = open_again(read_only=True)
    with pytest.raises(StorageFailed, match=r"readonly|read-only"):
        reader.write(note("b"))
    assert names(reader) == ["a"]
    reader.close()


def test_closing_finishes_what_is_queued(database):
    held = Held(database)
    futures = [database.submit(note(f"p{place:03}")) for place in range(150)]
    closing = threading.Thread(target=database.close)
    closing.start()
    held.let_go()
    closing.join(PATIENCE_S)
    assert [future.result(0) for future in futures] == [f"p{place:03}" for place in range(150)]


def test_a_closed_database_takes_nothing_and_says_so(database):
    database.close()
    database.close()
    with pytest.raises(StorageFailed, match="closed"):
        database.write(note("a"))


def test_nothing_handed_in_while_it_closes_is_left_without_an_answer(open_again):
    def hand_in(database: Database, futures: list[Future[int]]) -> None:
        futures.extend(database.submit(lambda _: 1) for _ in range(30))

    for _ in range(20):
        database = open_again()
        futures: list[Future[int]] = []
        handing = threading.Thread(target=hand_in, args=(database, futures))
        handing.start()
        database.close()
        handing.join(PATIENCE_S)
        assert len([future.exception(PATIENCE_S) for future in futures]) == 30


def test_what_is_cancelled_while_it_waits_is_left_out(database):
    held = Held(database)
    futures = [database.submit(note(name)) for name in ("a", "b", "c")]
    assert futures[1].cancel()
    held.let_go()
    assert futures[2].result(PATIENCE_S) == "c"
    assert names(database) == ["a", "c"]


def test_somebody_who_gives_up_waiting_does_not_stop_the_writer(database):
    held = Held(database)

    async def give_up() -> None:
        waiting = asyncio.wrap_future(database.submit(note("a")))
        waiting.cancel()
        await asyncio.sleep(0)

    asyncio.run(give_up())
    held.let_go()
    assert database.write(note("b")) == "b"
    assert names(database) == ["b"]


def test_what_is_being_written_cannot_be_cancelled(database):
    held = Held(database)
    assert not held.future.cancel()
    held.let_go()


def test_a_callback_that_fails_does_not_stop_the_writer(database, caplog):
    future = database.submit(note("a"))
    future.add_done_callback(lambda _: 1 / 0)
    assert database.write(note("b")) == "b"
    assert names(database) == ["a", "b"]


def test_many_threads_write_and_read_at_once(database):
    def work(place: int) -> None:
        for turn in range(10):
            database.write(note(f"{place}-{turn}"))
            assert f"{place}-{turn}" in names(database)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert len(names(database)) == 40


def test_a_change_may_be_made_on_the_callers_thread(database, open_again):
    on: list[str] = []

    def change(connection: Connection) -> str:
        on.append(threading.current_thread().name)
        return note("a")(connection)

    future = database.submit(change, here=True)
    assert (future.done(), future.result(), on) == (True, "a", [threading.current_thread().name])
    other = open_again(read_only=True)
    assert names(other) == ["a"]
    other.close()


def test_a_change_on_the_callers_thread_waits_while_somebody_writes(database):
    held = Held(database)
    future = database.submit(note("a"), here=True)
    assert not future.done()
    held.let_go()
    assert future.result(PATIENCE_S) == "a"


def test_a_change_on_the_callers_thread_fails_by_itself(database):
    database.write(note("there"))
    assert isinstance(database.submit(note("there"), here=True).exception(), StorageFailed)
    assert database.submit(note("a"), here=True).result() == "a"
    database.close()
    assert isinstance(database.submit(note("b"), here=True).exception(), StorageFailed)


def test_writes_from_many_threads_are_all_kept(database):
    def write(first: int) -> None:
        for place in range(first, 200, 4):
            assert database.submit(note(f"p{place:03}"), here=place % 3 > 0).result(PATIENCE_S)

    threads = [threading.Thread(target=write, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert names(database) == [f"p{place:03}" for place in range(200)]


def test_a_connection_that_breaks_is_replaced(database, monkeypatch):
    def broken(connection: Connection) -> None:
        raise DBAPIError("", None, OSError("the disk is gone"))

    with monkeypatch.context() as patch:
        patch.setattr("highfence.storage.database.end", broken)
        patch.setattr("highfence.storage.database.begin", broken)
        with pytest.raises(StorageFailed, match="the disk is gone"):
            database.write(note("a"))
    assert database.write(note("b")) == "b"
    assert names(database) == ["b"]
