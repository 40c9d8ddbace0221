# SPDX-License-Identifier: Apache-2.0
"""The pages of denials: one entered in the Netherlands, found in Germany, asked about, answered and explained."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from lxml import html

from highfence.app import Node
from highfence.clock import SetClock
from highfence.entrypoints.identity import Officer, add_officer, hash_code
from highfence.entrypoints.server import create_app
from highfence.entrypoints.web.denial_form import empty_denial, field_of, read_denial_form
from highfence.home import Home
from nodes import NOON, PURPOSES, carry, opened

from .conftest import Browser

DAY = 86_400.0
OFFICERS = {
    "licensing": ("RESTRICTED", ("read", "publish")),
    "clerk": ("SENSITIVE", ("read",)),
}
DENIAL = {
    "description": "A fibre laser",
    "eu_code": "6A005.b.6",
    "parameters": "wavelength = 1064 nm\noutput power = 20 W",
    "end_user": "Orlanka Photonics Institute",
    "end_user_country": "China",
    "consignee": "Brightwater Harbour Forwarding",
    "consignee_country": "hk",
    "destination": "cn",
    "regime": "eu",
    "reason": "military end use",
    "denied": "2026-11-20",
    "text": "A laser for a missile works",
    "legal_basis": "Regulation (EU) 2021/821, Article 12(3)",
    "contact": "licensing@nl.example",
    "tlp": "AMBER",
    "classification": "RESTRICTED",
    "pointer_classification": "SENSITIVE",
}
APPLICATION = {
    "id": "DE-77",
    "exporter": "de",
    "destination": "cn",
    "date": "2026-11-24",
    "description-0": "A laser",
    "eu_code-0": "6A005.b.6",
    "quantity-0": "1",
    "unit-0": "pieces",
    "name-0": "Orlanka Photonics Institute",
    "role-0": "end user",
    "country-0": "cn",
    "end_use": "research",
}


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture
def members(tmp_path: Path, clock: SetClock) -> Iterator[dict[str, Node]]:
    with opened(tmp_path, ("nl", "de", "us"), clock=clock) as made:
        for code in made:
            for name, (clearance, powers) in OFFICERS.items():
                officer = Officer(
                    name=name, code_hash=hash_code(f"{name}-{code}"), clearance=clearance, purposes=PURPOSES,
                    powers=powers,
                )  # fmt: skip
                add_officer(Home(tmp_path / code), officer)
        yield made


@pytest.fixture
def at(members: dict[str, Node]) -> Iterator[Callable[[str, str], Browser]]:
    with ExitStack() as stack:

        def signed_in(code: str, name: str = "licensing") -> Browser:
            browser = Browser(stack.enter_context(TestClient(create_app(members[code], links=False))))
            assert browser.sign_in(f"{name}-{code}").status_code == 303
            return browser

        yield signed_in


def submit(browser: Browser, path: str, **form: Any) -> str:
    answer = browser.post(path, form)
    assert answer.status_code == 303, html.fromstring(answer.text).text_content()
    return str(answer.headers["location"])


def words(browser: Browser, path: str) -> str:
    return " ".join(html.fromstring(browser.text(path)).text_content().split())


def exchange(members: dict[str, Node]) -> None:
    for owner in members.values():
        for reader in members.values():
            if owner is not reader:
                carry(owner, reader)


def test_a_denial_goes_from_the_form_to_an_allys_determination_and_back(
    members: dict[str, Node], at: Callable[..., Browser], clock: SetClock
) -> None:
    nl, de = at("nl"), at("de")
    made = submit(nl, "/denials", **DENIAL, share=["de", "us"])
    assert "output power: 20 W" in words(nl, made)
    exchange(members)

    answer = html.fromstring(de.post("/determine", APPLICATION).text)
    sheet = " ".join(answer.text_content().split())
    assert "Before an approval consult Authority NL." in sheet
    (link,) = answer.xpath("//a[starts-with(@href, '/denials/')]/@href")
    shown = words(de, link)
    assert "A laser for a missile works" in shown
    assert "Consult Authority NL" in shown

    asked = submit(de, link, act="consult", reference="DE-77", text="The same laser?")
    exchange(members)
    page = words(de, asked)
    assert "8 Dec 2026, 10 working days left" in page
    assert "Silence means: not essentially identical" in page
    refused = de.post(asked, {"step": "approve", "text": ""})
    assert refused.status_code == 400
    assert "NL has until 2026-12-08 to answer" in refused.text

    clock.advance(DAY)
    nl, de = at("nl"), at("de")  # sessions have ended meanwhile
    assert "It is essentially identical" in words(nl, asked)
    submit(nl, asked, step="identical", text="It is what we refused")
    exchange(members)
    submit(de, asked, step="approve", text="For a hospital")
    assert "To do" in words(de, asked)
    submit(de, asked, step="explain", text="A hospital under inspection")
    exchange(members)
    for browser in (nl, de):
        assert "explained Essentially identical" in words(browser, asked)
    assert at("us").get(asked).status_code == 404  # it has the denial and the explanation, not the consultation
    assert "A hospital under inspection" in words(at("us"), "/")


def test_a_low_clearance_sees_the_pointer_and_nothing_of_the_denial(
    members: dict[str, Node], at: Callable[..., Browser]
) -> None:
    made = submit(at("nl"), "/denials", **DENIAL, share="de", point=["de", "us"])
    exchange(members)
    clerk = at("de", "clerk")
    register = words(clerk, "/denials")
    assert "Ask NL" in register
    assert clerk.get(made).status_code == 404
    for text in ("laser", "missile works", "6A005"):
        assert text not in register
    answer = clerk.post("/determine", APPLICATION).text
    assert "Consult NL" in answer
    assert "missile works" not in answer


def test_renewing_and_revoking_need_a_reason_and_are_told_by_their_states(at: Callable[..., Browser]) -> None:
    nl = at("nl")
    made = submit(nl, "/denials", **DENIAL)
    answer = nl.post(made, {"act": "renew", "reason": "", "review": ""})
    assert answer.status_code == 400
    assert "There is no reason given" in answer.text
    answer = nl.post(made, {"act": "renew", "reason": "As before", "review": "soon"})
    assert answer.status_code == 400
    made = submit(nl, made, act="renew", reason="As before", review="2029-12-01")
    assert "Renewed since 24 Nov 2026: As before" in words(nl, made)
    made = submit(nl, made, act="revoke", reason="It is no more")
    page = words(nl, made)
    assert "Revoked since 24 Nov 2026" in page
    assert "Renew it after" not in page
    assert "No denial that you may see is valid" in words(nl, "/denials?only=valid")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"destination": "Atlantis"}, "destination"),
        ({"parameters": "wavelength 1064"}, "parameters"),
        ({"parameters": "wavelength = many nm"}, "parameters"),
        ({"reason": ""}, "reason"),
        ({"denied": "yesterday"}, "denied"),
        ({"end_user": "", "consignee": ""}, "end_user"),
        ({"description": ""}, "description"),
        ({"quantity": "1", "unit": "dozens"}, "unit"),
    ],
)
def test_a_form_that_cannot_be_used_says_why_beside_the_field(
    at: Callable[..., Browser], changes: dict[str, str], field: str
) -> None:
    answer = at("nl").post("/denials", DENIAL | changes)
    assert answer.status_code == 400
    page = html.fromstring(answer.text)
    assert page.get_element_by_id(f"{field}-error") is not None
    assert page.get_element_by_id("text").text == DENIAL["text"]  # what was filled in is kept


def test_who_may_only_read_enters_nothing(at: Callable[..., Browser]) -> None:
    clerk = at("nl", "clerk")
    assert "Enter a denial" not in words(clerk, "/denials")
    assert clerk.get("/denials/new").status_code == 403
    assert clerk.post("/denials", DENIAL).status_code == 403


def test_the_blank_form_is_shown_to_who_may_publish(at: Callable[..., Browser]) -> None:
    page = html.fromstring(at("nl").text("/denials/new"))
    assert page.get_element_by_id("share-de") is not None


def test_one_who_is_end_user_and_consignee_is_one_party() -> None:
    form = read_denial_form(
        DENIAL | {"consignee": DENIAL["end_user"], "consignee_country": DENIAL["end_user_country"]}, share=(), point=()
    )
    assert form.entry is not None
    assert [one.roles for one in form.entry.parties] == [("end user", "consignee")]
    assert form.entry.pointer is None
    assert empty_denial(NOON.date()).fields["denied"] == "2026-11-24"
    assert field_of("items[0].quantity.unit") == "unit"
