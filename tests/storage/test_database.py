# SPDX-License-Identifier: Apache-2.0
"""One writer with group commit: what is answered is on the disk, and a piece that fails takes nothing with it."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from highfence.errors import StorageFailed
from highfence.storage.database import Connection, Database, open_sqlite
from highfence.storage.migrations import upgrade

#: How long a test waits for what must happen before it has failed.
PATIENCE_S = 30.0


def note(name: str) -> Callable[[Connection], str]:
    """Return a change that adds a row."""

    def change(connection: Connection) -> str:
        connection.execute(text("INSERT INTO quarantine VALUES (:name, 't', 'r', 'x')"), {"name": name})
        return name

    return change


def names(database: Database) -> list[str]:
    """Return the rows there are."""
    with database.read() as connection:
        return sorted(connection.scalars(text("SELECT peer FROM quarantine")))


class Held:
    """Holds the writer until it is let go, so that what is queued meanwhile is one group."""

    def __init__(self, database: Database) -> None:
        self._go = threading.Event()
        started = threading.Event()

        def wait(_: Connection) -> None:
            started.set()
            self._go.wait(PATIENCE_S)

        self.future = database.submit(wait)
        started.wait(PATIENCE_S)

    def let_go(self) -> None:
        self._go.set()
        self.future.result(PATIENCE_S)


def count_commits(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by the length of each group that is committed."""
    groups: list[int] = []
    real = database._commit

    def commit(connection: Connection, group: list[object]) -> None:
        groups.append(len(group))
        real(connection, group)

    monkeypatch.setattr(database, "_commit", commit)
    return groups


def test_what_is_answered_is_durable(database, tmp_path):
    assert database.write(note("a")) == "a"
    other = open_sqlite(tmp_path / "node.db", read_only=True)
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
    with pytest.raises(StorageFailed, match="no such table") as refusal:
        database.write(lambda connection: connection.execute(text("SELECT * FROM nowhere")))
    assert refusal.value.advice
    assert database.write(note("after")) == "after"


def test_a_failed_reading_is_told_too(database):
    with database.read() as connection, pytest.raises(Exception, match="no such table"):
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


def test_what_a_reader_changes_is_not_kept(database):
    with database.read() as connection:
        note("a")(connection)
    assert names(database) == []


def test_a_read_only_database_cannot_be_written(database, tmp_path):
    database.write(note("a"))
    reader = open_sqlite(tmp_path / "node.db", read_only=True)
    with pytest.raises(StorageFailed, match="readonly"):
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


def test_nothing_handed_in_while_it_closes_is_left_without_an_answer(tmp_path):
    def hand_in(database: Database, futures: list[Future[int]]) -> None:
        futures.extend(database.submit(lambda _: 1) for _ in range(30))

    for turn in range(20):
        database = open_sqlite(tmp_path / f"{turn}.db")
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


@pytest.mark.parametrize("obstacle", ["a folder", "no database"])
def test_a_database_that_cannot_be_opened_is_told_and_hangs_nobody(tmp_path, obstacle):
    path: Path = tmp_path / "node.db"
    if obstacle == "a folder":
        path.mkdir()
    else:
        path.write_bytes(b"this is no database at all, but a text of some length" * 40)
    database = open_sqlite(path)
    with pytest.raises(StorageFailed):
        upgrade(database)
    with pytest.raises(StorageFailed, match="cannot be read"), database.read():
        raise AssertionError("it was opened")
    database.close()


def test_a_read_only_database_that_is_not_there_is_told(tmp_path):
    database = open_sqlite(tmp_path / "nowhere.db", read_only=True)
    with pytest.raises(StorageFailed), database.read():
        raise AssertionError("it was opened")
    database.close()
    assert not (tmp_path / "nowhere.db").exists()


def test_a_full_disk_is_told_and_writing_goes_on_once_there_is_space(database):
    pages = database.write(lambda connection: connection.execute(text("PRAGMA page_count")).scalar_one())
    database.write(lambda connection: connection.execute(text(f"PRAGMA max_page_count = {pages}")).scalar())
    held = Held(database)
    large = [database.submit(note("x" * 50_000 + str(place))) for place in range(3)]
    small = database.submit(note("small"))
    held.let_go()
    assert [type(future.exception(PATIENCE_S)) for future in large] == [StorageFailed] * 3
    assert "Free space" in str(large[0].exception())
    assert small.result(PATIENCE_S) == "small"
    database.write(lambda connection: connection.execute(text("PRAGMA max_page_count = 1000000")).scalar())
    assert len(database.write(note("y" * 50_000))) == 50_000


def test_every_connection_flushes_before_it_answers(database):
    def settings(connection: Connection) -> tuple[str, int]:
        mode = connection.execute(text("PRAGMA journal_mode")).scalar_one()
        return mode, connection.execute(text("PRAGMA synchronous")).scalar_one()

    assert database.write(settings) == ("wal", 2)
    with database.read() as connection:
        assert settings(connection) == ("wal", 2)


def test_the_database_and_its_side_files_are_its_owners_alone(tmp_path):
    before = os.umask(0)
    try:
        folder = tmp_path / "open"
        folder.mkdir(mode=0o755)
        database = open_sqlite(folder / "node.db")
        upgrade(database)
        files = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
        database.close()
    finally:
        os.umask(before)
    assert files == {"node.db": 0o600, "node.db-wal": 0o600, "node.db-shm": 0o600}


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


def test_a_change_may_be_made_on_the_callers_thread(database, tmp_path):
    on: list[str] = []

    def change(connection: Connection) -> str:
        on.append(threading.current_thread().name)
        return note("a")(connection)

    future = database.submit(change, here=True)
    assert (future.done(), future.result(), on) == (True, "a", [threading.current_thread().name])
    other = open_sqlite(tmp_path / "node.db", read_only=True)
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


@pytest.mark.parametrize("here", [True, False])
def test_in_a_pause_after_many_writes_the_log_is_brought_into_the_database(database, tmp_path, monkeypatch, here):
    tidied = threading.Event()
    real = database._tidy

    def tidy(connection: Connection) -> None:
        real(connection)
        tidied.set()

    monkeypatch.setattr(database, "_tidy", tidy)
    for place in range(64):
        database.submit(note(f"p{place:03}"), here=here).result(PATIENCE_S)
    assert tidied.wait(PATIENCE_S)
    (tmp_path / "copy.db").write_bytes((tmp_path / "node.db").read_bytes())
    copy = open_sqlite(tmp_path / "copy.db", read_only=True)
    assert len(names(copy)) >= 64
    copy.close()


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
