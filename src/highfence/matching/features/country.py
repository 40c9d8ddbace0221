# SPDX-License-Identifier: Apache-2.0
"""Country: another one lowers the score, an unknown one says nothing."""

from __future__ import annotations

from highfence.matching.features import Effect
from highfence.matching.prepared import Prepared
from highfence.matching.scorers import FeatureWeights


def weigh(query: Prepared, candidate: Prepared, weights: FeatureWeights) -> Effect | None:
    """Compare the countries of two parties."""
    if not query.countries or not candidate.countries:
        return None
    shared = query.countries & candidate.countries
    if shared:
        return Effect(score=1.0, raise_by=weights.country_equal, text=f"same country: {', '.join(sorted(shared))}")
    left, right = (", ".join(sorted(one.countries)) for one in (query, candidate))
    return Effect(score=0.0, factor=weights.country_conflict, text=f"countries differ: {left} and {right}")
