# SPDX-License-Identifier: Apache-2.0
"""Drafts: what a person or system hands in to be published, before the node completes and signs it."""

from __future__ import annotations

import msgspec

from highfence.errors import InvalidAssertion
from highfence.exchange.strict import decode
from highfence.model.assertion import Assertion
from highfence.model.consultation import Consultation, ConsultationStep
from highfence.model.denial import Denial
from highfence.model.entity import Entity
from highfence.model.judgement import Judgement
from highfence.model.listing import Listing
from highfence.model.marking import Marking


class Draft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An assertion without originator and instant, which the node adds. A misspelt field is an error, not ignored.

    `marking.releasable_to` and `marking.groups` take authority codes and group names; nobody is the default.
    """

    kind: str
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

    def assertion(self) -> Assertion:
        """Return the assertion to be completed and signed by the node."""
        return Assertion(originator="", issued="", **{name: getattr(self, name) for name in self.__struct_fields__})


def draft_text(assertion: Assertion) -> bytes:
    """Write an assertion that is not signed yet as a draft, in JSON for people to read and `read_draft` to take."""
    draft = Draft(**{name: getattr(assertion, name) for name in Draft.__struct_fields__})
    given = {name: value for name, value in msgspec.to_builtins(draft).items() if value not in ("", None, (), [])}
    return msgspec.json.format(msgspec.json.encode(given), indent=2)


_PARTS: dict[str, type[msgspec.Struct]] = {
    "listing": Listing,
    "judgement": Judgement,
    "denial": Denial,
    "consultation": Consultation,
    "step": ConsultationStep,
}


def read_draft(document: bytes) -> Draft:
    """Read a draft from JSON.

    Raises:
        InvalidDocument: it does not pass strict decoding.
        InvalidAssertion: a field is missing, unknown or of the wrong kind; says which.
    """
    values = decode(document, where="draft")
    refuse_unknown(values.get("marking"), Marking, "marking")
    for name, kind in _PARTS.items():
        refuse_unknown(values.get(name), kind, name)
    entities = values.get("entities")
    for number, entity in enumerate(entities if isinstance(entities, list) else ()):
        refuse_unknown(entity, Entity, f"entities[{number}]")
    try:
        return msgspec.convert(values, Draft)
    except msgspec.ValidationError as error:
        raise InvalidAssertion(
            f"the draft is not an assertion: {error}",
            where="draft",
            advice="See the example in docs/publishing.md",
        ) from error


def refuse_unknown(values: object, kind: type[msgspec.Struct], place: str) -> None:
    """Raise for a field that `kind` does not have: signed documents of others may carry such, an entry here may not."""
    unknown = sorted(set(values) - set(kind.__struct_fields__)) if isinstance(values, dict) else []
    if unknown:
        raise InvalidAssertion(
            f"{place} has the field {unknown[0][:40]!r}, which does not exist",
            where=f"draft.{place}",
            advice=f"Use: {', '.join(kind.__struct_fields__)}",
        )
