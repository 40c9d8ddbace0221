# SPDX-License-Identifier: Apache-2.0
"""Consultation: an authority asks another before it decides, and each step that follows, as they are signed.

A consultation names the denial it is about, or none if it asks under Article 14. Each answer and each decision is an
assertion of its own that refers to the consultation; what they come to on a day is worked out in `cases`.
"""

from __future__ import annotations

from datetime import date

import msgspec

from highfence.model.denial import DeniedItem, require_items, wrong

#: Under which act it is asked. The clocks of each stand in `rules/tables/undercut.toml`.
PROCEDURES = ("eu-16", "eu-14", "wassenaar", "nsg", "mtcr", "ag", "national", "ally")
#: What the one who is asked may answer, by the kind of question.
ANSWERS = ("identical", "not identical")
OBJECTIONS = ("object", "no objection")
#: All steps by the kind of assertion that makes them.
STEPS = {
    "reply": ("acknowledge", "extend", *ANSWERS, *OBJECTIONS),
    "decision": ("approve", "deny"),
    "outcome": ("explain",),
}


class Consultation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one asks: whom, under which procedure, about which application, and what the application is.

    `application` is the asking authority's own reference, `end_users` and `consignees` are ids of entities that the
    assertion carries. The denial it is about is what the assertion refers to.
    """

    procedure: str
    to: str
    application: str
    items: tuple[DeniedItem, ...] = ()
    end_users: tuple[str, ...] = ()
    consignees: tuple[str, ...] = ()
    destination: str = ""


class ConsultationStep(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A step in a consultation, one of `STEPS`. `received` is the day on which the question came in, if not at once."""

    step: str
    received: date | None = None


def require_consultation(consultation: Consultation, originator: str) -> None:
    """Refuse a consultation that lacks what it needs; raises InvalidAssertion."""
    if consultation.procedure not in PROCEDURES:
        raise wrong(
            "consultation.procedure",
            f"{consultation.procedure[:40]!r} is no procedure",
            f"Use one of: {', '.join(PROCEDURES)}",
        )
    if not consultation.to or consultation.to == originator:
        raise wrong("consultation.to", "it does not say who is asked", "Give the code of another authority")
    if not consultation.application:
        raise wrong("consultation.application", "it names no application", "Give your reference of the application")
    require_items(consultation.items, "consultation.items")


def require_step(step: ConsultationStep, kind: str, refers_to: str) -> None:
    """Refuse a step that an assertion of that kind cannot make, or that is no step in anything."""
    if step.step not in STEPS.get(kind, ()):
        words = ", ".join(STEPS.get(kind, ()))
        raise wrong("step.step", f"a {kind} makes no step {step.step[:40]!r}", f"Use one of: {words or 'none'}")
    if not refers_to:
        raise wrong("step.refers_to", "the step is in no consultation", "Give the consultation's id in refers_to")
