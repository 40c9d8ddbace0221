# SPDX-License-Identifier: Apache-2.0
"""What the tests of the doors publish."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from highfence.entrypoints.drafts import Draft
from highfence.model.entity import Entity
from highfence.model.listing import Listing
from highfence.model.marking import Marking, public

OPEN = public(groups=("members",))


def company(name: str, number: int = 1, **properties: tuple[str, ...]) -> Entity:
    """Return a company whose id is `firm-<number>`."""
    return Entity(id=f"firm-{number}", schema="Company", properties={"name": (name,), "country": ("cn",), **properties})


def draft(entity: Entity, marking: Marking = OPEN, **changes: Any) -> Draft:
    """Return a draft of facts about a company; `changes` are made to it."""
    values: dict[str, Any] = {"kind": "facts", "subject": entity.id, "entities": (entity,), "marking": marking}
    return Draft(**{**values, **changes})


def listed(entity: Entity, jurisdiction: str, marking: Marking = OPEN, listed: date | None = None) -> Draft:
    """Return a draft that places a company on a list."""
    placed = Listing(
        jurisdiction=jurisdiction,
        source=f"{jurisdiction}_list",
        list=f"List of {jurisdiction}",
        key=f"{jurisdiction}-{entity.id}",
        entity=entity.id,
        listed=listed,
    )
    return draft(entity, marking, kind="listing", listing=placed)


def body(value: Draft) -> bytes:
    """Return a draft as it is handed in."""
    return msgspec.json.encode(value)
