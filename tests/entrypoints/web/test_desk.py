# SPDX-License-Identifier: Apache-2.0
"""The desk by itself: one file at a time, work that is called back, and an end that leaves nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from highfence.app import Node
from highfence.entrypoints.clerk import Look
from highfence.entrypoints.inquiry import Reading
from highfence.entrypoints.web.desk import Desk, Filed, Owner
from highfence.errors import InvalidInput, NotFound
from highfence.rules.handling import Reader

from .test_errand import children

OWNER = Owner(session="session-1", officer="ann", reader=Reader(authority="eu"))


@pytest.fixture
def desk(node: Node) -> Iterator[Desk]:
    desk = Desk(node)
    yield desk
    desk.close()


@pytest.fixture
def idle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put somebody who only sleeps in the clerk's place."""
    path = tmp_path / "clerk.sh"
    path.write_text("#!/bin/sh\nexec sleep 60\n")
    path.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(path))


def await_state(filed: Filed, *states: str) -> None:
    until = monotonic() + 60
    while filed.state not in states:
        assert monotonic() < until, filed.state
        sleep(0.01)


def test_one_file_is_looked_at_while_the_others_wait(desk: Desk, idle: None) -> None:
    first, second = (desk.take(OWNER, f"{at}.csv", b"name\n") for at in range(2))
    while first.errand._process is None:
        sleep(0.01)
    assert second.errand._process is None
    assert [one.name for one in desk.of("session-1")] == ["1.csv", "0.csv"]
    desk.drop(first)
    while second.errand._process is None:
        sleep(0.01)
    assert desk.of("session-2") == ()


def test_the_end_stops_all_work_and_forgets_everything(node: Node, idle: None) -> None:
    desk = Desk(node)
    filed = [desk.take(OWNER, f"{at}.csv", b"name\n") for at in range(3)]
    while filed[0].errand._process is None:
        sleep(0.01)
    begun = monotonic()
    desk.close()
    assert monotonic() - begun < 30
    assert desk.of("session-1") == ()
    assert all(one.data == b"" for one in filed)
    assert children() == set()


def test_what_is_worked_at_is_not_forgotten_for_its_age(desk: Desk, node: Node, idle: None) -> None:
    filed = desk.take(OWNER, "a.csv", b"name\n")
    node.clock.advance(10_000)  # type: ignore[attr-defined]
    assert desk.get("session-1", filed.id) is filed


def test_a_file_is_found_by_its_own_session_only(desk: Desk) -> None:
    filed = desk.take(OWNER, "a.csv", b"name\nAcme\n")
    with pytest.raises(NotFound) as other:
        desk.get("session-2", filed.id)
    with pytest.raises(NotFound) as none:
        desk.get("session-1", "x" * 24)
    assert str(other.value) == str(none.value)
    assert len(filed.id) >= 24


def test_steps_come_in_their_order_and_others_do_nothing(desk: Desk) -> None:
    filed = desk.take(OWNER, "a.csv", b"name\nAcme\n")
    desk.screen(filed, ("name",))
    await_state(filed, "columns")
    assert isinstance(filed.look, Look)
    desk.screen(filed, ("name",))
    desk.look_again(filed, Reading(encoding="utf-16"))
    await_state(filed, "done")
    desk.screen(filed, ("",))
    desk.look_again(filed, Reading())
    assert filed.state == "done"
    assert filed.data == b""
    assert filed.file("answers.csv").startswith(b"row,id")
    with pytest.raises(NotFound):
        filed.file("answers.pdf")


def test_a_failure_of_the_node_is_told_without_its_inside(
    desk: Desk, node: Node, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> object:
        raise RuntimeError("Acme in a message")

    filed = desk.take(OWNER, "a.csv", b"name\nAcme\n")
    await_state(filed, "columns")
    monkeypatch.setattr(node, "lookout", fail)
    desk.screen(filed, ("name",))
    await_state(filed, "unread")
    assert filed.problem is not None
    assert filed.problem.what == "the node failed to screen the file"
    told = "".join(capsys.readouterr())
    assert "file_failed" in told
    assert "Acme" not in told


def test_nothing_empty_is_taken(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        desk.take(OWNER, "a.csv", b"")
