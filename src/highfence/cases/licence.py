# SPDX-License-Identifier: Apache-2.0
"""Licence cases of this authority: opened from applications, moved on by events, read back by folding these.

Who may not work on a case is told that there is none. Everything here is internal and never leaves the node.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from highfence.errors import MoveRefused, NotFound
from highfence.formats.case_document import Intake
from highfence.model.case_move import CaseEvent, Checked, Received
from highfence.model.licence_case import LicenceCase, fold, step
from highfence.model.marking import Marking
from highfence.rules.handling import Reader, may_view
from highfence.storage import case_files
from highfence.storage.case_files import FileRow
from highfence.storage.database import Connection

#: A case is for those who license; one with confidential business information for those cleared for it.
_HANDLING = Marking(classification="SENSITIVE", purposes=("export-control",))
_CONFIDENTIAL = msgspec.structs.replace(_HANDLING, classification="RESTRICTED")
_EVENTS = msgspec.json.Decoder(CaseEvent)
_ENCODER = msgspec.json.Encoder()
_DIGITS = 6


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an application: its case, and whether that was there already."""

    application: str
    number: str
    new: bool


class Clerk(msgspec.Struct, frozen=True, kw_only=True):
    """Who does something now: the authority, the officer's name, the instant (RFC 3339) and the day."""

    authority: str
    officer: str
    at: str
    today: date


def open_cases(connection: Connection, intakes: Sequence[Intake], clerk: Clerk) -> tuple[Opened, ...]:
    """Open a case for each application that has none yet; the same application again is recognised.

    Raises:
        MoveRefused: an applicant's number stands for another application already. Nothing is opened then.
        InvalidInput: as `fold`.
    """
    known = case_files.of_applications(connection, sorted({one.application.id for one in intakes}))
    for one in intakes:
        held = known.get((one.applicant, one.application.id))
        if held is not None and held.digest != one.digest:
            raise MoveRefused(
                f"{one.application.id[:60]!r} of this applicant is the case {held.number} and says something else",
                where=f"row {one.row}",
                advice="Give a changed application a new id; nothing of the file was taken",
            )
    prefix = f"{clerk.authority}-{clerk.today.year}-"
    last = int(case_files.last_number(connection, prefix).removeprefix(prefix) or 0)
    opened = []
    rows: list[FileRow] = []
    bodies: list[bytes] = []
    for one in intakes:
        held = known.get((one.applicant, one.application.id))
        if held is None:
            last += 1
            number = f"{prefix}{last:0{_DIGITS}d}"
            event = CaseEvent(at=clerk.at, by=clerk.officer, on=one.received, move=_receipt(one))
            rows.append(_row(fold(number, (event,))))
            bodies.append(written(event))
        opened.append(
            Opened(application=one.application.id, number=held.number if held else rows[-1].number, new=held is None)
        )
    case_files.open_files(connection, rows, bodies, at=clerk.at)
    return tuple(opened)


def read_case(connection: Connection, number: str, reader: Reader, *, on: date) -> LicenceCase:
    """Return a case; raises NotFound in the same words whether it does not exist or the reader may not work on it."""
    bodies = case_files.events(connection, [number]).get(number)
    case = _folded(number, bodies) if bodies else None
    if case is None or not may_work(case.confidential is not None, reader, on=on):
        raise NotFound("there is no such case", where=number[:64], advice="List the cases with `highfence cases list`")
    return case


def read_cases(
    connection: Connection, reader: Reader, *, on: date, undecided: bool | None, limit: int
) -> tuple[LicenceCase, ...]:
    """Return the cases that a reader may work on: those still to be decided, the decided ones, or (None) all."""
    rows = case_files.files(connection, undecided=undecided, limit=limit)
    seen = [one.number for one in rows if may_work(one.confidential, reader, on=on)]
    bodies = case_files.events(connection, seen)
    return tuple(_folded(number, bodies[number]) for number in seen)


def may_work(confidential: bool, reader: Reader, *, on: date) -> bool:
    """Tell whether a reader may work on cases, and on confidential ones: by clearance and purpose."""
    marking = _CONFIDENTIAL if confidential else _HANDLING
    return may_view(marking, reader, on=on, originator=reader.authority).allowed


def add_events(connection: Connection, case: LicenceCase, events: Sequence[CaseEvent]) -> LicenceCase:
    """Put events behind those of a case that was read before, and return what it is then.

    Raises:
        MoveRefused: the case does not take one of them, or somebody else has moved it meanwhile.
        InvalidInput: as `step`.
    """
    for event in events:
        case = step(case, event)
        if not case_files.append(connection, _row(case), at=event.at, body=written(event)):
            raise moved_on(case.number)
    return case


def moved_on(number: str) -> MoveRefused:
    """Return the refusal of a step that was decided on without knowing what has happened since."""
    return MoveRefused(
        "the case has moved on since it was read", where=number, advice="Look at it again, then decide anew"
    )


def shown(case: LicenceCase, reader: Reader) -> LicenceCase:
    """Return a case as a reader may see it: without what determinations say that rest on more than they may see."""
    if all(_visible(one.made, reader) for one in case.checks):
        return case
    checks = tuple(
        msgspec.structs.replace(one, made=one.made if _visible(one.made, reader) else _blank(one.made))
        for one in case.checks
    )
    events = tuple(
        msgspec.structs.replace(one, move=_blank(one.move))
        if isinstance(one.move, Checked) and not _visible(one.move, reader)
        else one
        for one in case.events
    )
    return msgspec.structs.replace(case, checks=checks, events=events)


def written(event: CaseEvent) -> bytes:
    """Return an event as it is kept."""
    return _ENCODER.encode(event)


def read_event(body: bytes) -> CaseEvent:
    """Return an event that was kept."""
    return _EVENTS.decode(body)


def _visible(made: Checked, reader: Reader) -> bool:
    return made.within(reader.ceiling, reader.purposes)


def _blank(made: Checked) -> Checked:
    return Checked(paper="", day=made.day, verdict="not shown to you", summary="It rests on more than you may see.")


def _folded(number: str, bodies: Sequence[bytes]) -> LicenceCase:
    return fold(number, [read_event(body) for body in bodies])


def _receipt(one: Intake) -> Received:
    return Received(
        application=one.application, applicant=one.applicant, digest=one.digest, confidential=one.confidential
    )


def _row(case: LicenceCase) -> FileRow:
    return FileRow(
        number=case.number,
        applicant=case.applicant,
        application=case.application.id,
        digest=case.digest,
        received=case.received.isoformat(),
        state=case.state,
        undecided=case.open,
        confidential=case.confidential is not None,
        size=len(case.events),
    )
