# SPDX-License-Identifier: Apache-2.0
"""Screening one name: the answer with its reasons, what was searched, refusals, and what leaves no trace."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import msgspec
import pytest
from lxml import html

from highfence.app import Node
from highfence.entrypoints.web.screening_page import read_form
from highfence.model.assertion import Assertion
from nodes import carry

from .conftest import Browser, company, facts, listing, secret

Publish = Callable[[Assertion], str]
LEI = "549300E9PC51EN656011"
OPEN = company("Zagorsk Radio Works JSC", alias=("Загорский радиозавод",), leiCode=(LEI,))
HOSTILE = "<script>alert('x')</script> \"><img src=x onerror=alert(1)>"


def screen(browser: Browser, name: str, status: int = 200, **more: str) -> html.HtmlElement:
    answer = browser.post("/screen", {"name": name, **more})
    assert answer.status_code == status, answer.text
    return html.fromstring(answer.text)


def words(page: html.HtmlElement) -> str:
    return " ".join(page.text_content().split())


def test_the_form_is_one_field_and_more_when_it_is_wanted(operator: Browser) -> None:
    page = html.fromstring(operator.text("/screen"))
    (form,) = page.xpath("//form[@action='/screen']")
    assert set(form.fields) == {"name", "country", "schema", "identifiers"}
    (details,) = form.xpath(".//details")
    assert [one.get("name") for one in details.xpath(".//input|.//select")] == ["country", "schema", "identifiers"]
    assert details.get("open") is None
    for field in form.xpath(".//input|.//select"):
        assert page.xpath(f"//label[@for='{field.get('id')}']")


@pytest.mark.parametrize("name", ["Zagorsk Radio Works", "Загорский радиозавод", "Zagorks Radyo Works"])
def test_a_match_comes_with_score_words_reasons_who_lists_it_and_its_page(
    operator: Browser, publish: Publish, name: str
) -> None:
    publish(listing(OPEN, "us", date(2024, 1, 2), programme="Entity List"))
    publish(facts(OPEN, secret(), kind="concern", text="Buys for a listed works", legal_basis="Article 4"))
    page = screen(operator, name)
    (match,) = page.xpath("//li[@class='hf-match']")
    told = words(match)
    assert re.search(r"(1\.00|0\.9\d) (Very s|S)trong match", told)
    assert f'"{name}" and "' in told
    for part in ("Zagorsk Radio Works JSC", "US Entity List (List of us), since 2 Jan 2024", "concern EU", "China"):
        assert part in told
    assert words(page.xpath("//section[@aria-labelledby='marking-title']")[0]).endswith(
        "TLP:AMBER RESTRICTED Originator control"
    )
    (target,) = match.xpath(".//h3/a/@href")
    assert "Zagorsk Radio Works JSC" in operator.text(target)


def test_no_match_says_what_was_searched_as_of_when_and_what_was_not(operator: Browser, publish: Publish) -> None:
    publish(listing(OPEN, "us", date(2024, 1, 2)))
    told = words(screen(operator, "Meadowlark Bakery"))
    assert "No match at 0.70 or above for Meadowlark Bakery" in told
    assert (
        "2 names of 1 party, from 1 list and from what authorities have said, as this node held them on 24 Nov 2026"
        in told
    )
    assert "This is no clearance" in told
    assert "What was not lists that this node does not hold" in told


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "The name is empty"),
        (" \t ", "The name is empty"),
        ("?!", "no letter and no digit"),
        ("Ж", "only one letter"),
        ("\u200b\u202e", "no letter"),
        ("x" * 10_000, "10,000 characters"),
        ("ж" * 10_000, "10,000 characters"),
    ],
)
def test_a_name_that_cannot_be_looked_for_is_refused_with_a_reason(operator: Browser, name: str, why: str) -> None:
    page = screen(operator, name, 400)
    (summary,) = page.xpath("//div[@class='govuk-error-summary']//a")
    assert why in summary.text_content()
    assert summary.get("href") == "#name"
    assert page.get_element_by_id("name").get("aria-describedby") == "name-hint name-error"
    assert page.xpath("//title")[0].text.startswith("Error: ")
    assert "No match" not in page.text_content()


def test_a_name_that_is_read_in_part_says_so(operator: Browser, publish: Publish) -> None:
    publish(facts(OPEN))
    assert "Only the first 400 characters" in words(screen(operator, "Zagorsk Radio Works " * 40))


def test_country_kind_and_number_count(operator: Browser, publish: Publish) -> None:
    publish(facts(OPEN))
    assert "Same country: cn" in words(screen(operator, "Zagorsk Radio Works", country="China"))
    assert "Countries differ: de and cn" in words(screen(operator, "Zagorsk Radio Works", country="de"))
    assert "No match" in words(screen(operator, "Zagorsk Radio Works", schema="Vessel"))
    assert f"Same lei {LEI}" in words(screen(operator, "", identifiers=LEI))
    assert "fits no kind that is known and was not compared" in words(
        screen(operator, "Zagorsk Radio Works", identifiers="12-34")
    )


@pytest.mark.parametrize(("field", "value"), [("country", "Atlantis"), ("schema", "Castle")])
def test_a_field_that_cannot_be_used_is_told_and_nothing_is_screened(
    operator: Browser, publish: Publish, field: str, value: str
) -> None:
    publish(facts(OPEN))
    page = screen(operator, "?", 400, **{field: value})
    assert [link.get("href") for link in page.xpath("//div[@class='govuk-error-summary']//a")] == [f"#{field}", "#name"]
    assert page.get_element_by_id(f"{field}-error").text_content()
    assert page.xpath("//details")[0].get("open") is not None
    assert page.xpath("//*[@id='answer']") == []


def test_a_form_with_other_fields_or_files_is_read_as_empty() -> None:
    assert read_form({"name": 7, "other": "x"}).fields == {"name": "", "country": "", "schema": "", "identifiers": ""}


def test_hostile_names_are_only_ever_text(operator: Browser, publish: Publish) -> None:
    publish(facts(company(HOSTILE)))
    for name in (HOSTILE, "?" + "<img src=x>"):
        page = html.fromstring(operator.post("/screen", {"name": name, "country": "<b>"}).text)
        assert page.xpath("//img") == []
    page = screen(operator, HOSTILE)
    assert page.xpath("//img") == []
    assert HOSTILE in page.text_content()
    assert all(script.get("src") and not script.text for script in page.xpath("//script"))


def test_what_a_reader_may_not_see_leaves_no_trace(
    reader: Browser, operator: Browser, publish: Publish, nodes: dict[str, Node]
) -> None:
    publish(listing(OPEN, "us", date(2024, 1, 2)))
    asked = ("Zagorsk Radio Works", "Cera Tools", "Quellwater Front", "Загорский радиозавот")
    before = {name: reader.post("/screen", {"name": name}).text for name in asked}
    publish(facts(company("Cera Tools", 3), secret()))
    publish(msgspec.structs.replace(listing(company("Cera Tools", 3), "uk"), marking=secret()))
    publish(facts(msgspec.structs.replace(OPEN, properties={"alias": ("Quellwater Front",)}), secret()))
    publish(facts(OPEN, secret(), kind="concern", text="Not for everybody"))
    nodes["eu"].follow()
    assert {name: reader.post("/screen", {"name": name}).text for name in asked} == before
    assert "Cera Tools" in words(screen(operator, "Cera Tool")).split("1 match for")[1]
    assert "1 match" in words(screen(operator, "Quellwater Front"))
    carry(nodes["eu"], nodes["us"])


def test_nobody_screens_without_a_session_or_from_another_site(stranger: Browser, operator: Browser) -> None:
    assert stranger.get("/screen").headers["location"] == "/sign-in?next=/screen"
    assert stranger.post("/screen", {"name": "Acme"}).headers["location"] == "/sign-in"
    assert operator.post("/screen", {"name": "Acme"}, origin="https://elsewhere.example").status_code == 403


def test_a_form_larger_than_any_name_is_refused(operator: Browser) -> None:
    assert operator.post("/screen", {"name": "x" * 300_000}).status_code == 413


def test_the_name_is_in_no_address_and_no_log(
    operator: Browser, publish: Publish, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(facts(OPEN))
    answer = operator.post("/screen", {"name": "Zagorsk Radio Works"})
    assert answer.headers["cache-control"] == "no-store"
    assert "Zagorsk" not in str(answer.url)
    told = "".join(capsys.readouterr())
    assert "screened" in told
    assert "operator" in told
    assert "Zagorsk" not in told
