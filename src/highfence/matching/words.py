# SPDX-License-Identifier: Apache-2.0
"""Words: make the tokens of a name from its plain words, each distinct word once."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from highfence.matching.ideographs import is_han
from highfence.matching.names import NUMBER, PLACE, STRUCTURE, WORD, Token
from highfence.matching.numerals import number_in_words, roman
from highfence.matching.transliteration import consonants, latin, skeleton
from highfence.matching.vocabulary import concept_of, expansions, place_root, weight_of, words

_NUMBER_WEIGHT = 0.5
_FORM_WEIGHT = 0.3
#: A word of a legal form that stands where no form was recognised, as in a form whose words were put in another order.
_FORM_PART_WEIGHT = 0.12
#: What a word outside the quotation marks of the name proper still weighs.
_FAINT = 0.45
_STRUCTURES = frozenset(
    {"#holding", "#fund", "#trust", "#foundation", "#bank", "#insurance", "#leasing", "#branch", "#subsidiary"}
)
_LETTERS_AND_DIGITS = re.compile(r"\d+|[^\W\d_]+")
_PART_LETTERS_MIN = 3
#: No compound is longer; looking for the parts of longer words would let one name cost many milliseconds.
_COMPOUND_LETTERS_MAX = 28


def tokens_of(split: list[str], *, last: bool, first: bool) -> list[Token]:
    """Return the tokens of words between legal forms; `last`: only a form may follow; `first`: none stands before."""
    tokens: list[Token] = []
    stop = words().stop
    at = 0
    count = len(split)
    while at < count:
        word = split[at]
        alone = _alone(word)
        if alone:
            tokens += alone
            at += 1
            continue
        following = split[at + 1] if at + 1 < count else ""
        number, read = number_in_words(word, following)
        if not number and (not first or at > 0) and (len(word) > 1 or (last and not following)):
            number, read = roman(word), 1
        if number:
            tokens.append(number_token(number, word))
            at += read
            continue
        at += 1
        if word in stop and count > 1 and (len(word) > 1 or (at > 1 and following)):
            continue
        tokens += _word(word)
    return tokens


@lru_cache(maxsize=65536)
def _alone(word: str) -> tuple[Token, ...]:
    """Return the tokens of a word that is read alike wherever it stands; none of a number or a word without meaning."""
    if word in words().stop or number_in_words(word, "")[0] or roman(word):
        return ()
    return _word(word)


def _word(word: str) -> tuple[Token, ...]:
    """Return the tokens of a word that is no number: several of an abbreviation, or of letters with digits."""
    if word in expansions():
        return tuple(word_token(part) for part in expansions()[word])
    return (word_token(word),) if word.isalpha() else tuple(_mixed(word))


@lru_cache(maxsize=65536)
def word_token(word: str, *, faint: bool = False) -> Token:
    """Return the token of one plain Latin word of a company's or ship's name."""
    concept = concept_of(word)
    bones = skeleton(word)
    identity = concept or place_root(bones)
    weight, known = weight_of(identity)
    if bones in _form_words():
        weight, known = _FORM_PART_WEIGHT, True
    return Token(
        id=identity,
        text=word,
        skeleton=bones if concept else identity,
        weight=weight * _FAINT if faint else weight,
        kind=_kind(identity),
        known=known,
        consonants=consonants(bones),
        parts=() if concept else _parts(word),
    )


def number_token(number: str, text: str) -> Token:
    """Return the token of a number, however it was written."""
    return Token(id=number, text=text, skeleton=number, weight=_NUMBER_WEIGHT, kind=NUMBER, known=True)


def form_token(word: str) -> Token:
    """Return the token of a legal form in a name that has nothing else."""
    return Token(id=word, text=word, skeleton=word, weight=_FORM_WEIGHT, known=True)


@lru_cache(maxsize=65536)
def ideograph_token(text: str, *, person: bool, concept: str = "") -> Token:
    """Return the token of a word in Han, kana or Hangul; its id is its meaning or its sound."""
    bones = concept or "".join(skeleton(part) for part in latin(text).split()) or text
    weight, known = weight_of(bones, person=person)
    own = not concept and (person or is_han(text))
    return Token(
        id=bones,
        text=text,
        skeleton=bones,
        weight=weight,
        kind=_kind(bones) if concept else WORD,
        known=known,
        consonants=consonants(bones),
        ideographs=text if own else "",
    )


@cache
def _form_words() -> frozenset[str]:
    return frozenset(skeleton(word) for word in words().form_words)


def _kind(identity: str) -> int:
    return PLACE if identity.startswith("@") else STRUCTURE if identity in _STRUCTURES else WORD


def _mixed(word: str) -> list[Token]:
    """Return the tokens of a word of letters and digits: `ahl1` is `ahl` and `1`."""
    parts = _LETTERS_AND_DIGITS.findall(word)
    if len(parts) == 2 and parts[0].isdigit() and number_in_words(parts[0], parts[1])[1] == 2:
        parts = parts[:1]
    return [number_token(part.lstrip("0") or "0", part) if part.isdigit() else word_token(part) for part in parts]


def _parts(word: str) -> tuple[str, ...]:
    """Return the two concepts a compound is made of (`radiozavod` is radio and plant), or nothing."""
    if len(word) > _COMPOUND_LETTERS_MAX:
        return ()
    for at in range(_PART_LETTERS_MIN, len(word) - _PART_LETTERS_MIN + 1):
        front, back = word[:at], word[at:]
        first, second = concept_of(front) or concept_of(front.removesuffix("o")), concept_of(back)
        if first.startswith("#") and second.startswith("#"):
            return first, second
    return ()
