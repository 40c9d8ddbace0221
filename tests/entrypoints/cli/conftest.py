# SPDX-License-Identifier: Apache-2.0
"""The command line in this process, with and without a terminal, and homes to run it on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from highfence.ceremony import NewAuthority
from highfence.entrypoints.cli import main
from highfence.entrypoints.cli.demo.stage import Actor, free_ports
from highfence.entrypoints.identity import first_officer
from highfence.home import Home
from nodes import make_homes

CODES = ("us", "eu", "nl")


class Ran(msgspec.Struct, frozen=True):
    """What a command left: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    def lines(self) -> list[Any]:
        """Return the JSON lines on stdout, of a command that did what it should."""
        assert self.code == 0, self.err
        return [json.loads(line) for line in self.out.splitlines()]

    def line(self) -> Any:
        """Return the one JSON line on stdout."""
        (line,) = self.lines()
        return line

    def refused(self, code: int) -> str:
        """Return the one line on stderr of a command that ended with this exit code and told nothing else."""
        assert (self.code, self.out) == (code, ""), self
        (line,) = self.err.splitlines()
        assert line.startswith("highfence: ")
        return line


class CommandLine:
    """Runs commands. `terminal` makes them believe that somebody is looking."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, *words: object, terminal: bool = False) -> Ran:
        result = self._run([str(word) for word in words], terminal=terminal)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)

    def _run(self, words: list[str], *, terminal: bool) -> Result:
        with self._monkeypatch.context() as patch:
            if terminal:
                patch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True)
                patch.setenv("COLUMNS", "200")
                patch.setenv("TERM", "dumb")
            return CliRunner().invoke(main, words, prog_name="highfence")


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    # Logging is set up for the whole process; the runner's streams are gone when the command has ended.
    monkeypatch.setattr("highfence.entrypoints.cli.configure", lambda: None)
    return CommandLine(monkeypatch)


@pytest.fixture
def homes(tmp_path: Path) -> dict[str, Path]:
    """Give the homes of three authorities, ready to serve, none of which is running."""
    made = make_homes(tmp_path / "homes", CODES, now=datetime.now(UTC))
    for home in made.values():
        first_officer(Home(home), clearance="RESTRICTED")
    return made


@pytest.fixture
def home(homes: dict[str, Path]) -> Path:
    return homes["us"]


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Actor]:
    """Give the node of the United States, running in a process of its own; its peers are not there."""
    (port,) = free_ports(1)
    made = make_homes(tmp_path_factory.mktemp("served"), CODES, ports=(port, 1, 1), now=datetime.now(UTC))
    new = NewAuthority(code="us", name="Authority US", country="us", port=port)
    save_port(made["us"], port)
    actor = Actor(new, made["us"])
    actor.start()
    try:
        actor.wait_until_up()
        yield actor
    finally:
        actor.stop()


def save_port(home: Path, port: int) -> None:
    """Let a home's node listen at a port."""
    settings = home / "settings.toml"
    lines = settings.read_text().splitlines()
    settings.write_text("\n".join(f"port = {port}" if line.startswith("port = ") else line for line in lines) + "\n")


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str, bytes], Path]:
    """Return what writes a file and tells where."""

    def write(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write
