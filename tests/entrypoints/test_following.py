# SPDX-License-Identifier: Apache-2.0
"""Following: rolls are made at the start, take in what arrives without being asked, and outlive a failure."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest

from highfence.app import Node
from highfence.entrypoints.following import follow
from highfence.rules.handling import Reader
from nodes import PURPOSES, concern, opened, sharing

READER = Reader(authority="us", ceiling="PUBLIC", purposes=PURPOSES)
CLEARED = Reader(authority="us", ceiling="RESTRICTED", purposes=PURPOSES)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with opened(tmp_path, ("us", "nl")) as made:
        yield made["us"]


def followed(node: Node, story: Callable[[], Awaitable[None]], *readers: Reader) -> None:
    async def run() -> None:
        task = asyncio.create_task(follow(node, readers, pause_s=0.0))
        try:
            await story()
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    asyncio.run(run())


async def until(done: Callable[[], bool]) -> None:
    end = monotonic() + 30
    while not done():
        assert monotonic() < end
        await asyncio.sleep(0.01)


def held(node: Node, reader: Reader) -> int:
    """Return how many parties are on the reader's roll, without reading further."""
    rolls = [roll for kind, roll in node.rolls._rolls.items() if kind.ceiling == reader.ceiling]
    return len(rolls[0].watchlist) if rolls else -1


def test_rolls_are_made_before_anybody_asks(node: Node) -> None:
    node.publish([concern("Acme Optics", sharing("nl"))]).result()
    assert held(node, CLEARED) == -1

    async def story() -> None:
        await until(lambda: held(node, CLEARED) == 1 and held(node, READER) == 0)

    followed(node, story, READER, CLEARED)


def test_what_arrives_is_taken_in_without_anybody_asking(node: Node) -> None:
    async def story() -> None:
        await until(lambda: held(node, CLEARED) == 0)
        await asyncio.wrap_future(node.publish([concern("Acme Optics", sharing("nl"))]))
        await until(lambda: held(node, CLEARED) == 1)
        assert held(node, READER) == 0

    followed(node, story, READER, CLEARED)


def test_a_failure_is_logged_without_names_and_made_good(
    node: Node, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = node.follow

    def fail() -> None:
        monkeypatch.setattr(node, "follow", whole)
        raise RuntimeError("Acme Optics in a message")

    async def story() -> None:
        await until(lambda: held(node, CLEARED) == 0)
        monkeypatch.setattr(node, "follow", fail)
        node.bell.ring()
        await until(lambda: node.follow == whole)
        await asyncio.wrap_future(node.publish([concern("Acme Optics", sharing("nl"))]))
        await until(lambda: held(node, CLEARED) == 1)

    followed(node, story, CLEARED)
    told = "".join(capsys.readouterr())
    assert "following_failed" in told
    assert "Acme" not in told
