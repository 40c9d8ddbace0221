# SPDX-License-Identifier: Apache-2.0
"""What is SQLite's own: its files, its disk, its log."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from highfence.errors import StorageFailed
from highfence.storage.database import Connection, Database
from highfence.storage.migrations import upgrade
from highfence.storage.sqlite import open_sqlite

from .changes import PATIENCE_S, Held, names, note


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_sqlite(tmp_path / "node.db")
    upgrade(opened)
    yield opened
    opened.close()


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
