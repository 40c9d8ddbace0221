# SPDX-License-Identifier: Apache-2.0
"""Keys: an authority's signing key and the verification of what others signed (Ed25519, RFC 8032)."""

from __future__ import annotations

import base64
import hashlib
import os
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from highfence.errors import SettingsWrong
from highfence.model.authority import PublicKey


class SigningKey:
    """An authority's private key. Never printed: its `repr` shows only the public id."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        raw = private.public_key().public_bytes_raw()
        self.public = PublicKey(id=hashlib.sha256(raw).hexdigest(), public=base64.b64encode(raw).decode())

    def __repr__(self) -> str:
        """Show the key's public id only."""
        return f"SigningKey({self.public.id[:16]})"

    @classmethod
    def generate(cls) -> SigningKey:
        """Make a new key from the operating system's randomness."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytes) -> SigningKey:
        """Make the key of a 32-byte seed, for tests and vectors."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @classmethod
    def read(cls, path: Path) -> SigningKey:
        """Read a PKCS #8 PEM file.

        Raises:
            SettingsWrong: the file is missing, is not such a key, or others than its owner may read it.
        """
        try:
            mode = path.stat().st_mode
            text = path.read_bytes()
        except OSError as error:
            raise SettingsWrong(
                "the signing key cannot be read", where=str(path), advice="Restore it, or make a node with `init`"
            ) from error
        if mode & 0o077:
            raise SettingsWrong(
                "the signing key can be read by others", where=str(path), advice=f"Run: chmod 600 {path}"
            )
        try:
            private = serialization.load_pem_private_key(text, password=None)
        except (ValueError, TypeError) as error:
            raise SettingsWrong(
                "the signing key file is not a PEM key", where=str(path), advice="Restore it from its backup"
            ) from error
        if not isinstance(private, Ed25519PrivateKey):
            raise SettingsWrong("the signing key is not Ed25519", where=str(path), advice="Make a node with `init`")
        return cls(private)

    def write(self, path: Path) -> None:
        """Write the key as PKCS #8 PEM, readable by its owner only; an existing file is never overwritten.

        Raises:
            SettingsWrong: a file is there already.
        """
        text = self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise SettingsWrong(
                "there is a signing key already", where=str(path), advice="Choose another home; keys are never replaced"
            ) from error
        with os.fdopen(handle, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of `message`."""
        return self._private.sign(message)


def verify(key: PublicKey, message: bytes, signature: bytes) -> bool:
    """Tell whether `signature` over `message` was made by `key`; False for a key that is itself malformed."""
    public = _load(key.algorithm, key.public)
    if public is None:
        return False
    try:
        public.verify(signature, message)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=1024)
def _load(algorithm: str, public: str) -> Ed25519PublicKey | None:
    if algorithm != "ed25519":
        return None
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
    except ValueError:
        return None
