# SPDX-License-Identifier: Apache-2.0
"""Recognising an entry in the next edition."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from highfence.sources.us_csl.keys import Mark, first_notice, keys, plain_name


def mark(name: str, *, number: str = "", countries: tuple[str, ...] = (), notice: str = "", rest: str = "") -> Mark:
    return Mark(list="EL", number=number, name=name, countries=countries, notice=notice, rest=rest)


def test_a_numbered_entry_has_its_number_as_key() -> None:
    assert keys([mark("Anything", number="17014")]) == ["EL-17014"]


def test_case_and_punctuation_of_a_name_make_no_new_key() -> None:
    one, two = keys([mark("Example Co., Ltd.")]), keys([mark("EXAMPLE CO LTD")])
    assert one == two


def test_an_amended_address_or_notice_keeps_the_key_of_a_name_that_stands_once() -> None:
    before = keys([mark("Example", countries=("cn",), notice="80 FR 1")])
    assert keys([mark("Example", countries=("cn", "hk"), notice="80 FR 1, 90 FR 2")]) == before


def test_a_name_that_stands_twice_is_told_apart_by_country_then_notice_then_place() -> None:
    marks = [
        mark("Example", countries=("ae",)),
        mark("Example", countries=("cn",), notice="80 FR 1"),
        mark("Example", countries=("cn",), notice="81 FR 1", rest="a"),
        mark("Example", countries=("cn",), notice="81 FR 1, 82 FR 5", rest="b"),
    ]
    found = keys(marks)
    assert len(set(found)) == 4
    assert keys(list(reversed(marks))) == list(reversed(found))
    assert keys([*marks[:2], mark("Other")])[0] == found[0]


def test_the_first_notice_is_read_in_each_of_its_spellings() -> None:
    assert first_notice("68 F.R. 38290 6/27/03 71 F.R. 38843") == "68 FR 38290"
    assert first_notice("76 FR 71867") == "76 FR 71867"
    assert first_notice("Notice 1958, Vol. 59") == "notice1958,vol.59"


def test_a_name_of_signs_alone_is_still_a_name() -> None:
    assert plain_name("***") == "***"


MARKS = st.lists(
    st.builds(
        mark,
        st.sampled_from(["A", "B", "***"]),
        countries=st.sampled_from([(), ("cn",), ("cn", "hk")]),
        notice=st.sampled_from(["", "80 FR 1", "80 FR 1, 81 FR 2"]),
        rest=st.text("xyz", max_size=2),
    ),
    max_size=8,
    unique_by=lambda mark: (mark.name, mark.countries, mark.notice, mark.rest),
)


@given(MARKS, st.data())
def test_keys_are_unique_and_do_not_hang_on_the_order_of_rows(marks: list[Mark], data: st.DataObject) -> None:
    found = dict(zip(map(repr, marks), keys(marks), strict=True))
    assert len(set(found.values())) == len(marks)
    shuffled = data.draw(st.permutations(marks))
    assert dict(zip(map(repr, shuffled), keys(shuffled), strict=True)) == found
