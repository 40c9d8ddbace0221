# SPDX-License-Identifier: Apache-2.0
"""Denials and consultations for tests, and what the register holds of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from highfence.app import Node
from highfence.cases import drafts
from highfence.cases.consultation import ConsultationView, consultation, consultations
from highfence.cases.denial import DenialView, denial, denials
from highfence.model.assertion import Assertion
from highfence.model.consultation import Consultation, ConsultationStep
from highfence.model.denial import Characteristic, Denial, DeniedItem
from highfence.model.entity import Entity
from highfence.model.marking import Marking
from highfence.register.view import Held
from nodes import officer, sharing

BUYER = Entity(id="nl-buyer", schema="Company", properties={"name": ("Buyer Works",), "country": ("cn",)})
AGENT = Entity(id="nl-agent", schema="Company", properties={"name": ("Agent Trading",), "country": ("hk",)})
LASER = DeniedItem(
    description="A fibre laser",
    eu_code="6A005.b.6",
    parameters=(Characteristic(name="wavelength", value="1064", unit="nm"),),
)
DENIAL = Denial(
    end_users=("nl-buyer",),
    consignees=("nl-agent",),
    items=(LASER,),
    destination="cn",
    regime="eu",
    reason="military end use",
    denied=date(2026, 11, 20),
    contact="licensing@nl.example",
)
ASKED = Consultation(procedure="eu-16", to="nl", application="DE-77", items=(LASER,), destination="cn")


def country_of(code: str) -> str:
    """Return the country of an authority of these tests."""
    return {"us": "us", "nl": "nl", "de": "de", "jp": "jp"}.get(code, "xx")


def refusal(marking: Marking, **changes: object) -> Assertion:
    """Return a denial to be published."""
    told = msgspec.structs.replace(DENIAL, **changes)
    return drafts.entered(told, (BUYER, AGENT), marking, text="Refused a laser", legal_basis="Article 12")


def publish(node: Node, assertion: Assertion) -> str:
    """Publish an assertion and return its id."""
    return node.publish([assertion]).result().ids[0]


def seen(node: Node, *, clearance: str = "RESTRICTED", on: date | None = None) -> tuple[DenialView, ...]:
    """Return the denials that an officer of a node sees."""
    with node.sight(officer(node, clearance=clearance)) as sight:
        return denials(sight, country_of, on=on)


def view(node: Node, name: str, *, on: date | None = None) -> DenialView:
    """Return one denial as an officer of a node sees it."""
    with node.sight(officer(node)) as sight:
        return denial(sight, country_of, assertion=name, on=on)


def asked_of(node: Node, *, on: date | None = None) -> tuple[ConsultationView, ...]:
    """Return the consultations that an officer of a node sees."""
    with node.sight(officer(node)) as sight:
        return consultations(sight, country_of, on=on)


def asked_by(node: Node, name: str, *, on: date | None = None) -> ConsultationView:
    """Return one consultation as an officer of a node sees it."""
    with node.sight(officer(node)) as sight:
        return consultation(sight, country_of, assertion=name, on=on)


def question(node: Node, about: str, **changes: object) -> str:
    """Ask about a denial, and return the consultation's id."""
    told = msgspec.structs.replace(ASKED, **changes)
    draft = drafts.asked(told, (), view(node, about), text="Is it the same?", marking=sharing())
    return publish(node, draft)


def step(node: Node, name: str, word: str, *, readers: Sequence[str], received: date | None = None) -> str:
    """Take a step in a consultation, and return its assertion's id."""
    told = ConsultationStep(step=word, received=received)
    return publish(node, drafts.stepped(asked_by(node, name), told, text=f"We {word}", readers=readers))


def held(assertion: Assertion, *, name: str = "q", position: int = 1) -> Held:
    """Return an assertion as a node holds it, without one."""
    return Held(id=name, assertion=assertion, received=assertion.issued, position=position)
