# SPDX-License-Identifier: Apache-2.0
"""Given names: Bill is William, Serhiy is Sergey, Yurievich is the son of a Yuri.

`tables/given_names.json` groups the spellings and short forms of one name; a short form may be in several groups. Two
words are one given name if they share a group, and a short form of two names makes these no less different.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import resources

import msgspec

from highfence.matching.abjad import words_of
from highfence.matching.transliteration import skeleton

_NONE: frozenset[str] = frozenset()
#: Petrovich, Petrivna, Piatrouna: what is left without the ending is the father's name.
_PATRONYMIC = re.compile(r"([a-z]{2,}?)[aeiouyj]*(v[iy]ch|[vu]na)")
_END = re.compile("[aeiouyj]+$")
_LETTERS_MIN = 7


@lru_cache(maxsize=65536)
def given_names(word: str) -> frozenset[str]:
    """Return the groups of given names a word belongs to; for a Slavic patronymic, whose child of which sex it names.

    >>> given_names("bill") == given_names("william"), bool(given_names("ted") & given_names("theodore"))
    (True, True)
    >>> given_names("sergeevich") == given_names("serhiyovych"), given_names("ivanovich") & given_names("ivanovna")
    (True, frozenset())
    """
    groups, roots = _groups()
    found = groups.get(word) or groups.get(skeleton(word))
    if found:
        return found
    patronymic = _PATRONYMIC.fullmatch(word) if len(word) >= _LETTERS_MIN else None
    if not patronymic:
        return _NONE
    sex = "m" if patronymic[2].endswith("h") else "f"
    root = patronymic[1]
    return frozenset(f"{one}>{sex}" for one in roots.get(root, (skeleton(root),)))


def sex_of_patronymic(names: frozenset[str]) -> str:
    """Return `m` or `f` if these are of a patronymic, else an empty text."""
    return next(iter(names))[-1] if names and ">" in next(iter(names)) else ""


_LINES = msgspec.json.Decoder(list[str])


@cache
def _groups() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """Return spelling -> groups, and the root of a spelling, as patronymics have it -> groups."""
    data = resources.files("highfence.matching").joinpath("tables/given_names.json").read_bytes()
    spellings: dict[str, set[str]] = {}
    roots: dict[str, set[str]] = {}
    for line in _LINES.decode(data):
        members = line.split()
        for member in members:
            if member.isascii():
                spellings.setdefault(member, set()).add(members[0])
                spellings.setdefault(skeleton(member), set()).add(members[0])
                roots.setdefault(_END.sub("", member), set()).add(members[0])
            else:
                spellings.setdefault(words_of(member)[-1], set()).add(members[0])
    return _frozen(spellings), _frozen(roots)


def _frozen(found: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(names) for key, names in found.items()}
