# SPDX-License-Identifier: Apache-2.0
"""The yard: what stands behind a code on a day, and how large it is."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import InvalidInput
from highfence.model.control import ControlEntry, ControlLists, Paragraph
from highfence.rules.scope.areas import Change, Scope, read_scope, scope_tables
from highfence.rules.scope.yard import Yard, covers

ENTRY = ControlEntry(
    list="us-ccl",
    code="3B001",
    heading="Equipment",
    paragraphs=(Paragraph(code="3B001.f", text="Lithography"), Paragraph(code="3B001.f.1", text="Steppers")),
)
LISTS = ControlLists(
    ccl={"3B001": ENTRY}, priority={"854231": "1"}, hs={"854231": "Integrated circuits", "010121": "Horses"}
)
YARD = Yard.of(LISTS)
TODAY = date(2026, 11, 24)
OWN = """
[[areas]]
id = "hypersonics"
title = "Hypersonics"

[[changes]]
id = "own-1"
title = "Hypersonic tests"
act = "Order 7 of 2026"
verified = true
proposed = 2026-01-10
consulted = "all Members"
consulted_from = 2026-02-01
consulted_until = 2026-02-28
adopted = 2026-04-01
from = 2026-05-01
review = 2027-05-01
sunset = 2028-05-01

[[changes.areas]]
area = "hypersonics"
[[changes.areas.adds]]
kind = "eccn"
codes = ["9B105"]
"""


def test_shows_an_entry_with_its_paragraphs_areas_and_national_lists() -> None:
    shown = YARD.show("3b001.f", on=TODAY)
    assert [one.code for one in shown.paragraphs] == ["3B001.f", "3B001.f.1"]
    assert (shown.areas, shown.national, shown.outside) == (("semiconductors",), ("nl",), False)


def test_a_national_list_counts_from_its_day_on_only() -> None:
    assert YARD.show("3B001.f", on=date(2023, 8, 31)).national == ()
    assert YARD.show("3B001.f", on=date(2023, 9, 1)).national == ("nl",)


def test_shows_an_hs_number_with_its_tier_and_says_what_is_outside() -> None:
    chip, horse = YARD.show("85423190", on=TODAY), YARD.show("010121", on=TODAY)
    assert (chip.tier, chip.outside, horse.tier, horse.outside) == ("1", False, "", True)


@pytest.mark.parametrize("code", ["3B999", "999999", "3B001.z.9", "hello"])
def test_refuses_a_code_that_nothing_goes_by_and_says_the_form(code: str) -> None:
    with pytest.raises(InvalidInput, match="nothing goes by") as caught:
        YARD.show(code, on=TODAY)
    assert "3B001" in caught.value.advice


def test_the_priority_list_has_fifty_codes_in_the_yard() -> None:
    before, after = YARD.size(date(2024, 2, 22)), YARD.size(date(2024, 2, 23))
    assert (before.hs, after.hs) == (0, 50)


def test_the_screening_scope_counts_when_it_applies_and_not_when_it_is_in_force() -> None:
    assert YARD.size(date(2026, 7, 16)).sectors == 0
    assert YARD.size(date(2028, 1, 17)).sectors == 15


def test_sizes_come_in_the_order_of_days_with_the_changes_that_made_them() -> None:
    sizes = YARD.sizes()
    assert [one.since for one in sizes] == sorted(one.since for one in sizes)
    assert all(one.changes for one in sizes)


def test_a_change_is_proposed_consulted_adopted_in_force_due_and_ended() -> None:
    change = read_scope(OWN).changes[0]
    days = {
        "not yet known": date(2026, 1, 9),
        "proposed": date(2026, 1, 10),
        "in consultation": date(2026, 2, 28),
        "consulted": date(2026, 3, 1),
        "adopted": date(2026, 4, 30),
        "in force": date(2026, 5, 1),
        "ended": date(2028, 5, 1),
    }
    assert {state: change.state(day) for state, day in days.items()} == {state: state for state in days}
    assert not change.review_due(date(2027, 4, 30))
    assert change.review_due(date(2027, 5, 1))


def test_an_authoritys_own_change_is_in_the_yard_from_its_day_until_its_sunset() -> None:
    yard = Yard.of(LISTS, scope_tables().with_changes(read_scope(OWN)))
    held = [
        [area.id for area in yard.areas_of("9B105", on=day)]
        for day in (date(2026, 4, 30), date(2026, 5, 1), date(2028, 5, 1))
    ]
    assert held == [["aerospace-propulsion"], ["aerospace-propulsion", "hypersonics"], ["aerospace-propulsion"]]
    assert [one.id for one in yard.due(date(2027, 5, 1))] == ["own-1"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[[changes]]\nid = 3", "cannot be read"),
        (OWN.replace("adopted = 2026-04-01", "adopted = 2025-04-01"), "not in their order"),
        (OWN.replace("9B105", "9B10"), "is no code"),
    ],
)
def test_refuses_a_table_that_is_wrong(text: str, what: str) -> None:
    with pytest.raises(InvalidInput, match=what):
        read_scope(text)


def test_refuses_a_change_twice_and_one_of_an_unknown_area() -> None:
    scope = read_scope(OWN)
    with pytest.raises(InvalidInput, match="already"):
        scope_tables().with_changes(scope).with_changes(scope)
    with pytest.raises(InvalidInput, match="there is no area"):
        scope_tables().with_changes(Scope(changes=scope.changes))


@given(st.dates(date(1996, 1, 1), date(2030, 1, 1)), st.dates(date(2026, 12, 1), date(2029, 1, 1)))
def test_the_yard_of_a_day_does_not_depend_on_changes_that_come_later(day: date, later: date) -> None:
    change = read_scope(OWN).changes[0]
    moved = Scope(areas=read_scope(OWN).areas, changes=(_from(change, later),))
    if day < later:
        assert Yard.of(LISTS, scope_tables().with_changes(moved)).holdings(day) == YARD.holdings(day)


def _from(change: Change, day: date) -> Change:
    return msgspec.structs.replace(change, since=day, sunset=None)


@given(
    st.sampled_from(["3B001", "3B*", "3B001.f", "8542"]), st.sampled_from(["3B001", "3B001.f.1", "854231", "3B0011"])
)
def test_what_covers_a_code_covers_all_below_it(pattern: str, code: str) -> None:
    if covers(pattern, code) and not pattern.isdigit():
        assert covers(pattern, code + ".a")
