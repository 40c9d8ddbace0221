# SPDX-License-Identifier: Apache-2.0
"""Scorers: weights and thresholds by version, kept side by side so that any score can be reproduced.

A released file is never edited; a better scorer is a new file.

>>> scorer("v1").threshold
0.7
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec

from highfence.errors import NotFound

#: The scorer used where none is named.
CURRENT = "v1"


class NameWeights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How words of one kind of name are weighed.

    Letters: `errors` are the typing errors allowed in a word by its length, the last for all longer ones;
    `last_letters` how long a word must be for two errors where all other words agree; up to `first_right` letters, the
    first must be right. `typo` is what an error costs, shared out over the word's letters.

    Weights: `conflict` and `extra` multiply the weight of words unmatched on both sides and on one, `place` that of
    places among them; `extra_number` is the weight of a number only one side has. `evidence` is the weight of matched
    words below which the score of names that are not equal is lowered by the square of the share; an equal class of
    legal form counts as `form_equal`.

    All others are factors (0..1): `clash` if words are unmatched on both sides; `number_conflict` if numbers are,
    `code_conflict` if only a part of a code such as 2004-1 is; `structure` if a word is that makes another party
    (holding, fund); `form_conflict` for near legal forms that differ, `kind_conflict` for a fund against a company;
    `joined` for words matched written together, `acronym`, `acronym_short` and `acronym_alone` for initials; `known`
    where both spellings are known words, `sound` for equal consonants, `homophone` for equal sound of different
    characters, `initial` for one letter; `single_word` where no second word matches, `all_misspelt` if none is equal.
    """

    errors: tuple[int, ...]
    last_letters: int
    first_right: int
    conflict: float
    clash: float
    extra: float
    extra_number: float
    number_conflict: float
    code_conflict: float
    form_equal: float
    form_conflict: float
    kind_conflict: float
    joined: float
    acronym: float
    acronym_short: float
    acronym_alone: float
    typo: float
    evidence: float
    known: float
    place: float
    structure: float
    sound: float
    initial: float
    given: float
    lineage: float
    homophone: float
    single_word: float
    all_misspelt: float


class FeatureWeights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What beside the name counts: `most` are upper bounds, `equal` adds or decides, `conflict` multiplies."""

    weak_alias_most: float
    former_name_most: float
    identifier_equal: float
    identifier_conflict: float
    weak_identifier_equal: float
    weak_identifier_conflict: float
    country_equal: float
    country_conflict: float
    address_equal: float
    form_conflict: float
    date_equal: float
    date_conflict: float
    birth_date_conflict: float
    schema_conflict: float


class Scorer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of the weights; `threshold` is the line from which a score is a match."""

    name: str
    threshold: float
    organisation: NameWeights
    person: NameWeights
    vessel: NameWeights
    features: FeatureWeights

    def for_kind(self, kind: str) -> NameWeights:
        """Return the weights for names of a kind."""
        found: NameWeights = getattr(self, kind)
        return found


_SCORERS = msgspec.json.Decoder(Scorer)


@cache
def scorer(name: str = CURRENT) -> Scorer:
    """Return the scorer of that version.

    Raises:
        NotFound: there is none.
    """
    table = resources.files("highfence.matching.scorers").joinpath(f"{name}.json")
    if not name.isalnum() or not table.is_file():
        raise NotFound(f"there is no scorer {name[:40]!r}", where="scorer", advice=f"Use {CURRENT}")
    return _SCORERS.decode(table.read_bytes())
