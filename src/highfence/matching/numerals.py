# SPDX-License-Identifier: Apache-2.0
"""Numerals: the one number behind `14th`, `fourteenth`, `XIV`, `No. 14`, `14-й` and `十四`.

A number tells siblings apart (Fund II, Institute 13), so it must be read however it is written.
"""

from __future__ import annotations

import re

from highfence.matching.vocabulary import words

_TENS_ONLY = frozenset({"twenty", "thirty", "forty", "fourty", "fifty", "sixty", "seventy", "eighty", "ninety"})
_ROMAN = re.compile(r"(?=[ivxl])(x{0,3}|xl|l)(ix|iv|v?i{0,3})")
_ROMAN_TENS = {"": 0, "x": 10, "xx": 20, "xxx": 30, "xl": 40, "l": 50}
_ROMAN_UNITS = {"": 0, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9}
_HAN_DIGITS = {char: at for at, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "兩": 2}


def number_in_words(word: str, following: str) -> tuple[str, int]:
    """Return the number that `word`, perhaps with the word `following` it, spells, and how many words were read.

    >>> number_in_words("forty", "four"), number_in_words("forty", "4"), number_in_words("14", "th")
    (('44', 2), ('44', 2), ('14', 2))
    >>> number_in_words("fourteenth", "brigade"), number_in_words("brigade", "")
    (('14', 1), ('', 0))
    """
    if word.isdigit():
        return word.lstrip("0") or "0", 2 if following in words().ordinal_endings else 1
    value = words().numbers.get(word)
    if value is None:
        return "", 0
    if word in _TENS_ONLY:
        unit = int(following) if len(following) == 1 and following.isdigit() else words().numbers.get(following, 0)
        if 0 < unit < 10:
            return str(value + unit), 2
    return str(value), 1


def roman(word: str) -> str:
    """Return the number a word of Roman numerals up to 59 stands for, or an empty text.

    >>> roman("viii"), roman("xx"), roman("mix")
    ('8', '20', '')
    """
    match = _ROMAN.fullmatch(word)
    return str(_ROMAN_TENS[match[1]] + _ROMAN_UNITS[match[2]]) if match else ""


def han_number(text: str) -> str:
    """Return the number below 10,000 that Chinese numerals spell, or an empty text.

    >>> han_number("十三"), han_number("二十"), han_number("七〇一"), han_number("一百零五")
    ('13', '20', '701', '105')
    """
    if not any(char in "十百千" for char in text):
        digits = [_HAN_DIGITS.get(char) for char in text]
        return "" if None in digits or not digits else str(int("".join(map(str, digits))))
    total = pending = 0
    for char in text:
        if char in "十百千":
            total += (pending or 1) * {"十": 10, "百": 100, "千": 1000}[char]
            pending = 0
        elif (digit := _HAN_DIGITS.get(char)) is not None:
            pending = digit
        else:
            return ""
    return str(total + pending)
