# SPDX-License-Identifier: Apache-2.0
"""A database for the tests of the register."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from highfence.storage.database import Database, open_sqlite
from highfence.storage.migrations import upgrade


@pytest.fixture
def new_database(tmp_path: Path) -> Iterator[Callable[[], Database]]:
    """Give what makes an empty database; all are closed in the end."""
    made: list[Database] = []

    def make() -> Database:
        made.append(open_sqlite(tmp_path / f"{len(made)}.db"))
        upgrade(made[-1])
        return made[-1]

    yield make
    for database in made:
        database.close()


@pytest.fixture
def database(new_database: Callable[[], Database]) -> Database:
    """Give an empty database."""
    return new_database()
