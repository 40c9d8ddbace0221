# SPDX-License-Identifier: Apache-2.0
"""Stage: homes under one membership document, and their nodes as processes that end when the stage does."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from random import SystemRandom
from types import TracebackType

import msgspec

from highfence.ceremony import NewAuthority, draft_membership, init_home, sign_membership
from highfence.clock import SystemClock
from highfence.entrypoints.cli.running import RunningNode
from highfence.entrypoints.identity import first_officer
from highfence.errors import HighfenceError
from highfence.exchange.overview import PeerView
from highfence.home import Home, write_private
from highfence.model.agreement import Agreement

_START_S = 60.0
#: Below what systems give to outgoing connections, so that none of those takes a port before its node does.
_PORTS = range(20_000, 32_000)


class Actor:
    """One authority on the stage: its home, and its node while that runs."""

    def __init__(self, new: NewAuthority, folder: Path) -> None:
        self.code = new.code
        self.name = new.name
        self.home = Home(folder)
        self.address = f"http://{new.host}:{new.port}"
        self.access_code = first_officer(self.home, clearance=new.ceiling)
        self.node = RunningNode(self.address, self.access_code)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the node's process; `wait_until_up` tells when it answers."""
        with (self.home.folder / "node.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "highfence", "serve", str(self.home.folder), "--stop-with-parent"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )

    def wait_until_up(self) -> None:
        """Wait until the node answers; raises HighfenceError when it ends or does not within a minute."""
        until = time.monotonic() + _START_S
        while time.monotonic() < until:
            if self._process is not None and self._process.poll() is not None:
                break
            try:
                self.node.get("/api/health")
            except HighfenceError:
                time.sleep(0.02)
            else:
                return
        raise HighfenceError(
            f"the node of {self.code} did not start", where=str(self.home.folder / "node.log"), advice="Read its log"
        )

    def kill(self) -> None:
        """End the process at once, with no chance to tidy up (SIGKILL)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """End the process in good order."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def peers(self) -> dict[str, PeerView]:
        """Return what the node sees of its peers."""
        views = msgspec.json.decode(self.node.get("/api/peers"), type=tuple[PeerView, ...])
        return {view.authority.code: view for view in views}


class Stage:
    """All actors; use it as a context manager, so that no process is left behind."""

    def __init__(self, folder: Path, cast: Sequence[NewAuthority], agreements: Sequence[Agreement]) -> None:
        self.actors: dict[str, Actor] = {}
        with_ports = [
            msgspec.structs.replace(new, port=port) for new, port in zip(cast, free_ports(len(cast)), strict=True)
        ]
        for new in with_ports:
            init_home(folder / new.code, new)
            self.actors[new.code] = Actor(new, folder / new.code)
        envelope = draft_membership(
            [actor.home.authority for actor in self.actors.values()],
            agreements=agreements,
            issued=SystemClock().now(),
            threshold=len(cast) // 2 + 1,
        )
        for actor in self.actors.values():
            envelope = sign_membership(envelope, actor.home.folder)
        for actor in self.actors.values():
            write_private(actor.home.membership, envelope.decode())

    def __enter__(self) -> Stage:
        """Start all nodes and wait until they answer."""
        try:
            for actor in self.actors.values():
                actor.start()
            for actor in self.actors.values():
                actor.wait_until_up()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all nodes."""
        self.close()

    def close(self) -> None:
        """End all nodes."""
        for actor in self.actors.values():
            actor.stop()

    def settle(self, *, timeout_s: float) -> None:
        """Wait until every feed is durable at its reader and receipted; raises HighfenceError when it takes longer."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            behind = [
                f"{actor.code}>{code}"
                for actor in self.actors.values()
                for code, view in actor.peers().items()
                if view.out_received < view.out_size
            ]
            if not behind:
                return
            time.sleep(0.02)
        raise HighfenceError(
            f"feeds are still behind after {timeout_s:.0f} s: {', '.join(behind)}",
            where="demo",
            advice="Read the nodes' logs",
        )


def free_ports(number: int) -> list[int]:
    """Return ports that nobody listens on now, all different; raises HighfenceError when there are too few."""
    found: list[int] = []
    for port in SystemRandom().sample(_PORTS, len(_PORTS)):
        if len(found) == number:
            return found
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            found.append(port)
    raise HighfenceError("there are no free ports", where="127.0.0.1", advice="End other programs, then try again")
