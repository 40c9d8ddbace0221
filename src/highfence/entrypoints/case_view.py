# SPDX-License-Identifier: Apache-2.0
"""Case view: what the doors answer about licence cases."""

from __future__ import annotations

from datetime import date

import msgspec

from highfence.cases.approval import Block
from highfence.cases.consultation import ConsultationView
from highfence.cases.licence import Opened
from highfence.exchange.release import Release
from highfence.formats.case_document import Wrong
from highfence.model.licence_case import LicenceCase
from highfence.rules.case_clocks import ClockReading, read_clocks


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file of applications: the case of each; or, and nothing is taken then, what is wrong in it."""

    cases: tuple[Opened, ...] = ()
    wrong: tuple[Wrong, ...] = ()


class CaseLine(msgspec.Struct, frozen=True, kw_only=True):
    """A case in a list, with the clock that ends next; None if the authority has no clock that is known."""

    number: str
    applicant: str
    application: str
    destination: str
    received: date
    state: str
    officer: str
    confidential: bool
    clock: ClockReading | None
    overdue: bool


class CaseView(msgspec.Struct, frozen=True, kw_only=True):
    """A case as a reader may see it: what it takes now, its clocks, and what stands against an approval.

    `asked` are the consultations of the register that this authority has opened under the case's number.
    """

    case: LicenceCase
    state: str
    allowed: tuple[str, ...]
    clocks: tuple[ClockReading, ...]
    blocks: tuple[Block, ...]
    asked: tuple[ConsultationView, ...] = ()


class CaseMoved(msgspec.Struct, frozen=True, kw_only=True):
    """A case after a move: where it stands, how many events it has, what it takes now, and who was told of it."""

    number: str
    state: str
    events: int
    allowed: tuple[str, ...]
    assertion: str = ""
    releases: tuple[Release, ...] = ()


def line_of(case: LicenceCase, authority: str, *, on: date) -> CaseLine:
    """Return a case as a line of a list, on a day."""
    clocks = read_clocks(case, authority, on=on)
    return CaseLine(
        number=case.number,
        applicant=case.applicant,
        application=case.application.id,
        destination=case.application.destination,
        received=case.received,
        state=case.state,
        officer=case.officer,
        confidential=case.confidential is not None,
        clock=next((one for one in clocks if one.ended is None), clocks[0] if clocks else None),
        overdue=any(one.overdue for one in clocks),
    )


def urgency(line: CaseLine) -> tuple[bool, date, str]:
    """Return what lists are sorted by: overdue ones first, then by the nearest last day."""
    return not line.overdue, line.clock.due if line.clock else line.received, line.number
