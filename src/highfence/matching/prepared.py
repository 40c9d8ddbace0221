# SPDX-License-Identifier: Apache-2.0
"""Prepared: an entity read once for comparison with many others."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from highfence.matching.analysis import analyse, kind_of
from highfence.matching.names import Name
from highfence.matching.transliteration import latin, normal
from highfence.model.country import country_code, country_of_address
from highfence.model.entity import Entity
from highfence.model.identifier import Identifier, identifiers_of

#: Names of one party that are compared; the longest lists have a few dozen.
NAMES_MAX = 120
#: Property -> how far a name under it is to be believed.
_NAMES = {"name": "name", "alias": "alias", "abbreviation": "weak", "weakAlias": "weak", "previousName": "former"}
_COUNTRIES = ("jurisdiction", "country", "mainCountry", "nationality", "citizenship", "flag")
_BEGINNINGS = ("birthDate", "incorporationDate", "buildDate")
_ADDRESS_CHARACTERS_MAX = 300
_ADDRESS_WORD = re.compile(r"[a-z0-9]+")
_DATE = re.compile(r"\d{4}(?:-\d{2}){0,2}")


class Known(msgspec.Struct, frozen=True, gc=False):
    """A name and how it is known: `name`, `alias`, `former` or `weak`."""

    name: Name
    strength: str


class Prepared(msgspec.Struct, frozen=True, kw_only=True, eq=False, gc=False):
    """What the features look at. `dates` are birth, incorporation or building as ISO dates, whole or in part."""

    id: str
    schema: str
    kind: str
    names: tuple[Known, ...]
    identifiers: tuple[Identifier, ...] = ()
    countries: frozenset[str] = frozenset()
    addresses: tuple[frozenset[str], ...] = ()
    dates: frozenset[str] = frozenset()
    truncated: bool = False


def prepare(entity: Entity) -> Prepared:
    """Read an entity for comparison. Never fails; a party without any name is prepared too, and says nothing."""
    names = tuple(_names(entity))
    return Prepared(
        id=entity.id,
        schema=entity.schema,
        kind=kind_of(entity.schema),
        names=names[:NAMES_MAX],
        identifiers=identifiers_of(entity),
        countries=_countries(entity),
        addresses=tuple(address_words(text) for text in entity.values("address")[:20]),
        dates=frozenset(
            found[0] for prop in _BEGINNINGS for value in entity.values(prop) if (found := _DATE.match(value))
        ),
        truncated=len(names) > NAMES_MAX or any(known.name.truncated for known in names),
    )


def _names(entity: Entity) -> Iterator[Known]:
    seen: set[str] = set()
    for prop, strength in _NAMES.items():
        for text in entity.values(prop):
            if text not in seen:
                seen.add(text)
                yield Known(analyse(text, schema=entity.schema), strength)
    if not entity.values("name") and entity.values("lastName"):
        text = " ".join([*entity.values("firstName")[:1], *entity.values("lastName")[:1]])
        yield Known(analyse(text, schema=entity.schema), "name")


def _countries(entity: Entity) -> frozenset[str]:
    found = {code for prop in _COUNTRIES for value in entity.values(prop) if (code := country_code(value))}
    return frozenset(found or {code for text in entity.values("address") if (code := country_of_address(text))})


def address_words(text: str) -> frozenset[str]:
    """Return the words of an address, in Latin letters and without case."""
    return frozenset(_ADDRESS_WORD.findall(latin(normal(text[:_ADDRESS_CHARACTERS_MAX]))))
