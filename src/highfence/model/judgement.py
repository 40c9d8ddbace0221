# SPDX-License-Identifier: Apache-2.0
"""Judgement: what a person decided about two entities that may be the same party."""

from __future__ import annotations

import msgspec

#: The same party; not the same; looked at, and it cannot be said.
VERDICTS = ("positive", "negative", "unsure")


class Judgement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The `verdict` on the assertion's subject and the entity `other`, both told by their ids.

    `by` is who decided, as the authority wants that to be known; the reason stands in the assertion. It binds the
    authority that made it and nobody else: to its allies it is advice.
    """

    other: str
    verdict: str
    by: str = ""
