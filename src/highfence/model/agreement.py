# SPDX-License-Identifier: Apache-2.0
"""Agreement: the legal ground on which one authority may release to another.

Forums change and lapse, so an agreement is data with dates. A suspension is not a repeal: it has a first and a last
day.
"""

from __future__ import annotations

from datetime import date

import msgspec


class Suspension(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Days on which an agreement does not carry a release; both ends are included, no `until` means open."""

    since: date
    until: date | None = None


class Agreement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who may share with whom, for what, on which legal basis, on which days (both ends included)."""

    id: str
    title: str
    parties: tuple[str, ...]
    legal_basis: str
    purposes: tuple[str, ...]
    valid_from: date
    valid_to: date | None = None
    suspensions: tuple[Suspension, ...] = ()

    def in_force(self, on: date) -> bool:
        """Tell whether the agreement carries a release on that day."""
        if on < self.valid_from or (self.valid_to is not None and on > self.valid_to):
            return False
        return not any(pause.since <= on and (pause.until is None or on <= pause.until) for pause in self.suspensions)
