# SPDX-License-Identifier: Apache-2.0
"""Assertions as a node holds them, for the register's tests."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from highfence.model.assertion import Assertion
from highfence.model.entity import Entity
from highfence.model.listing import Listing
from highfence.model.marking import Marking
from highfence.register.view import Held
from highfence.rules.handling import Reader

TODAY = date(2026, 11, 24)
READER = Reader(authority="jp", ceiling="SENSITIVE", purposes=("export-control",), name="Officer")
OPEN = Marking(tlp="AMBER", classification="SENSITIVE", releasable_to=("jp",), disclosure="release")
CLOSED = Marking()
#: Released to nobody, so that only the originator's people see it.
OWN = Marking(classification="PUBLIC")


def company(entity: str = "nl-1", **properties: tuple[str, ...]) -> Entity:
    """Return a company that goes by its id if nothing else is said."""
    return Entity(id=entity, schema="Company", properties={"name": (f"Company {entity} Optics BV",), **properties})


def listing(entity: str = "nl-1", *, jurisdiction: str = "us", **changes: object) -> Listing:
    """Return a listing since 2025."""
    fields: dict[str, object] = {
        "source": f"{jurisdiction}_list",
        "list": "Entity List",
        "key": "k1",
        "programme": "Export control",
        "listed": date(2025, 1, 1),
        **changes,
    }
    return Listing(jurisdiction=jurisdiction, entity=entity, **fields)  # type: ignore[arg-type]


def held(
    name: str, *entities: Entity, marking: Marking = OPEN, superseded_by: str = "", position: int = 0, **changes: object
) -> Held:
    """Return an assertion by the Netherlands of 20 November about the first of `entities`, or of `subject`."""
    fields: dict[str, object] = {
        "kind": "facts",
        "originator": "nl",
        "issued": "2026-11-20T10:00:00Z",
        "subject": entities[0].id if entities else "nl-1",
        **changes,
    }
    return Held(
        id=name,
        assertion=Assertion(marking=marking, entities=entities, **fields),  # type: ignore[arg-type]
        received=f"2026-11-2{min(position, 9)}T10:00:01.000000Z",
        position=position,
        superseded_by=superseded_by,
    )


@st.composite
def shelves(draw: st.DrawFn) -> list[Held]:
    """Return up to eight assertions about up to three entities, some hidden from the reader, some superseded."""
    made = []
    for position in range(draw(st.integers(1, 8))):
        entity = draw(st.sampled_from(("a-1", "b-2", "c-3")))
        kind = draw(st.sampled_from(("facts", "listing", "concern", "comment", "correction", "withdrawal")))
        about = company(
            entity,
            name=(draw(st.sampled_from(("Northern Optical Works BV", "Southern Optical Works BV", "Acme"))),),
            innCode=draw(st.sampled_from(((), ("7736050003",), ("7725842590",)))),
            country=draw(st.sampled_from(((), ("nl",), ("ru", "nl")))),
        )
        carried = () if kind in ("comment", "withdrawal") else (about,)
        made.append(
            held(
                f"id{position}",
                *carried,
                marking=draw(st.sampled_from((OPEN, CLOSED, OWN, Marking(tlp="GREEN", releasable_to=("jp", "us"))))),
                position=position,
                superseded_by=draw(st.sampled_from(("", "", "id7"))),
                kind=kind,
                subject=entity,
                originator=draw(st.sampled_from(("nl", "us", "jp"))),
                text=draw(st.sampled_from(("", "Ships to a listed end user"))),
                reason="mistaken" if kind in ("correction", "withdrawal") else "",
                refers_to=f"id{draw(st.integers(0, 7))}" if kind in ("comment", "correction", "withdrawal") else "",
                listing=listing(entity, jurisdiction=draw(st.sampled_from(("us", "eu"))))
                if kind == "listing"
                else None,
            )
        )
    return made
