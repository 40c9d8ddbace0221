# SPDX-License-Identifier: Apache-2.0
"""Shares are exact, and what is no share is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import InvalidInput
from highfence.model.interest import WHOLE, Share, between, exactly, percent
from highfence.model.interests import Interests


def test_shares_add_up_exactly() -> None:
    assert exactly("33.33").low + exactly("16.67").low == exactly(50).low
    assert sum(exactly("0.1").low for _ in range(1000)) == WHOLE


def test_a_third_is_widened_and_never_narrowed() -> None:
    third = exactly(Decimal(100) / 3)
    assert third.high - third.low == 1


@pytest.mark.parametrize("share", ["-0.1", "100.0000000001", "NaN", "Infinity", "1e400"])
def test_what_is_no_share_is_refused(share: str) -> None:
    with pytest.raises(InvalidInput):
        exactly(share)


def test_reversed_bounds_are_refused() -> None:
    with pytest.raises(InvalidInput, match="is more than the most"):
        between(60, 40)


@given(st.integers(0, WHOLE))
def test_percents_read_back(units: int) -> None:
    assert exactly(str(Decimal(repr(percent(units))))) == Share(units, units)


def test_columns_of_nothing_are_columns() -> None:
    none = Interests.of([], also=["X"])
    assert (len(none), none.ids, none.index) == (0, ["X"], {"X": 0})
