# SPDX-License-Identifier: Apache-2.0
"""Authority and Membership: who takes part, with which role, keys and groups.

The membership document is signed by several authorities and mirrored by every node, so that nobody's outage stops the
others. Here are only the nouns; `exchange.membership` checks the signatures.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NewType

import msgspec

from highfence.model.agreement import Agreement

AuthorityCode = NewType("AuthorityCode", str)

#: A member decides its own cases; a coordinator sees procedure, comments and monitors, and never decides.
ROLES = ("member", "coordinator")


#: In `PublicKey.untrusted_after`: the readers that are not named there.
OTHERS = "*"


class PublicKey(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A verification key. `id` is the SHA-256 of the raw public key in hex; `public` is that key in base64.

    A `retired` key was replaced in good order: it still shows who made an assertion, and signs nothing else any more.
    `untrusted_after` marks a compromise: reader -> last feed index that is still believed, under `OTHERS` for the
    readers not named.
    """

    id: str
    public: str
    algorithm: str = "ed25519"
    revoked: bool = False
    retired: bool = False
    untrusted_after: dict[str, int] = msgspec.field(default_factory=dict)

    def last_trusted(self, reader: str) -> int | None:
        """Return the last entry of the feed to `reader` that is believed from this key; None if all are."""
        return self.untrusted_after.get(reader, self.untrusted_after.get(OTHERS))

    @property
    def speaks(self) -> bool:
        """Whether it signs for its authority today: heads, receipts, requests, membership documents."""
        return not (self.revoked or self.retired or self.untrusted_after)


class Authority(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A legal body that runs a node. `ceiling` is the highest classification its node may hold.

    `left` is the day on which it left; only one that stands among the former has it.
    """

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
    left: date | None = None


class Membership(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The document that says who the authorities are. `threshold` is how many of them must sign the next version.

    `previous` is the id of the version before (the SHA-256 of its bytes), empty in the first. `former` are authorities
    that have left: nothing is sent to them or taken from them, and what they signed can still be verified.
    """

    version: int
    issued: datetime
    expires: datetime
    threshold: int
    authorities: tuple[Authority, ...]
    agreements: tuple[Agreement, ...] = ()
    previous: str = ""
    former: tuple[Authority, ...] = ()

    def authority(self, code: str) -> Authority | None:
        """Return the authority of that code, or None."""
        return next((member for member in self.authorities if member.code == code), None)

    def known(self, code: str) -> Authority | None:
        """Return the authority of that code, also one that has left, or None."""
        return self.authority(code) or next((one for one in self.former if one.code == code), None)

    def groups_of(self, code: str) -> tuple[str, ...]:
        """Return the groups an authority belongs to now, `members` among them; none for who is no member."""
        member = self.authority(code)
        return () if member is None else ("members", *member.groups)

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
