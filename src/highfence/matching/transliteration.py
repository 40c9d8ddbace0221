# SPDX-License-Identifier: Apache-2.0
"""Transliteration: any script to plain Latin words, and one spelling for the many ways a name is written in Latin.

`latin` makes text ASCII in lower case. `skeleton` folds the usual systems of transliteration (Russian ya/ia/ja, kh/h/x,
ts/tz/c; Arabic ou/oo/u; German ue/ü) into one spelling, which is compared and never shown. `consonants` is what is left
of a word in scripts that write no vowels.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib import resources

from anyascii import anyascii

#: Letters of other alphabets that look like Latin ones, in small letters and capitals.
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһӏкАЕОРСУХІЈЅВКМНТΑΒΕΖΗΙΚΜΝΟΡΤΥΧαονρικυχ", "aeopcyxijsdhlkAEOPCYXIJSBKMHTABEZHIKMNOPTYXaovpikyx"
)
_LATIN_TO_CYRILLIC = str.maketrans("aeopcyxijskAEOPCYXIJSKMBHT", "аеорсухіјѕкАЕОРСУХІЈЅКМВНТ")
#: Shorter words are mostly initials, which nobody transliterates.
_LETTERS_MIN = 4
_WORD = re.compile(r"[^\W\d_]+")
#: A table of 256 characters in the library of transliteration, named by the number of its block.
_TABLE_NAME = re.compile("[0-9a-f]{3}")
#: A letter by itself, such as the word for `with` in a Russian legal form.
_ALONE = re.compile(r"\b[a-zA-Z]\b")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_CYRILLIC = re.compile(r"[Ѐ-ԯ]")
_GREEK = re.compile(r"[Ͱ-Ͽ]")
#: Greek letters and pairs that sound otherwise than they are spelled.
_GREEK_SOUNDS = {"ου": "u", "ού": "u", "τζ": "j", "μπ": "b", "γκ": "g", "ντ": "d", "χ": "h"}
_GREEK_PAIRS = re.compile("|".join(_GREEK_SOUNDS))
#: Letters and numbers, without the modifiers that only change another one.
_SAYING = frozenset({"Lu", "Ll", "Lt", "Lo", "Nd", "Nl", "No"})
#: Marks that stand above or below a letter; nobody needs more than a few, attackers send thousands.
_APOSTROPHES = re.compile(r"[ʹʺʻʼʽʾʿˈ‘’‛′`´ʿʾ＇']")


def normal(text: str) -> str:
    """Return text in NFKC without control, direction and zero-width characters, look-alike letters made one script.

    >>> normal("GАZPRОM\\u202e Ⅳ")
    'GAZPROM IV'
    """
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFKC", text)
    if not text.isprintable():
        text = "".join(" " if (kind := unicodedata.category(char))[0] in "Z" or kind == "Cc" else char
                       for char in text if unicodedata.category(char) not in ("Cf", "Cs", "Cn", "Co"))  # fmt: skip
    if (_CYRILLIC.search(text) or _GREEK.search(text)) and _LATIN.search(text):
        text = _WORD.sub(_one_script, text)
        if len(_CYRILLIC.findall(text)) > len(_LATIN.findall(text)):
            text = _ALONE.sub(lambda match: match[0].translate(_LATIN_TO_CYRILLIC), text)
    return text


def latin(text: str) -> str:
    """Return text transliterated to ASCII in lower case; apostrophes and soft signs are dropped, ideographs parted.

    >>> latin("Муромский завод"), latin("Société Générale"), latin("沈阳")
    ('muromskiy zavod', 'societe generale', ' shen yang')
    """
    if text.isascii():
        text = text.lower()
        return _APOSTROPHES.sub("", text) if "'" in text or "`" in text else text
    text = _APOSTROPHES.sub("", text)
    if _GREEK.search(text):
        text = _GREEK_PAIRS.sub(lambda match: _GREEK_SOUNDS[match[0]], text.lower())
    return _APOSTROPHES.sub("", _ascii(text).lower())


@cache
def read_tables() -> None:
    """Read the tables of all scripts, once: else the first name in rare scripts waits for each of them."""
    for table in resources.files("anyascii._data").iterdir():
        if _TABLE_NAME.fullmatch(table.name):
            anyascii(chr(int(table.name, 16) << 8 | 1))


@lru_cache(maxsize=65536)
def skeleton(word: str) -> str:
    """Return the common spelling of a word in plain Latin letters.

    >>> {skeleton(word) for word in ("yuriy", "iurii", "yurij", "yury")}
    {'iuri'}
    >>> skeleton("khabarovsk") == skeleton("habarovsk"), skeleton("mohammed") == skeleton("mohamed")
    (True, True)
    """
    if len(word) < _LETTERS_MIN or not word.isalpha():
        return word
    return _DOUBLED.sub(r"\1", _VARIANTS.sub(_settle, word))


@lru_cache(maxsize=65536)
def consonants(word: str) -> str:
    """Return a skeleton without vowels, as Arabic and Hebrew write; the first letter stays.

    >>> consonants(skeleton("mohammed")), consonants(skeleton("muhammad"))
    ('mhmd', 'mhmd')
    """
    return word[:1] + _VOWELS.sub("", word[1:])


#: Longest first. Endings are marked with $.
_TABLE = {
    "shch": "sh", "tsch": "ch", "tch": "ch", "sch": "sh", "dzh": "j", "zh": "j", "dj": "j", "kh": "h", "gh": "g",
    "ph": "f", "th": "t", "ck": "k", "cz": "ch", "ch": "ch", "sh": "sh", "sz": "s", "tz": "ts", "ts": "ts", "q": "k",
    "w": "v", "x": "ks", "ou": "u", "oo": "u", "ee": "i", "ae": "a", "oe": "o", "ue": "u", "ya": "ia", "ja": "ia",
    "ia": "ia", "yu": "iu", "ju": "iu", "iu": "iu", "yo": "io", "jo": "io", "ye": "e", "ie": "e", "je": "e",
    "iy$": "i", "ij$": "i", "yj$": "i", "yy$": "i", "ii$": "i", "j$": "i", "y": "i", "ce": "tse", "ci": "tsi",
    "cy": "tsi", "c": "k",
}  # fmt: skip
_VARIANTS = re.compile("|".join(re.escape(key).replace(r"\$", "$") for key in sorted(_TABLE, key=len, reverse=True)))
_DOUBLED = re.compile(r"(.)\1+")
_VOWELS = re.compile("[aeiou]+")


def _settle(match: re.Match[str]) -> str:
    found = match[0]
    if found[0] == "j" and match.start() == 0:
        return found  # Jet is not Et; that Jurij is Iurij is left to the tolerance for errors
    if match.end() == len(match.string) and (at_end := _TABLE.get(found + "$")) is not None:
        return at_end
    return _TABLE[found]


def _ascii(text: str) -> str:
    """Transliterate, with a space before each syllable of a script without spaces (`ShenYang` -> `Shen Yang`)."""
    plain = []
    for char in text:
        if char.isascii():
            plain.append(char)
        elif "\u2e80" <= char <= "\u9fff" and not "\u3040" <= char <= "\u30ff":
            plain.append(f" {_letter(char)}")
        elif char >= "\u0900" or unicodedata.category(char) != "Mn":  # Indic vowels are marks too, and are kept
            plain.append(_letter(char))
    return "".join(plain)


@lru_cache(maxsize=8192)
def _letter(char: str) -> str:
    """Return a character's reading; a letter or a number nobody has a reading for stays, so that no name is lost."""
    reading = anyascii(char)
    return char if not reading.strip() and unicodedata.category(char) in _SAYING else reading


def _one_script(match: re.Match[str]) -> str:
    """Write a word that mixes look-alike letters of two scripts in the script most of its letters are of."""
    word = match[0]
    foreign = len(_CYRILLIC.findall(word)) + len(_GREEK.findall(word))
    own = len(_LATIN.findall(word))
    if not foreign or not own:
        return word
    made_latin = word.translate(_LOOKALIKES)
    if own >= foreign:
        return made_latin
    made_cyrillic = word.translate(_LATIN_TO_CYRILLIC)
    if not _LATIN.search(made_cyrillic):
        return made_cyrillic
    return made_latin if made_latin.isascii() else word
