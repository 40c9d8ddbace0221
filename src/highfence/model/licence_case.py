# SPDX-License-Identifier: Apache-2.0
"""Licence case: an application for a licence from receipt to outcome, folded from its moves.

The file is its events and nothing else. `fold` reads them in order, `step` adds one or says why it cannot and what can.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import msgspec

from highfence.errors import InvalidInput, MoveRefused
from highfence.model.application import Application
from highfence.model.case_move import (
    ANSWERS,
    APPROVALS,
    DECISIONS,
    HOLDS,
    OUTCOMES,
    Answered,
    Asked,
    Assigned,
    CaseEvent,
    Checked,
    Concluded,
    Confidential,
    Consulted,
    Decided,
    Ended,
    Held,
    Noted,
    Received,
    Resumed,
    require_confidential,
)
from highfence.model.case_part import Check, ConsultationLink, Decision, Hold, InformationRequest, Outcome, Pause
from highfence.model.denial import REASONS, REGIMES

_STATES = {
    "approve": "approved",
    "approve with conditions": "approved with conditions",
    "deny": "denied",
    "return without action": "returned without action",
    "withdrawn": "withdrawn",
}


class LicenceCase(msgspec.Struct, frozen=True, kw_only=True):
    """A case as it stands after its events."""

    number: str
    received: date
    applicant: str
    application: Application
    digest: str
    confidential: Confidential | None = None
    officer: str = ""
    checks: tuple[Check, ...] = ()
    consultations: tuple[ConsultationLink, ...] = ()
    requests: tuple[InformationRequest, ...] = ()
    holds: tuple[Hold, ...] = ()
    decision: Decision | None = None
    outcomes: tuple[Outcome, ...] = ()
    notes: tuple[Noted, ...] = ()
    events: tuple[CaseEvent, ...] = ()

    @property
    def state(self) -> str:
        """Where the case stands, in a word or a few."""
        if self.outcomes:
            return self.outcomes[-1].outcome
        if self.decision is not None:
            return _STATES[self.decision.made.decision]
        if any(one.answered is None for one in self.requests):
            return "waiting for the applicant"
        if any(one.closed is None for one in self.consultations):
            return "in consultation"
        if any(one.until is None for one in self.holds):
            return "on hold"
        return "checked" if self.checks else "received"

    @property
    def open(self) -> bool:
        """Whether the decision is still to be made."""
        return self.decision is None

    def allowed(self) -> tuple[str, ...]:
        """Return the moves that the case takes as it stands."""
        if self.decision is not None:
            live = self.decision.made.decision in APPROVALS and not _dead(self)
            return ("outcome", "note") if live else ("note",)
        moves = ["assign", "check", "consult", "ask", "hold", "note", "decide"]
        if any(one.closed is None for one in self.consultations):
            moves.append("conclude")
        if any(one.answered is None for one in self.requests):
            moves.append("answer")
        if any(one.until is None for one in self.holds):
            moves.append("resume")
        return tuple(sorted(moves))

    def pauses(self) -> tuple[Pause, ...]:
        """Return what the case waited or waits for, in the order in which it began."""
        found = [
            *(Pause(ground="information", since=one.asked, until=one.answered, text=one.text) for one in self.requests),
            *(
                Pause(ground="consultation", since=one.opened, until=one.closed, text=f"{one.authority}: {one.about}")
                for one in self.consultations
            ),
            *(Pause(ground=one.ground, since=one.since, until=one.until, text=one.text) for one in self.holds),
        ]
        return tuple(sorted(found, key=lambda one: one.since))


def fold(number: str, events: Sequence[CaseEvent]) -> LicenceCase:
    """Return the case that its events make.

    Raises:
        MoveRefused: they do not begin with a receipt, or one of them was not possible where it stands.
        InvalidInput: one of them holds what cannot be.
    """
    if not events or not isinstance(events[0].move, Received):
        raise MoveRefused("a case begins with an application", where=number, advice="Import the application first")
    first = events[0]
    move = events[0].move
    if not move.applicant.strip():
        raise InvalidInput("the application names no applicant", where="applicant", advice="Name who asks")
    if first.on > date.fromisoformat(first.at[:10]):
        raise InvalidInput(f"{first.on} is not yet", where="received", advice="Give the day it came in")
    if move.confidential is not None:
        require_confidential(move.confidential, move.application)
    case = LicenceCase(
        number=number,
        received=first.on,
        applicant=move.applicant,
        application=move.application,
        digest=move.digest,
        confidential=move.confidential,
        events=(first,),
    )
    for event in events[1:]:
        case = step(case, event)
    return case


def step(case: LicenceCase, event: CaseEvent) -> LicenceCase:
    """Return the case after one event more.

    Raises:
        MoveRefused: the case does not take it as it stands; says why and what it takes.
        InvalidInput: it holds what cannot be, such as a day that is not yet.
    """
    name = type(event.move).__struct_config__.tag
    if name not in case.allowed():
        raise _not_now(case, f"the case is {case.state} and does not take {name!r} now")
    if not case.received <= event.on <= date.fromisoformat(event.at[:10]):
        raise InvalidInput(
            f"{event.on} lies before the application came in, or is not yet",
            where="on",
            advice=f"Give a day from {case.received} to {event.at[:10]}",
        )
    moved = _STEPS[type(event.move)](case, event.move, event)
    return msgspec.structs.replace(moved, events=(*case.events, event))


def _assign(case: LicenceCase, move: Assigned, _: CaseEvent) -> LicenceCase:
    return msgspec.structs.replace(case, officer=_said(move.officer, "officer"))


def _check(case: LicenceCase, move: Checked, event: CaseEvent) -> LicenceCase:
    return msgspec.structs.replace(case, checks=(*case.checks, Check(at=event.at, by=event.by, made=move)))


def _consult(case: LicenceCase, move: Consulted, event: CaseEvent) -> LicenceCase:
    if any(one.consultation == move.consultation for one in case.consultations):
        raise _not_now(case, f"the consultation {move.consultation[:64]} is in the file already")
    opened = ConsultationLink(
        consultation=_said(move.consultation, "consultation"),
        authority=_said(move.authority, "authority"),
        about=_said(move.about, "about"),
        opened=event.on,
    )
    return msgspec.structs.replace(case, consultations=(*case.consultations, opened))


def _conclude(case: LicenceCase, move: Concluded, event: CaseEvent) -> LicenceCase:
    _one_of(move.answer, ANSWERS, "answer")
    if move.binding and move.answer != "objection":
        raise InvalidInput(f"{move.answer!r} binds nobody", where="binding", advice="Only an objection can bind")
    found = _open_one(case, case.consultations, lambda one: one.consultation == move.consultation and not one.closed)
    _not_before(event.on, found.opened)
    closed = msgspec.structs.replace(found, closed=event.on, answer=move.answer, binding=move.binding, text=move.text)
    return msgspec.structs.replace(case, consultations=_swapped(case.consultations, found, closed))


def _ask(case: LicenceCase, move: Asked, event: CaseEvent) -> LicenceCase:
    asked = InformationRequest(number=len(case.requests) + 1, asked=event.on, text=_said(move.text, "text"))
    return msgspec.structs.replace(case, requests=(*case.requests, asked))


def _answer(case: LicenceCase, move: Answered, event: CaseEvent) -> LicenceCase:
    found = _open_one(case, case.requests, lambda one: one.number == move.request and one.answered is None)
    _not_before(event.on, found.asked)
    answered = msgspec.structs.replace(found, answered=event.on, answer=_said(move.text, "text"), sources=move.sources)
    return msgspec.structs.replace(case, requests=_swapped(case.requests, found, answered))


def _hold(case: LicenceCase, move: Held, event: CaseEvent) -> LicenceCase:
    _one_of(move.ground, HOLDS, "ground")
    if any(one.ground == move.ground and one.until is None for one in case.holds):
        raise _not_now(case, f"the case waits for {move.ground!r} already")
    held = Hold(ground=move.ground, text=_said(move.text, "text"), since=event.on)
    return msgspec.structs.replace(case, holds=(*case.holds, held))


def _resume(case: LicenceCase, move: Resumed, event: CaseEvent) -> LicenceCase:
    found = _open_one(case, case.holds, lambda one: one.ground == move.ground and one.until is None)
    _not_before(event.on, found.since)
    return msgspec.structs.replace(
        case, holds=_swapped(case.holds, found, msgspec.structs.replace(found, until=event.on))
    )


def _decide(case: LicenceCase, move: Decided, event: CaseEvent) -> LicenceCase:
    _one_of(move.decision, DECISIONS, "decision")
    _said(move.reason, "reason")
    if (move.decision == "approve with conditions") != bool(move.conditions):
        raise InvalidInput(
            "conditions go with 'approve with conditions', and that goes with conditions",
            where="conditions",
            advice="Name each condition, or decide 'approve'",
        )
    if move.decision not in APPROVALS and (move.valid_until is not None or move.overrides):
        raise InvalidInput(
            f"only a licence has a last day and overrides, and {move.decision!r} is none",
            where="valid_until" if move.valid_until else "overrides",
            advice="Leave it out",
        )
    if move.valid_until is not None and move.valid_until < event.on:
        raise InvalidInput("the licence would have ended", where="valid_until", advice="Give a day to come")
    _require_ground(move)
    if move.decision in APPROVALS:
        _require_ripe(case)
    return msgspec.structs.replace(case, decision=Decision(at=event.at, by=event.by, on=event.on, made=move))


def _require_ground(move: Decided) -> None:
    """Refuse a denial that does not say on which ground it rests, and a ground where nothing is denied."""
    if move.decision != "deny":
        if move.ground is not None:
            raise InvalidInput(f"{move.decision!r} denies nothing", where="ground", advice="Leave it out")
        return
    _said(move.legal_basis, "legal_basis")
    if move.ground is None:
        advice = f"Give regime ({', '.join(REGIMES)}) and reason ({', '.join(REASONS)})"
        raise InvalidInput("a denial needs its ground", where="ground", advice=advice)
    _one_of(move.ground.regime, REGIMES, "ground.regime")
    _one_of(move.ground.reason, REASONS, "ground.reason")


def _require_ripe(case: LicenceCase) -> None:
    """Refuse an approval of what nobody has checked, or while an answer is still out."""
    if not case.checks:
        raise _not_now(case, "nobody has determined whether a licence is needed and how it is reviewed")
    waiting = [f"request {one.number}" for one in case.requests if one.answered is None]
    waiting += [f"the consultation of {one.authority}" for one in case.consultations if one.closed is None]
    waiting += [one.ground for one in case.holds if one.until is None]
    if waiting:
        raise _not_now(case, f"the case still waits for {', '.join(waiting)}")


def _end(case: LicenceCase, move: Ended, event: CaseEvent) -> LicenceCase:
    _one_of(move.outcome, OUTCOMES, "outcome")
    assert case.decision is not None  # noqa: S101 - an outcome is taken after a decision only
    _not_before(event.on, case.decision.on)
    if move.outcome == "revoked":
        _said(move.text, "text")
    ended = Outcome(on=event.on, by=event.by, outcome=move.outcome, text=move.text, assertion=move.assertion)
    return msgspec.structs.replace(case, outcomes=(*case.outcomes, ended))


def _note(case: LicenceCase, move: Noted, _: CaseEvent) -> LicenceCase:
    _said(move.text, "text")
    return msgspec.structs.replace(case, notes=(*case.notes, move))


_STEPS: dict[type[msgspec.Struct], Callable[[LicenceCase, Any, CaseEvent], LicenceCase]] = {
    Assigned: _assign,
    Checked: _check,
    Consulted: _consult,
    Concluded: _conclude,
    Asked: _ask,
    Answered: _answer,
    Held: _hold,
    Resumed: _resume,
    Decided: _decide,
    Ended: _end,
    Noted: _note,
}


def _dead(case: LicenceCase) -> bool:
    return any(one.outcome in ("expired", "revoked") for one in case.outcomes)


def _open_one(case: LicenceCase, among: Sequence[Any], wanted: Callable[[Any], bool]) -> Any:
    found = next((one for one in among if wanted(one)), None)
    if found is None:
        raise _not_now(case, "the case does not wait for that")
    return found


def _swapped(among: tuple[Any, ...], old: Any, new: Any) -> tuple[Any, ...]:
    return tuple(new if one is old else one for one in among)


def _said(text: str, field: str) -> str:
    if not text.strip():
        raise InvalidInput(f"{field} is empty", where=field, advice="Write it in a sentence for the file")
    return text


def _one_of(word: str, words: tuple[str, ...], field: str) -> None:
    if word not in words:
        raise InvalidInput(f"{word[:40]!r} is not known", where=field, advice=f"Use one of: {', '.join(words)}")


def _not_before(day: date, first: date) -> None:
    if day < first:
        raise InvalidInput(f"{day} lies before {first}, when it began", where="on", advice=f"Give {first} or later")


def _not_now(case: LicenceCase, what: str) -> MoveRefused:
    advice = f"Now it takes: {', '.join(case.allowed())}"
    return MoveRefused(what, where=case.number, advice=advice)
