# SPDX-License-Identifier: Apache-2.0
"""Consultations: where a consultation stands on a day, from the question and what has been answered to it.

The clock runs in the working days of the country that is asked. Silence means "not essentially identical" under Article
16 and "no objection" under Article 14 of Regulation (EU) 2021/821; an objection under Article 14 binds. Both sides work
it out from the same signed steps, so both see the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from highfence.cases.denial import CountryOf, calendar_or_none, issued
from highfence.errors import NotFound
from highfence.model.assertion import Assertion
from highfence.model.consultation import ANSWERS, OBJECTIONS, Consultation
from highfence.model.entity import Entity
from highfence.model.marking import Marking
from highfence.register.reading import Sight
from highfence.register.threads import answers_to, thread_with, threads_of
from highfence.register.view import Held
from highfence.rules.deadlines import Deadline, known_deadline
from highfence.rules.undercut import UndercutRegime, by_procedure

#: Behind all places of the journal.
_LAST = 2**62
#: What an answer is called in a finding.
_FINDINGS = {
    "identical": "essentially identical",
    "not identical": "not essentially identical",
    "object": "objection",
    "no objection": "no objection",
}


class StepTaken(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A step: which assertion of whom, on which day, in which words; `ignored` says why it does not count."""

    step: str
    assertion: str
    authority: str
    day: date
    text: str = ""
    ignored: str = ""


