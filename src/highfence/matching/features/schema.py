# SPDX-License-Identifier: Apache-2.0
"""Schema: a person is no ship and no company."""

from __future__ import annotations

from highfence.matching.features import Effect
from highfence.matching.prepared import Prepared
from highfence.matching.scorers import FeatureWeights

#: What lists write where they do not know.
_OPEN = frozenset({"LegalEntity", "Thing", "Asset"})


def weigh(query: Prepared, candidate: Prepared, weights: FeatureWeights) -> Effect | None:
    """Compare what kind of thing two parties are."""
    if query.kind == candidate.kind or query.schema in _OPEN or candidate.schema in _OPEN:
        return None
    return Effect(
        score=0.0,
        factor=weights.schema_conflict,
        text=f"a {query.schema} and a {candidate.schema} are different things",
    )
