# SPDX-License-Identifier: Apache-2.0
"""Signing in and out: who gets a session, and what never happens to an access code."""

from __future__ import annotations

import pytest

from highfence.app import Node
from highfence.clock import SetClock

from .conftest import OPERATOR, ORIGIN, Browser

PAGES = ("/", "/companies?q=acme", "/companies/c-1", "/assertions/a-1", "/gaps", "/gaps.csv", "/gaps.json", "/peers")


@pytest.mark.parametrize("path", PAGES)
def test_leads_who_is_not_signed_in_to_the_sign_in_page(stranger: Browser, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert answer.headers["cache-control"] == "no-store"


def test_leads_back_to_the_page_that_was_wanted(stranger: Browser) -> None:
    form = stranger.get("/companies?q=acme%20optics").headers["location"]
    assert 'name="next" value="/companies?q=acme%20optics"' in stranger.text(form)
    answer = stranger.sign_in(OPERATOR, next="/companies?q=acme%20optics")
    assert (answer.status_code, answer.headers["location"]) == (303, "/companies?q=acme%20optics")


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)"]
)
def test_leads_nobody_to_another_site(stranger: Browser, elsewhere: str) -> None:
    assert stranger.sign_in(OPERATOR, next=elsewhere).headers["location"] == "/"


def test_sets_a_cookie_that_scripts_and_other_sites_do_not_get(stranger: Browser) -> None:
    cookie = stranger.sign_in(OPERATOR).headers["set-cookie"].lower()
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "secure" not in cookie


def test_sets_a_cookie_for_https_alone_when_the_proxy_speaks_https(stranger: Browser) -> None:
    answer = stranger.post("/sign-in", {"code": OPERATOR}, **{"x-forwarded-proto": "https"})
    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize("code", ["wrong", "", "sha256:0"])
def test_shows_the_form_again_after_a_wrong_code_and_does_not_repeat_it(stranger: Browser, code: str) -> None:
    answer = stranger.sign_in(code)
    assert answer.status_code == 401
    assert "govuk-error-summary" in answer.text
    assert "<title>Error: Sign in" in answer.text
    assert not code or f'value="{code}"' not in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"origin": ORIGIN, "sec-fetch-site": "cross-site"},
        {"origin": ORIGIN, "sec-fetch-site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
def test_refuses_a_form_from_another_site(operator: Browser, path: str, headers: dict[str, str]) -> None:
    answer = operator.post(path, {"code": OPERATOR}, **headers)
    assert answer.status_code == 403
    assert "did not come from a page of this node" in answer.text
    assert operator.get("/").status_code == 200


def test_refuses_a_form_that_does_not_say_where_it_is_from(stranger: Browser) -> None:
    answer = stranger.client.post("/sign-in", data={"code": OPERATOR}, follow_redirects=False)
    assert answer.status_code == 403


def test_ends_the_session_on_signing_out(operator: Browser) -> None:
    kept = operator.client.cookies["highfence_session"]
    answer = operator.post("/sign-out", {})
    assert answer.headers["location"] == "/sign-in"
    operator.client.cookies.set("highfence_session", kept)
    assert operator.get("/").status_code == 303


def test_ends_the_session_after_eight_hours(operator: Browser, node: Node) -> None:
    assert isinstance(node.clock, SetClock)
    node.clock.advance(8 * 3600 - 1)
    assert operator.get("/").status_code == 200
    node.clock.advance(2)
    assert operator.get("/").status_code == 303


def test_refuses_a_form_larger_than_any_code(stranger: Browser) -> None:
    assert stranger.sign_in("x" * 20_000).status_code == 413


def test_shows_the_sign_in_page_without_menu_or_officer(stranger: Browser) -> None:
    text = stranger.text("/sign-in")
    assert "Sign out" not in text
    assert 'type="password"' in text
