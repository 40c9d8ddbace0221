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

#: Words that carry no meaning in a name.
STOP_WORDS = frozenset(
    "of the and for de la le les der die das und et y e i a an in on at na po v do da del des di du dos das el los las al"
    " to by with im imeni ve s van den het fur zur zum per"
    " im named after no nr num number named po-".split()
)
#: Weights a word has when the table does not know it: a name of its own, a concept, a place.
_WEIGHT_UNKNOWN = 1.0
_WEIGHT_CONCEPT = 0.35
_WEIGHT_PLACE = 0.45
_STEM_CHARACTERS_MIN = 4
_ENDINGS = re.compile(
    r"(?:ogo|ego|omu|emu|imi|iami|ami|ih|iah|ah|aia|iaia|oe|ee|oi|ei|om|em|am|iam|ov|ev|uiu|iu|ia|ie|io|a|e|i|o|u)$"
)
_PLACE_ENDING = re.compile(r"(?:e|ov|ev|)sk$")
_SHORT_COUNTRIES = {"us": "us", "usa": "us", "uk": "gb", "uae": "ae", "prc": "cn", "dprk": "kp", "rok": "kr", "ussr": "ru", "rf": "ru"}


class _Weights(msgspec.Struct, frozen=True):
    organisations: dict[str, int]
    persons: dict[str, int]


def concept_of(word: str) -> str:
    """Return the concept (`#plant`) or country (`@cn`) a plain Latin word means, or an empty text.

    >>> concept_of("zavod"), concept_of("nauchnogo"), concept_of("chinese"), concept_of("gazprom")
    ('#plant', '#science', '@cn', '')
    """
    words, stems = _concepts()
    found = words.get(word) or words.get(bones := skeleton(word))
    if found:
        return found
    if len(bones) > _STEM_CHARACTERS_MIN and (found := stems.get(stem(bones))):
        return found
    if len(word) <= 4:
        code = _SHORT_COUNTRIES.get(word) or (country_code(word) if len(word) == 4 else "")
    else:
        code = country_code(word)
    return f"@{code}" if code else ""


def ideograph_concepts() -> dict[str, str]:
    """Return the words in ideographs, kana and Hangul with their concepts."""
    return {word: f"#{concept}" for concept, words in _rows().items() for word in words if not word.isascii()}


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
    root = _PLACE_ENDING.sub("", stem(bones) if not bones.endswith("sk") else bones)
    return root if len(root) >= 3 else bones


def weight_of(identity: str, *, person: bool = False) -> tuple[float, bool]:
    """Return how much a word says (0..1), and whether it is a word well known in names."""
    weights = _weights()
    value = (weights.persons if person else weights.organisations).get(identity)
    if value is not None:
        return value / 100, True
    if identity.startswith("#"):
        return _WEIGHT_CONCEPT, True
    return (_WEIGHT_PLACE, True) if identity.startswith("@") else (_WEIGHT_UNKNOWN, False)


@cache
def _rows() -> dict[str, list[str]]:
    data = resources.files("highfence.matching").joinpath("tables/concepts.json").read_bytes()
    return msgspec.json.decode(data, type=dict[str, list[str]])


@cache
def _concepts() -> tuple[dict[str, str], dict[str, str]]:
    """Return word or skeleton -> concept, and stem -> concept."""
    words: dict[str, str] = {}
    stems: dict[str, str] = {}
    for concept, members in _rows().items():
        identity = concept if concept.startswith("@") else f"#{concept}"
        for member in members:
            if member.startswith("~"):
                stems.setdefault(stem(skeleton(member[1:])), identity)
                words.setdefault(skeleton(member[1:]), identity)
            elif member.isascii():
                words.setdefault(member, identity)
                words.setdefault(skeleton(member), identity)
    return words, stems


@cache
def _weights() -> _Weights:
    data = resources.files("highfence.matching").joinpath("tables/weights.json").read_bytes()
    return msgspec.json.decode(data, type=_Weights)
