# SPDX-License-Identifier: Apache-2.0
"""Interest: what one party holds in another, as far as it is known: a share between two bounds, control, and when."""

from __future__ import annotations

import enum
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import msgspec

from highfence.errors import InvalidInput

#: Shares are whole numbers of thousand-millionths of a percent: 33.33 and 16.67 are then exactly 50.
PERCENT = 10**9
WHOLE = 100 * PERCENT


class Control(enum.IntEnum):
    """Whether the owner controls the owned by other means than its share: no, not known, yes."""

    NO = 0
    MAYBE = 1
    YES = 2


class Share(msgspec.Struct, frozen=True, gc=False):
    """A share of the whole between two bounds, both possible, in thousand-millionths of a percent."""

    low: int
    high: int

    @property
    def unknown(self) -> bool:
        """Tell whether nothing is known of the share but that there is an interest."""
        return self.low == 0 and self.high == WHOLE

    def __str__(self) -> str:
        if self.unknown:
            return "an unknown share"
        low, high = percent(self.low), percent(self.high)
        return f"{low} %" if self.low == self.high else f"{low} to {high} %"


UNKNOWN_SHARE = Share(0, WHOLE)
NO_SHARE = Share(0, 0)


class Interest(msgspec.Struct, frozen=True, kw_only=True):
    """One party's interest in another.

    It holds from the day `since` on and no longer on the day `until`; None is "always" and "still". `place` says where
    it stands in what was read, such as `line 17`.
    """

    owner: str
    owned: str
    share: Share = UNKNOWN_SHARE
    control: Control = Control.NO
    since: date | None = None
    until: date | None = None
    place: str = ""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A party that a list names: under which rule sets (none given: all), with which licence policy, from when to when.

    `policy` is the list's own words on how licence applications are reviewed, where it has any. Parties with the same
    word in `jointly` hold under one joint arrangement, so that their shares add up under every rule.
    """

    id: str
    rules: tuple[str, ...] = ()
    policy: str = ""
    jointly: str = ""
    since: date | None = None
    until: date | None = None

    def stands(self, rule: str, on: date) -> bool:
        """Tell whether the party is listed for a rule set on a day."""
        if self.rules and rule not in self.rules:
            return False
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


def exactly(share: Decimal | int | str) -> Share:
    """Return a share of so many percent; digits beyond the ninth after the point widen it by one unit.

    >>> str(exactly("33.33")), exactly(50) == Share(50 * PERCENT, 50 * PERCENT)
    ('33.33 %', True)

    Raises:
        InvalidInput: it is no share: negative, over 100, or not finite.
    """
    return between(share, share)


def between(low: Decimal | int | str, high: Decimal | int | str) -> Share:
    """Return a share of `low` to `high` percent.

    Raises:
        InvalidInput: a bound is negative, over 100 or not finite, or the bounds are reversed.
    """
    least, most = Decimal(low), Decimal(high)
    for bound in (least, most):
        if not bound.is_finite():
            raise InvalidInput(f"{bound} is no share", where="share", advice="Give percents between 0 and 100")
        if bound < 0:
            raise InvalidInput(f"{bound} % is negative", where="share", advice="Give percents between 0 and 100")
        if bound > 100:
            raise InvalidInput(f"{bound} % is more than the whole", where="share", advice="Give percents up to 100")
    if least > most:
        raise InvalidInput(
            f"the least, {least} %, is more than the most, {most} %", where="share", advice="Give the lower bound first"
        )
    return Share(
        int((least * PERCENT).to_integral_value(ROUND_FLOOR)), int((most * PERCENT).to_integral_value(ROUND_CEILING))
    )


def percent(units: int) -> int | float:
    """Return a number of units as percents, as JSON writes it: a whole number if it is one.

    >>> percent(50 * PERCENT), percent(33_330_000_000)
    (50, 33.33)
    """
    whole, rest = divmod(units, PERCENT)
    return float(f"{whole}.{rest:09d}") if rest else whole
