# SPDX-License-Identifier: Apache-2.0
"""Dates as publishers print them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.sources.dates import read_date, read_day


@pytest.mark.parametrize(
    ("printed", "written"),
    [
        ("2021-06-03", "2021-06-03"),
        ("1968-02", "1968-02"),
        ("1968", "1968"),
        ("17 Oct 1990", "1990-10-17"),
        ("circa 17 Oct 1990", "1990-10-17"),
        ("Feb 1968", "1968-02"),
        ("February 1968", "1968-02"),
        ("circa 1968", "1968"),
        ("10/17/1990", "1990-10-17"),
        ("1960 to 1965", ""),
        ("31 Feb 1990", ""),
        ("13/13/1990", ""),
        ("1990-13", ""),
        ("0000", ""),
        ("17 Foo 1990", ""),
        ("", ""),
    ],
)
def test_writes_a_date_as_precise_as_it_is_printed(printed: str, written: str) -> None:
    assert read_date(printed) == written


def test_a_month_is_not_a_day() -> None:
    assert read_day("Feb 1968") is None
    assert read_day("3 Jun 2021") == date(2021, 6, 3)


@given(st.dates())
def test_every_iso_day_reads_as_itself(day: date) -> None:
    assert read_day(day.isoformat()) == day


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_none(text: str) -> None:
    written = read_date(text)
    assert written == "" or read_date(written) == written
