# SPDX-License-Identifier: Apache-2.0
"""The coverage page in words: a number that is not told is said to be few, never nought."""

from __future__ import annotations

import pytest

from highfence.entrypoints.web.covering import coverage_line
from highfence.register.coverage import Coverage


def line(**told: int | None) -> Coverage:
    return Coverage(code="cy", name="Cyprus", country="cy", role="member", screening_law=False, told=told, newest="")


@pytest.mark.parametrize(
    ("told", "notifications", "numbers"),
    [
        ({}, "None", ("0", "0", "0", "0")),
        ({"listing": 26_000, "notification": 2}, "2", ("26,000", "0", "0", "0")),
        ({"concern": None, "notification": None}, "few", ("0", "few", "0", "0")),
        ({"facts": 4, "comment": None}, "None", ("0", "0", "0", "few")),
        ({"facts": 4, "comment": 3, "denial": 1}, "None", ("0", "0", "1", "7")),
    ],
)
def test_numbers_are_told_by_kind(told, notifications, numbers):
    shown = coverage_line(line(**told))
    assert (shown.notifications, tuple(text for _, text in shown.numbers)) == (notifications, numbers)
    assert [heading for heading, _ in shown.numbers] == ["Listings", "Concerns", "Denials", "Other"]
