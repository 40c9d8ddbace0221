# SPDX-License-Identifier: Apache-2.0
"""Bulk: resolve a whole list within itself, or against another: every pair of parties that reaches a score, once.

Screening asks for one party and looks at the best candidates only. Here all pairs of names that can reach the line are
compared, so the answer is symmetric, does not depend on an order, and holds what screening finds and more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from highfence.errors import InvalidInput
from highfence.matching.analysis import read_tables
from highfence.matching.blocking import LEAST
from highfence.matching.names import PERSON
from highfence.matching.pairing import Meeting, Parties, Progress, likely_pairs
from highfence.matching.prepared import Prepared, prepare
from highfence.matching.score import Feature, Score, score_prepared
from highfence.matching.screen import THRESHOLD
from highfence.model.entity import Entity

#: Below this the names of two parties with one number are so strange that it may be a parent's or a registrar's.
NAMES_STRANGE_BELOW = 0.4


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """Two parties that may be one. `numbered` tells that they share an identifier that is given only once."""

    left: str
    right: str
    score: float
    match: bool
    numbered: bool
    explanation: tuple[Feature, ...]


def resolve(
    left: Sequence[Entity],
    right: Sequence[Entity] | None = None,
    *,
    threshold: float = THRESHOLD,
    progress: Progress = lambda _done, _total: None,
    meet: Meeting | None = None,
) -> list[Pair]:
    """Return every pair of parties that scores at least `threshold`, best first: of `left`, or across to `right`.

    Within one list, the smaller id stands left. What is no party, such as an address, pairs with nothing. `meet` is
    what joins names by their keys, if not this process.

    Raises:
        InvalidInput: the threshold is not between 0.5 and 1, or two parties of a list have one id.

    >>> names = {"a": "Kalvaro Optical Works LLC", "b": "OOO Kalvaro Optical Works", "c": "Meadowlark Bakery"}
    >>> parties = [Entity(id=key, schema="Company", properties={"name": (name,)}) for key, name in names.items()]
    >>> [(pair.left, pair.right, pair.match) for pair in resolve(parties)]
    [('a', 'b', True)]
    """
    check_threshold(threshold)
    parties = read_parties(left, right)
    one, other = likely_pairs(parties, least=threshold, progress=progress, meet=meet)
    numbers = zip(one.tolist(), other.tolist(), strict=True)
    pairs = ((parties.all[first], parties.all[second]) for first, second in numbers)
    return ordered(scored(pairs, threshold=threshold, within=parties.within))


def check_threshold(threshold: float) -> None:
    """Raise InvalidInput for a threshold that cannot be asked for."""
    if not LEAST <= threshold <= 1:
        raise InvalidInput(
            f"the threshold is {threshold:g}",
            where="threshold",
            advice=f"Give a number from {LEAST} to 1; below, names have too little in common to say anything",
        )


def read_parties(left: Sequence[Entity], right: Sequence[Entity] | None) -> Parties:
    """Read the parties of both lists for comparison; raises InvalidInput if two of one list have one id."""
    read_tables()
    for entities in (left, right or ()):
        seen: set[str] = set()
        for entity in entities:
            if entity.id in seen:
                raise InvalidInput(
                    f"two parties have the id {entity.id[:80]!r}", where="id", advice="Give each an id of its own"
                )
            seen.add(entity.id)
    if right is not None:
        return Parties([prepare(entity) for entity in left], [prepare(entity) for entity in right])
    return Parties([prepare(entity) for entity in sorted(left, key=lambda entity: entity.id)])


def scored(pairs: Iterable[tuple[Prepared, Prepared]], *, threshold: float, within: bool) -> Iterator[Pair]:
    """Score pairs of parties and yield those that reach the threshold; within one list the smaller id stands left."""
    for one, other in pairs:
        left, right = (other, one) if within and other.id < one.id else (one, other)
        found = score_prepared(left, right)
        if found.value >= threshold:
            yield Pair(
                left=left.id,
                right=right.id,
                score=found.value,
                match=found.match,
                numbered=_numbered(left, right, found),
                explanation=found.explanation,
            )


def ordered(pairs: Iterable[Pair]) -> list[Pair]:
    """Return pairs best first, those of one score by their ids."""
    return sorted(pairs, key=lambda pair: (-pair.score, pair.left, pair.right))


def _numbered(left: Prepared, right: Prepared, found: Score) -> bool:
    """Tell whether two parties share a strong identifier that is theirs; lists print one person's for another."""
    if PERSON in (left.kind, right.kind) or found.explanation[0].score < NAMES_STRANGE_BELOW:
        return False
    return any(number.strong for number in set(left.identifiers).intersection(right.identifiers))
