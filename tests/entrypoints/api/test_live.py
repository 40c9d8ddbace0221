# SPDX-License-Identifier: Apache-2.0
"""What arrives is pushed to systems as it comes, and not a byte of what they may not see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from asgi import Answer, ask
from published import company, draft

from highfence.app import Node
from highfence.entrypoints.drafts import Draft
from highfence.entrypoints.server import create_app
from nodes import sharing

from .conftest import code_of

ACME = company("Acme Optics Co Ltd")
SECRET = draft(ACME, sharing("nl"), kind="concern", text="Buys for a weapons works")
Listen = Callable[..., Answer]


@pytest.fixture
def publish(node: Node) -> Callable[[Draft], str]:
    return lambda value: node.publish([value.assertion()]).result().ids[0]


@pytest.fixture
def listen(node: Node) -> Listen:
    app = create_app(node, links=False)

    def as_officer(name: str, **more: Any) -> Answer:
        headers = {"host": "us.example"} | ({"authorization": f"Bearer {code_of(name)}"} if name else {})
        return ask(app, "GET", "/api/live", headers=headers, **more)

    return as_officer


def told(answer: Answer) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for line in answer.data()]


def test_nobody_listens_without_a_code(listen: Listen) -> None:
    answer = listen("")
    assert (answer.status, answer.code) == (401, "not_allowed")


def test_what_arrives_from_now_on_is_pushed_and_nothing_of_before(
    listen: Listen, publish: Callable[[Draft], str]
) -> None:
    publish(draft(company("Before Works", 2)))
    names: list[str] = []

    def then(_: bytes) -> None:
        if len(names) < 2:
            names.append(publish(SECRET))

    answer = listen("operator", events=3, heard=then)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    events = told(answer)
    assert [one["id"] for one in events] == names
    assert [one["caption"] for one in events] == ["Acme Optics Co Ltd"] * 2


def test_no_place_in_the_journal_is_told_and_what_is_hidden_causes_no_byte(
    listen: Listen, publish: Callable[[Draft], str]
) -> None:
    names: list[str] = []

    def then(_: bytes) -> None:
        if not names:
            publish(SECRET)
            names.append(publish(draft(ACME)))
            publish(SECRET)

    answer = listen("reader", events=2, heard=then)
    (event,) = told(answer)
    assert event["id"] == names[0]
    assert event["position"] == 0
    assert b"weapons" not in answer.body
    assert b"id:" not in answer.body


def test_a_node_that_stops_ends_the_stream(listen: Listen, node: Node) -> None:
    node.stop_streams()
    answer = listen("reader", events=1000)
    assert answer.status == 200
    assert told(answer) == []
