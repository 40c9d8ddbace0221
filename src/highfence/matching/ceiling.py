# SPDX-License-Identifier: Apache-2.0
"""Ceiling: how high two names can score at most, for millions of pairs at once, so that few are compared in full.

It counts every word as matched in full that some word of the other name may be taken for, and looks at no order, no
number and no legal form. It knows nothing of words written together and of initials: such pairs are not asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from highfence.matching.blocking import word_of
from highfence.matching.kinship import Kinship
from highfence.matching.names import INITIAL, NUMBER, ORGANISATION, PERSON, PLACE, VESSEL, WORD, Name
from highfence.matching.relation import Numbers, Truths, distinct, spans
from highfence.matching.scorers import scorer

#: Bits of the table in which pairs of words are looked up; two may fall on one place, which only costs.
_TABLE_BITS = 26
_KINDS = (ORGANISATION, PERSON, VESSEL)
#: What the last word left on each side may differ by, where all others agree.
_LAST_ERRORS = 2
#: Letters of a short word in a person's name that may be the initials of others.
_INITIALS_MOST = 3

Shares = npt.NDArray[np.float32]


class _Side(msgspec.Struct, frozen=True, eq=False):
    """Of one name of each pair: the weight that is matched at most, and how much and how many words are left over.

    `last` is a word left over, the only one if there is one.
    """

    matched: Shares
    over: Shares
    left: Numbers
    last: Numbers


class Ceiling:
    """Upper bounds for the scores of names that were taken apart."""

    def __init__(self, names: Sequence[Name], kinship: Kinship) -> None:
        places = {word: at for at, word in enumerate(kinship.words)}
        tokens = [token for name in names for token in name.tokens]
        persons = np.repeat([name.kind == PERSON for name in names], [len(name.tokens) for name in names])
        self._word = np.array(
            [places[word_of(token, person=person)] for token, person in zip(tokens, persons.tolist(), strict=True)],
            dtype=np.int64,
        )
        self._weight = np.array([token.weight for token in tokens], dtype=np.float32)
        self._over = np.array([_over(token.kind) * token.weight for token in tokens], dtype=np.float32)
        self._text = np.array([token.text for token in tokens], dtype=object)
        self._open = np.array([token.kind == WORD for token in tokens], dtype=np.bool_)
        self._counts = np.array([len(name.tokens) for name in names], dtype=np.int64)
        self._starts = np.cumsum(self._counts) - self._counts
        self._kind = np.array([_KINDS.index(name.kind) for name in names], dtype=np.int64)
        self._unsure = np.array([any(token.kind == INITIAL for token in name.tokens) for name in names], dtype=np.bool_)
        self._initials = np.array([_bits(token.text[0] for token in name.tokens) for name in names], dtype=np.int64)
        self._short = np.array([_short(name) for name in names], dtype=np.int64)
        self._weights = _weights()
        self._table = np.zeros(1 << _TABLE_BITS, dtype=np.bool_)
        self._table[self._at(*kinship.of_words(distinct(self._word)))] = True

    def reach(self, one: Numbers, other: Numbers, *, least: float) -> Truths:
        """Tell which pairs of names may score `least`."""
        conflict, extra, evidence, form = self._weights[:, self._kind[one] * len(_KINDS) + self._kind[other]]
        first = self._side(one, other)
        passing: Truths = first.matched * (1 / least - 1) >= extra * first.over
        passing |= (first.left == 1) & (first.matched >= evidence)
        unsure = self._may_abbreviate(one, other)
        passing |= unsure
        chosen = np.flatnonzero(passing)
        one, other = one[chosen], other[chosen]
        conflict, extra, evidence, form = (each[chosen] for each in (conflict, extra, evidence, form))
        second = self._side(other, one)
        first = _Side(first.matched[chosen], first.over[chosen], first.left[chosen], first.last[chosen])
        matched = np.minimum(first.matched, second.matched)
        less, more = np.minimum(first.over, second.over), np.maximum(first.over, second.over)
        value = matched / np.maximum(matched + conflict * less + extra * (more - less), 1e-9)
        value *= np.minimum(1.0, (matched + form) / evidence) ** 2
        good = (value >= least - 1e-4) | unsure[chosen]
        again = np.flatnonzero(~good & (first.left == 1) & (second.left == 1) & (matched >= evidence - 1e-4))
        good[again] = self._last_alike(first.last[again], second.last[again])
        passing[chosen] = good
        return passing

    def _may_abbreviate(self, one: Numbers, other: Numbers) -> Truths:
        """Tell where an initial may stand for a word, or a person's short word for the initials of several."""
        found = self._unsure[one] | self._unsure[other]
        for short, long in ((one, other), (other, one)):
            letters = self._short[short]
            found |= (letters != 0) & (letters & self._initials[long] == letters)
        return found

    def _side(self, one: Numbers, other: Numbers) -> _Side:
        """Look at the words of `one`, each against all words of `other`."""
        mine, theirs = self._counts[one], self._counts[other]
        words = spans(self._starts[one], mine)
        against = np.repeat(theirs, mine)
        their_words = spans(np.repeat(self._starts[other], mine), against)
        words_of_pair = np.repeat(words, against)
        hit = self._table[self._at(self._word[words_of_pair], self._word[their_words])]
        value = np.where(hit, np.maximum(self._weight[words_of_pair], self._weight[their_words]), np.float32(0))
        best = np.maximum.reduceat(value, np.cumsum(against) - against) if len(value) else value
        free = best == 0
        begins = np.cumsum(mine) - mine
        return _Side(
            matched=np.add.reduceat(best, begins) if len(best) else best,
            over=np.add.reduceat(np.where(free, self._over[words], np.float32(0)), begins) if len(best) else best,
            left=np.add.reduceat(free.astype(np.int64), begins) if len(best) else begins,
            last=np.maximum.reduceat(np.where(free, words, -1), begins) if len(best) else begins,
        )

    def _last_alike(self, one: Numbers, other: Numbers) -> Truths:
        alike = self._open[one] & self._open[other]
        at = np.flatnonzero(alike)
        differ = process.cpdist(
            self._text[one[at]].tolist(), self._text[other[at]].tolist(), scorer=OSA.distance, dtype=np.int32
        )
        alike[at] = differ <= _LAST_ERRORS
        return alike

    @staticmethod
    def _at(one: Numbers, other: Numbers) -> Numbers:
        """Return where a pair of words is looked up."""
        mixed = (one * 0x9E3779B1 + other * 0x85EBCA77) & 0xFFFFFFFFFFFF
        return (mixed ^ (mixed >> 21)) & ((1 << _TABLE_BITS) - 1)


