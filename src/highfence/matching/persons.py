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
_NOT_A_WORD = re.compile("[^a-z0-9\u0620-\u06ff]+")
_ARTICLES = frozenset({"el", "ul", "ur", "as", "ar", "ad", "az", "ash", "al"})
#: Son of, daughter of.
CHILD = frozenset({"bin", "ibn", "ben", "bint", "binti", "ould", "uld", "wald", "walad"})
#: Father of, mother of: the word after it is the child's name.
_PARENT = {"abu": "abu", "abou": "abu", "aboo": "abu", "abi": "abu", "umm": "umm", "oum": "umm"}
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
    """The tokens of a personal name, and the names of the bearer and his forefathers where `bin` or the like says so."""

    tokens: list[Token]
    lineage: tuple[str, ...] = ()


def read_person(plain: str) -> Parts:
    """Return the parts of a person's name in plain Latin letters, titles left out.

    >>> [token.id for token in read_person("al-zorvani, abdulrahman abu bakr").tokens]
    ['abd', 'rahman', 'abubakr', 'al', 'zorvani']
    >>> read_person("salman bin muhammad al-rawi").lineage
    ('salman', 'muhamad')
    """
    family, comma, given = plain.partition(",")
    if comma and "," not in given and family and given:
        plain = f"{given} {family}"
    split = _NOT_A_WORD.split(plain)
    titles = words().titles
    kept = [word for word in split if word and word not in titles] or [word for word in split if word]
    tokens: list[Token] = []
    lineage: list[str] = []
    seen: set[str] = set()
    after_child = False
    at = 0
    count = min(len(kept), NAME_WORDS_MAX)
    while at < count:
        word = kept[at]
        at += 1
        if word in CHILD and at > 1 and at < count:
            if not lineage and tokens:
                lineage.append(tokens[0].id)
            after_child = True
            tokens.append(person_word(word))
            continue
        if word in _PARENT and at < count:
            while kept[at] in _ARTICLES and at + 1 < count:
                at += 1
            found = (person_word(_PARENT[word] + kept[at]),)
            at += 1
        else:
            found = person_words(word, at == 1)
        for token in found:
            if token.id in seen and token.weight > _PARTICLE_WEIGHT:
                token = _again(token)
            seen.add(token.id)
            tokens.append(token)
            if after_child and token.weight > _PARTICLE_WEIGHT:
                lineage.append(token.id)
                after_child = False
    return Parts(korean(tokens), tuple(lineage))


@lru_cache(maxsize=65536)
def person_words(word: str, first: bool) -> tuple[Token, ...]:  # noqa: FBT001 - a key of the cache
    """Return the tokens of one word; `first` tells that it begins the name, where `Ben` is no `son of`."""
    if word in _SERVANT:
        return (person_word("abd"),)
    found = _SERVANT_OF.fullmatch(word)
    if found and not _ALLAH.fullmatch(found["of"]) and not _FAMILY.search(word):
        return (person_word("abd"), person_word(found["of"]))
    found = _OF_FAITH.fullmatch(word) or _OF_GOD.fullmatch(word)
    if found and not word.startswith("abd"):
        return (person_word(found[1]), person_word("allah" if found.re is _OF_GOD else "din"))
    if first and word in CHILD:
        return (_plain_word(word),)
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
