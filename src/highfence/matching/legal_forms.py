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
_DOTS = re.compile(r"[./\s]")
#: A dotted abbreviation that goes on behind a space.
_SPACED = re.compile(r"\b[a-z][./] ")
_NOT_A_WORD = re.compile(r"[\W_]+")


def phrase_of(text: str) -> str:
    """Return a legal form's text as the words it is looked up by, in one spelling.

    >>> phrase_of("Sp. z o.o."), phrase_of("А/О"), phrase_of("Aktsionernoye obshchestvo")
    ('sp z oo', 'ao', 'aktsionern obshestv')
    """
    return " ".join(form_word(word) for word in words_of(latin(normal(text))))


def words_of(plain: str) -> list[str]:
    """Return the words of a plain Latin text, dotted and slashed abbreviations as one word each.

    >>> words_of("s.a.r.l. alpha & co. a/s"), words_of("alpha s. a.")
    (['sarl', 'alpha', 'co', 'as'], ['alpha', 'sa'])
    """
    if (". " in plain or "/ " in plain) and _SPACED.search(plain):
        plain = _DOTTED.sub(_undotted, plain)
    words: list[str] = []
    for written in plain.split():
        words += _parted(written)
    return words


@lru_cache(maxsize=65536)
def _parted(written: str) -> tuple[str, ...]:
    """Return the words of what stands between two spaces."""
    if "." in written or "/" in written:
        written = _DOTTED.sub(_undotted, written)
    return tuple(word for word in _NOT_A_WORD.split(written) if word)


def _undotted(match: re.Match[str]) -> str:
    return _DOTS.sub("", match[0])


def form_word(word: str) -> str:
    """Return a word as legal forms are keyed: short ones as they are, long ones without spelling and ending."""
    return word if len(word) <= 4 else stem(skeleton(word))


def find_forms(words: Sequence[str]) -> list[tuple[int, int, str]]:
    """Return where legal forms stand among `words`: (first, after the last, class), the longest at each place.

    >>> find_forms(["ooo", "alfa", "limited", "liability", "company"])
    [(0, 1, 'limited'), (2, 5, 'limited')]
    """
    found: list[tuple[int, int, str]] = []
    at, count = 0, len(words)
    for first, node in enumerate([_start(word) for word in words]):
        if node is None or first < at:
            continue
        kind, after = node.kind, first + 1
        place, further = after, node.further
        while further and place < count and (node := further.get(_key(words[place]))):
            place += 1
            if node.kind:
                kind, after = node.kind, place
            further = node.further
        if kind:
            found.append((first, after, kind))
            at = after
    if not found or (len(found) == 1 and at == count):
        return found
    return [one for one in found if _stands_where_forms_do(one, found, words)]


class _Node(msgspec.Struct):
    """A word of a legal form: the class of the form that ends with it, if one does, and the words that may follow."""

    kind: str = ""
    further: dict[str, _Node] = {}


@lru_cache(maxsize=65536)
def _key(word: str) -> str:
    """Return the key of a word as it may be misspelt."""
    return form_word(_spelt(word))


@lru_cache(maxsize=65536)
def _start(word: str) -> _Node | None:
    return _first_words().get(_key(word))


def _spelt(word: str) -> str:
    """Return the word of legal forms that `word` is with one typing error, or `word`."""
    if len(word) < _MISSPELT_LETTERS_MIN or weight_of(skeleton(word))[1]:
        return word
    return next((form for form in _MISSPELT if OSA.distance(word, form, score_cutoff=1) <= 1), word)


def _stands_where_forms_do(one: tuple[int, int, str], found: list[tuple[int, int, str]], words: Sequence[str]) -> bool:
    first, after, _ = one
    if after == len(words) or after - first > 1 or len(words[first]) > _SHORT_CHARACTERS_MAX:
        return True
    short = vocabulary_words()
    if words[first] in short.plain_forms:
        return True
    covered = {at for begin, end, _ in found for at in range(begin, end)}
    if all(at in covered for at in range(after, len(words))):
        return True
    return words[first] in short.leading_forms and all(at in covered for at in range(first))


_TABLE = msgspec.json.Decoder(dict[str, list[str]])


@cache
def _first_words() -> dict[str, _Node]:
    """Return the words a legal form may begin with, each with those that may follow, at most `_PHRASE_WORDS_MAX`."""
    data = resources.files("highfence.matching").joinpath("tables/legal_forms.json").read_bytes()
    first: dict[str, _Node] = {}
    for kind, phrases in _TABLE.decode(data).items():
        for phrase in phrases:
            further = first
            words = phrase.split()
            for at, word in enumerate(words[:_PHRASE_WORDS_MAX], start=1):
                node = further.setdefault(word, _Node())
                further = node.further
                if at == len(words):
                    node.kind = kind
    return first
