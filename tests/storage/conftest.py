# SPDX-License-Identifier: Apache-2.0
"""An empty database for the tests of the storage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from highfence.storage.database import Database, open_sqlite
from highfence.storage.migrations import upgrade


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Give a database with all its tables."""
    opened = open_sqlite(tmp_path / "node.db")
    upgrade(opened)
    yield opened
    opened.close()
