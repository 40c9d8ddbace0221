# SPDX-License-Identifier: Apache-2.0
"""Score: how likely two entities are the same party, with the reasons. It never decides; a person does.

>>> from highfence.model.entity import Entity
>>> listed = Entity(id="a", schema="Company", properties={"name": ("Example Radio Works JSC",), "country": ("ru",)})
>>> asked = Entity(id="b", schema="Company", properties={"name": ("AO Example Radiozavod",)})
>>> score(asked, listed).match
True
"""

from __future__ import annotations

import msgspec

from highfence.matching.comparison import compare
from highfence.matching.features import Effect, address, country, dates, identifiers, legal_form, name, schema
from highfence.matching.prepared import Prepared, prepare
from highfence.matching.scorers import Scorer, scorer
from highfence.model.entity import Entity

__all__ = [
    "NAMES_ALIKE",
    "Feature",
    "Score",
    "prepare",
    "rough_value",
    "score",
    "score_prepared",
    "standing",
    "value_prepared",
]

#: Below this the names say so little that country, address and dates cannot raise the score.
NAMES_ALIKE = 0.5
#: Names of each side that are compared to rank parties of equal score.
_NAMES_RANKED_MAX = 12
#: What equal words in other letters are worth beside equal letters, when parties of equal score are ranked.
_UNEQUAL_LETTERS = 0.95


class Feature(msgspec.Struct, frozen=True):
    """One piece of evidence: its name, its own number (0..1) and a sentence."""

    feature: str
    score: float
    text: str


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """The score of two parties. `match` tells whether it reaches the scorer's threshold.

    `incomplete` tells that a name was empty or too long to be looked at whole: no match then proves nothing, and a
    person has to compare. `scorer` is the version that made it.
    """

    value: float
    match: bool
    explanation: tuple[Feature, ...]
    scorer: str
    incomplete: bool = False


def score(query: Entity, candidate: Entity) -> Score:
    """Compare two entities with the current scorer."""
    return score_prepared(prepare(query), prepare(candidate))


def score_prepared(query: Prepared, candidate: Prepared, *, by: Scorer | None = None) -> Score:
    """Compare two prepared entities and say why; symmetric in its value."""
    by = by or scorer()
    value, found, effects = _weigh(query, candidate, by)
    features = [Feature("name", round(found.value, 4), name.sentence(found))]
    features += [Feature(which, effect.score, effect.text) for which, effect in effects]
    incomplete = query.truncated or candidate.truncated or _nameless(query) or _nameless(candidate)
    if incomplete:
        features.append(Feature("completeness", 0.0, _why_incomplete(query, candidate)))
    value = round(value, 4)
    return Score(
        value=value, match=value >= by.threshold, explanation=tuple(features), scorer=by.name, incomplete=incomplete
    )


def value_prepared(query: Prepared, candidate: Prepared, *, by: Scorer | None = None) -> float:
    """Return only the number of `score_prepared`, for ranking many candidates."""
    return round(_weigh(query, candidate, by or scorer())[0], 4)


def rough_value(query: Prepared, candidate: Prepared, *, by: Scorer | None = None) -> float:
    """Return `value_prepared` of parties whose names are alike; of others, quickly, a number below `NAMES_ALIKE`.

    Nothing but an identifier can raise the score of names that are not alike to where it matters.
    """
    by = by or scorer()
    if not query.identifiers:
        value = name.best(query, candidate, by).value
        if value < NAMES_ALIKE:
            return value
    return value_prepared(query, candidate, by=by)


def standing(query: Prepared, candidate: Prepared) -> float:
    """Return how far all names of a query are borne out by a candidate (0..1): it ranks those of equal score.

    One name may be equal by chance or because one company is listed twice. Who shares more of the names, and their
    very letters, stands before who shares one.
    """
    if not query.names or not candidate.names:
        return 0.0
    theirs = candidate.names[:_NAMES_RANKED_MAX]
    letters = {known.name.whole for known in theirs}
    found = 0.0
    asked = query.names[:_NAMES_RANKED_MAX]
    for known in asked:
        equal = known.name.whole in letters
        found += 1.0 if equal else _UNEQUAL_LETTERS * max(compare(known.name, other.name).value for other in theirs)
    return found / len(asked)


def _weigh(query: Prepared, candidate: Prepared, by: Scorer) -> tuple[float, name.Best, list[tuple[str, Effect]]]:
    found = name.best(query, candidate, by)
    weights = by.features
    form = legal_form.weigh(found.query.name, found.candidate.name) if found.query and found.candidate else None
    looked = (
        ("identifier", identifiers.weigh(query, candidate, weights, name_score=found.value)),
        ("country", country.weigh(query, candidate, weights)),
        ("legal_form", form),
        ("dates", dates.weigh(query, candidate, weights)),
        ("address", address.weigh(query, candidate, weights)),
        ("schema", schema.weigh(query, candidate, weights)),
    )
    effects = [(which, effect) for which, effect in looked if effect is not None]
    value = found.value
    for _, effect in effects:
        value *= effect.factor
    if found.value >= NAMES_ALIKE:
        for _, effect in effects:
            value += (1 - value) * effect.raise_by
    floor = max((effect.at_least for _, effect in effects), default=0.0)
    return min(1.0, max(value, floor)), found, effects


def _nameless(party: Prepared) -> bool:
    return all(known.name.empty for known in party.names)


def _why_incomplete(query: Prepared, candidate: Prepared) -> str:
    if _nameless(query) or _nameless(candidate):
        return "a party has no name that can be compared: no match proves nothing, compare by hand"
    return "a name is too long to be looked at whole: no match proves nothing, compare by hand"
