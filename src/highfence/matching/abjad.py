# SPDX-License-Identifier: Apache-2.0
"""Abjad: names in Arabic letters (Arabic, Persian, Urdu, Pashto) against the many ways they are written in Latin ones.

Short vowels are not written, long ones look like consonants, and each country transliterates in its own way: Qadhafi,
Gaddafi, Kadhafi; Reza, Ridha; Wali, Ouali, Vali. So both sides are reduced to what all of them keep: the classes of
their consonants.
"""

from __future__ import annotations

import re
from functools import lru_cache

#: A word in Arabic letters, marks above and below included.
WORD = re.compile("[\u0620-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff]+")
#: Letters of Persian, Urdu and Pashto, and forms of one letter, in one spelling; marks and the stretching stroke go.
_LETTERS = str.maketrans({
    **dict.fromkeys("آأإٱ", "ا"), **dict.fromkeys("ىیېےۍئ", "ي"), "ک": "ك", "ګ": "گ", **dict.fromkeys("ةۀھہۃە", "ه"),
    "ؤ": "و", **dict.fromkeys(map(chr, (0x621, 0x640, *range(0x610, 0x61B), *range(0x64B, 0x660), 0x670))),
})  # fmt: skip
_CLASSES = str.maketrans({
    **dict.fromkeys("اعويء", None), "ب": "b", "پ": "b", **dict.fromkeys("تطټ", "t"), **dict.fromkeys("جژځ", "j"),
    **dict.fromkeys("چشڅښ", "x"), **dict.fromkeys("حخه", "h"), **dict.fromkeys("دذضظزډږ", "d"),
    **dict.fromkeys("رړ", "r"),
    **dict.fromkeys("سصث", "s"), **dict.fromkeys("غقكگ", "k"), **dict.fromkeys("فڤ", "f"), "ل": "l", "م": "m",
    **dict.fromkeys("نڼں", "n"),
})  # fmt: skip
_LATIN_CLASSES = {
    "tch": "x", "sch": "x", "sh": "x", "ch": "x", "kh": "h", "gh": "k", "dh": "d", "th": "s", "ph": "f", "zh": "j",
    "dj": "j", "q": "k", "g": "k", "c": "k", "z": "d", "p": "b", "x": "ks",
    **dict.fromkeys(("a", "e", "i", "o", "u", "v", "w", "y"), ""),
}  # fmt: skip
_LATIN = re.compile("|".join(sorted(_LATIN_CLASSES, key=len, reverse=True)))
_DOUBLED = re.compile(r"(.)\1+")
_ARTICLE = "ال"
#: `Abd` with the article, written with the name that follows.
_SERVANT = "عبدال"
_LETTERS_LEFT_MIN = 3


def in_words(text: str) -> str:
    """Return a text with its words in Arabic letters in one spelling, `son of` and the like in Latin letters.

    >>> in_words("Saeed سعيد بن محمد").split() == ["Saeed", "سعيد", "bin", "محمد"]
    True
    """
    return WORD.sub(lambda run: f" {' '.join(_PARTICLES.get(word, word) for word in words_of(run[0]))} ", text)


def words_of(text: str) -> list[str]:
    """Return the words of a text in Arabic letters, in one spelling, the article by itself.

    >>> words_of("عبدالفتاح السيسي") == ["عبد", "ال", "فتاح", "ال", "سيسي"]
    True
    """
    found: list[str] = []
    for word in text.translate(_LETTERS).split():
        if word.startswith(_SERVANT) and len(word) >= len(_SERVANT) + 2 and word != "عبدالله":
            found += ["عبد", _ARTICLE, word[len(_SERVANT) :]]
        elif word.startswith(_ARTICLE) and len(word) >= len(_ARTICLE) + _LETTERS_LEFT_MIN and word != "الله":
            found += [_ARTICLE, word[len(_ARTICLE) :]]
        else:
            found.append(word)
    return found


_PARTICLES = {
    "بن": "bin",
    "ابن": "bin",
    "بنت": "bint",
    "ابو": "abu",
    "ابي": "abu",
    "ام": "umm",
    "ال": "al",
    "عبد": "abd",
}


@lru_cache(maxsize=65536)
def sounds(word: str) -> str:
    """Return the classes of a word's consonants, the same for its Arabic and its Latin spellings.

    >>> [sounds(word) for word in ("qadhafi", "gaddafi", "القذافي".removeprefix("ال"))]
    ['kdf', 'kdf', 'kdf']
    >>> sounds("fatimah") == sounds("فاطمه"), sounds("reza") == sounds("رضا")
    (True, True)
    """
    plain = _LATIN.sub(_class_of, word) if word.isascii() else word.translate(_CLASSES)
    plain = _DOUBLED.sub(r"\1", plain)
    # The h of Fatimah and Nakhleh only marks a vowel, and in Latin letters nobody can tell it from another.
    return plain[:-1] if plain.endswith("h") and len(plain) > 1 else plain


def _class_of(match: re.Match[str]) -> str:
    return _LATIN_CLASSES[match[0]]
