# SPDX-License-Identifier: Apache-2.0
"""The pages of determinations and of the yard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from lxml import html

from control_files import files
from highfence.app import Node
from highfence.entrypoints.web.licence_form import read_licence_form
from highfence.formats.control_lists import pack_lists
from highfence.model.assertion import Assertion
from highfence.shelf import keep_lists
from nodes import sharing

from .conftest import Browser, company, facts, listing

Publish = Callable[[Assertion], str]
FORM = {
    "exporter": "us",
    "destination": "China",
    "date": "2026-11-24",
    "description-0": "EUV stepper",
    "eccn-0": "3B001.f.1",
    "hs-0": "854231",
    "quantity-0": "1",
    "unit-0": "pieces",
    "name-0": "Acme Optics",
    "role-0": "end user",
    "country-0": "cn",
    "end_use": "chips",
    "military": "no",
}


@pytest.fixture(autouse=True)
def filled(node: Node, publish: Publish) -> None:
    keep_lists(node.home, pack_lists(files()))
    publish(
        listing(
            company("Acme Optics", 1),
            "us",
            date(2024, 1, 2),
        )
    )
    publish(facts(company("Hidden Turbine Works", 2), sharing("nl")))


def _page(answer: object) -> html.HtmlElement:
    return html.fromstring(answer.text)  # type: ignore[attr-defined]


def test_the_form_is_shown_and_nothing_is_answered_yet(operator: Browser) -> None:
    page = html.fromstring(operator.text("/determine"))
    assert page.get_element_by_id("exporter") is not None
    assert not page.find_class("hf-sheet")


def test_an_answer_is_one_screen_with_verdicts_parties_and_reasons(operator: Browser) -> None:
    answer = operator.post("/determine", FORM)
    assert answer.status_code == 200
    page = _page(answer)
    text = page.text_content()
    assert "licence required" in page.get_element_by_id("verdict").text_content()
    assert "Acme Optics" in text
    assert "is an aid to an officer and no legal advice" in text
    assert page.find_class("hf-reason--requires")
    assert page.xpath("//section[contains(@class, 'hf-sheet')]//details")
    assert not page.xpath("//*[@style] | //script[not(@src)] | //style")


def test_what_was_filled_in_stands_in_the_form_again(operator: Browser) -> None:
    page = _page(operator.post("/determine", FORM))
    assert page.get_element_by_id("description-0").get("value") == "EUV stepper"
    assert page.xpath("//input[@name='military' and @checked]/@value") == ["no"]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"eccn-0": "9Z999"}, "eccn-0", "is no ECCN"),
        ({"quantity-0": "many"}, "quantity-0", "is no number"),
        ({"unit-0": ""}, "unit-0", "has no unit"),
        ({"name-0": "", "country-0": "cn"}, "name-0", "has no name"),
        ({"role-0": ""}, "role-0", "has no role"),
        ({"destination": "Atlantis"}, "destination", "is no country"),
        ({"owner-0": "Parent", "share-0": "130"}, "share-0", "more than the whole"),
        ({"description-2": "Third", "quantity-2": "1", "unit-2": "lumps"}, "unit-2", "is no unit"),
        ({"amount-0": "5"}, "amount-0", "no currency"),
    ],
)
def test_a_form_that_cannot_be_used_is_shown_again_with_the_field(
    operator: Browser, changes: dict[str, str], field: str, words: str
) -> None:
    answer = operator.post("/determine", FORM | changes)
    assert answer.status_code == 400
    page = _page(answer)
    assert words in page.get_element_by_id(f"{field}-error").text_content()
    assert page.xpath(f"//a[@href='#{field}']")


def test_what_the_reader_may_not_see_leaves_no_trace(reader: Browser) -> None:
    hidden = operator_free(reader.post("/determine", FORM | {"name-0": "Hidden Turbine Works"}).text)
    other = operator_free(reader.post("/determine", FORM | {"name-0": "Morning Bakery House"}).text)
    assert hidden.replace("Hidden Turbine Works", "X") == other.replace("Morning Bakery House", "X")


def operator_free(text: str) -> str:
    """Return a page without the instant at which it was made."""
    page = html.fromstring(text)
    for one in page.xpath("//time"):
        one.drop_tree()
    return str(html.tostring(page, encoding="unicode"))


def test_another_site_cannot_ask(operator: Browser) -> None:
    answer = operator.client.post("/determine", data=FORM, headers={"origin": "https://elsewhere.example"})
    assert answer.status_code == 403


def test_who_is_not_signed_in_is_sent_to_the_door(stranger: Browser) -> None:
    assert stranger.get("/determine").status_code == 303
    assert stranger.get("/yard").status_code == 303


def test_the_yard_is_searched_by_words_and_leads_to_the_entry(operator: Browser) -> None:
    page = html.fromstring(operator.text("/yard?q=euv+stepper"))
    assert page.xpath("//ol/li[1]//a/@href") == ["/yard/3B001"]
    entry = html.fromstring(operator.text("/yard/3B001"))
    assert "Extreme Ultraviolet steppers" in entry.text_content()
    assert "NS Column 2" in entry.text_content()


def test_the_yard_shows_an_hs_number_its_size_and_its_changes(operator: Browser) -> None:
    text = html.fromstring(operator.text("/yard?q=854231")).text_content()
    assert "Tier 1" in text
    assert "Common minimum scope of investment screening" in text


def test_a_code_that_nobody_knows_is_told_in_words(operator: Browser) -> None:
    assert operator.get("/yard/9Z999").status_code == 400
    assert "nothing goes by the code" in operator.get("/yard?q=999999").text.lower()


def test_an_empty_row_is_none_and_a_begun_one_is_not_dropped() -> None:
    read = read_licence_form(FORM | {"eccn-1": "EAR99"}, today=date(2026, 11, 24))
    assert read.application is None
    assert "description-1" in read.wrong


def test_technical_parameters_are_read_and_one_that_is_none_is_told_beside_its_field() -> None:
    filled_in = FORM | {"parameters-0": "wavelength = 13.5 nm; output power = 250 W"}
    read = read_licence_form(filled_in, today=date(2026, 11, 24)).application
    assert read is not None
    assert [(one.name, str(one.value), one.unit) for one in read.items[0].parameters] == [
        ("wavelength", "13.5", "nm"),
        ("output power", "250", "W"),
    ]
    for wrong in ("wavelength 13.5 nm", "wavelength = short nm"):
        assert list(read_licence_form(FORM | {"parameters-0": wrong}, today=date(2026, 11, 24)).wrong) == [
            "parameters-0"
        ]
