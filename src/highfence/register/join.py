# SPDX-License-Identifier: Apache-2.0
"""Join: which arriving entities are one company, because they share a key with each other or with one already known.

The companies are the connected components of entities and keys, and a component is named by its smallest id. So the
grouping does not depend on the order of arrival, nor on how arrivals are cut into batches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec


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
