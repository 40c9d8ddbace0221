# SPDX-License-Identifier: Apache-2.0
"""Errands: a clerk that breaks down, takes too long or is called back harms nobody and leaves no process."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from time import monotonic, sleep

import pytest

from highfence.entrypoints.clerk import Look, Outcome, Progress, Task, Unread
from highfence.entrypoints.inquiry import Reading
from highfence.entrypoints.web.errand import Errand
from highfence.matching.watchlist import Watchlist
from highfence.model.entity import Entity

LOOK = Task(reading=Reading())


def children() -> set[int]:
    """Return the processes that this thread has begun, but for the nodes that other tests keep running."""
    listed = Path(f"/proc/self/task/{threading.get_native_id()}/children")
    begun = {int(one) for one in listed.read_text().split()} if listed.exists() else set()
    return {one for one in begun if b"\0serve\0" not in _command(one)}


def _command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a script in the clerk's place."""
    path = tmp_path / "clerk.sh"
    monkeypatch.setattr(sys, "executable", str(path))

    path.write_text("#!/bin/sh\nexit 3\n")
    path.chmod(0o700)
    return path


def test_a_file_is_looked_at_and_screened() -> None:
    errand = Errand()
    (told,) = errand.run(LOOK, b"name\nAcme Optics\n", limit_s=60)
    assert isinstance(told, Look)
    against = Watchlist.build(
        Entity(id=f"c-{at}", schema="Company", properties={"name": (f"Acme Optics {at}",)}) for at in range(1200)
    )
    task = Task(reading=Reading(), screen=True, fields=("name",))
    told = list(errand.run(task, b"name\n" + b"Acme Optics 7\n" * 150, limit_s=60, against=against))
    assert told[0] == Progress(100, 150)
    assert isinstance(told[1], Outcome)
    assert (told[1].matched, told[1].found[0]) == (150, "c-7")
    assert len(told) == 6
    assert children() == set()


def test_a_clerk_that_breaks_down_is_told(script: Path) -> None:
    (told,) = Errand().run(LOOK, b"x" * 1_000_000, limit_s=60)
    assert isinstance(told, Unread)
    assert "broken down" in told.what
    assert children() == set()


def test_a_clerk_that_takes_too_long_is_ended(script: Path) -> None:
    script.write_text("#!/bin/sh\nexec sleep 60\n")
    begun = monotonic()
    (told,) = Errand().run(LOOK, b"name\n", limit_s=0.2)
    assert isinstance(told, Unread)
    assert "longer than" in told.what
    assert monotonic() - begun < 30
    assert children() == set()


def test_a_clerk_is_called_back_for_good(script: Path) -> None:
    script.write_text("#!/bin/sh\nexec sleep 60\n")
    errand = Errand()
    thread = threading.Thread(target=lambda: list(errand.run(LOOK, b"name\n", limit_s=60)))
    thread.start()
    while errand._process is None:
        sleep(0.01)
    errand.stop()
    thread.join(timeout=30)
    assert not thread.is_alive()
    assert list(errand.run(LOOK, b"name\n", limit_s=60)) == []
