# SPDX-License-Identifier: Apache-2.0
"""model.denial and model.consultation: what is refused before it is signed, and that it travels exactly."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from highfence.errors import InvalidAssertion
from highfence.exchange import strict
from highfence.model.assertion import Assertion, require_complete
from highfence.model.consultation import STEPS, Consultation, ConsultationStep
from highfence.model.denial import Amount, Characteristic, Denial, DeniedItem, exact
from highfence.model.entity import Entity
from highfence.model.marking import Marking

BUYER = Entity(id="buyer", schema="Company", properties={"name": ("Buyer Works",)})
ITEM = DeniedItem(
    description="A laser",
    eu_code="6A005.b.6",
    parameters=(Characteristic(name="wavelength", value="1064.0", unit="nm"),),
    quantity=Amount(value="2", unit="pieces"),
)
DENIAL = Denial(
    end_users=("buyer",), items=(ITEM,), destination="cn", regime="eu", reason="military end use",
    denied=date(2026, 3, 1), review=date(2029, 3, 1),
)  # fmt: skip
ASKED = Consultation(procedure="eu-16", to="nl", application="A-1", items=(ITEM,), end_users=("buyer",))


def assertion(kind: str, **fields: object) -> Assertion:
    values = {
        "originator": "de", "issued": "2026-11-24T07:00:00.000000Z", "subject": "buyer", "entities": (BUYER,),
        "marking": Marking(), "text": "x", "reason": "x", "refers_to": "0" * 64,
    }  # fmt: skip
    return Assertion(kind=kind, **{**values, **fields})  # type: ignore[arg-type]


def item(**fields: object) -> DeniedItem:
    return msgspec.structs.replace(ITEM, **fields)


def asked(**fields: object) -> Assertion:
    return assertion("consultation", consultation=msgspec.structs.replace(ASKED, **fields))


def changed(**fields: object) -> Assertion:
    return assertion("denial", denial=msgspec.structs.replace(DENIAL, **fields))


def test_a_denial_travels_exactly_and_is_read_strictly() -> None:
    told = require_complete(assertion("denial", denial=DENIAL))
    read = strict.read(msgspec.json.encode(told), Assertion, where="assertion")
    assert read == told
    assert read.denial is not None
    assert read.denial.items[0].parameters[0].value == "1064.0"


@pytest.mark.parametrize(
    ("told", "where"),
    [
        (changed(end_users=()), "denial.end_users"),
        (changed(consignees=("nobody",)), "denial.end_users"),
        (changed(regime="eec"), "denial.regime"),
        (changed(reason="dislike"), "denial.reason"),
        (changed(state="gone"), "denial.state"),
        (changed(items=()), "denial.items"),
        (changed(items=(item(description=" "),)), "denial.items[0].description"),
        (changed(items=(item(quantity=Amount(value="1", unit="")),)), "denial.items[0].quantity"),
        (
            changed(items=(item(parameters=(Characteristic(name="a", value="nan", unit="1"),)),)),
            "denial.items[0].parameters",
        ),
        (changed(destination=""), "denial.destination"),
        (changed(denied=None), "denial.denied"),
        (changed(decided=date(2026, 2, 28)), "denial.decided"),
        (changed(pointer=True), "denial.pointer"),
        (assertion("facts", denial=DENIAL), "assertion.denial"),
        (assertion("comment", consultation=ASKED), "assertion.consultation"),
        (asked(to="de"), "consultation.to"),
        (asked(procedure="x"), "consultation.procedure"),
        (asked(application=""), "consultation.application"),
        (assertion("decision", step=ConsultationStep(step="object")), "step.step"),
        (assertion("outcome", step=ConsultationStep(step="explain"), refers_to=""), "step.refers_to"),
    ],
)  # fmt: skip
def test_refuses_what_lacks_something_and_names_the_field(told: Assertion, where: str) -> None:
    with pytest.raises(InvalidAssertion) as refused:
        require_complete(told)
    assert refused.value.where == where
    assert refused.value.advice


def test_a_pointer_says_who_and_whom_to_ask_and_nothing_else() -> None:
    pointer = Denial(end_users=("buyer",), pointer=True, contact="licensing@nl.example")
    assert require_complete(assertion("denial", denial=pointer)).denial == pointer


@pytest.mark.parametrize(("kind", "step"), [(kind, step) for kind, steps in STEPS.items() for step in steps])
def test_takes_every_step_from_its_kind_of_assertion(kind: str, step: str) -> None:
    assert require_complete(assertion(kind, step=ConsultationStep(step=step))).step == ConsultationStep(step=step)


@pytest.mark.parametrize("text", ["", " 1", "1_000", "١", "nan", "inf", "0x1", "9" * 41, "1,5"])
def test_what_is_no_plain_number_is_none(text: str) -> None:
    assert exact(text) is None
