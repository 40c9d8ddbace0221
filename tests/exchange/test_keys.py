# SPDX-License-Identifier: Apache-2.0
"""Signing keys: how they are kept, and what they verify."""

from __future__ import annotations

import base64

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from highfence.errors import SettingsWrong
from highfence.exchange.keys import SigningKey, verify

#: RFC 8032, section 7.1, test 2.
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_signs_as_rfc_8032_says():
    key = SigningKey.from_seed(SEED)
    assert key.sign(b"\x72") == SIGNATURE
    assert base64.b64decode(key.public.public) == PUBLIC
    assert verify(key.public, b"\x72", SIGNATURE)
    assert not verify(key.public, b"\x73", SIGNATURE)


@pytest.mark.parametrize(
    "changes",
    [{"algorithm": "rsa"}, {"public": "not base64"}, {"public": "AAAA"}, {"public": "é"}, {"public": ""}],
)
def test_a_malformed_key_verifies_nothing(changes):
    assert not verify(msgspec.structs.replace(SigningKey.from_seed(SEED).public, **changes), b"\x72", SIGNATURE)


@pytest.mark.parametrize("signature", [b"", b"x", SIGNATURE[:-1], SIGNATURE + b"\x00"])
def test_a_signature_of_the_wrong_length_is_none(signature):
    assert not verify(SigningKey.from_seed(SEED).public, b"\x72", signature)


def test_two_new_keys_differ():
    assert SigningKey.generate().public != SigningKey.generate().public


def test_a_written_key_is_read_back_and_is_its_owners_alone(tmp_path):
    key = SigningKey.generate()
    key.write(tmp_path / "signing.key")
    assert (tmp_path / "signing.key").stat().st_mode & 0o777 == 0o600
    assert SigningKey.read(tmp_path / "signing.key").public == key.public


def test_a_key_is_never_written_over_another(tmp_path):
    first = SigningKey.generate()
    first.write(tmp_path / "signing.key")
    with pytest.raises(SettingsWrong, match="already"):
        SigningKey.generate().write(tmp_path / "signing.key")
    assert SigningKey.read(tmp_path / "signing.key").public == first.public


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_refuses_a_key_that_others_may_read(tmp_path, mode):
    path = tmp_path / "signing.key"
    SigningKey.generate().write(path)
    path.chmod(mode)
    with pytest.raises(SettingsWrong, match="read by others") as refusal:
        SigningKey.read(path)
    assert "chmod 600" in refusal.value.advice


def test_refuses_a_key_file_that_is_not_there(tmp_path):
    with pytest.raises(SettingsWrong, match="cannot be read"):
        SigningKey.read(tmp_path / "signing.key")


def test_refuses_a_file_that_is_no_key(tmp_path):
    path = tmp_path / "signing.key"
    path.write_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    path.chmod(0o600)
    with pytest.raises(SettingsWrong, match="not a PEM key"):
        SigningKey.read(path)


def test_refuses_a_key_of_another_kind(tmp_path):
    path = tmp_path / "signing.key"
    path.write_bytes(
        generate_private_key(SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    path.chmod(0o600)
    with pytest.raises(SettingsWrong, match="not Ed25519"):
        SigningKey.read(path)


def test_showing_a_key_shows_nothing_of_its_secret():
    key = SigningKey.from_seed(SEED)
    shown = f"{key!r} {key} {vars(key).keys()}"
    assert SEED.hex() not in shown
    assert base64.b64encode(SEED).decode() not in shown
    assert repr(key) == f"SigningKey({key.public.id[:16]})"
