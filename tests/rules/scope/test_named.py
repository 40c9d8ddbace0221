# SPDX-License-Identifier: Apache-2.0
"""A technology is named by a listing's own words, and by nothing else."""

from __future__ import annotations

import pytest

from highfence.model.listing import Listing
from highfence.rules.scope.areas import scope_tables
from highfence.rules.scope.named import area_title, areas_named, areas_of, named_by


def placed(**said: str) -> Listing:
    return Listing(jurisdiction="us", source="s", list="Quantum List", key="k", entity="e", **said)


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("Produces components for unmanned aerial vehicles", ("aerospace-propulsion",)),
        ("unmanned-aerial  vehicles; UAVs", ("aerospace-propulsion",)),
        ("nuclear weapons; 大量破壊兵器等の懸念: 核 N", ("nuclear",)),
        ("biological weapons, chemical weapons", ("biotechnology", "chemicals")),
        ("manufacture of semiconductors and micro-electronics", ("semiconductors",)),
        ("For all items subject to the EAR (See § 744.23 of the EAR)", ("computing", "semiconductors")),
        ("See § 744.2 of the EAR", ("nuclear",)),
        ("See § 744.21 of the EAR", ("military",)),
        ("See § 744.210 and § 744.11 of the EAR", ()),
        ("a thermonuclear thriller about dronespotting", ()),
        ("Radio broadcasting and staff training", ()),
        ("", ()),
    ],
)
def test_areas_are_those_whose_words_stand_in_the_text(text: str, areas: tuple[str, ...]) -> None:
    assert areas_named(text) == areas


def test_reason_programme_and_licence_requirement_name_and_the_list_does_not() -> None:
    assert areas_of(placed()) == ()
    assert areas_of(placed(reason="missiles")) == ("aerospace-propulsion",)
    assert areas_of(placed(programme="Chemical Weapons")) == ("chemicals",)
    assert areas_of(placed(licence_requirement="§ 744.3 of the EAR")) == ("aerospace-propulsion", "space")


def test_every_area_of_the_table_is_one_of_the_yard_once() -> None:
    known = {one.id for one in scope_tables().areas}
    named = [one.id for one in named_by()]
    assert set(named) <= known
    assert len(named) == len(set(named))
    assert area_title("nuclear") == "Nuclear materials and equipment"


def test_every_word_of_the_table_names_its_area() -> None:
    for one in named_by():
        for text in (*one.words, *(f"x {word.upper()}s." for word in one.words), *one.sections):
            assert one.id in areas_named(text), text


def test_a_long_text_is_read_whole() -> None:
    assert areas_named("supplier " * 20_000 + "of uranium") == ("nuclear",)
