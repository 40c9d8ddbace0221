# SPDX-License-Identifier: Apache-2.0
"""The search of control lists finds what a description means, and a code finds itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import InvalidInput
from highfence.model.control import EU_ANNEX_I, US_CCL, ControlEntry, ControlLists, Paragraph
from highfence.rules.scope.words import meant, stem, terms
from highfence.rules.scope.yard import Yard


def _entry(code: str, heading: str, *texts: str, name: str = US_CCL) -> ControlEntry:
    paragraphs = tuple(
        Paragraph(code=f"{code}.{letter}", text=text) for letter, text in zip("abcd", texts, strict=False)
    )
    return ControlEntry(list=name, code=code, heading=heading, paragraphs=paragraphs)


MACHINES = _entry(
    "2B001", "Machine tools for removing metals", "Turning having two axes", "Milling having five or more axes"
)
LASERS = _entry("6A005", "Lasers, components and optical equipment", "Fibre lasers")
MADE = _entry("2D001", "Software for machine tools and milling")
LITHOGRAPHY = _entry(
    "3B001", "Equipment for manufacturing semiconductor devices", "Lithography using Extreme Ultraviolet"
)
LISTS = ControlLists(
    ccl={one.code: one for one in (MACHINES, LASERS, MADE, LITHOGRAPHY)},
    annex_i={"6A005": _entry("6A005", '"Lasers"', "Carbon dioxide lasers", name=EU_ANNEX_I)},
)
YARD = Yard.of(LISTS)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("5-axis milling machine", "2B001"),
        ("five axis mill", "2B001"),
        ("EUV light source", "3B001"),
        ("fiber laser", "6A005"),
        ("CO2 carbon dioxide laser", "6A005"),
        ("software for milling machines", "2D001"),
    ],
)
def test_finds_the_entry_that_a_description_means(words: str, code: str) -> None:
    assert YARD.search(words)[0].code == code


def test_shows_the_paragraph_that_fits_first() -> None:
    assert YARD.search("5-axis milling")[0].paragraphs[0].code == "2B001.b"


def test_a_code_finds_itself_first_and_names_both_lists() -> None:
    hit = YARD.search("6A005 milling machine")[0]
    assert (hit.code, hit.lists) == ("6A005", (US_CCL, EU_ANNEX_I))


def test_the_beginning_of_a_code_finds_what_begins_so() -> None:
    assert {hit.code for hit in YARD.search("2B")} == {"2B001"}
    assert YARD.search("3D printer laser")[0].code == "6A005"


def test_refuses_nothing_to_look_for() -> None:
    with pytest.raises(InvalidInput, match="nothing to look for"):
        YARD.search("  ")


def test_says_that_no_list_is_loaded() -> None:
    with pytest.raises(InvalidInput, match="no control list is loaded"):
        Yard.of(ControlLists()).search("laser")


@given(st.text(max_size=200))
def test_any_text_is_answered_best_first(text: str) -> None:
    if not text.strip():
        with pytest.raises(InvalidInput):
            YARD.search(text)
        return
    hits = YARD.search(text, limit=3)
    assert len(hits) <= 3
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", max_size=20))
def test_a_stem_is_a_beginning_of_its_word_or_ends_in_y(word: str) -> None:
    assert word.startswith(stem(word)[:-1])


def test_numbers_words_and_spellings_meet() -> None:
    assert terms("five-axis colour, 0,9 µm") == ["5", "axi", "color", "0.9", "um"]


def test_a_synonym_adds_the_words_of_the_list_once_and_for_less() -> None:
    found = meant(terms("small drone"))
    assert found["unman"] == pytest.approx(0.6)
    assert meant(terms("plain bolt")) == {}
