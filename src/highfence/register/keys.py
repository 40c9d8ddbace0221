# SPDX-License-Identifier: Apache-2.0
"""Keys: the few things about an entity that, shared with another, make both the same party.

Two entities with a key in common become one company without anybody looking at it, and a wrong one freezes an innocent
firm. So a key is made only of what is as good as never shared by chance: an identifier that a register issues once, a
long or many-worded name of an organisation, a person's name with the day of birth, a full address where the list names
nothing but the address. Everything weaker is for people to judge.
"""

from __future__ import annotations

import unicodedata

#: A primary name joins if it has this many words, or this many characters where it is one word.
NAME_WORDS_LEAST = 2
NAME_CHARACTERS_LEAST = 8
#: An alias must be longer, for lists give short ones that many firms share.
ALIAS_WORDS_LEAST = 3
ALIAS_CHARACTERS_LEAST = 16
_ORGANISATIONS = frozenset(("Company", "LegalEntity", "Organization", "PublicBody"))


def normalise(name: str) -> str:
    """Return a name for comparison: compatible letters, no case, no punctuation, single spaces; every script is kept.

    >>> normalise("  «ООО» “Ромашка”,  Ltd. "), normalise("ＡＣＭＥ Co.,Ltd")
    ('ооо ромашка ltd', 'acme co ltd')
    """
    if name.isascii():
        return " ".join(name.lower().translate(_FOLDING).split())
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(folded.translate(_FOLDING).split())


class _Folding(dict[int, str]):
    """Maps each character, when it is first met, to itself, to a space, or to nothing if it cannot be seen."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        if category == "Cf" or code == _DOT_ABOVE:
            folded = ""
        elif category[0] in "PSZC":
            folded = " "
        else:
            folded = character
        self[code] = folded
        return folded


#: What the Turkish capital I with a dot leaves behind when it is folded; other letters take their dot in.
_DOT_ABOVE = 0x307
_FOLDING = _Folding()
