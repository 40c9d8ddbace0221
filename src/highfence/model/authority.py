# SPDX-License-Identifier: Apache-2.0
"""Authority and Membership: who takes part, with which role, keys and groups.

The membership document is signed by several authorities and mirrored by every node, so that nobody's outage stops the
others. Here are only the nouns; `exchange.membership` checks the signatures.
"""

from __future__ import annotations

from datetime import datetime
from typing import NewType

import msgspec

from highfence.model.agreement import Agreement

AuthorityCode = NewType("AuthorityCode", str)

#: A member decides its own cases; a coordinator sees procedure, comments and monitors, and never decides.
ROLES = ("member", "coordinator")


class PublicKey(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A verification key. `id` is the SHA-256 of the raw public key in hex; `public` is that key in base64.

    `untrusted_after` marks a compromise: reader -> last feed index that is still believed.
    """

    id: str
    public: str
    algorithm: str = "ed25519"
    revoked: bool = False
    untrusted_after: dict[str, int] = msgspec.field(default_factory=dict)


class Authority(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A legal body that runs a node. `ceiling` is the highest classification its node may hold."""

    code: str
    name: str
    country: str
    role: str = "member"
    groups: tuple[str, ...] = ()
    keys: tuple[PublicKey, ...] = ()
    endpoint: str = ""
    ceiling: str = "RESTRICTED"
    screening_law: bool = True
    contact: str = ""


class Membership(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The document that says who the authorities are. `threshold` is how many of them must sign the next version."""

    version: int
    issued: datetime
    expires: datetime
    threshold: int
    authorities: tuple[Authority, ...]
    agreements: tuple[Agreement, ...] = ()

    def authority(self, code: str) -> Authority | None:
        """Return the authority of that code, or None."""
        return next((member for member in self.authorities if member.code == code), None)

    def codes(self) -> tuple[str, ...]:
        """Return all authority codes, sorted."""
        return tuple(sorted(member.code for member in self.authorities))

    def resolve(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the authority codes that a mix of codes and group names stands for, sorted.

        A name that is neither stands for nobody. `members` is the group of all authorities.
        """
        wanted = set(names)
        return tuple(
            sorted(
                member.code
                for member in self.authorities
                if member.code in wanted or "members" in wanted or wanted.intersection(member.groups)
            )
        )
