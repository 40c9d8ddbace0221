# SPDX-License-Identifier: Apache-2.0
"""Doubt: when two parties that are alike may be joined without anybody's looking.

A wrong join puts an innocent firm under a listed one's name, so this asks far more than the line above which a pair is
shown. Only organisations are joined so: people share names. The names by which both call themselves must be as good
as equal (aliases do not count: lists give as alias what is also the name of a parent or a neighbour), must say
something of their own, and nothing else may speak against it.
"""

from __future__ import annotations

import re

import msgspec

from highfence.matching.score import score
from highfence.model.entity import Entity
from highfence.register.keys import (
    OF_EVERY_STATE,
    ORGANISATIONS,
    WITH_FORM_COUNTRY,
    is_long,
    names_an_organisation,
    normalise,
    split_name,
)

#: The least score by the names alone. See docs/decisions, judgement, for what this and the rest was measured to join.
SCORE_LEAST = 0.985
#: Least own words, or characters, of a name where the country of one of the two is not known: the same name may then be
#: borne by bodies of several countries.
COUNTRY_UNKNOWN = (4, 24)
_COUNTRIES = ("country", "jurisdiction", "mainCountry")
_NOT_ITS_NAME = ("alias", "previousName", "weakAlias", "abbreviation")
_BRACKETS = re.compile(r"\(([^()]*)\)")


def beyond_doubt(one: Entity, other: Entity) -> bool:
    """Tell whether two entities are one party so surely that nobody need look; symmetric."""
    pair = (one, other)
    if any(entity.schema not in ORGANISATIONS for entity in pair):
        return False
    countries = [{code for prop in _COUNTRIES for code in entity.values(prop)} for entity in pair]
    known = all(countries)
    if known and countries[0] != countries[1]:
        return False
    least = WITH_FORM_COUNTRY if known else COUNTRY_UNKNOWN
    if not all(any(_says_enough(name, least) for name in entity.values("name")) for entity in pair):
        return False
    # Some lists do not say what a party is. Whoever bears an organisation's name is one; people share names.
    if not any(names_an_organisation(name, entity) for entity in pair for name in entity.values("name")):
        return False
    # A branch is named after its place in brackets; a firm's daughter abroad differs in its form alone.
    if _bracketed(one) != _bracketed(other) or (not known and _forms(one) != _forms(other)):
        return False
    found = score(_called(one), _called(other))
    against = any(feature.score < 1.0 for feature in found.explanation if feature.feature != "name")
    return found.value >= SCORE_LEAST and not found.incomplete and not against


def _says_enough(name: str, least: tuple[int, int]) -> bool:
    words = split_name(normalise(name))[0]
    stately = least == COUNTRY_UNKNOWN and not OF_EVERY_STATE.isdisjoint(words)
    return is_long(words, least) and not stately


def _forms(entity: Entity) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(split_name(normalise(name))[1]) for name in entity.values("name"))


def _bracketed(entity: Entity) -> frozenset[str]:
    """Return what stands in brackets in the names, unless it is one word, which is most often an abbreviation."""
    found = {normalise(part) for name in entity.values("name") for part in _BRACKETS.findall(name)}
    return frozenset(part for part in found if " " in part)


def _called(entity: Entity) -> Entity:
    """Return the entity with the names by which it calls itself, and no others."""
    kept = {prop: values for prop, values in entity.properties.items() if prop not in _NOT_ITS_NAME}
    return msgspec.structs.replace(entity, properties=kept)
