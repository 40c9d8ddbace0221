# SPDX-License-Identifier: Apache-2.0
"""Which lists there are, and that each folder has what a list needs."""

from __future__ import annotations

from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import HighfenceError, NotFound
from highfence.sources.catalogue import parser, source, sources
from highfence.sources.progress import quiet
from highfence.sources.source import Parsed, Source

EVERY = pytest.mark.parametrize("declared", sources(), ids=lambda declared: declared.name)


def test_the_lists_are_sorted_and_their_names_differ() -> None:
    names = [declared.name for declared in sources()]
    assert names == sorted(set(names))
    assert {"us_csl", "us_1260h"} <= set(names)


@EVERY
def test_each_list_says_who_publishes_it_and_what_to_expect(declared: Source) -> None:
    assert declared.publisher
    assert declared.licence
    assert declared.formats
    if declared.name == "own_list":
        # An authority's own list has no publisher's address, and each listing names its jurisdiction.
        # Its keeper can mend any line, so none may be unusable.
        assert declared.url == declared.jurisdiction == ""
        assert declared.expectations.refused_share_most == 0
    else:
        assert 0 < declared.expectations.refused_share_most < 1
        assert declared.url.startswith("https://")
        assert len(declared.jurisdiction) == 2
    bounds = declared.expectations
    assert 0 < bounds.parties_least <= bounds.parties_most
    assert 0 < bounds.removed_share_most < 1
    assert all(0 <= bound.least <= bound.most for bound in bounds.lists)


@EVERY
def test_each_list_has_notes_and_its_folder_bears_its_name(declared: Source) -> None:
    folder = resources.files("highfence.sources").joinpath(declared.name)
    assert folder.joinpath("NOTES.md").read_text("utf-8").startswith("# ")


@EVERY
@given(data=st.binary(max_size=300))
def test_any_bytes_give_a_list_or_a_refusal(declared: Source, data: bytes) -> None:
    try:
        outcome: Parsed | HighfenceError = parser(declared.name)(data, quiet)
    except HighfenceError as refusal:
        outcome = refusal
    assert isinstance(outcome, Parsed) or outcome.advice


def test_an_unknown_list_is_not_found_and_the_known_ones_are_named() -> None:
    with pytest.raises(NotFound, match="us_csl"):
        source("us_csl.parse")
    with pytest.raises(NotFound):
        parser("../us_csl")
