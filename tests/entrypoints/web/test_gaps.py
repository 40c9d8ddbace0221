# SPDX-License-Identifier: Apache-2.0
"""The gap report as page, CSV and JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from lxml import html

from highfence.entrypoints.web import gaps
from highfence.entrypoints.web.gaps import gap_sheet
from highfence.model.assertion import Assertion
from highfence.register.view import Gap, GapReport

from .conftest import Browser, company, listing

Publish = Callable[[Assertion], str]


def report(size: int) -> GapReport:
    rows = tuple(
        Gap(
            company=f"c-{number}",
            caption=f"Firm {number}",
            countries=(),
            kind="only",
            listed_by="us",
            missing_from="eu",
            programmes=(),
            listed=None,
        )
        for number in range(size)
    )
    return GapReport(left="us", right="eu", only_left=size, only_right=0, both=0, median_lag_days=None, gaps=rows)


def figures(page: html.HtmlElement) -> dict[str, str]:
    return {one.findtext("dt"): one.findtext("dd") for one in page.find_class("hf-figure")}


@pytest.fixture
def listed(publish: Publish) -> None:
    publish(listing(company("Acme Optics", 1), "us", date(2024, 1, 2)))
    publish(listing(company("Acme Optics", 1), "eu", date(2024, 1, 12)))
    publish(listing(company("=Bolt Works", 2), "us", date(2023, 5, 6)))
    publish(listing(company("Cera Tools", 3), "eu"))


@pytest.mark.parametrize(
    ("size", "number", "wanted"),
    [
        (0, 1, (0, 0, 1, 1, "", "")),
        (200, 1, (1, 200, 1, 1, "", "")),
        (201, 1, (1, 200, 1, 2, "", "/gaps?left=us&right=eu&page=2")),
        (201, 2, (201, 201, 2, 2, "/gaps?left=us&right=eu&page=1", "")),
        (201, 99, (201, 201, 2, 2, "/gaps?left=us&right=eu&page=1", "")),
        (201, -5, (1, 200, 1, 2, "", "/gaps?left=us&right=eu&page=2")),
    ],
)
def test_a_page_of_the_report_knows_its_place_and_neighbours(
    size: int, number: int, wanted: tuple[int, int, int, int, str, str]
) -> None:
    sheet = gap_sheet(report(size), number)
    assert (sheet.first, sheet.last, sheet.number, sheet.count, sheet.previous, sheet.following) == wanted
    assert len(sheet.rows) == (wanted[1] - wanted[0] + 1 if size else 0)


def test_the_pages_of_a_report_hold_each_gap_once() -> None:
    whole = report(2 * gaps.ROWS_PER_PAGE + 3)
    assert [gap for number in (1, 2, 3) for gap in gap_sheet(whole, number).rows] == list(whole.gaps)


@pytest.mark.usefixtures("listed")
def test_shows_totals_the_median_lag_and_the_gaps_first(operator: Browser) -> None:
    page = html.fromstring(operator.text("/gaps?left=us&right=eu"))
    assert figures(page) == {
        "Only United States": "1",
        "Only European Union": "1",
        "Both": "1",
        "Median lag: European Union lists later": "10 days",
    }
    names = [row[0].text_content().strip() for row in page.xpath("//tbody/tr")]
    assert names == ["=Bolt Works", "Cera Tools", "Acme Optics"]


@pytest.mark.usefixtures("listed")
def test_the_other_way_round_the_same_side_lists_later(operator: Browser) -> None:
    page = html.fromstring(operator.text("/gaps?left=eu&right=us"))
    assert figures(page)["Median lag: European Union lists later"] == "10 days"


@pytest.mark.usefixtures("listed")
def test_the_csv_is_a_download_with_neutral_cells(operator: Browser) -> None:
    answer = operator.get("/gaps.csv?left=us&right=eu")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="gaps-us-eu.csv"'
    assert answer.headers["cache-control"] == "no-store"
    assert "'=Bolt Works" in answer.text
    assert len(answer.text.splitlines()) == 4


@pytest.mark.usefixtures("listed")
def test_the_json_is_the_whole_report(operator: Browser) -> None:
    answer = operator.get("/gaps.json?left=us&right=eu")
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json()["both"] == 1
    assert [gap["caption"] for gap in answer.json()["gaps"]] == ["=Bolt Works", "Cera Tools", "Acme Optics"]


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("query", ["left=us", "left=us&right=us", "left=us&right=xx", "left=%22&right=us"])
def test_a_choice_that_cannot_be_is_told_in_the_form(operator: Browser, query: str) -> None:
    answer = operator.get(f"/gaps?{query}")
    assert answer.status_code == 400
    assert "There is a problem" in answer.text
    assert operator.get(f"/gaps.csv?{query}").status_code == 400


def test_without_listings_of_two_jurisdictions_it_says_that_two_are_needed(operator: Browser) -> None:
    assert "Two are needed to compare" in operator.text("/gaps")
