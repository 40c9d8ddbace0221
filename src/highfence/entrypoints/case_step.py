# SPDX-License-Identifier: Apache-2.0
"""Case step: what a word of an officer does to a case, worked out before anything is kept.

An approval rests on a determination of the day on which it is given, which is made here and kept with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Protocol

import msgspec

from highfence.cases.approval import Block, answered_overrides, own_blocks
from highfence.cases.licence import Clerk
from highfence.cases.telling import Telling, told
from highfence.entrypoints.case_words import CaseWord, Checking, Deciding, Ending
from highfence.entrypoints.fence import Determined
from highfence.errors import InvalidInput
from highfence.exchange.publish import Sealed
from highfence.model.application import Application
from highfence.model.assertion import Assertion
from highfence.model.case_move import APPROVALS, CaseEvent, Checked, Decided, Ended, Move, RegimeVerdict
from highfence.model.licence_case import LicenceCase, step
from highfence.rules.handling import Reader


class Hands(Protocol):
    """What a step needs of the node."""

    def determine(self, application: Application, reader: Reader, *, officer: str) -> Determined:
        """Judge an application for a reader."""

    def others(self, case: LicenceCase, reader: Reader, *, found: Determined) -> Sequence[Block]:
        """Return what others' denials hold against an approval, given a determination of the case."""

    def seal(self, assertion: Assertion) -> Sealed:
        """Sign what is told."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be kept: the case as it was read, its new events, the papers they rest on, what is told."""

    case: LicenceCase
    events: tuple[CaseEvent, ...]
    papers: tuple[bytes, ...] = ()
    sealed: Sealed | None = None


class Stepping:
    """Works out steps of one case for one officer at one instant."""

    def __init__(self, hands: Hands, case: LicenceCase, *, reader: Reader, clerk: Clerk) -> None:
        self._hands = hands
        self._case = case
        self._reader = reader
        self._clerk = clerk

    def step(self, said: CaseWord) -> Step:
        """Return what a word does.

        Raises:
            MoveRefused: the case does not take it, or something stands against an approval.
            InvalidInput: it holds what cannot be, or what is told cannot be signed.
        """
        word = said.word
        if isinstance(word, Checking):
            return self._check(word)
        if isinstance(word, Deciding):
            return self._decide(word, said.on)
        if isinstance(word, Ending):
            return self._finish(self._case, Ended(outcome=word.outcome, text=word.text), word.tell, on=said.on)
        event = self._event(word, said.on)
        step(self._case, event)
        return Step(case=self._case, events=(event,))

    def _check(self, word: Checking) -> Step:
        made, body, _ = self._determined(word.day or self._clerk.today)
        event = self._event(made, None)
        step(self._case, event)
        return Step(case=self._case, events=(event,), papers=(body,))

    def _decide(self, word: Deciding, on: date | None) -> Step:
        decided = Decided(
            decision=word.decision,
            reason=word.reason,
            legal_basis=word.legal_basis,
            ground=word.ground,
            conditions=word.conditions,
            valid_until=word.valid_until,
        )
        if word.decision not in APPROVALS or "decide" not in self._case.allowed():
            if word.overrides:
                raise InvalidInput("nothing is approved", where="overrides", advice="Leave overrides out")
            return self._finish(self._case, decided, word.tell, on=on)
        # What was found when the application came in may not hold any more: an approval rests on today.
        made, body, found = self._determined(self._clerk.today)
        checked = self._event(made, None)
        case = step(self._case, checked)
        step(case, self._event(decided, on))
        blocks = (*own_blocks(case), *self._hands.others(case, self._reader, found=found))
        overrides = answered_overrides(case, blocks, [(one.block, one.reason) for one in word.overrides])
        finished = self._finish(case, msgspec.structs.replace(decided, overrides=overrides), word.tell, on=on)
        events = (checked, *finished.events)
        return Step(case=self._case, events=events, papers=(body,), sealed=finished.sealed)

    def _finish(self, case: LicenceCase, move: Decided | Ended, telling: Telling | None, *, on: date | None) -> Step:
        """Return the step that ends in a decision or an outcome, with what is told of it."""
        event = self._event(move, on)
        after = step(case, event)
        if telling is None:
            return Step(case=case, events=(event,))
        sealed = self._hands.seal(told(after, move, telling, authority=self._clerk.authority))
        with_id = msgspec.structs.replace(move, assertion=sealed.id)
        return Step(case=case, events=(self._event(with_id, on),), sealed=sealed)

    def _determined(self, on: date) -> tuple[Checked, bytes, Determined]:
        """Determine the application on a day; return the move, the determination as it is kept, and all of it."""
        application = numbered(self._case, on=on)
        found = self._hands.determine(application, self._reader, officer=self._reader.name)
        answer = found.determination
        body = _ENCODER.encode(answer)
        regimes = tuple(
            RegimeVerdict(regime=one.regime, verdict=one.verdict, because=one.because, policy=one.policy)
            for one in answer.regimes
            if one.applies
        )
        made = Checked(
            paper=hashlib.sha256(body).hexdigest(),
            day=on,
            verdict=answer.verdict,
            summary=answer.summary,
            policy=answer.policy,
            regimes=regimes,
            marking=found.marking,
            ceiling=self._reader.ceiling,
            purposes=self._reader.purposes,
        )
        return made, body, found

    def _event(self, move: Move, on: date | None) -> CaseEvent:
        return CaseEvent(at=self._clerk.at, by=self._clerk.officer, on=on or self._clerk.today, move=move)


def numbered(case: LicenceCase, *, on: date) -> Application:
    """Return a case's application as of a day, under the case's number: consultations are opened under that."""
    return msgspec.structs.replace(case.application, id=case.number, on=on)


_ENCODER = msgspec.json.Encoder()
