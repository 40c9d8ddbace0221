# SPDX-License-Identifier: Apache-2.0
"""Databases for the tests of the register: behind each engine, and many behind SQLite for what is tried many times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import engines
from highfence.storage.database import Database
from highfence.storage.migrations import upgrade
from highfence.storage.opening import open_database
from highfence.storage.sqlite import open_sqlite


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


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try what is told by example behind each engine; laws, tried a hundred times each, behind SQLite."""
    if "database" in metafunc.fixturenames:
        law = getattr(metafunc.function, "is_hypothesis_test", False)
        metafunc.parametrize("database", engines.ENGINES[:1] if law else engines.ENGINES, indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Give an empty database."""
    with engines.behind(request.param):
        url = engines.database_url()
        opened = open_database(tmp_path / "node.db", url)
        if not url:
            upgrade(opened)
        yield opened
        opened.close()
