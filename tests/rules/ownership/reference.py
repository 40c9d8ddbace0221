# SPDX-License-Identifier: Apache-2.0
"""The rule in plain words, slow: what the fast engine is compared with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from highfence.model.interest import WHOLE, Control, Interest, Listed
from highfence.rules.ownership.rulesets import Period, RuleSet


def verdicts(
    parties: Iterable[str], interests: list[Interest], listed: list[Listed], *, rules: RuleSet, on: date
) -> dict[str, str]:
    """Return yes, unknown or no for each party."""
    period = rules.on(on)
    named = {one.id: one for one in listed if one.stands(rules.rule, on)}
    current = [
        one for one in interests if (one.since is None or one.since <= on) and (one.until is None or on < one.until)
    ]
    if not period.in_force:
        return {party: "yes" if party in named else "no" for party in parties}
    teams = [set(named)]
    if period.aggregate == "each":
        joint: dict[str, set[str]] = {}
        for one in named.values():
            joint.setdefault(f"joint {one.jointly}" if one.jointly else f"alone {one.id}", set()).add(one.id)
        teams = list(joint.values())
    sure: set[str] = set()
    possible: set[str] = set()
    for team in teams:
        sure |= _fixpoint(team, current, period, surely=True)
        possible |= _fixpoint(team, current, period, surely=False)
    return {party: "yes" if party in sure else "unknown" if party in possible else "no" for party in parties}


def _fixpoint(team: set[str], interests: list[Interest], period: Period, *, surely: bool) -> set[str]:
    caught = set(team)
    owned = {one.owned for one in interests}
    while True:
        more = {party for party in owned - caught if _falls(party, caught, interests, period=period, surely=surely)}
        if not more:
            return caught
        caught |= more


def _falls(party: str, caught: set[str], interests: list[Interest], *, period: Period, surely: bool) -> bool:
    theirs = [one for one in interests if one.owned == party and one.owner in caught]
    others = [one for one in interests if one.owned == party and one.owner not in caught]
    if period.control and any(
        one.control == Control.YES or (one.control == Control.MAYBE and not surely) for one in theirs
    ):
        return True
    if surely:
        return _enough(sum(one.share.low for one in theirs), period)
    most = sum(one.share.high for one in theirs)
    everybody = sum(one.share.low for one in (*theirs, *others))
    if everybody <= WHOLE:
        most = min(most, WHOLE - sum(one.share.low for one in others))
    return _enough(most, period)


def _enough(units: int, period: Period) -> bool:
    share = Fraction(units, WHOLE)
    threshold = Fraction(period.threshold, 100)
    return share > threshold if period.above else share >= threshold
