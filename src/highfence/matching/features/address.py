# SPDX-License-Identifier: Apache-2.0
"""Address: never decides alone; many firms share one, so an equal one is a hint to verify."""

from __future__ import annotations

from highfence.matching.features import Effect
from highfence.matching.prepared import Prepared
from highfence.matching.scorers import FeatureWeights

#: Share of the shorter address's words that the other must have, and how many words it must have at all.
_SHARE_LEAST = 0.8
_WORDS_LEAST = 4


def weigh(query: Prepared, candidate: Prepared, weights: FeatureWeights) -> Effect | None:
    """Compare the addresses of two parties."""
    for one in query.addresses:
        for other in candidate.addresses:
            shorter = min(len(one), len(other))
            if shorter >= _WORDS_LEAST and (share := len(one & other) / shorter) >= _SHARE_LEAST:
                return Effect(
                    score=round(share, 2),
                    raise_by=weights.address_equal,
                    text="address: verify, both give the same one",
                )
    return None