class Duty(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is to be done after an approval, by when if an act says so, and whether it has been."""

    text: str
    citation: str
    due: date | None = None
    done: bool = False


class ConsultationView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A consultation on a day. `state` is open, extended, answered, silent, decided or explained.

    `finding` is what the answer, or silence, means; `bound` that an objection forbids the approval; `may_approve` that
    nothing stands in its way, else `why` says what does. `due` is the last day for the answer.
    """

    id: str
    opener: str
    to: str
    about: str
    consultation: Consultation
    subject: str
    entities: tuple[Entity, ...]
    text: str
    marking: Marking
    opened: date
    received: date
    state: str
    citation: str
    finding: str = ""
    due: Deadline | None = None
    left: int | None = None
    bound: bool = False
    may_approve: bool = False
    why: str = ""
    decision: str = ""
    steps: tuple[StepTaken, ...] = ()
    duties: tuple[Duty, ...] = ()

    @property
    def captions(self) -> tuple[str, ...]:
        """Return the names of the application's parties."""
        named = (*self.consultation.end_users, *self.consultation.consignees) or (self.subject,)
        names = {one.id: one.caption for one in self.entities}
        return tuple(dict.fromkeys(names.get(one, one) for one in named))


def consultations(sight: Sight, country_of: CountryOf, *, on: date | None = None) -> tuple[ConsultationView, ...]:
    """Return all consultations that a reader may see, as they stand on a day (today if None), newest first."""
    begun = [thread[-1] for thread in threads_of(sight, "consultation") if thread[-1].assertion.consultation]
    return _views(sight, begun, country_of, on=on)


def consultation(sight: Sight, country_of: CountryOf, *, assertion: str, on: date | None = None) -> ConsultationView:
    """Return one consultation, given its question's assertion.

    Raises:
        NotFound: no consultation that this reader may see, or none yet on that day.
    """
    begun = thread_with(sight, assertion)[-1]
    found = _views(sight, [begun] if begun.assertion.consultation else [], country_of, on=on)
    if not found:
        raise NotFound("no consultation of that id that you may see", where=assertion[:80], advice="Check the id")
    return found[0]


def _views(
    sight: Sight, begun: Sequence[Held], country_of: CountryOf, *, on: date | None
) -> tuple[ConsultationView, ...]:
    day = on or sight.on
    standing = [one for one in begun if issued(one) <= day]
    answers = answers_to(sight, [one.id for one in standing])
    found = [consultation_on(one, answers[one.id], on=day, country_of=country_of) for one in standing]
    return tuple(found)[::-1]


def consultation_on(question: Held, answers: Iterable[Held], *, on: date, country_of: CountryOf) -> ConsultationView:
    """Return where a consultation stands on a day; `answers` are the assertions that refer to it."""
    fold = _Fold(
        question, [one for one in answers if one.assertion.step and issued(one) <= on], on=on, country_of=country_of
    )
    asked = question.assertion
    return ConsultationView(
        id=question.id,
        opener=asked.originator,
        to=fold.asked.to,
        about=asked.refers_to,
        consultation=fold.asked,
        subject=asked.subject,
        entities=asked.entities,
        text=asked.text,
        marking=asked.marking,
        opened=fold.opened,
        received=fold.received,
        state=fold.state(),
        citation=fold.regime.citation,
        finding=fold.finding(),
        due=fold.due,
        left=fold.left(),
        bound=fold.bound(),
        may_approve=not fold.hindrance(),
        why=fold.hindrance(),
        decision=fold.decision,
        steps=tuple(fold.steps),
        duties=tuple(fold.duties()),
    )


def ignored(sight: Sight, country_of: CountryOf, *, step: Assertion, now: str) -> str:
    """Return why a step that is about to be taken would not count, or nothing; `now` is the instant (RFC 3339).

    Raises:
        NotFound: the consultation is none that this reader may see.
    """
    begun = thread_with(sight, step.refers_to)[-1]
    draft = Held(id="", assertion=msgspec.structs.replace(step, issued=now), received=now, position=_LAST)
    answers = (*answers_to(sight, [begun.id])[begun.id], draft)
    found = consultation_on(begun, answers, on=issued(draft), country_of=country_of)
    if step.step is not None and step.step.step == "approve":
        before = consultation_on(begun, answers[:-1], on=issued(draft), country_of=country_of)
        if before.why:
            return before.why
    return next((one.ignored for one in found.steps if not one.assertion), "")


class _Fold:
    """Takes the steps of a consultation in the order of their days and keeps what they come to."""

    def __init__(self, question: Held, answers: Sequence[Held], *, on: date, country_of: CountryOf) -> None:
        told = question.assertion.consultation
        assert told is not None  # noqa: S101 - the callers have looked
        self.asked = told
        self.opener = question.assertion.originator
        self.regime: UndercutRegime = by_procedure(told.procedure)
        self.on = on
        self.opened = self.received = issued(question)
        self.answer = self.decision = ""
        self.decided: date | None = None
        self.explained = False
        self.steps: list[StepTaken] = []
        self._calendar = calendar_or_none(country_of(told.to))
        self.due = self._clock(self.regime.answer)
        for one in sorted(answers, key=lambda one: (issued(one), one.position)):
            self._take(one)

    def state(self) -> str:
        if self.explained:
            return "explained"
        if self.decision:
            return "decided"
        if self.answer:
            return "answered"
        if self._silent():
            return "silent"
        extended = any(one.step == "extend" and not one.ignored for one in self.steps)
        return "extended" if extended else "open"

    def finding(self) -> str:
        if self.answer:
            return _FINDINGS[self.answer]
        return self.due.silence if self.due is not None and self._silent() else ""

    def left(self) -> int | None:
        """Return how many working days are left for the answer; None if nobody waits for one."""
        if self.due is None or self._calendar is None or self.state() not in ("open", "extended"):
            return None
        return self._calendar.between(self.on, self.due.last_day)

    def bound(self) -> bool:
        return self.regime.binds and self.answer == "object"

    def hindrance(self) -> str:
        """Return what stands in the way of an approval, or nothing."""
        if self.bound():
            return f"{self.asked.to.upper()} has objected, and the objection binds ({self.regime.citation})"
        if self.answer or self._silent() or not self.regime.waits:
            return ""
        if self.due is None:
            return (
                f"{self.asked.to.upper()} has not answered, and no act says how long one waits ({self.regime.citation})"
            )
        return f"{self.asked.to.upper()} has until {self.due.last_day} to answer ({self.due.citation})"

    def duties(self) -> Iterable[Duty]:
        """Yield what an approval obliges to."""
        if self.decision != "approve" or self.decided is None:
            return
        if self.regime.explain:
            yield Duty(text=self.regime.explain, citation=self.regime.citation, done=self.explained)
        for name in self.regime.notices:
            if clock := known_deadline(name, event=self.decided):
                yield Duty(text=clock.title, citation=clock.citation, due=clock.last_day, done=self.explained)

    def _take(self, one: Held) -> None:
        step = one.assertion.step
        assert step is not None  # noqa: S101 - only steps come here
        taken = StepTaken(
            step=step.step,
            assertion=one.id,
            authority=one.assertion.originator,
            day=issued(one),
            text=one.assertion.text,
            ignored=self._ignored(step.step, one),
        )
        self.steps.append(taken)
        if taken.ignored:
            return
        if step.step == "acknowledge" and step.received is not None:
            # The clock runs from the day on which the question came in, and that was not later than this answer.
            self.received = max(self.opened, min(step.received, taken.day))
            self.due = self._clock(self.regime.answer)
        elif step.step == "extend":
            self.due = self._clock(self.regime.extended)
        elif step.step in _FINDINGS:
            self.answer = step.step
        elif step.step == "explain":
            self.explained = True
        elif step.step in ("approve", "deny"):
            self.decision, self.decided = step.step, taken.day

    def _ignored(self, step: str, one: Held) -> str:
        """Return why a step does not count, or nothing."""
        by = one.assertion.originator
        whose = self.opener if step in ("approve", "deny", "explain") else self.asked.to
        if by != whose:
            return f"only {whose.upper()} may take this step"
        if step in (ANSWERS if self.regime.binds else OBJECTIONS):
            return "this procedure has no such answer"
        if step == "extend" and not self.regime.extended:
            return "this procedure has no extension"
        if whose == self.asked.to and self.due is not None and self.due.over(issued(one)):
            return f"it came after {self.due.last_day}, when silence had already answered"
        if step == "explain" and self.decision != "approve":
            return "nothing has been approved"
        if self.decision and step != "explain":
            return "the application had already been decided"
        return ""

    def _silent(self) -> bool:
        return not self.answer and self.due is not None and self.due.over(self.on)

    def _clock(self, name: str) -> Deadline | None:
        if not name or self._calendar is None:
            return None
        return known_deadline(name, event=self.received, calendar=self._calendar)
