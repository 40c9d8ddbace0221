# SPDX-License-Identifier: Apache-2.0
"""Links between parties are read as they were told, and what cannot be read is never guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.model.entity import Entity
from highfence.model.interest import UNKNOWN_SHARE, Control, between, exactly
from highfence.model.tie import ROLES, SENTENCES, ties_of


def link(schema: str = "Ownership", **said: str) -> Entity:
    ends = {"Ownership": ("owner", "asset"), "Succession": ("predecessor", "successor")}.get(
        schema, ("object", "subject")
    )
    properties = {ends[0]: ("x",), ends[1]: ("a",), **{prop: (value,) for prop, value in said.items()}}
    return Entity(id="l", schema=schema, properties=properties)


@pytest.mark.parametrize(
    ("printed", "share"),
    [
        ("50", exactly(50)),
        ("35 %", exactly(35)),
        ("33.33%", exactly("33.33")),
        ("25-50", between(25, 50)),
        ("25 % to 50 %", between(25, 50)),
    ],
)
def test_a_share_is_read_as_it_is_usually_printed(printed, share):
    (tie,) = ties_of([link(percentage=printed)])
    assert (tie.kind, tie.subject, tie.object, tie.share, tie.unread) == ("owned-by", "a", "x", share, ())


@pytest.mark.parametrize("printed", ["150", "-5", "50-25", "half", "", "5e1", "nan", "5..0"])
def test_a_share_that_is_none_is_unknown_and_said(printed):
    (tie,) = ties_of([link(percentage=printed)])
    assert tie.share == UNKNOWN_SHARE
    assert printed in tie.unread[0]
    assert tie.interest(owner="x", owned="a", place="p").control is Control.MAYBE


def test_a_link_without_a_share_is_an_unknown_share_and_nothing_is_wrong():
    (tie,) = ties_of([link(role="parent company")])
    assert (tie.share, tie.unread, tie.role) == (UNKNOWN_SHARE, (), "parent company")


def test_days_hold_from_the_first_to_before_the_last():
    (tie,) = ties_of([link(startDate="2024", endDate="2025-06-01")])
    assert (tie.since, tie.until) == (date(2024, 1, 1), date(2025, 6, 1))
    assert [tie.stands(date(*day)) for day in ((2023, 12, 31), (2024, 1, 1), (2025, 5, 31), (2025, 6, 1))] == [
        False,
        True,
        True,
        False,
    ]


def test_days_in_the_wrong_order_are_said_and_left_out():
    (tie,) = ties_of([link(startDate="2025-01-01", endDate="2024-01-01")])
    assert (tie.since, tie.until) == (None, None)
    assert "before it begins" in tie.unread[0]


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_of_the_vocabulary_is_the_kind(role):
    (tie,) = ties_of([link("UnknownLink", role=role)])
    assert (tie.kind, tie.subject, tie.object) == (role, "a", "x")
    assert tie.kind in SENTENCES


def test_any_other_role_only_says_that_there_is_a_link():
    (tie,) = ties_of([link("UnknownLink", role="cousin of")])
    assert (tie.kind, tie.role) == ("linked", "cousin of")
    assert tie.interest(owner="x", owned="a", place="p") is None


def test_control_is_an_interest_of_unknown_share():
    (tie,) = ties_of([link("UnknownLink", role="controlled-by")])
    interest = tie.interest(owner="x", owned="a", place="p")
    assert (interest.control, interest.share) == (Control.YES, UNKNOWN_SHARE)


def test_a_successor_and_other_entities():
    (tie,) = ties_of([Entity(id="c", schema="Company"), link("Succession")])
    assert (tie.kind, tie.subject, tie.object) == ("successor-of", "a", "x")


def test_nobody_has_an_interest_in_itself():
    (tie,) = ties_of([link()])
    assert tie.interest(owner="a", owned="a", place="p") is None


@given(st.text(max_size=30), st.text(max_size=12), st.text(max_size=12))
def test_whatever_is_printed_there_is_a_tie_within_bounds(percentage, since, until):
    (tie,) = ties_of([link(percentage=percentage, startDate=since, endDate=until)])
    assert 0 <= tie.share.low <= tie.share.high <= UNKNOWN_SHARE.high
    assert tie.since is None or tie.until is None or tie.since <= tie.until
