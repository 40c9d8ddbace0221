# SPDX-License-Identifier: Apache-2.0
"""The operator's pages do what they say: their very commands are run against real nodes."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import msgspec
import pytest

from highfence.entrypoints.cli.demo.stage import Actor, free_ports
from highfence.entrypoints.cli.running import running_node
from highfence.exchange.documents import MembershipState
from highfence.register.view import Held
from journeys.processes import PATIENCE_S, Players, held, peer, publish, wait_until
from nodes import concern, sharing

PAGES = Path(__file__).resolve().parents[2] / "docs" / "ceremonies"
CODES = ("us", "eu", "nl", "cy", "jp")
#: Stands in for the system's own: starts and stops nodes as processes that end with the test.
SYSTEMCTL = """#!/usr/bin/env bash
set -eu
code="${2#highfence-}"
if [ "$1" != start ] && [ -f "$code.pid" ]; then
  kill "$(cat "$code.pid")"
  while kill -0 "$(cat "$code.pid")" 2>/dev/null; do sleep 0.02; done
  rm "$code.pid"
fi
if [ "$1" != stop ]; then
  highfence serve "$code" >"$code.log" 2>&1 </dev/null &
  echo "$!" >"$code.pid"
  port="$(sed -n 's/^port = //p' "$code/settings.toml")"
  until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.05; done
fi
"""

pytestmark = [
    pytest.mark.skipif(shutil.which("bash") is None, reason="the pages are written for bash"),
    pytest.mark.timeout(400),
]


class Operators:
    """Five homes, nodes that run on some of them, and the commands of a page carried out where they are."""

    def __init__(self, folder: Path) -> None:
        self.running: tuple[str, ...] = ()
        self.folder = folder
        self.players = Players(folder, CODES)
        self.environment = {name: one for name, one in os.environ.items() if not name.startswith("HIGHFENCE_")}
        tools = folder / "tools"
        tools.mkdir()
        for name, text in (
            ("systemctl", SYSTEMCTL),
            ("highfence", f'#!/bin/sh\nexec "{sys.executable}" -m highfence "$@"\n'),
        ):
            (tools / name).write_text(text)
            (tools / name).chmod(0o755)
        self.environment["PATH"] = f"{tools}{os.pathsep}{self.environment['PATH']}"

    def start(self, *codes: str) -> None:
        """Start nodes."""
        self.running = codes
        self.run("".join(f"systemctl start highfence-{code} &\n" for code in codes) + "wait\n")

    def run(self, script: str, **variables: str) -> str:
        """Run commands as an operator would, one after the other; fails with what they said."""
        with (self.folder / "said").open("wb") as said:
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", script],
                cwd=self.folder,
                env={**self.environment, **variables},
                stdout=said,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                timeout=PATIENCE_S * 4,
                check=False,
            )
        told = (self.folder / "said").read_text()
        assert done.returncode == 0, told
        return told

    def close(self) -> None:
        """End all nodes."""
        for path in self.folder.glob("*.pid"):
            os.kill(int(path.read_text()), signal.SIGTERM)

    def state(self, code: str) -> MembershipState:
        """Return how a node's membership document stands."""
        answer = self.players.actors[code].node.get("/api/membership/state")
        return msgspec.json.decode(answer, type=MembershipState)

    def all_go_by(self, version: int, *codes: str) -> None:
        """Wait until nodes go by a version."""
        wait_until(
            lambda: all(self.state(code).version == version for code in codes or self.running), f"version {version}"
        )

    def say(self, code: str, name: str, *readers: str, **changes: object) -> str:
        """Publish a concern."""
        return publish(self.players.actors[code], concern(name, sharing(*readers, **changes)))

    def has(self, code: str, *assertions: str) -> None:
        """Wait until a node holds assertions."""
        wait_until(lambda: set(assertions) <= held(self.players.actors[code]).keys(), f"{assertions} at {code}")


def page(name: str) -> list[str]:
    """Return the commands of a page, block by block."""
    return re.findall(r"^```sh\n(.*?)^```$", (PAGES / name).read_text(), flags=re.DOTALL | re.MULTILINE)


@pytest.fixture
def operators(tmp_path: Path) -> Iterator[Operators]:
    """Give five homes, and end the nodes that were started on them."""
    made = Operators(tmp_path)
    try:
        yield made
    finally:
        made.close()


