# SPDX-License-Identifier: Apache-2.0
"""Membership: believing the document that says who the authorities are.

A new version is believed when a threshold of the authorities in the version trusted before have signed it. The first
version is trusted because an operator installs it, and even then a threshold of its own authorities must have signed.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from highfence.errors import InvalidDocument, Refused
from highfence.exchange.envelope import MEMBERSHIP_TYPE, Envelope, open_envelope, signed_by
from highfence.exchange.strict import decode
from highfence.model.authority import Membership


def encode_membership(membership: Membership) -> bytes:
    """Return the payload bytes to seal with `envelope.seal(..., MEMBERSHIP_TYPE, key)` and `envelope.cosign`."""
    return msgspec.json.encode(membership)


def believe_membership(envelope: bytes, *, trusted: Membership | None, now: datetime | None) -> Membership:
    """Return the membership in `envelope` once enough authorities of the version trusted before have signed it.

    `trusted` is None for the first version, whose own authorities then count. `now` is None for a document that was
    believed before: a node whose document has expired must still open, though nothing is released under it.

    Raises:
        InvalidDocument: not a membership document, or one that contradicts itself.
        Refused: `too_few_signatures`, `older_version`, `same_version` or `expired`.
    """
    membership = read_membership(open_envelope(envelope))
    basis = trusted or membership
    if trusted is not None and membership.version < trusted.version:
        raise Refused(
            "older_version",
            f"version {membership.version} is older than version {trusted.version}, which is in use",
            where="membership",
            advice="Ask the coordinator for the newest version",
        )
    if trusted is not None and membership.version == trusted.version and membership != trusted:
        raise Refused(
            "same_version",
            f"another document of version {membership.version} is in use",
            where="membership",
            advice="A changed document needs a higher version; find out who signed two of one version",
        )
    signers = [authority.code for authority in basis.authorities if _signed(envelope, basis, authority.code)]
    if len(signers) < basis.threshold:
        raise Refused(
            "too_few_signatures",
            f"{len(signers)} of {basis.threshold} authorities needed have signed ({', '.join(signers) or 'nobody'})",
            where="membership",
            advice="Have more authorities sign it with `highfence membership sign`",
        )
    if now is not None and membership.expires <= now:
        raise Refused(
            "expired",
            f"the membership document expired on {membership.expires.date().isoformat()}",
            where="membership",
            advice="Install a newer version",
        )
    return membership


def read_membership(envelope: Envelope) -> Membership:
    """Read the document in an envelope, whoever has signed it.

    Raises:
        InvalidDocument: not a membership document, or one that contradicts itself.
    """
    if envelope.payload_type != MEMBERSHIP_TYPE:
        raise InvalidDocument(
            f"the envelope holds {envelope.payload_type[:60]!r}, not a membership document",
            where="membership",
            advice="Look at what you were given before you sign or install it",
        )
    try:
        membership = msgspec.convert(decode(envelope.content(), where="membership"), Membership)
    except msgspec.ValidationError as error:
        raise InvalidDocument(
            f"the bytes are not a membership document: {error}", where="membership", advice="Fetch it again"
        ) from error
    _require_sound(membership)
    return membership


def _signed(envelope: bytes, basis: Membership, code: str) -> bool:
    authority = basis.authority(code)
    if authority is None:
        return False
    try:
        signed_by(open_envelope(envelope), authority, payload_type=MEMBERSHIP_TYPE)
    except Refused:
        return False
    return True


def _require_sound(membership: Membership) -> None:
    codes = [authority.code for authority in membership.authorities]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        _contradiction(f"the authority {twice[0]!r} stands twice")
    for code in codes:
        if not code or not code.replace("-", "").isalnum() or code != code.lower():
            _contradiction(f"the authority code {code[:32]!r} is not lower-case letters, digits and hyphens")
    for authority in membership.authorities:
        if authority.endpoint and not _reachable(authority.endpoint):
            _contradiction(f"the endpoint of {authority.code!r} is not an address such as https://host:port")
    if not 1 <= membership.threshold <= max(len(codes), 1):
        _contradiction(f"the threshold {membership.threshold} is not between 1 and {len(codes)}")
    keys = [key.id for authority in membership.authorities for key in authority.keys]
    if len(set(keys)) != len(keys):
        # One signature would count for two authorities.
        _contradiction("a key stands in it twice")
    for agreement in membership.agreements:
        strangers = sorted(set(agreement.parties) - set(codes))
        if strangers:
            _contradiction(f"the agreement {agreement.id!r} names {strangers[0]!r}, who is no authority in it")
    groups = {group for authority in membership.authorities for group in authority.groups}
    if clash := sorted(groups & set(codes)):
        _contradiction(f"{clash[0]!r} is both a group and an authority")


def _contradiction(what: str) -> None:
    raise InvalidDocument(
        f"the membership document contradicts itself: {what}", where="membership", advice="Draft it anew"
    )


def _reachable(endpoint: str) -> bool:
    """Tell whether an endpoint can be asked: scheme, host, and a port that is one, and nothing behind."""
    try:
        parts = urlsplit(endpoint)
        port_sound = parts.port is None or 0 < parts.port < 65_536
    except ValueError:
        return False
    return port_sound and parts.scheme in ("http", "https") and bool(parts.hostname) and parts.path in ("", "/")
