# SPDX-License-Identifier: Apache-2.0
"""Case document: applications for licences as JSON, one or many, with who asks and since when. Pure.

An application is the document that a determination takes, with `applicant`, `received` and `confidential` beside. A
file is taken whole or not at all; `read_cases` gives what it says of each application and what is wrong in bad ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import msgspec

from highfence.errors import InvalidDocument, InvalidInput
from highfence.formats.application import application_of, strict_json
from highfence.formats.application_form import Field, Form
from highfence.model.application import Application
from highfence.model.case_move import CONFIDENTIAL_PARTS, Confidential, require_confidential

BYTES_MOST = 32 * 1024 * 1024
CASES_MOST = 10_000
_CONFIDENTIAL = Form(
    what="confidential",
    fields={
        "parts": Field(kind="texts", form=f"Write a list of {', '.join(CONFIDENTIAL_PARTS)}", needed=True),
        "determination": Field(kind="text", form="Write the id of the determination it may be shared by"),
        "legal_basis": Field(kind="text", form="Write the act, such as 50 USC 4820(h)"),
    },
)
#: What a case's document has beside the application.
BESIDE = Form(
    what="the application",
    fields={
        "id": Field(
            kind="text", form="Write the applicant's own number of it, which tells it from others", needed=True
        ),
        "applicant": Field(kind="text", form="Write the whole name of who asks for the licence", needed=True),
        "received": Field(kind="text", form="Write the day it came in, such as 2026-11-24"),
        "confidential": Field(
            kind="object", form='Write {"parts": [...], "determination": "..."}', below=_CONFIDENTIAL
        ),
    },
)


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """An application as it came in: `row` is its place, `digest` that of what it says, in whatever form and on whatever
    day it was read."""

    row: int
    applicant: str
    received: date
    application: Application
    digest: str
    confidential: Confidential | None = None


class Wrong(msgspec.Struct, frozen=True, kw_only=True):
    """What cannot be taken: its row (or number in the file), the field, what is wrong and what to write instead."""

    row: int
    field: str
    what: str
    advice: str


class CaseFile(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says. If anything is wrong, nothing of it is to be taken."""

    intakes: tuple[Intake, ...]
    wrong: tuple[Wrong, ...] = ()


def read_cases(data: bytes, *, today: date) -> CaseFile:
    """Read applications: one object, a list of them, or one object on each line. Rows count from 1, lines as an editor.

    Raises:
        InvalidDocument: it is empty, no JSON, or holds too much.
    """
    require_size(data)
    found = list(_documents(data))
    if len(found) > CASES_MOST:
        raise InvalidDocument(
            f"the file has {len(found):,} applications", where="file", advice=f"Split it, at most {CASES_MOST:,} each"
        )
    return collect([(row, said) for row, said in found], today=today)


def collect(
    rows: Sequence[tuple[int, Any]], *, today: date, place: Callable[[int, str], tuple[int, str]] | None = None
) -> CaseFile:
    """Return what decoded applications say; `place` turns a row and a field into what a person sees in the file."""
    intakes: list[Intake] = []
    wrong: list[Wrong] = []
    seen: dict[tuple[str, str], int] = {}
    for row, said in rows:
        try:
            intake = said if isinstance(said, Intake) else intake_of(_unrefused(said), row=row, today=today)
            key = (intake.applicant, intake.application.id)
            if key in seen:
                raise InvalidInput(
                    f"{intake.application.id[:60]!r} of this applicant stands in row {seen[key]} already",
                    where="id",
                    advice="Give each application of an applicant its own id",
                )
            seen[key] = row
            intakes.append(intake)
        except InvalidInput as error:
            at, field = place(row, error.where) if place else (row, error.where)
            wrong.append(Wrong(row=at, field=field, what=error.what, advice=error.advice))
    return CaseFile(intakes=tuple(intakes), wrong=tuple(wrong))


def intake_of(said: object, *, row: int, today: date) -> Intake:
    """Make an intake of one decoded application.

    Raises:
        InvalidInput: as `application_of`; or no applicant, no id, a day to come, or a confidential part without its
            determination.
    """
    if not isinstance(said, dict):
        raise InvalidInput("the application is no object", where="", advice="Write one JSON object for each")
    beside = BESIDE.fill({name: said[name] for name in BESIDE.fields if name in said}, "")
    received = _day(beside["received"], today)
    rest = {name: value for name, value in said.items() if name not in ("applicant", "received", "confidential")}
    application = application_of(rest, today=received)
    return Intake(
        row=row,
        applicant=beside["applicant"].strip(),
        received=received,
        application=application,
        digest=_digest(beside, application, dated=bool(said.get("date"))),
        confidential=_confidential(beside["confidential"], application),
    )


def require_size(data: bytes) -> None:
    """Refuse a file that is empty or larger than is read; raises InvalidDocument."""
    if not data.strip():
        raise InvalidDocument("the file is empty", where="file", advice="Choose the file with the applications")
    if len(data) > BYTES_MOST:
        raise InvalidDocument(
            f"the file has {len(data):,} bytes", where="file", advice=f"Split it; at most {BYTES_MOST:,} are read"
        )


def _documents(data: bytes) -> Sequence[tuple[int, Any]]:
    lines = [(number, line.strip()) for number, line in enumerate(data.split(b"\n"), start=1) if line.strip()]
    if len(lines) > 1 and all(line.startswith(b"{") and line.endswith(b"}") for _, line in lines):
        return [(number, _read_line(line)) for number, line in lines]
    said = strict_json(data, where="file")
    return list(enumerate(said if isinstance(said, list) else [said], start=1))


def _read_line(line: bytes) -> Any:
    """Return what a line says, or the refusal in its place: the other lines are looked at all the same."""
    try:
        return strict_json(line)
    except InvalidDocument as error:
        return error


def _unrefused(said: Any) -> Any:
    if isinstance(said, InvalidInput):
        raise said
    return said


def _confidential(said: object, application: Application) -> Confidential | None:
    if said is None:
        return None
    form = _CONFIDENTIAL.fill(said, "confidential")
    return require_confidential(
        Confidential(
            parts=tuple(form["parts"]), determination=form["determination"].strip(), legal_basis=form["legal_basis"]
        ),
        application,
    )


def _day(said: str, today: date) -> date:
    try:
        found = date.fromisoformat(said) if said else today
    except ValueError as error:
        raise InvalidInput(f"{said[:40]!r} is no day", where="received", advice="Write it like 2026-11-24") from error
    if found > today:
        raise InvalidInput(f"{found} is not yet", where="received", advice="Give the day it came in")
    return found


def _digest(beside: dict[str, Any], application: Application, *, dated: bool) -> str:
    """Return what two documents that say the same have in common: a day that today has filled in is left out."""
    said = application if dated else msgspec.structs.replace(application, on=date.min)
    whole = (beside["applicant"].strip(), beside["received"], beside["confidential"], said)
    return hashlib.sha256(msgspec.json.encode(whole, order="sorted")).hexdigest()
