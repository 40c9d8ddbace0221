# SPDX-License-Identifier: Apache-2.0
"""Real processes for the journeys: starting them, watching them, waiting for what they do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from highfence.ceremony import NewAuthority
from highfence.entrypoints.api.assertions import PublishedView
from highfence.entrypoints.cli.demo.stage import Actor, free_ports
from highfence.entrypoints.drafts import Draft
from highfence.entrypoints.problems import Problem
from highfence.exchange.overview import PeerView
from highfence.exchange.status import AssertionStatus, Delivery
from highfence.model.assertion import Assertion
from highfence.register.view import Arrived
from nodes import make_homes

#: Generous: a wait ends when what it waits for is there, and a machine may be busy.
PATIENCE_S = 60.0


def highfence(*words: object, timeout_s: float = PATIENCE_S, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the program to its end, as a script would; `settings` are environment variables."""
    return subprocess.run(
        [sys.executable, "-m", "highfence", *(str(word) for word in words)],
        capture_output=True,
        text=True,
        timeout=timeout_s,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **settings},
        check=False,
    )


def wait_until(done: Callable[[], bool], what: str) -> None:
    """Wait until `done`; fails after a minute saying what did not come."""
    until = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < until, f"{what} did not come within {PATIENCE_S:.0f} s"
        time.sleep(0.02)


def group(leader: int) -> set[int]:
    """Return the processes of a group that are alive, whoever their parent is by now."""
    found = set()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            # After the name, which may hold anything, come the state, the parent and the group.
            state, _, its_group = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
        except (OSError, ValueError):
            continue
        if int(its_group) == leader and state not in "ZX":
            found.add(int(folder.name))
    return found


def require_proc() -> None:
    """Skip where processes cannot be watched."""
    if not Path("/proc/self/stat").exists():
        pytest.skip("processes are watched through /proc, which this system does not have")


class Players:
    """Homes under one membership document, and the nodes that run on some of them."""

    def __init__(self, folder: Path, codes: Sequence[str]) -> None:
        ports = free_ports(len(codes))
        homes = make_homes(folder, codes, ports=ports, now=datetime.now(UTC))
        self.ports = dict(zip(codes, ports, strict=True))
        self.actors: dict[str, Actor] = {}
        for code, home in homes.items():
            settings = home / "settings.toml"
            hurried = settings.read_text().replace("port = 1\n", f"port = {self.ports[code]}\n")
            settings.write_text(hurried.replace("retry_s_max = 15.0", "retry_s_max = 0.5"))
            new = NewAuthority(code=code, name=f"Authority {code.upper()}", country=code, port=self.ports[code])
            self.actors[code] = Actor(new, home)

    def start(self, *codes: str) -> None:
        """Start nodes, by default all, and wait until they answer."""
        for code in codes or tuple(self.actors):
            self.actors[code].start()
        for code in codes or tuple(self.actors):
            self.actors[code].wait_until_up()

    def close(self) -> None:
        """End all nodes."""
        for actor in self.actors.values():
            actor.stop()

    def settle(self) -> None:
        """Wait until every feed has been received to its end."""
        wait_until(lambda: all(_received(actor) for actor in self.actors.values()), "the receipts of all feeds")


def publish(actor: Actor, what: Assertion | Draft) -> str:
    """Publish through a node's API and return the id."""
    draft = what if isinstance(what, Draft) else drafted(what)
    answer = actor.node.post("/api/assertions", msgspec.json.encode(draft))
    return msgspec.json.decode(answer, type=PublishedView).id


def handed_in(actor: Actor, assertion: Assertion) -> tuple[int, Problem]:
    """Hand in an assertion that the node refuses; return the status and the problem document."""
    request = urllib.request.Request(
        f"{actor.address}/api/assertions",
        data=msgspec.json.encode(drafted(assertion)),
        headers={"authorization": f"Bearer {actor.access_code}"},
        method="POST",
    )
    with pytest.raises(urllib.error.HTTPError) as refused, urllib.request.urlopen(request, timeout=PATIENCE_S):
        pass
    with refused.value as answer:
        return answer.code, msgspec.json.decode(answer.read(), type=Problem)


def drafted(assertion: Assertion) -> Draft:
    """Return the draft of an assertion."""
    return Draft(**{name: getattr(assertion, name) for name in Draft.__struct_fields__})


def deliveries(actor: Actor, assertion: str) -> dict[str, Delivery]:
    """Return what became of an assertion at each peer."""
    answer = actor.node.get(f"/api/assertions/{assertion}/status")
    return {one.peer: one for one in msgspec.json.decode(answer, type=AssertionStatus).deliveries}


def held(actor: Actor) -> dict[str, str]:
    """Return id and originator of all (at most 500) that a node holds."""
    newest = msgspec.json.decode(actor.node.get("/api/assertions", limit="500"), type=tuple[Arrived, ...])
    found = {one.id: one.originator for one in newest}
    assert len(found) == len(newest) < 500, "an assertion is held twice, or more are held than can be shown"
    return found


def peer(actor: Actor, code: str) -> PeerView:
    """Return what a node sees of a peer."""
    return actor.peers()[code]


def _received(actor: Actor) -> bool:
    return all(view.out_received == view.out_size for view in actor.peers().values())
