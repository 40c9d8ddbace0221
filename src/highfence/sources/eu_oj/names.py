# SPDX-License-Identifier: Apache-2.0
"""Names: what a cell of names holds.

A cell holds several names parted by semicolons, but semicolons also stand inside brackets; names carry labels
("Chinese:", "f.k.a.:", "ex"), left-overs of the page ("Text of image") and their own writing in another script. Only
what is certain is taken apart: commas part nothing, for they also stand in "Co., Ltd".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

import msgspec

#: The label before a name -> ISO 639-3. Misspelt labels are the Official Journal's.
LANGUAGES = {
    "arabic": "ara",
    "armenian": "hye",
    "azerbaijani": "aze",
    "belarusian": "bel",
    "belarussian": "bel",
    "burmese": "mya",
    "chinese": "zho",
    "dari": "prs",
    "farsi": "fas",
    "french": "fra",
    "georgian": "kat",
    "hebrew": "heb",
    "kazakh": "kaz",
    "korean": "kor",
    "kyrgyz": "kir",
    "pashto": "pus",
    "persian": "fas",
    "romanian": "ron",
    "rusian": "rus",
    "russian": "rus",
    "serbian": "srp",
    "spanish": "spa",
    "thai": "tha",
    "turkish": "tur",
    "ukrainian": "ukr",
    "urdu": "urd",
    "uzbek": "uzb",
}
_IN_LATIN = ("aze", "fra", "ron", "spa", "srp", "tur", "uzb")
_LANGUAGE = rf"(?:in\s+)?(?P<language>{'|'.join(LANGUAGES)})(?:\s+(?:spelling|script|name))?"
_LANGUAGE_LABEL = re.compile(rf"^{_LANGUAGE}\s*(?::|,(?=\s*[^\x00-\x7f]))\s*", re.IGNORECASE)
_LANGUAGE_BRACKETS = re.compile(rf"^(?P<name>.*\S)\s*\({_LANGUAGE}\s*:\s*(?P<inside>.+)\)$", re.IGNORECASE)
_OTHER_LABEL = re.compile(r"^(?:a\.?k\.?a\.?|also known as|other names?)(?:\s*:|\s)\s*(?=\S)", re.IGNORECASE)
_FORMER_WORDS = r"(?:f\.?k\.?a\.?|ex|formerly|previously)(?:\s+(?:known|listed|registered))?(?:\s+as)?"
_FORMER_LABEL = re.compile(r"^(?:f\.?k\.?a\.?|formerly known as|formerly)\s*[:.]?\s+(?=\S)", re.IGNORECASE)
_FORMER_BRACKETS = re.compile(rf"^(?P<name>.*\S)\s*\({_FORMER_WORDS}[.:]?(?:\s+(?P<inside>[^()]+))?\)$", re.IGNORECASE)
_KNOWN_AS_WORDS = r"\b(?:a\.k\.a\.?|aka|also known as)(?:\s*:|\s)\s*"
_KNOWN_AS = re.compile(rf"[\s,]+{_KNOWN_AS_WORDS}", re.IGNORECASE)
_KNOWN_AS_BRACKETS = re.compile(rf"^(?P<name>.*\S)\s*\({_KNOWN_AS_WORDS}(?P<inside>[^()]+)\)$", re.IGNORECASE)
_BRACKETS = re.compile(r"^(?P<name>.*\S)\s*\((?P<inside>(?:[^()]|\([^()]*\))+)\)$")
#: "(a) First Co., (b) Second Co."
_ENUMERATION = re.compile(r"[\s,]*(?<!\w)\([a-z]\)[\s,]*")
#: A legal form that a Russian or Belarusian name begins with, as the next one of a list does.
_FORM = r"(?:[OPZ]?AO|OOO|TOO|[OPC]?JSC|LLC|FGU[PE]|FGBU|[ОПЗ]?АО|ООО|ТОО|ФГУП|ФГБУ)"
_BEFORE_FORM = re.compile(rf",\s(?={_FORM}\s\S)")
#: No name is longer; what is, is kept whole and not searched for patterns.
_NAME_LENGTH_MOST = 1000
_NOT_NAMES = ("text of image", "original script", "in original script")
_IN_BRACKETS = re.compile(r"\([^)]*\)")
#: A comma that does not stand before a legal form or within "Co., ".
_LIST_COMMA = re.compile(r"(?<![.\d]),\s(?!(?:Ltd|LLC|Inc|Co|S\.?A|GmbH|A\.?S)\b)")
_PAIRS = {"‘": "’", "“": "”", "«": "»", "„": "“", "'": "'", '"': '"'}
#: Soft hyphens, zero-width spaces and direction marks are the page's, not the name's; joiners spell Persian words.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff]")


class Name(msgspec.Struct, frozen=True, kw_only=True):
    """One name, the text it was printed in, its language if the table says so, and whether it is a former one."""

    text: str
    printed: str
    language: str = ""
    former: bool = False


def names_in(cell: str) -> tuple[Name, ...]:
    """Return the names in a cell, in order, each once.

    >>> [name.text for name in names_in("Chinese:; Text of image; 保利科技有限公司; Poly (POLY; or PTI) Works")]
    ['保利科技有限公司', 'Poly (POLY; or PTI) Works']
    >>> [(name.text, name.former) for name in names_in("STORM (ex CALM)")]
    [('STORM', False), ('CALM', True)]
    """
    found: dict[str, Name] = {}
    language = ""
    for part in parts_of(cell):
        printed = " ".join(_INVISIBLE.sub("", part).split()).strip(",")
        label = _LANGUAGE_LABEL.match(printed)
        if label:
            language = LANGUAGES[label["language"].casefold()]
        if printed.casefold() in _NOT_NAMES or (label and label.end() == len(printed)):
            continue
        for name in _names(printed[label.end() :] if label else printed, printed, language=language):
            found.setdefault(name.text, name)
        language = ""
    return tuple(found.values())


def parts_of(cell: str) -> list[str]:
    """Return the parts between semicolons and line ends that stand outside brackets; all if brackets do not close.

    >>> parts_of("A (b; c); D"), parts_of("A (b; c")
    (['A (b; c)', 'D'], ['A (b', 'c'])
    """
    depth, begins = 0, 0
    parts: list[str] = []
    for at, char in enumerate(cell):
        if char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
            if depth < 0:
                break
        elif char in ";\n" and depth == 0:
            parts.append(cell[begins:at])
            begins = at + 1
    parts.append(cell[begins:])
    if depth:
        parts = re.split(r"[;\n]", cell)
    return [part.strip() for part in parts if part.strip()]


def may_be_several(name: str) -> bool:
    """Tell whether a name has the commas of a list that only a person can take apart.

    >>> may_be_several("First Front, Second Front, Third Front"), may_be_several("Works of Ürümqi Co., Ltd.")
    (True, False)
    """
    if len(name) > _NAME_LENGTH_MOST:
        return True
    return len(_LIST_COMMA.findall(_IN_BRACKETS.sub("", name))) >= 2


def _names(text: str, printed: str, *, language: str) -> Iterator[Name]:
    """Yield the names in one part: split at what is certain, without labels and wrapping quotes."""
    if len(text) > _NAME_LENGTH_MOST:
        yield Name(text=text, printed=printed)
        return
    for labelled in _pieces(text):
        former = bool(_FORMER_LABEL.match(labelled))
        piece = _OTHER_LABEL.sub("", _FORMER_LABEL.sub("", labelled))
        if brackets := _FORMER_BRACKETS.match(piece):
            yield from _named(brackets["name"], printed, language=language, former=former or not brackets["inside"])
            yield from _named(brackets["inside"] or "", printed, former=True)
        elif brackets := _LANGUAGE_BRACKETS.match(piece):
            yield from _named(brackets["name"], printed, former=former)
            inside = LANGUAGES[brackets["language"].casefold()]
            yield from _named(brackets["inside"], printed, language=inside, former=former)
        elif (brackets := _BRACKETS.match(piece)) and _differ(brackets["name"], brackets["inside"]):
            yield from _named(brackets["name"], printed, language=language, former=former)
            yield from _named(brackets["inside"], printed, former=former)
        else:
            yield from _named(piece, printed, language=language, former=former)


def _pieces(text: str) -> Iterator[str]:
    """Yield what stands between " / ", "(b)", "a.k.a.", and commas at which the script changes or a form follows."""
    items = _ENUMERATION.split(text) if "(b)" in text else [text]
    for side in (side for item in items for side in item.split(" / ")):
        brackets = _KNOWN_AS_BRACKETS.match(side)
        for piece in (brackets["name"], brackets["inside"]) if brackets else _KNOWN_AS.split(side):
            for part in _BEFORE_FORM.split(piece) if re.match(rf"{_FORM}\s", piece) else (piece,):
                left, comma, right = part.partition(", ")
                yield from (left, right) if comma and _differ(left, right) else (part,)


def _named(text: str, printed: str, *, language: str = "", former: bool = False) -> Iterator[Name]:
    text = _unwrapped(text.strip(" ,;"))
    if any(char.isalnum() for char in text):
        scripts = _scripts(text)
        if scripts == {"HANGUL"}:
            language = "kor"
        elif scripts == {"LATIN"} and language not in _IN_LATIN:
            # "Chinese: AEE" labels a transcription.
            language = ""
        yield Name(text=text, printed=printed, language=language, former=former)


def _unwrapped(text: str) -> str:
    """Take off quotes that hold the whole text, and not the first and last of several quoted words."""
    while len(text) > 2 and text[-1] == _PAIRS.get(text[0]):
        opening, closing, inner = text[0], text[-1], text[1:-1]
        depth = 0
        for char in inner:
            depth += (char == opening) - (char == closing)
            if depth < 0 or opening == closing == char:
                return text
        text = inner.strip()
    return _without_stray_quotes(text)


def _without_stray_quotes(text: str) -> str:
    """Take off a quote at either end whose other half is not in the text."""
    if text and text[0] in _PAIRS and text.count(text[0]) == 1 and _PAIRS[text[0]] not in text[1:]:
        text = text[1:].lstrip()
    if text and any(text[-1] == closing and opening not in text[:-1] for opening, closing in _PAIRS.items()):
        text = text[:-1].rstrip()
    return text


def _differ(left: str, right: str) -> bool:
    """Tell whether two texts are written in scripts of which neither uses the other's."""
    one, other = _scripts(left), _scripts(right)
    return bool(one and other) and not one & other


def _scripts(text: str) -> set[str]:
    return {script for char in text if char.isalpha() and (script := _script(char))}


@cache
def _script(char: str) -> str:
    script = unicodedata.name(char, "").partition(" ")[0]
    return {"IDEOGRAPHIC": "CJK", "FULLWIDTH": "LATIN", "MODIFIER": "", "FEMININE": "", "MASCULINE": ""}.get(
        script, script
    )
