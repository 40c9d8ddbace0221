# SPDX-License-Identifier: Apache-2.0
"""Rule sets: each regime's rule on ownership and control, as dated tables that a lawyer can check.

A period of a table says whether the rule is in force, with which threshold, whether control counts beside shares, and
whether the shares of several listed parties add up. What nobody has read in the primary text is marked
`verified = false`, and every answer carries that flag.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from highfence.errors import InvalidInput
from highfence.model.interest import PERCENT

RULES = ("us-ofac", "us-bis", "eu", "uk")
State = Literal["in force", "suspended", "not in force"]


class Period(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"since": "from", "until": "to"}
):
    """What a rule says from the day `since` on until the day before `until`; None is "from now on".

    A share of `threshold` percent is enough, or one `above` it. `control` tells whether control counts beside shares.
    `aggregate` is `all` if the shares of all listed parties add up, `each` if only those of one of them and of what
    that one holds. `red_flag` is the number under which the rule warns of an unknown share.
    """

    since: date
    until: date | None = None
    state: State
    threshold: int = 50
    above: bool = False
    control: bool = False
    aggregate: Literal["all", "each"] = "all"
    citation: str
    verified: bool
    note: str = ""
    red_flag: str = ""

    @property
    def in_force(self) -> bool:
        """Tell whether the rule makes anything of ownership in this period."""
        return self.state == "in force"

    @property
    def need(self) -> int:
        """Return the least share that is enough, in the units of `model.interest`."""
        return self.threshold * PERCENT + self.above

    def covers(self, on: date) -> bool:
        """Tell whether a day lies in the period."""
        return self.since <= on and (self.until is None or on < self.until)


class RuleSet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One regime's rule through time. `listed` says whose ownership counts, `caution` what it says below its threshold.

    `policies` ranks what its lists say on the review of licence applications, from the strictest on.
    """

    rule: str
    title: str
    authority: str
    listed: str
    periods: tuple[Period, ...]
    caution: str = ""
    policies: tuple[tuple[str, ...], ...] = ()

    def on(self, day: date) -> Period:
        """Return what the rule says on a day.

        Raises:
            InvalidInput: the table does not reach back that far.
        """
        for period in self.periods:
            if period.covers(day):
                return period
        raise InvalidInput(
            f"the table of {self.rule} says nothing about {day}",
            where="as of",
            advice=f"It begins on {min(period.since for period in self.periods)}; ask about a later day",
        )

    def overridden(self, recorded: tuple[Period, ...]) -> RuleSet:
        """Return the rule with periods that an authority has recorded; on their days they count before the table."""
        return msgspec.structs.replace(self, periods=(*recorded, *self.periods))


class Override(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Periods recorded after a table was written, such as a suspension that was prolonged."""

    rule: str
    periods: tuple[Period, ...]


@cache
def rule_set(rule: str) -> RuleSet:
    """Return a rule set as its table says it.

    Raises:
        InvalidInput: there is none of that name.
    """
    if rule not in RULES:
        raise InvalidInput(f"there is no rule {rule[:40]!r}", where="rule", advice=f"Use one of: {', '.join(RULES)}")
    table = resources.files("highfence.rules").joinpath("tables", f"{rule.replace('-', '_')}.toml")
    return msgspec.convert(tomllib.loads(table.read_text("utf-8")), RuleSet)


def rule_sets() -> tuple[RuleSet, ...]:
    """Return all rule sets."""
    return tuple(rule_set(rule) for rule in RULES)


def read_override(text: str, *, where: str = "override") -> Override:
    """Read an override in the form of the tables: `rule` and `[[periods]]`.

    Raises:
        InvalidInput: it is not TOML of that form, names no rule there is, or has a period that ends before it begins.
    """
    advice = "Write it like a table of rules: rule, and [[periods]] with from, to, state, citation, verified"
    try:
        override = msgspec.convert(tomllib.loads(text), Override)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InvalidInput(f"the override cannot be read: {error}", where=where, advice=advice) from error
    rule_set(override.rule)
    for period in override.periods:
        if period.until is not None and period.until <= period.since:
            raise InvalidInput(f"the period from {period.since} ends before it begins", where=where, advice=advice)
    return override
