# SPDX-License-Identifier: Apache-2.0
"""Opening: a node's database, behind whichever engine its settings name."""

from __future__ import annotations

from pathlib import Path

from highfence.errors import SettingsWrong
from highfence.storage.database import Database
from highfence.storage.sqlite import open_sqlite


def open_database(path: Path, address: str, *, read_only: bool = False) -> Database:
    """Open the PostgreSQL database at the URL `address` or, if that is empty, the SQLite database at `path`.

    Raises:
        SettingsWrong: the URL or the server cannot be used, or the extra `postgres` is not installed.
        StorageFailed: the server cannot be reached.
    """
    if not address:
        return open_sqlite(path, read_only=read_only)
    try:
        from highfence.storage.postgres import open_postgres
    except ImportError as error:
        raise SettingsWrong(
            "the driver for PostgreSQL is not installed",
            where="database",
            advice="Install it with `pip install 'highfence[postgres]'`",
        ) from error
    return open_postgres(address, read_only=read_only)
