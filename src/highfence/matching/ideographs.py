# SPDX-License-Identifier: Apache-2.0
"""Ideographs: cut a run of Chinese, Japanese or Korean writing into words that say something.

Names in these scripts have no spaces. The longest known word (a legal form, a place, a generic word of the vocabulary)
is taken at each place; what stands between is the distinctive part. Traditional characters and the Japanese
simplifications are folded into the simplified Chinese ones, so that Han is compared with Han.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

import msgspec

from highfence.matching.numerals import han_number
from highfence.matching.vocabulary import ideograph_concepts

#: Han with its marks, kana, Hangul.
RUN = re.compile(r"[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
#: 省 市 县 区 behind a place.
_AFTER_PLACE = re.compile("[省市县区]")
_NUMBER = re.compile(r"第?([〇零一二三四五六七八九十百千两]{2,})|第([〇零一二三四五六七八九十百千两])")


class Piece(msgspec.Struct, frozen=True):
    """A word cut out: its folded text, and what it is: `form`, `place`, `concept`, `number` or `` with its meaning."""

    text: str
    what: str = ""
    meaning: str = ""


class _Table(msgspec.Struct, frozen=True):
    simplified: dict[str, str]
    forms: dict[str, list[str]]
    places: dict[str, str]


def fold(text: str) -> str:
    """Return text with traditional and Japanese characters made simplified Chinese ones.

    >>> fold("國際貿易"), fold("発動機")
    ('国际贸易', '发动机')
    """
    return text.translate(_folding())


def cut(run: str) -> Iterator[Piece]:
    """Yield the words of a run of ideographs, kana or Hangul.

    >>> [(piece.text, piece.what, piece.meaning) for piece in cut("沈阳飞机工业集团有限公司")][:3]
    [('沈阳', 'place', 'shenyang'), ('飞机', 'concept', '#aviation'), ('工业', 'concept', '#industry')]
    """
    run = fold(run)
    words, longest = _words()
    begin = at = 0
    while at < len(run):
        number = _NUMBER.match(run, at)
        if number:
            found: Piece | None = Piece(number[0], "number", han_number(number[1] or number[2]))
        else:
            lengths = range(min(longest.get(run[at], 0), len(run) - at), 0, -1)
            found = next((words[run[at : at + length]] for length in lengths if run[at : at + length] in words), None)
            if found is not None and len(found.text) == 1 and not _may_stand_alone(run, at, begin):
                found = None
        if found is None:
            at += 1
            continue
        if begin < at:
            yield Piece(run[begin:at])
        yield found
        begin = at = at + len(found.text)
        if found.what == "place" and _AFTER_PLACE.match(run, at) and at + 1 < len(run):
            begin = at = at + 1
    if begin < len(run):
        yield Piece(run[begin:])


def _may_stand_alone(run: str, at: int, begin: int) -> bool:
    """Tell whether a known single character is a word here: the last of the run, with more than one before it."""
    return at == len(run) - 1 and at - begin != 1 and at > 1


def is_han(text: str) -> bool:
    """Tell whether text begins with a Han character."""
    return bool(_HAN.match(text))


def is_hangul(text: str) -> bool:
    """Tell whether text begins with a syllable of Hangul, which is written as it is spoken."""
    return "\uac00" <= text[:1] <= "\ud7af"


_TABLES = msgspec.json.Decoder(_Table)


@cache
def _table() -> _Table:
    data = resources.files("highfence.matching").joinpath("tables/ideographs.json").read_bytes()
    return _TABLES.decode(data)


@cache
def _folding() -> dict[int, str]:
    return str.maketrans(_table().simplified)


@cache
def _words() -> tuple[dict[str, Piece], dict[str, int]]:
    """Return the known words, and the length of the longest that begins with a character."""
    table = _table()
    words: dict[str, Piece] = {}
    for text, concept in ideograph_concepts().items():
        words[fold(text)] = Piece(fold(text), "concept", concept)
    for text, place in table.places.items():
        words[fold(text)] = Piece(fold(text), "place", place)
    for kind, forms in table.forms.items():
        words.update({fold(text): Piece(fold(text), "form", kind) for text in forms})
    longest: dict[str, int] = {}
    for text in words:
        longest[text[0]] = max(longest.get(text[0], 0), len(text))
    return words, longest