def _over(kind: int) -> float:
    """Return how much of a word's weight counts against a pair if it is left over."""
    if kind in (NUMBER, INITIAL):
        return 0.0
    return min(scorer().for_kind(one).place for one in _KINDS) if kind == PLACE else 1.0


def _bits(letters: Iterable[str]) -> int:
    """Return a set of letters as bits; other characters share one."""
    found = 0
    for letter in letters:
        found |= 1 << (ord(letter) - 97 if "a" <= letter <= "z" else 26)
    return found


def _short(name: Name) -> int:
    """Return the letters of the first word of a person's name that is short enough to be initials, as bits."""
    if name.kind == PERSON:
        for token in name.tokens:
            if token.kind == WORD and 2 <= len(token.text) <= _INITIALS_MOST and token.text.isascii():
                return _bits(token.text)
    return 0


def _weights() -> Shares:
    """Return conflict, extra, evidence and what an equal form adds, by the kinds of both names: the mildest of both."""
    found = []
    for one in _KINDS:
        for other in _KINDS:
            both = [scorer().for_kind(kind) for kind in (one, other)]
            found.append(
                (
                    min(each.conflict for each in both),
                    min(each.extra for each in both),
                    min(each.evidence for each in both),
                    max(each.form_equal for each in both),
                )
            )
    return np.array(found, dtype=np.float32).T
