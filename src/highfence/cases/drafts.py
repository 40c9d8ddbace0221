# SPDX-License-Identifier: Apache-2.0
"""Drafts: the next step of a denial or a consultation as an assertion that a person may publish, or not.

Whatever is drafted about a denial is marked no wider than the denial itself, and goes to those alone whom it is for.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from highfence.cases.consultation import ConsultationView
from highfence.cases.denial import DenialView
from highfence.errors import InvalidInput
from highfence.model.assertion import Assertion
from highfence.model.consultation import STEPS, Consultation, ConsultationStep
from highfence.model.denial import Denial
from highfence.model.entity import Entity
from highfence.model.marking import Marking
from highfence.rules.combination import combine
from highfence.rules.undercut import by_procedure

#: What one tells another in a consultation is at least this strict, whatever the denial is marked with.
_FLOOR = Marking(tlp="AMBER", classification="SENSITIVE", disclosure="release", reliability="A", credibility=1)


def entered(
    denial: Denial, entities: tuple[Entity, ...], marking: Marking, *, text: str, legal_basis: str
) -> Assertion:
    """Return a new denial; its subject is the first of its parties."""
    return Assertion(
        kind="denial",
        originator="",
        issued="",
        subject=next(iter(denial.parties()), ""),
        entities=entities,
        denial=denial,
        text=text,
        legal_basis=legal_basis,
        marking=marking,
    )


def pointer_of(denial: Assertion, marking: Marking, *, contact: str) -> Assertion:
    """Return the pointer to a denial: whom it is about and whom to ask, for those who may not have the denial."""
    told = denial.denial
    assert told is not None  # noqa: S101 - made by `entered`
    pointer = Denial(end_users=told.end_users, consignees=told.consignees, pointer=True, contact=contact)
    return entered(pointer, denial.entities, marking, text="A denial is held about this party: consult", legal_basis="")


def revoked(denial: Denial, on: date) -> Denial:
    """Return a denial as revoked on a day."""
    return msgspec.structs.replace(denial, state="revoked", decided=on, review=None)


def renewed(denial: Denial, on: date, review: date | None = None) -> Denial:
    """Return a denial as renewed on a day; by when it is reviewed next is the regime's, if nobody says."""
    return msgspec.structs.replace(denial, state="renewed", decided=on, review=review)


def changed(view: DenialView, denial: Denial, reason: str) -> Assertion:
    """Return the correction that puts a denial into another state; it carries the whole denial and its marking.

    Raises:
        InvalidInput: the denial has been revoked, was told in words only, or is a pointer.
    """
    if not view.valid:
        raise InvalidInput("the denial has been revoked", where=view.id, advice="Enter a new denial")
    if view.words_only or view.denial.pointer:
        raise InvalidInput(
            "this denial has no states", where=view.id, advice="Publish a correction or a withdrawal of it"
        )
    draft = entered(denial, view.entities, view.marking, text=view.text, legal_basis=view.legal_basis)
    return msgspec.structs.replace(draft, kind="correction", subject=view.subject, refers_to=view.id, reason=reason)


def withdrawn(assertion: str, subject: str, marking: Marking, *, reason: str) -> Assertion:
    """Return the withdrawal of an own assertion, such as the pointer to a denial that was revoked."""
    return Assertion(
        kind="withdrawal",
        originator="",
        issued="",
        subject=subject,
        refers_to=assertion,
        reason=reason,
        marking=marking,
    )


def asked(
    consultation: Consultation, entities: tuple[Entity, ...], view: DenialView | None, *, text: str, marking: Marking
) -> Assertion:
    """Return the question to the authority that denied, or, without a denial, to that in whose country the items are.

    `marking` is that of the application; the denial's own is added to it.
    """
    ids = {one.id for one in entities}
    subject = next((one for one in (*consultation.end_users, *consultation.consignees) if one in ids), "")
    together = (marking, view.marking) if view is not None else (marking,)
    return Assertion(
        kind="consultation",
        originator="",
        issued="",
        subject=view.subject if view is not None else subject,
        entities=entities,
        consultation=consultation,
        refers_to=view.id if view is not None else "",
        text=text,
        legal_basis=by_procedure(consultation.procedure).citation,
        marking=_for((consultation.to,), together),
    )


def stepped(view: ConsultationView, step: ConsultationStep, *, text: str, readers: Iterable[str]) -> Assertion:
    """Return a step in a consultation, for those who are to read it.

    Raises:
        InvalidInput: there is no such step.
    """
    kind = next((kind for kind, steps in STEPS.items() if step.step in steps), None)
    if kind is None:
        words = ", ".join(word for steps in STEPS.values() for word in steps)
        raise InvalidInput(f"there is no step {step.step[:40]!r}", where="step", advice=f"Use one of: {words}")
    return Assertion(
        kind=kind,
        originator="",
        issued="",
        subject=view.subject,
        refers_to=view.id,
        step=step,
        text=text,
        legal_basis=view.citation,
        marking=_for(tuple(readers), (view.marking,)),
    )


def entitled(view: ConsultationView, denial: DenialView | None, me: str) -> tuple[str, ...]:
    """Return who is told why one has approved: the authority that was asked, and all who have the denial."""
    told = {view.to} | ({denial.authority, *denial.marking.releasable_to} if denial is not None else set())
    return tuple(sorted(told - {me}))


def _for(readers: tuple[str, ...], markings: tuple[Marking, ...]) -> Marking:
    """Return a marking as strict as all of these together, that names some readers."""
    strictest = combine((_FLOOR, *markings))
    return msgspec.structs.replace(strictest, releasable_to=tuple(sorted(readers)), groups=())
