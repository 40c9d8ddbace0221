# SPDX-License-Identifier: Apache-2.0
"""Opening: a node's database, behind whichever engine its settings name."""

from __future__ import annotations

from pathlib import Path

from highfence.errors import SettingsWrong
from highfence.storage import journal, processes
from highfence.storage.database import Database
from highfence.storage.migrations import upgrade
from highfence.storage.sqlite import open_sqlite


def open_database(path: Path, address: str, *, read_only: bool = False) -> Database:
    """Open the PostgreSQL database at the URL `address` or, if that is empty, the SQLite database at `path`.

    Raises:
        SettingsWrong: the URL or the server cannot be used, or the extra `postgres` is not installed.
        StorageFailed: the server cannot be reached.
    """
    if not address:
        return open_sqlite(path, read_only=read_only)
    if path.exists():
        # Begun anew elsewhere, its feeds would contradict what its peers hold.
        raise SettingsWrong(
            "this node has a SQLite database already",
            where=str(path),
            advice="A node stays with the engine it was made with: leave the setting `database` out",
        )
    try:
        from highfence.storage.postgres import open_postgres
    except ImportError as error:
        raise SettingsWrong(
            "the driver for PostgreSQL is not installed",
            where="database",
            advice="Install it with `pip install 'highfence[postgres]'`",
        ) from error
    return open_postgres(address, read_only=read_only)


def prepare(database: Database, owner: str) -> None:
    """Bring a database to the newest shape, and make sure that it is of the node of this authority.

    Raises:
        SettingsWrong: the database is another authority's.
        StorageFailed: the database did not take a step.
    """
    upgrade(database)
    if database.posts is None:
        return
    claimed = database.write(lambda connection: processes.claim(connection, owner))
    if claimed != owner:
        raise SettingsWrong(
            f"the database is that of the authority {claimed!r}",
            where="database",
            advice="Give each node a database or a schema of its own",
        )


def make_database(path: Path, address: str, owner: str) -> None:
    """Make the tables of a new node.

    Raises:
        SettingsWrong: as `open_database` and `prepare`, or there is a node in the database already.
        StorageFailed: as `open_database` and `prepare`.
    """
    database = open_database(path, address)
    try:
        prepare(database, owner)
        with database.read() as connection:
            used = journal.count(connection)
    finally:
        database.close()
    if used:
        raise SettingsWrong(
            "there is a node in this database already",
            where="database",
            advice="Give each node a database or a schema of its own",
        )
