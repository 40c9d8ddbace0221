# SPDX-License-Identifier: Apache-2.0
"""Korean: personal names in the many ways they are written in Latin letters (Jang, Chang; Jong-un, Cho'ng-un).

Each syllable is folded into one spelling in which what the systems of romanisation (Revised, McCune-Reischauer, the
North Korean one, habit) write in different ways is the same. That merges a few syllables which Korean keeps apart.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from highfence.matching.names import Token

#: Families, in the spellings of all systems.
_SURNAMES = frozenset(
    """
    ahn an bae baek bak bang byun cha chae chang chin cho choe choi chon chong chu chung do eom gang gi gim go
    gong gu gwak gwon ha ham han heo ho hong huh hwang hyon hyun im jang jeon jeong jin jo jon jong joo ju jung
    kang ki kim ko kong koo ku kwak kwon kyong lee li lim ma min mo moon mun myong na nam no noh o oh ok om pae
    paek paik pak pang park pyo pyon ra rhee ri rim ro roh ryang ryu seo shim shin sim sin so sok son song sung
    tae thae to u won woo yang yi yom yon yoo yoon yu yun
    """.split()  # noqa: SIM905 - hundred names in quotes would hide them
)
_SYLLABLE = re.compile(
    r"(kk|tt|pp|ss|jj|tch|ch|kh|th|ph|sh|[gkndtrlmbpsjhcz]|)([yw]?)(ae|eo|eu|oe|ui|oo|ee|ou|[aeiou])(ng|[nmlkptbgrs]|)"
)
_FIRST = {
    "kk": "g", "k": "g", "kh": "g", "tt": "d", "t": "d", "th": "d", "pp": "b", "p": "b", "ph": "b",
    "ss": "s", "sh": "s",
    "jj": "j", "tch": "j", "ch": "j", "c": "j", "z": "j", "r": "l",
}  # fmt: skip
_MIDDLE = {"eo": "o", "eu": "u", "oo": "u", "ou": "u", "ee": "i", "oe": "e", "ae": "e", "ui": "i"}
_LAST = {"g": "k", "b": "p", "r": "l", "s": "t"}
_SYLLABLES_MOST = 4


def korean(tokens: list[Token]) -> list[Token]:
    """Return the tokens of a name with its syllables folded, if it is a Korean name, else as they are.

    >>> from highfence.matching.persons import read_person
    >>> [token.id for token in read_person("chang, cho'ng-ha".replace("'", "")).tokens]
    ['jong', 'ha', 'jang']
    """
    if not 2 <= len(tokens) <= _SYLLABLES_MOST or (
        tokens[0].text not in _SURNAMES and tokens[-1].text not in _SURNAMES
    ):
        return tokens
    folded = [_fold(token) for token in tokens]
    return [token for token in folded if token is not None] if None not in folded else tokens


@lru_cache(maxsize=4096)
def _fold(token: Token) -> Token | None:
    """Return a token under its folded syllable; None if it is none."""
    found = _SYLLABLE.fullmatch(token.text)
    if found is None:
        return None
    first, glide, middle, last = found.groups()
    middle = _MIDDLE.get(middle, middle)
    glide = "" if glide == "w" and middle in "ou" else glide
    syllable = f"{_FIRST.get(first, first)}{glide}{middle}{_LAST.get(last, last)}"
    again = "*" if token.id.endswith("*") else ""
    return msgspec.structs.replace(
        token, id=syllable + again, skeleton=syllable, consonants="", sounds="", given=frozenset()
    )
