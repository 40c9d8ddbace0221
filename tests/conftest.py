# SPDX-License-Identifier: Apache-2.0
"""Fixtures all rooms share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import engines

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def lists() -> Path:
    """Return the folder of complete official lists, or skip."""
    folder = Path(os.environ.get("HIGHFENCE_LISTS", ROOT.parent / "shared" / "data"))
    if not (folder / "us_csl").is_dir():
        pytest.skip(f"the complete official lists are not at {folder}; set HIGHFENCE_LISTS to their folder")
    return folder


def pytest_sessionfinish() -> None:
    """Leave no database behind; a process that runs a part of the tests ends without any other notice."""
    engines.drop_all()
