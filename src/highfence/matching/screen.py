# SPDX-License-Identifier: Apache-2.0
"""Screen: is this party, or one very like it, on the watchlist?

The answer is a list of scored matches, or a problem that says why there can be none. "No match" without a problem
means that the name was looked at whole and nothing on the watchlist reaches the threshold; it is no clearance.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from highfence.matching.index import NAME_PROPERTIES, NAMES_ASKED_MOST, Candidate, names_of
from highfence.matching.prepared import Prepared, prepare
from highfence.matching.score import NAMES_ALIKE, Feature, rough_value, score_prepared, standing, value_prepared
from highfence.matching.transliteration import normal
from highfence.matching.watchlist import Watchlist
from highfence.model.entity import Entity
from highfence.model.identifier import identifiers_of

#: The line above which a pair is shown, as the scorer is calibrated.
THRESHOLD = 0.7
#: How many candidates are scored at most, and how much of a name each must share: so much by itself, and so much of
#: what the best one shares. After so many in a row whose names are not alike the rest are left out: looking at more of
#: a long tail finds nothing, looking for longer where something was found does (docs/decisions, candidates).
CANDIDATES = 32
RANK_LEAST = 0.15
RANK_SHARE_LEAST = 0.35
UNLIKE_MOST = 8
#: A longer name is read only so far, which is said; a text this long is no name at all and refused.
NAME_CHARACTERS_WHOLE = 400
NAME_CHARACTERS_MOST = 5_000
#: More names than this of one party are not looked at, which is said.
NAMES_WHOLE = NAMES_ASKED_MOST
_NO_READING = "the name has no letter that can be read; give it in another script"


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A party that may be the one asked for: how likely (0..1), whether that reaches the threshold, and why."""

    id: str
    caption: str
    score: float
    match: bool
    explanation: tuple[Feature, ...]


class Screening(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked and what was found, best first.

    `problem` says, if it is not empty, what could not be looked at; `refused` that nothing could, so that no match
    means nothing.
    """

    query: Entity
    matches: tuple[Match, ...] = ()
    problem: str = ""
    refused: bool = False


def screen(query: Entity, watchlist: Watchlist, *, threshold: float = THRESHOLD, limit: int = 5) -> Screening:
    """Look for a party on a watchlist; return the `limit` best matches that reach `threshold`.

    >>> watchlist = Watchlist.build([Entity(id="a", schema="Company", properties={"name": ("Example Works LLC",)})])
    >>> asked = Entity(id="q", schema="Company", properties={"name": ("OOO Example Works",)})
    >>> [match.id for match in screen(asked, watchlist).matches]
    ['a']
    >>> screen(Entity(id="q", schema="Company", properties={"name": ("Ж",)}), watchlist).problem
    'the name is only one letter; give the whole name'
    """
    problem = unanswerable(query)
    if problem:
        return Screening(query=query, problem=problem, refused=True)
    prepared = prepare(_bounded(query))
    if not _comparable(prepared):
        return Screening(query=query, problem=_NO_READING, refused=True)
    found = _scored(prepared, watchlist.candidates(query, CANDIDATES), watchlist=watchlist, threshold=threshold)
    matches = []
    for entity, theirs in found[:limit]:
        score = score_prepared(prepared, theirs)
        matches.append(
            Match(
                id=entity.id,
                caption=entity.caption,
                score=score.value,
                match=score.value >= threshold,
                explanation=score.explanation,
            )
        )
    return Screening(query=query, matches=tuple(matches), problem=_incompleteness(query))


def unanswerable(query: Entity) -> str:
    """Say why a party cannot be screened, or return an empty text; an identifier stands in for a name.

    >>> unanswerable(Entity(id="q", schema="Company", properties={"name": ("?!",)}))
    'the name has no letter and no digit; give the whole name'
    """
    if identifiers_of(query):
        return ""
    names = names_of(query, most=NAMES_WHOLE)
    problems = [_unreadable(name) for name in names]
    if not names:
        return "the name is empty; fill it in"
    return problems[0] if all(problems) else ""


def _scored(
    query: Prepared, candidates: Sequence[Candidate], *, watchlist: Watchlist, threshold: float
) -> list[tuple[Entity, Prepared]]:
    """Return the candidates that reach the threshold, best first."""
    found = []
    unlike = 0
    value_of, alike = (rough_value, NAMES_ALIKE) if threshold >= NAMES_ALIKE else (value_prepared, threshold)
    least = max(RANK_LEAST, RANK_SHARE_LEAST * candidates[0].rank) if candidates else 0.0
    for place, candidate in enumerate(candidates):
        if candidate.rank < least or unlike >= UNLIKE_MOST:
            break
        party = watchlist.get(candidate.id)
        if party is None:
            continue
        value = value_of(query, _by_names(party[1], candidate.names))
        unlike = unlike + 1 if value < alike else 0
        if value >= threshold:
            found.append((*order(query, party[1]), place, party))
    return [one[-1] for one in sorted(found, key=lambda one: one[:3])]


def order(query: Prepared, candidate: Prepared) -> tuple[float, float]:
    """Return the key by which candidates for a query are sorted, best first."""
    value = value_prepared(query, candidate)
    return -value, -standing(query, candidate) if value >= THRESHOLD else 0.0


def _by_names(party: Prepared, names: tuple[str, ...]) -> Prepared:
    """Return a party with only those of its names that led to it: who has fifty aliases is not compared fifty times."""
    if not names or len(party.names) <= len(names):
        return party
    kept = tuple(known for known in party.names if known.name.text in names)
    return msgspec.structs.replace(party, names=kept) if kept else party


def _comparable(query: Prepared) -> bool:
    """Tell whether there is anything to compare: of some letters there is no reading, or one without a sound."""
    return bool(query.identifiers) or any(known.name.tokens for known in query.names)


def _bounded(query: Entity) -> Entity:
    """Return the query with no more names than are looked for."""
    names = names_of(query, most=NAMES_WHOLE + 1)
    if len(names) <= NAMES_WHOLE:
        return query
    others = {prop: values for prop, values in query.properties.items() if prop not in NAME_PROPERTIES}
    return msgspec.structs.replace(query, properties={"name": tuple(names[:NAMES_WHOLE]), **others})


def _unreadable(name: str) -> str:
    if len(name) > NAME_CHARACTERS_MOST:
        return f"the name has {len(name):,} characters and is no name; give the name alone"
    if _letters(name) > 1:
        return ""
    if not name.strip():
        return "the name is empty; fill it in"
    letters = _letters(normal(name[:NAME_CHARACTERS_WHOLE]))
    if letters == 0:
        return "the name has no letter and no digit; give the whole name"
    return "the name is only one letter; give the whole name" if letters == 1 else ""


def _letters(text: str) -> int:
    """Return how many letters and digits there are, and 2 for more."""
    found = 0
    for character in text[:NAME_CHARACTERS_WHOLE]:
        if character.isalnum():
            found += 1
            if found == 2:
                break
    return found


def _incompleteness(query: Entity) -> str:
    """Say what of a query was not looked at, or return an empty text."""
    names = names_of(query, most=NAMES_WHOLE + 1)
    if len(names) > NAMES_WHOLE:
        return f"only the first {NAMES_WHOLE} names were looked for; give the others in a query of their own"
    for name in names:
        if len(name) > NAME_CHARACTERS_WHOLE:
            return f"only the first {NAME_CHARACTERS_WHOLE} characters of the name were looked at; compare by hand"
    left = [why for name in names if (why := _unreadable(name))]
    return f"one of the names was not looked for: {left[0]}" if left else ""
