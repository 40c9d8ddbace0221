# SPDX-License-Identifier: Apache-2.0
"""Nodes for the tests of the exchange, behind each engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import engines
from highfence.app import Node
from nodes import opened


@pytest.fixture(params=engines.ENGINES)
def nodes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, Node]]:
    """Give the nodes of three authorities under one membership document, at noon on a clock that stands."""
    with engines.behind(request.param), opened(tmp_path, ("us", "nl", "cy")) as made:
        yield made
