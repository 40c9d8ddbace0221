# SPDX-License-Identifier: Apache-2.0
"""Assertions entered into a database as a node would, random ones too."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence

import msgspec
from hypothesis import strategies as st
from sqlalchemy import delete

from highfence.model.assertion import RECALLING, Assertion
from highfence.model.marking import Marking
from highfence.register.absorb import absorb
from highfence.storage import journal
from highfence.storage.database import Connection, Database
from highfence.storage.journal import JournalRow
from highfence.storage.tables import metadata

from .claims import CLOSED, OPEN, company, listing

IDENTIFIERS = ("7736050003", "7725842590", "7707083893")
LEIS = ("5493001KJTIIGC8Y1R12", "529900T8BM49AURSDO55")
NAMES = ("Northern Optical Works BV", "Southern Optical Works BV", "Acme")
#: Names of which each two may be one party's and need not be.
ALIKE_NAMES = ("National Example Tanker Company", "National Example Tankers", "National Example Tanker Shipping")
SUBJECTS = ("a-1", "b-2", "c-3", "d-4", "e-5")


class Entered(msgspec.Struct, frozen=True):
    """An assertion under a made-up id."""

    id: str
    assertion: Assertion
    received: str = "2026-11-20T10:00:01.000000Z"


def said(name: str, subject: str = "a-1", *, marking: Marking = OPEN, **changes: object) -> Entered:
    """Return an assertion of the Netherlands; `properties` of the subject and other `changes` may be given."""
    properties: dict[str, tuple[str, ...]] = changes.pop("properties", {})  # type: ignore[assignment]
    fields: dict[str, object] = {
        "kind": "facts",
        "originator": "nl",
        "issued": "2026-11-20T10:00:00Z",
        "entities": (company(subject, **properties),),
        **changes,
    }
    claim = Assertion(subject=subject, marking=marking, **fields)  # type: ignore[arg-type]
    return Entered(hashlib.sha256(name.encode()).hexdigest(), claim)


def gone(name: str, before: Entered, *, marking: Marking | None = None, subject: str = "") -> Entered:
    """Return the withdrawal of an assertion."""
    changes = {"kind": "withdrawal", "refers_to": before.id, "reason": "mistaken", "entities": ()}
    return said(name, subject or before.assertion.subject, marking=marking or before.assertion.marking, **changes)


def enter(database: Database, *batches: Iterable[Entered]) -> None:
    """Enter assertions, each batch in a transaction of its own."""
    for batch in batches:
        database.write(lambda connection, batch=tuple(batch): _enter(connection, batch))


def _enter(connection: Connection, batch: Sequence[Entered]) -> None:
    rows = [row_of(one) for one in batch]
    journal.append(connection, rows)
    absorb(connection, rows, [one.assertion for one in batch], me="nl")


def row_of(one: Entered) -> JournalRow:
    """Return the journal row of an assertion, with an envelope that nobody signed."""
    claim = one.assertion
    payload = base64.b64encode(msgspec.json.encode(claim)).decode()
    return JournalRow(
        id=one.id,
        originator=claim.originator,
        kind=claim.kind,
        subject=claim.subject,
        refers_to=claim.refers_to,
        marking=msgspec.json.encode(claim.marking),
        received=one.received,
        envelope=msgspec.json.encode({"payload": payload}),
    )


def empty(database: Database) -> None:
    """Remove all rows, so that the next example starts anew."""

    def change(connection: Connection) -> None:
        for table in metadata.tables.values():
            connection.execute(delete(table))

    database.write(change)


_KINDS = ("facts", "facts", "listing", "comment", "correction", "withdrawal")
_KINDS_ALIKE = ("listing", "listing", "listing", "facts", "correction", "withdrawal")


@st.composite
def histories(draw: st.DrawFn, *, hidden: bool = False, alike: bool = False) -> list[Entered]:
    """Return up to ten assertions in an order in which they could be said.

    With `hidden` some are above the reader's clearance; what replaces another then has its marking. With `alike` all
    have names that leave in doubt who is who.
    """
    made: list[Entered] = []
    standing: list[Entered] = []
    for place in range(draw(st.integers(6 if alike else 1, 10))):
        kind = draw(st.sampled_from(_KINDS_ALIKE if alike else _KINDS))
        before = draw(st.sampled_from(standing)) if standing and kind in RECALLING else None
        names = ALIKE_NAMES if alike else NAMES
        one = _drawn(draw, (f"id{place}", kind), before, hidden=hidden, names=names)
        made.append(one)
        standing = [each for each in standing if each is not before]
        if one.assertion.kind != "withdrawal":
            standing.append(one)
    return made


def _drawn(
    draw: st.DrawFn, what: tuple[str, str], before: Entered | None, *, hidden: bool, names: Sequence[str]
) -> Entered:
    name, kind = what
    subject = draw(st.sampled_from(SUBJECTS))
    marking = draw(st.sampled_from((OPEN, CLOSED) if hidden else (OPEN,)))
    if before is not None:
        marking = before.assertion.marking
    if kind == "withdrawal" and before is not None:
        # A withdrawal that carries an entity along says nothing by it, whatever keys that has.
        carried = draw(st.sampled_from(((), (company(subject, innCode=IDENTIFIERS[:1]),))))
        changes = {"kind": kind, "refers_to": before.id, "reason": "mistaken", "entities": carried}
        return said(name, subject, marking=marking, **changes)
    if kind == "comment":
        return said(name, subject, marking=marking, kind=kind, refers_to="f" * 64, entities=(), text="Agreed")
    numbers = ((), *((one,) for one in IDENTIFIERS), IDENTIFIERS[:2]) if names is NAMES else ((), (), IDENTIFIERS[:1])
    properties = {
        "name": (draw(st.sampled_from(names)),),
        "innCode": draw(st.sampled_from(numbers)),
        "leiCode": draw(st.sampled_from(((), *((one,) for one in LEIS)))) if names is NAMES else (),
        "country": draw(st.sampled_from(((), ("nl",)))),
    }
    if kind == "listing":
        listed = listing(subject, jurisdiction=draw(st.sampled_from(("us", "eu"))))
        return said(name, subject, marking=marking, kind=kind, properties=properties, listing=listed)
    if before is not None:
        changes = {"kind": kind, "refers_to": before.id, "reason": "mistaken"}
        return said(name, subject, marking=marking, properties=properties, **changes)
    return said(name, subject, marking=marking, properties=properties)
