# SPDX-License-Identifier: Apache-2.0
"""Identifiers: an equal strong one decides; a different one of the same kind speaks against."""

from __future__ import annotations

from highfence.matching.features import Effect
from highfence.matching.prepared import Prepared
from highfence.matching.scorers import FeatureWeights
from highfence.model.identifier import Identifier

#: Kinds a party may hold several of, so that a different one says nothing.
_SEVERAL = frozenset({"isin", "swift", "kpp", "vat"})
#: A shared number under names that have nothing in common may be a parent's or a registrar's.
_NAMES_STRANGE_BELOW = 0.4


def weigh(query: Prepared, candidate: Prepared, weights: FeatureWeights, *, name_score: float) -> Effect | None:
    """Compare the identifiers of two parties; `name_score` tells whether an equal number needs a second look."""
    if not query.identifiers or not candidate.identifiers:
        return None
    shared = set(query.identifiers).intersection(candidate.identifiers)
    strong = sorted(one for one in shared if one.strong)
    if strong:
        doubt = "; the names differ, it may be a parent's number" if name_score < _NAMES_STRANGE_BELOW else ""
        return Effect(score=1.0, at_least=weights.identifier_equal, text=f"same {_words(strong[0])}{doubt}")
    if shared:
        return Effect(
            score=0.9,
            raise_by=weights.weak_identifier_equal if name_score >= _NAMES_STRANGE_BELOW else 0.0,
            text=f"same {_words(min(shared))}, which may be shared",
        )
    for one in query.identifiers:
        others = [other for other in candidate.identifiers if other.kind == one.kind]
        if others and one.kind not in _SEVERAL and _comparable(one, others[0]):
            factor = weights.identifier_conflict if one.strong else weights.weak_identifier_conflict
            return Effect(score=0.0, factor=factor, text=f"{one.kind} differs: {one.value} and {others[0].value}")
    return None


def _comparable(one: Identifier, other: Identifier) -> bool:
    """Tell whether two numbers of a kind are of one register: national ones carry their country."""
    return one.kind not in ("reg", "tax") or one.value.partition(":")[0] == other.value.partition(":")[0]


def _words(identifier: Identifier) -> str:
    return f"{identifier.kind} {identifier.value}"
