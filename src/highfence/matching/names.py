# SPDX-License-Identifier: Apache-2.0
"""Name: a name taken apart once, so that comparing it with thousands of others costs microseconds."""

from __future__ import annotations

import msgspec

#: Characters of a name that are analysed. The longest name in the official lists has 290; the rest is cut, and said.
NAME_CHARACTERS_MAX = 400
#: Words of a name that are analysed.
NAME_WORDS_MAX = 48

#: What kind of party a name is of; persons, ships and firms are named by different rules.
ORGANISATION, PERSON, VESSEL = "organisation", "person", "vessel"

#: A structure is a word that makes another party of the same name: holding, fund, bank, branch.
WORD, NUMBER, PLACE, STRUCTURE, INITIAL = 0, 1, 2, 3, 4


class Token(msgspec.Struct, frozen=True, gc=False):
    """One word of a name.

    `id` is what equal words share: the concept (`#plant` for works, Werk, завод), the number, or else the skeleton.
    `weight` (0..1.3) tells how much it says: a long rare word most, `group` little. `known` marks a word frequent in
    the world's names, which is hardly the misspelling of another. `ideographs` is the word as Han characters, `parts`
    the concepts a compound is made of. In names of persons `sounds` are the classes of its consonants, which Arabic and
    Latin spellings share, and `given` the groups of given names it belongs to.
    """

    id: str
    text: str
    skeleton: str
    weight: float
    kind: int = WORD
    known: bool = False
    consonants: str = ""
    ideographs: str = ""
    parts: tuple[str, ...] = ()
    sounds: str = ""
    given: frozenset[str] = frozenset()


class Name(msgspec.Struct, frozen=True, kw_only=True, eq=False, gc=False):
    """A name as the scorer compares it.

    `tokens` are its words without legal form and articles, `ids` the set of their ids; `forms` the broad classes of its
    legal form, `form_text` its words. `numbers` are what counts, dates or orders it, `codes` those of them that are
    parts of one code such as 2004-1. `initials` are the first letters of all its words, legal form included;
    `squeezed` its words written together, `whole` with legal form and articles. `lineage` is the bearer's given name
    and those of his forefathers, where the name says whose child he is; `seat` the place that stands last before a
    legal form, as in names of national subsidiaries. `faint` tells that words around a quoted name weigh less,
    `truncated` that it was too long to be looked at whole, `key` that two names with one key have the same words.
    """

    text: str
    kind: str
    key: str
    tokens: tuple[Token, ...]
    ids: frozenset[str]
    weight: float
    numbers: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    form_text: str = ""
    initials: str = ""
    squeezed: str = ""
    whole: str = ""
    ideographs: str = ""
    lineage: tuple[str, ...] = ()
    seat: str = ""
    faint: bool = False
    truncated: bool = False

    @property
    def empty(self) -> bool:
        """Tell whether nothing in the text can be compared."""
        return not self.tokens
