# SPDX-License-Identifier: Apache-2.0
"""Search: companies by what somebody types, in any script, misspelt, by an alias, a number or the beginning of a name.

A search shows more than screening does: a person looks for a company and will know it when they see it. All of it comes
from the reader's own roll and sight, so that neither hits nor their order tell of anything else.
"""

from __future__ import annotations

import msgspec

from highfence.matching.prepared import prepare
from highfence.matching.score import value_prepared
from highfence.matching.screen import THRESHOLD, unanswerable
from highfence.matching.watchlist import Watchlist
from highfence.model.entity import Entity
from highfence.register.absorb import countries_of
from highfence.register.entities import Roll
from highfence.register.reading import HITS_MAX, Sight
from highfence.register.view import Hit

#: A text longer than this is no name of a company.
QUERY_CHARACTERS_MOST = 500
#: What is shown although it would not pass a screening: who scores so much; or less, and has so much of the name.
_VALUE_NEAR = 0.4
_VALUE_LEAST = 0.3
_RANK_NEAR = 0.4
#: Where a number may stand whose kind nobody says.
_NUMBERS = ("registrationNumber", "taxNumber", "leiCode", "imoNumber")


class _Found(msgspec.Struct, frozen=True):
    """A party that is like the text: by its score, by its share of a name, and which name that is (empty: a number)."""

    value: float
    rank: float
    entity: Entity
    name: str


def search(sight: Sight, roll: Roll, text: str, *, limit: int = HITS_MAX) -> tuple[Hit, ...]:
    """Return companies that `text` may mean, each once: as good as named so, then by beginnings, then what is near."""
    text = text.strip()[:QUERY_CHARACTERS_MOST]
    limit = min(limit, HITS_MAX)
    begun = {hit.company: hit for hit in sight.search(text, limit=limit)}
    found = _look(text, roll.watchlist)
    alike = [one for one in found if one.value >= THRESHOLD]
    near = [one for one in found if one.value < THRESHOLD]
    order = [one.entity.id for one in alike] + list(begun) + [one.entity.id for one in near]
    chosen = list(dict.fromkeys(order))[:limit]
    of = {one.entity.id: one for one in found}
    listed = sight.listed_by([company for company in chosen if company not in begun])
    return tuple(begun.get(one) or _hit(of[one], listed.get(one, ())) for one in chosen)


def _look(text: str, watchlist: Watchlist) -> list[_Found]:
    """Return who on the watchlist is like the text, best first."""
    asked = Entity(id="query", schema="Thing", properties={"name": (text,), **dict.fromkeys(_NUMBERS, (text,))})
    if unanswerable(asked):
        return []
    query = prepare(asked)
    found = [
        _Found(value_prepared(query, party[1]), candidate.rank, party[0], next(iter(candidate.names), ""))
        for candidate in watchlist.candidates(asked, HITS_MAX)
        if (party := watchlist.get(candidate.id)) is not None
    ]
    return sorted(filter(_shown, found), key=lambda one: (-one.value, -one.rank, one.entity.id))


def _shown(one: _Found) -> bool:
    return one.value >= _VALUE_NEAR or (one.value >= _VALUE_LEAST and one.rank >= _RANK_NEAR)


def _hit(found: _Found, listed_by: tuple[str, ...]) -> Hit:
    entity = found.entity
    return Hit(
        company=entity.id,
        caption=entity.caption,
        schema=entity.schema,
        countries=countries_of(entity),
        listed_by=listed_by,
        found_by="" if found.name.casefold() == entity.caption.casefold() else found.name,
    )
