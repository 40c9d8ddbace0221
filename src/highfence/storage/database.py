# SPDX-License-Identifier: Apache-2.0
"""Database: one writer with group commit, many readers.

All changes go through `Database.write`, a queue in front of one thread. Whatever waits when the thread is free is run
in one transaction, each piece in a savepoint of its own, and answered only once the commit is on the disk: one flush
carries many changes, and a piece that fails takes nothing else with it.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from highfence.errors import StorageFailed
from highfence.storage.posts import Posts
from highfence.storage.prepared import begin, end, keep

#: `Connection` is for other rooms to pass on; they never look inside.
__all__ = ["Change", "Connection", "Database"]

T = TypeVar("T")
Change = Callable[[Connection], T]
_Work = tuple[Change[Any], Future[Any]]

#: A bound on how much one commit carries, so that the first in the queue never waits long for the last.
_GROUP_MAX = 64
#: After so many commits the database is tidied up, in the first pause of this length.
_TIDY_COMMITS = 64
_QUIET_S = 0.02
#: Connections that are kept for the next reading: to open one costs more than most readings do.
_IDLE_MAX = 16
#: When the connection is lost while a commit is under way, nobody here knows how it ended.
_UNSURE = "Nothing was half-applied, but it may have been kept: look for it before you try again"


def _nothing(_: Connection) -> None:
    pass


#: In the queue: nothing to write, but the writer has something to tidy up that others have written.
_WAKE: _Work = (_nothing, Future())


class Database:
    """A node's database. Open it with `open_sqlite` or `open_postgres`; close it when done.

    `posts` is None when this process is the only one that writes. `alive` tells whether a connection that has rested is
    still one, where it can break without anybody's doing here.
    """

    def __init__(
        self,
        engine: Engine,
        tidy: Change[None] | None = None,
        *,
        readers: Engine | None = None,
        posts: Posts | None = None,
        alive: Callable[[Connection], bool] | None = None,
    ) -> None:
        self.engine = engine
        self.posts = posts
        self._alive = alive
        self._readers = readers or engine
        self._tidy = tidy
        self._untidy = 0
        self._idle: deque[Connection] = deque()
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._gate = threading.Lock()
        self._turn = threading.Lock()
        self._connection: Connection | None = None
        self._thread = threading.Thread(target=self._run, name="highfence-writer", daemon=True)
        self._thread.start()

    def submit(self, change: Change[T], *, here: bool = False) -> Future[T]:
        """Queue a change and return at once; the future is done when the change is durable.

        With `here` the caller has a thread that may wait for the disk: if nobody is writing and nothing waits, the
        change is made on it, which spares two hand-overs, and the future that is returned is done.

        The future raises what `change` raised, or `StorageFailed` when the database did not keep it. Cancelling it
        takes the change out of the queue, unless it is being written already.
        """
        future: Future[T] = Future()
        if here and self._queue.empty() and self._turn.acquire(blocking=False):
            try:
                if not self._closed.is_set():
                    self._write([(change, future)])
                    return future
            finally:
                self._turn.release()
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
            connection = self._rested()
            if connection is None:
                connection = self._readers.connect()
            try:
                yield connection
            finally:
                self._put_back(connection)
        except SQLAlchemyError as error:
            raise _failed(error, "the database cannot be read") from error

    def _rested(self) -> Connection | None:
        """Return a connection that is kept for the next reading, if there is one that can be used."""
        try:
            connection = self._idle.pop()
        except IndexError:
            return None
        if self._alive is None or self._alive(connection):
            return connection
        _give_up(connection)
        # What broke this one has most likely broken those beside it.
        self._drop_idle()
        return None

    def _put_back(self, connection: Connection) -> None:
        try:
            end(connection)
        except SQLAlchemyError:
            _give_up(connection)
            self._drop_idle()
            raise
        if self._closed.is_set() or len(self._idle) >= _IDLE_MAX:
            connection.close()
        else:
            self._idle.append(connection)

    def close(self) -> None:
        """Finish what is queued, stop the writer and close all connections."""
        with self._gate:
            if self._closed.is_set():
                return
            self._closed.set()
            self._queue.put(None)
        self._thread.join()
        with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
        self._drop_idle()
        self._readers.dispose()
        self.engine.dispose()
        if self.posts is not None:
            self.posts.close()

    def _drop_idle(self) -> None:
        while self._idle:
            with suppress(IndexError):
                # Not back to the engine's pool, which would hand a broken one out again.
                _give_up(self._idle.pop())

    def _run(self) -> None:
        stop = False
        while not stop:
            group, stop = self._next_group()
            with self._turn:
                self._write(group)

    def _write(self, group: list[_Work]) -> None:
        """Write a group; the caller has the turn."""
        # From here on nobody can cancel what is being written; what was cancelled before is left out.
        wanted = [work for work in group if work[1].set_running_or_notify_cancel()]
        if not wanted:
            return
        try:
            if self._connection is not None and self._alive is not None and not self._alive(self._connection):
                broken, self._connection = self._connection, None
                _give_up(broken)
            if self._connection is None:
                self._connection = self.engine.connect()
            self._commit(self._connection, wanted)
            self._untidy += 1
            if self._untidy == _TIDY_COMMITS and self._tidy is not None:
                self._queue.put(_WAKE)
        except SQLAlchemyError as error:
            # Not even taking back what was begun went well: whoever still waits is told, and the next begins afresh.
            connection, self._connection = self._connection, None
            for _, future in wanted:
                if not future.done():
                    future.set_exception(_failed(error, advice=_UNSURE))
            if connection is not None:
                _give_up(connection)

    def _next_group(self) -> tuple[list[_Work], bool]:
        """Wait for work and take what waits with it; the second is True when this is the last."""
        work = self._next()
        group: list[_Work] = []
        while work is not None:
            if work is not _WAKE:
                group.append(work)
            if len(group) == _GROUP_MAX:
                return group, False
            try:
                work = self._queue.get_nowait()
            except queue.Empty:
                return group, False
        return group, True

    def _next(self) -> _Work | None:
        """Return the next piece of work; a pause after many commits is used to tidy up."""
        while self._tidy is not None and self._untidy >= _TIDY_COMMITS:
            try:
                return self._queue.get(timeout=_QUIET_S)
            except queue.Empty:
                with self._turn:
                    self._untidy = 0
                    if self._connection is not None:
                        # What is not done now is done in a later pause, or by the engine itself.
                        with suppress(SQLAlchemyError):
                            self._tidy(self._connection)
        return self._queue.get()

    def _commit(self, connection: Connection, group: list[_Work]) -> None:
        if len(group) == 1:
            self._commit_one(connection, group[0])
            return
        done: list[tuple[Future[Any], Any]] = []
        try:
            for change, future in group:
                part = connection.begin_nested()
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
            connection.commit()
        except SQLAlchemyError:
            if connection.invalidated:
                # Lost in the middle: whether it was kept is not known, so nothing of it may be done once more.
                raise
            end(connection)
            self._retry_one_by_one(connection, group)
            return
        for future, result in done:
            future.set_result(result)

    def _commit_one(self, connection: Connection, work: _Work) -> None:
        """Run a piece that is alone in its transaction: it needs no savepoint to fail by itself."""
        change, future = work
        try:
            begin(connection)
            result = change(connection)
            keep(connection)
        except SQLAlchemyError as error:
            if connection.invalidated:
                raise  # see `_commit`
            end(connection)
            future.set_exception(_failed(error))
        except BaseException as error:  # noqa: BLE001 - handed to whoever asked for the change
            end(connection)
            future.set_exception(error)
        else:
            future.set_result(result)

    def _retry_one_by_one(self, connection: Connection, group: list[_Work]) -> None:
        """Find out which piece of a failed group is to blame: nothing of the group was kept."""
        for piece in group:
            if not piece[1].done():
                self._commit(connection, [piece])


def _give_up(connection: Connection) -> None:
    connection.invalidate()
    connection.close()


def _failed(
    error: SQLAlchemyError, what: str = "the database did not keep the change", *, advice: str = ""
) -> StorageFailed:
    cause = str(getattr(error, "orig", None) or error).partition("\n")[0]
    full = "full" in cause or "No space left" in cause
    return StorageFailed(
        f"{what}: {cause}",
        where="database",
        advice="Free space on the disk and try again; nothing was half-applied"
        if full
        else advice or "Nothing was half-applied; see the node's log and try again",
    )
