# SPDX-License-Identifier: Apache-2.0
"""The profile shows a reader what stands, with who says so, and nothing of the rest."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given, settings

from highfence.errors import NotFound
from highfence.model.entity import Entity
from highfence.model.marking import Marking
from highfence.register.profile import profile
from highfence.register.view import Held, Profile
from highfence.register.visible import visible
from highfence.rules.handling import combine

from .claims import CLOSED, OPEN, READER, TODAY, company, held, listing, shelves


def show(*shelf: Held, on: date = TODAY, jurisdictions: tuple[str, ...] = ("eu", "jp", "us")) -> Profile:
    return profile("c-1", shelf, reader=READER, on=on, jurisdictions=jurisdictions)


def values(shown: Profile, prop: str) -> list[tuple[str, str]]:
    return [(one.statement.originator, one.statement.value) for one in shown.statements if one.statement.prop == prop]


@settings(max_examples=200)
@given(shelves())
def test_what_a_reader_may_not_see_leaves_no_trace(shelf):
    shown = visible(shelf, READER, on=TODAY)
    if not shown:
        with pytest.raises(NotFound):
            show(*shelf)
    else:
        assert show(*shelf) == show(*shown)


@given(shelves())
def test_the_order_in_which_assertions_are_given_does_not_matter(shelf):
    if visible(shelf, READER, on=TODAY):
        assert show(*shelf) == show(*reversed(shelf))


@given(shelves())
def test_only_what_stands_gives_values(shelf):
    standing = {one.id for one in shelf if not one.superseded_by and one.assertion.kind != "withdrawal"}
    if visible(shelf, READER, on=TODAY):
        shown = show(*shelf)
        assert {one.statement.assertion for one in shown.statements} <= standing
        assert {one.assertion for one in shown.listings} | {one.assertion for one in shown.claims} <= standing
        assert sum(shown.known_to.values()) <= len(standing)


def test_a_company_of_which_nothing_may_be_seen_is_not_found():
    with pytest.raises(NotFound) as hidden:
        show(held("a", company(), marking=CLOSED))
    with pytest.raises(NotFound) as absent:
        show()
    assert str(hidden.value) == str(absent.value)


def test_every_value_says_who_said_it_and_since_when():
    about = Entity(
        id="nl-1",
        schema="Company",
        properties={"name": ("Acme Optics BV",), "country": ("nl",)},
        originals={"Acme Optics BV": "ACME OPTICS B.V."},
        languages={"Acme Optics BV": "nld"},
    )
    statement = show(held("a", about, listing=listing(), kind="listing")).statements[0]
    assert statement.marking == OPEN
    assert msgspec.to_builtins(statement.statement) == {
        "assertion": "a",
        "originator": "nl",
        "entity": "nl-1",
        "schema": "Company",
        "prop": "name",
        "value": "Acme Optics BV",
        "first_seen": "2026-11-20",
        "original_value": "ACME OPTICS B.V.",
        "language": "nld",
        "dataset": "us_list",
    }


def test_the_day_first_seen_is_a_day_in_utc():
    shown = show(held("a", company(), issued="2026-11-21T01:30:00+02:00"))
    assert {one.statement.first_seen for one in shown.statements} == {date(2026, 11, 20)}


def test_conflicting_values_stand_side_by_side():
    shown = show(
        held("a", company(incorporationDate=("2001",))),
        held("b", company(incorporationDate=("2003",)), originator="us"),
    )
    assert values(shown, "incorporationDate") == [("nl", "2001"), ("us", "2003")]


def test_equal_values_of_two_authorities_stay_two_statements():
    shown = show(held("a", company(country=("nl",))), held("b", company(country=("nl",)), originator="us"))
    assert values(shown, "country") == [("nl", "nl"), ("us", "nl")]
    assert shown.countries == ("nl",)
    assert shown.known_to == {"nl": 1, "us": 1}


def test_kin_carried_along_is_shown_but_is_not_one_of_the_companys_own_ids():
    address = Entity(id="nl-1-a", schema="Address", properties={"full": ("1 Harbour Road",), "country": ("nl",)})
    shown = show(held("a", company(), address))
    assert values(shown, "full") == [("nl", "1 Harbour Road")]
    assert shown.entities == ("nl-1",)
    assert shown.countries == ("nl",)


def test_a_correction_speaks_in_the_place_of_what_it_corrects():
    first = held("a", company(country=("de",)), superseded_by="b", kind="concern", text="Old words")
    correction = held(
        "b",
        company(country=("nl",)),
        kind="correction",
        refers_to="a",
        reason="wrong country",
        text="New words",
        position=1,
    )
    shown = show(first, correction)
    assert values(shown, "country") == [("nl", "nl")]
    assert [(one.kind, one.text, one.refers_to) for one in shown.claims] == [("concern", "New words", "a")]
    assert [(one.kind, one.text) for one in shown.history] == [("concern", ""), ("correction", "wrong country")]
    assert shown.known_to == {"nl": 1}


def test_a_correction_of_a_correction_still_speaks_as_the_first():
    shown = show(
        held("a", kind="concern", text="One", superseded_by="b"),
        held("b", kind="correction", refers_to="a", reason="r", text="Two", superseded_by="c", position=1),
        held("c", company(), kind="correction", refers_to="b", reason="r", text="Three", position=2),
    )
    assert [(one.kind, one.text) for one in shown.claims] == [("concern", "Three")]


def test_corrections_that_refer_to_each_other_do_not_go_round_for_ever():
    shown = show(
        held("a", company(), kind="correction", refers_to="b", reason="r", text="One"),
        held("b", company(), kind="correction", refers_to="a", reason="r", text="Two", position=1),
    )
    assert [one.kind for one in shown.claims] == ["correction", "correction"]


def test_a_withdrawn_assertion_leaves_only_history():
    shown = show(
        held("a", company(country=("nl",)), kind="listing", listing=listing(), superseded_by="b", text="Why"),
        held("b", kind="withdrawal", refers_to="a", reason="listed by mistake", position=1),
    )
    assert (shown.statements, shown.listings, shown.claims, shown.listed_by) == ((), (), (), ())
    assert (shown.caption, shown.schema, shown.countries, shown.known_to) == ("c-1", "LegalEntity", (), {})
    assert [(one.kind, one.text, one.refers_to) for one in shown.history] == [
        ("listing", "Entity List: Export control", ""),
        ("withdrawal", "listed by mistake", "a"),
    ]


def test_a_comment_does_not_name_the_hidden_assertion_it_is_about():
    shown = show(
        held("a", company(), marking=CLOSED), held("b", kind="comment", refers_to="a", text="Agreed", position=1)
    )
    assert [(one.text, one.refers_to) for one in shown.claims] == [("Agreed", "")]
    assert [one.refers_to for one in shown.history] == [""]


def test_listed_by_counts_only_listings_that_stand_on_the_day():
    shelf = (
        held("a", company(), kind="listing", listing=listing(jurisdiction="us")),
        held("b", company(), kind="listing", listing=listing(jurisdiction="eu", until=date(2026, 11, 24))),
        held("c", company(), kind="listing", listing=listing(jurisdiction="uk", listed=date(2026, 12, 1))),
        held("d", company(), kind="listing", listing=listing(jurisdiction="ca"), marking=CLOSED),
    )
    shown = show(*shelf, jurisdictions=("ca", "eu", "jp", "uk", "us"))
    assert shown.listed_by == ("us",)
    assert shown.not_listed_by == ("ca", "eu", "jp", "uk")
    assert [one.listing.jurisdiction for one in shown.listings] == ["us", "eu", "uk"]
    assert show(*shelf, on=date(2026, 11, 23)).listed_by == ("eu", "us")


def test_history_is_in_the_order_of_arrival_here():
    shown = show(held("b", company(), position=2), held("a", company(), position=1))
    assert [one.assertion for one in shown.history] == ["a", "b"]


def test_the_caption_is_the_name_most_sources_give_first():
    shown = show(
        held("a", company(name=("Acme Holding", "Acme Optics BV"))),
        held("b", company(name=("Acme Optics BV",))),
        held("c", company(name=("Acme Optics BV",))),
    )
    assert shown.caption == "Acme Optics BV"


def test_the_most_precise_schema_wins_over_a_frequent_vague_one():
    vague = Entity(id="nl-1", schema="LegalEntity", properties={"name": ("Acme",)})
    assert show(held("a", vague), held("b", vague), held("c", company())).schema == "Company"
    assert show(held("a", vague)).schema == "LegalEntity"


def test_the_marking_is_the_combination_of_all_that_is_shown():
    wide = Marking(tlp="CLEAR", classification="PUBLIC", releasable_to=("jp", "us"), originator_control=False)
    shown = show(held("a", company()), held("b", company(), marking=wide, superseded_by="x"))
    assert shown.marking == combine([OPEN, wide])
    assert shown.marking.releasable_to == ("jp",)
