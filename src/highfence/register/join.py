# SPDX-License-Identifier: Apache-2.0
"""Join: which arriving entities are one company, because they share a key with each other or with one already known.

The companies are the connected components of entities and keys, and a component is named by its smallest id. So the
grouping does not depend on the order of arrival, nor on how arrivals are cut into batches. Stored are the components;
where a person holds two entities apart, `join_apart` parts them for each reader.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

#: The kind of the keys by which the engine joins two entities that it found alike.
LIKE = "like"


class Arrival(msgspec.Struct, frozen=True):
    """An entity to be placed: the id that would name its company if it stood alone, and its keys."""

    entity: str
    keys: tuple[str, ...]


class Joining(msgspec.Struct, frozen=True, kw_only=True):
    """What the arrivals change.

    `company_of` has the company of each arrived entity, `merged` each old company that went into another (old ->
    surviving, never a chain), `keys` each key that is new or belongs to another company than before.
    """

    company_of: dict[str, str]
    merged: dict[str, str]
    keys: dict[str, str]


def join(arrivals: Sequence[Arrival], known: Mapping[str, str]) -> Joining:
    """Place `arrivals` among the companies already known by `known` (key -> company).

    `known` needs to hold only the keys of the arrivals. If it holds more, those whose company merges are in `keys` too.
    Takes time nearly linear in the number of keys.
    """
    parent: dict[str, str] = {}
    first_with: dict[str, str] = {}
    for arrival in arrivals:
        parent.setdefault(arrival.entity, arrival.entity)
        for key in arrival.keys:
            held = known.get(key)
            other = first_with.setdefault(key, arrival.entity if held is None else held)
            parent.setdefault(other, other)
            _unite(parent, arrival.entity, other)
    company_of = {arrival.entity: _root(parent, arrival.entity) for arrival in arrivals}
    keys = {
        key: company_of[arrival.entity]
        for arrival in arrivals
        for key in arrival.keys
        if known.get(key) != company_of[arrival.entity]
    }
    merged = {}
    for key in first_with:
        old = known.get(key)
        if old is not None and (survivor := _root(parent, old)) != old:
            merged[old] = survivor
    if merged:
        keys.update({key: merged[old] for key, old in known.items() if old in merged})
    return Joining(company_of=company_of, merged=merged, keys=keys)


def join_apart(arrivals: Sequence[Arrival], apart: Collection[frozenset[str]]) -> dict[str, str]:
    """Return the company of each arrival where some pairs of entities are held apart by a person.

    The strongest keys join first: ids, then identifiers, then what tells one by a day or place, then names, then what
    the engine found alike; and no key brings together two companies of which any entities are held apart. So what only
    a weak key ties to both sides goes with one of them, the same one whatever the order of arrival.
    """
    parent = {arrival.entity: arrival.entity for arrival in arrivals}
    foes: dict[str, set[str]] = {entity: set() for entity in parent}
    for pair in apart:
        for entity in pair & parent.keys():
            foes[entity] |= pair - {entity}
    members: dict[str, set[str]] = {}
    for arrival in arrivals:
        for key in arrival.keys:
            members.setdefault(key, set()).add(arrival.entity)
    for key in sorted(members, key=lambda key: (_strength(key), key)):
        # Each with each, for one that is held apart from the first may yet belong to the second.
        entities = sorted(members[key])
        for place, entity in enumerate(entities):
            for other in entities[place + 1 :]:
                _unite_unless_foes(parent, foes, pair=(entity, other))
    return {entity: _root(parent, entity) for entity in parent}


#: What kinds of keys say, the strongest first; any other kind is an identifier.
_STRENGTHS = {"entity": 0, "company": 0, "person": 2, "address": 2, "name": 3, LIKE: 4}


def _strength(key: str) -> int:
    return _STRENGTHS.get(key.partition(":")[0], 1)


def _unite_unless_foes(parent: dict[str, str], foes: dict[str, set[str]], *, pair: tuple[str, str]) -> None:
    one, other = sorted(_root(parent, entity) for entity in pair)
    if one == other or any(_root(parent, foe) == other for foe in foes[one] if foe in parent):
        return
    _unite(parent, one, other)
    foes[one] |= foes[other]


def _root(parent: dict[str, str], name: str) -> str:
    """Return the smallest name of the component, shortening the path to it."""
    while (above := parent[name]) != name:
        parent[name] = parent[above]
        name = above
    return name


def _unite(parent: dict[str, str], one: str, other: str) -> None:
    one, other = _root(parent, one), _root(parent, other)
    if one < other:
        parent[other] = one
    elif other < one:
        parent[one] = other
