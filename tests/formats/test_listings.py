# SPDX-License-Identifier: Apache-2.0
"""Sanctions and ownerships of FollowTheMoney become listings and interests again."""

from __future__ import annotations

from datetime import date

import pytest

from highfence.formats.listings import interests_of, listings_of
from highfence.model.entity import Entity
from highfence.model.listing import Listing
from highfence.sources.ingest import sanction


def test_a_listing_that_was_written_comes_back() -> None:
    listing = Listing(
        jurisdiction="us",
        source="",
        list="Entity List",
        key="EL-1",
        entity="e1",
        programme="EAR Part 744, Supplement No. 4",
        measure="export licence required",
        listed=date(2020, 12, 18),
        until=date(2026, 1, 1),
        reference="85 FR 83416",
        licence_requirement="For all items subject to the EAR. (See §744.11 of the EAR)",
        licence_policy="Presumption of denial",
        url="https://example.org",
    )
    assert listings_of([sanction(listing)]) == {"e1": (listing,)}


@pytest.mark.parametrize(
    ("provisions", "expected"),
    [
        ((), ("", "", "")),
        (("asset freeze",), ("asset freeze", "", "")),
        (("licence required", "Presumption of denial."), ("licence required", "", "Presumption of denial.")),
        (
            ("licence required", "For all items subject to the EAR"),
            ("licence required", "For all items subject to the EAR", ""),
        ),
    ],
)
def test_provisions_are_told_apart(provisions: tuple[str, ...], expected: tuple[str, str, str]) -> None:
    said = Entity(id="s", schema="Sanction", properties={"entity": ("e1",), "provisions": provisions})
    (listing,) = listings_of([said])["e1"]
    assert (listing.measure, listing.licence_requirement, listing.licence_policy) == expected


def test_an_ownership_is_an_interest_and_a_share_nobody_can_read_is_unknown() -> None:
    def owned(percentage: str) -> Entity:
        properties = {"owner": ("a",), "asset": ("b",), "percentage": (percentage,), "startDate": ("2024-01-31",)}
        return Entity(id="o", schema="Ownership", properties=properties)

    shares = [str(one.share) for text in ("33.33%", "50", "most", "") for one in interests_of([owned(text)])]
    assert shares == ["33.33 %", "50 %", "an unknown share", "an unknown share"]
    assert next(iter(interests_of([owned("50")]))).since == date(2024, 1, 31)


def test_what_says_nothing_is_passed_over() -> None:
    assert listings_of([Entity(id="s", schema="Sanction"), Entity(id="c", schema="Company")]) == {}
    assert list(interests_of([Entity(id="o", schema="Ownership", properties={"owner": ("a",)})])) == []