def test_an_authority_joins(operators: Operators) -> None:
    operators.start("us", "nl", "jp")
    open_to = operators.say("us", "Alpha", groups=("members-eu",), later_members=True)
    closed = operators.say("us", "Beta", groups=("members-eu",))
    (port,) = free_ports(1)
    told = operators.run("".join(page("join.md")).replace("8326", str(port)))
    assert "IE (Ireland) is admitted as member, groups members-eu" in told
    operators.all_go_by(2)
    ireland = running_node(operators.folder / "ie")
    assert ireland is not None
    operators.players.actors["ie"] = cast(Actor, SimpleNamespace(node=ireland))
    operators.has("ie", open_to)
    assert closed not in held(operators.players.actors["ie"])
    later = operators.say("nl", "Gamma", "members-eu")
    operators.has("ie", later)
    reply = operators.say("ie", "Delta", "jp")
    operators.has("jp", reply)


def test_a_member_replaces_its_key(operators: Operators) -> None:
    operators.start("us", "nl")
    before = operators.say("nl", "Alpha", "us")
    operators.has("us", before)
    *steps, last = page("rotate.md")
    operators.run("".join(steps))
    operators.all_go_by(2)
    operators.run(last)
    operators.all_go_by(3)
    after = operators.say("nl", "Beta", "us")
    operators.has("us", before, after)
    operators.run("highfence verify us; highfence verify nl")


def test_a_key_was_stolen(operators: Operators) -> None:
    operators.start("us", "nl", "jp")
    sound = operators.say("nl", "Alpha", "us")
    doubtful = operators.say("nl", "Beta", "us")
    operators.has("us", sound, doubtful)
    *steps, last = page("compromise.md")
    told = operators.run("".join(steps))
    assert "was stolen; it is believed up to entry 1 of the feed to US, entry 0 of the feed to all others" in told
    us = operators.players.actors["us"]

    def quarantined() -> bool:
        answer = us.node.get(f"/api/assertions/{doubtful}")
        return msgspec.json.decode(answer, type=Held).superseded_by == "untrusted_key"

    wait_until(quarantined, "the quarantine of what was signed behind the index")
    wait_until(lambda: operators.state("jp").version == 2, "the version at jp")
    operators.run(last)
    after = operators.say("nl", "Gamma", "us")
    operators.has("us", sound, after)
    answer = us.node.get(f"/api/assertions/{sound}")
    assert msgspec.json.decode(answer, type=Held).superseded_by == ""
    operators.run("highfence verify us; highfence verify nl")


def test_a_node_is_restored(operators: Operators) -> None:
    operators.start("us", "nl")
    before = operators.say("us", "Alpha", "nl")
    operators.has("nl", before)
    backup, restored, looked = page("restore.md")
    operators.run(backup)
    since = operators.say("us", "Beta", "nl")
    operators.has("nl", since)
    renewal = "highfence membership propose us/membership.json next.json\n" + "".join(
        f"highfence membership sign next.json --home {code}\n" for code in ("us", "eu", "cy")
    )
    operators.run(renewal + "highfence membership install next.json --home us\n")
    operators.all_go_by(2)
    operators.run(restored)
    operators.has("nl", before, since)
    operators.all_go_by(2, "nl")
    assert '"version":2' in operators.run(looked)
    operators.run("highfence verify nl")


def test_an_authority_leaves(operators: Operators) -> None:
    operators.start("us", "eu", "cy")
    sent = operators.say("us", "Alpha", "cy")
    theirs = operators.say("cy", "Beta", "us")
    operators.has("cy", sent)
    operators.has("us", theirs)
    wait_until(lambda: peer(operators.players.actors["us"], "cy").out_received == 1, "the receipt")
    told = operators.run("".join(page("leave.md")), ASSERTION=sent)
    assert "CY (Authority CY) leaves on" in told
    assert "it left on" in told
    operators.all_go_by(2, "us", "eu")
    after = operators.say("us", "Gamma", "eu")
    operators.has("eu", after)
    assert "cy" not in operators.players.actors["us"].peers()
    assert theirs in held(operators.players.actors["us"])
    operators.run("highfence verify us")
