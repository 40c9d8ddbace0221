# SPDX-License-Identifier: Apache-2.0
"""Pairing: of all pairs of parties of whole lists, those that are worth a score.

Names are taken once each, however many parties bear them. The keys of `blocking` bring names together, `ceiling` lets
go of those that cannot reach the line, the scorer's comparison of names of the rest; what is left are pairs of parties.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np

from highfence.matching.blocking import name_least, words_of
from highfence.matching.ceiling import Ceiling
from highfence.matching.comparison import compare
from highfence.matching.index import BEARERS_MOST, group_of
from highfence.matching.kinship import Kinship
from highfence.matching.names import Name
from highfence.matching.prepared import Prepared
from highfence.matching.relation import Numbers, Relation, Truths, batches, distinct

#: Pairs of names looked at together: bounds the memory, and each has some dozen pairs of words.
_BATCH = 1 << 18
#: Name pairs compared between two reports of progress.
_REPORT = 4096
LEFT, RIGHT, BOTH = 1, 2, 3

Progress = Callable[[int, int], None]
#: Gives, of some kinship and so many names, batches of pairs of names, and whether they meet by special terms.
Meeting = Callable[[Kinship, int], Iterable[tuple[Numbers, bool]]]


class Parties:
    """The parties of one list, or of two lists one behind the other; their place is their number from here on."""

    def __init__(self, left: Sequence[Prepared], right: Sequence[Prepared] | None = None) -> None:
        self.all = [*left, *(right or ())]
        self.within = right is None
        sides = [BOTH] * len(left) if right is None else [LEFT] * len(left) + [RIGHT] * len(right)
        self.sides = np.array(sides, dtype=np.uint8)
        self.groups = np.array([group_of(party.schema) for party in self.all], dtype=np.uint8)

    def fit(self, one: Numbers, other: Numbers) -> Numbers:
        """Return which pairs stand on two sides and are of one group, such as two companies or two ships."""
        crossing = ((self.sides[one] & LEFT) & (self.sides[other] >> 1)) | ((self.sides[one] >> 1) & self.sides[other])
        alike = self.groups[one] & self.groups[other] != 0
        return np.flatnonzero((one != other) & (crossing & 1 != 0) & alike).astype(np.int64)


def likely_pairs(
    parties: Parties, *, least: float, progress: Progress, meet: Meeting | None = None
) -> tuple[Numbers, Numbers]:
    """Return the pairs of parties that may score `least`: the numbers of both, the smaller one first, in order.

    `meet` is what joins names by their keys, if not this process.
    """
    names, bearers = _names(parties.all)
    codes = [_by_numbers(parties)]
    if names:
        sides, groups = _masks(parties, bearers)

        def crossing(one: Numbers, other: Numbers) -> Truths:
            across = (sides[one] & (sides[other] >> 1)) | ((sides[one] >> 1) & sides[other])
            fitting: Truths = (across & 1 != 0) & (groups[one] & groups[other] != 0)
            return fitting

        one, other = alike_names(names, least=least, wanted=crossing, meet=meet or meet_here, progress=progress)
        first, second = bearers.joined(other, one)
        codes.append(_codes(*bearers.joined(second, first), parties))
        codes.append(_namesakes(bearers, parties))
    return _split(distinct(np.concatenate(codes)), len(parties.all))


def alike_names(
    names: Sequence[Name],
    *,
    least: float,
    wanted: Callable[[Numbers, Numbers], Truths],
    meet: Meeting,
    progress: Progress,
) -> tuple[Numbers, Numbers]:
    """Return the pairs of different names that are so much alike that their bearers may score `least`.

    `wanted` tells which pairs of names are asked about at all.
    """
    need = name_least(least)
    kinship = Kinship([words_of(name, least=least) for name in names])
    ceiling = Ceiling(names, kinship)
    codes = [np.zeros(0, dtype=np.int64)]
    for code, special in meet(kinship, len(names)):
        one, other = _split(code, len(names))
        kept = wanted(one, other)
        if not special:
            kept[kept] = ceiling.reach(one[kept], other[kept], least=need)
        codes.append(code[kept])
    pairs = _split(distinct(np.concatenate(codes)), len(names))
    return _compared(names, pairs, need=need, progress=progress)


def meet_here(kinship: Kinship, count: int) -> Iterator[tuple[Numbers, bool]]:
    """Yield, in batches, the pairs of `count` names of which one asks for what the other offers, as single numbers.

    A batch is of pairs that meet by special terms only, or by plain ones.
    """
    offered = Relation(kinship.offered.terms, kinship.offered.names, rows=kinship.terms)
    for hold, special in ((kinship.plain, False), (kinship.special, True)):
        for begin, end in batches(offered.counts[hold.terms], most=_BATCH):
            one, other = offered.joined(hold.names[begin:end], hold.terms[begin:end])
            yield pair_codes(one, other, count), special


def pair_codes(one: Numbers, other: Numbers, count: int) -> Numbers:
    """Return pairs of different numbers below `count` as single numbers, each once, in whatever order they come."""
    unequal = one != other
    one, other = one[unequal], other[unequal]
    return distinct(np.minimum(one, other) * count + np.maximum(one, other))


def _names(parties: Sequence[Prepared]) -> tuple[list[Name], Relation]:
    """Return all names, each once, and who bears each."""
    numbers: dict[tuple[str, str], int] = {}
    names: list[Name] = []
    of_name, bearer = [], []
    for at, party in enumerate(parties):
        for known in party.names:
            name = known.name
            if not name.tokens:
                continue
            number = numbers.setdefault((name.text, name.kind), len(names))
            if number == len(names):
                names.append(name)
            of_name.append(number)
            bearer.append(at)
    return names, Relation(_array(of_name), _array(bearer), rows=len(names))


def _masks(parties: Parties, bearers: Relation) -> tuple[Numbers, Numbers]:
    """Return the sides and the groups of those who bear each name, as bits."""
    found = []
    for bits in (parties.sides, parties.groups):
        found.append(np.bitwise_or.reduceat(bits[bearers.values], bearers.starts[:-1]).astype(np.int64))
    return found[0], found[1]


def _compared(
    names: Sequence[Name], pairs: tuple[Numbers, Numbers], *, need: float, progress: Progress
) -> tuple[Numbers, Numbers]:
    """Return the pairs of names whose score, as the scorer has it, is at least `need`."""
    one, other = pairs
    good = []
    total = len(one)
    for at, (first, second) in enumerate(zip(one.tolist(), other.tolist(), strict=True)):
        if compare(names[first], names[second]).value >= need:
            good.append(at)
        if at % _REPORT == 0:
            progress(at, total)
    progress(total, total)
    kept = _array(good)
    return one[kept], other[kept]


def _namesakes(bearers: Relation, parties: Parties) -> Numbers:
    """Return the pairs of parties that bear the very same name."""
    several = np.flatnonzero(bearers.counts > 1)
    one, other = bearers.joined(several, several)[::-1]
    return _codes(*bearers.joined(one, other), parties)


def _by_numbers(parties: Parties) -> Numbers:
    """Return the pairs of parties with one strong identifier: that decides whatever the names say."""
    holders: dict[str, list[int]] = {}
    for at, party in enumerate(parties.all):
        for number in party.identifiers:
            if number.strong:
                holders.setdefault(f"{number.kind}:{number.value}", []).append(at)
    found = [pair for held in holders.values() if 1 < len(held) <= BEARERS_MOST for pair in combinations(held, 2)]
    if not found:
        return _array([])
    one, other = np.array(found, dtype=np.int64).T
    crossing = np.flatnonzero((parties.sides[one] | parties.sides[other]) == BOTH)
    return distinct(one[crossing] * len(parties.all) + other[crossing])


def _codes(one: Numbers, other: Numbers, parties: Parties) -> Numbers:
    """Return the fitting pairs as single numbers, each once."""
    fit = parties.fit(one, other)
    one, other = one[fit], other[fit]
    return distinct(np.minimum(one, other) * len(parties.all) + np.maximum(one, other))


def _split(codes: Numbers, count: int) -> tuple[Numbers, Numbers]:
    one, other = np.divmod(codes, max(1, count))
    return one, other


def _array(values: Sequence[int]) -> Numbers:
    return np.array(values, dtype=np.int64)
