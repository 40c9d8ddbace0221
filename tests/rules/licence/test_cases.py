# SPDX-License-Identifier: Apache-2.0
"""Every determination of `cases.toml` comes out as the act says that stands beside it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from highfence.model.listing import Listing
from highfence.rules.licence import Desk
from highfence.rules.licence.determine import OWNERSHIP
from highfence.rules.licence.standing import names_list
from highfence.rules.licence.tables import rule_tables
from highfence.rules.ownership.listings import Line, lines, rules_of

from .cases import CaseData, Day, cases
from .small_lists import LISTS

DESK = Desk([LISTS])
ALL = cases()


@pytest.mark.parametrize(
    ("case", "day"), [pytest.param(case, day, id=f"{case.name} {day.on}") for case in ALL for day in case.expect]
)
def test_a_determination_comes_out_as_its_act_says(case: CaseData, day: Day) -> None:
    answer = DESK.determine(case.application(day.on), case.known())
    regimes = {one.regime: one for one in answer.regimes}
    rules = {reason.rule for one in answer.regimes for reason in one.reasons}
    flags = {reason.rule.removeprefix("red-flag.") for reason in answer.red_flags}
    open_to = {one.symbol for regime in answer.regimes for one in regime.exceptions if not one.barred}
    barred = {one.symbol for regime in answer.regimes for one in regime.exceptions if one.barred}
    assert {name: regimes[name].verdict for name in day.regimes} == day.regimes
    assert day.verdict in ("", answer.verdict)
    assert day.policy in (None, answer.policy)
    assert set(day.rules) <= rules
    assert not set(day.not_rules) & rules
    assert set(day.flags) <= flags
    assert not set(day.not_flags) & flags
    assert set(day.notices) <= {one.rule.removeprefix("notice.") for one in answer.notices}
    assert set(day.exceptions) <= open_to
    assert set(day.barred) <= barred


def test_there_are_enough_cases_and_each_says_where_it_stands() -> None:
    assert len(ALL) >= 80
    assert len({case.name for case in ALL}) == len(ALL)
    assert all(case.cites for case in ALL)


def _listings(line: Line) -> Iterator[Listing]:
    for name in line.lists or ("Regulation (EU) 269/2014, Annex I.ENTITIES",):
        for programme in (*line.programmes, "GLOMAG"):
            for measure in (*line.measures, "export control"):
                yield Listing(
                    jurisdiction=line.jurisdiction,
                    source="t",
                    list=name,
                    key="k",
                    entity="e",
                    programme=programme,
                    measure=measure,
                )


@pytest.mark.parametrize("name", OWNERSHIP)
def test_whose_ownership_counts_here_is_whose_counts_under_the_ownership_rules(name: str) -> None:
    tests = [
        rule.when.party
        for regime in rule_tables().regimes
        for rule in regime.rules
        if rule.when.party is not None and rule.when.party.affiliates == name
    ]
    asked = [listing for line in lines() for listing in _listings(line)]
    assert asked
    for listing in asked:
        assert any(names_list(test, listing) for test in tests) is (name in rules_of(listing)), (name, listing)
