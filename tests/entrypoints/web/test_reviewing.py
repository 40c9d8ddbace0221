# SPDX-License-Identifier: Apache-2.0
"""The review page: one pair at a time, judged by whoever may, shown to whoever may see both sides."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from highfence.app import Node
from highfence.model.assertion import Assertion

from .conftest import Browser, company, facts, secret

Publish = Callable[[Assertion], str]
TANKER = company("National Example Tanker Company", 1, country=())
TANKER_LLC = company("National Example Tanker <b>Company</b> LLC", 2, country=("ae",))
PAIR = {"one": "firm-1", "other": "firm-2"}


@pytest.fixture
def two(publish: Publish, node: Node) -> None:
    publish(facts(TANKER))
    publish(facts(TANKER_LLC, secret()))
    while node.resolve_next():
        pass


@pytest.mark.usefixtures("two")
def test_a_pair_stands_side_by_side_with_the_reasons(operator: Browser) -> None:
    text = operator.text("/review")
    assert "One pair waits" in text
    assert "&lt;b&gt;Company&lt;/b&gt;" in text
    assert "<b>Company" not in text
    assert "Why they may be the same" in text


@pytest.mark.usefixtures("two")
def test_an_answer_joins_the_two_and_the_queue_goes_on(operator: Browser) -> None:
    answer = operator.post("/review", {**PAIR, "verdict": "positive", "reason": "One seal."})
    assert (answer.status_code, answer.headers["location"]) == (303, "/review")
    assert "Nothing waits for a judgement" in operator.text("/review")
    assert "the same as firm-2: One seal." in operator.text("/companies/firm-1")


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("form", "told"), [({"reason": "x"}, "Choose what you decide"), ({"verdict": "unsure"}, "Write why")]
)
def test_an_answer_that_lacks_something_is_shown_again_as_it_was(
    operator: Browser, form: dict[str, str], told: str
) -> None:
    answer = operator.post("/review", {**PAIR, **form})
    assert answer.status_code == 400
    assert told in answer.text
    assert "One pair waits" in answer.text


@pytest.mark.usefixtures("two")
def test_who_may_not_see_one_side_finds_the_queue_empty(reader: Browser) -> None:
    text = reader.text("/review")
    assert "Nothing waits for a judgement" in text
    assert "Tanker" not in text
    assert reader.get("/review?one=firm-1&other=firm-2").status_code == 404
    assert reader.post("/review", {**PAIR, "verdict": "positive", "reason": "x"}).status_code == 403


@pytest.mark.usefixtures("two")
def test_an_answer_from_another_site_is_refused(operator: Browser) -> None:
    answer = operator.post(
        "/review", {**PAIR, "verdict": "positive", "reason": "x"}, **{"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403
    assert "One pair waits" in operator.text("/review")
