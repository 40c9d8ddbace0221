# SPDX-License-Identifier: Apache-2.0
"""The steps that shape the database make what the tables declare, once."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from highfence.storage.migrations import upgrade
from highfence.storage.sqlite import open_sqlite
from highfence.storage.tables import metadata
from nodes import everything, opened, reopened


def test_the_steps_make_just_what_the_tables_declare(database):
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_upgrading_again_changes_nothing(tmp_path):
    with opened(tmp_path, ("us", "nl")) as nodes:
        before = everything(nodes["us"])
        upgrade(nodes["us"].database)
        nodes["us"] = reopened(nodes["us"])
        assert everything(nodes["us"]) == before


def test_a_step_that_fails_leaves_nothing(tmp_path, monkeypatch):
    database = open_sqlite(tmp_path / "node.db")
    real = command.upgrade

    def fail(config, target):
        real(config, target)
        raise RuntimeError("in the middle")

    with monkeypatch.context() as broken:
        broken.setattr(command, "upgrade", fail)
        with pytest.raises(RuntimeError):
            upgrade(database)
    with database.read() as connection:
        assert not connection.dialect.has_table(connection, "journal")
    upgrade(database)
    with database.read() as connection:
        assert connection.dialect.has_table(connection, "journal")
    database.close()
