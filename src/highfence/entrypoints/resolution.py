# SPDX-License-Identifier: Apache-2.0
"""Resolution: whole lists in, pairs and clusters out, as a person or a program reads them.

What is *certain* shares an identifier that is given only once, or is beyond doubt as the register has it; all else is
possibly the same, waits for a person, and stands in clusters of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from highfence.entrypoints.inquiry import Inquiry
from highfence.errors import InvalidInput
from highfence.matching.bulk import Pair
from highfence.matching.clusters import connected
from highfence.matching.index import group_of
from highfence.matching.screen import unanswerable
from highfence.model.entity import Entity
from highfence.register.doubt import SCORE_LEAST, beyond_doubt

Member = tuple[str, str]
_LEFT, _RIGHT = "left", "right"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A pair as it is told: both ids and names, the score, whether it is a match and certain, and why in one line."""

    left: str
    right: str
    left_name: str
    right_name: str
    score: float
    match: bool
    certain: bool
    explanation: str


class Cluster(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Parties that hang together: by certain pairs only, or by possible ones besides. `right` is the second list's."""

    cluster: int
    certain: bool
    left: tuple[str, ...]
    right: tuple[str, ...] = ()


class Roll(msgspec.Struct, frozen=True):
    """The parties of a file that can be compared, by id, and what is wrong with others."""

    parties: dict[str, Entity]
    faults: tuple[str, ...]


def roll_of(inquiry: Inquiry, name: str) -> Roll:
    """Return the parties of a file; those without a name or number to compare are told.

    Raises:
        InvalidInput: two rows have one id, or there is nobody to compare.
    """
    parties: dict[str, Entity] = {}
    rows: dict[str, int] = {}
    faults = []
    for party in inquiry.parties:
        entity = party.entity
        if party.refused or not group_of(entity.schema):
            continue
        if entity.id in parties:
            raise InvalidInput(
                f"rows {rows[entity.id]} and {party.row} have one id, {entity.id[:60]!r}",
                where=name,
                advice="Give each party an id of its own, or leave the column of ids out",
            )
        if why := unanswerable(entity):
            faults.append(f"{name}: row {party.row}: {why}")
            continue
        parties[entity.id] = entity
        rows[entity.id] = party.row
    if not parties:
        raise InvalidInput("there is nobody to compare", where=name, advice="Check that it is the right file")
    return Roll(parties, tuple(faults))


def told(pairs: Iterable[Pair], left: Mapping[str, Entity], right: Mapping[str, Entity]) -> Iterator[Told]:
    """Yield pairs as they are told."""
    for pair in pairs:
        one, other = left[pair.left], right[pair.right]
        yield Told(
            left=pair.left,
            right=pair.right,
            left_name=one.caption,
            right_name=other.caption,
            score=pair.score,
            match=pair.match,
            certain=pair.numbered or (pair.score >= SCORE_LEAST and beyond_doubt(one, other)),
            explanation="; ".join(feature.text for feature in pair.explanation),
        )


def clusters_of(pairs: Sequence[Told], *, within: bool) -> Iterator[Cluster]:
    """Yield the clusters that certain pairs make, and behind them those that possible pairs make of all parties.

    A possible cluster that is a certain one already is not told again.
    """
    sides = (_LEFT, _LEFT) if within else (_LEFT, _RIGHT)
    certain = connected(_edge(pair, sides) for pair in pairs if pair.certain)
    known = set(certain)
    possible = [one for one in connected(_edge(pair, sides) for pair in pairs) if one not in known]
    number = 0
    for groups, sure in ((certain, True), (possible, False)):
        for group in groups:
            number += 1
            parts = {side: tuple(key for where, key in group if where == side) for side in (_LEFT, _RIGHT)}
            yield Cluster(cluster=number, certain=sure, left=parts[_LEFT], right=parts[_RIGHT])


def _edge(pair: Told, sides: tuple[str, str]) -> tuple[Member, Member]:
    return (sides[0], pair.left), (sides[1], pair.right)
