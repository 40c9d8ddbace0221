# SPDX-License-Identifier: Apache-2.0
"""Home: the folder of a node, what lies where in it, and who may write to it now."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import IO

import msgspec

from highfence.errors import SettingsWrong

#: How often and after which pauses a writer asks for the lock.
_ATTEMPTS = 6
_ATTEMPT_S = 0.05
#: How many processes of one node may use one home.
PROCESSES_MOST = 16


class Home(msgspec.Struct, frozen=True):
    """The paths of a node's files. `access_code` is the first officer's code, for the operator only."""

    folder: Path

    @property
    def signing_key(self) -> Path:
        """The authority's private key."""
        return self.folder / "signing.key"

    @property
    def membership(self) -> Path:
        """The membership document in its envelope."""
        return self.folder / "membership.json"

    @property
    def memberships(self) -> Path:
        """All versions of the membership document that this node has believed, each in a file of its own."""
        return self.folder / "memberships"

    @property
    def next_key(self) -> Path:
        """A new private key that waits until the membership document names it."""
        return self.folder / "signing.key.next"

    @property
    def signed(self) -> Path:
        """Which document of each version this authority's key has signed: one of each."""
        return self.folder / "signed"

    @property
    def authority(self) -> Path:
        """This authority's entry for the membership document: name, role, public key. Holds no secret."""
        return self.folder / "authority.json"

    @property
    def database(self) -> Path:
        """The SQLite database."""
        return self.folder / "highfence.db"

    @property
    def officers(self) -> Path:
        """Who may use this node, with hashed access codes."""
        return self.folder / "officers.json"

    @property
    def access_code(self) -> Path:
        """The access code of the operator's own command line, readable by its owner only."""
        return self.folder / "access-code"

    @property
    def control_lists(self) -> Path:
        """The editions of control lists, an archive each."""
        return self.folder / "control-lists"

    @property
    def running(self) -> Path:
        """While the node runs: its address. Locked by the process that may write; further ones have `running-2`, …"""
        return self.folder / "running"


class WriterLock:
    """Held by the one process that may write to a home; the system frees it when that process ends, however it ends.

    With `shared` the home has a place for each of several processes, which write to a database that several may use.
    """

    def __init__(self, home: Home, *, shared: bool = False) -> None:
        found = _first_free(home) if shared else _taken(home.running, _ATTEMPTS)
        if found is None:
            raise SettingsWrong(
                "as many processes as can be are using this node" if shared else "another process is using this node",
                where=str(home.folder),
                advice="Stop it, or use its API",
            )
        self._file: IO[str] = found
        self.announce("")

    def announce(self, address: str) -> None:
        """Write the address under which the running node is reached, for commands on the same machine."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write(address)
        self._file.flush()

    def free(self) -> None:
        """Let others write."""
        self.announce("")
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._file.close()


def running_address(home: Home) -> str:
    """Return the address of the node running on this home (of one of its processes), or an empty text if none is."""
    for place in sorted(home.folder.glob(f"{home.running.name}*")):
        with open(place, "r+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if address := file.read().strip():
                    return address
                continue
            fcntl.flock(file, fcntl.LOCK_UN)
    return ""


def _first_free(home: Home) -> IO[str] | None:
    places = (home.running, *(home.running.with_name(f"{home.running.name}-{n}") for n in range(2, PROCESSES_MOST + 1)))
    return next((found for place in places if (found := _taken(place, 1)) is not None), None)


def _taken(place: Path, attempts: int) -> IO[str] | None:
    """Return the file at `place`, locked until it is closed, or None when another process keeps it locked."""
    file = open(place, "a+", encoding="utf-8")  # noqa: SIM115 - held until it is freed
    for attempt in range(attempts):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            # A command that asks whether the node runs holds the lock for an instant: that is no other writer.
            if attempt + 1 < attempts:
                time.sleep(_ATTEMPT_S)
        else:
            return file
    file.close()
    return None


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read; an existing one is replaced at once or not at all."""
    write_private_bytes(path, text.encode())


def write_private_bytes(path: Path, data: bytes) -> None:
    """Write bytes as `write_private` writes text."""
    draft = path.with_name(path.name + ".new")
    # One that an interrupted run left behind goes first: it could be open to others.
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
