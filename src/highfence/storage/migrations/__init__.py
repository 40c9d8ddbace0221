# SPDX-License-Identifier: Apache-2.0
"""The database's shape, step by step (Alembic). A step that has been released is never edited."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from highfence.storage.database import Connection, Database


def upgrade(database: Database) -> None:
    """Bring a database to the newest shape; a new one gets all tables.

    Raises:
        StorageFailed: the database did not take a step; none of that step is kept.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))

    def run(connection: Connection) -> None:
        if not connection.in_transaction():
            connection.begin()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    database.write(run)
