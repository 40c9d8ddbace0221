# SPDX-License-Identifier: Apache-2.0
"""Proposal: the next membership document made from the one in use and a list of changes. Pure: no file, no clock.

A proposal decides nothing. It is signed by whoever agrees, and believed when enough have (`exchange.membership`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

import msgspec

from highfence.clock import day
from highfence.errors import InvalidInput
from highfence.exchange.membership import VALID_MOST
from highfence.exchange.rotation import Asked, read_rotation, rotation_in
from highfence.model.agreement import Agreement, Suspension
from highfence.model.authority import Authority, Membership, PublicKey


class Pause(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement rests from `since` to `until`, both included; open if there is no `until`."""

    agreement: str
    since: date
    until: date | None = None


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What the next document has otherwise than the one in use. All of it may be empty: then it is a renewal.

    `groups`, `endpoints`: authority code -> what it has from now on. `agreements` replaces all of them. `new_keys` are
    requests as of `rotation.ask_rotation`. `parties`: agreement -> who is party to it from now on. `retired` and
    `stolen` (-> reader or `*` -> last feed entry still believed) name keys by 16 digits of their id or more, or by a
    member's code all that it signs with; of those that are retired the newest stays.
    """

    admitted: tuple[Authority, ...] = ()
    removed: tuple[str, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = {}
    endpoints: Mapping[str, str] = {}
    agreements: tuple[Agreement, ...] | None = None
    parties: Mapping[str, tuple[str, ...]] = {}
    pauses: tuple[Pause, ...] = ()
    new_keys: tuple[bytes, ...] = ()
    retired: tuple[str, ...] = ()
    stolen: Mapping[str, Mapping[str, int]] = {}
    threshold: int | None = None


def propose(current: Membership, changes: Changes, *, previous: str, issued: datetime) -> Membership:
    """Return the version that follows `current`, whose document has the id `previous`; good for 30 days.

    Raises:
        InvalidInput: a change of something that is not there, or of what is there already.
        InvalidDocument, Refused: a new key whose request does not hold.
    """
    members = {one.code: one for one in current.authorities}
    former = {one.code: one for one in current.former}
    agreements = list(current.agreements if changes.agreements is None else changes.agreements)
    _mark_keys(members, changes)
    _take_keys(members, changes)
    for code in changes.removed:
        gone = _required(members, code, "--remove")
        former[code] = msgspec.structs.replace(gone, left=day(issued))
        del members[code]
        agreements = _without(agreements, code)
    for one in changes.admitted:
        if one.code in members:
            raise _wrong(f"{one.code!r} is a member already", "--admit", "Change it with the other options")
        members[one.code] = _admitted(one, former.pop(one.code, None))
    for code, groups in changes.groups.items():
        members[code] = msgspec.structs.replace(_required(members, code, "--groups"), groups=groups)
    for code, endpoint in changes.endpoints.items():
        members[code] = msgspec.structs.replace(_required(members, code, "--endpoint"), endpoint=endpoint)
    return Membership(
        version=current.version + 1,
        issued=issued,
        expires=issued + VALID_MOST,
        threshold=changes.threshold or min(current.threshold, max(len(members), 1)),
        authorities=tuple(members.values()),
        agreements=tuple(_paused(_joined(agreements, changes.parties), changes.pauses)),
        previous=previous,
        former=tuple(former.values()),
    )


def _mark_keys(members: dict[str, Authority], changes: Changes) -> None:
    found: set[str] = set()
    for code, member in members.items():
        speaking = [key.id for key in member.keys if key.speaks]
        keys = []
        for key in member.keys:
            retired = _names_of(key.id, code, names=changes.retired, by_code=speaking[:-1])
            stolen = _names_of(key.id, code, names=changes.stolen, by_code=speaking)
            found.update((*retired, *stolen))
            indexes = dict(changes.stolen[stolen[0]]) if stolen else key.untrusted_after
            keys.append(msgspec.structs.replace(key, retired=key.retired or bool(retired), untrusted_after=indexes))
        members[code] = msgspec.structs.replace(member, keys=tuple(keys))
    if lost := sorted({*changes.retired, *changes.stolen} - found):
        raise _wrong(
            f"no member has a key {lost[0][:64]!r} that could be marked",
            "--retire, --stolen",
            "Give 16 digits of its id or more, or the member's code",
        )


#: So many digits of a key's id name it.
_ID_LEAST = 16


def _names_of(key: str, code: str, *, names: Iterable[str], by_code: Sequence[str]) -> list[str]:
    """Return the names that stand for a key: digits of its id, or its holder's code if it is one of `by_code`."""
    return [
        name for name in names if (len(name) >= _ID_LEAST and key.startswith(name)) or (name == code and key in by_code)
    ]


