# SPDX-License-Identifier: Apache-2.0
"""What a file changes: added, changed, removed, and when nothing may be removed."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import ListRefused
from highfence.model.entity import Entity
from highfence.model.listing import Listing
from highfence.model.schema import check
from highfence.sources.ingest import Difference, difference, fingerprint, sanction, settled, to_ftm
from highfence.sources.source import Expectations, ListedParty, Parsed, Problem, Source

SOURCE = Source(
    name="example",
    title="Example list",
    publisher="Example ministry",
    jurisdiction="us",
    url="https://example.org",
    licence="CC0",
    formats=("csv",),
    expectations=Expectations(parties_least=0, parties_most=100, removed_share_most=0.5),
)


def party(key: str, name: str = "", *, schema: str = "Company", entity: str = "") -> ListedParty:
    entity = entity or f"e-{key}"
    return ListedParty(
        listing=Listing(jurisdiction="us", source="example", list="A", key=key, entity=entity),
        entities=(Entity(id=entity, schema=schema, properties={"name": (name or f"Example {key}",)}),),
    )


def held(*parties: ListedParty) -> dict[str, str]:
    return {one.listing.key: fingerprint(one) for one in parties}


def compare(before: dict[str, str], *now: ListedParty, complete: bool = True) -> Difference:
    return difference(before, Parsed(parties=now, rows=len(now), complete=complete), SOURCE)


def test_the_first_edition_is_all_new() -> None:
    found = compare({}, party("1"), party("2"))
    assert [one.listing.key for one in found.added] == ["1", "2"]
    assert (found.changed, found.removed, found.unchanged) == ((), (), 0)


def test_the_same_edition_again_changes_nothing() -> None:
    found = compare(held(party("1"), party("2")), party("2"), party("1"))
    assert (found.added, found.changed, found.removed, found.unchanged) == ((), (), (), 2)


def test_new_changed_and_gone_entries_are_told_apart() -> None:
    found = compare(held(party("1"), party("2"), party("3")), party("1"), party("2", "Renamed"), party("4"))
    assert [one.listing.key for one in found.added] == ["4"]
    assert [one.listing.key for one in found.changed] == ["2"]
    assert found.removed == ("3",)
    assert found.unchanged == 1


def test_an_amending_act_takes_nothing_off() -> None:
    found = compare(held(party("1"), party("2")), party("3"), complete=False)
    assert found.removed == ()
    assert len(found.added) == 1


def test_an_edition_that_is_cut_off_takes_nothing_off_and_says_so() -> None:
    cut = Problem(line=7, code="cut_off_row", what="cut", taken=True)
    found = difference(held(party("1"), party("2")), Parsed(parties=(party("1"),), rows=1, problems=(cut,)), SOURCE)
    assert found.removed == ()
    withheld = found.problems[-1]
    assert (withheld.line, withheld.code) == (7, "removals_withheld")


def test_a_cut_off_edition_that_lacks_too_much_is_refused_all_the_same() -> None:
    before = held(*(party(str(number)) for number in range(10)))
    cut = Problem(line=2, code="cut_off_row", what="cut", taken=True)
    with pytest.raises(ListRefused, match="9 of 10"):
        difference(before, Parsed(parties=(party("1"),), rows=100, problems=(cut,)), SOURCE)


def test_an_entry_repeated_word_for_word_is_dropped_and_reported() -> None:
    found = compare({}, party("1"), party("1"))
    assert len(found.added) == 1
    assert [(problem.code, problem.taken) for problem in found.problems] == [("duplicate_key", False)]


def test_another_entry_under_the_same_key_is_kept_with_a_number() -> None:
    parsed = settled(Parsed(parties=(party("1", "A"), party("1", "B"), party("1", "C"), party("1", "B"))))
    assert [one.listing.key for one in parsed.parties] == ["1", "1#2", "1#3"]
    assert [one.entities[0].caption for one in parsed.parties] == ["A", "B", "C"]
    assert [problem.taken for problem in parsed.problems] == [True, True, False]
    assert settled(parsed) is parsed


def test_a_fingerprint_does_not_hang_on_the_order_of_values_or_entities() -> None:
    one, two = (
        Entity(id="a", schema="Company", properties={"name": ("X", "Y"), "country": ("cn",)}),
        Entity(id="b", schema="Company", properties={"name": ("Z",)}),
    )
    turned = Entity(id="a", schema="Company", properties={"country": ("cn",), "name": ("Y", "X")})
    listing = party("1").listing
    assert fingerprint(ListedParty(listing=listing, entities=(one, two))) == fingerprint(
        ListedParty(listing=listing, entities=(two, turned))
    )


def test_a_fingerprint_changes_with_the_listing_and_with_every_value() -> None:
    base = party("1")
    until = msgspec.structs.replace(base.listing, until=date(2026, 1, 1))
    others = [
        ListedParty(listing=until, entities=base.entities),
        party("1", "Other"),
        party("1", schema="LegalEntity"),
        ListedParty(listing=base.listing, entities=()),
    ]
    assert len({fingerprint(one) for one in (base, *others)}) == 5


def test_a_sanction_carries_what_the_listing_says() -> None:
    listing = Listing(
        jurisdiction="us",
        source="example",
        list="Entity List",
        key="EL-1",
        entity="us-el-1",
        programme="EAR",
        measure="export licence required",
        listed=date(2020, 12, 18),
        until=date(2026, 1, 1),
        reference="85 FR 83416",
        reason="diversion",
        licence_requirement="All items",
        licence_policy="Presumption of denial",
        url="https://example.org/list",
    )
    entity = check(sanction(listing, authority="Example ministry"))
    assert entity.schema == "Sanction"
    assert entity.values("provisions") == ("export licence required", "All items", "Presumption of denial")
    assert entity.first("startDate") == entity.first("listingDate") == "2020-12-18"
    assert entity.first("endDate") == "2026-01-01"
    assert entity.first("recordId") == "EL-1"
    assert (entity.first("entity"), entity.first("authority")) == ("us-el-1", "Example ministry")


def test_what_a_listing_does_not_say_its_sanction_does_not_say() -> None:
    entity = sanction(party("1").listing)
    assert set(entity.properties) == {"entity", "country", "program", "summary", "recordId"}


def test_an_entity_that_two_parties_carry_is_written_once_with_all_values() -> None:
    parties = (party("1", "A", schema="LegalEntity", entity="e"), party("2", "B", schema="Company", entity="e"))
    written = list(to_ftm(Parsed(parties=parties), SOURCE))
    assert [entity.schema for entity in written] == ["Company", "Sanction", "Sanction"]
    assert written[0].values("name") == ("A", "B")
    assert len({entity.id for entity in written}) == 3


NAMES = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(["x", "y"]), max_size=6)


@given(NAMES, NAMES)
def test_held_plus_the_difference_is_what_the_file_says(before: dict[str, str], after: dict[str, str]) -> None:
    loose = msgspec.structs.replace(
        SOURCE, expectations=Expectations(parties_least=0, parties_most=100, removed_share_most=1.0)
    )
    state = held(*(party(key, name) for key, name in before.items()))
    found = difference(state, Parsed(parties=tuple(party(key, name) for key, name in after.items())), loose)
    for key in found.removed:
        del state[key]
    state |= held(*found.added, *found.changed)
    assert state == held(*(party(key, name) for key, name in after.items()))
    assert found.unchanged + len(found.added) + len(found.changed) == len(after)
