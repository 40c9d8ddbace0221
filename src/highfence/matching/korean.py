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

_SURNAMES = frozenset(
    """kim gim lee yi ri rhee li park pak bak choi choe jung jeong chong chung jong kang gang cho jo yoon yun jang chang
    lim im rim han oh o seo so shin sin kwon gwon hwang ahn an song ryu yu yoo hong jeon jon chon ko go moon mun yang
    son bae pae paek baek ho heo huh nam sim shim no ro roh noh ha kwak gwak sung song cha ju chu joo woo u ku koo gu min na
    ra jin chin om eom chae won chon bang pang kong gong hyon hyun ham pyon byun yom pyo myong ki gi tae paik
    sok ok yon to do so mo ma kyong ryang ro thae""".split()
)
_SYLLABLE = re.compile(
    r"(kk|tt|pp|ss|jj|tch|ch|kh|th|ph|sh|[gkndtrlmbpsjhcz]|)([yw]?)(ae|eo|eu|oe|ui|oo|ee|ou|[aeiou])(ng|[nmlkptbgrs]|)"
)
_FIRST = {
    "kk": "g", "k": "g", "kh": "g", "tt": "d", "t": "d", "th": "d", "pp": "b", "p": "b", "ph": "b", "ss": "s", "sh": "s",
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
