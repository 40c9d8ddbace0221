# SPDX-License-Identifier: Apache-2.0
"""How periods are counted: the examples that the Regulation's words give, and laws that hold for every day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import InvalidInput
from highfence.rules.deadlines import Calendar, Period, calendar, last_day

NL = calendar("nl")
days = st.dates(min_value=date(2000, 1, 1), max_value=date(2060, 12, 31))
countries = st.sampled_from(["nl", "de", "fr", "us", "jp", "gr", "gb", "ch", "it", "pl", "kr"])
periods = st.builds(
    Period, length=st.integers(1, 40), unit=st.sampled_from(["working days", "days", "weeks", "months", "years"])
)


@pytest.mark.parametrize(
    ("length", "unit", "event", "last", "why"),
    [
        (10, "working days", date(2026, 11, 24), date(2026, 12, 8), "ten working days without a holiday"),
        (10, "working days", date(2026, 12, 18), date(2027, 1, 5), "Christmas, Boxing Day (a Saturday), New Year"),
        (1, "months", date(2026, 1, 31), date(2026, 3, 2), "no 31 February; the 28th is a Saturday"),
        (3, "years", date(2024, 2, 29), date(2027, 3, 1), "no 29 February; the 28th is a Sunday"),
        (2, "weeks", date(2026, 11, 24), date(2026, 12, 8), "the same day of the week"),
        (15, "days", date(2026, 12, 10), date(2026, 12, 28), "the 25th and 26th are holidays, the 27th a Sunday"),
        (2, "days", date(2026, 4, 3), date(2026, 4, 8), "two days hold at least two working days"),
    ],
)
def test_counts_as_the_regulation_says(length: int, unit: str, event: date, last: date, why: str) -> None:
    assert last_day(Period(length=length, unit=unit), event=event, calendar=NL) == last, why  # type: ignore[arg-type]


def test_a_plain_period_ends_on_whatever_day_it_falls_on() -> None:
    plain = Period(length=30, unit="days", counting="plain")
    assert last_day(plain, event=date(2026, 11, 25), calendar=NL) == date(2026, 12, 25)
    assert last_day(Period(length=30, unit="days"), event=date(2026, 11, 25), calendar=NL) == date(2026, 12, 28)


def test_the_calendar_is_that_of_the_country_that_has_to_act() -> None:
    ten = Period(length=10, unit="working days")
    # Greece keeps the Orthodox Easter, 10 and 13 April in 2026; the Netherlands 3 and 6 April; America neither.
    ends = {code: last_day(ten, event=date(2026, 3, 27), calendar=calendar(code)) for code in ("nl", "us", "gr")}
    assert ends == {"nl": date(2026, 4, 14), "us": date(2026, 4, 10), "gr": date(2026, 4, 14)}


def test_days_on_which_an_authority_is_closed_are_no_working_days() -> None:
    ten = Period(length=10, unit="working days")
    closed = calendar("us", closed=frozenset({date(2026, 12, 24), date(2026, 12, 28)}))
    assert last_day(ten, event=date(2026, 12, 18), calendar=calendar("us")) == date(2027, 1, 5)
    assert last_day(ten, event=date(2026, 12, 18), calendar=closed) == date(2027, 1, 7)
    assert closed.holiday(date(2026, 12, 24)) == "closed"


def test_days_that_a_law_adds_are_no_working_days_in_any_year() -> None:
    assert {NL.holiday(date(year, 5, 5)) for year in (2024, 2025, 2026)} == {"Liberation Day"}
    ten = Period(length=10, unit="working days")
    assert last_day(ten, event=date(2026, 12, 18), calendar=calendar("jp")) == date(2027, 1, 7)


def test_refuses_a_country_and_a_year_that_nobody_knows() -> None:
    with pytest.raises(InvalidInput, match="public holidays of 'eu' are not known"):
        calendar("eu")
    with pytest.raises(InvalidInput, match="not for 2100"):
        NL.add(date(2099, 12, 30), 10)


@given(days, periods, countries)
def test_a_period_under_the_regulation_ends_on_a_working_day_after_its_event(
    event: date, period: Period, country: str
) -> None:
    where = calendar(country)
    last = last_day(period, event=event, calendar=where)
    assert last > event
    assert where.is_working(last)
    assert period == Period(length=1, unit="days") or where.between(event, last) >= (
        1 if period == Period(length=1, unit="working days") else 2
    )


@given(days, st.integers(1, 60), countries)
def test_working_days_that_are_added_are_counted_back(event: date, count: int, country: str) -> None:
    where = calendar(country)
    assert where.between(event, where.add(event, count)) == count


@given(days, st.integers(0, 40), periods, countries)
def test_a_later_event_never_ends_earlier(event: date, later: int, period: Period, country: str) -> None:
    where = calendar(country)
    after = event + timedelta(days=later)
    assert last_day(period, event=event, calendar=where) <= last_day(period, event=after, calendar=where)


@given(days, periods, st.frozensets(days, max_size=8))
def test_a_closed_day_never_shortens_a_period(event: date, period: Period, closed: frozenset[date]) -> None:
    more = Calendar(country="nl", closed=closed)
    assert last_day(period, event=event, calendar=NL) <= last_day(period, event=event, calendar=more)
