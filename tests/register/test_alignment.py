# SPDX-License-Identifier: Apache-2.0
"""Gaps and lags between two jurisdictions."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from highfence.register.alignment import ListingRow, gaps

TODAY = date(2026, 11, 24)
DAYS = (None, date(2022, 3, 1), date(2024, 1, 1), date(2024, 1, 31), date(2026, 11, 24), date(2027, 1, 1))


def row(company: str, jurisdiction: str, listed: date | None = None, **changes: object) -> ListingRow:
    fields: dict[str, object] = {
        "caption": company.title(),
        "countries": ("cn",),
        "programme": f"{jurisdiction} programme",
        **changes,
    }
    return ListingRow(company=company, jurisdiction=jurisdiction, listed=listed, **fields)  # type: ignore[arg-type]


rows = st.lists(
    st.builds(
        row,
        st.sampled_from(("acme", "bolt", "cera")),
        st.sampled_from(("us", "eu", "jp")),
        st.sampled_from(DAYS),
        until=st.sampled_from(DAYS),
    ),
    max_size=10,
)


def test_tells_who_lists_a_company_alone_and_who_does_not():
    report = gaps([row("acme", "us", date(2024, 1, 1)), row("bolt", "eu", date(2023, 1, 1))], "us", "eu", on=TODAY)
    assert (report.only_left, report.only_right, report.both, report.median_lag_days) == (1, 1, 0, None)
    assert [(gap.company, gap.kind, gap.listed_by, gap.missing_from, gap.listed) for gap in report.gaps] == [
        ("bolt", "only", "eu", "us", date(2023, 1, 1)),
        ("acme", "only", "us", "eu", date(2024, 1, 1)),
    ]


def test_counts_the_lag_in_days_from_the_earliest_listing_of_each():
    report = gaps(
        [
            row("acme", "us", date(2024, 1, 1)),
            row("acme", "us", date(2025, 1, 1), programme="later"),
            row("acme", "eu", date(2024, 1, 31)),
            row("bolt", "us", date(2024, 3, 1)),
            row("bolt", "eu", date(2024, 2, 1)),
        ],
        "us",
        "eu",
        on=TODAY,
    )
    assert {gap.company: gap.lag_days for gap in report.gaps} == {"acme": 30, "bolt": -29}
    assert report.median_lag_days == 0.5
    assert report.both == 2
    assert report.gaps[0].programmes == ("eu programme", "later", "us programme")


def test_a_listing_without_a_day_makes_no_lag():
    report = gaps([row("acme", "us", date(2024, 1, 1)), row("acme", "eu")], "us", "eu", on=TODAY)
    assert report.both == 1
    assert report.gaps[0].lag_days is None
    assert report.median_lag_days is None


def test_an_ended_listing_and_one_to_come_do_not_count():
    report = gaps(
        [
            row("acme", "us", date(2024, 1, 1)),
            row("acme", "eu", date(2022, 1, 1), until=TODAY),
            row("acme", "eu", date(2026, 11, 25)),
        ],
        "us",
        "eu",
        on=TODAY,
    )
    assert report.only_left == 1
    assert report.gaps[0].programmes == ("us programme",)


def test_gaps_come_first_by_day_then_caption_and_unknown_days_last():
    report = gaps(
        [
            row("dune", "us", date(2020, 1, 1)),
            row("dune", "eu", date(2020, 1, 1)),
            row("cera", "us"),
            row("bolt", "us", date(2024, 1, 1)),
            row("acme", "eu", date(2024, 1, 1)),
        ],
        "us",
        "eu",
        on=TODAY,
    )
    assert [gap.company for gap in report.gaps] == ["acme", "bolt", "cera", "dune"]


@given(rows)
def test_every_listed_company_counts_once(some):
    report = gaps(some, "us", "eu", on=TODAY)
    listed = {one.company for one in some if one.jurisdiction in ("us", "eu") and one.stands(TODAY)}
    assert report.only_left + report.only_right + report.both == len(report.gaps) == len(listed)
    assert {gap.company for gap in report.gaps} == listed


@given(rows)
def test_looking_from_the_other_side_turns_the_signs(some):
    here, there = gaps(some, "us", "eu", on=TODAY), gaps(some, "eu", "us", on=TODAY)
    assert (here.only_left, here.only_right, here.both) == (there.only_right, there.only_left, there.both)
    lags = {gap.company: gap.lag_days for gap in here.gaps}
    assert all(gap.lag_days == (None if lags[gap.company] is None else -lags[gap.company]) for gap in there.gaps)


@given(rows)
def test_other_jurisdictions_change_nothing(some):
    assert gaps(some, "us", "eu", on=TODAY) == gaps(
        [one for one in some if one.jurisdiction != "jp"], "us", "eu", on=TODAY
    )
