# SPDX-License-Identifier: Apache-2.0
"""The examples in the docstrings of the formats room and of its FollowTheMoney module run."""

from __future__ import annotations

import doctest
import importlib

import pytest

import highfence.formats


@pytest.mark.parametrize("name", ["", ".ftm", ".headings", ".holdings", ".tabular"])
def test_the_examples_in_the_docstrings_run(name: str) -> None:
    result = doctest.testmod(importlib.import_module(highfence.formats.__name__ + name))
    assert result.attempted > 0
    assert result.failed == 0
