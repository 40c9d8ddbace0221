# SPDX-License-Identifier: Apache-2.0
"""A running node acts on its membership document: it warns before the end, and releases and silences what is due."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from highfence.app import Node
from highfence.clock import SetClock
from highfence.entrypoints.attending import attend
from nodes import NOON, concern, following, opened, sharing, states


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[dict[str, Node]]:
    with opened(tmp_path, ("us", "eu", "nl"), clock=SetClock(NOON)) as made:
        yield made


def attended(node: Node, done: Callable[[], bool], act: Callable[[], object] = lambda: None) -> list[str]:
    """Let a node be attended until something has happened; return what was logged."""

    async def run() -> None:
        task = asyncio.create_task(attend(node))
        await asyncio.sleep(0.05)
        act()
        try:
            async with asyncio.timeout(20):
                while not done():
                    await asyncio.sleep(0.005)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    with capture_logs() as logs:
        asyncio.run(run())
    return [str(one["event"]) for one in logs]


def test_what_was_withheld_goes_out_as_soon_as_a_document_lets_it(nodes: dict[str, Node]) -> None:
    us = nodes["us"]
    agreements = us.membership.agreements
    us.install_membership(following(nodes, agreements=()))
    (name,) = us.publish([concern("Alpha", sharing("nl"))]).result().ids
    renewed = following(nodes, agreements=agreements)
    logged = attended(us, lambda: states(us, name)["nl"] == "queued", lambda: us.install_membership(renewed))
    assert states(us, name)["nl"] == "queued"
    assert "membership_expiring" not in logged


def test_the_log_warns_once_from_twenty_four_hours_before_the_end(nodes: dict[str, Node]) -> None:
    us = nodes["us"]
    us.clock.advance((us.membership.expires - us.now()).total_seconds() - 24 * 3600)  # type: ignore[attr-defined]
    looks = iter(range(4))
    logged = attended(us, lambda: next(looks) == 3, us.charter.bell.ring)
    assert logged.count("membership_expiring") == 1


def test_a_failure_is_logged_and_made_good_with_the_next_look(
    nodes: dict[str, Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    us = nodes["us"]
    tries: list[int] = []

    def fail_once() -> int:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("no space left on device")
        return 0

    monkeypatch.setattr(us, "weigh_again", fail_once)
    logged = attended(us, lambda: len(tries) == 2, us.charter.bell.ring)
    assert logged.count("membership_not_acted_on") == 1
