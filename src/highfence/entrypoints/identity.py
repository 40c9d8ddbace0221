# SPDX-License-Identifier: Apache-2.0
"""Identity: which person is at the door, with which clearance, purposes and powers.

Access codes are long random texts, so one SHA-256 is enough to keep them; what is stored cannot be used to sign in.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

import msgspec

from highfence.clock import Clock
from highfence.errors import NotAllowed, SettingsWrong
from highfence.home import Home, write_private
from highfence.model.marking import PURPOSES
from highfence.rules.handling import Reader

#: `read` sees what the clearance allows; `publish` signs for the authority; `operate` imports lists and watches peers.
POWERS = ("read", "publish", "operate")
#: The officer as whom the node's own command line acts.
OPERATOR = "operator"
_SESSION_S = 8 * 3600.0
#: Bounds the memory that people who never sign out can take.
_SESSIONS_MAX = 10_000


class Officer(msgspec.Struct, frozen=True, kw_only=True):
    """A person who may use this node. `code_hash` is what `hash_code` makes of the access code."""

    name: str
    code_hash: str
    clearance: str = "PUBLIC"
    purposes: tuple[str, ...] = ()
    powers: tuple[str, ...] = ("read",)

    def reader(self, authority: str) -> Reader:
        """Return what decides about what this person may see."""
        return Reader(authority=authority, ceiling=self.clearance, purposes=self.purposes, name=self.name)

    def require(self, power: str) -> None:
        """Raise NotAllowed unless the officer has this power."""
        if power not in self.powers:
            raise NotAllowed(
                f"{self.name} may not {power} here", where="identity", advice="Ask the node's operator for that power"
            )


class Identities:
    """The officers of a node and the sessions of its pages."""

    def __init__(self, officers: tuple[Officer, ...], clock: Clock) -> None:
        self._by_hash = {officer.code_hash: officer for officer in officers}
        self._clock = clock
        self._sessions: dict[str, tuple[Officer, float]] = {}

    def by_code(self, code: str) -> Officer:
        """Return the officer with this access code; raises NotAllowed if there is none."""
        wanted = hash_code(code)
        for stored, officer in self._by_hash.items():
            if hmac.compare_digest(stored, wanted):
                return officer
        raise NotAllowed("the access code is not known here", where="identity", advice="Ask the node's operator")

    def readers(self, authority: str) -> tuple[Reader, ...]:
        """Return what the officers who may read see with, each kind once."""
        kinds = {
            (one.clearance, tuple(sorted(one.purposes))): one.reader(authority)
            for one in self._by_hash.values()
            if "read" in one.powers
        }
        return tuple(kinds.values())

    def open_session(self, officer: Officer) -> str:
        """Return a new session token, good for eight hours."""
        now = self._clock.monotonic()
        self._sessions = {name: one for name, one in self._sessions.items() if one[1] > now}
        if len(self._sessions) >= _SESSIONS_MAX:
            raise NotAllowed("too many people are signed in", where="identity", advice="Try again later")
        token = secrets.token_urlsafe(32)
        self._sessions[hash_code(token)] = (officer, now + _SESSION_S)
        return token

    def by_session(self, token: str) -> Officer:
        """Return the officer of a session; raises NotAllowed if it is not open."""
        officer, until = self._sessions.get(hash_code(token), (None, 0.0))
        if officer is None or until < self._clock.monotonic():
            raise NotAllowed("you are not signed in", where="identity", advice="Sign in with your access code")
        return officer

    def close_session(self, token: str) -> None:
        """End a session; one that is not open is no error."""
        self._sessions.pop(hash_code(token), None)


def hash_code(code: str) -> str:
    """Return what is stored of an access code or session token."""
    return "sha256:" + hashlib.sha256(code.encode()).hexdigest()


def read_identities(home: Home, clock: Clock) -> Identities:
    """Read the officers of a node; raises SettingsWrong when the file is missing or damaged."""
    try:
        officers = msgspec.json.decode(home.officers.read_bytes(), type=tuple[Officer, ...])
    except (OSError, msgspec.DecodeError) as error:
        raise SettingsWrong(
            f"the officers cannot be read: {type(error).__name__}",
            where=str(home.officers),
            advice="Restore the file, or make a node with `init`",
        ) from error
    return Identities(officers, clock)


def add_officer(home: Home, officer: Officer) -> None:
    """Add an officer to a node's file."""
    there = msgspec.json.decode(home.officers.read_bytes(), type=tuple[Officer, ...]) if home.officers.exists() else ()
    others = tuple(one for one in there if one.name != officer.name)
    write_private(home.officers, msgspec.json.format(msgspec.json.encode((*others, officer))).decode() + "\n")


def first_officer(home: Home, *, clearance: str) -> str:
    """Make the operator's officer with all powers and purposes; write and return the access code."""
    code = secrets.token_urlsafe(24)
    write_private(home.access_code, code + "\n")
    add_officer(
        home,
        Officer(name=OPERATOR, code_hash=hash_code(code), clearance=clearance, purposes=PURPOSES, powers=POWERS),
    )
    return code
