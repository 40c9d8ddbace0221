# SPDX-License-Identifier: Apache-2.0
"""Entity: a company, person, vessel, address or measure in FollowTheMoney's words."""

from __future__ import annotations

from typing import NewType

import msgspec

EntityId = NewType("EntityId", str)


class Entity(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A FollowTheMoney entity: an id, a schema name and multi-valued text properties.

    `originals` keeps, for a value that was cleaned, the text as its source printed it (value -> original);
    `languages` the ISO 639-3 code of a value whose language is known. Both are optional and small.
    """

    id: str
    schema: str
    properties: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    originals: dict[str, str] = msgspec.field(default_factory=dict)
    languages: dict[str, str] = msgspec.field(default_factory=dict)

    def values(self, prop: str) -> tuple[str, ...]:
        """Return the values of a property, in the order given; empty if it has none."""
        return self.properties.get(prop, ())

    def first(self, prop: str) -> str:
        """Return the first value of a property, or an empty text."""
        values = self.properties.get(prop, ())
        return values[0] if values else ""

    @property
    def caption(self) -> str:
        """The name to show: name, then weak names, address or the id."""
        for prop in ("name", "alias", "previousName", "weakAlias", "full", "registrationNumber"):
            if value := self.first(prop):
                return value
        return self.id
