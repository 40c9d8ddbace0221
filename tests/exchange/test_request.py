# SPDX-License-Identifier: Apache-2.0
"""Signed requests between nodes: nothing of one can be changed, and none is taken twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from highfence.errors import Refused
from highfence.exchange import request as signing
from highfence.exchange.keys import SigningKey
from highfence.exchange.request import NonceMemory, Request, sign_request, verify_request
from highfence.model.authority import Authority, Membership

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KEYS = {code: SigningKey.from_seed(code.encode() * 16) for code in ("us", "nl")}
MEMBERS = Membership(
    version=1,
    issued=NOW,
    expires=NOW + timedelta(days=30),
    threshold=1,
    authorities=tuple(Authority(code=code, name=code, country=code, keys=(key.public,)) for code, key in KEYS.items()),
)
ASKED = Request(method="POST", authority="nl.example:8321", path="/exchange/feed", query="after=7", body=b"{}")
NONCE = "abcdefghij-_0123456789"


def signed(request: Request = ASKED, *, at: datetime = NOW, nonce: str = NONCE, signer: str = "us") -> dict[str, str]:
    """Return the headers under which a request is sent."""
    return sign_request(request, KEYS[signer], now=at, nonce=nonce)


def verified(
    request: Request, headers: dict[str, str], *, members: Membership = MEMBERS, nonces: NonceMemory | None = None
) -> Authority:
    """Return who signed, at noon."""
    return verify_request(request, headers, membership=members, now=NOW, nonces=nonces or NonceMemory())


def reason(request: Request, headers: dict[str, str], **settings: object) -> str:
    """Return why a request is not believed."""
    with pytest.raises(Refused) as refusal:
        verified(request, headers, **settings)  # type: ignore[arg-type]
    assert refusal.value.advice
    return refusal.value.reason


@pytest.mark.parametrize("signer", ["us", "nl"])
def test_tells_who_signed(signer):
    assert verified(ASKED, signed(signer=signer)).code == signer


def test_a_request_without_query_and_body_is_taken():
    bare = Request(method="GET", authority="nl.example", path="/exchange/feed")
    assert verified(bare, signed(bare)).code == "us"


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "GET"},
        {"method": "post"},
        {"authority": "nl.example:8322"},
        {"authority": "evil.example"},
        {"path": "/exchange/receipts"},
        {"path": "/exchange/feed/"},
        {"query": "after=8"},
        {"query": ""},
        {"path": "/exchange/feed?after=7", "query": ""},
    ],
)
def test_refuses_what_was_altered_on_the_way(changes):
    assert reason(msgspec.structs.replace(ASKED, **changes), signed()) == "bad_signature"


@pytest.mark.parametrize("body", [b"", b"{} ", b"[]"])
def test_refuses_another_body(body):
    assert reason(msgspec.structs.replace(ASKED, body=body), signed()) == "wrong_digest"


def test_refuses_another_body_with_its_own_digest():
    other = msgspec.structs.replace(ASKED, body=b"[]")
    headers = {**signed(), "content-digest": signed(other)["content-digest"]}
    assert reason(other, headers) == "bad_signature"


@pytest.mark.parametrize("seconds", [-301, 301, -86_400, 86_400])
def test_refuses_what_was_signed_too_long_ago_or_ahead(seconds):
    assert reason(ASKED, signed(at=NOW + timedelta(seconds=seconds))) == "stale_request"


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_takes_what_was_signed_within_five_minutes(seconds):
    assert verified(ASKED, signed(at=NOW + timedelta(seconds=seconds))).code == "us"


def test_refuses_to_shift_the_time_of_signing():
    stale = signed(at=NOW - timedelta(seconds=400))
    created = f"created={int(NOW.timestamp())}"
    shifted = stale["signature-input"].replace(f"created={int(NOW.timestamp()) - 400}", created)
    assert created in shifted
    assert reason(ASKED, {**stale, "signature-input": shifted}) == "bad_signature"


def test_takes_a_request_once():
    nonces = NonceMemory()
    headers = signed()
    assert verified(ASKED, headers, nonces=nonces).code == "us"
    assert reason(ASKED, headers, nonces=nonces) == "replayed_request"
    assert verified(ASKED, signed(nonce=NONCE + "x"), nonces=nonces).code == "us"


def test_a_forged_request_does_not_use_up_the_nonce():
    nonces = NonceMemory()
    assert reason(msgspec.structs.replace(ASKED, path="/x"), signed(), nonces=nonces) == "bad_signature"
    assert verified(ASKED, signed(), nonces=nonces).code == "us"


def test_refuses_a_signer_that_is_no_member():
    stranger = sign_request(ASKED, SigningKey.from_seed(b"s" * 32), now=NOW, nonce=NONCE)
    assert reason(ASKED, stranger) == "unknown_key"


def test_refuses_to_put_a_members_key_id_on_a_strangers_signature():
    stranger = SigningKey.from_seed(b"s" * 32)
    headers = sign_request(ASKED, stranger, now=NOW, nonce=NONCE)
    named = headers["signature-input"].replace(stranger.public.id, KEYS["us"].public.id)
    assert reason(ASKED, {**headers, "signature-input": named}) == "bad_signature"


def test_refuses_a_revoked_key():
    us, nl = MEMBERS.authorities
    revoked = msgspec.structs.replace(us, keys=(msgspec.structs.replace(us.keys[0], revoked=True),))
    members = msgspec.structs.replace(MEMBERS, authorities=(revoked, nl))
    assert reason(ASKED, signed(), members=members) == "revoked_key"
    assert verified(ASKED, signed(signer="nl"), members=members).code == "nl"


@pytest.mark.parametrize(
    ("changes", "code"), [({"retired": True}, "retired_key"), ({"untrusted_after": {"cy": 3}}, "untrusted_key")]
)
def test_refuses_a_key_that_speaks_no_more(changes, code):
    us, nl = MEMBERS.authorities
    old = msgspec.structs.replace(us, keys=(msgspec.structs.replace(us.keys[0], **changes),))
    assert reason(ASKED, signed(), members=msgspec.structs.replace(MEMBERS, authorities=(old, nl))) == code


@pytest.mark.parametrize("missing", ["signature", "signature-input"])
def test_refuses_a_request_without_its_signature(missing):
    headers = signed()
    del headers[missing]
    assert reason(ASKED, headers) == "unsigned"


def test_refuses_a_request_without_its_digest():
    headers = signed()
    del headers["content-digest"]
    assert reason(ASKED, headers) == "wrong_digest"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (' "@query"', ""),
        (' "content-digest"', ""),
        ('"@method" "@authority"', '"@authority" "@method"'),
        ('"content-digest")', '"content-digest" "date")'),
        (f';nonce="{NONCE}"', ""),
        (f';nonce="{NONCE}"', ';nonce="short"'),
        (f';nonce="{NONCE}"', f';nonce="{"x" * 65}"'),
        (';alg="ed25519"', ';alg="hmac-sha256"'),
        (';alg="ed25519"', ""),
        ("hf=", "sig1="),
        (";created=", ";created=-"),
    ],
)
def test_refuses_to_cover_less_or_other_than_asked(old, new):
    headers = signed()
    assert old in headers["signature-input"]
    assert reason(ASKED, {**headers, "signature-input": headers["signature-input"].replace(old, new)}) == "unsigned"


@pytest.mark.parametrize("signature", ["", "hf=", "hf=::", "hf=:é:", "hf=:AAAA", "sig1=:AAAA:", "hf=:no base64:"])
def test_refuses_what_is_no_signature(signature):
    assert reason(ASKED, {**signed(), "signature": signature}) in ("unsigned", "bad_signature")


def test_when_too_many_nonces_are_remembered_requests_are_refused_not_replays_let_in(monkeypatch):
    monkeypatch.setattr(signing, "NONCES_MAX", 3)
    nonces = NonceMemory()
    at = NOW.timestamp()
    assert [nonces.first_time(f"n{place}", at) for place in range(4)] == [True, True, True, False]
    assert not nonces.first_time("n0", at)
    much_later = at + 2 * signing.VALID_SECONDS + 1
    assert nonces.first_time("n4", much_later)
