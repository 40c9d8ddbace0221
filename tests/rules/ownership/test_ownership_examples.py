# SPDX-License-Identifier: Apache-2.0
"""The examples in the docstrings of the ownership package run."""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize("name", ["rules.ownership", "rules.ownership.policy", "model.interest"])
def test_the_examples_in_the_docstrings_run(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"highfence.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
