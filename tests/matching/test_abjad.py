# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.matching.abjad import in_words, sounds, words_of


@pytest.mark.parametrize(
    ("arabic", "latin"),
    [
        ("رضا", "reza"),
        ("رضا", "ridha"),
        ("قذافي", "kadhafi"),
        ("غیاثی", "ghiasi"),
        ("فتاح", "fattah"),
        ("ولي", "ouali"),
    ],
)
def test_arabic_and_latin_spellings_sound_alike(arabic: str, latin: str) -> None:
    assert [sounds(word) for word in words_of(arabic)] == [sounds(latin)]


def test_letters_of_persian_and_arabic_are_one() -> None:
    assert words_of("علی") == words_of("على")
    assert words_of("كريم") == words_of("کریم")


def test_the_article_and_son_of_are_read() -> None:
    assert in_words("محمد بن سلمان السعود").split() == ["محمد", "bin", "سلمان", "al", "سعود"]


@given(st.text(alphabet="ابتثجحخدذرزسشصضطظعغفقكلمنهويةءًّـپچژگی ", max_size=30))
def test_any_arabic_text_gives_words_of_known_sounds(text: str) -> None:
    assert all(set(sounds(word)) <= set("bhjxdrsktflmn") for word in words_of(text))
