# SPDX-License-Identifier: Apache-2.0
"""A table of interests: what is sound is taken, what is odd is refused with its line, and nothing is guessed."""

from __future__ import annotations

import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import InvalidDocument
from highfence.formats import blocks
from highfence.formats.holdings import Holdings
from highfence.formats.interest_table import read_table
from highfence.model.interest import PERCENT, UNKNOWN_SHARE, Control, Interest, Share, between, exactly

HEAD = "owner,owned,share,min,max,control,from,to,listed,policy\n"


def read(rows: str, head: str = HEAD) -> Holdings:
    return read_table(io.BytesIO((head + rows).encode()))


def all_of(holdings: Holdings) -> list[Interest]:
    return [holdings.interests.interest(row) for row in range(len(holdings.interests))]


def the_one(rows: str) -> Interest:
    (one,) = all_of(read(rows))
    return one


def refusal(rows: str) -> str:
    holdings = read(rows)
    # Of what is refused nothing is left but, where two are named, that the one may hold something in the other.
    left = [(one.owner, one.owned, one.share, one.control) for one in all_of(holdings)]
    assert left in ([], [("X", "A", UNKNOWN_SHARE, Control.MAYBE)])
    (fault,) = holdings.faults
    assert not fault.taken
    return str(fault)


def test_reads_shares_bounds_control_and_days_with_the_line() -> None:
    holdings = read("X,A,33.33,,,,,,,\n X , B ,,25,50,true,2020-01-01,2021-01-01,,\nA,B,10%,,,no,,,,\n")
    assert all_of(holdings) == [
        Interest(owner="X", owned="A", share=exactly("33.33"), place="line 2"),
        Interest(
            owner="X",
            owned="B",
            share=between(25, 50),
            control=Control.YES,
            since=date(2020, 1, 1),
            until=date(2021, 1, 1),
            place="line 3",
        ),
        Interest(owner="A", owned="B", share=exactly(10), place="line 4"),
    ]
    assert (holdings.faults, holdings.notes) == ((), ())


def test_a_listed_party_stands_in_a_column_of_its_own_with_its_policy() -> None:
    holdings = read("X,A,60,,,,,,,\n,,,,,,,,X,Presumption of denial\nA,B,60,,,,,,Q,\n")
    assert [(one.id, one.policy) for one in holdings.listed] == [("X", "Presumption of denial"), ("Q", "")]
    assert [str(note) for note in holdings.notes] == [
        "line 4: the listed party 'Q' stands in no interest (used all the same)"
    ]
    assert "Q" in holdings.interests.ids


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("X,A,150,,,,,,,", "line 2: 150 % is more than the whole"),
        ("X,A,-1,,,,,,,", "line 2: -1 % is negative"),
        ("X,A,half,,,,,,,", "line 2: 'half' is no share"),
        ("X,A,nan,,,,,,,", "line 2: NaN is no share"),
        ("X,A,1e1000,,,,,,,", "is more than the whole"),
        ("X,A,,60,40,,,,,", "line 2: the least, 60 %, is more than the most, 40 %"),
        ("X,A,50,40,,,,,,", "line 2: there are a share and bounds"),
        ("X,A,50,,,maybe,,,,", "line 2: 'maybe' does not say whether there is control"),
        ("X,A,50,,,,2021-01-01,2020-01-01,,", "line 2: it ends on 2020-01-01 before it begins on 2021-01-01"),
        ("X,A,50,,,,01.02.2021,,,", "line 2: '01.02.2021' is no day"),
        ("X,X,50,,,,,,,", "line 2: 'X' has an interest in itself"),
        (",A,50,,,,,,,", "line 2: the owner is missing"),
        ("X,,50,,,,,,,", "line 2: the owned is missing"),
        ("X,A,50", "line 2: 3 cells under 10 headings"),
    ],
)
def test_what_is_odd_is_refused_with_its_line_and_not_guessed(row: str, why: str) -> None:
    assert why in refusal(row + "\n")


@pytest.mark.parametrize("row", ["X,A,150,,,,,,,", "X,A,50,,,,2021-01-01,2020-01-01,,", "X,A,50,,,maybe,,,,"])
def test_that_there_is_an_interest_stays_when_the_rest_of_it_is_refused(row: str) -> None:
    assert [(one.owner, one.owned, one.share) for one in all_of(read(row + "\n"))] == [("X", "A", UNKNOWN_SHARE)]


