# SPDX-License-Identifier: Apache-2.0
"""The pages of licence cases: the list with clocks, one case as one screen, and the forms that move it on."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from casefiles import DOCUMENT, same_denied
from highfence.app import Node
from highfence.entrypoints.identity import Officer, add_officer, hash_code
from highfence.entrypoints.web.case_form import CaseForm, read_case_form, word
from highfence.errors import InvalidInput
from highfence.home import Home
from nodes import PURPOSES, carry, opened, sharing, told

from .conftest import OPERATOR, ORIGIN, READER, Browser

ANALYST = "analyst-code-of-the-tests"


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[dict[str, Node]]:
    with opened(tmp_path, ("us", "nl")) as made:
        home = Home(tmp_path / "us")
        for code, (name, clearance, powers) in {
            OPERATOR: ("operator", "RESTRICTED", ("read", "publish", "operate")),
            ANALYST: ("analyst", "RESTRICTED", ("read",)),
            READER: ("reader", "PUBLIC", ("read",)),
        }.items():
            add_officer(
                home,
                Officer(name=name, code_hash=hash_code(code), clearance=clearance, purposes=PURPOSES, powers=powers),
            )
        yield made


@pytest.fixture
def node(nodes: dict[str, Node]) -> Node:
    return nodes["us"]


def upload(browser: Browser, data: bytes, name: str = "cases.json") -> Any:
    return browser.client.post("/cases", files={"file": (name, data)}, headers={"origin": ORIGIN})


def taken(browser: Browser, **changes: Any) -> str:
    document = {**copy.deepcopy(DOCUMENT), "received": "2026-11-02", **changes}
    answer = upload(browser, json.dumps(document).encode())
    assert answer.status_code == 200, answer.text
    return "us-2026-000001"


def send(browser: Browser, number: str, **form: str) -> Any:
    return browser.post(f"/cases/{number}", {"after": "1", **form})


def page_of(answer: Any) -> html.HtmlElement:
    return html.fromstring(answer.text)


def test_applications_are_taken_in_and_listed_with_their_clocks(operator: Browser) -> None:
    number = taken(operator)
    text = page_of(operator.get("/cases")).text_content()
    assert number in text
    assert "1 overdue" in text
    assert "Overdue since 11 Nov 2026" in text
    assert "15 CFR 750.4(c) (not verified)" in text
    again = upload(operator, json.dumps({**DOCUMENT, "received": "2026-11-02"}).encode())
    assert "0 new cases; 1 were there already" in page_of(again).text_content()


def test_what_is_wrong_in_a_file_is_shown_by_row_and_field(operator: Browser) -> None:
    answer = upload(operator, b"id,applicant,exporter,destination\nA,Example,us,Atlantis\n", "cases.csv")
    assert answer.status_code == 400
    row = page_of(answer).get_element_by_id("wrong").text_content()
    assert "2" in row
    assert "destination" in row
    empty = upload(operator, b"")
    assert empty.status_code == 400
    assert "The file is empty" in empty.text


def test_a_case_is_one_screen_and_is_moved_on_by_its_forms(operator: Browser, nodes: dict[str, Node]) -> None:
    number = taken(operator)
    assert send(operator, number, move="ask", text="Who pays?").headers["location"] == f"/cases/{number}"
    page = page_of(operator.get(f"/cases/{number}"))
    text = page.text_content()
    assert "waiting for the applicant" in text
    assert "Stands still: information" in text
    assert "Asked the applicant: Who pays?" in text
    assert "Example Machines" in text
    sources = "letter of 3 November\n\ninvoice 7"
    send(operator, number, move="answer", after="2", request="1", text="The buyer", sources=sources, on="2026-11-24")
    assert "Paper: invoice 7" in operator.text(f"/cases/{number}")
    decided = send(
        operator,
        number,
        move="decide",
        after="3",
        decision="deny",
        reason="internal doubts",
        legal_basis="15 CFR 744.21",
        regime="national",
        **{"class": "diversion"},
        share="nl",
        tell_text="Refused: forwards machines",
        tlp="AMBER",
        classification="SENSITIVE",
    )
    assert decided.status_code == 303, decided.text
    carry(nodes["us"], nodes["nl"])
    (claim,) = told(nodes["nl"], "us").values()
    assert (claim.kind, claim.text) == ("denial", "Refused: forwards machines")
    assert claim.marking.releasable_to == ("nl",)
    assert "internal doubts" not in repr(claim)
    assert "Move the case on" in operator.text(f"/cases/{number}")
    assert number in operator.text("/cases?show=decided")


def test_nobody_is_told_unless_somebody_is_ticked(operator: Browser, nodes: dict[str, Node]) -> None:
    number = taken(operator)
    form = {"decision": "deny", "reason": "r", "legal_basis": "l", "regime": "eu", "class": "other"}
    assert send(operator, number, move="decide", tell_text="words", **form).status_code == 303
    carry(nodes["us"], nodes["nl"])
    assert told(nodes["nl"], "us") == {}
    assert "Told to nobody" in operator.text(f"/cases/{number}")


def test_what_stands_against_an_approval_is_shown_and_overridden_with_a_reason(operator: Browser) -> None:
    number = taken(operator, exporter="nl", destination="kp")
    refused = send(operator, number, move="decide", decision="approve", reason="civil & kind")
    assert refused.status_code == 409
    page = page_of(refused)
    assert "cannot be approved" in page.text_content()
    assert page.get_element_by_id("decide-reason").text.strip() == "civil & kind"
    send(operator, number, move="check")
    page = page_of(operator.get(f"/cases/{number}"))
    (area,) = page.xpath("//textarea[starts-with(@name, 'override-')]")
    overridden = send(
        operator,
        number,
        move="decide",
        after="2",
        decision="approve",
        reason="civil",
        **{area.get("name"): "exemption"},
    )
    assert overridden.status_code == 303, page_of(overridden).text_content()
    assert "because exemption" in operator.text(f"/cases/{number}")


def test_a_case_leads_to_its_consultation_and_says_who_is_to_be_told_of_the_decision(
    operator: Browser, nodes: dict[str, Node]
) -> None:
    number = taken(operator)
    denial = nodes["nl"].publish([same_denied(sharing("us"))]).result().ids[0]
    carry(nodes["nl"], nodes["us"])
    text = page_of(operator.get(f"/cases/{number}")).text_content()
    assert f"Open a consultation with nl under the reference {number}" in text
    asked = operator.post(f"/denials/{denial}", {"act": "consult", "reference": number, "text": "Is it the same?"})
    consultation = asked.headers["location"]
    page = page_of(operator.get(f"/cases/{number}"))
    assert page.xpath(f"//a[@href='{consultation}']")
    assert "what was decided" not in page.text_content()
    send(operator, number, move="decide", decision="withdrawn", reason="by letter")
    assert "Tell NL what was decided" in operator.text(f"/cases/{number}")


def test_a_form_of_an_older_state_is_refused_and_says_so(operator: Browser) -> None:
    number = taken(operator)
    send(operator, number, move="note", text="first")
    late = send(operator, number, move="note", text="second")
    assert late.status_code == 409
    assert "moved on" in late.text
    assert "second" in late.text


@pytest.mark.parametrize(
    "form", [{}, {"move": "dance"}, {"move": "ask", "text": ""}, {"move": "answer", "request": "x"}]
)
def test_a_form_that_cannot_be_is_shown_again(operator: Browser, form: dict[str, str]) -> None:
    number = taken(operator)
    assert send(operator, number, **form).status_code in (400, 409)


def test_a_form_from_another_site_is_refused(operator: Browser) -> None:
    number = taken(operator)
    other = operator.client.post(
        f"/cases/{number}",
        data={"move": "note", "text": "x", "after": "1"},
        headers={"origin": "https://elsewhere.example"},
    )
    assert other.status_code == 403
    files = {"file": ("cases.json", b"[]")}
    assert operator.client.post("/cases", files=files, headers={"origin": "null"}).status_code == 403


def test_who_may_only_read_sees_no_forms_and_who_is_not_cleared_sees_nothing(
    operator: Browser, reader: Browser, open_browser: Any
) -> None:
    number = taken(operator)
    analyst = open_browser()
    analyst.sign_in(ANALYST)
    page = page_of(analyst.get(f"/cases/{number}"))
    assert "needs the power to publish" in page.text_content()
    assert not page.xpath("//input[@name='move']")
    assert send(analyst, number, move="note", text="x").status_code == 403
    hidden, missing = reader.get(f"/cases/{number}"), reader.get("/cases/us-2026-000099")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.text.replace(number, "") == missing.text.replace("us-2026-000099", "")
    assert number not in reader.text("/cases")


def test_a_page_has_no_two_elements_of_one_id(operator: Browser) -> None:
    number = taken(operator)
    send(operator, number, move="ask", text="q")
    send(operator, number, move="hold", after="2", ground="assurances", text="h")
    send(operator, number, move="consult", after="3", consultation="c", authority="nl", about="a")
    for path in ("/cases", f"/cases/{number}"):
        ids = [one.get("id") for one in page_of(operator.get(path)).xpath("//*[@id]")]
        assert sorted({one for one in ids if ids.count(one) > 1}) == []


def test_a_form_without_anybody_ticked_tells_nothing() -> None:
    form = read_case_form({"move": "decide", "after": "1", "decision": "deny", "reason": "r"}, ())
    assert "tell" not in word(form)
    assert word(read_case_form({"move": "note", "after": "1", "text": "x"}, ("nl",)))["move"] == "note"
    with pytest.raises(InvalidInput):
        word(CaseForm())
