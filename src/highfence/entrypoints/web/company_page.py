# SPDX-License-Identifier: Apache-2.0
"""Company page: a profile arranged for the eye. Pure; nothing is added to what the reader's profile holds."""

from __future__ import annotations

from datetime import date

import msgspec

from highfence.entrypoints.web.words import property_label, property_type, value_words
from highfence.errors import InvalidEntity
from highfence.model.marking import Marking
from highfence.model.schema import Edge, schema
from highfence.register.view import MarkedListing, MarkedStatement, Profile

#: Properties by which another entity is called on a page, the first that has a value.
_CAPTIONS = ("name", "alias", "full", "program", "authority", "role", "registrationNumber")


class Saying(msgspec.Struct, frozen=True, kw_only=True):
    """That an authority says a value: since when, in which assertion, under which marking."""

    originator: str
    since: date
    assertion: str
    marking: Marking


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A value and all who say it.

    `label` is the property in words, `shown` the value or the name it stands for, `originals` the ways it was printed
    where they differ.
    """

    label: str
    shown: str
    originals: tuple[str, ...]
    language: str
    said: tuple[Saying, ...]


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """An entity told along with the company: an address, a director, an ownership, a measure."""

    entity: str
    caption: str
    schema: str
    values: tuple[Value, ...]


class ListingLine(msgspec.Struct, frozen=True, kw_only=True):
    """A jurisdiction's line: one of its listings, or none. `stands` tells whether it lists the company today."""

    jurisdiction: str
    marked: MarkedListing | None
    stands: bool


class CompanyPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the template shows beside the profile itself."""

    lines: tuple[ListingLine, ...]
    values: tuple[Value, ...]
    linked: tuple[Linked, ...]


def company_page(found: Profile, *, on: date) -> CompanyPage:
    """Return a profile's listings and statements in the order of the page."""
    captions = _captions(found)
    own: list[MarkedStatement] = []
    others: dict[str, list[MarkedStatement]] = {}
    for one in found.statements:
        said = one.statement
        if said.entity not in found.entities:
            # An address is what it says: told by two, it is one. People of one name stay two.
            address = f"address:{captions[said.entity]}" if said.schema == "Address" and said.entity in captions else ""
            others.setdefault(address or said.entity, []).append(one)
        elif property_type(said.schema, said.prop) != "entity" or said.value not in captions:
            # What points to an entity told along is left out: that entity is shown itself.
            own.append(one)
    linked = (
        Linked(
            entity=said[0].statement.entity,
            caption=captions.get(said[0].statement.entity, said[0].statement.entity),
            schema=said[0].statement.schema,
            values=_values(said, captions),
        )
        for said in others.values()
    )
    return CompanyPage(
        lines=_lines(found, on),
        values=_values(own, captions),
        linked=tuple(sorted(linked, key=lambda one: (one.schema, one.caption.casefold(), one.entity))),
    )


def _lines(found: Profile, on: date) -> tuple[ListingLine, ...]:
    """Return who lists it first, then who did, then who does not, each by jurisdiction and day."""
    told = [
        ListingLine(jurisdiction=one.listing.jurisdiction, marked=one, stands=one.listing.stands(on))
        for one in found.listings
    ]
    silent = [ListingLine(jurisdiction=code, marked=None, stands=False) for code in found.not_listed_by]
    return tuple(sorted([*told, *silent], key=_line_order))


def _line_order(line: ListingLine) -> tuple[int, str, date, str]:
    since = line.marked.listing.listed if line.marked is not None else None
    rank = 0 if line.stands else 1 if line.marked is not None else 2
    return (rank, line.jurisdiction, since or date.max, line.marked.assertion if line.marked is not None else "")


def _values(said: list[MarkedStatement], captions: dict[str, str]) -> tuple[Value, ...]:
    """Return each value once, with all who say it: that two authorities agree is seen at a glance."""
    order = _property_order(said[0].statement.schema) if said else {}
    grouped: dict[tuple[str, str], list[MarkedStatement]] = {}
    for one in said:
        grouped.setdefault((one.statement.prop, one.statement.value), []).append(one)
    ranked = sorted(grouped, key=lambda key: (order.get(key[0], len(order)), key[0], key[1].casefold(), key[1]))
    return tuple(_value(grouped[key], captions) for key in ranked)


def _value(said: list[MarkedStatement], captions: dict[str, str]) -> Value:
    first = said[0].statement
    originals = {one.statement.original_value for one in said} - {"", first.value}
    by_age = sorted(said, key=lambda one: (one.statement.first_seen, one.statement.originator, one.statement.assertion))
    return Value(
        label=property_label(first.prop),
        shown=captions.get(first.value) or value_words(first.value, first.schema, first.prop),
        originals=tuple(sorted(originals)),
        language=next((one.statement.language for one in said if one.statement.language), ""),
        said=tuple(
            Saying(
                originator=one.statement.originator,
                since=one.statement.first_seen,
                assertion=one.statement.assertion,
                marking=one.marking,
            )
            for one in by_age
        ),
    )


def _captions(found: Profile) -> dict[str, str]:
    """Return what each entity of the profile is called, for those that point to it."""
    best: dict[str, tuple[int, str]] = {}
    for one in found.statements:
        said = one.statement
        if said.prop in _CAPTIONS:
            rank = (_CAPTIONS.index(said.prop), said.value)
            best[said.entity] = min(best.get(said.entity, rank), rank)
    named = {entity: caption for entity, (_, caption) in best.items()}
    named.update(dict.fromkeys(found.entities, found.caption))
    return {**_edges(found, named), **named}


def _edges(found: Profile, named: dict[str, str]) -> dict[str, str]:
    """Return captions for links between two parties, such as an ownership: who to whom."""
    ends: dict[str, tuple[set[str], set[str]]] = {}
    for one in found.statements:
        said = one.statement
        edge = _edge(said.schema)
        if edge is not None and said.prop in (edge.source, edge.target):
            side = 0 if said.prop == edge.source else 1
            ends.setdefault(said.entity, (set(), set()))[side].add(named.get(said.value, said.value))
    return {
        entity: f"{', '.join(sorted(sources)) or '?'} → {', '.join(sorted(targets)) or '?'}"
        for entity, (sources, targets) in ends.items()
    }


def _edge(name: str) -> Edge | None:
    try:
        return schema(name).edge
    except InvalidEntity:
        return None


def _property_order(name: str) -> dict[str, int]:
    """Return the rank of the properties that a schema shows first; a schema nobody knows ranks none."""
    try:
        featured = schema(name).featured
    except InvalidEntity:
        return {}
    return {prop: rank for rank, prop in enumerate(dict.fromkeys(("name", *featured)))}
