# SPDX-License-Identifier: Apache-2.0
"""Telling: the assertion by which a decision, a denial or an outcome leaves the authority, made of the case. Pure.

Nothing of the file leaves by itself. The assertion holds what is needed to recognise the transaction, the words that an
officer has written for others, and the marking that an officer has given. The applicant, the end use, values, internal
reasons, checks, consultations and the case number never go along. What is confidential goes with the determination it
is shared by.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from highfence.errors import InvalidInput
from highfence.model.application import Item, ShipmentParty
from highfence.model.assertion import Assertion
from highfence.model.case_move import Decided, Ended
from highfence.model.denial import Amount, Characteristic, Denial, DeniedItem
from highfence.model.entity import Entity
from highfence.model.licence_case import LicenceCase
from highfence.model.marking import Marking
from highfence.rules.undercut import transaction_of

#: The caveat under which confidential business information travels.
CONFIDENTIAL_CAVEAT = "CBI"


class Telling(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That a decision is told to others: under which marking, in which words.

    Of a denial they may be given a `contact` to ask and a `reference`; neither is the case number by itself.
    """

    marking: Marking
    text: str
    contact: str = ""
    reference: str = ""


def denial_told(case: LicenceCase, decided: Decided, telling: Telling, *, authority: str) -> Assertion:
    """Return the denial as others get it (Regulation (EU) 2021/821, Article 16(1)).

    Raises:
        InvalidInput: the application names neither end user nor consignee, or the telling has no words.
    """
    assert decided.ground is not None  # noqa: S101 - a denial without its ground is not in the file
    assert case.decision is not None  # noqa: S101
    entities, end_users, consignees = _parties(case, authority)
    denial = Denial(
        end_users=end_users,
        consignees=consignees,
        items=tuple(_denied(item) for item in case.application.items),
        destination=case.application.destination,
        regime=decided.ground.regime,
        reason=decided.ground.reason,
        denied=case.decision.on,
        catch_all=decided.ground.catch_all,
        contact=telling.contact,
        reference=telling.reference,
    )
    return _told(case, telling, kind="denial", entities=entities, legal_basis=decided.legal_basis, denial=denial)


def decision_told(case: LicenceCase, decided: Decided, telling: Telling, *, authority: str) -> Assertion:
    """Return a decision other than a denial as others get it; raises as `denial_told`."""
    entities, _, _ = _parties(case, authority)
    items = "; ".join(_words(item) for item in case.application.items)
    said = f"{_DECIDED[decided.decision]}: {items}, to {case.application.destination}. {telling.text}"
    return _told(
        case,
        msgspec.structs.replace(telling, text=said) if telling.text.strip() else telling,
        kind="decision",
        entities=entities,
        legal_basis=decided.legal_basis,
    )


def outcome_told(case: LicenceCase, ended: Ended, telling: Telling, *, authority: str) -> Assertion:
    """Return what became of a licence as others get it, as an outcome of the decision they were told.

    Raises:
        InvalidInput: the decision was told to nobody, or as `denial_told`.
    """
    decision = case.decision
    if decision is None or not decision.made.assertion:
        raise InvalidInput(
            "the decision was told to nobody", where="tell", advice="Leave `tell` out: there is nothing to refer to"
        )
    entities, _, _ = _parties(case, authority)
    said = f"Licence {ended.outcome}. {telling.text}" if telling.text.strip() else telling.text
    told = _told(case, msgspec.structs.replace(telling, text=said), kind="outcome", entities=entities)
    return msgspec.structs.replace(told, refers_to=decision.made.assertion)


def told(case: LicenceCase, move: Decided | Ended, telling: Telling, *, authority: str) -> Assertion:
    """Return the assertion for a move that ends in one; raises as the functions above."""
    if isinstance(move, Ended):
        return outcome_told(case, move, telling, authority=authority)
    make = denial_told if move.decision == "deny" else decision_told
    return make(case, move, telling, authority=authority)


