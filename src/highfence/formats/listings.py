# SPDX-License-Identifier: Apache-2.0
"""Listings: FollowTheMoney's `Sanction` and `Ownership` entities back as listings and interests.

What a list's copy prints on licences stands among the sanction's `provisions`, the measure first. A sanction without an
entity, or an ownership without two ends, says nothing and is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from highfence.model.entity import Entity
from highfence.model.interest import Interest
from highfence.model.listing import Listing
from highfence.model.tie import ties_of

_POLICY = ("denial", "case-by-case", "case by case", "approval", "review policy", "of this part", "see §")


def listings_of(entities: Iterable[Entity]) -> dict[str, tuple[Listing, ...]]:
    """Return how each entity is listed, by its id."""
    found: dict[str, list[Listing]] = {}
    for entity in entities:
        if entity.schema == "Sanction":
            for listed in entity.values("entity"):
                found.setdefault(listed, []).append(_listing(entity, listed))
    return {entity: tuple(listings) for entity, listings in found.items()}


def interests_of(entities: Iterable[Entity]) -> Iterator[Interest]:
    """Yield who owns or controls whom, as links between entities say; what of one cannot be read is unknown."""
    for tie in ties_of(entities):
        interest = tie.interest(owner=tie.object, owned=tie.subject, place=tie.link)
        if interest is not None:
            yield interest


def _listing(sanction: Entity, entity: str) -> Listing:
    measure, requirement, policy = _provisions(sanction.values("provisions"))
    return Listing(
        jurisdiction=sanction.first("country"),
        source="",
        list=sanction.first("summary") or sanction.first("program"),
        key=sanction.first("recordId") or sanction.id,
        entity=entity,
        programme="; ".join(sanction.values("program")),
        measure=measure,
        listed=_day(sanction.first("listingDate") or sanction.first("startDate")),
        until=_day(sanction.first("endDate")),
        reference=sanction.first("description"),
        reason=sanction.first("reason"),
        licence_requirement=requirement,
        licence_policy=policy,
        url=sanction.first("sourceUrl"),
    )


def _provisions(values: tuple[str, ...]) -> tuple[str, str, str]:
    """Return measure, requirement and policy; of two the second is the policy if it speaks of review."""
    if len(values) >= 3:
        return values[0], values[1], values[2]
    if len(values) == 2:
        is_policy = (
            any(word in values[1].casefold() for word in _POLICY) and "subject to the ear" not in values[1].casefold()
        )
        return (values[0], "", values[1]) if is_policy else (values[0], values[1], "")
    return (values[0] if values else ""), "", ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None
