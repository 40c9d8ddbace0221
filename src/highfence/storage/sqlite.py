# SPDX-License-Identifier: Apache-2.0
"""SQLite: the default engine, a file in the node's home, for one process that writes and any number that read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event

from highfence.storage.database import Database
from highfence.storage.prepared import begin, run_bare


def open_sqlite(path: Path, *, read_only: bool = False) -> Database:
    """Open the SQLite database at `path`, creating the file if needed; tables come from `migrations`."""
    import pysqlite3.dbapi2 as driver

    if not read_only:
        # SQLite gives its side files the rights of the database: for its owner only, whatever the folder allows.
        path.touch(mode=0o600)
    address = f"file:{path}?mode=ro" if read_only else f"file:{path}"
    engine = create_engine(
        "sqlite://",
        module=driver,
        creator=lambda: driver.connect(address, uri=True, timeout=30, check_same_thread=False),
        pool_size=16,
        max_overflow=64,
        poolclass=_queue_pool(),
    )
    event.listen(engine, "connect", _prepare_read_only if read_only else _prepare)
    event.listen(engine, "begin", begin)
    return Database(engine, None if read_only else _checkpoint)


def _queue_pool() -> type[Any]:
    from sqlalchemy.pool import QueuePool

    return QueuePool


def _prepare(connection: Any, _record: object) -> None:
    # The driver must not open transactions of its own: `begin` does, so that savepoints work.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "wal_autocheckpoint=8000",
        "foreign_keys=ON",
        "cache_size=-65536",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _prepare_read_only(connection: Any, _record: object) -> None:
    connection.isolation_level = None


def _checkpoint(connection: Connection) -> None:
    """Bring the write-ahead log into the database, so that its file is written over again instead of growing.

    A flush that changes the length of a file costs a third more, and the engine's own checkpoints fall into a commit.
    """
    run_bare(connection, "PRAGMA wal_checkpoint(PASSIVE)")
