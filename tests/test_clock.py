# SPDX-License-Identifier: Apache-2.0
"""The one place that tells the time, and how instants are written and read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.clock import SetClock, SystemClock, day, instant_text, read_instant

INSTANTS = st.integers(0, 250_000_000_000_000_000).map(
    lambda microseconds: datetime(1000, 1, 3, tzinfo=UTC) + timedelta(microseconds=microseconds)
)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(at=INSTANTS, offset=OFFSETS)
def test_an_instant_is_written_in_utc_and_read_back(at, offset):
    text = instant_text(at.astimezone(offset))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text)
    assert read_instant(text) == at


@given(one=INSTANTS, other=INSTANTS)
def test_written_instants_sort_as_they_follow_each_other(one, other):
    assert (instant_text(one) < instant_text(other)) == (one < other)


def test_reads_an_instant_with_any_offset():
    assert read_instant("2026-11-24T13:00:00+01:00") == datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert read_instant("2026-11-24T12:00:00Z") == datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "noon", "2026-11-24", "2026-11-24T12:00:00", "2026-13-01T00:00:00Z"])
def test_refuses_what_is_no_instant(text):
    with pytest.raises(ValueError):
        read_instant(text)


def test_the_day_is_the_one_in_utc():
    late = datetime(2026, 11, 24, 23, 30, tzinfo=timezone(timedelta(hours=-2)))
    assert day(late) == date(2026, 11, 25)


def test_the_machines_clock_is_aware_and_does_not_go_back():
    clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(0)
    first, second = clock.monotonic(), clock.monotonic()
    assert first <= second


def test_a_set_clock_stands_until_it_is_moved():
    clock = SetClock(datetime(2026, 11, 24, 13, tzinfo=timezone(timedelta(hours=1))))
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert (clock.now(), clock.now(), clock.monotonic()) == (noon, noon, 0.0)
    clock.advance(90)
    assert (clock.now(), clock.monotonic()) == (noon + timedelta(seconds=90), 90.0)
