# SPDX-License-Identifier: Apache-2.0
"""Days and instants as people write them, and watch lists."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from highfence.entrypoints.moments import begin_of, day_of, end_of
from highfence.entrypoints.watching import NAMES_MOST, read_watch_list
from highfence.errors import InvalidInput

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_a_day_ends_and_begins_in_utc_and_today_ends_now():
    assert end_of("2026-11-20", now=NOW, where="x") == datetime(2026, 11, 20, 23, 59, 59, 999999, UTC)
    assert end_of("2026-11-24", now=NOW, where="x") == NOW
    assert end_of("2026-11-20T10:00:00+02:00", now=NOW, where="x") == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert begin_of("2026-11-20", where="x") == datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "2026-11-20T10:00:00", "9" * 80])
def test_what_is_no_moment_is_refused_with_an_example(text):
    with pytest.raises(InvalidInput, match="no day and no instant"):
        begin_of(text, where="since")


@pytest.mark.parametrize("text", ["2026-11-25", "2026-11-24T12:00:01Z"])
def test_the_future_is_not_known(text):
    with pytest.raises(InvalidInput, match="not come yet"):
        end_of(text, now=NOW, where="as_of")


def test_a_watch_list_is_a_name_to_a_line():
    assert read_watch_list("\ufeffAcme\n\n# ours\r\n c-1 \nAcme\n", where="x") == ("Acme", "c-1")
    with pytest.raises(InvalidInput, match="empty"):
        read_watch_list("# nothing\n", where="x")
    with pytest.raises(InvalidInput, match="line 2 is too long"):
        read_watch_list("a\n" + "b" * 501, where="x")
    with pytest.raises(InvalidInput, match="over 5,000"):
        read_watch_list("\n".join(map(str, range(NAMES_MOST + 1))), where="x")


def test_a_day_that_rules_are_asked_about_may_lie_ahead() -> None:
    assert day_of(" 2031-01-02 ", where="as_of") == date(2031, 1, 2)


@pytest.mark.parametrize("text", ["soon", "2026-13-01", "2026-11-24T09:00:00Z", "<script>"])
def test_what_is_no_day_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(InvalidInput, match="is no day") as refused:
        day_of(text, where="as_of")
    assert refused.value.where == "as_of"
