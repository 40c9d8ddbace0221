# SPDX-License-Identifier: Apache-2.0
"""Charter: the membership document that a node goes by, from the file it opens with to the next one it believes."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

from highfence.clock import Clock, instant_text
from highfence.errors import Refused
from highfence.exchange.bell import Bell
from highfence.exchange.documents import (
    MembershipState,
    documents_after,
    forks,
    is_fork,
    keep_document,
    keep_fork,
    read_documents,
    state_of,
)
from highfence.exchange.envelope import open_envelope
from highfence.exchange.keys import SigningKey
from highfence.exchange.membership import believe_membership, membership_id, read_membership, standing
from highfence.home import Home, write_private
from highfence.model.authority import Membership
from highfence.storage import processes
from highfence.storage.database import Database


class Charter:
    """The document in use. `bell` rings and `changed` is called when another one takes its place.

    Safe to use from several threads.
    """

    def __init__(
        self, home: Home, database: Database, clock: Clock, *, changed: Callable[[], None] = lambda: None
    ) -> None:
        self._home = home
        self._database = database
        self._clock = clock
        self._changed = changed
        self._lock = threading.Lock()
        self._shared = database.posts is not None
        self.bell = Bell()
        self.membership, self.id = self._read()

    @property
    def stamp(self) -> str:
        """Version and id of the document in use, as batches carry it."""
        return f"{self.membership.version} {self.id}"

    def install(self, envelope: bytes) -> Membership:
        """Believe and keep a document, and go by it; raises as `exchange.membership.believe_membership`.

        One that stands against the document in use is kept with it as evidence.
        """
        with self._lock:
            trusted = self.membership if self.membership.version else None
            try:
                membership = believe_membership(envelope, trusted=trusted, now=self._clock.now(), trusted_id=self.id)
            except Refused as error:
                if trusted is not None and is_fork(error, envelope, trusted):
                    self._keep_fork(error, envelope)
                raise
            if self._shared:
                self._share(membership.version, envelope)
            self._keep(membership, envelope)
        self.bell.ring()
        self._changed()
        return membership

    def refresh(self) -> None:
        """Go by the document that another process of this node has installed, if it is newer."""
        with self._lock:
            with self._database.read() as connection:
                version, envelope = processes.membership(connection) or (0, b"")
            if version <= self.membership.version:
                return
            self._keep(believe_membership(envelope, trusted=None, now=None), envelope)
        self.bell.ring()
        self._changed()

    def after(self, version: int) -> bytes:
        """Return what a peer lacks that has no version behind `version`, as `documents.documents_after` tells it."""
        if not self.membership.version:
            return b"[]"
        return documents_after(self._home, version, current=self.membership.version)

    def learn(self, body: bytes) -> None:
        """Install the documents in a peer's answer, one after the other; raises as `install`."""
        for envelope in read_documents(body):
            if membership_id(envelope) != self.id:
                self.install(envelope)

    def lacks(self, stamp: str) -> bool:
        """Tell whether a peer that sends this stamp has a document that this node should look at."""
        version, _, name = stamp.partition(" ")
        if not version.isdecimal() or len(version) > 9 or len(name) != 64:
            return False
        mine = self.membership.version
        return int(version) > mine or (int(version) == mine and name != self.id)

    def state(self) -> MembershipState:
        """Return how the document in use stands now."""
        with self._database.read() as connection:
            against = forks(connection)
        told = standing(self.membership, self._clock.now())
        return state_of(self.membership, self.id, told=told, forks=against)

    def _keep_fork(self, error: Refused, envelope: bytes) -> None:
        both = (self._home.membership.read_bytes(), envelope)
        at = instant_text(self._clock.now())
        self._database.write(lambda connection: keep_fork(connection, error, envelopes=both, at=at))

    def _keep(self, membership: Membership, envelope: bytes) -> None:
        keep_document(self._home, membership.version, envelope)
        write_private(self._home.membership, envelope.decode())
        self.membership, self.id = membership, membership_id(envelope)

    def _share(self, version: int, envelope: bytes) -> None:
        self._database.write(lambda connection: processes.save_membership(connection, version, envelope))

    def _read(self) -> tuple[Membership, str]:
        """Return the document of the home or, of a node of several processes, the newest that one of them knew."""
        path = self._home.membership
        envelope = path.read_bytes() if path.exists() else b""
        found = believe_membership(envelope, trusted=None, now=None) if envelope else self._nobody()
        if self._shared:
            with self._database.read() as connection:
                version, newest = processes.membership(connection) or (0, b"")
            if version > found.version:
                envelope, found = newest, believe_membership(newest, trusted=None, now=None)
                write_private(path, newest.decode())
            elif version < found.version:
                self._share(found.version, envelope)
        return found, membership_id(envelope) if envelope else ""

    def _nobody(self) -> Membership:
        now = self._clock.now()
        return Membership(version=0, issued=now, expires=now, threshold=1, authorities=())


def take_up_key(home: Home, code: str) -> None:
    """Put the key that waits in a home in the place of the old one, once the document in use names it.

    The old key is kept beside it until somebody destroys it. Whenever this is interrupted, there is a whole key.

    Raises:
        SettingsWrong: a key cannot be read.
    """
    if not (home.next_key.exists() and home.membership.exists()):
        return
    member = read_membership(open_envelope(home.membership.read_bytes())).authority(code)
    new = SigningKey.read(home.next_key).public.id
    if member is None or not any(key.id == new and key.speaks for key in member.keys):
        return
    old = SigningKey.read(home.signing_key).public.id
    kept = home.signing_key.with_name(f"{home.signing_key.name}.{old[:16]}.old")
    if not kept.exists():
        os.link(home.signing_key, kept)
    home.next_key.replace(home.signing_key)
