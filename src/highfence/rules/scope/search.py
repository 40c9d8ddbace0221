# SPDX-License-Identifier: Apache-2.0
"""Search: which entries of the control lists a description in words may fall under.

BM25 over two fields, an entry's heading and its paragraphs, and over single paragraphs beside it, so that an entry with
a hundred paragraphs is found by the one that fits. The American and the European list share most of their numbers:
one code is one document, with the text of both. What is found is a suggestion to read, never a classification.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from highfence.model.control import ControlEntry, ControlLists, Paragraph, split_code
from highfence.rules.scope.words import meant, terms

#: BM25's saturation and length normalisation; what a word in a heading counts beside one in a paragraph; how much the
#: best paragraph counts beside the whole entry.
_SATURATION = 1.2
_LENGTH = 0.5
_HEADING = 2.5
_PARAGRAPH = 0.6
#: An entry in which all words of the question stand counts up to this much more.
_WHOLE = 0.8
#: Software and technology stand behind what they are for, unless asked for; so do the entries of the American list that
#: are controlled for little more than anti-terrorism reasons, whose last two digits are 90 and more.
_ABSTRACT = 0.55
_LESSER = 0.85
_KINDS = {"D": frozenset({"softwar", "program", "firmwar"}), "E": frozenset({"technolog", "technology", "know", "how"})}
_SNIPPETS = 3

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]


class Hit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A code that may fit: in which lists it stands, its heading, the paragraphs that fit best, how well it fits."""

    code: str
    lists: tuple[str, ...]
    heading: str
    score: float
    paragraphs: tuple[Paragraph, ...] = ()


class WordIndex:
    """An index over the entries of control lists."""

    def __init__(self, documents: Mapping[str, tuple[ControlEntry, ...]]) -> None:
        self._codes = list(documents)
        self._entries = list(documents.values())
        self._owner: list[int] = []
        self._paragraphs: list[Paragraph] = []
        wholes, parts = [], []
        for number, entries in enumerate(self._entries):
            whole: Counter[str] = Counter()
            heading: set[str] = set()
            for entry in entries:
                heading |= set(terms(entry.heading))
                for paragraph in entry.paragraphs:
                    found = Counter(terms(paragraph.text))
                    whole.update(found)
                    parts.append(found)
                    self._paragraphs.append(paragraph)
                    self._owner.append(number)
            for term in heading:
                whole[term] += _HEADING  # type: ignore[assignment]
            wholes.append(whole)
        self._whole = _Postings(wholes)
        self._part = _Postings(parts)
        self._owners = np.array(self._owner, dtype=np.int64)
        self._lesser = np.array([_LESSER if code[3:5] == "99" else 1.0 for code in self._codes])

    @classmethod
    def of(cls, lists: ControlLists) -> WordIndex:
        """Return the index of both control lists."""
        codes = sorted({*lists.ccl, *lists.annex_i})
        return cls(
            {
                code: tuple(one for held in (lists.ccl, lists.annex_i) if (one := held.get(code)) is not None)
                for code in codes
            }
        )

    def search(self, text: str, *, limit: int) -> tuple[Hit, ...]:
        """Return the codes that fit best, best first; a code in the text finds itself and what begins like it."""
        named = self._named(text)
        asked = terms(text)
        weights = {**meant(asked), **dict.fromkeys(asked, 1.0)}
        scores, matched = self._scores(asked, weights)
        for number in named:
            scores[number] = scores.max() + 100.0
        order = np.argsort(-scores, kind="stable")[:limit]
        return tuple(self._hit(int(number), float(scores[number]), matched) for number in order if scores[number] > 0)

    def _scores(self, asked: list[str], weights: Mapping[str, float]) -> tuple[Numbers, Numbers]:
        """Return the score of each code, and of each paragraph."""
        whole = self._whole.score(weights)
        part = self._part.score(weights)
        best = np.zeros(len(self._codes))
        if len(part):
            np.maximum.at(best, self._owners, part)
        told = list(dict.fromkeys(asked))
        together = self._whole.share(told) if told else np.zeros(len(self._codes))
        scores = (whole + _PARAGRAPH * best) * (1.0 + _WHOLE * together) * self._lesser
        wanted = {group for group, words in _KINDS.items() if words & set(asked)}
        for number, code in enumerate(self._codes):
            if (code[1] in _KINDS and code[1] not in wanted) or (wanted and code[1] not in wanted):
                scores[number] *= _ABSTRACT
        return scores, part

    def _named(self, text: str) -> list[int]:
        found = []
        words = text.replace(",", " ").split()
        for word in words:
            entry, _ = split_code(word)
            bare = word.upper()
            # "3D" is a beginning of codes if it stands alone; in "3D printer" it is a word.
            least = 2 if len(words) == 1 else 4
            short = least <= len(bare) < 5 and bare[0].isdigit() and bare[1] in "ABCDE" and (bare[2:] or "0").isdigit()
            if entry or short:
                wanted = entry or bare
                found += [number for number, code in enumerate(self._codes) if code.startswith(wanted)]
        return found[::-1]

    def _hit(self, number: int, score: float, parts: Numbers) -> Hit:
        entries = self._entries[number]
        own = np.flatnonzero(self._owners == number)
        best = own[np.argsort(-parts[own], kind="stable")][:_SNIPPETS]
        return Hit(
            code=self._codes[number],
            lists=tuple(entry.list for entry in entries),
            heading=entries[0].heading,
            score=round(score, 3),
            paragraphs=tuple(self._paragraphs[int(one)] for one in best if parts[one] > 0),
        )


class _Postings:
    """Of each term the documents it stands in, with what it counts there."""

    def __init__(self, documents: Iterable[Mapping[str, float]]) -> None:
        held = list(documents)
        lengths = np.array([sum(one.values()) for one in held], dtype=np.float64)
        self._count = len(held)
        mean = float(lengths.mean()) if held else 1.0
        self._norm = _SATURATION * (1 - _LENGTH + _LENGTH * lengths / max(mean, 1.0))
        collected: dict[str, tuple[list[int], list[float]]] = {}
        for number, one in enumerate(held):
            for term, times in one.items():
                places, counts = collected.setdefault(term, ([], []))
                places.append(number)
                counts.append(times)
        self._terms: dict[str, tuple[Places, Numbers, float]] = {
            term: (np.array(places), np.array(counts, dtype=np.float64), self._rarity(len(places)))
            for term, (places, counts) in collected.items()
        }

    def _rarity(self, documents: int) -> float:
        return math.log(1 + (self._count - documents + 0.5) / (documents + 0.5))

    def score(self, weights: Mapping[str, float]) -> Numbers:
        """Return BM25 of each document."""
        scores = np.zeros(self._count)
        for term, weight in weights.items():
            if (held := self._terms.get(term)) is not None:
                places, times, rarity = held
                scores[places] += weight * rarity * times * (_SATURATION + 1) / (times + self._norm[places])
        return scores

    def share(self, asked: list[str]) -> Numbers:
        """Return of each document the share of the asked terms that stand in it, each by how rare it is."""
        found = np.zeros(self._count)
        total = 0.0
        for term in asked:
            if (held := self._terms.get(term)) is not None:
                found[held[0]] += held[2]
                total += held[2]
            else:
                total += self._rarity(0)
        return found / total if total else found
