# SPDX-License-Identifier: Apache-2.0
"""The demonstration's built-in facts: that they are sound, join as they should, and are what their README says."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from functools import cache
from importlib.resources import files

import pytest

from highfence.model.entity import Entity
from highfence.model.identifier import identifiers_of, valid
from highfence.model.schema import schema
from highfence.register.join import Arrival, join
from highfence.register.keys import join_keys
from highfence.sources.catalogue import source
from highfence.sources.ingest import difference
from highfence.sources.own_list.parse import parse
from highfence.sources.source import ListedParty, Parsed

FACTS = files("highfence.entrypoints.cli.demo") / "facts"
NAMES = ("us", "eu", "uk", "jp")
NUMBERS = ("uscCode", "innCode", "ogrnCode", "leiCode", "registrationNumber")
#: What the importers of these jurisdictions call their lists.
LISTS = {
    "us": {
        "Entity List",
        "Specially Designated Nationals List",
        "Non-SDN Chinese Military-Industrial Complex Companies List",
        "Chinese military companies (Section 1260H)",
    },
    "eu": {
        "Regulation (EU) 833/2014, Annex IV",
        "Regulation (EU) 269/2014, Annex I.ENTITIES",
        "Regulation (EU) 267/2012, Annex IX.I.B",
        "Regulation (EU) 2019/796, Annex I.B",
        "Regulation (EC) 765/2006, Annex I.B",
    },
    "uk": {"UK Sanctions List"},
    "jp": {"Foreign End User List"},
}
EACH_FILE = pytest.mark.parametrize("name", NAMES)


@cache
def facts(name: str) -> Parsed:
    return parse((FACTS / f"{name}.jsonl").read_bytes())


@cache
def parties() -> tuple[ListedParty, ...]:
    return tuple(party for name in NAMES for party in facts(name).parties)


@cache
def companies() -> dict[str, tuple[ListedParty, ...]]:
    """The listings of each company, as the register joins them."""
    arrivals = [Arrival(party.listing.entity, join_keys(party.entities)) for party in parties()]
    company_of = join(arrivals, {}).company_of
    found: dict[str, list[ListedParty]] = defaultdict(list)
    for party in parties():
        found[company_of[party.listing.entity]].append(party)
    return {company: tuple(listed) for company, listed in found.items()}


def listed_by(company: str) -> set[str]:
    return {party.listing.jurisdiction for party in companies()[company]}


def since(company: str, jurisdiction: str) -> date | None:
    days = [party.listing.listed for party in companies()[company] if party.listing.jurisdiction == jurisdiction]
    return min((day for day in days if day), default=None)


def company_named(name: str) -> str:
    return next(
        company
        for company, listed in companies().items()
        if any(name in one.entities[0].values("name") for one in listed)
    )


def in_own_script(entity: Entity) -> bool:
    return any(re.search("[\u0400-\u04ff\u0600-\u06ff\u4e00-\u9fff]", name) for name in entity.values("name"))


@EACH_FILE
def test_each_file_is_taken_whole_as_an_own_list(name: str) -> None:
    parsed = facts(name)
    assert parsed.problems == ()
    assert {party.listing.jurisdiction for party in parsed.parties} == {name}
    found = difference({}, parsed, source("own_list"))
    assert len(found.added) == parsed.rows == len(parsed.parties)
    assert found.problems == ()


@EACH_FILE
def test_the_lists_are_named_as_the_importers_name_them(name: str) -> None:
    assert {party.listing.list for party in facts(name).parties} == LISTS[name]


@EACH_FILE
def test_the_readme_counts_the_listings_of_each_file(name: str) -> None:
    readme = (FACTS / "README.md").read_text("utf-8")
    assert f"| `{name}.jsonl` | {len(facts(name).parties)} |" in readme


def test_the_readme_counts_companies_and_sides() -> None:
    readme = " ".join((FACTS / "README.md").read_text("utf-8").split())
    sides = [listed_by(company) for company in companies()]
    both = sum({"us", "eu"} <= side for side in sides)
    assert f"{len(sides)} companies that are publicly listed" in readme
    assert f"{len(parties())} listings, one on each line" in readme
    assert f"{both} companies are listed by the United States and the European Union" in readme
    assert f"{sides.count({'us'})} only by the United States, {sides.count({'eu'})} only by" in readme


def test_there_are_companies_that_only_one_side_lists_and_many_that_both_do() -> None:
    sides = [listed_by(company) for company in companies()]
    assert 40 <= len(sides) <= 60
    assert sides.count({"us"}) >= 8
    assert sides.count({"eu"}) >= 5
    assert sum({"us", "eu"} <= side for side in sides) >= 10


def test_a_company_joins_under_one_name_and_no_two_companies_join() -> None:
    slugs = [{one.listing.entity.split("-", 1)[1] for one in listed} for listed in companies().values()]
    assert all(len(names) == 1 for names in slugs)
    assert len(set().union(*slugs)) == len(slugs)


def test_at_least_twenty_companies_bear_their_name_in_their_own_script() -> None:
    named = [company for company, listed in companies().items() if in_own_script(listed[0].entities[0])]
    assert len(named) >= 20


def test_every_number_is_sound() -> None:
    for party in parties():
        entity = party.entities[0]
        numbers = [number for prop in NUMBERS for number in entity.values(prop)]
        read = identifiers_of(entity)
        assert len(read) == len(numbers), entity.id
        assert all(valid(identifier) for identifier in read)


def test_no_number_belongs_to_two_companies() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for company, listed in companies().items():
        for party in listed:
            for identifier in identifiers_of(party.entities[0]):
                owners[str(identifier)].add(company)
    assert all(len(companies_of) == 1 for companies_of in owners.values())


def test_there_are_companies_only_and_no_natural_person() -> None:
    entities = [entity for party in parties() for entity in party.entities]
    assert {entity.schema for entity in entities} == {"Company"}
    assert not any(schema(entity.schema).is_a("Person") for entity in entities)
    assert not any(
        prop.startswith(("birth", "passport", "first", "last")) for one in entities for prop in one.properties
    )


def test_a_reason_is_at_most_one_short_sentence() -> None:
    reasons = {party.listing.reason for party in parties()} - {""}
    assert all(reason.count(".") == 1 and reason.endswith(".") and len(reason) < 100 for reason in reasons)


def test_days_differ_between_the_sides() -> None:
    poly = company_named("Poly Technologies, Inc.")
    assert (since(poly, "us"), since(poly, "eu")) == (date(2014, 6, 26), date(2025, 5, 20))
    both = [(since(one, "us"), since(one, "eu")) for one in companies() if {"us", "eu"} <= listed_by(one)]
    assert sum(bool(us and eu and us != eu) for us, eu in both) == 9
    assert "Only nine of the 33 companies" in (FACTS / "README.md").read_text("utf-8")


def test_an_ended_listing_and_the_one_that_followed_it_stand_side_by_side() -> None:
    listings = [party.listing for party in companies()[company_named("ChangXin Memory Technologies, Inc.")]]
    assert [listing.until for listing in listings] == [date(2026, 2, 17), None]
    assert not any(listing.stands(date(2026, 3, 1)) for listing in listings)
    assert any(listing.stands(date(2026, 7, 1)) for listing in listings)
