# SPDX-License-Identifier: Apache-2.0
"""An officer screens a name and a customer file, in a real browser, against a real node."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from highfence.formats.spreadsheet import read_workbook, write_workbook
from highfence.model.assertion import Assertion
from highfence.model.entity import Entity
from highfence.model.listing import Listing
from highfence.model.marking import public
from nodes import concern, sharing

from .browsing import Served, serving, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.journey]

ZAGORSK = Entity(
    id="zagorsk-1",
    schema="Company",
    properties={"name": ("Zagorsk Radio Works JSC",), "alias": ("Загорский радиозавод",), "country": ("ru",)},
)
ROWS = [("0007", "Zagorskiy radiozavod", "RU"), ("0008", "=HYPERLINK(0)", "NL"), ("0009", "", "DE")]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(
        tmp_path_factory.mktemp("nodes"), [_listed(), concern("Meadowlark Bakery", sharing("us", "nl"))]
    ) as served:
        yield served


@pytest.fixture
def page(chromium: Browser, node: Served) -> Iterator[Page]:
    with closing(chromium.new_context(viewport={"width": 1280, "height": 900})) as context:
        yield signed_in(context, node)


@pytest.fixture
def customers(tmp_path: Path) -> Path:
    path = tmp_path / "customers.xlsx"
    path.write_bytes(write_workbook(("Kunden-Nr.", "Firma", "Land"), ROWS))
    return path


def test_a_name_in_another_script_is_matched_and_leads_to_the_company(page: Page) -> None:
    page.click("text=Screening")
    page.fill("#name", "Загорский радиозавот")
    page.press("#name", "Enter")
    match = page.locator(".hf-match")
    expect(match).to_have_count(1)
    expect(match).to_contain_text("Entity List")
    expect(match).to_contain_text("match")
    match.get_by_role("link").first.click()
    expect(page.locator("h1")).to_have_text("Zagorsk Radio Works JSC")


def test_by_keyboard_alone_from_the_error_to_the_answer(page: Page) -> None:
    page.goto(page.url + "screen")
    page.focus("#name")
    page.keyboard.type("?")
    page.keyboard.press("Enter")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("Quellwater Trading")
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_contain_text("No match at 0.70 or above for Quellwater Trading")
    expect(page.locator("section.hf-answer")).to_contain_text("from 1 list and from what authorities have said")
    assert "Quellwater" not in page.url


def test_a_workbook_is_handed_in_confirmed_screened_and_downloaded(page: Page, customers: Path) -> None:
    page.goto(page.url + "screen")
    page.set_input_files("#file", customers)
    page.click("text=Hand in")
    expect(page.locator("h1")).to_have_text("What do the columns hold?")
    assert [page.input_value(f"#column-{at}") for at in range(3)] == ["id", "name", "country"]
    page.select_option("#column-1", "")
    page.click("text=Screen 3 rows")
    expect(page.locator(".govuk-error-summary")).to_contain_text("No column holds the name")
    page.select_option("#column-1", "name")
    page.click("text=Screen 3 rows")
    expect(page.locator("h1")).to_have_text("1 of 3 rows has a match at 0.70 or above")
    expect(page.locator("#matches ~ table").first).to_contain_text("Zagorsk Radio Works JSC")
    expect(page.locator("#faults ~ table").first).to_contain_text("Firma")
    with page.expect_download() as download:
        page.click("text=Excel workbook")
    grid = read_workbook(Path(download.value.path()).read_bytes())
    assert [row.cells[1] for row in grid.rows] == ["0007", "0008", "0009"]
    with page.expect_download() as download:
        page.click("#downloads + ul >> text=CSV")
    with Path(download.value.path()).open(encoding="utf-8", newline="") as file:
        told = list(csv.reader(file))
    assert [row[4] for row in told] == ["result", "match", "no match", "refused"]
    assert told[2][2] == "'=HYPERLINK(0)"
    with page.expect_download() as download:
        page.click("text=JSON lines")
    lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0])["matches"][0]["caption"] == "Zagorsk Radio Works JSC"
    address = page.url
    page.click("text=Delete this file and its answers")
    page.wait_for_url("**/screen")
    page.goto(address)
    expect(page.locator("h1")).to_have_text("Nothing found")


@pytest.mark.parametrize("width", [1280, 375])
def test_every_state_fits_the_screen_and_keeps_the_policy(
    chromium: Browser, node: Served, customers: Path, width: int
) -> None:
    with closing(chromium.new_context(viewport={"width": width, "height": 800})) as context:
        page = signed_in(context, node)
        told: list[str] = []
        page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("request", lambda one: None if one.url.startswith(node.address) else told.append(one.url))
        page.goto(f"{node.address}/screen")
        _fits(page)
        page.fill("#name", "Zagorsk Radio Works")
        page.press("#name", "Enter")
        expect(page.locator("#answer")).to_be_visible()
        _fits(page)
        page.set_input_files("#file", customers)
        page.click("text=Hand in")
        expect(page.locator("#column-0")).to_be_visible()
        _fits(page)
        page.click("text=Screen 3 rows")
        expect(page.locator("#downloads")).to_be_visible()
        _fits(page)
        assert told == []


def test_a_file_is_screened_without_scripts(chromium: Browser, node: Served, customers: Path) -> None:
    with closing(chromium.new_context(java_script_enabled=False)) as context:
        page = signed_in(context, node)
        page.goto(f"{node.address}/screen")
        page.set_input_files("#file", customers)
        page.click("text=Hand in")
        expect(page.locator("#column-0")).to_be_visible()
        page.click("text=Screen 3 rows")
        expect(page.locator("#downloads")).to_be_visible()


def _fits(page: Page) -> None:
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, (page.url, wider)


def _listed() -> Assertion:
    placed = Listing(
        jurisdiction="us",
        source="us_csl",
        list="Entity List (EL) - Bureau of Industry and Security",
        key="zagorsk-1",
        entity="zagorsk-1",
        programme="Entity List",
    )
    marking = public(groups=("members",))
    return concern(
        "Zagorsk", marking, kind="listing", text="", subject="zagorsk-1", entities=(ZAGORSK,), listing=placed
    )
