# SPDX-License-Identifier: Apache-2.0
"""Legal form: said, and weighed inside the name's own score, since companies change it and lists leave it out."""

from __future__ import annotations

from highfence.matching.features import Effect
from highfence.matching.names import Name


def weigh(left: Name, right: Name) -> Effect | None:
    """Compare the legal forms of the two names that fit best."""
    if not left.form_text or not right.form_text or not left.forms or not right.forms:
        return None
    if left.forms & right.forms:
        return Effect(score=1.0, text=f"legal forms are of one class: {', '.join(sorted(left.forms & right.forms))}")
    return Effect(score=0.0, text=f"legal forms differ: {left.form_text} and {right.form_text}")
