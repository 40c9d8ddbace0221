# SPDX-License-Identifier: Apache-2.0
"""The bell between processes, over a real NATS server."""

from __future__ import annotations

import asyncio
import builtins
import os
import secrets
from collections.abc import Callable
from contextlib import asynccontextmanager

import pytest

import engines
from highfence.entrypoints import fanout
from highfence.entrypoints.fanout import Fanout
from highfence.errors import SettingsWrong
from highfence.exchange.bell import Bell

NATS = os.environ.get("HIGHFENCE_TEST_NATS", "nats://127.0.0.1:4222")
PATIENCE_S = 20.0


class Process:
    """One end of the bell."""

    def __init__(self, code: str, address: str = NATS) -> None:
        self.own = Bell()
        self.heard = 0
        self.fanout = Fanout(address, code, own=self.own, heard=self._hear)

    def _hear(self) -> None:
        self.heard += 1


@asynccontextmanager
async def running(*processes: Process):
    tasks = [asyncio.create_task(one.fanout.run()) for one in processes]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not done():
            await asyncio.sleep(0.005)


@pytest.fixture
def code() -> str:
    engines.require_nats(NATS)
    return f"test-{secrets.token_hex(4)}"


def test_fellows_hear_it_and_who_rang_does_not(code):
    async def story() -> None:
        one, other, stranger = Process(code), Process(code), Process(f"{code}-x")
        async with running(one, other, stranger):
            await until(lambda: one.fanout.connected and other.fanout.connected and stranger.fanout.connected)
            before = one.heard
            for number in range(1, 6):
                heard = other.heard
                one.own.ring()
                await until(lambda heard=heard: other.heard > heard)
                assert number <= other.heard
            other.own.ring()
            await until(lambda: one.heard == before + 1)
            # Each looks once by itself when it has connected; a stranger hears nothing more.
            assert stranger.heard == 1

    asyncio.run(story())


def test_without_a_server_nothing_stops_and_it_is_looked_for_again(code, monkeypatch):
    monkeypatch.setattr(fanout, "RETRY_S", 0.02)

    async def story() -> None:
        alone = Process(code, "nats://someone:secret@127.0.0.1:1")
        async with running(alone):
            alone.own.ring()
            await asyncio.sleep(0.3)
            assert not alone.fanout.connected
            alone.fanout._address = NATS
            await until(lambda: alone.fanout.connected)
            await until(lambda: alone.heard == 1)

    asyncio.run(story())


def test_a_missing_library_is_told_with_what_to_install(monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **more):
        if name.startswith("nats"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SettingsWrong, match="not installed") as refusal:
        fanout.require_library()
    assert "highfence[nats]" in refusal.value.advice
