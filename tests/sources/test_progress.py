# SPDX-License-Identifier: Apache-2.0
"""Telling how far a parser is."""

from __future__ import annotations

from highfence.sources.progress import quiet, told


def test_progress_is_told_now_and_then_and_at_the_end() -> None:
    heard: list[tuple[int, int]] = []
    assert list(told(range(1200), lambda done, total: heard.append((done, total)))) == list(range(1200))
    assert heard == [(0, 1200), (500, 1200), (1000, 1200), (1200, 1200)]


def test_quiet_takes_what_it_is_told() -> None:
    assert list(told(["row"], quiet)) == ["row"]
