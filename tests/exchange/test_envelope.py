# SPDX-License-Identifier: Apache-2.0
"""Envelopes: the exact bytes are signed, and nothing passes that was not signed by the one it names."""

from __future__ import annotations

import base64
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import InvalidDocument, Refused
from highfence.exchange.envelope import (
    ASSERTION_TYPE,
    HEAD_TYPE,
    cosign,
    from_base64,
    open_envelope,
    payload_id,
    pre_authentication,
    seal,
    signed_by,
    unsigned,
    verified,
)
from highfence.exchange.keys import SigningKey
from highfence.model.authority import Authority

KEY = SigningKey.from_seed(b"\x01" * 32)
OTHER = SigningKey.from_seed(b"\x02" * 32)
US = Authority(code="us", name="Authority US", country="us", keys=(KEY.public,))
PAYLOAD = b'{"claim":"x"}'


def reason(envelope: bytes, authority: Authority = US, payload_type: str = ASSERTION_TYPE) -> str:
    """Return why an envelope is not believed."""
    with pytest.raises(Refused) as refusal:
        signed_by(open_envelope(envelope), authority, payload_type=payload_type)
    assert refusal.value.where == authority.code
    assert refusal.value.advice
    return refusal.value.reason


def changed(envelope: bytes, **changes: object) -> bytes:
    """Return an envelope with some of its fields replaced."""
    return json.dumps({**json.loads(envelope), **changes}).encode()


def with_signature(envelope: bytes, **changes: object) -> bytes:
    """Return an envelope with something of its first signature replaced."""
    return changed(envelope, signatures=[{**json.loads(envelope)["signatures"][0], **changes}])


def test_signs_what_the_dsse_specification_says():
    signed = pre_authentication("http://example.com/HelloWorld", b"hello world")
    assert signed == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_lengths_are_counted_in_bytes():
    assert pre_authentication("é", "日本".encode()) == b"DSSEv1 2 \xc3\xa9 6 \xe6\x97\xa5\xe6\x9c\xac"


@given(one=st.tuples(st.text(max_size=9), st.binary(max_size=9)), other=st.tuples(st.text(max_size=9), st.binary()))
def test_two_different_contents_are_never_signed_by_the_same_bytes(one, other):
    assert (pre_authentication(*one) == pre_authentication(*other)) == (one == other)


@given(st.binary(max_size=200))
def test_what_was_sealed_is_read_back_to_the_byte(payload):
    envelope = open_envelope(seal(payload, ASSERTION_TYPE, KEY))
    assert verified(envelope, US, payload_type=ASSERTION_TYPE) == (payload, KEY.public)
    assert signed_by(envelope, US, payload_type=ASSERTION_TYPE) == payload


