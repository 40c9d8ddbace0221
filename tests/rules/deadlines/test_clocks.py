# SPDX-License-Identifier: Apache-2.0
"""The tables of clocks: what stands in them, and that no day falls between two periods."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from highfence.errors import InvalidInput
from highfence.rules.deadlines import Clock, calendar, clock, clocks, deadline

NL = calendar("nl")


@pytest.mark.parametrize("one", clocks(), ids=lambda one: one.id)
def test_every_clock_has_periods_without_gap_or_overlap_and_a_citation(one: Clock) -> None:
    ordered = sorted(one.periods, key=lambda period: period.since)
    assert all(before.until == after.since for before, after in pairwise(ordered))
    assert ordered[-1].until is None
    assert all(period.citation and period.length > 0 for period in ordered)


def test_silence_means_another_thing_under_article_14_than_under_article_16() -> None:
    on = date(2026, 11, 24)
    assert clock("eu-14-objection").on(on).silence == "no objection"
    assert clock("eu-16-answer").on(on).silence == "not essentially identical"


def test_an_extension_counts_from_the_same_event_up_to_thirty_in_total() -> None:
    first = deadline("eu-16-answer", event=date(2026, 11, 24), calendar=NL)
    extended = deadline("eu-16-extended", event=date(2026, 11, 24), calendar=NL)
    assert (NL.between(first.event, first.last_day), NL.between(extended.event, extended.last_day)) == (10, 30)


def test_a_deadline_is_over_on_the_day_after_its_last() -> None:
    due = deadline("eu-16-answer", event=date(2026, 11, 24), calendar=NL)
    assert due.last_day == date(2026, 12, 8)
    assert not due.over(due.last_day)
    assert due.over(due.last_day + timedelta(days=1))
    assert "10 working days after 2026-11-24 (Regulation (EU) 2021/821, Article 16(5))" in due.text


def test_the_act_of_the_day_of_the_event_counts() -> None:
    assert "428/2009" in clock("eu-16-review").on(date(2021, 9, 8)).citation
    assert "2021/821" in clock("eu-16-review").on(date(2021, 9, 9)).citation


def test_wassenaar_counts_plain_days() -> None:
    assert deadline("wassenaar-undercut-preferred", event=date(2026, 11, 25), calendar=NL).last_day == date(
        2026, 12, 25
    )
    assert deadline("wassenaar-undercut", event=date(2026, 11, 24), calendar=NL).last_day == date(2027, 1, 23)


def test_refuses_a_clock_or_a_day_that_no_table_has() -> None:
    with pytest.raises(InvalidInput, match="there is no clock 'eu-17'"):
        clock("eu-17")
    with pytest.raises(InvalidInput, match="says nothing of 2001-01-01"):
        deadline("eu-16-answer", event=date(2001, 1, 1), calendar=NL)
