# SPDX-License-Identifier: Apache-2.0
"""Membership: believing the document that says who the authorities are.

A new version is believed when a threshold of the authorities in the version trusted before have signed it, and it names
that version as the one before. The first version is trusted because an operator installs it, and even then a threshold
of its own authorities must have signed.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import msgspec

from highfence.errors import InvalidDocument, Refused
from highfence.exchange.envelope import MEMBERSHIP_TYPE, Envelope, open_envelope, payload_id, signed_by
from highfence.exchange.strict import decode
from highfence.model.authority import Authority, Membership

#: No document is good for longer: who wants to go on together says so once a month.
VALID_MOST = timedelta(days=30)
#: From so long before the end a node warns.
WARNING_BEFORE = timedelta(hours=24)


def encode_membership(membership: Membership) -> bytes:
    """Return the payload bytes to seal with `envelope.seal(..., MEMBERSHIP_TYPE, key)` and `envelope.cosign`."""
    return msgspec.json.encode(membership)


def believe_membership(
    envelope: bytes, *, trusted: Membership | None, now: datetime | None, trusted_id: str = ""
) -> Membership:
    """Return the membership in `envelope` once enough authorities of the version trusted before have signed it.

    `trusted` is None for the first version, whose own authorities then count; `trusted_id` is the id of its document.
    `now` is None for a document that was believed before: a node whose document has expired must still open, though
    nothing is released under it.

    Raises:
        InvalidDocument: not a membership document, or one that contradicts itself.
        Refused: `older_version`, `same_version`, `too_few_signatures`, `missing_version`, `other_history` or `expired`.
    """
    read = open_envelope(envelope)
    membership = read_membership(read)
    if trusted is not None:
        _require_newer(membership, trusted)
    tally = signatures_on(read, trusted or membership)
    if not tally.enough:
        raise _refused(
            "too_few_signatures", tally.text, "Have more authorities sign it with `highfence membership sign`"
        )
    if trusted is not None and membership.version > trusted.version:
        _require_next(membership, trusted, trusted_id)
    if now is not None and membership.expires <= now:
        raise _refused(
            "expired",
            f"the membership document expired on {membership.expires.date().isoformat()}",
            "Install a newer version",
        )
    return membership


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Which of the authorities that count have signed a document, and which have not."""

    signed: tuple[str, ...]
    missing: tuple[str, ...]
    threshold: int

    @property
    def enough(self) -> bool:
        """Whether as many have signed as must."""
        return len(self.signed) >= self.threshold

    @property
    def text(self) -> str:
        """Say who has signed and who has not."""
        return (
            f"{len(self.signed)} of {self.threshold} authorities needed have signed "
            f"({', '.join(self.signed) or 'nobody'}); not signed: {', '.join(self.missing) or 'nobody'}"
        )


def signatures_on(envelope: Envelope, basis: Membership) -> Tally:
    """Count the signatures on a document by the authorities of `basis`; a key that speaks no more does not count."""
    signed = tuple(one.code for one in basis.authorities if _signed(envelope, one))
    return Tally(
        signed=tuple(sorted(signed)),
        missing=tuple(code for code in basis.codes() if code not in signed),
        threshold=basis.threshold,
    )


def membership_id(envelope: bytes) -> str:
    """Return the id of the document in an envelope: the SHA-256 of its bytes, whoever has signed it."""
    return payload_id(open_envelope(envelope).content())


def standing(membership: Membership, now: datetime) -> tuple[str, str]:
    """Return the state of a document (`none`, `valid`, `expiring` from 24 hours before, `expired`) and a sentence."""
    if not membership.version:
        return "none", "No membership document is installed"
    until = f"{membership.expires.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    left = membership.expires - now
    if left <= timedelta(0):
        return "expired", f"Membership document {membership.version} expired at {until}: nothing is released"
    if left <= WARNING_BEFORE:
        hours = max(int(left.total_seconds() // 3600), 0)
        return (
            "expiring",
            f"Membership document {membership.version} expires in {hours} h, at {until}: "
            "from the day after nothing is released. Install the next version",
        )
    return "valid", f"Membership document {membership.version} is good until {until}"


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


def _require_newer(membership: Membership, trusted: Membership) -> None:
    if membership.version < trusted.version:
        raise _refused(
            "older_version",
            f"version {membership.version} is older than version {trusted.version}, which is in use",
            "Ask the coordinator for the newest version",
        )
    if membership.version == trusted.version and membership != trusted:
        raise _refused(
            "same_version",
            f"another document of version {membership.version} is in use",
            "A changed document needs a higher version; find out who signed two of one version",
        )


def _require_next(membership: Membership, trusted: Membership, trusted_id: str) -> None:
    """Each version names the one before, so that nobody skips one or follows another history unseen."""
    if membership.version > trusted.version + 1:
        raise _refused(
            "missing_version",
            f"version {membership.version} follows version {membership.version - 1}, and version {trusted.version} is"
            " in use",
            "Install the versions between first, in their order",
        )
    if trusted_id and membership.previous != trusted_id:
        raise _refused(
            "other_history",
            f"version {membership.version} follows another document of version {trusted.version} than the one in use",
            "Find out who signed two of one version; draft it anew from the one in use",
        )


def _refused(reason: str, what: str, advice: str) -> Refused:
    return Refused(reason, what, where="membership", advice=advice)


def _signed(envelope: Envelope, authority: Authority) -> bool:
    try:
        signed_by(envelope, authority, payload_type=MEMBERSHIP_TYPE)
    except Refused:
        return False
    return True


def _require_sound(membership: Membership) -> None:
    everybody = (*membership.authorities, *membership.former)
    codes = [authority.code for authority in membership.authorities]
    _require_sound_dates(membership)
    twice = sorted(code for code, times in Counter(one.code for one in everybody).items() if times > 1)
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
    keys = [key.id for authority in everybody for key in authority.keys]
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


def _require_sound_dates(membership: Membership) -> None:
    if membership.expires - membership.issued > VALID_MOST:
        _contradiction(f"it would be good for more than {VALID_MOST.days} days")
    if any(one.left is None for one in membership.former) or any(one.left for one in membership.authorities):
        _contradiction("who has left has a day on which it left, and nobody else has")
    if membership.previous and not (len(membership.previous) == 64 and set(membership.previous) <= _HEX):
        _contradiction("what it names as the version before is no id")


_HEX = frozenset("0123456789abcdef")


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
