# SPDX-License-Identifier: Apache-2.0
"""Distrust: what was taken from a peer before its key was known to be stolen is looked at again.

What the key signed behind the last entry that is still believed speaks no more: it is in no profile, figure, search or
match. It is not deleted, and whoever opens it is told why. What it had corrected or withdrawn speaks again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from highfence.errors import HighfenceError
from highfence.exchange.envelope import ASSERTION_TYPE, open_envelope, verified
from highfence.model.assertion import RECALLING
from highfence.model.authority import Authority, Membership
from highfence.register.absorb import bring_back, take_out
from highfence.storage import feed, journal, processes
from highfence.storage.database import Connection
from highfence.storage.journal import UNTRUSTED, Stored


class Distrusted(msgspec.Struct, frozen=True, kw_only=True):
    """The assertions that speak no more, and those that speak again because of it."""

    silenced: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()


def distrust(connection: Connection, membership: Membership, *, me: str) -> Distrusted:
    """Silence what stolen keys signed behind their last trusted entries; doing it again changes nothing."""
    rows = list(_beyond(connection, membership, me))
    false = {row.id for row in rows}
    # What its originator has corrected since under a sound key speaks through the correction.
    silenced = [row for row in rows if not row.superseded_by or row.superseded_by in false]
    if not silenced:
        return Distrusted()
    replaced = _replaced_by(connection, silenced)
    take_out(connection, [(row.id, UNTRUSTED) for row in silenced], me=me)
    restored = _sound(connection, replaced, false)
    bring_back(connection, restored, me=me)
    processes.note_moved(connection, {*(row.id for row in silenced), *restored})
    return Distrusted(silenced=tuple(row.id for row in silenced), restored=tuple(restored))


def signed_beyond(row: Stored, author: Authority, *, reader: str, seq: int) -> bool:
    """Tell whether a key signed what stands in entry `seq` of the feed to `reader` that is not believed so far."""
    if not any(key.untrusted_after for key in author.keys):
        return False
    try:
        _, key = verified(open_envelope(row.envelope), author, payload_type=ASSERTION_TYPE, revoked_too=True)
    except HighfenceError:
        return False
    last = key.last_trusted(reader)
    return last is not None and seq > last


def _beyond(connection: Connection, membership: Membership, me: str) -> Iterator[Stored]:
    for author in (*membership.authorities, *membership.former):
        bounds = [last for key in author.keys if (last := key.last_trusted(me)) is not None]
        if not bounds or author.code == me:
            continue
        places = feed.believed_after(connection, author.code, min(bounds))
        for row in journal.fetch(connection, places).values():
            if signed_beyond(row, author, reader=me, seq=places[row.id]):
                yield row


def _replaced_by(connection: Connection, rows: Iterable[Stored]) -> list[Stored]:
    """Return what corrections and withdrawals among these rows stand in the place of."""
    by = {row.refers_to: row.id for row in rows if row.kind in RECALLING}
    return [row for row in journal.fetch(connection, by).values() if row.superseded_by == by[row.id]]


def _sound(connection: Connection, replaced: Iterable[Stored], false: set[str]) -> list[str]:
    """Return which of some assertions speak again: those that are believed, and that nothing else believed replaced."""
    sound = []
    for row in replaced:
        others = [
            one for one in journal.answers_to(connection, row.id) if one.kind in RECALLING and one.id not in false
        ]
        if row.id not in false and not others:
            sound.append(row.id)
    return sorted(sound)
