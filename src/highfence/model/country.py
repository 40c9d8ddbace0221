# SPDX-License-Identifier: Apache-2.0
"""Country: ISO 3166-1 codes from the names official lists use, never by guess.

`tables/countries.json` holds, per alpha-2 code in lower case, the English short name, the alpha-3 code, further names
(official ones, those of the Japanese METI, the EU and the UN, some in other scripts) and adjectives of nationality.
Kosovo goes by `xk`, as FollowTheMoney and the EU have it. What could be two countries ("Korea", "Congolese") is none.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources

import msgspec

from highfence.errors import InvalidInput

#: Codes in official use beside ISO 3166-1: the United Kingdom's and the EU's for Greece.
_EXTRA_CODES = {"uk": "gb", "el": "gr"}
#: Names that end addresses elsewhere too: Georgia is also a state of the United States.
_AMBIGUOUS_IN_ADDRESSES = ("georgia",)
_ACCENTS = re.compile("[\u0300-\u036f]")
#: Commas, line ends, brackets and anything with a digit, such as postcodes, part an address.
# A word starts after white space only: looking for a digit from each letter on would be quadratic.
_ADDRESS_PARTS = re.compile(r"[,;\n()]|(?<!\S)\S*?\d\S*")
_QUOTES = re.compile("['’‘`´ʼ\"“”.]")
_NOT_A_WORD = re.compile(r"[\W_]+")
_BRACKETED = re.compile(r"^(.+?)\s*[(（]([^()（）]+)[)）]\.?$")
_REMARK = re.compile(r"(?<=\w)\s*\([^()]{3,}\)")
_FORM_OF_STATE = re.compile(
    r"^(.*\b(?:republic|kingdom|states?|union|federation|sultanate|principality|emirate|commonwealth)) of (.+)$"
)
#: Between several countries: punctuation and "(a)" first, the word "and" only if what is left is no country.
_BETWEEN = (re.compile(r'[;,/\n"]|(?<!\w)\(?[a-z0-9]\)\s'), re.compile(r"\band/or\b|\band\b|\bor\b|&"))


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    alpha3: str = ""
    names: tuple[str, ...] = ()
    adjectives: tuple[str, ...] = ()


def country_code(text: str) -> str:
    """Return the alpha-2 code, in lower case, of a code, name or nationality that stands alone; '' if unknown.

    Alpha-3 codes count in capitals only, for "and" and "are" are words.

    >>> country_code("Islamic Republic of Iran"), country_code("DPRK"), country_code("Czech Republic")
    ('ir', 'kp', 'cz')
    >>> country_code("Iranian and US"), country_code("Korea")
    ('', '')
    """
    text = text.strip()
    if len(text) == 2:
        lower = text.lower()
        return lower if lower in _rows() else _EXTRA_CODES.get(lower, "")
    if len(text) == 3 and text in _by_alpha3():
        return _by_alpha3()[text]
    known = _by_any_word()
    if found := known.get(_key(text)):
        return found
    bracketed = _BRACKETED.match(text)
    if bracketed is None:
        return ""
    outer, inner = (known.get(_key(part), "") for part in bracketed.groups())
    return outer if outer == inner else ""


def country_codes(text: str) -> tuple[str, ...]:
    """Return the codes of all countries or nationalities a list names, in order, each once.

    What is unknown is left out, and so are remarks in brackets after a known name: "Syrian (presumed)" is `sy`.

    >>> country_codes("(a) German, (b) Moroccan"), country_codes("Iranian and US"), country_codes("Trinidad and Tobago")
    (('de', 'ma'), ('ir', 'us'), ('tt',))
    """
    return tuple(dict.fromkeys(_codes_in(text, 0)))


def country_of_address(text: str) -> str:
    """Return the code of the country one address ends with or begins with; '' if neither, or they differ.

    Two-letter codes and nationalities are not taken, for "CA" ends Californian addresses, nor is "Georgia". A long
    official name may begin the text without a comma after it, as in copies of the METI list.

    >>> country_of_address("12 Lenina St., Moscow, 119991, Russian Federation")
    'ru'
    >>> country_of_address("People's Republic of China 23rd Research Institute")
    'cn'
    >>> country_of_address("Peachtree Street, Atlanta, Georgia")
    ''
    """
    keys = [key for part in _ADDRESS_PARTS.split(text) if (key := _key(part))]
    if not keys:
        return ""
    end = _name_in(" ".join(keys[-2:]), keys[-1])
    begin = _name_in(" ".join(keys[:2]), keys[0]) or _leading_official_name(keys[0])
    return "" if end and begin and end != begin else end or begin


def country_name(code: str) -> str:
    """Return the English short name of an alpha-2 code in either case.

    >>> country_name("ir"), country_name("TR")
    ('Iran', 'Türkiye')

    Raises:
        InvalidInput: there is no such country.
    """
    row = _rows().get(code.lower())
    if row is None:
        raise InvalidInput(
            f"{code[:40]!r} is not a country code", where="country", advice="Use an ISO 3166-1 alpha-2 code such as ir"
        )
    return row.name


def countries() -> tuple[str, ...]:
    """Return all alpha-2 codes in lower case, sorted."""
    return tuple(sorted(_rows()))


def _codes_in(text: str, depth: int) -> list[str]:
    text = text.strip()
    if found := country_code(text):
        return [found]
    bracketed = _BRACKETED.match(text)
    if bracketed and (found := country_code(bracketed[1])) and not country_code(bracketed[2]):
        return [found]
    if depth == len(_BETWEEN):
        return []
    if depth == 0:
        text = _REMARK.sub("", text)
    parts = [part.strip() for part in _BETWEEN[depth].split(text) if part.strip()]
    only_codes = all(len(part) == 2 for part in parts)
    return [
        found
        for part in parts
        if only_codes or len(part) > 2 or part.isupper()  # "no", "in" and "is" are English words first
        for found in _codes_in(part, depth + 1)
    ]


def _name_in(*keys: str) -> str:
    known = _by_name()
    return next((known[key] for key in keys if key in known and key not in _AMBIGUOUS_IN_ADDRESSES), "")


def _leading_official_name(key: str) -> str:
    """Return the country whose name of the form "Republic of X" the words begin with, the longest first."""
    known = _by_name()
    words = key.split()
    for length in range(min(len(words), _longest_name()), 2, -1):
        start = " ".join(words[:length])
        if " of " in start and start in known:
            return known[start]
    return ""


def _key(text: str) -> str:
    """Fold case, accents, punctuation and the article away, so that spellings of one name meet."""
    plain = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text))).casefold()
    words = _NOT_A_WORD.sub(" ", _QUOTES.sub("", plain.replace("&", " and "))).split()
    return " ".join("saint" if word == "st" else word for word in words if word != "the")


_ROWS = msgspec.json.Decoder(dict[str, _Row])


@cache
def _rows() -> dict[str, _Row]:
    data = resources.files("highfence.model").joinpath("tables/countries.json").read_bytes()
    return _ROWS.decode(data)


@cache
def _by_name() -> dict[str, str]:
    known: dict[str, str] = {}
    for code, row in _rows().items():
        for name in (row.name, *row.names):
            for key in _spellings(_key(name)):
                known.setdefault(key, code)
    return known


@cache
def _by_any_word() -> dict[str, str]:
    known = dict(_by_name())
    for code, row in _rows().items():
        for word in row.adjectives:
            known.setdefault(_key(word), code)
    return known


@cache
def _by_alpha3() -> dict[str, str]:
    return {row.alpha3: code for code, row in _rows().items() if row.alpha3}


@cache
def _longest_name() -> int:
    return max(len(key.split()) for key in _by_name())


def _spellings(key: str) -> tuple[str, ...]:
    """Return the key and, for "Islamic Republic of Iran", the two ways registers turn it round."""
    form = _FORM_OF_STATE.match(key)
    return (key,) if form is None else (key, f"{form[2]} {form[1]} of", f"{form[2]} {form[1]}")
