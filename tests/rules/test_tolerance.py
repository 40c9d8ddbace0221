# SPDX-License-Identifier: Apache-2.0
"""Tolerances: which one counts, and that both numbers are treated alike."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.model.application import Parameter
from highfence.rules.tolerance import tolerances

TABLE = tolerances()


def number(value: str, unit: str, name: str = "wavelength") -> Parameter:
    return Parameter(name=name, value=Decimal(value), unit=unit)


@pytest.mark.parametrize(
    ("codes", "one", "other", "found"),
    [
        (("3B001.f.1",), number("193", "nm"), number("194.9", "nm"), "same"),
        (("3B001.f.1",), number("193", "nm"), number("248", "nm"), "different"),
        (("6A005.b",), number("300", "nm"), number("305", "nm"), "same"),  # 5 nm, though more than 2 %
        (("6A005.b",), number("300", "nm"), number("306.2", "nm"), "different"),
        (("2B001.a",), number("5", "1", "axes"), number("5", "1", "axes"), "same"),
        (("2B001.a",), number("5", "1", "axes"), number("4", "1", "axes"), "different"),
        ((), number("100", "kg", "mass"), number("110", "kg", "mass"), "same"),
        ((), number("100", "kg", "mass"), number("0.112", "t", "mass"), "different"),
        ((), number("100", "kg", "mass"), number("100", "m", "mass"), "unknown"),
        ((), number("0", "W", "power"), number("0", "kW", "power"), "same"),
    ],
)
def test_the_longest_code_and_the_named_parameter_count(codes, one, other, found: str) -> None:  # type: ignore[no-untyped-def]
    assert TABLE.compare(one, other, codes=codes)[0] == found


@given(
    st.decimals(min_value=-(10**6), max_value=10**6, places=3),
    st.decimals(min_value=-(10**6), max_value=10**6, places=3),
    st.sampled_from(["nm", "um", "mm", "m"]),
    st.sampled_from(["nm", "um", "mm", "kg"]),
    st.sampled_from(["", "3B001", "6A005.b", "2B001"]),
)
def test_both_numbers_are_treated_alike(a: Decimal, b: Decimal, u: str, v: str, code: str) -> None:
    one, other = number(str(a), u), number(str(b), v)
    assert TABLE.compare(one, other, codes=(code,))[0] == TABLE.compare(other, one, codes=(code,))[0]


def test_every_line_of_the_table_can_be_reached_and_none_is_called_verified() -> None:
    for line in TABLE.tolerances:
        name = line.names[0] if line.names else "something else"
        assert TABLE.of((line.code,), name) == line
    assert not TABLE.verified
