# SPDX-License-Identifier: Apache-2.0
"""Once: a request with a key that comes twice is done once, and is answered the same the second time.

Keys are an officer's own: what another has used under the same key is neither found nor in the way.
"""

from __future__ import annotations

import hashlib

import msgspec

from highfence.errors import InvalidInput, MoveRefused
from highfence.rules.handling import Reader
from highfence.storage import case_files
from highfence.storage.case_files import Request
from highfence.storage.database import Connection

KEY_CHARACTERS_MOST = 100
_NAME_CHARACTERS = 32


class Once(msgspec.Struct, frozen=True, kw_only=True):
    """A request: under which key it is kept ('' if it has none), and the digest of what is asked."""

    key: str
    digest: str

    @classmethod
    def of(cls, reader: Reader, key: str, *, asked: bytes) -> Once:
        """Return the request of a reader; raises InvalidInput if the key cannot be used."""
        digest = hashlib.sha256(asked).hexdigest()
        if not key:
            return cls(key="", digest=digest)
        if len(key) > KEY_CHARACTERS_MOST or not key.isascii() or not key.isprintable():
            raise InvalidInput(
                "the key cannot be used",
                where="Idempotency-Key",
                advice=f"Use at most {KEY_CHARACTERS_MOST} letters and digits, such as a UUID",
            )
        owner = hashlib.sha256(reader.name.encode()).hexdigest()[:_NAME_CHARACTERS]
        return cls(key=f"{owner}:{key}", digest=digest)

    def answered(self, connection: Connection) -> bytes | None:
        """Return what was answered, None if it was not done yet; raises MoveRefused if the key is another request's."""
        held = case_files.request(connection, self.key) if self.key else None
        if held is not None and held.digest != self.digest:
            raise MoveRefused(
                "the key was used for another request", where="Idempotency-Key", advice="Use a new key for each request"
            )
        return None if held is None else held.answer

    def note(self, connection: Connection, answer: bytes, *, at: str) -> None:
        """Keep the answer with what was done, in the same transaction."""
        if self.key:
            case_files.note_request(connection, self.key, Request(digest=self.digest, answer=answer), at=at)
