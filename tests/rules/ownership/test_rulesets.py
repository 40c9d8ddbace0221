# SPDX-License-Identifier: Apache-2.0
"""The tables of the rules: without holes, each period with its citation, and an override before them."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from highfence.errors import InvalidInput
from highfence.rules.ownership.policy import strictness
from highfence.rules.ownership.rulesets import RULES, read_override, rule_set, rule_sets

EXTENSION = """
rule = "us-bis"

[[periods]]
from = 2026-11-10
to = 2027-11-10
state = "suspended"
citation = "the notice that extends the suspension"
verified = true
"""


@pytest.mark.parametrize("rule", RULES)
def test_periods_follow_each_other_without_a_hole_and_the_last_is_open(rule: str) -> None:
    periods = rule_set(rule).periods
    assert all(before.until == after.since for before, after in pairwise(periods))
    assert periods[-1].until is None
    assert all(period.citation for period in periods)


@pytest.mark.parametrize(
    ("rule", "threshold", "above", "control", "aggregate"),
    [
        ("us-ofac", 50, False, False, "all"),
        ("us-bis", 50, False, False, "all"),
        ("eu", 50, False, True, "all"),
        ("uk", 50, True, True, "each"),
    ],
)
def test_the_thresholds_are_those_of_each_regime(
    rule: str, threshold: int, above: bool, control: bool, aggregate: str
) -> None:
    now = rule_set(rule).on(date(2026, 11, 24))
    assert (now.threshold, now.above, now.control, now.aggregate) == (threshold, above, control, aggregate)


def test_what_nobody_compared_with_the_primary_text_says_so() -> None:
    assert not rule_set("us-bis").on(date(2026, 11, 24)).verified
    assert rule_set("us-bis").on(date(2025, 10, 15)).verified


def test_an_override_counts_before_the_table_and_on_its_days_only() -> None:
    rules = rule_set("us-bis").overridden(read_override(EXTENSION).periods)
    states = [rules.on(day).state for day in (date(2025, 10, 15), date(2026, 11, 24), date(2027, 11, 10))]
    assert states == ["in force", "suspended", "in force"]


@pytest.mark.parametrize(
    "text",
    [
        "rule = ",
        'rule = "us-bis"',
        EXTENSION.replace("us-bis", "us-moon"),
        EXTENSION.replace("2027-11-10", "2026-11-10"),
        EXTENSION + "thresold = 25\n",
    ],
)
def test_an_override_that_says_something_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_override(text)


def test_a_rule_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidInput, match="Use one of: us-ofac, us-bis, eu, uk"):
        rule_set("us-moon")


@pytest.mark.parametrize(
    ("text", "rank"),
    [("Policy of denial", 0), ("Presumption of denial for all items", 1), ("Case-by-case basis", 2), ("Ask us", -1)],
)
def test_policies_are_ranked_by_their_words(text: str, rank: int) -> None:
    assert strictness(text, rule_set("us-bis").policies) == rank


def test_all_rule_sets_are_given_in_their_order() -> None:
    assert [one.rule for one in rule_sets()] == list(RULES)
