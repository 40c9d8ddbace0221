# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.matching.analysis import analyse
from highfence.matching.names import NAME_CHARACTERS_MAX, NAME_WORDS_MAX


def ids(text: str, schema: str = "Company") -> list[str]:
    return [token.id for token in analyse(text, schema=schema).tokens]


def test_words_of_one_meaning_have_one_id() -> None:
    assert {ids(word)[0] for word in ("works", "Werk", "завод", "factory", "工厂")} == {"#plant"}


def test_countries_are_one_in_all_languages_and_as_adjectives() -> None:
    assert {ids(f"{word} Zorvex")[0] for word in ("China", "Chinese", "中国", "Китайская")} == {"@cn"}


def test_russian_spellings_are_one() -> None:
    assert len({ids(word)[0] for word in ("Khabarovskiy", "Habarovskij", "Хабаровский")}) == 1


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Zorvex Sp. z o.o.", "limited"),
        ("ООО Зорвекс", "limited"),
        ("Aktsionernoe Obshchestvo Zorvex", "stock"),
        ("Zorvex S.A. de C.V.", "stock"),
        ("ФГУП Зорвекс", "state"),
        ("佐维克斯有限公司", "limited"),
        ("Zorvex GmbH & Co. KG", "partnership"),
        ("Zorvex limitde", "limited"),
        ("Zorvex limb", ""),
    ],
)
def test_legal_forms_are_recognised(text: str, form: str) -> None:
    assert analyse(text, schema="Company").forms == (frozenset({form}) if form else frozenset())


def test_a_short_word_is_a_form_only_where_forms_stand() -> None:
    assert analyse("SL Zorvex", schema="Company").forms == frozenset()
    assert analyse("Zorvex SL", schema="Company").forms == {"limited"}


def test_a_name_of_legal_forms_only_is_still_a_name() -> None:
    assert not analyse("Limited Company", schema="Company").empty


def test_a_name_too_long_is_cut_and_says_so() -> None:
    assert analyse("Zorvex " * 2000).truncated
    assert len(analyse("a1 " * 5000).tokens) <= NAME_WORDS_MAX
    assert not analyse("Z" * NAME_CHARACTERS_MAX).truncated


@pytest.mark.parametrize(
    "text",
    ["", " ", ".", "«»", "\u202e\u200b", "\x00\x1f", "\ud800", "̀" * 10_000, "ﷺ" * 5_000, "((((" * 3_000, "第" * 9_999],
)
def test_hostile_names_are_read_in_bounds(text: str) -> None:
    assert len(analyse(text).tokens) <= NAME_WORDS_MAX


def test_control_and_direction_marks_are_not_part_of_a_name() -> None:
    assert ids("Zor\u200bvex\u202e Works") == ids("Zorvex Works")


@given(st.text(max_size=300), st.sampled_from(("Company", "Person", "Vessel")))
def test_any_text_can_be_analysed(text: str, schema: str) -> None:
    name = analyse(text, schema=schema)
    assert name.ids == {token.id for token in name.tokens}
    assert all(0 < token.weight <= 1.3 for token in name.tokens)
