# SPDX-License-Identifier: Apache-2.0
"""Listed: what a group of assertions, all of which one reader may see, says for the ledger: listings and acts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from highfence.model.assertion import Assertion
from highfence.model.marking import NO_SMALL_COUNTS
from highfence.register.absorb import countries_of
from highfence.register.alignment import ListingRow
from highfence.register.conflict import ACTS, Act
from highfence.register.ledger import Told
from highfence.register.profile import spoken_kind
from highfence.register.view import Held
from highfence.register.visible import stands
from highfence.rules.scope.named import areas_of
from highfence.storage.companies import ListingIndexRow


def told_in(company: str, group: Sequence[Held], markings: Mapping[str, str]) -> Told:
    """Return what a company's assertions say for the ledger; `markings` gives each assertion's marking id."""
    return tuple(_listings(company, group, markings)), acts_in(group, markings)


def acts_in(group: Sequence[Held], markings: Mapping[str, str]) -> tuple[Act, ...]:
    """Return the decisions and denials that stand; a correction is what it corrects, if that is in the group too."""
    by_id = {one.id: one for one in group}
    return tuple(
        Act(
            assertion=one.id,
            originator=one.assertion.originator,
            kind=kind,
            text=one.assertion.text,
            marking=markings[one.id],
            careful=NO_SMALL_COUNTS in one.assertion.marking.caveats,
        )
        for one in group
        if stands(one) and _acts(one.assertion) and (kind := spoken_kind(one, by_id)) in ACTS
    )


def _acts(claim: Assertion) -> bool:
    """Tell whether a claim is an act: a denial that was revoked is none, and to deny goes against nobody's denial."""
    revoked = claim.denial is not None and claim.denial.state == "revoked"
    return not revoked and (claim.step is None or claim.step.step != "deny")


def _listings(company: str, group: Sequence[Held], markings: Mapping[str, str]) -> Iterator[ListingRow]:
    """Yield the listings that stand, also those that have ended."""
    for one in group:
        claim = one.assertion
        entity = claim.entity()
        if claim.listing is None or entity is None or not stands(one):
            continue
        yield ListingRow(
            company=company,
            caption=entity.caption,
            countries=countries_of(entity),
            jurisdiction=claim.listing.jurisdiction,
            programme=claim.listing.list or claim.listing.programme,
            listed=claim.listing.listed,
            until=claim.listing.until,
            schema=entity.schema,
            areas=areas_of(claim.listing),
            marking=markings[one.id],
            careful=NO_SMALL_COUNTS in claim.marking.caveats,
        )


def listing_row(
    row: ListingIndexRow, company: str, *, areas: tuple[str, ...] = (), careful: bool = False
) -> ListingRow:
    """Return a row of the storage's index as a listing of the company that a reader knows it under.

    The index does not have the `areas`: they come from the listing itself, where they are wanted.
    """
    return ListingRow(
        company=company,
        caption=row.caption,
        countries=tuple(code for code in row.countries.split(",") if code),
        jurisdiction=row.jurisdiction,
        programme=row.programme,
        listed=date.fromisoformat(row.listed) if row.listed else None,
        until=date.fromisoformat(row.until) if row.until else None,
        schema=row.schema,
        areas=areas,
        marking=row.marking,
        careful=careful,
    )