def _take_keys(members: dict[str, Authority], changes: Changes) -> None:
    for envelope in changes.new_keys:
        code = rotation_in(envelope).authority
        member = _required(members, code, "--new-key")
        asked = read_rotation(envelope, member)
        if not asked.vouched and any(key.speaks for key in member.keys):
            raise _wrong(
                f"no key of {code!r} in force vouches for its new one",
                "--new-key",
                "If the old key was stolen, mark it with --stolen in the same proposal",
            )
        members[code] = msgspec.structs.replace(member, keys=_with_key(member, asked))


def _with_key(member: Authority, asked: Asked) -> tuple[PublicKey, ...]:
    if any(key.id == asked.key.id for key in member.keys):
        raise _wrong(f"{member.code!r} has this key already", "--new-key", "Make a new one with `membership new-key`")
    # What else the request says of the key is not the member's to say.
    return (*member.keys, PublicKey(id=asked.key.id, public=asked.key.public, algorithm=asked.key.algorithm))


def _admitted(entry: Authority, before: Authority | None) -> Authority:
    """Return the entry of a newcomer; who was a member before keeps its old keys, so that what it said stays sound."""
    if before is None:
        return entry
    present = {key.id for key in entry.keys}
    old = tuple(msgspec.structs.replace(key, retired=True) for key in before.keys if key.id not in present)
    return msgspec.structs.replace(entry, keys=(*old, *entry.keys))


def _without(agreements: list[Agreement], code: str) -> list[Agreement]:
    """Strike a party out; an agreement of fewer than two is none any more."""
    left = []
    for one in agreements:
        parties = tuple(party for party in one.parties if party != code)
        if len(parties) >= 2:
            left.append(msgspec.structs.replace(one, parties=parties))
    return left


def _joined(agreements: list[Agreement], parties: Mapping[str, tuple[str, ...]]) -> list[Agreement]:
    for name, codes in parties.items():
        place = _place_of(agreements, name, "--parties")
        agreements[place] = msgspec.structs.replace(agreements[place], parties=codes)
    return agreements


def _place_of(agreements: list[Agreement], name: str, where: str) -> int:
    place = next((number for number, one in enumerate(agreements) if one.id == name), None)
    if place is None:
        raise _wrong(f"there is no agreement {name[:60]!r}", where, "Name one of the document")
    return place


def _paused(agreements: list[Agreement], pauses: tuple[Pause, ...]) -> list[Agreement]:
    for pause in pauses:
        place = _place_of(agreements, pause.agreement, "--suspend")
        one = agreements[place]
        rest = Suspension(since=pause.since, until=pause.until)
        agreements[place] = msgspec.structs.replace(one, suspensions=(*one.suspensions, rest))
    return agreements


def _required(members: Mapping[str, Authority], code: str, where: str) -> Authority:
    if code not in members:
        raise _wrong(f"{code[:32]!r} is no member", where, f"Use one of: {', '.join(sorted(members))}")
    return members[code]


def _wrong(what: str, where: str, advice: str) -> InvalidInput:
    return InvalidInput(what, where=where, advice=advice)
