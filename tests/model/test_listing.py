# SPDX-License-Identifier: Apache-2.0
"""model.listing: on which days an entity is listed."""

from __future__ import annotations

from datetime import date

import pytest

from highfence.model.listing import Listing

LISTED, LIFTED = date(2024, 3, 1), date(2024, 9, 1)


def listing(listed: date | None = LISTED, until: date | None = None) -> Listing:
    return Listing(
        jurisdiction="us", source="us_csl", list="Entity List", key="k1", entity="e1", listed=listed, until=until
    )


@pytest.mark.parametrize(
    ("on", "stands"), [(date(2024, 2, 29), False), (LISTED, True), (date(2024, 8, 31), True), (LIFTED, False)]
)
def test_stands_from_the_day_of_listing_until_the_day_before_it_is_lifted(on: date, stands: bool) -> None:
    assert listing(until=LIFTED).stands(on) is stands


def test_without_a_known_day_of_listing_it_stands() -> None:
    assert listing(listed=None).stands(date(1990, 1, 1))
    assert not listing(listed=None, until=LIFTED).stands(LIFTED)


def test_without_an_end_it_stands_on() -> None:
    assert listing().stands(date(2999, 1, 1))


def test_lifted_on_the_day_it_was_listed_it_never_stands() -> None:
    assert not any(listing(until=LISTED).stands(day) for day in (date(2024, 2, 29), LISTED, LIFTED))
