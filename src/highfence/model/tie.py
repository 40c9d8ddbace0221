# SPDX-License-Identifier: Apache-2.0
"""Tie: a typed link between two parties: who owns, controls, supplies or funds whom, and since when.

Written in FollowTheMoney's words: an `Ownership`, a `Succession`, or an `UnknownLink` whose role is one of `ROLES`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from highfence.errors import InvalidInput
from highfence.model.entity import Entity
from highfence.model.interest import UNKNOWN_SHARE, Control, Interest, Share, between

#: Kind of a tie -> how a sentence says it, from its subject to its object: "A is owned by B".
SENTENCES = {
    "owned-by": "is owned by",
    "controlled-by": "is controlled by",
    "supplier-to": "supplies",
    "military-civil-fusion": "contributes to military-civil fusion with",
    "funded-by": "is funded by",
    "co-located": "shares its place with",
    "successor-of": "is the successor of",
    "linked": "is linked to",
}
#: What an `UnknownLink` may have as its role; anything else is only `linked`.
ROLES = frozenset(SENTENCES) - {"linked"}
_RANGE = re.compile(r"\s*(?P<low>[0-9.]+)\s*%?\s*(?:-|–|to)\s*(?P<high>[0-9.]+)\s*%?\s*")
_NUMBER = re.compile(r"\s*(?P<low>[0-9]+(?:\.[0-9]+)?)\s*%?\s*")


class Tie(msgspec.Struct, frozen=True, kw_only=True):
    """A link as it was told: `kind` is a key of `SENTENCES`, `subject` and `object` are ids of entities.

    `share` counts for `owned-by` only. It holds from the day `since` on and no longer on the day `until`. `unread`
    says what of it could not be read; the tie then holds with that part unknown.
    """

    link: str
    kind: str
    subject: str
    object: str
    share: Share = UNKNOWN_SHARE
    role: str = ""
    since: date | None = None
    until: date | None = None
    unread: tuple[str, ...] = ()

    def stands(self, on: date) -> bool:
        """Tell whether it holds on a day, as far as the dates are known."""
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)

    def interest(self, *, owner: str, owned: str, place: str) -> Interest | None:
        """Return what it says of ownership or control between two parties, None if it is of another kind.

        Where a part could not be read, control cannot be excluded either: a misprint is no "no".
        """
        if self.kind not in ("owned-by", "controlled-by") or owner == owned:
            return None
        control = Control.YES if self.kind == "controlled-by" else Control.MAYBE if self.unread else Control.NO
        share = self.share if self.kind == "owned-by" else Share(0, UNKNOWN_SHARE.high)
        return Interest(
            owner=owner, owned=owned, share=share, control=control, since=self.since, until=self.until, place=place
        )


def ties_of(entities: Iterable[Entity]) -> Iterator[Tie]:
    """Yield the ties among what an assertion carries, each pair of ends once.

    >>> said = {"owner": ("x",), "asset": ("a",), "percentage": ("35 %",), "startDate": ("2024-03",)}
    >>> (tie,) = ties_of([Entity(id="l", schema="Ownership", properties=said)])
    >>> tie.kind, tie.subject, tie.object, str(tie.share), tie.since.isoformat()
    ('owned-by', 'a', 'x', '35 %', '2024-03-01')
    """
    for entity in entities:
        ends = _ENDS.get(entity.schema)
        if ends is None:
            continue
        kind, subject, other = ends
        if entity.schema == "UnknownLink" and entity.first("role") in ROLES:
            kind = entity.first("role")
        unread: list[str] = []
        share = _share(entity.values("percentage"), unread) if kind == "owned-by" else UNKNOWN_SHARE
        since, until = (_day(entity.first(prop), unread) for prop in ("startDate", "endDate"))
        if since is not None and until is not None and until < since:
            unread.append(f"it ends on {until} before it begins on {since}")
            since = until = None
        for one in entity.values(subject):
            for two in entity.values(other):
                yield Tie(
                    link=entity.id,
                    kind=kind,
                    subject=one,
                    object=two,
                    share=share,
                    role=entity.first("role"),
                    since=since,
                    until=until,
                    unread=tuple(unread),
                )


def _share(printed: tuple[str, ...], unread: list[str]) -> Share:
    """Read a share in percent or its two bounds; several that differ are bounds, and what is no share is unknown."""
    found = [_one_share(text, unread) for text in printed]
    if not found:
        return UNKNOWN_SHARE
    return Share(min(one.low for one in found), max(one.high for one in found))


def _one_share(text: str, unread: list[str]) -> Share:
    bounds = _RANGE.fullmatch(text) or _NUMBER.fullmatch(text)
    try:
        if bounds is None:
            raise InvalidInput("it is no number", where="percentage", advice="Give a percent, or two bounds")
        return between(bounds["low"], bounds.groupdict().get("high") or bounds["low"])
    except (InvalidInput, ArithmeticError):
        unread.append(f"the share {text[:40]!r} is none between 0 and 100 %")
        return UNKNOWN_SHARE


def _day(text: str, unread: list[str]) -> date | None:
    """Read a day, or the first one of a month or a year."""
    if not text:
        return None
    whole = text[:10] + {4: "-01-01", 7: "-01"}.get(len(text), "")
    try:
        return date.fromisoformat(whole)
    except ValueError:
        unread.append(f"the day {text[:40]!r} is none")
        return None


#: Schema -> the kind of its tie, and the properties with its subject and its object.
_ENDS = {
    "Ownership": ("owned-by", "asset", "owner"),
    "Succession": ("successor-of", "successor", "predecessor"),
    "UnknownLink": ("linked", "subject", "object"),
}
