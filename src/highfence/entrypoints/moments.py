# SPDX-License-Identifier: Apache-2.0
"""Moments: how people write instants: a day, or a day with its time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from highfence.clock import read_instant
from highfence.errors import InvalidInput


def end_of(text: str, *, now: datetime, where: str) -> datetime:
    """Read what "as of" means: an instant, or the end of a day in UTC; not after `now`, which is nobody's to know.

    Raises:
        InvalidInput: it is neither, or it has not come yet. Of the present day, what is known by now is known.
    """
    at, whole_day = _read(text, time.max, where)
    if at > now and not (whole_day and at.date() == now.date()):
        raise InvalidInput("that has not come yet", where=where, advice="Give a day or instant in the past")
    return min(at, now)


def begin_of(text: str, *, where: str) -> datetime:
    """Read what "since" means: an instant, or the beginning of a day in UTC; raises InvalidInput."""
    return _read(text, time.min, where)[0]


def day_of(text: str, *, where: str) -> date:
    """Read a day, which may lie ahead: rules are asked about those too; raises InvalidInput when it is none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidInput(f"{text[:40]!r} is no day", where=where, advice="Write it like 2026-11-24") from error


def _read(text: str, day_time: time, where: str) -> tuple[datetime, bool]:
    try:
        return datetime.combine(date.fromisoformat(text), day_time, UTC), True
    except ValueError:
        pass
    try:
        return read_instant(text), False
    except (ValueError, OverflowError) as error:
        raise InvalidInput(
            f"{text[:40]!r} is no day and no instant",
            where=where,
            advice="Write a day like 2026-11-24 or an instant like 2026-11-24T09:00:00Z",
        ) from error
