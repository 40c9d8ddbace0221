# SPDX-License-Identifier: Apache-2.0
"""Assertion: one authority's claim about an entity, under a marking.

Nothing is edited in place. A correction or withdrawal is another assertion that `refers_to` the first, and only the
originator of the first may make it; anyone may comment.
"""

from __future__ import annotations

from typing import NewType

import msgspec

from highfence.errors import InvalidAssertion
from highfence.model.consultation import Consultation, ConsultationStep, require_consultation, require_step
from highfence.model.denial import Denial, require_denial
from highfence.model.entity import Entity
from highfence.model.judgement import VERDICTS, Judgement
from highfence.model.listing import Listing
from highfence.model.marking import Marking

AssertionId = NewType("AssertionId", str)

KINDS = (
    "facts",
    "listing",
    "concern",
    "denial",
    "notification",
    "comment",
    "opinion",
    "request",
    "reply",
    "decision",
    "outcome",
    "consultation",
    "identity",
    "sighting",
    "correction",
    "withdrawal",
)
#: Kinds that replace or end an earlier assertion of the same originator.
RECALLING = ("correction", "withdrawal")
#: Kinds that only make sense as an answer to another assertion.
REFERRING = (*RECALLING, "comment", "reply", "opinion")


class Assertion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is signed. `subject` is the id of the entity it is about; `entities` carries that entity and its kin.

    `issued` is an RFC 3339 instant in UTC. `judgement` is what an `identity` says of the subject. `text` is a sentence
    for people, `legal_basis` the act it rests on, `sources` document references. `denial` is what was refused,
    `consultation` what is asked before a decision, `step` what a reply, decision or outcome does in a consultation.
    `nonce` makes two equal claims two assertions.
    """

    kind: str
    originator: str
    issued: str
    subject: str
    marking: Marking
    entities: tuple[Entity, ...] = ()
    listing: Listing | None = None
    judgement: Judgement | None = None
    denial: Denial | None = None
    consultation: Consultation | None = None
    step: ConsultationStep | None = None
    text: str = ""
    legal_basis: str = ""
    sources: tuple[str, ...] = ()
    refers_to: str = ""
    reason: str = ""
    nonce: str = ""

    def entity(self) -> Entity | None:
        """Return the entity the assertion is about, if it is carried along."""
        return next((entity for entity in self.entities if entity.id == self.subject), None)


def require_complete(assertion: Assertion) -> Assertion:
    """Return `assertion` unchanged if it has what its kind needs.

    Raises:
        InvalidAssertion: says which field is missing or contradicts another.
    """
    if assertion.kind not in KINDS:
        raise _missing("kind", f"{assertion.kind[:40]!r} is not a kind of assertion", f"Use one of: {', '.join(KINDS)}")
    for field in ("originator", "issued", "subject"):
        if not getattr(assertion, field):
            raise _missing(field, f"a {assertion.kind} needs {field}", f"Fill in {field}")
    if assertion.kind in REFERRING and not assertion.refers_to:
        raise _missing("refers_to", f"a {assertion.kind} needs the assertion it is about", "Give its id in refers_to")
    if assertion.kind == "listing" and assertion.listing is None:
        raise _missing("listing", "a listing needs its listing", "Say who lists it, under which programme")
    if assertion.kind in ("facts", "listing", "concern", "denial") and assertion.entity() is None:
        raise _missing("entities", "the subject is not among the entities", "Carry the subject's entity along")
    if assertion.kind == "concern" and not assertion.text:
        raise _missing("text", "a concern needs a sentence that says what it is", "Fill in text")
    if assertion.kind in RECALLING and not assertion.reason:
        raise _missing("reason", f"a {assertion.kind} needs its reason", "Fill in reason")
    if assertion.kind == "identity" or assertion.judgement is not None:
        _require_judgement(assertion)
    _require_case(assertion)
    return assertion


def _require_case(assertion: Assertion) -> None:
    kind = assertion.kind
    if assertion.denial is not None:
        if kind not in ("denial", "correction"):
            raise _missing("denial", f"a {kind} denies nothing", "Use the kind denial")
        require_denial(assertion.denial, frozenset(one.id for one in assertion.entities))
    if assertion.consultation is not None:
        if kind != "consultation":
            raise _missing("consultation", f"a {kind} asks nobody", "Use the kind consultation")
        require_consultation(assertion.consultation, assertion.originator)
    if assertion.step is not None:
        require_step(assertion.step, kind, assertion.refers_to)


def _require_judgement(assertion: Assertion) -> None:
    judgement = assertion.judgement
    if assertion.kind not in ("identity", *RECALLING):
        raise _missing("judgement", f"a {assertion.kind} judges no identity", "Use the kind identity")
    if judgement is None or not judgement.other:
        raise _missing("judgement", "an identity needs its judgement", "Say which other entity, and the verdict")
    if judgement.verdict not in VERDICTS:
        raise _missing("judgement.verdict", "an unknown verdict", f"Use one of: {', '.join(VERDICTS)}")
    if judgement.other == assertion.subject:
        raise _missing("judgement.other", "an entity is judged against itself", "Name two different entities")
    if not assertion.reason:
        raise _missing("reason", "a judgement needs its reason", "Fill in reason")


def _missing(field: str, what: str, advice: str) -> InvalidAssertion:
    return InvalidAssertion(what, where=f"assertion.{field}", advice=advice)
