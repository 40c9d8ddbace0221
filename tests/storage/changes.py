# SPDX-License-Identifier: Apache-2.0
"""Small changes to a database, and a way to hold its writer, for the tests of both engines."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sqlalchemy import text

from highfence.storage.database import Connection, Database

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
