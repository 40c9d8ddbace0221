# SPDX-License-Identifier: Apache-2.0
"""Review: pairs that are possibly the same, for a person to judge, and the judgement that comes of it.

A question is asked only of what its reader may see, on both sides. What allies judged is shown beside it and decides
nothing. The judgement is an assertion like any other: it stands in the journal, can be shared, and is taken back by a
withdrawal, whereupon the companies are again what they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from highfence.errors import InvalidAssertion, NotFound
from highfence.matching.score import Feature, score
from highfence.model.assertion import Assertion
from highfence.model.entity import Entity
from highfence.model.judgement import Judgement
from highfence.model.marking import Marking
from highfence.register.absorb import countries_of
from highfence.register.reading import Sight
from highfence.register.view import Held
from highfence.register.visible import stands
from highfence.rules.combination import CLASSIFICATION_RANK, NO_PURPOSE, TLP_RANK
from highfence.rules.handling import Reader, combine, may_view
from highfence.storage import judgements, likenesses
from highfence.storage.database import Connection
from highfence.storage.judgements import JudgementRow
from highfence.storage.likenesses import Alike

#: How many of the likest pairs are weighed against each other.
_WEIGHED_MOST = 400


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of two parties that may be the same: the entity that was compared, and the company it belongs to."""

    company: str
    entity: str
    assertion: str
    originator: str
    caption: str
    names: tuple[str, ...]
    schema: str
    countries: tuple[str, ...]
    listed_by: tuple[str, ...]


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """What another authority judged of the same two entities."""

    originator: str
    verdict: str
    reason: str
    assertion: str


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Are these two the same? `score` is 0..1; `worth` orders the queue: the score, times what the answer changes.

    `stakes` says in words what it changes, `explanation` why the engine finds them alike, `marking`
    what all of it falls under.
    """

    one: Side
    other: Side
    score: float
    worth: float
    stakes: str
    explanation: tuple[Feature, ...]
    marking: Marking
    advice: tuple[Advice, ...] = ()


class Review:
    """The questions that one reader may be asked on one day, over one consistent state of the database."""

    def __init__(self, connection: Connection, reader: Reader, on: date) -> None:
        self._connection = connection
        self._reader = reader
        self._on = on
        self._sight = Sight(connection, reader, on)

    def questions(self, *, limit: int, company: str = "") -> tuple[Question, ...]:
        """Return the questions of most worth first; with `company`, those in which it is one side."""
        stored = self._sight.stored(company) if company else ""
        if company and not stored:
            return ()
        found = likenesses.open_ones(
            self._connection, markings=self._sight.markings, limit=_WEIGHED_MOST, company=stored
        )
        homes = self._sight.homes([one for row in found for one in _assertions(row)])
        pairs: dict[frozenset[str], Alike] = {}
        for row in found:
            sides = frozenset(homes.get(one, "") for one in _assertions(row))
            if len(sides) == 2 and "" not in sides and (not company or company in sides):
                pairs.setdefault(sides, row)
        listed = self._sight.listed_by([one for sides in pairs for one in sides])
        asked = [self._question(row, homes, listed) for row in pairs.values()]
        return tuple(sorted(asked, key=lambda one: (-one.worth, one.one.entity, one.other.entity))[:limit])

    def count(self, *, most: int = 1_000) -> int:
        """Return how many pairs wait for a judgement, `most` for more."""
        return len(likenesses.open_ones(self._connection, markings=self._sight.markings, limit=most))

    def question(self, one: str, other: str) -> Question:
        """Return the question about two parties, each given by an entity's or company's id, alike or not.

        Raises:
            NotFound: the reader may not see one of the two.
            InvalidAssertion: they are one company already.
        """
        first, second = self._told(one), self._told(other)
        if first.assertion.subject == second.assertion.subject:
            raise _one_already(one, other)
        homes = self._sight.homes((first.id, second.id))
        if homes[first.id] == homes[second.id]:
            raise _one_already(one, other)
        listed = self._sight.listed_by(list(homes.values()))
        return self._asked(first, second, homes=homes, listed=listed)

    def judge(self, one: str, other: str, *, verdict: Judgement, reason: str, share: Sequence[str] = ()) -> Assertion:
        """Return the assertion to be published that two parties are the same, are not, or that it cannot be said.

        `verdict.other` is filled in. Where this authority has judged the pair before, it is the correction of that.
        The marking is that of what the judgement rests on, cut to the authorities it is shared with.

        Raises:
            NotFound: the reader may not see one of the two.
            InvalidAssertion: it contradicts a judgement that stands, or may not be shared with one of `share`.
        """
        first, second = self._told(one), self._told(other)
        if first.assertion.subject == second.assertion.subject:
            raise _one_already(one, other)
        before = self._own_before(first, second)
        self._require_no_contradiction(first, second, verdict=verdict.verdict, before=before)
        marking = _cut(self._marking(first, second), share)
        judged = msgspec.structs.replace(verdict, other=second.assertion.subject, by="" if share else verdict.by)
        subject = first.assertion.subject
        if before is not None:
            held = self._sight.assertion(before)
            old = held.assertion.judgement
            if old is not None and held.assertion.subject != subject:
                subject, judged = held.assertion.subject, msgspec.structs.replace(judged, other=subject)
        return Assertion(
            kind="identity" if before is None else "correction",
            originator="",
            issued="",
            subject=subject,
            marking=marking,
            judgement=judged,
            reason=reason,
            refers_to=before or "",
        )

    def undo(self, assertion: str, reason: str) -> Assertion:
        """Return the withdrawal of a judgement of this authority; raises NotFound or InvalidAssertion."""
        held = self._sight.assertion(assertion)
        if held.assertion.judgement is None or held.assertion.originator != self._reader.authority:
            raise InvalidAssertion(
                "that is no judgement of this authority", where=assertion[:80], advice="Take the id from the history"
            )
        return Assertion(
            kind="withdrawal",
            originator="",
            issued="",
            subject=held.assertion.subject,
            marking=held.assertion.marking,
            refers_to=assertion,
            reason=reason,
        )

    def _question(self, row: Alike, homes: dict[str, str], listed: dict[str, tuple[str, ...]]) -> Question:
        first, second = (self._sight.assertion(one) for one in _assertions(row))
        return self._asked(first, second, homes=homes, listed=listed)

    def _asked(
        self, first: Held, second: Held, *, homes: dict[str, str], listed: dict[str, tuple[str, ...]]
    ) -> Question:
        sides = [_side(one, homes[one.id], listed.get(homes[one.id], ())) for one in (first, second)]
        found = score(_entity(first), _entity(second))
        changed = sorted(set(sides[0].listed_by) ^ set(sides[1].listed_by))
        weight = 1 + len(changed) if sides[0].listed_by and sides[1].listed_by else 1
        return Question(
            one=sides[0],
            other=sides[1],
            score=found.value,
            worth=round(found.value * weight, 4),
            stakes=_stakes(changed) if weight > 1 else "Joins what is known of the two; no listing is compared anew.",
            explanation=found.explanation,
            marking=combine((first.assertion.marking, second.assertion.marking)),
            advice=self._advice(sides[0].entity, sides[1].entity),
        )

    def _advice(self, one: str, other: str) -> tuple[Advice, ...]:
        advice = []
        for row in judgements.about(self._connection, (one,)):
            if row.binds or {row.subject, row.other} != {one, other}:
                continue
            try:
                held = self._sight.assertion(row.assertion)
            except NotFound:
                continue
            claim = held.assertion
            advice.append(
                Advice(originator=claim.originator, verdict=row.verdict, reason=claim.reason, assertion=held.id)
            )
        return tuple(advice)

    def _told(self, name: str) -> Held:
        """Return what the reader may see told of an entity or company, the least restricted first."""
        told = [one for one in self._sight.group(name) if stands(one) and one.assertion.entity() is not None]
        exact = [one for one in told if one.assertion.subject == name] or told
        if not exact:
            raise NotFound("nothing stands of it that you may see", where=name[:80], advice="Check the id")
        return min(exact, key=lambda one: (_restriction(one.assertion.marking), one.position))

    def _own_before(self, first: Held, second: Held) -> str | None:
        pair = {first.assertion.subject, second.assertion.subject}
        found = judgements.about(self._connection, pair)
        return next((row.assertion for row in found if row.binds and {row.subject, row.other} == pair), None)

    def _require_no_contradiction(self, first: Held, second: Held, *, verdict: str, before: str | None) -> None:
        """Refuse what other judgements of this authority speak against; `before` is the one to be corrected."""
        if verdict == "unsure":
            return
        one, other = first.assertion.subject, second.assertion.subject
        together = {held.assertion.subject for entity in (one, other) for held in self._sight.group(entity)}
        rows = [row for row in judgements.about(self._connection, together) if row.binds and row.assertion != before]
        mine, theirs = _linked(one, rows), _linked(other, rows)
        for row in rows:
            crossing = (row.subject in mine and row.other in theirs) or (row.subject in theirs and row.other in mine)
            opposite = row.verdict == ("negative" if verdict == "positive" else "positive")
            if opposite and crossing:
                raise InvalidAssertion(
                    f"the judgement {row.assertion} says the opposite",
                    where="judgement",
                    advice="Take that one back first, with `highfence judge --undo`, or judge the same pair anew",
                )

    def _marking(self, first: Held, second: Held) -> Marking:
        """Return the marking of what tells that both parties exist: all that a judgement gives away."""
        marking = combine((first.assertion.marking, second.assertion.marking))
        seen = may_view(marking, self._reader, on=self._on, originator=self._reader.authority).allowed
        if NO_PURPOSE in marking.purposes or not seen:
            raise InvalidAssertion(
                "what is known of the two may not be used together",
                where="judgement",
                advice="Ask those who told it to widen the purposes of one of the two",
            )
        return marking


def _linked(entity: str, rows: Sequence[JudgementRow]) -> set[str]:
    """Return the entities that positive judgements make one with `entity`, itself among them."""
    linked = {entity}
    pairs = [{row.subject, row.other} for row in rows if row.verdict == "positive"]
    while fresh := {one for pair in pairs if pair & linked for one in pair} - linked:
        linked |= fresh
    return linked


def _assertions(row: Alike) -> tuple[str, str]:
    return row.likeness.one_assertion, row.likeness.other_assertion


def _entity(held: Held) -> Entity:
    entity = held.assertion.entity()
    assert entity is not None  # noqa: S101 - only what carries its subject is compared
    return entity


def _side(held: Held, company: str, listed_by: tuple[str, ...]) -> Side:
    entity = _entity(held)
    return Side(
        company=company,
        entity=entity.id,
        assertion=held.id,
        originator=held.assertion.originator,
        caption=entity.caption,
        names=tuple(dict.fromkeys((*entity.values("name"), *entity.values("alias"))))[:12],
        schema=entity.schema,
        countries=countries_of(entity),
        listed_by=listed_by,
    )


def _restriction(marking: Marking) -> tuple[int, int, int]:
    """Return how much a marking closes, for choosing; an unknown word closes most."""
    return (
        CLASSIFICATION_RANK.get(marking.classification, 99),
        TLP_RANK.get(marking.tlp, 99),
        -len(marking.releasable_to),
    )


def _cut(marking: Marking, share: Sequence[str]) -> Marking:
    """Return the marking for sharing with just these; raises InvalidAssertion if one of them may not have it."""
    barred = sorted(set(share) - set(marking.releasable_to))
    if barred:
        raise InvalidAssertion(
            f"it cannot be shared with {', '.join(barred)}: what it rests on is not releasable there",
            where="judgement.share",
            advice="Share it with others, or keep it here",
        )
    return msgspec.structs.replace(marking, releasable_to=tuple(sorted(set(share))), groups=())


def _stakes(changed: Sequence[str]) -> str:
    if not changed:
        return "Both are listed by the same authorities; their listings would stand together."
    told = " and ".join(code.upper() for code in changed)
    return f"If they are the same, {told} list one company, and what looks like a gap between them is none."


def _one_already(one: str, other: str) -> InvalidAssertion:
    return InvalidAssertion(
        "the two are one company already",
        where=f"{one[:60]}, {other[:60]}",
        advice="To part them, judge two of its entities by their ids, which the company's page shows",
    )
