# SPDX-License-Identifier: Apache-2.0
"""Holding: rows of the journal as the register reads them, each claim with the keys the engine gave it."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from highfence.model.assertion import Assertion
from highfence.register.join import LIKE
from highfence.register.view import Held
from highfence.storage import likenesses
from highfence.storage.database import Connection
from highfence.storage.journal import Stored


def held(row: Stored, likenesses: Sequence[str] = ()) -> Held:
    """Return a row as it is read, with the keys that `likeness_keys` has for it."""
    return Held(
        id=row.id,
        assertion=claim_of(row),
        received=row.received,
        position=row.position,
        superseded_by=row.superseded_by,
        likenesses=tuple(likenesses),
    )


def held_together(connection: Connection, rows: Sequence[Stored]) -> list[Held]:
    """Return rows with the keys by which the engine joins them among each other."""
    keys = likeness_keys(connection, [row.id for row in rows])
    return [held(row, keys.get(row.id, ())) for row in rows]


def likeness_keys(connection: Connection, assertions: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Return, for some of the assertions, the keys by which the engine joins them among each other."""
    keys: dict[str, tuple[str, ...]] = {}
    for row in likenesses.joining(connection, list(assertions)):
        key = like_key(row.one, row.other)
        for assertion in (row.one_assertion, row.other_assertion):
            keys[assertion] = (*keys.get(assertion, ()), key)
    return keys


def like_key(one: str, other: str) -> str:
    """Return the key that joins two entities which the engine found alike."""
    return f"{LIKE}:{one}|{other}"


def claim_of(row: Stored) -> Assertion:
    """Read the claim out of a journal row: it was verified when it was taken."""
    payload = base64.b64decode(_ENVELOPES.decode(row.envelope).payload)
    return _CLAIMS.decode(payload)


class _Payload(msgspec.Struct):
    payload: str


_ENVELOPES = msgspec.json.Decoder(_Payload)
_CLAIMS = msgspec.json.Decoder(Assertion)
