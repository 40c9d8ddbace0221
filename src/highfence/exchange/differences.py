# SPDX-License-Identifier: Apache-2.0
"""Differences: what one membership document has otherwise than another, in sentences that a person signs for."""

from __future__ import annotations

from collections.abc import Iterator

from highfence.model.agreement import Agreement
from highfence.model.authority import OTHERS, Authority, Membership, PublicKey


def differences(old: Membership | None, new: Membership) -> tuple[str, ...]:
    """Return one sentence for each difference, in a fixed order; without an old document, what the new one says."""
    return tuple(_all(old, new))


def _all(old: Membership | None, new: Membership) -> Iterator[str]:
    before = old or Membership(version=0, issued=new.issued, expires=new.issued, threshold=0, authorities=())
    yield f"Version {before.version} becomes version {new.version}, good until {new.expires:%Y-%m-%d %H:%M} UTC."
    if before.threshold != new.threshold:
        number = len(new.authorities)
        yield f"{new.threshold} of {number} authorities sign the next version (before: {before.threshold})."
    for code in sorted({one.code for one in (*before.authorities, *new.authorities)}):
        yield from _member(before, new, code)
    ids = dict.fromkeys(one.id for one in (*before.agreements, *new.agreements))
    for name in ids:
        yield from _agreement(_named(before, name), _named(new, name))


def _member(before: Membership, new: Membership, code: str) -> Iterator[str]:
    old, now = before.authority(code), new.authority(code)
    if now is None and old is not None:
        gone = new.known(code)
        on = f" on {gone.left}" if gone is not None else "; what it signed can no longer be verified"
        yield f"{code.upper()} ({old.name}) leaves{on}."
        return
    if now is None:
        return
    if old is None:
        back = "comes back" if before.known(code) is not None else "is admitted"
        groups = f", groups {', '.join(now.groups)}" if now.groups else ""
        yield (
            f"{code.upper()} ({now.name}) {back} as {now.role}{groups}, ceiling {now.ceiling}, "
            f"at {now.endpoint or 'no address'}."
        )
    else:
        yield from _fields(old, now)
    yield from _keys(old or before.known(code), now)


def _fields(old: Authority, now: Authority) -> Iterator[str]:
    who = now.code.upper()
    if joined := sorted(set(now.groups) - set(old.groups)):
        yield f"{who} joins {', '.join(joined)}."
    if left := sorted(set(old.groups) - set(now.groups)):
        yield f"{who} leaves {', '.join(left)}."
    for field, words in _WORDS.items():
        was, is_ = getattr(old, field), getattr(now, field)
        if was != is_:
            yield f"{who}: {words} is {is_ or 'none'} (before: {was or 'none'})."


_WORDS = {
    "name": "the name",
    "country": "the country",
    "role": "the role",
    "endpoint": "the address",
    "ceiling": "the highest classification",
    "screening_law": "an investment-screening law",
    "contact": "the contact",
}


def _keys(old: Authority | None, now: Authority) -> Iterator[str]:
    who = now.code.upper()
    had = {key.id: key for key in old.keys} if old is not None else {}
    for key in now.keys:
        if key.id not in had:
            yield f"{who}: new key {key.id}. Compare it over another channel."
        yield from _marks(who, had.get(key.id), key)
    for name in sorted(had.keys() - {key.id for key in now.keys}):
        yield f"{who}: key {name[:16]} is taken out; what it signed is no longer believed."


def _marks(who: str, old: PublicKey | None, key: PublicKey) -> Iterator[str]:
    name = key.id[:16]
    if key.revoked and not (old and old.revoked):
        yield f"{who}: key {name} is revoked; nothing it ever signed is believed."
    if key.retired and not (old and old.retired):
        yield f"{who}: key {name} is retired; what it signed before is still believed."
    if key.untrusted_after and (old is None or old.untrusted_after != key.untrusted_after):
        parts = [
            f"entry {index} of the feed to {'all others' if reader == OTHERS else reader.upper()}"
            for reader, index in sorted(key.untrusted_after.items(), key=lambda pair: (pair[0] == OTHERS, pair[0]))
        ]
        yield f"{who}: key {name} was stolen; it is believed up to {', '.join(parts)} and no further."


def _agreement(old: Agreement | None, now: Agreement | None) -> Iterator[str]:
    if now is None and old is not None:
        yield f"Agreement {old.id} ({old.title}) is taken out; nothing is released under it."
    elif now is not None and old is None:
        yield (
            f"Agreement {now.id} ({now.title}) is new: {', '.join(now.parties)} for {', '.join(now.purposes)}, "
            f"from {now.valid_from}{f' to {now.valid_to}' if now.valid_to else ''}, under {now.legal_basis}."
        )
    elif now is not None and old is not None:
        for pause in now.suspensions:
            if pause not in old.suspensions:
                yield f"Agreement {now.id} rests from {pause.since} {f'to {pause.until}' if pause.until else 'on'}."
        for pause in old.suspensions:
            if pause not in now.suspensions:
                yield f"Agreement {now.id} no longer rests from {pause.since}."
        for field in ("title", "parties", "legal_basis", "purposes", "valid_from", "valid_to"):
            was, is_ = getattr(old, field), getattr(now, field)
            if was != is_:
                yield f"Agreement {now.id}: {field.replace('_', ' ')} is {_text(is_)} (before: {_text(was)})."


def _text(value: object) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, tuple) else str(value or "open")


def _named(membership: Membership, name: str) -> Agreement | None:
    return next((one for one in membership.agreements if one.id == name), None)
