# SPDX-License-Identifier: Apache-2.0
"""Named: which technology areas a listing's own text names. What it does not name is not guessed from who it is."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib import resources

import msgspec

from highfence.model.listing import Listing
from highfence.rules.scope.areas import scope_tables


class NamedBy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By what a text names an area: words and phrases, and sections of 15 CFR Part 744 in a licence requirement."""

    id: str
    words: tuple[str, ...]
    sections: tuple[str, ...] = ()


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    areas: tuple[NamedBy, ...]


def areas_of(listing: Listing) -> tuple[str, ...]:
    """Return the ids of the technology areas that a listing's reason, programme or licence requirement names, sorted.

    >>> areas_of(Listing(jurisdiction="jp", source="s", list="L", key="k", entity="e", reason="Missiles, nuclear arms"))
    ('aerospace-propulsion', 'nuclear')
    """
    return areas_named(f"{listing.reason}\n{listing.programme}\n{listing.licence_requirement}")


def areas_named(text: str) -> tuple[str, ...]:
    """Return the ids of the technology areas that a text names, sorted."""
    return _remembered(text) if len(text) <= _REMEMBERED_CHARACTERS_MOST else _named(text)


def _named(text: str) -> tuple[str, ...]:
    found: set[str] = set()
    words, sections = _patterns()
    for match in words[0].finditer(text):
        found |= words[1][_key(match[1])]
    for match in sections[0].finditer(text):
        found |= sections[1].get(match[0], frozenset())
    return tuple(sorted(found))


#: Lists repeat short texts by the thousand. A long one is not kept, so that nobody can fill the memory with them.
_REMEMBERED_CHARACTERS_MOST = 1_000
_remembered = lru_cache(maxsize=4096)(_named)


def area_title(area: str) -> str:
    """Return the title of an area of the yard."""
    return next((one.title for one in scope_tables().areas if one.id == area), area)


@cache
def named_by() -> tuple[NamedBy, ...]:
    """Return the table of words."""
    data = resources.files("highfence.rules.tables.scope").joinpath("named.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(data), _Table).areas


_Pattern = tuple[re.Pattern[str], dict[str, frozenset[str]]]


@cache
def _patterns() -> tuple[_Pattern, _Pattern]:
    words: dict[str, frozenset[str]] = {}
    sections: dict[str, frozenset[str]] = {}
    for one in named_by():
        for word in one.words:
            words[_key(word)] = words.get(_key(word), frozenset()) | {one.id}
        for section in one.sections:
            sections[section] = sections.get(section, frozenset()) | {one.id}
    longest = sorted(words, key=len, reverse=True)
    spelled = "|".join(re.escape(word).replace(r"\ ", r"[\s-]+") for word in longest)
    pattern = re.compile(rf"(?<!\w)({spelled})s?(?!\w)", re.IGNORECASE)
    return (pattern, words), (re.compile(r"744\.\d+(?!\d)"), sections)


def _key(word: str) -> str:
    return re.sub(r"[\s-]+", " ", word.lower())
