# SPDX-License-Identifier: Apache-2.0
"""Grams: the pieces of a name by which a candidate for it is found.

A name is broken into numbers of 64 bits, `kind << 60 | piece`, so that the index works on arrays alone:

- `TRIGRAM`: three letters of a word, its two ends marked, and three letters across the words written as one, so that
  spacing, order and typing errors leave most of them alone; taken from the common spelling of a transliterated word;
- `FORM_TRIGRAM`: the same of words that many names have, such as those of a legal form, which count less;
- `WORD`: a whole word, the abbreviation of a legal form, and the initials of a long name, so that an acronym finds
  what it is short for;
- `CONSONANTS`: a word without its vowels, as Arabic and Hebrew write it;
- `GAP`: a short name's word with one letter left out, since one error leaves a short word no trigram;
- `HAN`: two neighbouring Chinese characters.
"""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from hashlib import blake2b

from highfence.matching.transliteration import consonants, latin, normal, skeleton

TRIGRAM, WORD, CONSONANTS, GAP, HAN, FORM_TRIGRAM = 0, 1, 2, 3, 5, 6
#: How much a piece of each kind counts beside its rarity, measured with bench/screening.py.
WEIGHT = (1.0, 1.0, 0.5, 0.3, 1.0, 1.0, 0.3)
#: Bounds of the work a name can cause; the longest real name of the official lists has 330 characters.
CHARACTERS_MOST = 400
WORDS_MOST = 40
WORD_CHARACTERS_MOST = 64
#: A name with at most so many letters beside its legal form also gets `GAP` pieces.
SHORT_CHARACTERS = 14


def pieces(name: str) -> list[int]:
    """Return the pieces of a name, each once; none if it has no letter and no digit.

    >>> len(pieces("Example Works Ltd")) > 20, pieces("...")
    (True, [])
    >>> shared = set(pieces("Ромашка")) & set(pieces("Romashka"))
    >>> len(shared) > 5
    True
    """
    return list(dict.fromkeys(_pieces(name)))


def repeated_pieces(name: str) -> list[int]:
    """Return the pieces of a name, some more than once: for an index, which has a cheaper way to see that."""
    return _pieces(name)


def words_of(text: str) -> list[str]:
    """Return the words of a text in small Latin letters, at most `WORDS_MOST`, each cut to `WORD_CHARACTERS_MOST`.

    >>> words_of("Xi’an A&T Works, «Ромашка»")
    ['xian', 'a', 'and', 't', 'works', 'romashka']
    """
    return [word[:WORD_CHARACTERS_MOST] for word in latin(text).translate(_PARTED).split()[:WORDS_MOST]]


def _pieces(name: str) -> list[int]:
    text = normal(name[:CHARACTERS_MOST])
    words = words_of(text)
    own = [word for word in words if word not in _FORM_WORDS] or words
    found: list[int] = []
    short = sum(map(len, own)) <= SHORT_CHARACTERS
    for word in own:
        found += _own_word(word, short)
    if len(own) < len(words):
        for word in words:
            if word in _FORM_WORDS:
                found += _form_word(word)
        found += _form_words(" ".join(words))
    if len(own) > 1:
        found += _across(own)
    if len(own) > 2:
        found += _initials(own, words)
    if not text.isascii():
        found += [_hashed(HAN, run[at : at + 2]) for run in _HAN.findall(text) for at in range(len(run) - 1)]
    return found


@lru_cache(maxsize=1 << 17)
def _own_word(word: str, short: bool) -> tuple[int, ...]:
    """Return the pieces of one word by itself; `short` tells that it stands in a short name."""
    spelling = skeleton(word)
    found = [_hashed(WORD, word), *_trigrams(f" {spelling} ")]
    rest = consonants(spelling)
    if len(rest) > 2:
        found.append(_hashed(CONSONANTS, rest))
    if short and 3 <= len(spelling) <= 10:
        found += [
            _hashed(GAP, spelling),
            *(_hashed(GAP, spelling[:at] + spelling[at + 1 :]) for at in range(len(spelling))),
        ]
    return tuple(found)


@lru_cache(maxsize=1 << 10)
def _form_word(word: str) -> tuple[int, ...]:
    return tuple(FORM_TRIGRAM << 60 | code for code in _trigrams(f" {skeleton(word)} "))


