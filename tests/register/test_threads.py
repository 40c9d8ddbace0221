# SPDX-License-Identifier: Apache-2.0
"""Threads of assertions: who has them, where they end, and what can change one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from highfence.app import Node
from highfence.errors import NotFound
from highfence.model.assertion import Assertion
from highfence.model.marking import Marking
from highfence.register.threads import answers_to, changed_since, thread_with, threads_of
from nodes import carry, concern, officer, opened, sharing


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[dict[str, Node]]:
    with opened(tmp_path, ("us", "eu", "nl")) as made:
        yield made


def publish(node: Node, name: str, marking: Marking, **changes: object) -> str:
    return node.publish([concern(name, marking, **changes)]).result().ids[0]


def corrected(node: Node, name: str, old: str, marking: Marking) -> str:
    return publish(node, name, marking, kind="correction", refers_to=old, reason="misread")


def told(node: Node, **clearance: str) -> list[list[str]]:
    with node.sight(officer(node, **clearance)) as sight:
        return [[one.id for one in thread] for thread in threads_of(sight, "concern")]


def test_a_thread_is_an_assertion_with_its_corrections_in_order(nodes: dict[str, Node]) -> None:
    us, nl = nodes["us"], nodes["nl"]
    first = publish(us, "Acme", sharing("nl"))
    other = publish(us, "Bolt", sharing("nl"))
    second = corrected(us, "Acme", first, sharing("nl"))
    third = corrected(us, "Acme", second, sharing("nl"))
    carry(us, nl)
    for node in (us, nl):
        assert told(node) == [[first, second, third], [other]]
        with node.sight(officer(node)) as sight:
            assert [one.id for one in thread_with(sight, second)] == [first, second, third]


def test_who_may_not_see_its_end_has_no_thread_and_who_sees_only_its_end_has_that(nodes: dict[str, Node]) -> None:
    us = nodes["us"]
    first = publish(us, "Acme", sharing("nl", classification="PUBLIC"))
    second = corrected(us, "Acme", first, sharing("nl"))
    assert told(us, clearance="PUBLIC") == []
    assert told(us) == [[first, second]]
    third = corrected(us, "Acme", second, sharing("nl", classification="PUBLIC"))
    assert told(us, clearance="PUBLIC") == [[first, third]]
    with us.sight(officer(us, clearance="PUBLIC")) as sight, pytest.raises(NotFound):
        thread_with(sight, second)


def test_a_thread_that_was_withdrawn_says_nothing_any_more(nodes: dict[str, Node]) -> None:
    us = nodes["us"]
    first = publish(us, "Acme", sharing("nl"))
    gone = Assertion(
        kind="withdrawal", originator="", issued="", subject="demo-acme", refers_to=first, reason="mistaken",
        marking=sharing("nl"),
    )  # fmt: skip
    us.publish([gone]).result()
    assert told(us) == []
    with us.sight(officer(us)) as sight, pytest.raises(NotFound):
        thread_with(sight, first)


def test_a_correction_of_what_was_never_released_begins_its_thread(nodes: dict[str, Node]) -> None:
    us, nl = nodes["us"], nodes["nl"]
    first = publish(us, "Acme", sharing("eu"))
    second = corrected(us, "Acme", first, sharing("nl"))
    carry(us, nl)
    with nl.sight(officer(nl)) as sight:
        assert [one.id for one in thread_with(sight, second)] == [second]


def test_answers_are_those_that_stand_and_may_be_seen(nodes: dict[str, Node]) -> None:
    us = nodes["us"]
    about = publish(us, "Acme", sharing("nl"))
    seen = publish(us, "Acme", sharing("nl", classification="PUBLIC"), kind="comment", refers_to=about)
    publish(us, "Acme", sharing("nl"), kind="comment", refers_to=about)
    with us.sight(officer(us, clearance="PUBLIC")) as sight:
        assert [one.id for one in answers_to(sight, [about])[about]] == [seen]


def test_only_what_can_change_a_thread_counts_as_a_change(nodes: dict[str, Node]) -> None:
    us = nodes["us"]
    position = us.last_position()
    first = publish(us, "Acme", sharing("nl"))
    with us.sight(officer(us)) as sight:
        assert not changed_since(sight, position)
    corrected(us, "Acme", first, sharing("nl"))
    with us.sight(officer(us)) as sight:
        assert changed_since(sight, position)
