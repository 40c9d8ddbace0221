# SPDX-License-Identifier: Apache-2.0
"""Database: one writer with group commit, many readers.

All changes go through `Database.write`, a queue in front of one thread. Whatever waits when the thread is free is run
in one transaction, each piece in a savepoint of its own, and answered only once the commit is on the disk: one flush
carries many changes, and a piece that fails takes nothing else with it.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from highfence.errors import StorageFailed

#: `Connection` is for other rooms to pass on; they never look inside.
__all__ = ["Change", "Connection", "Database", "open_sqlite"]

T = TypeVar("T")
Change = Callable[[Connection], T]
_Work = tuple[Change[Any], Future[Any]]

#: A bound on how much one commit carries, so that the first in the queue never waits long for the last.
_GROUP_MAX = 64


class Database:
    """A node's database. Open it with `open_sqlite`; close it when done."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._gate = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="highfence-writer", daemon=True)
        self._thread.start()

    def submit(self, change: Change[T]) -> Future[T]:
        """Queue a change and return at once; the future is done when the change is durable.

        The future raises what `change` raised, or `StorageFailed` when the database did not keep it. Cancelling it
        takes the change out of the queue, unless it is being written already.
        """
        future: Future[T] = Future()
        # Behind the mark that stops the writer nothing may queue: its future would never be done.
        with self._gate:
            if not self._closed.is_set():
                self._queue.put((change, future))
                return future
        future.set_exception(StorageFailed("the database is closed", advice="Start the node again"))
        return future

    def write(self, change: Change[T]) -> T:
        """Run a change and wait until it is durable; raises as the future of `submit`."""
        return self.submit(change).result()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one consistent state; raises StorageFailed when it cannot be read."""
        try:
            with self.engine.connect() as connection:
                try:
                    yield connection
                finally:
                    connection.rollback()
        except SQLAlchemyError as error:
            raise _failed(error, "the database cannot be read") from error

    def close(self) -> None:
        """Finish what is queued, stop the writer and close all connections."""
        with self._gate:
            if self._closed.is_set():
                return
            self._closed.set()
            self._queue.put(None)
        self._thread.join()
        self.engine.dispose()

    def _run(self) -> None:
        connection: Connection | None = None
        stop = False
        while not stop:
            group, stop = self._next_group()
            # From here on nobody can cancel what is being written; what was cancelled before is left out.
            wanted = [work for work in group if work[1].set_running_or_notify_cancel()]
            if not wanted:
                continue
            try:
                connection = connection or self.engine.connect()
            except SQLAlchemyError as error:
                for _, future in wanted:
                    future.set_exception(_failed(error))
                continue
            self._commit(connection, wanted)
        if connection is not None:
            connection.close()

    def _next_group(self) -> tuple[list[_Work], bool]:
        """Wait for work and take what waits with it; the second is True when this is the last."""
        work = self._queue.get()
        group: list[_Work] = []
        while work is not None:
            group.append(work)
            if len(group) == _GROUP_MAX:
                return group, False
            try:
                work = self._queue.get_nowait()
            except queue.Empty:
                return group, False
        return group, True

    def _commit(self, connection: Connection, group: list[_Work]) -> None:
        done: list[tuple[Future[Any], Any]] = []
        try:
            for change, future in group:
                # A piece that is alone in its transaction needs no savepoint to fail by itself.
                part = connection.begin_nested() if len(group) > 1 else connection.begin()
                try:
                    result = change(connection)
                    part.commit()
                except DBAPIError:
                    raise
                except BaseException as error:  # noqa: BLE001 - handed to whoever asked for the change
                    part.rollback()
                    future.set_exception(error)
                else:
                    done.append((future, result))
            if len(group) > 1:
                connection.commit()
        except SQLAlchemyError as error:
            connection.rollback()
            self._retry_one_by_one(connection, group, error)
            return
        for future, result in done:
            future.set_result(result)

    def _retry_one_by_one(self, connection: Connection, group: list[_Work], error: SQLAlchemyError) -> None:
        """Find out which piece of a failed group is to blame: nothing of the group was kept."""
        waiting = [(change, future) for change, future in group if not future.done()]
        if len(waiting) == 1:
            waiting[0][1].set_exception(_failed(error))
            return
        for piece in waiting:
            self._commit(connection, [piece])


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
    event.listen(engine, "begin", _begin)
    return Database(engine)


def _queue_pool() -> type[Any]:
    from sqlalchemy.pool import QueuePool

    return QueuePool


def _prepare(connection: Any, _record: object) -> None:
    # The driver must not open transactions of its own: `_begin` does, so that savepoints work.
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


def _begin(connection: Connection) -> None:
    connection.connection.cursor().execute("BEGIN")


def _failed(error: SQLAlchemyError, what: str = "the database did not keep the change") -> StorageFailed:
    cause = str(getattr(error, "orig", None) or error).splitlines()[0]
    full = "full" in cause
    return StorageFailed(
        f"{what}: {cause}",
        where="database",
        advice="Free space on the disk and try again; nothing was half-applied"
        if full
        else "Nothing was half-applied; see the node's log and try again",
    )
