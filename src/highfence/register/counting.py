# SPDX-License-Identifier: Apache-2.0
"""Counting: a ledger made of the index at once, where no roll is at hand that keeps one up."""

from __future__ import annotations

from collections.abc import Sequence

from highfence.model.marking import NO_SMALL_COUNTS
from highfence.register.alignment import ListingRow
from highfence.register.conflict import ACTS, Act
from highfence.register.holding import held
from highfence.register.ledger import Ledger
from highfence.register.listed import acts_in, listing_row
from highfence.register.reading import Sight, home_of
from highfence.rules.scope.named import areas_of
from highfence.storage import companies, journal

_STEP_ROWS = 2_000


def ledger_of(sight: Sight) -> Ledger:
    """Return who lists which company, as a reader may see it."""
    found: dict[str, list[ListingRow]] = {}
    rows = companies.listings_of(sight.connection, markings=sight.markings)
    regrouped = sight.regrouped({row.company for row in rows})
    careful = {name for name, _, marking in sight.seen_markings() if NO_SMALL_COUNTS in marking.caveats}
    areas = _areas(sight, [row.assertion for row in rows])
    for row in rows:
        company = regrouped.get(row.assertion, row.company)
        told = areas.get(row.assertion, ())
        found.setdefault(company, []).append(listing_row(row, company, areas=told, careful=row.marking in careful))
    acts = _acts(sight)
    said = {one: (tuple(found.get(one, ())), acts.get(one, ())) for one in found.keys() | acts.keys()}
    return Ledger(said, sight.alike())


def _areas(sight: Sight, assertions: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the technology areas that listings name, by assertion; those that name none are left out."""
    found = {}
    for start in range(0, len(assertions), _STEP_ROWS):
        for row in journal.fetch(sight.connection, assertions[start : start + _STEP_ROWS]).values():
            placed = held(row).assertion.listing
            if placed is not None and (areas := areas_of(placed)):
                found[row.id] = areas
    return found


def _acts(sight: Sight) -> dict[str, tuple[Act, ...]]:
    """Return the decisions and denials on each company, as the reader knows it."""
    stored = journal.companies_told(sight.connection, ACTS)
    found = {}
    for group in sight.groups_of(stored):
        rows = journal.fetch(sight.connection, [one.id for one in group])
        if acts := acts_in(group, {row.id: row.marking for row in rows.values()}):
            found[home_of(group)] = acts
    return found
