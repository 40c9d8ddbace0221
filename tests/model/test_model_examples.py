# SPDX-License-Identifier: Apache-2.0
"""The examples in the model room's docstrings run."""

from __future__ import annotations

import doctest
import importlib

import pytest

import highfence.model


@pytest.mark.parametrize("name", ["", ".schema", ".identifier", ".country"])
def test_the_examples_in_the_docstrings_run(name: str) -> None:
    result = doctest.testmod(importlib.import_module(highfence.model.__name__ + name))
    assert result.attempted > 0
    assert result.failed == 0
