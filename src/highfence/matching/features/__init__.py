# SPDX-License-Identifier: Apache-2.0
"""Features: one kind of evidence each, as a number and a sentence an officer can put in a file.

Each module offers `weigh(query, candidate, ...)` that returns an `Effect`, or None where it has nothing to say.
"""

from __future__ import annotations

import msgspec


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What a feature found. `score` (0..1) is its own number, shown; the others say how it moves the whole.

    `factor` multiplies, `raise_by` is the share of what is missing to 1 that is added, `at_least` is a floor.
    """

    score: float
    text: str
    factor: float = 1.0
    raise_by: float = 0.0
    at_least: float = 0.0
