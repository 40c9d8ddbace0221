# SPDX-License-Identifier: Apache-2.0
"""A JSON document of interests: read strictly, item by item."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from highfence.errors import InvalidDocument
from highfence.formats.holdings import Holdings
from highfence.formats.interest_document import read_document
from highfence.model.interest import UNKNOWN_SHARE, Control, Interest, Listed, between, exactly


def read(*interests: Any, listed: Any = ()) -> Holdings:
    return read_document(json.dumps({"listed": list(listed), "interests": list(interests)}).encode())


def all_of(holdings: Holdings) -> list[Interest]:
    return [holdings.interests.interest(row) for row in range(len(holdings.interests))]


def test_reads_every_way_to_say_a_share() -> None:
    holdings = read(
        {"owner": "X", "owned": "A", "share": 33.33},
        {"owner": "X", "owned": "B", "share": {"min": 25, "max": 50}, "control": True},
        {"owner": "X", "owned": "C", "min": 25, "from": "2020-01-01", "to": "2021-01-01"},
        {"owner": "X", "owned": "D", "share": None, "control": None},
    )
    assert all_of(holdings) == [
        Interest(owner="X", owned="A", share=exactly("33.33"), place="interests[0]"),
        Interest(owner="X", owned="B", share=between(25, 50), control=Control.YES, place="interests[1]"),
        Interest(
            owner="X",
            owned="C",
            share=between(25, 100),
            since=date(2020, 1, 1),
            until=date(2021, 1, 1),
            place="interests[2]",
        ),
        Interest(owner="X", owned="D", share=UNKNOWN_SHARE, control=Control.MAYBE, place="interests[3]"),
    ]
    assert (holdings.faults, holdings.notes) == ((), ())


def test_reads_listed_parties_with_their_policy_and_rules() -> None:
    entry = {"id": "Y", "policy": "Policy of denial", "rules": ["us-bis"], "jointly": "kin", "from": "2024-01-01"}
    holdings = read({"owner": "X", "owned": "Y", "share": 1}, listed=["X", entry])
    assert holdings.listed == (
        Listed(id="X"),
        Listed(id="Y", policy="Policy of denial", rules=("us-bis",), jointly="kin", since=date(2024, 1, 1)),
    )


@pytest.mark.parametrize(
    ("interest", "why"),
    [
        ({"owner": "X", "owned": "A", "share": 150}, "150 % is more than the whole"),
        ({"owner": "X", "owned": "A", "share": -1}, "-1 % is negative"),
        ({"owner": "X", "owned": "A", "share": True}, "share is no number"),
        ({"owner": "X", "owned": "A", "share": {"min": 60, "max": 40}}, "is more than the most"),
        ({"owner": "X", "owned": "A", "share": 50, "min": 4}, "there are a share and bounds"),
        ({"owner": "X", "owned": "A", "share": 50, "control": "yes"}, "control is neither true nor false"),
        ({"owner": "X", "owned": "A", "share": 5, "from": "2021-01-01", "to": "2020-01-01"}, "before it begins"),
        ({"owner": "X", "owned": "A", "share": 5, "from": 2021}, "from is not text"),
        ({"owner": "X", "owned": "X", "share": 5}, "has an interest in itself"),
        ({"owner": "X", "share": 5}, "the owned is missing"),
        ("X owns A", "an interest is an object"),
    ],
)
def test_what_is_odd_is_refused_with_its_place(interest: Any, why: str) -> None:
    holdings = read({"owner": "X", "owned": "B", "share": 1}, interest)
    named = isinstance(interest, dict) and interest.get("owned") == "A"
    assert [(one.owned, one.share) for one in all_of(holdings)][1:] == ([("A", UNKNOWN_SHARE)] if named else [])
    (fault,) = holdings.faults
    assert fault.place == "interests[1]"
    assert why in fault.what


def test_a_share_that_is_left_out_is_told_and_counts_as_unknown() -> None:
    holdings = read({"owner": "X", "owned": "A"})
    assert all_of(holdings)[0].share == UNKNOWN_SHARE
    assert "interests[0]: the share of 'X' in 'A' is missing" in str(holdings.notes[0])


def test_a_listed_party_that_nobody_knows_and_a_field_that_is_not_known_are_told() -> None:
    holdings = read({"owner": "X", "owned": "A", "share": 1, "contol": True}, listed=["Q"])
    assert [note.what for note in holdings.notes] == [
        "the field 'contol' is not used",
        "the listed party 'Q' stands in no interest",
    ]


@pytest.mark.parametrize("data", [b"[1]", b"{", b'{"interests": 3}', b"[" * 100_000])
def test_a_document_of_another_form_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidDocument):
        read_document(data)
