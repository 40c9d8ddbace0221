# SPDX-License-Identifier: Apache-2.0
"""Persons: the parts of a personal name, which follow other rules than the words of a firm's.

Three things are read that a bag of words loses. Who is whose child: `Salman bin Muhammad` is not `Muhammad bin Salman`.
Who is whose parent: `Abu Ahmad` is not Ahmad. And what is said twice: `Chang Chang Ha` is not `Chang Su Ha`.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from highfence.matching.abjad import sounds
from highfence.matching.given_names import given_names
from highfence.matching.korean import korean
from highfence.matching.names import INITIAL, NAME_WORDS_MAX, Token
from highfence.matching.transliteration import consonants, skeleton
from highfence.matching.vocabulary import weight_of, words

_INITIAL_WEIGHT = 0.4
_PARTICLE_WEIGHT = 0.12
_PARTED = {code: " " for code in range(128) if not chr(code).isalnum()}
_ARTICLES = frozenset({"el", "ul", "ur", "as", "ar", "ad", "az", "ash", "al"})
#: Son of, daughter of.
CHILD = frozenset({"bin", "ibn", "ben", "bint", "binti", "ould", "uld", "wald", "walad"})
#: Father of, mother of: the word after it is the child's name.
_PARENT = {"abu": "abu", "abou": "abu", "aboo": "abu", "abi": "abu", "umm": "umm", "oum": "umm"}
_RELATIVES = CHILD | _PARENT.keys()
#: `Abd` with the article, as one word or as the beginning of one; `Abdullah` is left whole.
_SERVANT = frozenset({"abd", "abdu", "abdul", "abdel", "abdal", "abdol", "abdil", "abdoul", "abdool", "abdur", "abdus"})
_SERVANT_OF = re.compile(r"abd(?:[aeiou]|ou|oo|oe)(?:l|(?P<same>[dnrstz])(?=(?P=same)))?(?P<of>[a-z]{3,})")
_ALLAH = re.compile(r"l?l?[aeou]h?[aeiy]?|ahi?")
#: Salahuddin, Salah al-Din; Habibullah, Habib Allah.
_OF_FAITH = re.compile(r"([a-z]{3,}?)(?:[aeiou]|ou)?[dl]d(?:in|ine|een|yn)")
_OF_GOD = re.compile(r"([a-z]{3,}?)(?:[uoa]|ou)llah")
#: Arlou and Orlov, Laurentsyeu and Lavrentiev.
_BELARUSIAN = re.compile(r"(?<=[a-z]{3})(?:i?[aeo]u|ev)$")
#: Endings of families that are named after an Abdullah.
_FAMILY = re.compile(r"(?:[oe]v|[oe]va|yev|yeva|zoda|zade|zadeh|oglu|in)$")


class Parts(msgspec.Struct):
    """The tokens of a personal name, and the names of bearer and forefathers where `bin` or the like says so."""

    tokens: list[Token]
    lineage: tuple[str, ...] = ()


def read_person(plain: str) -> Parts:
    """Return the parts of a person's name in plain Latin letters, titles left out.

    >>> [token.id for token in read_person("al-zorvani, abdulrahman abu bakr").tokens]
    ['abd', 'rahman', 'abubakr', 'al', 'zorvani']
    >>> read_person("salman bin muhammad al-rawi").lineage
    ('salman', 'muhamad')
    """
    tokens: list[Token] = []
    family = commas = 0
    for written in plain.split():
        found = _written(written)
        if found is None:
            return _with_relatives(_in_order(plain))
        tokens += found
        if written[-1] == ",":
            family = len(tokens)
            commas += 1
    if commas == 1:
        tokens = tokens[family:] + tokens[:family]
    if not tokens:
        tokens = [token for word in _in_order(plain) for token in person_words(word)]
    return Parts(korean(_counted(tokens)))


def _in_order(plain: str) -> list[str]:
    """Return the words of a name without titles, the family name last if a comma says that it stands first."""
    family, comma, given = plain.partition(",")
    if comma and given and family and "," not in given:
        plain = f"{given} {family}"
    split = plain.translate(_PARTED).split()[:NAME_WORDS_MAX]
    return [word for word in split if word not in words().titles] or split


@lru_cache(maxsize=65536)
def _written(written: str) -> tuple[Token, ...] | None:
    """Return the tokens of what stands between two spaces, none of a title; None if the words around it count."""
    split = written.translate(_PARTED).split()
    if not _RELATIVES.isdisjoint(split):
        return None
    titles = words().titles
    return tuple(token for word in split if word not in titles for token in person_words(word))


def _with_relatives(split: list[str]) -> Parts:
    """Return the parts of a name that says whose child or whose parent its bearer is."""
    tokens: list[Token] = []
    lineage: list[Token] = []
    child = False
    at, count = 0, len(split)
    while at < count:
        word = split[at]
        at += 1
        if word in CHILD and 1 < at < count:
            lineage = lineage or tokens[:1]
            child = True
            tokens.append(person_word(word))
            continue
        if word in _PARENT and at < count:
            while split[at] in _ARTICLES and at + 1 < count:
                at += 1
            found: tuple[Token, ...] = (person_word(_PARENT[word] + split[at]),)
            at += 1
        else:
            found = person_words(word) if at > 1 or word not in CHILD else (_plain_word(word),)
        if child and (named := [token for token in found if token.weight > _PARTICLE_WEIGHT]):
            lineage += named[:1]
            child = False
        tokens += found
    return Parts(_counted(tokens), tuple(token.id for token in lineage))


def _counted(tokens: list[Token]) -> list[Token]:
    """Return tokens where a word said a second time is told from the first."""
    if len({token.id for token in tokens}) == len(tokens):
        return tokens
    seen: set[str] = set()
    counted = []
    for token in tokens:
        again = token.id in seen and token.weight > _PARTICLE_WEIGHT
        seen.add(token.id)
        counted.append(_again(token) if again else token)
    return counted


@lru_cache(maxsize=65536)
def person_words(word: str) -> tuple[Token, ...]:
    """Return the tokens of one word: several of names that are also written apart, such as Abdulrahman."""
    if word in _SERVANT:
        return (person_word("abd"),)
    if found := _SERVANT_OF.fullmatch(word):
        if not _ALLAH.fullmatch(found["of"]) and not _FAMILY.search(word):
            return person_word("abd"), person_word(found["of"])
    elif found := _OF_FAITH.fullmatch(word):
        return person_word(found[1]), person_word("din")
    elif found := _OF_GOD.fullmatch(word):
        return person_word(found[1]), person_word("allah")
    return (person_word(word),)


@lru_cache(maxsize=65536)
def person_word(word: str) -> Token:
    """Return the token of one plain Latin word of a person's name."""
    if len(word) == 1:
        return Token(id=word, text=word, skeleton=word, weight=_INITIAL_WEIGHT, kind=INITIAL)
    if word in CHILD:
        return Token(id="bin", text=word, skeleton="bin", weight=_PARTICLE_WEIGHT, known=True)
    if word in words().particles:
        bones = skeleton(word)
        identity = "al" if word in _ARTICLES else bones
        return Token(id=identity, text=word, skeleton=bones, weight=_PARTICLE_WEIGHT, known=True)
    return _plain_word(word)


def _plain_word(word: str) -> Token:
    bones = _BELARUSIAN.sub("ov", skeleton(word))
    weight, known = weight_of(bones, person=True)
    return Token(
        id=bones,
        text=word,
        skeleton=bones,
        weight=weight,
        known=known,
        consonants=consonants(bones) if word.isascii() else "",
        sounds=sounds(word),
        given=given_names(word),
    )


@lru_cache(maxsize=4096)
def _again(token: Token) -> Token:
    """Return a token for a word that is said a second time, which only such a one equals."""
    return msgspec.structs.replace(token, id=f"{token.id}*")
