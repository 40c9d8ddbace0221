# SPDX-License-Identifier: Apache-2.0
"""The examples in the docstrings of the pages run."""

from __future__ import annotations

import doctest
import importlib

import pytest

import highfence.entrypoints.web


@pytest.mark.parametrize("name", ["", ".gap_files", ".screening_page", ".visit", ".words"])
def test_the_examples_in_the_docstrings_run(name: str) -> None:
    result = doctest.testmod(importlib.import_module(highfence.entrypoints.web.__name__ + name))
    assert result.attempted > 0
    assert result.failed == 0
