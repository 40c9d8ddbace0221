# SPDX-License-Identifier: Apache-2.0
"""The only place that reads the clock. Everything else is given a `Clock`."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time of day in UTC and a monotonic reading for durations."""

    def now(self) -> datetime:
        """Return the current instant, timezone-aware, in UTC."""

    def monotonic(self) -> float:
        """Return seconds on a clock that never goes back; only differences mean anything."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the current instant in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the machine's monotonic reading in seconds."""
        return time.monotonic()


class SetClock:
    """A clock that stands where it is put, for tests and replays."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)
        self._elapsed = 0.0

    def now(self) -> datetime:
        """Return the instant the clock was put at."""
        return self._at

    def monotonic(self) -> float:
        """Return the seconds by which the clock was moved on."""
        return self._elapsed

    def advance(self, seconds: float) -> None:
        """Move the clock on by `seconds`."""
        self._at += timedelta(seconds=seconds)
        self._elapsed += seconds


def instant_text(at: datetime) -> str:
    """Write an instant as RFC 3339 in UTC with microseconds: `2026-11-24T07:00:00.000000Z`."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def read_instant(text: str) -> datetime:
    """Read an RFC 3339 instant.

    Raises:
        ValueError: the text is not an instant with an offset.
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    return at.astimezone(UTC)


def day(at: datetime) -> date:
    """Return the UTC calendar day of an instant."""
    return at.astimezone(UTC).date()
