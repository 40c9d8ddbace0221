# SPDX-License-Identifier: Apache-2.0
"""The pushed feed: every row that may be seen, once, and not a byte for what may not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count

import msgspec
import pytest

from highfence.app import Node
from highfence.entrypoints.web.feed_row import ROWS_MAX
from highfence.entrypoints.web.live import Watch
from highfence.model.assertion import Assertion
from nodes import officer

from .conftest import Browser, company, facts, secret

Publish = Callable[[Assertion], str]
OPEN = company("Acme Optics Co Ltd")


def told(events: list[bytes]) -> list[tuple[str, str]]:
    """Return kind and assertion of each event."""
    found = []
    for event in events:
        fields = dict(line.split(": ", 1) for line in event.decode().splitlines() if line and not line.startswith(":"))
        found.append((fields["event"], msgspec.json.decode(fields["data"])["id"]))
    return found


def test_tells_what_arrived_since_the_page_was_made_oldest_first(node: Node, publish: Publish) -> None:
    first, second, third = (publish(facts(company(f"Firm {number}", number))) for number in range(3))
    watch = Watch(node, officer(node), after=first)
    assert told(watch.news()) == [("row", second), ("row", third)]
    assert watch.news() == []
    fourth = publish(facts(OPEN))
    assert told(watch.news()) == [("row", fourth)]


def test_tells_once_that_a_row_no_longer_stands(node: Node, publish: Publish) -> None:
    first = publish(facts(OPEN, kind="concern", text="Said too soon"))
    watch = Watch(node, officer(node), after=first)
    assert watch.news() == []
    second = publish(facts(OPEN, kind="correction", refers_to=first, text="Said again", reason="A misread name"))
    assert told(watch.news()) == [("row", second), ("replaced", first)]
    assert watch.news() == []


def test_what_may_not_be_seen_causes_no_event_and_no_number_tells_of_it(node: Node, publish: Publish) -> None:
    first = publish(facts(OPEN))
    watch = Watch(node, officer(node, clearance="PUBLIC"), after=first)
    hidden = publish(facts(OPEN, secret(), kind="concern", text="Not for everybody"))
    assert watch.news() == []
    second = publish(facts(OPEN))
    (event,) = watch.news()
    assert told([event]) == [("row", second)]
    assert hidden.encode() not in event
    with node.sight(officer(node)) as sight:
        place = sight.assertion(second).position
    assert b'"position"' not in event
    assert f"id: {place}\n".encode() not in event


def test_a_page_that_names_what_it_may_not_see_is_treated_as_one_that_names_nothing(
    node: Node, publish: Publish
) -> None:
    hidden = publish(facts(OPEN, secret()))
    shown = publish(facts(OPEN))
    reader = officer(node, clearance="PUBLIC")
    assert Watch(node, reader, after=hidden).news() == Watch(node, reader, after="0" * 64).news()
    assert told(Watch(node, reader, after="").news()) == [("row", shown)]


def test_after_a_flood_the_newest_page_full_is_told(node: Node) -> None:
    ids = node.publish([facts(company(f"Firm {number}", number)) for number in range(ROWS_MAX + 7)]).result().ids
    assert [name for _, name in told(Watch(node, officer(node), after=ids[0]).news())] == list(ids[-ROWS_MAX:])


def test_an_event_is_one_line_without_markup(node: Node, publish: Publish) -> None:
    publish(facts(company("</script><b>\r\ndata: forged\n\nevent: row"), kind="concern", text="a\nb\u2028c</p>"))
    (event,) = Watch(node, officer(node), after="").news()
    assert [line.split(b":")[0] for line in event.splitlines()] == [b"event", b"id", b"data", b""]
    assert b"<" not in event


def test_the_stream_ends_when_the_session_does(node: Node, publish: Publish) -> None:
    async def listen() -> list[bytes]:
        open_for = count()
        watch = Watch(node, officer(node), after="")
        stream = watch.events(lambda: next(open_for) < 6, heartbeat_s=0.01)
        return [event async for event in stream]

    name = publish(facts(OPEN))
    heard = asyncio.run(listen())
    assert heard[0].startswith(b"retry:")
    assert told(heard[1:2]) == [("row", name)]
    assert set(heard[2:]) == {b": still here\n\n"}


def test_nothing_is_sent_when_the_session_ended_while_the_node_was_reading(node: Node, publish: Publish) -> None:
    async def listen() -> list[bytes]:
        answers = iter((True, False))
        return [event async for event in Watch(node, officer(node), after="").events(lambda: next(answers))]

    publish(facts(OPEN))
    assert len(asyncio.run(listen())) == 1


def test_a_row_published_while_waiting_is_pushed_without_waiting_for_the_heartbeat(node: Node) -> None:
    async def listen() -> bytes:
        stream = Watch(node, officer(node), after="").events(lambda: True, heartbeat_s=3600.0)
        await anext(stream)
        waiting = asyncio.ensure_future(anext(stream))
        await asyncio.wrap_future(node.publish([facts(OPEN)]))
        event = await asyncio.wait_for(waiting, timeout=30)
        await stream.aclose()  # type: ignore[attr-defined]
        return event

    assert b"Acme Optics" in asyncio.run(listen())


def test_a_script_without_a_session_is_told_so_and_not_led_to_a_form(stranger: Browser) -> None:
    answer = stranger.get("/live")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("clearance", ["PUBLIC", "RESTRICTED"])
def test_the_first_news_of_an_empty_node_is_none(node: Node, clearance: str) -> None:
    assert Watch(node, officer(node, clearance=clearance), after="").news() == []
