# SPDX-License-Identifier: Apache-2.0
"""The pages of figures: every number opens its companies, and nothing of what a reader may not see is counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import msgspec
import pytest
from lxml import html

from highfence.entrypoints.web.aligned import lag_bars
from highfence.model.assertion import Assertion
from highfence.register.figures import Lags, LagYear, PairFigures

from .conftest import Browser, company, listing, secret

Publish = Callable[[Assertion], str]


@pytest.fixture
def listed(publish: Publish) -> None:
    publish(listing(company("Acme Optics", 1), "us", date(2024, 1, 2)))
    publish(listing(company("Acme Optics", 1), "eu", date(2024, 1, 12)))
    publish(listing(company("Bolt Works", 2), "us", date(2023, 5, 6)))
    publish(listing(company("Cera Tools", 3), "eu"))


def links(page: str) -> dict[str, str]:
    """Return where each number that is a link leads."""
    root = html.fromstring(page)
    return {
        one.get("href"): one.text_content()
        for one in root.iter("a")
        if str(one.get("href")).startswith("/alignment/companies?")
    }


def test_every_number_opens_as_many_companies_as_it_says(operator: Browser, listed: None) -> None:
    found = links(operator.text("/alignment"))
    assert len(found) > 8
    for href, number in found.items():
        rows = html.fromstring(operator.text(href)).find_class("govuk-table__row")[1:]
        assert (href, len(rows)) == (href, int(number))


def test_lags_of_a_pair_are_shown_by_year_as_chart_and_table(operator: Browser, listed: None) -> None:
    page = operator.text("/alignment?first=us&second=eu")
    root = html.fromstring(page)
    assert len(root.xpath("//svg//rect")) == 1
    assert "/alignment/companies?by=us%2Ceu&year=2024" in links(page)
    assert "10" in root.get_element_by_id("years").getnext().getnext().text_content()


def test_the_same_figures_are_had_as_json(operator: Browser, listed: None) -> None:
    found = operator.get("/alignment.json").json()
    pair = next(one for one in found["pairs"] if (one["first"], one["second"]) == ("us", "eu"))
    assert (found["companies"], pair["both"], pair["only"], pair["lags"]["median_days"]) == (3, 1, 1, 10.0)
    chosen = operator.get("/alignment/companies.json?by=us&not_by=eu").json()
    assert [one["caption"] for one in chosen["companies"]] == ["Bolt Works"]


def test_what_is_hidden_is_in_no_figure(operator: Browser, reader: Browser, publish: Publish, listed: None) -> None:
    before = reader.text("/alignment"), reader.get("/alignment.json").json()
    for hidden in (
        listing(company("Dune Hidden Metal Works", 4), "jp", date(2024, 1, 2)),
        listing(company("Bolt Works", 2), "eu", date(2025, 1, 2)),
    ):
        publish(msgspec.structs.replace(hidden, marking=secret()))
    assert (reader.text("/alignment"), reader.get("/alignment.json").json()) == before
    assert "Dune Hidden" not in reader.text("/alignment/companies?by=us&not_by=eu")
    assert operator.get("/alignment.json").json()["companies"] == 4


def test_a_choice_that_makes_no_sense_is_told_on_a_page(operator: Browser) -> None:
    for query in ("", "by=us&not_by=us", "by=us&year=2024"):
        answer = operator.get(f"/alignment/companies?{query}")
        assert answer.status_code == 400
        assert html.fromstring(answer.text).findtext(".//h1")


def test_an_empty_node_says_so(operator: Browser) -> None:
    assert "holds no listings that you may see" in operator.text("/alignment")


def test_bars_go_to_the_side_of_who_was_later() -> None:
    years = (LagYear(year=2023, dated=3, median_days=-50.0), LagYear(year=2024, dated=4, median_days=100.0))
    pair = PairFigures(
        first="us", second="eu", listed=9, both=7, only=2, perhaps=0, lags=Lags(dated=7, median_days=40.0, years=years)
    )
    assert [(one["x"], one["width"]) for one in lag_bars(pair)] == [(160, 100.0), (260, 200.0)]
    assert lag_bars(None) == []
