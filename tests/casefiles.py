# SPDX-License-Identifier: Apache-2.0
"""Licence cases for tests: an application, and events on given days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from highfence.cases import drafts
from highfence.model.application import Application, EndUse, Item, Measure, Parameter, ShipmentParty
from highfence.model.assertion import Assertion
from highfence.model.case_move import CaseEvent, Confidential, Move, Received
from highfence.model.denial import Characteristic, Denial, DeniedItem
from highfence.model.entity import Entity
from highfence.model.marking import Marking

MONDAY = date(2026, 11, 2)

#: An application as it is handed in.
DOCUMENT = {
    "id": "A-117",
    "applicant": "Example Machines",
    "exporter": "us",
    "destination": "cn",
    "items": [
        {
            "id": "mill",
            "description": "5-axis milling machine",
            "eccn": "2B001.b.2",
            "eu_code": "2B001.b.2",
            "hs": "845710",
            "parameters": [{"name": "positioning repeatability", "value": 1, "unit": "µm"}],
            "quantity": {"value": 1, "unit": "pieces"},
            "value": {"amount": 400000, "currency": "EUR"},
        }
    ],
    "parties": [
        {
            "id": "buyer",
            "name": "Shenzhen Example Precision Works",
            "roles": ["consignee", "end user"],
            "country": "cn",
            "addresses": ["12 Example Road, Shenzhen"],
            "identifiers": ["91440300MA5EXAMPLE"],
        }
    ],
    "end_use": {"text": "gears for cars", "military": False},
}


def application(**changes: object) -> Application:
    """Return an application of one mill for one buyer."""
    values: dict[str, object] = {
        "id": "A-117",
        "exporter": "us",
        "destination": "cn",
        "items": (
            Item(
                id="mill",
                description="5-axis milling machine",
                quantity=Measure(value=Decimal(1), unit="pieces"),
                eccn="2B001.b.2",
                parameters=(Parameter(name="positioning repeatability", value=Decimal("0.9"), unit="µm"),),
            ),
        ),
        "parties": (
            ShipmentParty(
                id="buyer", name="Shenzhen Example Precision Works", roles=("consignee", "end user"), country="cn"
            ),
        ),
        "end_use": EndUse(text="gears for cars", military=False),
        "on": MONDAY,
    }
    return Application(**{**values, **changes})  # type: ignore[arg-type]


def event(move: Move, on: date = MONDAY, *, by: str = "officer") -> CaseEvent:
    """Return a move made on a day."""
    return CaseEvent(at=f"{on}T12:00:00.000000Z", by=by, on=on, move=move)


def received(on: date = MONDAY, *, confidential: Confidential | None = None, **changes: object) -> CaseEvent:
    """Return the receipt of an application on a day."""
    move = Received(
        application=application(**changes), applicant="Example Machines", digest="00" * 32, confidential=confidential
    )
    return event(move, on)


def same_denied(marking: Marking, *, pointer: bool = False) -> Assertion:
    """Return the denial of what `DOCUMENT` asks for, or the pointer to one, to be published."""
    buyer = Entity(
        id="nl-buyer",
        schema="Company",
        properties={
            "name": ("Shenzhen Example Precision Works",),
            "country": ("cn",),
            "registrationNumber": ("91440300MA5EXAMPLE",),
        },
    )
    item = DeniedItem(
        description="Milling machine",
        eu_code="2B001.b.2",
        eccn="2B001.b.2",
        parameters=(Characteristic(name="positioning repeatability", value="1", unit="µm"),),
    )
    denial = Denial(
        end_users=("nl-buyer",),
        consignees=("nl-buyer",),
        items=() if pointer else (item,),
        destination="" if pointer else "cn",
        regime="" if pointer else "mtcr",
        reason="" if pointer else "military end use",
        denied=None if pointer else date(2026, 11, 20),
        pointer=pointer,
        contact="desk@nl.example",
    )
    return drafts.entered(denial, (buyer,), marking, text="Refused", legal_basis="Article 12")
