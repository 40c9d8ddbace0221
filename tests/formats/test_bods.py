# SPDX-License-Identifier: Apache-2.0
"""BODS 0.4: read as it says, written so that it reads back, dangling references refused."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import InvalidDocument
from highfence.formats.bods import Publication, read_statements, write_statements
from highfence.formats.holdings import Holdings
from highfence.model.interest import NO_SHARE, PERCENT, UNKNOWN_SHARE, Control, Interest, Share, between, exactly
from highfence.model.interests import Interests

PUBLICATION = Publication(publisher="Authority of the Netherlands", on=date(2026, 11, 24))


def entity(record: str, **details: Any) -> dict[str, Any]:
    kind = {"isComponent": False, "entityType": {"type": "registeredEntity"}, "name": f"{record} Ltd"}
    return {
        "statementId": f"s-{record}",
        "recordId": record,
        "recordType": "entity",
        "statementDate": "2025-01-01",
        "recordDetails": kind | details,
    }


def relation(owner: Any, owned: Any, *interests: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "statementId": "s-rel",
        "recordId": "rel",
        "recordType": "relationship",
        "statementDate": "2025-01-01",
        "recordDetails": {"subject": owned, "interestedParty": owner, "interests": list(interests)},
    } | more


def read(*statements: Any) -> Holdings:
    return read_statements("\n".join(map(json.dumps, statements)).encode())


def all_of(holdings: Holdings) -> list[Interest]:
    return [holdings.interests.interest(row) for row in range(len(holdings.interests))]


def one(*interests: dict[str, Any]) -> tuple[Share, Control]:
    (found,) = all_of(read(entity("X"), entity("A"), relation("X", "A", *interests)))
    return found.share, found.control


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        ({"exact": 60}, exactly(60)),
        ({"minimum": 25, "maximum": 50}, between(25, 50)),
        ({"minimum": 50, "exclusiveMinimum": True, "maximum": 75}, Share(50 * PERCENT + 1, 75 * PERCENT)),
        ({"minimum": 25, "maximum": 50, "exclusiveMaximum": True}, Share(25 * PERCENT, 50 * PERCENT - 1)),
        (None, UNKNOWN_SHARE),
    ],
)
def test_reads_shares_with_their_bounds(share: Any, expected: Share) -> None:
    assert one({"type": "shareholding", "directOrIndirect": "direct", "share": share}) == (expected, Control.NO)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("controlByLegalFramework", (NO_SHARE, Control.YES)),
        ("otherInfluenceOrControl", (UNKNOWN_SHARE, Control.MAYBE)),
        ("boardMember", (NO_SHARE, Control.MAYBE)),
        ("rightsToProfitOrIncome", (NO_SHARE, Control.NO)),
    ],
)
def test_control_is_as_sure_as_the_words_make_it(kind: str, expected: tuple[Share, Control]) -> None:
    assert one({"type": kind}) == expected


@pytest.mark.parametrize(("least", "most", "control"), [(75, 100, "YES"), (25, 50, "NO"), (25, 75, "MAYBE")])
def test_the_majority_of_votes_is_control(least: int, most: int, control: str) -> None:
    share = {"type": "shareholding", "share": {"exact": 10}}
    votes = {"type": "votingRights", "share": {"minimum": least, "maximum": most}}
    assert one(share, votes) == (exactly(10), Control[control])


def test_a_reference_that_leads_nowhere_is_refused_and_the_rest_taken() -> None:
    dangling = relation("ghost", "A", {"type": "shareholding", "share": {"exact": 60}}, recordId="r2", statementId="s2")
    holdings = read(
        entity("X"), entity("A"), relation("X", "A", {"type": "shareholding", "share": {"exact": 1}}), dangling
    )
    assert [(held.owner, held.owned) for held in all_of(holdings)] == [("X", "A")]
    assert [str(fault) for fault in holdings.faults] == [
        "s2: the interested party 'ghost' is described by no statement. Add the statement that describes it"
    ]
    assert holdings.refused == {"A": ("s2",)}


def test_the_latest_statement_of_a_record_counts_and_a_closed_one_has_ended() -> None:
    first = relation("X", "A", {"type": "shareholding", "share": {"exact": 60}})
    later = relation("X", "A", {"type": "shareholding", "share": {"exact": 40}}, statementDate="2025-06-01")
    assert [held.share for held in all_of(read(entity("X"), entity("A"), later, first))] == [exactly(40)]
    closed = later | {"statementDate": "2025-07-01", "recordStatus": "closed"}
    assert [held.until for held in all_of(read(entity("X"), entity("A"), first, closed))] == [date(2025, 7, 1)]


def test_two_leis_of_one_company_and_one_of_two_are_told_and_nothing_is_joined() -> None:
    lei = "5493001KJTIIGC8Y1R12"
    two = entity("A", identifiers=[{"id": lei, "scheme": "XI-LEI"}, {"id": "7LTWFZYICNSX8D621K86", "scheme": "XI-LEI"}])
    holdings = read(two, entity("B", identifiers=[{"id": lei, "scheme": "XI-LEI"}]))
    assert [fault.taken for fault in holdings.faults] == [True, True]
    assert "the company 'A' has several LEIs" in holdings.faults[0].what
    assert "they are not joined" in holdings.faults[1].what
    assert holdings.interests.ids == ["A", "B"]


def test_an_owner_that_is_not_named_is_told() -> None:
    holdings = read(entity("A"), relation({"reason": "subjectUnableToConfirm"}, "A"))
    assert "the interested party is not named: subjectUnableToConfirm" in str(holdings.notes[0])


@pytest.mark.parametrize("share", [{"exact": 150}, {"exact": -1}, {"minimum": 60, "maximum": 50}, {"exact": "x"}, [1]])
def test_an_impossible_share_is_refused(share: Any) -> None:
    holdings = read(entity("X"), entity("A"), relation("X", "A", {"type": "shareholding", "share": share}))
    assert [(one.owner, one.owned, one.share) for one in all_of(holdings)] == [("X", "A", UNKNOWN_SHARE)]
    assert [fault.place for fault in holdings.faults] == ["s-rel"]


def test_a_statement_of_an_older_version_is_told() -> None:
    holdings = read({"statementID": "x", "statementType": "entityStatement"})
    assert "this is no statement of BODS 0.4" in str(holdings.faults[0])


@pytest.mark.parametrize("data", [b"{", b"not json", b"[1,"])
def test_what_is_not_json_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidDocument):
        read_statements(data)


days = st.sampled_from((None, date(2020, 1, 1), date(2024, 2, 29)))


@given(
    st.lists(
        st.builds(
            lambda pair, bounds, control, since: Interest(
                owner=pair[0],
                owned=pair[1],
                share=Share(*sorted(bounds)),
                control=control,
                since=since,
            ),
            st.lists(st.sampled_from("ABC"), min_size=2, max_size=2, unique=True),
            st.tuples(st.integers(0, 100 * PERCENT), st.integers(0, 100 * PERCENT)),
            st.sampled_from(Control),
            days,
        ),
        max_size=6,
        unique=True,
    )
)
def test_what_is_written_reads_back(interests: list[Interest]) -> None:
    written = b"".join(write_statements(Interests.of(interests), PUBLICATION))
    holdings = read_statements(written)
    assert (holdings.faults, holdings.notes) == ((), ())

    def told(held: Interest) -> tuple[object, ...]:
        return (held.owner, held.owned, held.share, held.control, held.since, held.until)

    assert [told(held) for held in all_of(holdings)] == [told(held) for held in interests]
