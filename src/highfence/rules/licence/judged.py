# SPDX-License-Identifier: Apache-2.0
"""Judged: yes, no, or not known, each with what it rests on; the small logic that every condition of a rule speaks."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

NO, UNKNOWN, YES = 0, 1, 2


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """Whether something holds (NO, UNKNOWN, YES), and the fact it rests on, or what would have to be known."""

    level: int
    fact: str = ""

    @property
    def unknown(self) -> str:
        """Return what would have to be known, or an empty text."""
        return self.fact if self.level == UNKNOWN else ""


def yes(fact: str = "") -> Judged:
    """Return that it holds."""
    return Judged(level=YES, fact=fact)


def no(fact: str = "") -> Judged:
    """Return that it does not hold."""
    return Judged(level=NO, fact=fact)


def unknown(fact: str) -> Judged:
    """Return that it is not known."""
    return Judged(level=UNKNOWN, fact=fact)


def either(judged: Iterable[Judged]) -> Judged:
    """Return the strongest: that one of them holds.

    >>> either([no(), unknown("not said"), no()]).fact
    'not said'
    """
    found = Judged(level=NO)
    for one in judged:
        if one.level > found.level:
            found = one
        if found.level == YES:
            break
    return found


def stated(value: bool | None, *, fact: str, missing: str) -> Judged:
    """Return what a field of the application says, of which None is that nobody has said."""
    return unknown(missing) if value is None else yes(fact) if value else no()
