# SPDX-License-Identifier: Apache-2.0
"""The one tree of errors. Each says what is wrong, where, and what to do.

HighfenceError
├── InvalidInput            the caller's data or words are off            (exit 2, HTTP 400)
│   ├── InvalidEntity       an entity that is not FollowTheMoney
│   ├── InvalidMarking      a marking outside the vocabulary, on entry
│   ├── InvalidAssertion    an assertion that lacks what its kind needs
│   └── InvalidDocument     bytes that strict decoding does not take
├── Refused                 a peer, an envelope or a request is not believed (exit 1, HTTP 403)
├── ListRefused             a published list breaks its expectations      (exit 1, HTTP 422)
├── NotFound                nothing the asker may see has that name       (exit 1, HTTP 404)
├── NotAllowed              the asker may not do this                     (exit 1, HTTP 403)
├── MoveRefused             a case does not take this step as it stands   (exit 1, HTTP 409)
├── StorageFailed           the disk or the database did not keep it      (exit 1, HTTP 507)
└── SettingsWrong           a home or its settings cannot be used         (exit 2, HTTP 500)
"""

from __future__ import annotations

from typing import ClassVar


class HighfenceError(Exception):
    """Root of all errors Highfence raises on purpose.

    `what` says what is wrong, `where` the place (a line, a field, a peer), `advice` what to do about it.
    None of the three ever carries a secret or content above the reader's marking.
    """

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "error"

    def __init__(self, what: str, *, where: str = "", advice: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.advice = advice

    def __str__(self) -> str:
        """Return the one line a person reads: what, where, what to do."""
        place = f" ({self.where})" if self.where else ""
        advice = f". {self.advice}" if self.advice else ""
        return f"{self.what}{place}{advice}"


class InvalidInput(HighfenceError):
    """The caller's data or words cannot be used as they are."""

    exit_code = 2
    code = "invalid_input"


class InvalidEntity(InvalidInput):
    """An entity names a schema or property that FollowTheMoney does not have, or lacks an id."""

    code = "invalid_entity"


class InvalidMarking(InvalidInput):
    """A marking entered here uses a word outside the closed vocabulary."""

    code = "invalid_marking"


class InvalidAssertion(InvalidInput):
    """An assertion lacks what its kind needs."""

    code = "invalid_assertion"


class InvalidDocument(InvalidInput):
    """Bytes that strict decoding does not take: duplicate keys, floats, depth, size, encoding."""

    code = "invalid_document"


class Refused(HighfenceError):
    """Something from outside is not believed; `reason` is the machine code shown to both sides."""

    code = "refused"

    def __init__(self, reason: str, what: str, *, where: str = "", advice: str = "") -> None:
        super().__init__(what, where=where, advice=advice)
        self.reason = reason


class ListRefused(HighfenceError):
    """A published list breaks its declared expectations; nothing of it was taken."""

    code = "list_refused"


class NotFound(HighfenceError):
    """Nothing that the asker may see goes by this name."""

    code = "not_found"


class NotAllowed(HighfenceError):
    """The asker may not do this."""

    code = "not_allowed"


class MoveRefused(HighfenceError):
    """A case does not take this step as it stands; `advice` says which steps it does take."""

    code = "move_refused"


class StorageFailed(HighfenceError):
    """The disk or the database did not keep the change; none of it was applied."""

    code = "storage_failed"


class SettingsWrong(HighfenceError):
    """A node's home or its settings cannot be used."""

    exit_code = 2
    code = "settings_wrong"
