# SPDX-License-Identifier: Apache-2.0
"""Name: the best pair of names of two parties, believed as far as the weaker of the two is to be believed."""

from __future__ import annotations

import msgspec

from highfence.matching.comparison import compare
from highfence.matching.names import Name
from highfence.matching.prepared import Known, Prepared
from highfence.matching.scorers import FeatureWeights, Scorer

_STRENGTHS = {"name": "", "alias": "alias", "former": "former name", "weak": "weak alias"}
_DOUBTED = frozenset({"former", "weak"})
_WORDS_SHOWN_MAX = 6


class Best(msgspec.Struct, frozen=True, gc=False):
    """The best pair, its score after the bounds for weak and former names, and why it fits."""

    value: float
    query: Known | None = None
    candidate: Known | None = None
    reason: str = "nothing"


def best(query: Prepared, candidate: Prepared, scorer: Scorer) -> Best:
    """Return the pair of names that fits best; ties go to the first, which are the main names."""
    found = Best(0.0)
    for one in query.names:
        for other in candidate.names:
            bound = 1.0
            if one.strength in _DOUBTED or other.strength in _DOUBTED:
                bound = min(_bound(one.strength, scorer.features), _bound(other.strength, scorer.features))
                if bound <= found.value:
                    continue
            scored = compare(one.name, other.name)
            value = min(scored.value, bound)
            if value > found.value:
                found = Best(value, one, other, scored.reason)
                if value >= 1.0:
                    return found
    return found


def sentence(found: Best) -> str:
    """Say in words how the best pair fits."""
    if found.query is None or found.candidate is None:
        return "no two names have anything in common"
    left, right = found.query, found.candidate
    how = " and ".join(
        f'"{known.name.text[:80]}"' + (f" ({word})" if (word := _STRENGTHS[known.strength]) else "")
        for known in (left, right)
    )
    return f"{how} {_difference(left.name, right.name, found.reason)}"


def _difference(left: Name, right: Name, reason: str) -> str:
    if reason == "equal":
        return "are the same name"
    if reason == "acronym":
        return "agree as initials and full name"
    if reason == "joined":
        return "differ only in spaces, in compounds or by a letter"
    shared = left.ids & right.ids
    parts = [f"share {_listed([token.text for token in left.tokens if token.id in shared])}"] if shared else []
    for name, which in ((left, "first"), (right, "second")):
        if only := [token.text for token in name.tokens if token.id not in shared]:
            parts.append(f"{_listed(only)} only in the {which}")
    return "; ".join(parts) or "differ in legal form only"


def _listed(words: list[str]) -> str:
    more = f" and {len(words) - _WORDS_SHOWN_MAX} more" if len(words) > _WORDS_SHOWN_MAX else ""
    return ", ".join(words[:_WORDS_SHOWN_MAX]) + more


def _bound(strength: str, weights: FeatureWeights) -> float:
    """Return how far a name of that strength is believed at most."""
    if strength == "weak":
        return weights.weak_alias_most
    return weights.former_name_most if strength == "former" else 1.0
