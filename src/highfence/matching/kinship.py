# SPDX-License-Identifier: Apache-2.0
"""Kinship: which words of many names may be taken for each other, found for all of them at once.

The words of a list are few beside its names. So the search for words with few errors, which share a key and may still
differ by more, is made among the words; only true kin reach the names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from highfence.matching.blocking import JOINED, WHOLE, Word, Words, spelling_keys
from highfence.matching.relation import Numbers, Relation, Truths, distinct, pairs_within


class Hold(msgspec.Struct, frozen=True, eq=False):
    """Who holds what: the name `names[n]` holds the term `terms[n]`."""

    names: Numbers
    terms: Numbers


class Kinship:
    """The words of names as terms: a name asks for those that its tight words may be taken for, and offers its own.

    What an ordinary word asks of an ordinary word is `plain`. What words written together, all letters of a name and
    initials ask is `special`: they ask whether they are tight or not, for they may gain more weight than they have.
    """

    def __init__(self, names: Sequence[Words]) -> None:
        words: dict[Word, int] = {}
        held = [[words.setdefault(word, len(words)) for word in name.words] for name in names]
        self.words = list(words)
        counts = [len(one) for one in held]
        holders = np.repeat(np.arange(len(names)), counts)
        every = np.array([word for one in held for word in one], dtype=np.int64)
        asking: Truths = np.repeat([name.tight for name in names], counts) > _places(counts)
        self._texts: dict[str, int] = {}
        asks, offers = (self._exact(word.asks for word in words), self._exact(word.offers for word in words))
        spelt, kin, letters_special = self._spellings()
        base = len(self._texts)
        self.terms = base + len(letters_special)
        self.word_special = np.array([word.kind != "" for word in self.words], dtype=np.bool_)
        self._asked = _together(asks, _through(spelt, kin), base=base, rows=len(words))
        self._offered = _together(offers, spelt, base=base, rows=len(words))
        term_special: Truths = np.concatenate((np.zeros(base, dtype=np.bool_), letters_special))
        self.offered = Hold(*_once(*self._offered.joined(holders, every)))
        special_word: Truths = self.word_special[every]
        tight, apart = asking & ~special_word, special_word
        asked = [Hold(*_once(*self._asked.joined(holders[chosen], every[chosen]))) for chosen in (tight, apart)]
        ordinary = ~term_special[asked[0].terms]
        self.plain = Hold(asked[0].names[ordinary], asked[0].terms[ordinary])
        self.special = asked[1]

    def of_words(self, ordinary: Numbers) -> tuple[Numbers, Numbers]:
        """Return which ordinary word may be taken for which other, both ways and each for itself, as two arrays."""
        offered = Relation(*_swapped(self._offered.joined(ordinary, ordinary)), rows=self.terms)
        words, terms = self._asked.joined(ordinary, ordinary)
        return _once(*offered.joined(words, terms))

    def _exact(self, texts: Iterable[Sequence[str]]) -> tuple[Numbers, Numbers]:
        words, terms = [], []
        for word, mine in enumerate(texts):
            for text in mine:
                words.append(word)
                terms.append(self._texts.setdefault(text, len(self._texts)))
        return np.array(words, dtype=np.int64), np.array(terms, dtype=np.int64)

    def _spellings(self) -> tuple[Relation, Relation, Numbers]:
        """Return the spellings of each word, the kin of each spelling, and which spellings are special."""
        spellings: dict[tuple[str, int, str], int] = {}
        words, mine = [], []
        for at, word in enumerate(self.words):
            for letters, errors in word.spellings:
                words.append(at)
                mine.append(spellings.setdefault((letters, errors, word.kind), len(spellings)))
        one, other = _kin(list(spellings))
        alone = np.array([at for (_, _, kind), at in spellings.items() if kind != JOINED], dtype=np.int64)
        kin = Relation(np.concatenate((one, other, alone)), np.concatenate((other, one, alone)), rows=len(spellings))
        spelt = Relation(np.array(words, dtype=np.int64), np.array(mine, dtype=np.int64), rows=len(self.words))
        return spelt, kin, np.array([kind != "" for _, _, kind in spellings], dtype=np.bool_)


def _kin(spellings: Sequence[tuple[str, int, str]]) -> tuple[Numbers, Numbers]:
    """Return the pairs of different spellings that differ by no more errors than both allow."""
    keys: list[int] = []
    counts = []
    for letters, errors, kind in spellings:
        found = spelling_keys(letters, errors, kind=kind)
        keys += found
        counts.append(len(found))
    flat = np.array(keys, dtype=np.uint32)
    owners = np.repeat(np.arange(len(spellings), dtype=np.int64), counts)
    order = np.argsort(flat, kind="stable")
    flat, owners = flat[order], owners[order]
    letters_of = np.array([letters for letters, _, _ in spellings], dtype=object)
    errors_of = np.array([errors for _, errors, _ in spellings], dtype=np.int64)
    kind_of = np.array([("", JOINED, WHOLE).index(kind) for _, _, kind in spellings], dtype=np.int64)
    length_of = np.array([len(letters) for letters, _, _ in spellings], dtype=np.int64)
    codes = []
    for one, other in pairs_within(flat):
        first, second = owners[one], owners[other]
        allowed = np.minimum(errors_of[first], errors_of[second])
        kinds = kind_of[first] + kind_of[second]
        fit = (kinds < 2) | ((kinds == 4) & (kind_of[first] == 2))
        fit &= (first != second) & (np.abs(length_of[first] - length_of[second]) <= allowed)
        first, second = first[fit], second[fit]
        codes.append(distinct(np.minimum(first, second) * len(spellings) + np.maximum(first, second)))
    code = distinct(np.concatenate(codes)) if codes else np.zeros(0, dtype=np.int64)
    one, other = np.divmod(code, max(1, len(spellings)))
    differ = process.cpdist(letters_of[one].tolist(), letters_of[other].tolist(), scorer=OSA.distance, dtype=np.int32)
    near = differ <= np.minimum(errors_of[one], errors_of[other])
    return one[near], other[near]


def _places(counts: Sequence[int]) -> Numbers:
    """Return the place of each value within its row."""
    sizes = np.asarray(counts, dtype=np.int64)
    return np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)


def _through(first: Relation, second: Relation) -> Relation:
    rows = np.repeat(np.arange(len(first.counts)), first.counts)
    return Relation(*second.joined(rows, first.values), rows=len(first.counts))


def _together(exact: tuple[Numbers, Numbers], letters: Relation, *, base: int, rows: int) -> Relation:
    """Return the terms of each word: its texts, and behind them its spellings."""
    words, terms = exact
    others = np.repeat(np.arange(rows), letters.counts)
    return Relation(np.concatenate((words, others)), np.concatenate((terms, letters.values + base)), rows=rows)


def _swapped(pair: tuple[Numbers, Numbers]) -> tuple[Numbers, Numbers]:
    return pair[1], pair[0]


def _once(rows: Numbers, values: Numbers) -> tuple[Numbers, Numbers]:
    """Return each pair of row and value once, in order."""
    if not len(rows):
        return rows, values
    width = int(values.max()) + 1
    one, other = np.divmod(distinct(rows * width + values), width)
    return one, other
