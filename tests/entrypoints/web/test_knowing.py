# SPDX-License-Identifier: Apache-2.0
"""The page of what could be told and asked, and its drafts as files that can be published."""

from __future__ import annotations

from collections.abc import Callable

from lxml import html

from highfence.app import Node
from highfence.entrypoints.drafts import read_draft
from highfence.model.assertion import Assertion
from nodes import carry, concern, sharing

from .conftest import Browser, company, facts

Publish = Callable[[Assertion], str]


def drafts(page: str) -> list[str]:
    return [str(one.get("href")) for one in html.fromstring(page).iter("a") if ".json?" in str(one.get("href"))]


def test_a_draft_is_one_click_away_and_is_published_as_it_is(operator: Browser, publish: Publish, node: Node) -> None:
    publish(facts(company("Acme Optics", 1), sharing("us")))
    page = operator.text("/knowledge")
    (path,) = drafts(page)
    assert path == drafts(operator.text("/companies/firm-1"))[0]
    answer = operator.get(path)
    assert "attachment" in answer.headers["content-disposition"]
    draft = read_draft(answer.content)
    published = node.publish([draft.assertion()]).result()
    assert {one.reader for one in published.releases[0] if one.allowed} == {"us", "nl"}
    assert drafts(operator.text("/knowledge")) == []


def test_who_could_be_asked_is_shown_with_a_request(operator: Browser, node: Node, nodes: dict[str, Node]) -> None:
    nodes["us"].publish([concern("Bolt Works", sharing("eu"))]).result()
    carry(nodes["us"], node)
    (path,) = drafts(operator.text("/knowledge"))
    draft = read_draft(operator.get(path).content)
    assert (draft.kind, draft.marking.releasable_to) == ("request", ("us",))
    assert operator.get("/knowledge/request.json?assertion=" + "0" * 64).status_code == 404
    assert operator.get("/knowledge/draft.json?to=us&assertion=" + "0" * 64).status_code == 404


def test_a_reader_finds_nothing_of_what_they_may_not_see(reader: Browser, publish: Publish) -> None:
    before = reader.text("/knowledge")
    name = publish(facts(company("Dune Hidden Works", 1), sharing("us")))
    assert reader.text("/knowledge") == before
    assert reader.get(f"/knowledge/draft.json?to=nl&assertion={name}").status_code == 404


def test_a_company_shows_who_knows_which_field_and_how_it_was_then(operator: Browser, publish: Publish) -> None:
    publish(facts(company("Acme Optics", 1), sharing("us")))
    page = operator.text("/companies/firm-1")
    section = html.fromstring(page).get_element_by_id("knowledge").getnext()
    assert "waits in its feed" in section.text_content()
    then = operator.text("/companies/firm-1?as-of=2026-11-24")
    assert "This is what was known here" in then
    assert html.fromstring(then).find(".//*[@id='knowledge']") is None
    assert operator.get("/companies/firm-1?as-of=2020-01-01").status_code == 404
    assert operator.get("/companies/firm-1?as-of=soon").status_code == 400
