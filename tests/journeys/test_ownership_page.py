# SPDX-License-Identifier: Apache-2.0
"""The page of a company's owners, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from highfence.model.assertion import Assertion
from highfence.model.entity import Entity
from highfence.model.listing import Listing
from nodes import sharing

from .browsing import Served, serving, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.journey]

NAMES = {
    "maker": "Baltic Precision Drives JSC",
    "parent": "Northern Instruments Holding <b>LLC</b>",
    "fund": "State Fund for Aerospace and Advanced Machine Tools of the Example Region",
    "minority": "Meridian Capital Partners Ltd",
    "plant": "Baltic Drives Service Plant",
    "army": "Experimental Design Bureau No. 12",
}


def company(key: str) -> Entity:
    return Entity(id=f"eu-{key}", schema="Company", properties={"name": (NAMES[key],), "country": ("ru",)})


def said(key: str, *kin: Entity, **changes: object) -> Assertion:
    fields: dict[str, object] = {"kind": "facts", "originator": "", "issued": "", **changes}
    return Assertion(
        subject=f"eu-{key}", entities=(company(key), *kin), marking=sharing("us"), legal_basis="none", **fields
    )


def owned(key: str, owner: str, share: str, **said_of_it: str) -> Assertion:
    properties = {"owner": (f"eu-{owner}",), "asset": (f"eu-{key}",), "percentage": (share,) if share else ()}
    properties |= {prop: (value,) for prop, value in said_of_it.items()}
    link = Entity(id=f"eu-{owner}-{key}", schema="Ownership", properties={k: v for k, v in properties.items() if v})
    return said(key, company(owner), link)


def listing(key: str) -> Assertion:
    placed = Listing(
        jurisdiction="us", source="us_csl", list="Entity List", key=key, entity=f"eu-{key}", listed=date(2024, 1, 2)
    )
    return said(key, kind="listing", listing=placed)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    role = {"subject": ("eu-maker",), "object": ("eu-army",), "role": ("supplier-to",)}
    everything = [
        owned("maker", "parent", "51", startDate="2019-04-01"),
        owned("maker", "minority", "25-30"),
        owned("maker", "fund", "40", startDate="2015", endDate="2019-04-01"),
        owned("parent", "fund", "50"),
        owned("plant", "maker", ""),
        said("maker", company("army"), Entity(id="eu-tie", schema="UnknownLink", properties=role)),
        listing("fund"),
    ]
    with serving(tmp_path_factory.mktemp("nodes"), everything) as served:
        yield served


@pytest.fixture
def page(chromium: Browser, node: Served) -> Iterator[Page]:
    with closing(chromium.new_context(viewport={"width": 1280, "height": 900})) as context:
        yield signed_in(context, node)


def test_from_a_company_to_its_owners_and_on_to_theirs(page: Page, node: Served) -> None:
    page.goto(f"{node.address}/companies/eu-maker")
    page.click("text=Who owns and controls it")
    expect(page.locator("h1")).to_have_text(NAMES["maker"])
    bis = page.locator("tr", has_text="BIS Affiliates Rule")
    expect(bis).to_contain_text("yes")
    expect(bis).to_contain_text("51 %")
    expect(page.locator(".hf-graph svg .hf-box")).to_have_count(5)
    expect(page.locator(".hf-box--listed")).to_contain_text("listed by US")
    expect(page.locator("text=supplies")).to_be_visible()
    page.click(f"th >> text={NAMES['parent']}")
    expect(page.locator("h1")).to_have_text(NAMES["parent"])


def test_another_day_gives_another_answer(page: Page, node: Served) -> None:
    page.goto(f"{node.address}/companies/eu-maker/ownership")
    page.fill("#as_of", "2026-01-15")
    page.click("text=Show")
    expect(page).to_have_url(f"{page.url.split('?')[0]}?as_of=2026-01-15")
    expect(page.locator("tr", has_text="BIS Affiliates Rule")).to_contain_text("suspended")
    page.goto(f"{node.address}/companies/eu-maker/ownership?as_of=yesterday")
    expect(page.locator("main")).to_contain_text("is no day")


def test_from_a_company_to_its_red_flags_with_their_sources(page: Page, node: Served) -> None:
    page.goto(f"{node.address}/companies/eu-fund")
    page.click("text=Red flags")
    expect(page.locator("h1")).to_have_text(NAMES["fund"])
    expect(page.locator("tbody")).to_contain_text("None in what you may see")
    page.goto(f"{node.address}/companies/eu-maker/red-flags")
    row = page.locator("tr", has_text="Changed its name or its owners")
    expect(row).to_contain_text("which is listed, had it until 2019-04-01")
    expect(row).to_contain_text("15 CFR Part 732, Supplement No. 3")
    row.locator("text=Open the company").click()
    expect(page.locator("h1")).to_have_text(NAMES["fund"])


@pytest.mark.parametrize("shown", ["ownership", "red-flags"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_is_no_wider_than_the_screen_and_breaks_no_policy(
    chromium: Browser, node: Served, width: int, shown: str, tmp_path: Path
) -> None:
    with closing(chromium.new_context(viewport={"width": width, "height": 900})) as context:
        page = signed_in(context, node)
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.goto(f"{node.address}/companies/eu-maker/{shown}")
        page.screenshot(path=tmp_path / f"{shown}-{width}.png", full_page=True)
        assert wrong == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
