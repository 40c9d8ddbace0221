# SPDX-License-Identifier: Apache-2.0
"""Segment: an inverted index in sorted arrays, which is never changed once it is made.

A *text* is one spelling of a name; a *row* is an entity that bears it. Of a query's pieces the rarest are looked up
first, until as many postings are read as `POSTINGS_MOST` allows; the texts that lead by then are weighed anew with all
pieces. So the work is bounded, however common the pieces and however long the name.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from highfence.matching.grams import WEIGHT, repeated_pieces

Codes: TypeAlias = npt.NDArray[np.int64]
Places: TypeAlias = npt.NDArray[np.int32]
Weights: TypeAlias = npt.NDArray[np.float32]

#: How many postings a query reads before it only weighs what it has found, and how many texts it weighs then.
POSTINGS_MOST = 12_000
LEADERS_MOST = 60
#: A text with less than this share of the best text's weight does not lead.
LEADER_SHARE = 0.3
#: The same before lengths count, far below so that it only spares work.
_RAW_SHARE = 0.2
#: How much a text pays for being longer than what the query shares with it: 0 nothing, 1 as in the cosine.
LENGTH_EXPONENT = 0.7
#: So many codes are gathered before they are put into a vocabulary.
_PART_CODES = 1 << 20
_PART_TEXTS = 1 << 15
_LOW = np.int64(0xFFFFFFFF)
_KIND_WEIGHT = np.asarray(WEIGHT, dtype=np.float32)


class Draft:
    """Entities on their way into a segment: their ids, the bits of their groups, and which of them bears which text."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.groups: list[int] = []
        self.bearers: dict[str, list[int]] = {}

    def take(self, entity_id: str, names: Iterable[str], *, group: int) -> None:
        """Add one entity."""
        row = len(self.ids)
        self.ids.append(entity_id)
        self.groups.append(group)
        for name in names:
            rows = self.bearers.setdefault(name, [])
            if not rows or rows[-1] != row:
                rows.append(row)

    def given(self) -> tuple[list[str], Places, Codes]:
        """Give away the texts, the rows that bear each, and how many do; the draft has none afterwards."""
        names = list(self.bearers)
        bearers = np.fromiter((len(part) for part in self.bearers.values()), dtype=np.int64)
        rows = np.fromiter((row for part in self.bearers.values() for row in part), dtype=np.int32)
        self.bearers = {}
        return names, rows, bearers


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A name as a query: the weights of its pieces by rarity in the whole index, and the bits of the groups wanted."""

    weights: Weights
    wanted: int


class Segment:
    """Texts of some entities. `names` go by text, `ids` and `groups` by row, `gone` marks rows that are removed.

    `beside` are the other segments of the index when this one is made: how rare a piece is counts over all of them.
    """

    def __init__(self, draft: Draft, beside: Sequence[Segment] = ()) -> None:
        self.ids = draft.ids
        self.groups = np.asarray(draft.groups, dtype=np.uint8)
        self.gone = np.zeros(len(self.ids), dtype=np.bool_)
        self.row_of = {entity_id: row for row, entity_id in enumerate(self.ids)}
        self.names, rows, bearers = draft.given()
        self._set_rows(rows, bearers)
        found = _Found()
        for name in self.names:
            found.take(repeated_pieces(name))
        self._set_terms(*found.whole())
        self._weigh(beside)

    @classmethod
    def joined(cls, segments: Sequence[Segment], beside: Sequence[Segment] = ()) -> Segment:
        """Return one segment with all rows of several that are not gone."""
        made = cls.__new__(cls)
        kept = [~segment.gone for segment in segments]
        renumbered, base = [], 0
        for mask in kept:
            renumbered.append(np.where(mask, base + np.cumsum(mask) - 1, -1).astype(np.int32))
            base += int(mask.sum())
        made.ids = [
            segment.ids[at] for segment, mask in zip(segments, kept, strict=True) for at in np.flatnonzero(mask)
        ]
        made.groups = np.concatenate([segment.groups[mask] for segment, mask in zip(segments, kept, strict=True)])
        made.gone = np.zeros(base, dtype=np.bool_)
        made.row_of = {entity_id: row for row, entity_id in enumerate(made.ids)}
        rows = np.concatenate([new[segment.rows] for segment, new in zip(segments, renumbered, strict=True)])
        bearers = np.concatenate([np.diff(segment.row_starts) for segment in segments])
        standing = rows >= 0
        left = _sums(standing.astype(np.float32), _starts(bearers)).astype(np.int64)
        vocabulary = np.unique(np.concatenate([segment.vocabulary for segment in segments]))
        terms = np.concatenate([_placed(segment.vocabulary, vocabulary)[segment.terms] for segment in segments])
        lengths = np.concatenate([np.diff(segment.term_starts) for segment in segments])
        names = [name for segment in segments for name in segment.names]
        made.names = [names[at] for at in np.flatnonzero(left > 0).tolist()]
        made._set_rows(rows[standing], left[left > 0])
        made._set_terms(vocabulary, terms[np.repeat(left > 0, lengths)], lengths[left > 0])
        made._weigh(beside)
        return made

    def without(self, ids: Iterable[str]) -> Segment:
        """Return this segment with the rows of these entities gone, or itself if it has none of them."""
        rows = [self.row_of[entity_id] for entity_id in ids if entity_id in self.row_of]
        if not rows or self.gone[rows].all():
            return self
        made = copy(self)
        made.gone = self.gone.copy()
        made.gone[rows] = True
        return made

    def __contains__(self, entity_id: str) -> bool:
        row = self.row_of.get(entity_id)
        return row is not None and not self.gone[row]

    @property
    def texts(self) -> int:
        """How many texts the segment holds."""
        return len(self.row_starts) - 1

    def places(self, codes: Codes) -> tuple[Codes, Codes]:
        """Return where each code stands in the vocabulary, and in how many texts of this segment: 0 if in none."""
        if not len(self.vocabulary):
            return np.zeros(len(codes), dtype=np.int64), np.zeros(len(codes), dtype=np.int64)
        found = np.minimum(np.searchsorted(self.vocabulary, codes), len(self.vocabulary) - 1)
        return found, self.counts[found] * (self.vocabulary[found] == codes)

    def search(self, asked: Asked, places: tuple[Codes, Codes]) -> tuple[Codes, Weights]:
        """Return the texts that share most with the query, and by how much (0..1), in no order.

        `places` are those of the query's codes in this segment.
        """
        found, frequency = places
        order = np.argsort(frequency)
        order = order[int(np.searchsorted(frequency[order], 1)) :]
        if not len(order):
            return _NO_TEXTS, _NO_WEIGHTS
        terms, weights, counts = found[order], asked.weights[order], frequency[order]
        read = max(3, int(np.searchsorted(np.cumsum(counts), POSTINGS_MOST)))
        texts, shared = self._leaders(terms[:read], weights[:read], wanted=asked.wanted)
        if read < len(terms) and len(texts):
            shared = shared + self._shared(texts, terms[read:], weights=weights[read:])
        whole = float(asked.weights.sum()) ** (LENGTH_EXPONENT / 2 - 1)
        return texts, shared * self.lengths[texts] * whole

    def bearers(self, text: int) -> Places:
        """Return the rows that bear a text."""
        return self.rows[self.row_starts[text] : self.row_starts[text + 1]]

    def _leaders(self, terms: Codes, weights: Weights, *, wanted: int) -> tuple[Codes, Weights]:
        """Add up the weights of these terms by text; return the texts that lead, and their sums."""
        parts = [self.postings[self.starts[term] : self.starts[term + 1]] for term in terms.tolist()]
        read = np.bincount(np.concatenate(parts), weights=np.repeat(weights, self.counts[terms]))
        texts = np.flatnonzero(read >= max(float(read.max()) * _RAW_SHARE, 1e-9))
        texts = texts[(self.masks[texts] & wanted) != 0]
        if not len(texts):
            return texts, _NO_WEIGHTS
        sums = read[texts] * self.lengths[texts]
        leading = sums >= sums.max() * LEADER_SHARE
        texts, sums = texts[leading], sums[leading]
        if len(texts) > LEADERS_MOST:
            texts = texts[np.argpartition(sums, len(texts) - LEADERS_MOST)[-LEADERS_MOST:]]
        return texts, read[texts].astype(np.float32)

    def _shared(self, texts: Codes, terms: Codes, *, weights: Weights) -> Weights:
        """Return the weight of the given terms that stand in each text."""
        lengths = self.term_starts[texts + 1] - self.term_starts[texts]
        starts = _starts(lengths)
        at = np.arange(starts[-1]) + np.repeat(self.term_starts[texts] - starts[:-1], lengths)
        by_term = _BLANK.of(len(self.vocabulary))
        by_term[terms] = weights
        theirs = by_term[self.terms[at]]
        by_term[terms] = 0
        return _sums(theirs, starts)

    def _set_rows(self, rows: Places, bearers: Sequence[int] | Codes) -> None:
        self.rows = rows
        self.row_starts = _starts(np.asarray(bearers, dtype=np.int64))
        masks = np.zeros(len(self.row_starts) - 1, dtype=np.uint8)
        if len(masks):
            np.bitwise_or.at(masks, np.repeat(np.arange(len(masks)), np.diff(self.row_starts)), self.groups[rows])
        self.masks = masks

    def _set_terms(self, vocabulary: Codes, terms: Places, lengths: Sequence[int] | Codes) -> None:
        """Make postings of the places of codes in a vocabulary, given text by text, and take each once in a text.

        Sorted as numbers of 64 bits, in place: a large index takes little more memory while it is made than after.
        """
        sizes = np.asarray(lengths, dtype=np.int64)
        pairs = np.repeat(np.arange(len(sizes), dtype=np.int64) << 32, sizes)
        pairs |= terms
        del terms
        pairs = _once(pairs)
        self.term_starts = _starts(_counts(pairs, len(sizes)))
        self.terms = _lower(pairs)
        _turn(pairs)
        pairs.sort()
        counts = _counts(pairs, len(vocabulary))
        self.postings = _lower(pairs)
        del pairs
        used = counts > 0
        if not used.all():
            self.terms = (np.cumsum(used, dtype=np.int32) - np.int32(1))[self.terms]
        self.vocabulary, self.counts = vocabulary[used], counts[used]
        self.starts = _starts(self.counts)

    def _weigh(self, beside: Sequence[Segment]) -> None:
        """Work out what each text pays for its length."""
        frequency = self.counts + sum(other.places(self.vocabulary)[1] for other in beside)
        total = sum(other.texts for other in (self, *beside))
        weights = weigh(self.vocabulary, frequency, total=total)
        sums = np.empty(self.texts, dtype=np.float32)
        for part in _parts(self.texts, _PART_TEXTS):
            starts = self.term_starts[part.start : part.stop + 1]
            sums[part] = _sums(weights[self.terms[starts[0] : starts[-1]]], starts - starts[0])
        self.lengths = np.maximum(sums, np.float32(1e-3)) ** np.float32(-LENGTH_EXPONENT / 2)


def weigh(codes: Codes, frequency: Codes, *, total: int) -> Weights:
    """Return the weight of each piece: how rare it is among `total` texts, times the weight of its kind."""
    rarity = np.log1p((total - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
    weights: Weights = rarity * _KIND_WEIGHT[codes >> 60]
    return weights


class _Found:
    """Codes on their way into a segment, text by text: kept as their places in small vocabularies, then in one."""

    def __init__(self) -> None:
        self._flat = array("q")
        self._lengths = array("q")
        self._parts: list[tuple[Codes, Places]] = []

    def take(self, codes: list[int]) -> None:
        """Take the codes of the next text."""
        self._flat.fromlist(codes)
        self._lengths.append(len(codes))
        if len(self._flat) >= _PART_CODES:
            self._part()

    def whole(self) -> tuple[Codes, Places, Codes]:
        """Return the vocabulary, the place in it of each code, and how many codes each text has."""
        self._part()
        vocabulary = np.unique(np.concatenate([codes for codes, _ in self._parts]))
        terms = np.concatenate([_placed(codes, vocabulary)[places] for codes, places in self._parts])
        return vocabulary, terms, np.frombuffer(self._lengths, dtype=np.int64)

    def _part(self) -> None:
        codes, places = np.unique(np.frombuffer(self._flat, dtype=np.int64), return_inverse=True)
        self._parts.append((codes, places.astype(np.int32)))
        self._flat = array("q")


def _placed(codes: Codes, vocabulary: Codes) -> Places:
    """Return where each of some codes stands in a vocabulary that has them all."""
    return np.searchsorted(vocabulary, codes).astype(np.int32)


def _once(pairs: Codes) -> Codes:
    """Sort numbers in place and return them each once."""
    pairs.sort()
    kept = 0
    for part in _parts(len(pairs)):
        # What stood before the part stands there still, for only where nothing was left out has it been written over.
        before = pairs[part.start - 1] if part.start else -1
        some = pairs[part][np.diff(pairs[part], prepend=before) != 0]
        pairs[kept : kept + len(some)] = some
        kept += len(some)
    return pairs[:kept]


def _turn(pairs: Codes) -> None:
    """Make `low << 32 | high` of each `high << 32 | low`, in place."""
    for part in _parts(len(pairs)):
        some = pairs[part]
        pairs[part] = (some << 32) | (some >> 32)


def _lower(pairs: Codes) -> Places:
    """Return the lower half of each number."""
    lower = np.empty(len(pairs), dtype=np.int32)
    for part in _parts(len(pairs)):
        lower[part] = pairs[part] & _LOW
    return lower


def _counts(pairs: Codes, most: int) -> Codes:
    """Return how often each number under `most` is the upper half."""
    counts = np.zeros(most, dtype=np.int64)
    for part in _parts(len(pairs)):
        counts += np.bincount(pairs[part] >> 32, minlength=most)
    return counts


def _parts(length: int, most: int = _PART_CODES) -> Iterator[slice]:
    """Yield slices that cover so many numbers, part by part: what is made of a part takes little memory."""
    for start in range(0, length, most):
        yield slice(start, min(start + most, length))


class _Blank(threading.local):
    """An array of zeros for each thread, to write a few weights into and wipe them out again."""

    def __init__(self) -> None:
        self._array = np.zeros(0, dtype=np.float32)

    def of(self, length: int) -> Weights:
        """Return the thread's array, at least so long."""
        if len(self._array) < length:
            self._array = np.zeros(length, dtype=np.float32)
        return self._array


def _starts(lengths: Codes) -> Codes:
    starts = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts


def _sums(values: Weights, starts: Codes) -> Weights:
    """Return the sum of each run of values; 0 for an empty run."""
    total = np.zeros(len(values) + 1, dtype=np.float64)
    np.cumsum(values, out=total[1:])
    return (total[starts[1:]] - total[starts[:-1]]).astype(np.float32)


_BLANK = _Blank()
_NO_TEXTS = np.zeros(0, dtype=np.int64)
_NO_WEIGHTS = np.zeros(0, dtype=np.float32)
