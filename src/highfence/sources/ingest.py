# SPDX-License-Identifier: Apache-2.0
"""Ingest: from what a file says to what is new in it.

Pure: what is held comes in as keys and fingerprints, what to do comes out as a `Difference`. Rules, in this order:

1. Keys are made unique: an entry that says again exactly what was said is dropped, one that says something else under
   the same key gets `#2`, `#3`, … in the file's order. Both are reported as `duplicate_key`.
2. What is gone counts only for a whole edition; an amending act takes nothing off.
3. The source's expectations are checked; a breach raises before anything is called new or gone.
4. An edition whose last row is cut off may lack more than can be seen: it adds and changes, and takes nothing off
   (`removals_withheld`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256

import msgspec

from highfence.model.entity import Entity
from highfence.model.listing import Listing
from highfence.model.schema import schema
from highfence.sources.expectations import check
from highfence.sources.source import ListedParty, Parsed, Problem, Source


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What a file changes: parties that are new or say something else, keys that are gone, and how many stayed."""

    added: tuple[ListedParty, ...]
    changed: tuple[ListedParty, ...]
    removed: tuple[str, ...]
    unchanged: int
    problems: tuple[Problem, ...] = ()


def difference(held: Mapping[str, str], parsed: Parsed, source: Source) -> Difference:
    """Compare a file with what is held from the last edition.

    `held` maps each held entry's listing key to its `fingerprint`. The parties come back in the file's order, the
    removed keys sorted.

    Raises:
        ListRefused: an expectation of `source` is breached; nothing is to be taken from the file.
    """
    parsed = settled(parsed)
    current = {party.listing.key: party for party in parsed.parties}
    gone = tuple(sorted(held.keys() - current.keys())) if parsed.complete else ()
    check(parsed, source, held=len(held), removed=len(gone))
    problems = list(parsed.problems)
    cut_off = next((problem for problem in problems if problem.code == "cut_off_row"), None)
    if gone and cut_off is not None:
        what = f"{len(gone):,} entries are missing from a file that is cut off; none of them is taken off"
        problems.append(Problem(line=cut_off.line, code="removals_withheld", what=what, taken=False))
        gone = ()
    added = tuple(party for key, party in current.items() if key not in held)
    changed = tuple(party for key, party in current.items() if key in held and held[key] != fingerprint(party))
    return Difference(
        added=added,
        changed=changed,
        removed=gone,
        unchanged=len(current) - len(added) - len(changed),
        problems=tuple(problems),
    )


def fingerprint(party: ListedParty) -> str:
    """Return the SHA-256, in hex, of what is said of a party, whatever the order of its entities and their values."""
    entities = [_ordered(entity) for entity in sorted(party.entities, key=lambda entity: entity.id)]
    return sha256(_ENCODER.encode((party.listing, entities))).hexdigest()


def settled(parsed: Parsed) -> Parsed:
    """Return `parsed` with unique listing keys, by the first rule of this module.

    The line of a `duplicate_key` found here is 0: the row has become a party by now. Parsers that know the line
    report it themselves and leave nothing to do here.
    """
    taken: dict[str, ListedParty] = {}
    problems: list[Problem] = []
    for party in parsed.parties:
        key = party.listing.key
        if key in taken:
            problem, renamed = _duplicate(party, taken)
            problems.append(problem)
            if renamed is not None:
                taken[renamed.listing.key] = renamed
        else:
            taken[key] = party
    if not problems:
        return parsed
    return msgspec.structs.replace(parsed, parties=tuple(taken.values()), problems=(*parsed.problems, *problems))


def to_ftm(parsed: Parsed, source: Source | None = None) -> Iterator[Entity]:
    """Yield the file as FollowTheMoney: every entity once, and after each party's own the `Sanction` that lists it.

    Entities of one id that several parties carry are joined: all values, the narrower schema. With `source` the
    sanction also names its publisher as authority.
    """
    parties = settled(parsed).parties
    joined: dict[str, Entity] = {}
    for party in parties:
        for entity in party.entities:
            held = joined.get(entity.id)
            joined[entity.id] = entity if held is None else _joined(held, entity)
    for party in parties:
        for entity in party.entities:
            whole = joined.pop(entity.id, None)
            if whole is not None:
                yield whole
        yield sanction(party.listing, authority=source.publisher if source else "")


def sanction(listing: Listing, *, authority: str = "") -> Entity:
    """Return a listing as FollowTheMoney's `Sanction`; its id depends on the source and the listing's key alone."""
    digest = sha256(f"{listing.source}\n{listing.key}".encode()).hexdigest()[:12]
    listed = listing.listed.isoformat() if listing.listed else ""
    properties = {
        "entity": (listing.entity,),
        "authority": (authority,),
        "country": (listing.jurisdiction if len(listing.jurisdiction) == 2 else "",),
        "program": (listing.programme or listing.list,),
        "summary": (listing.list,),
        "provisions": (listing.measure, listing.licence_requirement, listing.licence_policy),
        "reason": (listing.reason,),
        "listingDate": (listed,),
        "startDate": (listed,),
        "endDate": (listing.until.isoformat() if listing.until else "",),
        "recordId": (listing.key,),
        "description": (listing.reference,),
        "sourceUrl": (listing.url,),
    }
    said = {name: tuple(value for value in values if value.strip()) for name, values in properties.items()}
    return Entity(
        id=f"{listing.entity}-listing-{digest}",
        schema="Sanction",
        properties={name: values for name, values in said.items() if values},
    )


_ENCODER = msgspec.json.Encoder(order="sorted")


def _ordered(entity: Entity) -> Entity:
    return Entity(
        id=entity.id,
        schema=entity.schema,
        properties={name: tuple(sorted(values)) for name, values in entity.properties.items()},
        originals=entity.originals,
        languages=entity.languages,
    )


def _duplicate(party: ListedParty, taken: Mapping[str, ListedParty]) -> tuple[Problem, ListedParty | None]:
    """Say what becomes of a party whose key is taken; None if it says nothing new."""
    key = party.listing.key
    print_of = fingerprint(party)
    number = 1
    candidate = key
    while candidate in taken:
        if fingerprint(_under(key, taken[candidate])) == print_of:
            what = f"the entry {key} stands in the file again, word for word"
            return Problem(line=0, code="duplicate_key", what=what, taken=False), None
        number += 1
        candidate = f"{key}#{number}"
    what = f"another entry has the key {key} too; this one is kept as {candidate}"
    return Problem(line=0, code="duplicate_key", what=what, taken=True), _under(candidate, party)


def _under(key: str, party: ListedParty) -> ListedParty:
    if party.listing.key == key:
        return party
    return ListedParty(listing=msgspec.structs.replace(party.listing, key=key), entities=party.entities)


def _joined(held: Entity, other: Entity) -> Entity:
    properties = dict(held.properties)
    for name, values in other.properties.items():
        properties[name] = tuple(dict.fromkeys((*properties.get(name, ()), *values)))
    narrower = other.schema if schema(other.schema).is_a(held.schema) else held.schema
    return Entity(
        id=held.id,
        schema=narrower,
        properties=properties,
        originals=held.originals | other.originals,
        languages=held.languages | other.languages,
    )
