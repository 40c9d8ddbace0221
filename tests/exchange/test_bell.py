# SPDX-License-Identifier: Apache-2.0
"""The bell wakes whoever waits, from any thread, and no ring is lost."""

from __future__ import annotations

import asyncio
import threading

from highfence.exchange.bell import Bell

#: Long enough that a test that waits for it has failed.
_LONG_S = 30.0


def test_a_ring_before_the_wait_is_noticed_at_once():
    bell = Bell()
    seen = bell.rings
    bell.ring()
    assert asyncio.run(bell.wait(seen, timeout_s=_LONG_S)) == seen + 1


def test_wakes_all_who_wait_from_another_thread():
    bell = Bell()

    async def scene() -> list[int]:
        waiting = [asyncio.create_task(bell.wait(0, timeout_s=_LONG_S)) for _ in range(3)]
        await asyncio.sleep(0)
        thread = threading.Thread(target=bell.ring)
        thread.start()
        rings = await asyncio.gather(*waiting)
        thread.join()
        return rings

    assert asyncio.run(scene()) == [1, 1, 1]


def test_without_a_ring_it_comes_back_after_the_time_given():
    bell = Bell()
    assert asyncio.run(bell.wait(bell.rings, timeout_s=0.001)) == 0


def test_who_gave_up_waiting_does_not_stop_the_others():
    bell = Bell()

    async def give_up() -> None:
        waiting = asyncio.create_task(bell.wait(0, timeout_s=_LONG_S))
        await asyncio.sleep(0)
        waiting.cancel()

    asyncio.run(give_up())
    bell.ring()
    assert asyncio.run(bell.wait(0, timeout_s=_LONG_S)) == 1


def test_many_rings_between_two_waits_are_one_waking():
    bell = Bell()
    for _ in range(5):
        bell.ring()
    assert asyncio.run(bell.wait(0, timeout_s=_LONG_S)) == 5
    assert bell.rings == 5
