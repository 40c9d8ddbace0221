# SPDX-License-Identifier: Apache-2.0
"""Red flags of a company rest on what the reader may see, and each says on what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from highfence.errors import NotFound
from highfence.matching.addresses import AddressBook
from highfence.model.entity import Entity
from highfence.register.absorb import company_id
from highfence.register.reading import Sight
from highfence.register.red_flags import Flagged, red_flags
from highfence.storage.database import Database

from .claims import CLOSED, READER, TODAY, company
from .entered import Entered, enter, said
from .test_ownership import linked, listed, owned

FOUNDED = "founded on 2023-04-01 in United Arab Emirates: a sign if it buys items of tier 1 or 2"
STREET = "12 Example Road, Kowloon, Hong Kong"


def flagged(
    database: Database, name: str = "a", *, on: date = TODAY, addresses: Mapping[str, str] | None = None
) -> Flagged:
    book = AddressBook()
    for entity, text in (addresses or {}).items():
        book.put(company_id(entity), (text,))
    with database.read() as connection:
        sight = Sight(connection, READER, on)
        return red_flags(sight, name, on=on, sharers=lambda text: [one for one, _ in book.find(text)])


def facts(found: Flagged, flag: str) -> list[str]:
    return [one.fact for one in found.flags if one.id == flag]


def founded(day: str, *countries: str) -> Entered:
    return said("f", "a", properties={"incorporationDate": (day,), "country": countries})


@pytest.mark.parametrize(
    ("day", "countries", "told"),
    [
        ("2023-04-01", ("ae",), [FOUNDED]),
        ("2022-02-24", ("ae",), []),
        ("2023-04-01", ("de",), []),
        ("2023-04-01", (), []),
        ("2023", ("ae",), []),
        ("2026-12-31", ("ae",), []),
    ],
)
def test_who_was_founded_after_the_invasion_outside_the_coalition_is_told(database, day, countries, told):
    enter(database, [founded(day, *countries)])
    assert facts(flagged(database), "new-buyer") == told


def test_who_gives_the_address_of_a_listed_party_is_told_to_verify(database):
    enter(database, [said("1", "a", properties={"address": (STREET,)}), listed("l", "x"), said("2", "y")])
    found = flagged(database, addresses={"a": STREET, "x": STREET.upper(), "y": STREET})
    (fact,) = facts(found, "shared-address")
    assert fact.startswith("gives the address of Company x Optics BV, listed by US: 12 Example Road")
    assert [one.companies for one in found.flags] == [(company_id("x"),)]
    assert facts(flagged(database, addresses={"a": STREET, "y": STREET}), "shared-address") == []


def test_an_owner_since_the_listing_a_listed_one_no_more_and_a_predecessor_are_told(database):
    enter(database, [listed("l", "a", listed=date(2024, 5, 1)), owned("1", "b", "a", "70", startDate="2024-06-01")])
    enter(database, [owned("2", "c", "a", "20", startDate="2023-01-01"), listed("m", "d")])
    enter(database, [owned("3", "d", "a", "60", endDate="2024-06-01"), linked("4", "a", "d", "successor-of")])
    assert sorted(facts(flagged(database), "changed-after-listing")) == [
        "Company d Optics BV, which is listed, had it until 2024-06-01",
        "b has had it since 2024-06-01; it was listed on 2024-05-01",
        "successor of Company d Optics BV, which is listed",
    ]
    assert facts(flagged(database, on=date(2024, 5, 30)), "changed-after-listing") == []


def test_a_listed_owner_of_a_share_nobody_knows_and_one_of_too_little_are_told(database):
    enter(database, [listed("l", "x"), owned("1", "x", "a"), owned("2", "x", "b", "10"), owned("3", "x", "c", "80")])
    unknown = facts(flagged(database), "share-unknown")
    assert "listed owners under us-bis: Company x Optics BV; their share is 0 to 100 %" in unknown
    assert facts(flagged(database), "minority-owner") == []
    assert "has the listed owners Company x Optics BV" in facts(flagged(database, "b"), "minority-owner")
    assert flagged(database, "c").flags == ()


def test_the_affiliates_rule_suspended_is_said_with_a_minority_owner(database):
    enter(database, [listed("l", "x", list="Entity List"), owned("1", "x", "a", "30")])
    (fact,) = facts(flagged(database, on=date(2026, 1, 15)), "minority-owner")
    assert "the rule us-bis is suspended" in fact


def test_a_sibling_of_a_listed_company_is_told(database):
    enter(database, [owned("1", "o", "a", "30", told=True), owned("2", "o", "b", "30", told=True), said("o", "o")])
    assert flagged(database).flags == ()
    enter(database, [listed("l", "b")])
    found = flagged(database)
    assert facts(found, "sibling") == ["Company o Optics BV also holds what is listed: Company b Optics BV (US)"]
    assert facts(flagged(database, "b"), "sibling") == []


def test_what_a_reader_may_not_see_makes_no_flag(database):
    enter(database, [listed("l", "x"), said("1", "a"), owned("2", "x", "a", marking=CLOSED)])
    enter(database, [said("3", "a", marking=CLOSED, properties={"address": (STREET,), "country": ("ae",)})])
    enter(database, [said("4", "y", marking=CLOSED, kind="facts", properties={"address": (STREET,)})])
    found = flagged(database, addresses={"x": STREET})
    assert found.flags == ()
    with pytest.raises(NotFound):
        flagged(database, "y")


def test_every_flag_has_its_source_and_holds_no_earlier_than_that(database):
    enter(database, [listed("l", "x"), owned("1", "x", "a")])
    found = flagged(database)
    assert all(one.citation and one.valid_from <= TODAY for one in found.flags)
    assert flagged(database, on=date(2014, 1, 1)).flags == ()


def test_an_address_told_along_counts_too(database):
    place = Entity(id="place", schema="Address", properties={"full": (STREET,)})
    about = company("a", addressEntity=("place",))
    enter(database, [said("1", "a", entities=(about, place)), listed("l", "x")])
    assert len(facts(flagged(database, addresses={"x": STREET}), "shared-address")) == 1
