# SPDX-License-Identifier: Apache-2.0
"""Case files: the events of licence cases, in order and never changed, and what is looked up of each case.

A row of `case_file` is what the events come to and is written anew with each; everything else is only added.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import Connection, func, insert, select, update

from highfence.storage.chunks import chunks
from highfence.storage.tables import case_event, case_file, case_paper, case_request


class FileRow(msgspec.Struct, frozen=True, kw_only=True):
    """A case as it is looked up. `application` is the applicant's own number, `size` how many events there are."""

    number: str
    applicant: str
    application: str
    digest: str
    received: str
    state: str
    undecided: bool
    confidential: bool
    size: int


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request that was done: the digest of what was asked, and what was answered."""

    digest: str
    answer: bytes


def open_files(connection: Connection, rows: Sequence[FileRow], bodies: Sequence[bytes], *, at: str) -> None:
    """Begin cases, each with its first event."""
    if rows:
        connection.execute(insert(case_file), [msgspec.structs.asdict(row) for row in rows])
        events = zip(rows, bodies, strict=True)
        connection.execute(
            insert(case_event), [{"number": row.number, "seq": 1, "at": at, "body": body} for row, body in events]
        )


def append(connection: Connection, row: FileRow, *, at: str, body: bytes) -> bool:
    """Add the event that makes the case `row`; False, and nothing is added, if another has come in between."""
    values = {name: value for name, value in msgspec.structs.asdict(row).items() if name != "number"}
    changed = connection.execute(
        update(case_file).where(case_file.c.number == row.number, case_file.c.size == row.size - 1).values(**values)
    )
    if changed.rowcount != 1:
        return False
    connection.execute(insert(case_event).values(number=row.number, seq=row.size, at=at, body=body))
    return True


def events(connection: Connection, numbers: Collection[str]) -> dict[str, list[bytes]]:
    """Return the events of cases in their order; a case that does not exist is not among them."""
    found: dict[str, list[bytes]] = {}
    for part in chunks(numbers):
        query = select(case_event.c.number, case_event.c.body).where(case_event.c.number.in_(part))
        for number, body in connection.execute(query.order_by(case_event.c.number, case_event.c.seq)):
            found.setdefault(number, []).append(body)
    return found


def files(connection: Connection, *, undecided: bool | None = None, limit: int) -> list[FileRow]:
    """Return up to `limit` cases: those still to be decided by day of receipt, others the newest first."""
    query = select(case_file)
    if undecided is not None:
        query = query.where(case_file.c.undecided.is_(undecided))
    order = (
        (case_file.c.received, case_file.c.number)
        if undecided
        else (case_file.c.received.desc(), case_file.c.number.desc())
    )
    return [FileRow(**row._mapping) for row in connection.execute(query.order_by(*order).limit(limit))]


def of_applications(connection: Connection, applications: Collection[str]) -> dict[tuple[str, str], FileRow]:
    """Return the cases of applications by applicant and the applicant's own number."""
    found = {}
    for part in chunks(applications):
        for row in connection.execute(select(case_file).where(case_file.c.application.in_(part))):
            found[(row.applicant, row.application)] = FileRow(**row._mapping)
    return found


def last_number(connection: Connection, prefix: str) -> str:
    """Return the highest case number that begins so, '' if there is none."""
    query = select(func.max(case_file.c.number)).where(case_file.c.number.startswith(prefix, autoescape=True))
    return connection.scalar(query) or ""


def keep_paper(connection: Connection, number: str, *, digest: str, body: bytes) -> None:
    """Keep a paper of a case; the same one again is kept once."""
    if paper(connection, number, digest=digest) is None:
        connection.execute(insert(case_paper).values(number=number, digest=digest, body=body))


def paper(connection: Connection, number: str, *, digest: str) -> bytes | None:
    """Return a paper of a case, None if there is none of that digest."""
    query = select(case_paper.c.body).where(case_paper.c.number == number, case_paper.c.digest == digest)
    return connection.scalar(query)


def request(connection: Connection, key: str) -> Request | None:
    """Return the request that was done under a key, None if none was."""
    row = connection.execute(
        select(case_request.c.digest, case_request.c.answer).where(case_request.c.key == key)
    ).first()
    return None if row is None else Request(digest=row.digest, answer=row.answer)


def note_request(connection: Connection, key: str, done: Request, *, at: str) -> None:
    """Note that a request was done under a key."""
    connection.execute(insert(case_request).values(key=key, at=at, **msgspec.structs.asdict(done)))
