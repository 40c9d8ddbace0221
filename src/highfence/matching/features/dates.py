# SPDX-License-Identifier: Apache-2.0
"""Dates: of birth, incorporation or building. A year against a full date of that year agrees."""

from __future__ import annotations

from highfence.matching.features import Effect
from highfence.matching.names import PERSON
from highfence.matching.prepared import Prepared
from highfence.matching.scorers import FeatureWeights


def weigh(query: Prepared, candidate: Prepared, weights: FeatureWeights) -> Effect | None:
    """Compare when two parties began."""
    if not query.dates or not candidate.dates:
        return None
    for one in sorted(query.dates):
        for other in sorted(candidate.dates):
            if one.startswith(other) or other.startswith(one):
                return Effect(score=1.0, raise_by=weights.date_equal, text=f"dates agree: {min(one, other, key=len)}")
    what, factor = "dates differ", weights.date_conflict
    if query.kind == candidate.kind == PERSON:
        what, factor = "dates of birth differ", weights.birth_date_conflict
    return Effect(score=0.0, factor=factor, text=f"{what}: {min(query.dates)} and {min(candidate.dates)}")
