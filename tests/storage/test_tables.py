# SPDX-License-Identifier: Apache-2.0
"""The tables are declared so that both engines take them."""

from __future__ import annotations

import pytest
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from highfence.storage.tables import metadata


@pytest.mark.parametrize("name", sorted(metadata.tables))
@pytest.mark.parametrize("dialect", [postgresql.dialect(), sqlite.dialect()], ids=["postgresql", "sqlite"])
def test_every_engine_can_make_the_table(name, dialect):
    statement = str(CreateTable(metadata.tables[name]).compile(dialect=dialect))
    assert f"CREATE TABLE {name}" in statement


@pytest.mark.parametrize("name", sorted(metadata.tables))
def test_every_table_has_a_key_and_no_empty_columns(name):
    table = metadata.tables[name]
    assert list(table.primary_key.columns)
    assert [column.name for column in table.columns if column.nullable] == []