def test_the_id_is_the_sha256_of_the_payload():
    assert payload_id(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_envelope_has_the_fields_of_dsse():
    fields = json.loads(seal(PAYLOAD, ASSERTION_TYPE, KEY))
    assert set(fields) == {"payload", "payloadType", "signatures"}
    assert set(fields["signatures"][0]) == {"keyid", "sig"}


def test_refuses_another_payload_type():
    assert reason(seal(PAYLOAD, HEAD_TYPE, KEY)) == "wrong_type"


def test_refuses_a_payload_type_changed_after_signing():
    assert reason(changed(seal(PAYLOAD, HEAD_TYPE, KEY), payloadType=ASSERTION_TYPE)) == "bad_signature"


def test_refuses_a_key_the_authority_does_not_have():
    assert reason(seal(PAYLOAD, ASSERTION_TYPE, OTHER)) == "unknown_key"


def test_refuses_an_envelope_nobody_signed():
    assert reason(unsigned(PAYLOAD, ASSERTION_TYPE)) == "unknown_key"


def test_refuses_a_revoked_key():
    revoked = msgspec.structs.replace(KEY.public, revoked=True)
    assert reason(seal(PAYLOAD, ASSERTION_TYPE, KEY), msgspec.structs.replace(US, keys=(revoked,))) == "revoked_key"


def test_looking_back_a_revoked_key_still_shows_who_signed():
    renewed = msgspec.structs.replace(US, keys=(msgspec.structs.replace(KEY.public, revoked=True),))
    sealed = open_envelope(seal(PAYLOAD, ASSERTION_TYPE, KEY))
    assert signed_by(sealed, renewed, payload_type=ASSERTION_TYPE, revoked_too=True) == PAYLOAD
    forged = open_envelope(changed(seal(PAYLOAD, ASSERTION_TYPE, KEY), payload="e30="))
    with pytest.raises(Refused) as refusal:
        signed_by(forged, renewed, payload_type=ASSERTION_TYPE, revoked_too=True)
    assert refusal.value.reason == "bad_signature"


def test_a_second_sound_signature_makes_up_for_a_revoked_key():
    revoked = msgspec.structs.replace(KEY.public, revoked=True)
    renewed = msgspec.structs.replace(US, keys=(revoked, OTHER.public))
    envelope = open_envelope(cosign(seal(PAYLOAD, ASSERTION_TYPE, KEY), OTHER))
    assert verified(envelope, renewed, payload_type=ASSERTION_TYPE) == (PAYLOAD, OTHER.public)


def test_refuses_an_altered_payload():
    altered = base64.b64encode(b'{"claim":"y"}').decode()
    assert reason(changed(seal(PAYLOAD, ASSERTION_TYPE, KEY), payload=altered)) == "bad_signature"


@given(st.integers(0, 64 * 8 - 1))
def test_refuses_any_flipped_bit_of_the_signature(bit):
    envelope = seal(PAYLOAD, ASSERTION_TYPE, KEY)
    raw = bytearray(base64.b64decode(json.loads(envelope)["signatures"][0]["sig"]))
    raw[bit // 8] ^= 1 << bit % 8
    assert reason(with_signature(envelope, sig=base64.b64encode(raw).decode())) == "bad_signature"


@pytest.mark.parametrize("signature", ["", "AAAA", "no base64", "é" * 88, base64.b64encode(b"x" * 63).decode()])
def test_refuses_what_is_no_signature_at_all(signature):
    assert reason(with_signature(seal(PAYLOAD, ASSERTION_TYPE, KEY), sig=signature)) == "bad_signature"


def test_refuses_a_signature_that_is_written_in_another_way():
    envelope = seal(PAYLOAD, ASSERTION_TYPE, KEY)
    text = json.loads(envelope)["signatures"][0]["sig"]
    # The last letter before the two padding marks has four bits that stand for nothing.
    twin = text[:-3] + chr(ord(text[-3]) + 1) + "=="
    assert base64.b64decode(twin) == base64.b64decode(text)
    assert reason(with_signature(envelope, sig=twin)) == "bad_signature"


def test_a_signature_of_another_authority_beside_it_does_no_harm():
    envelope = open_envelope(cosign(seal(PAYLOAD, ASSERTION_TYPE, OTHER), KEY))
    assert signed_by(envelope, US, payload_type=ASSERTION_TYPE) == PAYLOAD


def test_cosigning_adds_to_the_signatures_of_others():
    envelope = open_envelope(cosign(cosign(unsigned(PAYLOAD, ASSERTION_TYPE), KEY), OTHER))
    assert [one.keyid for one in envelope.signatures] == [KEY.public.id, OTHER.public.id]


def test_cosigning_again_replaces_the_own_signature():
    once = cosign(seal(PAYLOAD, ASSERTION_TYPE, OTHER), KEY)
    broken = json.loads(once)
    broken["signatures"][1]["sig"] = base64.b64encode(b"x" * 64).decode()
    again = open_envelope(cosign(json.dumps(broken).encode(), KEY))
    assert [one.keyid for one in again.signatures] == [OTHER.public.id, KEY.public.id]
    assert again == open_envelope(once)


def test_cosigning_needs_an_envelope():
    with pytest.raises(InvalidDocument):
        cosign(PAYLOAD, KEY)


@pytest.mark.parametrize(
    "envelope",
    [
        b"",
        b"{}",
        b"[]",
        b'{"payload":"e30=","payloadType":"x"}',
        b'{"payload":1,"payloadType":"x","signatures":[]}',
        b'{"payload":"","payload":"","payloadType":"x","signatures":[]}',
        b'{"payload":"","payloadType":"x","signatures":[{"keyid":"a"}]}',
        b'{"payload":"","payloadType":"x","signatures":[' + b"[" * 100_000,
        b'{"payload":"' + b"A" * (2 << 20) + b'","payloadType":"x","signatures":[]}',
    ],
)
def test_refuses_what_is_no_envelope(envelope):
    with pytest.raises(InvalidDocument):
        open_envelope(envelope)


@pytest.mark.parametrize("payload", ["e30", "e3 0=", "é", "e31=", "====", "e30=\n", "-_8="])
def test_refuses_a_payload_that_is_not_canonical_base64(payload):
    envelope = open_envelope(changed(seal(PAYLOAD, ASSERTION_TYPE, KEY), payload=payload))
    with pytest.raises(InvalidDocument, match="base64"):
        signed_by(envelope, US, payload_type=ASSERTION_TYPE)


@given(st.binary(max_size=50))
def test_base64_is_read_back_as_it_is_written(raw):
    assert from_base64(base64.b64encode(raw).decode(), where="x") == raw


@given(st.text(max_size=12))
def test_only_one_text_stands_for_the_same_bytes(text):
    try:
        raw = from_base64(text, where="x")
    except InvalidDocument:
        return
    assert base64.b64encode(raw).decode() == text