def test_a_refused_interest_is_remembered_at_the_party_it_was_in() -> None:
    holdings = read("X,A,150,,,,,,,\nX,B,50,,,,,,,\nY,A,-3,,,,,,,\n")
    assert holdings.refused == {"A": ("line 2", "line 4")}
    held = {(one.owner, one.owned): (one.share, one.control) for one in all_of(holdings)}
    assert held[("X", "B")] == (exactly(50), Control.NO)
    assert held[("X", "A")] == held[("Y", "A")] == (UNKNOWN_SHARE, Control.MAYBE)


def test_a_missing_share_is_told_and_counts_as_unknown() -> None:
    holdings = read("X,A,,,,,,,,\n")
    assert all_of(holdings)[0].share == UNKNOWN_SHARE
    assert holdings.faults == ()
    assert "line 2: the share of 'X' in 'A' is missing" in str(holdings.notes[0])


@pytest.mark.parametrize("row", ["X,A,unknown,,,,,,,", "X,A,?,,,,,,,", "X,A,,0,100,,,,,", "X,A,,,,true,,,,"])
def test_a_share_that_is_said_to_be_unknown_is_no_news(row: str) -> None:
    holdings = read(row + "\n")
    assert all_of(holdings)[0].share == UNKNOWN_SHARE
    assert (holdings.faults, holdings.notes) == ((), ())


def test_the_same_interest_twice_counts_once_for_certain_and_may_be_two_lots() -> None:
    holdings = read("X,A,30,,,,,,,\nX,A,30,,,,,,,\nX,A,20,,,,,,,\n")
    assert [one.share for one in all_of(holdings)] == [Share(30 * PERCENT, 60 * PERCENT), exactly(20)]
    assert "line 3: the same interest stands at line 2 already" in str(holdings.faults[0])


def test_quoted_cells_with_separators_and_line_breaks_keep_their_lines() -> None:
    holdings = read('"X, Ltd",A,60,,,,,,,\n"Y\nLtd",A,10,,,,,,,\nZ,A,200,,,,,,,\n')
    assert [(one.owner, one.place) for one in all_of(holdings)] == [
        ("X, Ltd", "line 2"),
        ("Y\nLtd", "line 4"),
        ("Z", "line 5"),
    ]
    assert [fault.place for fault in holdings.faults] == ["line 5"]


def test_an_unclosed_quote_is_refused() -> None:
    with pytest.raises(InvalidDocument, match="a row cannot be read"):
        read('"X,A,60,,,,,,,\n')


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_line_ends_and_a_byte_order_mark_are_read(separator: str) -> None:
    text = f"\ufeffowner{separator}owned{separator}share\r\nX{separator}A{separator}60\r\n\r\nA{separator}B{separator}7"
    holdings = read_table(io.BytesIO(text.encode()))
    assert [(one.owner, one.share, one.place) for one in all_of(holdings)] == [
        ("X", exactly(60), "line 2"),
        ("A", exactly(7), "line 4"),
    ]


def test_a_table_without_owners_is_refused() -> None:
    with pytest.raises(InvalidDocument, match="the column 'owned' is missing"):
        read("", head="owner,share\n")


def test_text_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(InvalidDocument, match="not UTF-8"):
        read_table(io.BytesIO(HEAD.encode() + "Ärzte,A,60,,,,,,,\n".encode("latin-1")))


def test_a_column_that_is_not_known_is_told() -> None:
    holdings = read("X,A,60,hello\n", head="owner,owned,share,remark\n")
    assert [str(note) for note in holdings.notes] == ["line 1: the column 'remark' is not used (used all the same)"]


@given(
    st.lists(
        st.sampled_from(["X,A,60", '"X",A,60', "X,B,1", "X,,1", "A,A,1", "", "X,A", "Y,A,101", "Y,A,"]), max_size=12
    )
)
def test_blocks_of_any_size_read_alike(rows: list[str]) -> None:
    data = ("owner,owned,share\n" + "\n".join(rows)).encode()
    whole = read_table(io.BytesIO(data))
    small = blocks._CHUNK_BYTES
    try:
        blocks._CHUNK_BYTES = 16
        parts = read_table(io.BytesIO(data))
    finally:
        blocks._CHUNK_BYTES = small
    assert all_of(parts) == all_of(whole)
    assert (parts.faults, parts.notes, parts.refused) == (whole.faults, whole.notes, whole.refused)
