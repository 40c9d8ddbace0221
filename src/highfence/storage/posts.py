# SPDX-License-Identifier: Apache-2.0
"""Posts: what only one process of a node does at a time, where several share its database.

A post is a lock of the database's own, held by a session and not by a transaction: it is free again as soon as its
process ends, however it ends. A session that has not been heard of for ten seconds, because its process hangs, is
ended by the server, so a process that holds posts must `look` more often than that.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from highfence.errors import SettingsWrong, StorageFailed

#: A session that holds posts and says nothing for so long is given up by the server.
SILENCE_S = 10
_PRESENCE = "presence"


class Posts:
    """The posts of one node, as one process sees them. Safe to use from several threads.

    `connect` opens a session of its own; `schema` tells the nodes apart that share a database; `error` is what the
    driver raises when the database is gone.
    """

    def __init__(self, connect: Callable[[], Any], schema: str, *, error: type[Exception]) -> None:
        self._connect = connect
        self._schema = schema
        self._error = error
        self._lock = threading.Lock()
        self._session: Any = None
        self._present: Any = None
        self._alone = False
        self._closed = False
        self._held: set[str] = set()

    def key(self, name: str) -> int:
        """Return the number under which the database knows a post of this node."""
        digest = hashlib.sha256(f"highfence\n{self._schema}\n{name}".encode()).digest()
        return int.from_bytes(digest[:8], "big", signed=True)

    def be_present(self, *, alone: bool) -> None:
        """Note that this process uses the database until it closes, with others or `alone`.

        Raises:
            SettingsWrong: another process is alone with it, or there are others and this one must be alone.
            StorageFailed: the database cannot be reached.
        """
        self._alone = alone
        try:
            self._present = self._joined()
        except self._error as error:
            raise _unreachable(error) from error
        if self._present is None:
            raise SettingsWrong(
                "another process is using this node", where="database", advice="Stop it, or use its API"
            )

    def _joined(self) -> Any:
        """Return a session by which this process is present, or None if it may not be; raises the driver's error."""
        session = self._connect()
        take = "pg_try_advisory_lock" if self._alone else "pg_try_advisory_lock_shared"
        if session.execute(f"SELECT {take}(%s)", (self.key(_PRESENCE),)).fetchone()[0]:
            return session
        session.close()
        return None

    def take(self, name: str) -> bool:
        """Take a post if nobody holds it; True if this process holds it now."""
        with self._lock:
            if name in self._held:
                return True
            try:
                if self._session is None:
                    self._session = self._connect()
                    self._session.execute(f"SET idle_session_timeout = '{SILENCE_S}s'")
                taken = bool(self._session.execute("SELECT pg_try_advisory_lock(%s)", (self.key(name),)).fetchone()[0])
            except self._error:
                self._lose()
                return False
            if taken:
                self._held.add(name)
            return taken

    def look(self) -> frozenset[str]:
        """Return the posts that this process still holds; to be asked about once a second."""
        with self._lock:
            if not self._lives(self._session):
                self._lose()
            if not self._lives(self._present) and not self._closed:
                # The server was away: whoever wants to be alone must again find this process here.
                with suppress(self._error):
                    self._present = self._joined()
            return frozenset(self._held)

    def _lives(self, session: Any) -> bool:
        if session is not None:
            with suppress(self._error):
                session.execute("SELECT 1")
                return True
        return False

    @contextmanager
    def waited_for(self, name: str) -> Iterator[None]:
        """Hold a post for a piece of work, after waiting until nobody else does; raises StorageFailed."""
        try:
            session = self._connect()
            session.execute("SELECT pg_advisory_lock(%s)", (self.key(name),))
        except self._error as error:
            raise _unreachable(error) from error
        try:
            yield
        finally:
            self._end(session)

    def close(self) -> None:
        """Give all posts back, and be no longer present."""
        with self._lock:
            self._closed = True
            self._lose()
            present, self._present = self._present, None
            self._end(present)

    def _lose(self) -> None:
        self._held.clear()
        session, self._session = self._session, None
        self._end(session)

    def _end(self, session: Any) -> None:
        if session is not None:
            # Said aloud, because the server may notice the end of a session a moment later.
            with suppress(self._error):
                session.execute("SELECT pg_advisory_unlock_all()")
            with suppress(self._error):
                session.close()


def _unreachable(error: Exception) -> StorageFailed:
    return StorageFailed(
        f"the database cannot be reached: {str(error).partition(chr(10))[0]}",
        where="database",
        advice="Look whether it runs, then try again",
    )
