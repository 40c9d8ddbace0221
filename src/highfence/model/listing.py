# SPDX-License-Identifier: Apache-2.0
"""Listing: an authority's placement of an entity under a legal programme (FollowTheMoney `Sanction`)."""

from __future__ import annotations

from datetime import date

import msgspec


class Listing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who is placed where, since when, with what effect.

    `jurisdiction` is the authority or publisher whose list it is (`us`, `eu`, `uk`, `jp`, `un`); `source` the
    importer's name (`us_csl`); `list` the list's own name; `key` identifies the entry across editions of the list.
    `listed` and `until` are days; `until` is set when the entry has been taken off.
    """

    jurisdiction: str
    source: str
    list: str
    key: str
    entity: str
    programme: str = ""
    measure: str = ""
    listed: date | None = None
    until: date | None = None
    reference: str = ""
    reason: str = ""
    licence_requirement: str = ""
    licence_policy: str = ""
    url: str = ""

    def stands(self, on: date) -> bool:
        """Tell whether the entity is listed on that day, as far as the dates are known."""
        if self.until is not None and on >= self.until:
            return False
        return self.listed is None or self.listed <= on
