# SPDX-License-Identifier: Apache-2.0
"""Vocabulary: which words of names mean the same, and how much a word says.

`tables/concepts.json` groups generic words of many languages (works, Werk, fabrika, завод, 厂); `tables/weights.json`
holds how rare words are in the world's company and personal names, derived by `bench/derive_weights.py`.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

import msgspec

from highfence.matching.transliteration import skeleton
from highfence.model.country import country_code

#: Weights a word has when the table does not know it: a name of its own by its letters, a concept, a place.
_WEIGHT_UNKNOWN = (0.3, 0.3, 0.55, 0.75, 0.85, 0.95, 1.0, 1.1, 1.2, 1.3)
_WEIGHT_CONCEPT = 0.35
_WEIGHT_PLACE = 0.45
_STEM_CHARACTERS_MIN = 4
_COUNTRY_LETTERS_MAX = 40
_ENDINGS = re.compile(
    r"(?:ogo|ego|omu|emu|imi|iami|ami|ih|iah|ah|aia|iaia|oe|ee|oi|ei|om|em|am|iam|ov|ev|uiu|iu|ia|ie|io|a|e|i|o|u)$"
)
_PLACE_ENDING = re.compile(r"(?:e|ov|ev|)sk$")
_SHORT_COUNTRIES = {
    "us": "us",
    "usa": "us",
    "uk": "gb",
    "uae": "ae",
    "prc": "cn",
    "dprk": "kp",
    "rok": "kr",
    "ussr": "ru",
    "rf": "ru",
}


class Words(msgspec.Struct, frozen=True):
    """Words by their use.

    `stop` mean nothing, `titles` stand before a person's name, `particles` are parts of it written or not; `numbers`
    are spelled, `ordinal_endings` follow digits; `leading_forms` are short legal forms that stand in front,
    `plain_forms` those that stand anywhere, `form_words` are words of longer ones.
    """

    stop: frozenset[str]
    titles: frozenset[str]
    particles: frozenset[str]
    numbers: dict[str, int]
    ordinal_endings: frozenset[str]
    leading_forms: frozenset[str]
    plain_forms: frozenset[str]
    form_words: frozenset[str]


class Abbreviations(msgspec.Struct, frozen=True):
    """Several words that are one (`real estate`), and one that stands for several (`nii`, a research institute)."""

    phrases: dict[str, str]
    abbreviations: dict[str, str]


class _Weights(msgspec.Struct, frozen=True):
    organisations: dict[str, int]
    persons: dict[str, int]


def concept_of(word: str) -> str:
    """Return the concept (`#plant`) or country (`@cn`) a plain Latin word means, or an empty text.

    >>> concept_of("zavod"), concept_of("nauchnogo"), concept_of("chinese"), concept_of("gazprom")
    ('#plant', '#research', '@cn', '')
    """
    known, stems = _concepts()
    bones = skeleton(word)
    found = known.get(word) or known.get(bones)
    if found:
        return found
    if len(bones) > _STEM_CHARACTERS_MIN and (found := stems.get(stem(bones))):
        return found
    if len(word) > _COUNTRY_LETTERS_MAX:
        return ""
    if len(word) <= 4:
        code = _SHORT_COUNTRIES.get(word) or (country_code(word) if len(word) == 4 else "")
    else:
        code = country_code(word)
    return f"@{code}" if code else ""


_WORDS = msgspec.json.Decoder(Words)


@cache
def words() -> Words:
    """Return the words by their use."""
    return _WORDS.decode(_table("words"))


@cache
def expansions() -> dict[str, tuple[str, ...]]:
    """Return abbreviation -> the words it stands for."""
    return {short: tuple(long.split()) for short, long in _abbreviations().abbreviations.items()}


def join_phrases(split: list[str]) -> list[str]:
    """Return words with the known phrases among them made one word each, the longest at each place.

    >>> join_phrases(["hong", "kong", "machine", "building"])
    ['hongkong', 'machinery']
    """
    starts = _phrases()
    if starts.keys().isdisjoint(split):
        return split
    joined: list[str] = []
    at = 0
    while at < len(split):
        for rest, meaning in starts.get(split[at], ()):
            if split[at + 1 : at + 1 + len(rest)] == rest:
                joined += meaning
                at += len(rest)
                break
        else:
            joined.append(split[at])
        at += 1
    return joined


@cache
def _phrases() -> dict[str, list[tuple[list[str], list[str]]]]:
    """Return first word of a phrase -> the words after it and those it stands for, longest first."""
    found: dict[str, list[tuple[list[str], list[str]]]] = {}
    for phrase in sorted(_abbreviations().phrases, key=len, reverse=True):
        first, *rest = phrase.split()
        found.setdefault(first, []).append((rest, _abbreviations().phrases[phrase].split()))
    return found


def ideograph_concepts() -> dict[str, str]:
    """Return the words in ideographs, kana and Hangul with their concepts."""
    return {
        member: concept if concept.startswith("@") else f"#{concept}"
        for concept, members in _rows().items()
        for member in members
        if not member.isascii()
    }


def stem(bones: str) -> str:
    """Return the skeleton of a Slavic word without its ending of case, gender and number.

    >>> stem("zavoda"), stem("nauchnaia")
    ('zavod', 'nauchn')
    """
    cut = _ENDINGS.sub("", bones)
    return cut if len(cut) >= 3 else bones


def place_root(bones: str) -> str:
    """Return the root of a skeleton that ends as Slavic adjectives of place do, or the skeleton.

    >>> place_root("muromski"), place_root("votkinsk"), place_root("murom")
    ('murom', 'votkin', 'murom')
    """
    if len(bones) < 6 or "sk" not in bones[-6:]:
        return bones
    root = (bones if bones.endswith("sk") else stem(bones)).removesuffix("sk")
    return root if len(root) >= 3 and root != bones else bones


def weight_of(identity: str, *, person: bool = False) -> tuple[float, bool]:
    """Return how much a word says (0..1.3), and whether it is a word well known in names."""
    weights = _weights()
    value = (weights.persons if person else weights.organisations).get(identity)
    if value is not None:
        return value / 100, True
    if identity.startswith("#"):
        return _WEIGHT_CONCEPT, True
    return (_WEIGHT_PLACE, True) if identity.startswith("@") else (_WEIGHT_UNKNOWN[min(len(identity), 9)], False)


def _table(name: str) -> bytes:
    return resources.files("highfence.matching").joinpath(f"tables/{name}.json").read_bytes()


_ABBREVIATIONS = msgspec.json.Decoder(Abbreviations)


@cache
def _abbreviations() -> Abbreviations:
    return _ABBREVIATIONS.decode(_table("abbreviations"))


_CONCEPTS = msgspec.json.Decoder(dict[str, list[str]])


@cache
def _rows() -> dict[str, list[str]]:
    return _CONCEPTS.decode(_table("concepts"))


@cache
def _concepts() -> tuple[dict[str, str], dict[str, str]]:
    """Return word or skeleton -> concept, and stem -> concept."""
    known: dict[str, str] = {}
    stems: dict[str, str] = {}
    for concept, members in _rows().items():
        identity = concept if concept.startswith("@") else f"#{concept}"
        for member in members:
            if member.startswith("~"):
                root = stem(skeleton(member[1:]))
                for ending in ("", "n", "sk", "ov"):  # what makes an adjective of a noun
                    stems.setdefault(root + ending, identity)
                known.setdefault(skeleton(member[1:]), identity)
            elif member.isascii():
                known.setdefault(member, identity)
                known.setdefault(skeleton(member), identity)
    return known, stems


_WEIGHTS = msgspec.json.Decoder(_Weights)


@cache
def _weights() -> _Weights:
    return _WEIGHTS.decode(_table("weights"))
