# SPDX-License-Identifier: Apache-2.0
"""Legal forms: find them in a name and say which broad class they are of.

They are weighed, not deleted: Ltd and LLC are near, a fund and a company are not. `tables/legal_forms.json` is derived
from the ELF code list of the GLEIF by `bench/derive_legal_forms.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources

import msgspec
from rapidfuzz.distance import OSA

from highfence.matching.transliteration import latin, normal, skeleton
from highfence.matching.vocabulary import stem, weight_of
from highfence.matching.vocabulary import words as vocabulary_words

#: Abbreviations this short may be names or words as well, and count only where forms stand: in front or at the end.
_SHORT_CHARACTERS_MAX = 3
#: Words of forms that are recognised with one typing error, and how long a word must be for that.
_MISSPELT = ("limited", "private", "corporation", "company", "incorporated", "limitada", "sociedad", "partnership")
_MISSPELT_LETTERS_MIN = 6
_PHRASE_WORDS_MAX = 8
_DOTTED = re.compile(r"\b(?:[a-z][./]\s?)+[a-z]\b(?!\w)")
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


def phrase_of(text: str) -> str:
    """Return a legal form's text as the words it is looked up by, in one spelling.

    >>> phrase_of("Sp. z o.o."), phrase_of("А/О"), phrase_of("Aktsionernoye obshchestvo")
    ('sp z oo', 'ao', 'aktsionern obshestv')
    """
    return " ".join(form_word(word) for word in words_of(latin(normal(text))))


def words_of(plain: str) -> list[str]:
    """Return the words of a plain Latin text, dotted and slashed abbreviations as one word each.

    >>> words_of("s.a.r.l. alpha & co. a/s")
    ['sarl', 'alpha', 'co', 'as']
    """
    if "." in plain or "/" in plain:
        plain = _DOTTED.sub(lambda match: re.sub(r"[./\s]", "", match[0]), plain)
    return [word for word in _NOT_A_WORD.split(plain) if word]


def form_word(word: str) -> str:
    """Return a word as legal forms are keyed: short ones as they are, long ones without spelling and ending."""
    return word if len(word) <= 4 else stem(skeleton(word))


def find_forms(words: Sequence[str]) -> list[tuple[int, int, str]]:
    """Return where legal forms stand among `words`: (first, after the last, class), the longest at each place.

    >>> find_forms(["ooo", "alfa", "limited", "liability", "company"])
    [(0, 1, 'limited'), (2, 5, 'limited')]
    """
    starts = _starts()
    keys = [form_word(_spelt(word)) for word in words]
    found: list[tuple[int, int, str]] = []
    at = 0
    while at < len(keys):
        ends = _longest(keys, at) if keys[at] in starts else None
        if ends is None:
            at += 1
        else:
            found.append((at, ends[0], ends[1]))
            at = ends[0]
    return [one for one in found if one[2] and _stands_where_forms_do(one, found, words)]


@lru_cache(maxsize=65536)
def _spelt(word: str) -> str:
    """Return the word of legal forms that `word` is with one typing error, or `word`."""
    if len(word) < _MISSPELT_LETTERS_MIN or weight_of(skeleton(word))[1]:
        return word
    return next((form for form in _MISSPELT if OSA.distance(word, form, score_cutoff=1) <= 1), word)


def _longest(keys: list[str], at: int) -> tuple[int, str] | None:
    phrases = _phrases()
    for length in range(min(_PHRASE_WORDS_MAX, len(keys) - at, _starts()[keys[at]]), 0, -1):
        kind = phrases.get(" ".join(keys[at : at + length]))
        if kind is not None:
            return at + length, kind
    return None


def _stands_where_forms_do(one: tuple[int, int, str], found: list[tuple[int, int, str]], words: Sequence[str]) -> bool:
    first, after, _ = one
    short = vocabulary_words()
    if after - first > 1 or len(words[first]) > _SHORT_CHARACTERS_MAX or words[first] in short.plain_forms:
        return True
    covered = {at for begin, end, _ in found for at in range(begin, end)}
    if all(at in covered for at in range(after, len(words))):
        return True
    return words[first] in short.leading_forms and all(at in covered for at in range(first))


@cache
def _phrases() -> dict[str, str]:
    data = resources.files("highfence.matching").joinpath("tables/legal_forms.json").read_bytes()
    classes = msgspec.json.decode(data, type=dict[str, list[str]])
    return {phrase: kind for kind, phrases in classes.items() for phrase in phrases}


@cache
def _starts() -> dict[str, int]:
    """Return first word -> words of the longest form that begins with it."""
    longest: dict[str, int] = {}
    for phrase in _phrases():
        words = phrase.split()
        longest[words[0]] = max(longest.get(words[0], 0), len(words))
    return longest
