# SPDX-License-Identifier: Apache-2.0
"""An empty database for the tests of the storage, behind each engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import engines
from highfence.storage.database import Database
from highfence.storage.migrations import upgrade
from highfence.storage.opening import open_database


@pytest.fixture(params=engines.ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """Let each test run behind each engine, and name it."""
    with engines.behind(request.param):
        yield request.param


@pytest.fixture
def open_again(engine: str, tmp_path: Path) -> Callable[..., Database]:
    """Give what opens the test's database once more, `read_only` or not."""
    url = engines.database_url()
    return lambda read_only=False: open_database(tmp_path / "node.db", url, read_only=read_only)


@pytest.fixture
def database(engine: str, open_again: Callable[..., Database]) -> Iterator[Database]:
    """Give a database with all its tables."""
    opened = open_again()
    if engine == "sqlite":
        upgrade(opened)
    yield opened
    opened.close()
