# SPDX-License-Identifier: Apache-2.0
"""Words: how the text of control lists and the words of an officer become the same terms.

Numbers stand alone ("5-axis" is `5` and `axi`), number words are numbers, endings are taken off, spellings of Britain
and America meet, and chemical and unit signs keep their letters.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib import resources

import msgspec

_WORD = re.compile(r"[a-z]+|\d+(?:[.,]\d+)?")
_NUMBERS = {
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
}
#: Single letters that number paragraphs.
_LETTERS = "abcdef"
_VOWELS = frozenset("aeiouy")


class Synonym(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What people say, and the terms that lists use for it, each with how much it counts (0..1)."""

    said: tuple[str, ...]
    means: tuple[str, ...]
    weight: float = 0.6


class Vocabulary(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words that say nothing, spellings that are one word, and synonyms."""

    stop: tuple[str, ...]
    spellings: dict[str, str]
    synonyms: tuple[Synonym, ...]


@cache
def vocabulary() -> Vocabulary:
    """Return the table of words."""
    table = resources.files("highfence.rules").joinpath("tables", "scope", "words.toml")
    return msgspec.convert(tomllib.loads(table.read_text("utf-8")), Vocabulary)


def terms(text: str) -> list[str]:
    """Return the terms of a text in their order.

    >>> terms("Five-axis milling machines for machining optical aspheres")
    ['5', 'axi', 'mill', 'machin', 'machin', 'optic', 'aspher']
    """
    plain = unicodedata.normalize("NFKD", text).casefold().replace("µ", "u").replace("μ", "u")
    return [term for word in _WORD.findall(plain) if (term := _term(word))]


def meant(asked: list[str]) -> dict[str, float]:
    """Return the further terms that synonyms give for terms, with how much each counts."""
    found: dict[str, float] = {}
    text = f" {' '.join(asked)} "
    for said, means, weight in _synonyms():
        if f" {said} " in text:
            for term in means:
                if term not in asked:
                    found[term] = max(found.get(term, 0.0), weight)
    return found


@cache
def _synonyms() -> tuple[tuple[str, tuple[str, ...], float], ...]:
    return tuple(
        (" ".join(terms(said)), tuple(dict.fromkeys(term for text in one.means for term in terms(text))), one.weight)
        for one in vocabulary().synonyms
        for said in one.said
    )


@lru_cache(maxsize=65_536)
def _term(word: str) -> str:
    if word[0].isdigit():
        return word.replace(",", ".")
    known = vocabulary()
    if word in known.stop:
        return ""
    word = _NUMBERS.get(word, known.spellings.get(word, word))
    if len(word) == 1 or word[0].isdigit():
        return "" if word in _LETTERS else word
    return stem(word)


def stem(word: str) -> str:
    """Take the endings off an English word, so that its forms meet; short words stay.

    >>> [stem(word) for word in ("machines", "machining", "lasers", "encryption", "encrypted", "batteries", "gas")]
    ['machin', 'machin', 'laser', 'encrypt', 'encrypt', 'battery', 'gas']
    """
    if len(word) < 4:
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us")):
        word = word[:-1]
    for ending in ("ization", "isation"):
        if word.endswith(ending) and len(word) > len(ending) + 3:
            return word[: -len(ending)]
    for ending in ("ing", "ion", "ed", "er", "or", "ally", "al", "ly", "ic", "e"):
        rest = word[: -len(ending)]
        if word.endswith(ending) and len(rest) >= (3 if ending in ("ing", "ed", "e") else 4) and _has_vowel(rest):
            if ending in ("er", "or") and not rest.endswith(("t", "s", "z")):
                return word
            return _undoubled(rest) if ending in ("ing", "ed") else rest
    return word


def _has_vowel(text: str) -> bool:
    return any(letter in _VOWELS for letter in text)


def _undoubled(text: str) -> str:
    if len(text) > 3 and text[-1] == text[-2] and text[-1] not in "lsz":
        return text[:-1]
    return text
