# SPDX-License-Identifier: Apache-2.0
"""Nodes that are killed, peers that are down, disks that are full: nothing is lost, doubled or leaked."""

from __future__ import annotations

import os
import random
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from highfence.entrypoints.cli.demo.stage import Actor
from highfence.exchange.verification import Verified
from nodes import concern, sharing

from .processes import Players, deliveries, handed_in, held, highfence, peer, publish, wait_until

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("outage")]

CODES = ("us", "eu", "nl", "cy")
PUBLICATIONS = 100
KILLS = 2


@pytest.fixture(scope="module")
def players(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Players]:
    made = Players(tmp_path_factory.mktemp("players"), CODES)
    try:
        made.start()
        yield made
    finally:
        made.close()


def verified(actor: Actor) -> Verified:
    return msgspec.json.decode(actor.node.get("/api/verification"), type=Verified)


def test_nothing_is_lost_doubled_or_leaked_while_nodes_are_killed(players: Players) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    kills = set(chance.sample(range(20, PUBLICATIONS - 10), KILLS))
    due: dict[str, dict[str, str]] = {code: held(players.actors[code]) for code in CODES}
    for number in range(PUBLICATIONS):
        if number in kills:
            victim = players.actors[chance.choice(CODES)]
            victim.kill()
            victim.start()
        owner = chance.choice(CODES)
        readers = chance.sample(CODES, chance.randrange(len(CODES) + 1))
        players.actors[owner].wait_until_up()
        name = publish(players.actors[owner], concern(f"Firm {seed} {number}", sharing(*readers)))
        for code in {owner, *readers}:
            due[code][name] = owner
    for actor in players.actors.values():
        actor.wait_until_up()
    players.settle()
    for code, actor in players.actors.items():
        assert held(actor) == due[code], f"{code} holds what it should not, or lacks what it should have (seed {seed})"
        for other, view in actor.peers().items():
            assert view.in_size == sum(owner == other for owner in due[code].values()), (code, other, seed)
            assert (view.quarantine, view.evidence, view.out_refused) == (None, 0, 0), (code, other, seed)
        found = verified(actor)
        assert found.differences == ()
        assert found.assertions == len(due[code])


def test_a_peer_that_is_down_is_waited_for_and_told_why_it_lacks_what_is_published(players: Players) -> None:
    us, nl = players.actors["us"], players.actors["nl"]
    players.settle()
    nl.kill()
    wait_until(lambda: peer(us, "nl").link.text.startswith("cannot reach the peer"), "the notice of the outage")
    assert peer(us, "nl").link.state == "connecting"
    before = peer(us, "nl").out_received
    name = publish(us, concern("Patience Works", sharing("eu", "nl")))
    wait_until(lambda: deliveries(us, name)["eu"].state == "received", "the receipt of the peer that is up")
    waiting = deliveries(us, name)["nl"]
    assert (waiting.state, waiting.reason, waiting.entitled) == ("queued", "not_connected", True)
    assert "has not fetched it yet" in waiting.text
    assert deliveries(us, name)["cy"].state == "withheld"
    assert (peer(us, "nl").out_size - before, peer(us, "nl").out_received) == (1, before)
    players.start("nl")
    wait_until(lambda: deliveries(us, name)["nl"].state == "received", "the receipt of the peer that came back")
    assert name in held(nl)
    wait_until(lambda: peer(us, "nl").link.state == "live", "the link to the peer that came back")


def test_a_coordinator_that_is_down_stops_nobody(players: Players) -> None:
    players.settle()
    players.actors["eu"].kill()
    name = publish(players.actors["us"], concern("Without Centre Ltd", sharing("nl")))
    wait_until(lambda: deliveries(players.actors["us"], name)["nl"].state == "received", "the receipt without it")
    players.start("eu")


def test_a_reader_whose_disk_is_full_takes_later_what_it_could_not_keep(players: Players, tmp_path: Path) -> None:
    us, nl = players.actors["us"], players.actors["nl"]
    players.settle()
    with full_by_limit(nl, tmp_path) as make_room:
        name = publish(us, concern("Later Works", sharing("nl"), text="long " * 4000))
        wait_until(lambda: "did not keep the change" in peer(nl, "us").link.text, "the notice of the full disk")
        assert name not in held(nl)
        assert deliveries(us, name)["nl"].state in ("queued", "sent")
        make_room()
    wait_until(lambda: deliveries(us, name)["nl"].state == "received", "the receipt after there was room")
    assert name in held(nl)
    view = peer(nl, "us")
    assert (view.quarantine, view.evidence) == (None, 0)
    assert verified(nl).differences == ()


@contextmanager
def full_by_limit(actor: Actor, _: Path) -> Iterator[Callable[[], None]]:
    """Let no file of the node grow any more, as if the disk were full; works for everybody."""
    process = actor._process
    assert process is not None
    before = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (4096, before[1]))
    yield lambda: resource.prlimit(process.pid, resource.RLIMIT_FSIZE, before) and None


@contextmanager
def full_by_filling(_: Actor, folder: Path) -> Iterator[Callable[[], None]]:
    """Fill the small disk that the home lies on."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            pass
    yield filler.unlink


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Give a folder on a disk of its own, or skip where none can be made."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "highfence-test", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("no small disk can be mounted here; the test with a limit on files stands for it")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def plain_folder(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    yield folder


@pytest.mark.parametrize(
    ("disk", "filled"), [(plain_folder, full_by_limit), (small_disk, full_by_filling)], ids=["limit", "disk"]
)
def test_a_full_disk_refuses_what_it_cannot_keep_goes_on_answering_and_recovers(
    tmp_path: Path,
    disk: Callable[[Path], Iterator[Path]],
    filled: Callable[[Actor, Path], Iterator[Callable[[], None]]],
) -> None:
    if disk is small_disk and os.geteuid() != 0:
        pytest.skip("only root can mount a small disk; the test with a limit on files stands for it")
    with disk(tmp_path / "disk") as folder:  # type: ignore[attr-defined]
        players = Players(folder, ("us", "nl"))
        us = players.actors["us"]
        try:
            players.start("us")
            first = publish(us, concern("Before Works", sharing("nl")))
            with filled(us, folder) as make_room:  # type: ignore[attr-defined]
                refused = _refusals(us)
                _reads_go_on(us, first)
                make_room()
            last = publish(us, concern("After Works", sharing("nl")))
            kept = held(us)
            assert {first, last} <= set(kept)
            assert b"Never Kept Works" not in us.node.get("/api/companies", q="never kept")
            assert len(kept) == 2
            assert refused
            assert verified(us).differences == ()
            players.start("nl")
            wait_until(lambda: deliveries(us, last)["nl"].state == "received", "what was kept")
            assert set(held(players.actors["nl"])) == {first, last}
        finally:
            players.close()
        assert highfence("verify", us.home.folder).returncode == 0
        assert "Never Kept" not in (us.home.folder / "node.log").read_text()


def _refusals(actor: Actor) -> list[str]:
    """Publish in vain more often than the log has room for; return what the node said."""
    said = []
    for number in range(8):
        claim = concern("Never Kept Works", sharing("nl"), text=f"{number} " + "long " * 4000)
        status, problem = handed_in(actor, claim)
        assert status == 507
        assert "did not keep the change" in problem.detail
        assert "half-applied" in problem.advice
        said.append(problem.detail)
    return said


def _reads_go_on(actor: Actor, name: str) -> None:
    assert name in held(actor)
    assert b"Before Works" in actor.node.get("/api/companies", q="before")
    assert peer(actor, "nl").out_size == 1
    assert verified(actor).differences == ()
