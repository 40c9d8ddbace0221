# SPDX-License-Identifier: Apache-2.0
"""Envelope: exact bytes under one or more signatures (DSSE v1).

The signature covers the pre-authentication encoding of payload type and payload, so a verifier never re-serialises
anything. The id of what is inside is the SHA-256 of the payload bytes.
"""

from __future__ import annotations

import base64
import hashlib

import msgspec

from highfence.errors import InvalidDocument, Refused
from highfence.exchange import strict
from highfence.exchange.keys import SigningKey, verify
from highfence.exchange.strict import DOCUMENT_BYTES_MAX
from highfence.model.authority import Authority, PublicKey

ASSERTION_TYPE = "application/vnd.highfence.assertion+json; v=1"
HEAD_TYPE = "application/vnd.highfence.head+json; v=1"
RECEIPT_TYPE = "application/vnd.highfence.receipt+json; v=1"
MEMBERSHIP_TYPE = "application/vnd.highfence.membership+json; v=1"

#: Base64 adds a third, the signatures a little.
_ENVELOPE_BYTES_MAX = DOCUMENT_BYTES_MAX * 2


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """One signature: the id of the key and the signature in base64."""

    keyid: str
    sig: str


class Envelope(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """DSSE envelope as on the wire: payload in base64, its type, the signatures."""

    payload: str
    payload_type: str
    signatures: tuple[Signature, ...]

    def content(self) -> bytes:
        """Return the payload bytes.

        Raises:
            InvalidDocument: the payload is not base64.
        """
        return from_base64(self.payload, where="envelope.payload")


def seal(payload: bytes, payload_type: str, key: SigningKey) -> bytes:
    """Sign `payload` and return the envelope's bytes."""
    signature = Signature(
        keyid=key.public.id, sig=base64.b64encode(key.sign(pre_authentication(payload_type, payload))).decode()
    )
    return _ENCODER.encode(
        Envelope(payload=base64.b64encode(payload).decode(), payload_type=payload_type, signatures=(signature,))
    )


def unsigned(payload: bytes, payload_type: str) -> bytes:
    """Return an envelope that nobody has signed yet, for documents that several sign one after the other."""
    return _ENCODER.encode(
        Envelope(payload=base64.b64encode(payload).decode(), payload_type=payload_type, signatures=())
    )


def cosign(envelope: bytes, key: SigningKey) -> bytes:
    """Add a signature of `key` to an envelope, replacing one that the same key made before.

    Raises:
        InvalidDocument: the bytes are not an envelope.
    """
    read = open_envelope(envelope)
    signature = Signature(
        keyid=key.public.id,
        sig=base64.b64encode(key.sign(pre_authentication(read.payload_type, read.content()))).decode(),
    )
    others = tuple(one for one in read.signatures if one.keyid != key.public.id)
    return _ENCODER.encode(msgspec.structs.replace(read, signatures=(*others, signature)))


def open_envelope(envelope: bytes) -> Envelope:
    """Read an envelope without believing it.

    Raises:
        InvalidDocument: not an envelope, or larger than any that is allowed.
    """
    try:
        return strict.read(envelope, Envelope, where="envelope", bytes_max=_ENVELOPE_BYTES_MAX)
    except msgspec.ValidationError as error:
        raise InvalidDocument(
            f"the bytes are not an envelope: {error}", where="envelope", advice="The sender must seal it anew"
        ) from error


def signed_by(envelope: Envelope, authority: Authority, *, payload_type: str, revoked_too: bool = False) -> bytes:
    """Return the payload bytes once a signature of `authority` over them has been verified.

    With `revoked_too` a key that has been revoked since, or speaks no more, still shows who signed: for looking back,
    never for believing. A key that is retired or was stolen counts for assertions alone, and of a stolen one the caller
    asks how far (`PublicKey.last_trusted`).

    Raises:
        InvalidDocument: the payload is not base64.
        Refused: `wrong_type`, `unknown_key`, `revoked_key`, `retired_key`, `untrusted_key` or `bad_signature`.
    """
    return verified(envelope, authority, payload_type=payload_type, revoked_too=revoked_too)[0]


def verified(
    envelope: Envelope, authority: Authority, *, payload_type: str, revoked_too: bool = False
) -> tuple[bytes, PublicKey]:
    """Return the payload bytes and the key of `authority` that signed them; raises as `signed_by`."""
    if envelope.payload_type != payload_type:
        raise Refused(
            "wrong_type",
            f"the envelope holds {envelope.payload_type[:60]!r} where {payload_type!r} was due",
            where=authority.code,
            advice="Ask the sender to update its node",
        )
    keys = {key.id: key for key in authority.keys}
    payload = envelope.content()
    message = pre_authentication(payload_type, payload)
    reason = "unknown_key"
    for signature in envelope.signatures:
        key = keys.get(signature.keyid)
        if key is None:
            continue
        if not revoked_too and (barred := _barred(key, payload_type)):
            reason = barred
        elif _matches(key, message, signature.sig):
            return payload, key
        else:
            reason = "bad_signature"
    raise Refused(
        reason,
        {
            "unknown_key": "no key of the named authority signed this",
            "revoked_key": "the key that signed this has been revoked",
            "retired_key": "the key that signed this has been replaced and signs no more",
            "untrusted_key": "the key that signed this was stolen and signs no more",
            "bad_signature": "the signature does not fit the bytes",
        }[reason],
        where=authority.code,
        advice="Check the membership document with the authority before believing anything it sent",
    )


def _barred(key: PublicKey, payload_type: str) -> str:
    """Return why a key does not count for what it signed, or an empty text."""
    if key.revoked:
        return "revoked_key"
    if payload_type == ASSERTION_TYPE or key.speaks:
        return ""
    return "untrusted_key" if key.untrusted_after else "retired_key"


def from_base64(text: str, *, where: str) -> bytes:
    """Return the bytes that `text` stands for, if it is the one way to write them.

    Python's decoder passes over the unused bits of the last letter, so several texts would mean the same bytes and a
    flipped bit in a stored signature would go unseen.

    Raises:
        InvalidDocument: it is not base64, or not the canonical text.
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise InvalidDocument(f"{where} is not base64", where=where, advice="The sender must build it anew") from error
    if base64.b64encode(raw) != text.encode():
        raise InvalidDocument(f"{where} is not canonical base64", where=where, advice="The sender must build it anew")
    return raw


def payload_id(payload: bytes) -> str:
    """Return the id of a payload: its SHA-256 in hex."""
    return hashlib.sha256(payload).hexdigest()


def pre_authentication(payload_type: str, payload: bytes) -> bytes:
    """Return the bytes that DSSE signs: `DSSEv1 <len> <type> <len> <payload>`."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _matches(key: PublicKey, message: bytes, signature: str) -> bool:
    try:
        raw = from_base64(signature, where="envelope.signatures")
    except InvalidDocument:
        return False
    return verify(key, message, raw)


_ENCODER = msgspec.json.Encoder()
