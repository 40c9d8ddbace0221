# SPDX-License-Identifier: Apache-2.0
"""The examples in the docstrings of the doors run."""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize("name", ["", ".api", ".cli", ".cli.demo", ".peer"])
def test_the_examples_in_the_docstrings_run(name: str) -> None:
    result = doctest.testmod(importlib.import_module("highfence.entrypoints" + name))
    assert result.attempted > 0
    assert result.failed == 0
