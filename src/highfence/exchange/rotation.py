# SPDX-License-Identifier: Apache-2.0
"""Rotation: a member's new key, vouched for by the one before, on its way into the next membership document.

The request is signed by the new key, so that nobody brings in a key that they do not hold, and by the old one, so that
nobody but the member can ask. When the old key was stolen its signature is worth nothing: then the request carries the
new one's alone, and people compare the key's id over another channel.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from highfence.clock import instant_text
from highfence.errors import InvalidDocument, Refused
from highfence.exchange import strict
from highfence.exchange.envelope import cosign, open_envelope, seal, verified
from highfence.exchange.keys import SigningKey
from highfence.model.authority import Authority, PublicKey

ROTATION_TYPE = "application/vnd.highfence.rotation+json; v=1"


class Rotation(msgspec.Struct, frozen=True, kw_only=True):
    """That an authority will sign with another key; `time` is RFC 3339."""

    authority: str
    key: PublicKey
    time: str


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A rotation as it was read: for whom, the new key, and whether a key of the member in force vouches for it."""

    authority: str
    key: PublicKey
    vouched: bool


def ask_rotation(authority: str, new: SigningKey, *, old: SigningKey | None, at: datetime) -> bytes:
    """Return the request (an envelope) that the next document take up `new`, signed by both keys, or by `new` alone."""
    rotation = Rotation(authority=authority, key=new.public, time=instant_text(at))
    envelope = seal(msgspec.json.encode(rotation), ROTATION_TYPE, new)
    return envelope if old is None else cosign(envelope, old)


def read_rotation(envelope: bytes, member: Authority) -> Asked:
    """Read a member's request; the new key must have signed it.

    Raises:
        InvalidDocument: not a request of this kind, or of another authority.
        Refused: a code of `envelope.verified`: the new key has not signed it.
    """
    read = open_envelope(envelope)
    rotation = rotation_in(envelope)
    if rotation.authority != member.code:
        raise InvalidDocument(
            f"the request is of {rotation.authority[:32]!r}", where="rotation", advice="Look at what you were given"
        )
    newcomer = msgspec.structs.replace(member, keys=(rotation.key,))
    verified(read, newcomer, payload_type=ROTATION_TYPE)
    before = msgspec.structs.replace(member, keys=tuple(key for key in member.keys if key.id != rotation.key.id))
    try:
        verified(read, before, payload_type=ROTATION_TYPE)
    except Refused:
        return Asked(authority=member.code, key=rotation.key, vouched=False)
    return Asked(authority=member.code, key=rotation.key, vouched=True)


def rotation_in(envelope: bytes) -> Rotation:
    """Read what a request says, believing nothing of it; raises InvalidDocument."""
    read = open_envelope(envelope)
    if read.payload_type != ROTATION_TYPE:
        raise InvalidDocument(
            f"the envelope holds {read.payload_type[:60]!r}, not a new key",
            where="rotation",
            advice="Make one with `highfence membership new-key`",
        )
    try:
        return strict.read(read.content(), Rotation, where="rotation")
    except msgspec.ValidationError as error:
        raise InvalidDocument(
            f"the bytes are no new key: {error}", where="rotation", advice="Make it anew with `membership new-key`"
        ) from error
