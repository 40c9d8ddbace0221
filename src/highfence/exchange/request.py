# SPDX-License-Identifier: Apache-2.0
"""Request: HTTP requests between nodes, signed so that identity does not hang on a TLS terminator.

A profile of RFC 9421 with RFC 9530 digests: `@method`, `@authority`, `@path`, `@query` and `content-digest` are always
covered, the parameters `created`, `nonce`, `keyid` and `alg` always there. A request is good for five minutes and once.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

import msgspec

from highfence.errors import Refused
from highfence.exchange.keys import SigningKey, verify
from highfence.model.authority import Authority, Membership, PublicKey

#: Clocks of two nodes may differ, and a request may wait in a queue; a replay is caught by its nonce within this time.
VALID_SECONDS = 300
#: How many nonces are remembered at most; beyond that requests are refused rather than replays let in.
NONCES_MAX = 200_000

_COVERED = '"@method" "@authority" "@path" "@query" "content-digest"'
_INPUT = re.compile(
    r'^hf=\((?P<covered>[^)]{0,200})\);created=(?P<created>\d{1,12});nonce="(?P<nonce>[A-Za-z0-9_-]{16,64})"'
    r';keyid="(?P<keyid>[0-9a-f]{64})";alg="(?P<alg>[a-z0-9-]{1,20})"$'
)


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What of a request is signed; `authority` is host and port, `query` is without the question mark."""

    method: str
    authority: str
    path: str
    query: str = ""
    body: bytes = b""


class NonceMemory:
    """Remembers the nonces of the last minutes, so that a signed request is taken once."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}

    def first_time(self, nonce: str, at: float) -> bool:
        """Note a nonce; False if it was there already or there are too many to be sure. `at` is a Unix time."""
        if len(self._seen) >= NONCES_MAX:
            self._seen = {one: when for one, when in self._seen.items() if when > at - 2 * VALID_SECONDS}
        if nonce in self._seen or len(self._seen) >= NONCES_MAX:
            return False
        self._seen[nonce] = at
        return True


def sign_request(request: Request, key: SigningKey, *, now: datetime, nonce: str) -> dict[str, str]:
    """Return the headers to add: Content-Digest, Signature-Input, Signature. `nonce` is random, 16 to 64 letters."""
    digest = _digest(request.body)
    parameters = f'({_COVERED});created={int(now.timestamp())};nonce="{nonce}";keyid="{key.public.id}";alg="ed25519"'
    signature = base64.b64encode(key.sign(_base(request, digest, parameters))).decode()
    return {"content-digest": digest, "signature-input": f"hf={parameters}", "signature": f"hf=:{signature}:"}


def verify_request(
    request: Request, headers: Mapping[str, str], *, membership: Membership, now: datetime, nonces: NonceMemory
) -> Authority:
    """Return the authority that signed the request.

    `headers` has lower-case names.

    Raises:
        Refused: `unsigned`, `stale_request`, `unknown_key`, `revoked_key`, `retired_key`, `untrusted_key`,
            `wrong_digest`, `bad_signature` or `replayed_request`.
    """
    found = _INPUT.match(headers.get("signature-input", ""))
    signature = _signature(headers.get("signature", ""))
    if found is None or signature is None or found["covered"] != _COVERED or found["alg"] != "ed25519":
        raise _refused("unsigned", "the request is not signed as the exchange asks")
    created = int(found["created"])
    if abs(now.timestamp() - created) > VALID_SECONDS:
        raise _refused("stale_request", "the request was signed too long ago, or by a clock that is far off")
    signer, public = _signer(membership, found["keyid"])
    if public.revoked:
        raise _refused("revoked_key", "the key that signed the request has been revoked")
    if public.untrusted_after:
        raise _refused("untrusted_key", "the key that signed the request was stolen")
    if public.retired:
        raise _refused("retired_key", "the key that signed the request has been replaced")
    digest = headers.get("content-digest", "")
    if digest != _digest(request.body):
        raise _refused("wrong_digest", "the body is not the one that was signed")
    if not verify(public, _base(request, digest, headers["signature-input"].removeprefix("hf=")), signature):
        raise _refused("bad_signature", "the signature does not fit the request")
    if not nonces.first_time(found["nonce"], now.timestamp()):
        raise _refused("replayed_request", "the request was taken before")
    return signer


def _signer(membership: Membership, keyid: str) -> tuple[Authority, PublicKey]:
    for authority in membership.authorities:
        for key in authority.keys:
            if key.id == keyid:
                return authority, key
    raise _refused("unknown_key", "no authority in the membership document has the key that signed the request")


def _digest(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def _base(request: Request, digest: str, parameters: str) -> bytes:
    return "\n".join(
        (
            f'"@method": {request.method}',
            f'"@authority": {request.authority}',
            f'"@path": {request.path}',
            f'"@query": ?{request.query}',
            f'"content-digest": {digest}',
            f'"@signature-params": {parameters}',
        )
    ).encode()


def _signature(text: str) -> bytes | None:
    if not (text.startswith("hf=:") and text.endswith(":")):
        return None
    try:
        return base64.b64decode(text[4:-1], validate=True)
    except ValueError:
        return None


def _refused(reason: str, what: str) -> Refused:
    return Refused(
        reason, what, where="request", advice="Check the node's clock, key and membership document, then try again"
    )
