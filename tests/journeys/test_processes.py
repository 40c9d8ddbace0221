# SPDX-License-Identifier: Apache-2.0
"""Two processes of one node on one PostgreSQL, with a bell over NATS or without: one authority towards everybody."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

import engines
from highfence.entrypoints.cli.demo.stage import Actor, free_ports
from highfence.errors import HighfenceError
from highfence.exchange.verification import Verified
from highfence.settings import load
from nodes import concern, sharing

from .processes import Players, deliveries, held, highfence, peer, publish, wait_until

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("processes")]

NATS = os.environ.get("HIGHFENCE_TEST_NATS", "nats://127.0.0.1:4222")
SECRET = "Zwiebelfisch"


class Relay:
    """Stands between a process and a server, and can be cut and mended: a server's outage for this process alone."""

    def __init__(self, server: str) -> None:
        (self.port,) = free_ports(1)
        self._server = server.rpartition("/")[2]
        self._process: subprocess.Popen[bytes] | None = None

    def mend(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("relay.py")), str(self.port), self._server]
        )

    def cut(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class Twins:
    """The node of the United States as two processes on one home, and that of the Netherlands as their peer."""

    def __init__(self, folder: Path) -> None:
        self.relay = Relay(NATS)
        self.relay.mend()
        with engines.behind("postgresql"):
            self.players = Players(folder, ("us", "nl"))
        self.one, self.nl = self.players.actors["us"], self.players.actors["nl"]
        settings = self.one.home.folder / "settings.toml"
        text = settings.read_text().replace(
            'nats = ""', f'nats = "nats://someone:{SECRET}@127.0.0.1:{self.relay.port}"'
        )
        settings.write_text(text.replace("postgres@", f"postgres:{SECRET}@"))
        (port,) = free_ports(1)
        self.other = Twin(self.one, port)
        self.players.start("us", "nl")
        self.other.start()
        self.other.wait_until_up()

    def close(self) -> None:
        self.other.stop()
        self.players.close()
        self.relay.cut()


class Twin(Actor):
    """A further process of an actor's node, at a port of its own and with the same access code."""

    def __init__(self, one: Actor, port: int) -> None:
        self.code, self.home, self.access_code, self.port = one.code, one.home, one.access_code, port
        self.address = f"http://127.0.0.1:{port}"
        self.node = type(one.node)(self.address, one.access_code)
        self._process = None

    def start(self) -> None:
        words = ["serve", str(self.home.folder), "--port", str(self.port), "--stop-with-parent"]
        with (self.home.folder / "node.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "highfence", *words], stdin=subprocess.PIPE, stdout=log, stderr=log
            )


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    engines.require_postgres()
    engines.require_nats(NATS)
    made = Twins(tmp_path_factory.mktemp("twins"))
    try:
        yield made
    finally:
        made.close()


def verified(actor: Actor) -> Verified:
    return msgspec.json.decode(actor.node.get("/api/verification"), type=Verified)


def knows(actor: Actor, name: str) -> bool:
    return name in held(actor)


def received(actor: Actor, name: str) -> bool:
    return deliveries(actor, name)["nl"].state == "received"


def log_of(twins: Twins) -> str:
    return (twins.one.home.folder / "node.log").read_text()


def keeper(twins: Twins) -> tuple[Actor, Actor]:
    """Return the process that keeps the link to the peer, and the one that does not."""
    found: list[Actor] = []

    def one_keeps() -> bool:
        states = {actor: peer(actor, "nl").link.state for actor in (twins.one, twins.other)}
        found[:] = sorted(states, key=lambda actor: states[actor] == "elsewhere")
        return sorted(states.values()) == ["elsewhere", "live"]

    wait_until(one_keeps, "one process that keeps the link")
    return found[0], found[1]


def test_what_one_process_publishes_is_queryable_at_the_other_and_at_the_peer(twins: Twins) -> None:
    wait_until(lambda: log_of(twins).count("fanout_connected") >= 2, "both processes on the bell")
    for number, (here, there) in enumerate([(twins.one, twins.other), (twins.other, twins.one)] * 3):
        name = publish(here, concern(f"Twin Works {number}", sharing("nl")))
        wait_until(lambda name=name, there=there: knows(there, name), "it at the other process")
        wait_until(lambda name=name: knows(twins.nl, name), "it at the peer")
        wait_until(lambda name=name, there=there: received(there, name), "the receipt")
        company = f"demo-twin-works-{number}"
        assert b"Twin Works" in there.node.get(f"/api/companies/{company}")


def test_one_process_keeps_the_link_and_both_tell_what_it_brings(twins: Twins) -> None:
    keeper(twins)
    name = publish(twins.nl, concern("Dutch Works", sharing("us")))
    for actor in (twins.one, twins.other):
        wait_until(lambda actor=actor: knows(actor, name), "it at both processes")
    assert log_of(twins).count('"duty": "link nl"') + log_of(twins).count("duty=link nl") >= 1
    assert deliveries(twins.nl, name)["us"].state in ("sent", "received")


def test_both_publish_at_once_and_the_feed_has_no_gap(twins: Twins) -> None:
    before = peer(twins.nl, "us").in_size
    names = [
        publish((twins.one, twins.other)[number % 2], concern(f"Alternate Works {number}", sharing("nl")))
        for number in range(30)
    ]
    wait_until(lambda: peer(twins.nl, "us").in_size == before + 30, "all of it")
    assert set(names) <= set(held(twins.nl))
    view = peer(twins.nl, "us")
    assert (view.quarantine, view.evidence) == (None, 0)
    for actor in (twins.one, twins.other, twins.nl):
        assert verified(actor).differences == ()


def test_without_the_bell_nothing_is_lost_and_it_is_taken_up_again(twins: Twins) -> None:
    lost = log_of(twins).count("fanout_lost")
    twins.relay.cut()
    wait_until(lambda: log_of(twins).count("fanout_lost") >= lost + 2, "the notice of both that the bell is gone")
    for number, (here, there) in enumerate([(twins.one, twins.other), (twins.other, twins.one)]):
        name = publish(here, concern(f"Silent Works {number}", sharing("nl")))
        wait_until(lambda name=name, there=there: knows(there, name), "it at the other process")
        wait_until(lambda name=name: knows(twins.nl, name), "it at the peer")
    connected = log_of(twins).count("fanout_connected")
    twins.relay.mend()
    wait_until(lambda: log_of(twins).count("fanout_connected") >= connected + 2, "both processes on the bell again")


def test_both_go_on_when_the_server_has_ended_all_their_sessions(twins: Twins) -> None:
    engines.end_sessions(load(twins.one.home.folder).database.rpartition("/")[2])
    for number, (here, there) in enumerate([(twins.one, twins.other), (twins.other, twins.one)]):
        names: list[str] = []

        def published(here: Actor = here, number: int = number, names: list[str] = names) -> bool:
            try:
                names.append(publish(here, concern(f"Restarted Works {number}", sharing("nl"))))
            except HighfenceError:
                return False
            return True

        wait_until(published, "a publication after the restart")
        wait_until(lambda names=names, there=there: knows(there, names[0]), "it at the other process")
        wait_until(lambda names=names: knows(twins.nl, names[0]), "it at the peer")
    keeper(twins)
    name = publish(twins.nl, concern("Dutch Works again", sharing("us")))
    for actor in (twins.one, twins.other):
        wait_until(lambda actor=actor: knows(actor, name), "it at both processes")


def test_a_process_that_is_killed_is_gone_on_for_by_the_other(twins: Twins) -> None:
    chief, other = keeper(twins)
    chief.kill()
    name = publish(twins.nl, concern("Orphaned Works", sharing("us")))
    wait_until(lambda: knows(other, name), "it at the process that goes on")
    assert peer(other, "nl").link.state == "live"
    mine = publish(other, concern("Surviving Works", sharing("nl")))
    if chief is twins.one:
        # The peer asks at the address in the membership document: another process listens there again.
        chief.start()
        chief.wait_until_up()
    wait_until(lambda: knows(twins.nl, mine), "it at the peer")
    chief.start() if chief is not twins.one else None
    chief.wait_until_up()
    wait_until(lambda: knows(chief, mine), "it at the process that came back")
    for actor in (twins.one, twins.other, twins.nl):
        assert verified(actor).differences == ()


def test_while_processes_serve_a_command_that_must_be_alone_is_refused(twins: Twins) -> None:
    refused = highfence("peers", "--release", "nl", "--home", twins.one.home.folder)
    assert refused.returncode == 2
    assert "another process is using this node" in refused.stderr


def test_no_password_is_in_the_log_or_the_errors(twins: Twins) -> None:
    assert SECRET not in log_of(twins)
    assert (twins.one.home.folder / "settings.toml").stat().st_mode & 0o777 == 0o600
    shown = highfence("verify", twins.one.home.folder, "--database", f"postgresql://postgres:{SECRET}@127.0.0.1:1/x")
    assert shown.returncode == 1
    assert "docs/postgresql.md" in shown.stderr
    assert SECRET not in shown.stderr + shown.stdout