def party_entity(party: ShipmentParty, authority: str, *, case: str) -> Entity:
    """Return a party as an entity of this authority.

    With the same name, country and identifiers it is the same entity in every case; without identifiers it is one of
    its case alone, for two of one name need not be one.
    """
    known = "\0".join((party.name, party.country, *(sorted(party.identifiers) or (case, *party.addresses))))
    properties = {
        "name": (party.name,),
        "country": (party.country,) if party.country else (),
        "address": party.addresses,
        "registrationNumber": party.identifiers,
        "incorporationDate": (party.incorporated.isoformat(),) if party.incorporated else (),
    }
    return Entity(
        id=f"{authority}-party-{hashlib.sha256(known.encode()).hexdigest()[:20]}",
        schema="LegalEntity",
        properties={name: values for name, values in properties.items() if values},
    )


_DECIDED = {
    "approve": "Licence approved",
    "approve with conditions": "Licence approved with conditions",
    "return without action": "Application returned without action",
    "withdrawn": "Application withdrawn",
}


def _told(case: LicenceCase, telling: Telling, *, kind: str, entities: tuple[Entity, ...], **more: object) -> Assertion:
    if not telling.text.strip():
        raise InvalidInput(
            "there are no words for those who are told", where="tell.text", advice="Write what they are to know"
        )
    marking, sources = _confidential(case, telling.marking, kind)
    return Assertion(
        kind=kind,
        originator="",
        issued="",
        subject=entities[0].id,
        entities=entities,
        marking=marking,
        text=telling.text,
        sources=sources,
        **more,  # type: ignore[arg-type]
    )


def _confidential(case: LicenceCase, marking: Marking, kind: str) -> tuple[Marking, tuple[str, ...]]:
    """Return the marking and the sources: if a confidential part goes along, with the caveat and the determination."""
    if case.confidential is None:
        return marking, ()
    transaction = transaction_of(case.application)
    leaving = {f"parties.{one}" for one in (*transaction.end_users, *transaction.consignees)}
    if kind == "denial":
        leaving |= {f"items.{one.id}.{part}" for one in case.application.items for part in ("parameters", "quantity")}
    if not leaving & set(case.confidential.parts):
        return marking, ()
    caveats = tuple(dict.fromkeys((*marking.caveats, CONFIDENTIAL_CAVEAT)))
    basis = f" ({case.confidential.legal_basis})" if case.confidential.legal_basis else ""
    source = f"Confidential business information, shared by {case.confidential.determination}{basis}"
    return msgspec.structs.replace(marking, caveats=caveats), (source,)


def _parties(case: LicenceCase, authority: str) -> tuple[tuple[Entity, ...], tuple[str, ...], tuple[str, ...]]:
    """Return end users and consignees as entities, end users first, and the ids of each."""
    transaction = transaction_of(case.application)
    wanted = dict.fromkeys((*transaction.end_users, *transaction.consignees))
    by_party = {
        one.id: party_entity(one, authority, case=case.number) for one in case.application.parties if one.id in wanted
    }
    if not by_party:
        raise InvalidInput(
            "the application names neither end user nor consignee",
            where="tell",
            advice="Without either others could not recognise the transaction: leave `tell` out",
        )
    entities = {entity.id: entity for name in wanted if (entity := by_party.get(name))}
    return tuple(entities.values()), _ids(transaction.end_users, by_party), _ids(transaction.consignees, by_party)


def _ids(parties: Iterable[str], by_party: dict[str, Entity]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(by_party[one].id for one in parties))


def _denied(item: Item) -> DeniedItem:
    return DeniedItem(
        description=item.description,
        eccn=item.eccn,
        eu_code=item.eu_code,
        national_codes=item.national_codes,
        hs=item.hs,
        parameters=tuple(
            Characteristic(name=one.name, value=format(one.value, "f"), unit=one.unit) for one in item.parameters
        ),
        quantity=Amount(value=format(item.quantity.value, "f"), unit=item.quantity.unit),
    )


def _words(item: Item) -> str:
    codes = ", ".join(
        dict.fromkeys(code for code in (item.eccn, item.eu_code, *item.national_codes) if code and code != "none")
    )
    return f"{item.description} ({codes})" if codes else item.description
