# SPDX-License-Identifier: Apache-2.0
"""Nodes for the tests of the exchange."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from highfence.app import Node
from nodes import opened


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[dict[str, Node]]:
    """Give the nodes of three authorities under one membership document, at noon on a clock that stands."""
    with opened(tmp_path, ("us", "nl", "cy")) as made:
        yield made
