# SPDX-License-Identifier: Apache-2.0
"""An officer's morning at the pages, in a real browser, against a real node."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from highfence.model.assertion import Assertion
from highfence.model.listing import Listing
from highfence.model.marking import public
from nodes import concern, sharing

from .browsing import Served, serving, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.journey]

HOSTILE = "Works <script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
WIDTHS = (1280, 390)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(
        tmp_path_factory.mktemp("nodes"),
        [_listed("us", date(2024, 1, 2)), _listed("eu", date(2024, 2, 1)), _listed("us", None, "Bolt")],
    ) as served:
        yield served


@pytest.fixture
def page(chromium: Browser, node: Served) -> Iterator[Page]:
    with closing(chromium.new_context(viewport={"width": 1280, "height": 900})) as context:
        yield signed_in(context, node)


def test_a_wrong_code_is_refused_and_a_right_one_leads_to_the_page_that_was_wanted(
    chromium: Browser, node: Served
) -> None:
    with closing(chromium.new_context()) as context:
        page = context.new_page()
        page.goto(f"{node.address}/companies?q=acme")
        expect(page).to_have_title("Sign in – Highfence – Authority EU")
        page.fill("#code", "not the code")
        page.press("#code", "Enter")
        expect(page.locator(".govuk-error-summary")).to_be_focused()
        page.fill("#code", node.code)
        page.press("#code", "Enter")
        page.wait_for_url("**/companies?q=acme")
        expect(page.locator("tbody")).to_contain_text("Acme")


def test_a_row_arrives_by_itself_and_is_only_text(page: Page, node: Served) -> None:
    expect(page.locator("#live-state")).to_have_text("Live")
    node.publish(concern(HOSTILE, sharing("us", "nl"), subject="hostile-1", entities=_entities("hostile-1", HOSTILE)))
    row = page.locator("#feed-rows tr").first
    expect(row).to_contain_text("document.title='owned'")
    expect(row).to_contain_text("TLP:AMBER")
    expect(page.locator("#live-news")).to_have_text("1 new assertion")
    assert page.locator("#feed img").count() == 0
    assert "owned" not in page.title()
    row.locator("a").last.click()
    expect(page.locator("h1")).to_have_text(HOSTILE)
    expect(page.locator(".hf-banner")).to_contain_text("RESTRICTED")
    assert "owned" not in page.title().split("<")[0]


def test_a_paused_feed_keeps_what_arrives_until_it_is_wanted(page: Page, node: Served) -> None:
    expect(page.locator("#live-state")).to_have_text("Live")
    page.click("#live-pause")
    node.publish(concern("Patience Ltd", sharing("us")))
    expect(page.locator("#live-pause")).to_have_text("Show 1 new")
    expect(page.locator("#feed-rows")).not_to_contain_text("Patience Ltd")
    page.click("#live-pause")
    expect(page.locator("#feed-rows tr").first).to_contain_text("Patience Ltd")


def test_from_a_search_to_the_profile_the_assertion_and_its_delivery(page: Page) -> None:
    page.click("text=Companies")
    page.fill("#q", "acme")
    page.press("#q", "Enter")
    page.locator("tbody a").first.click()
    expect(page.locator("h2#listings + table tbody tr").first).to_contain_text("Listed")
    page.locator("#history + table a").first.click()
    expect(page.locator("h2", has_text="Delivery")).to_be_visible()
    expect(page.locator("tbody")).to_contain_text("Authority US (US)")


def test_gaps_are_chosen_compared_and_downloaded(page: Page) -> None:
    page.click("text=Gaps")
    page.select_option("#left", "us")
    page.select_option("#right", "eu")
    page.click("text=Compare")
    page.wait_for_url("**/gaps?left=us&right=eu")
    expect(page.locator(".hf-figures")).to_contain_text("30 days")
    with page.expect_download() as download:
        page.click("text=CSV")
    assert download.value.suggested_filename == "gaps-us-eu.csv"
    assert "Bolt" in Path(download.value.path()).read_text(encoding="utf-8")


def test_signing_out_in_one_tab_stops_the_feed_in_the_other(page: Page) -> None:
    expect(page.locator("#live-state")).to_have_text("Live")
    other = page.context.new_page()
    other.goto(page.url)
    other.click("text=Sign out")
    other.wait_for_url("**/sign-in")
    expect(page.locator("#live-state")).to_contain_text("Stopped")


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_asks_another_host_breaks_the_policy_or_is_wider_than_the_screen(
    chromium: Browser, node: Served, width: int
) -> None:
    with closing(chromium.new_context(viewport={"width": width, "height": 800})) as context:
        page = signed_in(context, node)
        told: list[str] = []
        page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("request", lambda one: None if one.url.startswith(node.address) else told.append(one.url))
        for path in ("/", "/companies?q=a", "/companies/acme-1", "/screen", "/gaps?left=us&right=eu", "/peers"):
            page.goto(node.address + path)
            wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wider <= 0, (path, wider)
        assert told == []


def test_everything_but_the_arrival_of_rows_works_without_scripts(chromium: Browser, node: Served) -> None:
    with closing(chromium.new_context(java_script_enabled=False)) as context:
        page = signed_in(context, node)
        for name in ("Companies", "Screening", "Gaps", "Peers", "Live feed"):
            page.locator("nav").get_by_role("link", name=name).click()
            expect(page.locator("h1")).to_have_text(name)
        page.click("text=Sign out")
        page.wait_for_url("**/sign-in")


def test_a_keyboard_reaches_the_content_at_once_and_the_focus_is_seen(page: Page) -> None:
    page.reload()
    page.keyboard.press("Tab")
    skip = page.locator(".govuk-skip-link")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main-content")).to_be_focused()


def _entities(name: str, caption: str) -> tuple[object, ...]:
    (entity,) = concern(caption, sharing()).entities
    return (msgspec.structs.replace(entity, id=name),)


def _listed(jurisdiction: str, listed: date | None, caption: str = "Acme Optics") -> Assertion:
    subject = caption.split(maxsplit=1)[0].lower() + "-1"
    placed = Listing(
        jurisdiction=jurisdiction,
        source=f"{jurisdiction}_list",
        list=f"List of {jurisdiction.upper()}",
        key=subject,
        entity=subject,
        listed=listed,
    )
    marking = public(groups=("members",))
    return concern(
        caption, marking, kind="listing", text="", subject=subject, entities=_entities(subject, caption), listing=placed
    )
