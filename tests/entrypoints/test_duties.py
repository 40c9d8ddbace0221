# SPDX-License-Identifier: Apache-2.0
"""A duty is done by one process at a time, and by another when that one ends or loses it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

import engines
from highfence.app import Node, open_node
from highfence.clock import SetClock
from highfence.entrypoints import duties
from highfence.entrypoints.duties import Duties
from nodes import NOON, make_homes

PATIENCE_S = 20.0


@pytest.fixture
def processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Node]]:
    """Give the node of one authority as two processes would open it."""
    monkeypatch.setattr(duties, "LOOK_S", 0.02)
    with engines.behind("postgresql"):
        home = make_homes(tmp_path, ("us", "nl"))["us"]
        made = [open_node(home, clock=SetClock(NOON), sharing=True) for _ in range(2)]
        yield made
        for node in made:
            node.close()


class Work:
    """Something that is done until it is stopped; tells who is at it."""

    def __init__(self) -> None:
        self.at_it: list[int] = []

    def by(self, number: int) -> Callable[[], Awaitable[None]]:
        async def work() -> None:
            self.at_it.append(number)
            try:
                await asyncio.Event().wait()
            finally:
                self.at_it.remove(number)

        return work


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not done():
            await asyncio.sleep(0.01)


def test_one_process_does_it_and_the_other_when_that_one_ends(processes):
    async def story() -> None:
        work = Work()
        both = [Duties(node) for node in processes]
        tasks = [asyncio.create_task(one.do("link nl", work.by(number))) for number, one in enumerate(both)]
        await until(lambda: len(work.at_it) == 1)
        await asyncio.sleep(0.2)
        (first,) = work.at_it
        tasks[first].cancel()
        await asyncio.gather(tasks[first], return_exceptions=True)
        processes[first].close()
        await until(lambda: work.at_it == [1 - first])
        tasks[1 - first].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(story())


def test_who_has_lost_a_post_stops_before_taking_it_again(processes):
    async def story() -> None:
        work = Work()
        one, other = (Duties(node) for node in processes)
        tasks = [asyncio.create_task(one.watch()), asyncio.create_task(one.do("resolve", work.by(0)))]
        await until(lambda: work.at_it == [0])
        processes[0].database.posts._lose()
        tasks.append(asyncio.create_task(other.do("resolve", work.by(1))))
        await until(lambda: len(work.at_it) == 1 and "resolve" in _held(processes))
        assert len(work.at_it) == 1
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert work.at_it == []

    asyncio.run(story())


def _held(processes: list[Node]) -> set[str]:
    return {name for node in processes for name in node.database.posts.look()}


def test_work_that_ends_by_itself_is_not_done_again_and_its_error_is_told(processes):
    async def story() -> None:
        times = []

        async def work() -> None:
            times.append(1)
            if len(times) == 2:
                raise ValueError("broke")

        await Duties(processes[0]).do("once", work)
        assert times == [1]
        with pytest.raises(ValueError, match="broke"):
            await Duties(processes[0]).do("again", work)

    asyncio.run(story())


def test_a_node_of_one_process_does_all_there_is(tmp_path):
    async def story(node: Node) -> None:
        work = Work()
        task = asyncio.create_task(Duties(node).do("link nl", work.by(0)))
        await until(lambda: work.at_it == [0])
        await Duties(node).watch()
        task.cancel()

    home = make_homes(tmp_path, ("us", "nl"))["us"]
    node = open_node(home, clock=SetClock(NOON))
    asyncio.run(story(node))
    node.close()