def _initials(own: list[str], words: list[str]) -> list[int]:
    """Return the acronyms a name may go by: of its own words, and of all but the minor ones and perhaps the last."""
    main = "".join([word[0] for word in words if word not in _MINOR_WORDS])
    return [_hashed(WORD, short) for short in ("".join([word[0] for word in own]), main, main[:-1]) if len(short) > 2]


def _across(words: list[str]) -> list[int]:
    """Return the trigrams that arise where neighbouring words are written as one."""
    found: list[int] = []
    ends = [_ends(word) for word in words]
    for (_, left), (right, _) in itertools.pairwise(ends):
        found += _joint(left + right)
    return found


@lru_cache(maxsize=1 << 17)
def _ends(word: str) -> tuple[str, str]:
    """Return the first two and the last two letters of a word's spelling."""
    spelling = skeleton(word)
    return spelling[:2], spelling[-2:]


@lru_cache(maxsize=1 << 17)
def _joint(ends: str) -> tuple[int, ...]:
    return tuple(_trigrams(ends))


def _trigrams(text: str) -> list[int]:
    raw = text.encode("ascii", "replace")
    return [a << 16 | b << 8 | c for a, b, c in zip(raw, raw[1:], raw[2:], strict=False)]


@lru_cache(maxsize=1 << 17)
def _hashed(kind: int, piece: str) -> int:
    return kind << 60 | int.from_bytes(blake2b(piece.encode(), digest_size=8).digest(), "little") >> 4


def _form_words(text: str) -> list[int]:
    """Return the pieces of the legal forms in a text, each as its abbreviation, and of the minor words beside them."""
    if _LONG_FORM_BEGINS.search(text):
        text = _LONG_FORM.sub(_abbreviated, text)
    short = [_SHORT.get(word, word) for word in text.split()]
    return [_hashed(WORD, word) for word in short if word in _FORM_WORDS]


def _abbreviated(match: re.Match[str]) -> str:
    found = match[0]
    if found.startswith("obs"):
        return "llc"
    return _LONG.get(found) or {"p": "pjsc", "o": "ojsc", "z": "cjsc"}.get(found[0], "jsc")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PARTED = {code: " " for code in range(128) if not chr(code).isalnum()} | {ord("&"): " and ", ord('"'): " "}
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]{2,}")
#: Words that hardly tell one party from another. They are weighed here and never decide; the scorer knows the forms.
_FORM_WORDS = _words("""
    ag ao aktsionernoe aktsionernoye akcionernoe and bv cjsc closed co company corp corporation de fen for gmbh gong gu
    inc incorporated joint jsc liability limited llc llp ltd nepublichnoe nv oao obshchestvo obschestvo of
    ogranichennoi ogranichennoj ogranichennoy ojsc ooo open otkrytoe otkrytoye otvetstvennostiu otvetstvennostju
    otvetstvennostyu pao pjsc plc private public publichnoe publichnoye ren s sa sarl si srl stock the xian you ze zao
    zakrytoe zakrytoye
""") - {"xian"}
_MINOR_WORDS = _words("and de for of the s")
_LONG = {
    "public joint stock company": "pjsc",
    "open joint stock company": "ojsc",
    "closed joint stock company": "cjsc",
    "joint stock company": "jsc",
    "limited liability company": "llc",
    "limited liability partnership": "llp",
    "company limited": "ltd",
    "co limited": "ltd",
    "co ltd": "ltd",
}
#: The Russian forms, in whatever system of transliteration.
_LONG_FORM = re.compile(
    "|".join(rf"\b{form}\b" for form in _LONG)
    + r"|\bobs\w{3,9} s ogran\w{4,9} otv\w{8,14}"
    + r"|\b(?:(?:ne)?publi\w{3,7} |otk\w{3,6} |zak\w{3,6} )?(?:akc|akts)\w{4,9} ob\w{5,10}"
)
#: Words that each of them has; most names have none.
_LONG_FORM_BEGINS = re.compile(r"liability|stock|limited|\bltd|\bobs|\bob")
_SHORT = {
    "ao": "jsc",
    "company": "co",
    "corporation": "corp",
    "incorporated": "inc",
    "limited": "ltd",
    "oao": "ojsc",
    "ooo": "llc",
    "pao": "pjsc",
    "zao": "cjsc",
}
