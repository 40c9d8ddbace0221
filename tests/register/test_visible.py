# SPDX-License-Identifier: Apache-2.0
"""What a reader may see, and how companies look from it alone."""

from __future__ import annotations

from hypothesis import given

from highfence.register.visible import stands, visible, visible_groups
from highfence.rules.handling import may_view

from .claims import CLOSED, OPEN, READER, TODAY, company, held, shelves


def names(groups):
    return [[one.id for one in group] for group in groups]


@given(shelves())
def test_shows_exactly_what_the_rules_allow(shelf):
    allowed = [
        one
        for one in shelf
        if may_view(one.assertion.marking, READER, on=TODAY, originator=one.assertion.originator).allowed
    ]
    assert list(visible(shelf, READER, on=TODAY)) == allowed


@given(shelves())
def test_what_is_hidden_does_not_change_the_groups(shelf):
    shown = visible(shelf, READER, on=TODAY)
    assert visible_groups(shelf, READER, on=TODAY) == visible_groups(shown, READER, on=TODAY)


def test_a_shared_identifier_makes_one_company():
    shelf = [held("a", company("nl-1", innCode=("7736050003",))), held("b", company("us-2", innCode=("7736050003",)))]
    assert names(visible_groups(shelf, READER, on=TODAY)) == [["a", "b"]]


def test_two_companies_joined_only_by_something_hidden_look_apart():
    shelf = [
        held("a", company("nl-1", innCode=("7736050003",))),
        held("b", company("us-2", leiCode=("5493001KJTIIGC8Y1R12",))),
        held("c", company("xx-3", innCode=("7736050003",), leiCode=("5493001KJTIIGC8Y1R12",)), marking=CLOSED),
    ]
    assert names(visible_groups(shelf, READER, on=TODAY)) == [["a"], ["b"]]


def test_what_was_withdrawn_joins_nothing_but_stays_with_its_entity():
    shelf = [
        held("a", company("nl-1", innCode=("7736050003",))),
        held("b", company("us-2", innCode=("7736050003",)), superseded_by="c"),
        held("c", kind="withdrawal", subject="us-2", refers_to="b", reason="mistaken"),
    ]
    assert names(visible_groups(shelf, READER, on=TODAY)) == [["a"], ["b", "c"]]


def test_a_comment_stays_with_the_entity_it_is_about():
    shelf = [held("a", company("nl-1")), held("b", kind="comment", subject="nl-1", refers_to="a", text="Agreed")]
    assert names(visible_groups(shelf, READER, on=TODAY)) == [["a", "b"]]


def test_a_reader_who_may_see_nothing_sees_no_group():
    assert visible_groups([held("a", company("nl-1"), marking=CLOSED)], READER, on=TODAY) == ()


def test_only_what_is_neither_replaced_nor_a_withdrawal_stands():
    assert stands(held("a", company(), kind="correction", refers_to="b", reason="more known"))
    assert not stands(held("a", company(), marking=OPEN, superseded_by="b"))
    assert not stands(held("a", kind="withdrawal", refers_to="b", reason="mistaken"))
