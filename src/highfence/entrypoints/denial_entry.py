# SPDX-License-Identifier: Apache-2.0
"""Denial entry: what a person or system hands in about denials and consultations, before it is an assertion."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from typing import TypeVar

import msgspec

from highfence.entrypoints.drafts import refuse_unknown
from highfence.errors import InvalidInput
from highfence.exchange.strict import decode
from highfence.model.application import Application, EndUse, Item, Measure, Parameter, ShipmentParty
from highfence.model.country import country_code
from highfence.model.denial import Amount, Characteristic, Denial, DeniedItem, exact
from highfence.model.entity import Entity
from highfence.model.marking import Marking

END_USER, CONSIGNEE = "end user", "consignee"
_ADVICE = "See the example in docs/denials.md"


class ItemEntry(DeniedItem, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An item: description, codes, parameters with units and a quantity; numbers are text."""


class PartyEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A party: its name, what it is in the transaction (`end user`, `consignee`), and what else is known of it.

    `entity` is the id of an entity that the register has already, if it is that.
    """

    name: str
    roles: tuple[str, ...]
    country: str = ""
    addresses: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    schema: str = "LegalEntity"
    entity: str = ""


class DenialEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A denial to be entered. With `pointer`, those under that marking learn whom to ask and nothing else."""

    items: tuple[ItemEntry, ...]
    parties: tuple[PartyEntry, ...]
    destination: str
    regime: str
    reason: str
    denied: date
    marking: Marking
    text: str = ""
    legal_basis: str = ""
    catch_all: bool = False
    review: date | None = None
    reference: str = ""
    contact: str = ""
    pointer: Marking | None = None


class Amending(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A denial that is amended: what it says now, and why."""

    denial: DenialEntry
    reason: str
    decided: date | None = None


class Renewing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A denial that is renewed: why, since when (today), and until when it is to be reviewed next."""

    reason: str
    decided: date | None = None
    review: date | None = None


class Revoking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A denial that is revoked: why, and since when (today)."""

    reason: str
    decided: date | None = None


class Asking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A consultation to be opened: one's own reference, the question, and what the application is.

    `to` is asked under Article 14, where there is no denial; `marking` is the application's.
    """

    reference: str
    text: str
    marking: Marking
    items: tuple[ItemEntry, ...] = ()
    parties: tuple[PartyEntry, ...] = ()
    destination: str = ""
    to: str = ""


class Stepping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step in a consultation: which, in which words, and for `acknowledge` when the question came in."""

    step: str
    text: str = ""
    received: date | None = None


#: The entities of parties, the ids of the end users, and those of the consignees.
Parties = tuple[tuple[Entity, ...], tuple[str, ...], tuple[str, ...]]
T = TypeVar("T", DenialEntry, Amending, Renewing, Revoking, Asking, Stepping)


def read_entry(document: bytes, kind: type[T]) -> T:
    """Read what was handed in, from strict JSON: numbers are text, and a misspelt field is an error.

    Raises:
        InvalidDocument: it does not pass strict decoding.
        InvalidInput: a field is missing, unknown or of the wrong kind; says which.
    """
    values = decode(document, where="denial")
    inner = values.get("denial") if kind is Amending else values
    for name in ("marking", "pointer"):
        refuse_unknown(inner.get(name) if isinstance(inner, dict) else None, Marking, name)
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise InvalidInput(f"that is no {kind.__name__.lower()}: {error}", where="denial", advice=_ADVICE) from error


def entity_of(party: PartyEntry, owner: str) -> Entity:
    """Return a party as an entity; `owner` is whose it is, so that two of one name are not one party unjudged."""
    told = "\n".join((owner, party.name, party.country, *party.addresses, *party.identifiers))
    properties = {
        "name": (party.name,),
        "country": (country(party.country, "parties.country"),) if party.country else (),
        "address": party.addresses,
        "registrationNumber": party.identifiers,
    }
    return Entity(
        id=party.entity or f"denial-{hashlib.sha256(told.encode()).hexdigest()[:20]}",
        schema=party.schema,
        properties={name: values for name, values in properties.items() if values},
    )


def parties_of(
    parties: tuple[PartyEntry, ...], owner: str
) -> tuple[tuple[Entity, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the entities of parties, the ids of the end users and those of the consignees.

    Raises:
        InvalidInput: there is none, or one has no name, or a role that is none.
    """
    if not parties:
        raise InvalidInput("it names nobody", where="parties", advice="Give the end user or the consignee")
    entities: dict[str, Entity] = {}
    ids: dict[str, list[str]] = {END_USER: [], CONSIGNEE: []}
    for at, party in enumerate(parties):
        if not party.name.strip():
            raise InvalidInput("the party has no name", where=f"parties[{at}].name", advice="Write its whole name")
        if not party.roles or set(party.roles) - set(ids):
            raise InvalidInput(
                "the party has no role that counts", where=f"parties[{at}].roles", advice=f"Use {END_USER}, {CONSIGNEE}"
            )
        entity = entity_of(party, owner)
        entities[entity.id] = entity
        for role in party.roles:
            ids[role].append(entity.id)
    return tuple(entities.values()), tuple(ids[END_USER]), tuple(ids[CONSIGNEE])


def denial_of(entry: DenialEntry, owner: str) -> tuple[Denial, tuple[Entity, ...]]:
    """Return the denial that was handed in, and its parties' entities; raises InvalidInput."""
    entities, end_users, consignees = parties_of(entry.parties, f"{owner}/{entry.reference}/{entry.denied}")
    return Denial(
        end_users=end_users,
        consignees=consignees,
        items=items_of(entry.items),
        destination=country(entry.destination, "destination"),
        regime=entry.regime,
        reason=entry.reason,
        denied=entry.denied,
        catch_all=entry.catch_all,
        review=entry.review,
        reference=entry.reference,
        contact=entry.contact,
    ), entities


def items_of(items: tuple[ItemEntry, ...]) -> tuple[DeniedItem, ...]:
    """Return items as they are signed."""
    return tuple(DeniedItem(**{name: getattr(one, name) for name in DeniedItem.__struct_fields__}) for one in items)


def country(said: str, where: str) -> str:
    """Return a country's alpha-2 code, given that or a name; raises InvalidInput."""
    code = country_code(said)
    if not code:
        raise InvalidInput(f"{said[:60]!r} is no country", where=where, advice="Use an alpha-2 code such as cn")
    return code


def as_application(items: tuple[ItemEntry, ...], *, exporter: str, destination: str, on: date) -> Application:
    """Return items as an application, so that codes, units and the destination are checked as there.

    Raises:
        InvalidInput: a number is none.
    """
    made = tuple(
        Item(
            id=f"item-{at}",
            description=one.description,
            quantity=_measure(one.quantity, f"items[{at}].quantity"),
            eccn=one.eccn,
            eu_code=one.eu_code,
            national_codes=one.national_codes,
            hs=one.hs,
            parameters=tuple(
                Parameter(name=told.name, value=_number(told.value, f"items[{at}].parameters"), unit=told.unit)
                for told in one.parameters
            ),
        )
        for at, one in enumerate(items)
    )
    nobody = ShipmentParty(id="party", name="somebody", roles=(END_USER,), country=destination)
    return Application(
        id="", exporter=exporter, destination=destination, items=made, parties=(nobody,), end_use=EndUse(), on=on
    )


def asking_of(application: Application, *, text: str, marking: Marking) -> Asking:
    """Return the question about an application that is there already, with its exact numbers."""
    return Asking(
        reference=application.id,
        text=text,
        marking=marking,
        items=tuple(_entry(one) for one in application.items),
        parties=tuple(_party(one) for one in application.parties if _roles(one)),
        destination=application.destination,
    )


def _entry(item: Item) -> ItemEntry:
    return ItemEntry(
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


def _party(party: ShipmentParty) -> PartyEntry:
    return PartyEntry(
        name=party.name,
        roles=_roles(party),
        country=party.country,
        addresses=party.addresses,
        identifiers=party.identifiers,
    )


def _roles(party: ShipmentParty) -> tuple[str, ...]:
    named = {"end user": END_USER, "consignee": CONSIGNEE, "intermediate consignee": CONSIGNEE}
    return tuple(dict.fromkeys(named[role] for role in party.roles if role in named))


def _measure(amount: Amount | None, where: str) -> Measure:
    if amount is None:
        return Measure(value=Decimal(1), unit="pieces")
    return Measure(value=_number(amount.value, where), unit=amount.unit)


def _number(text: str, where: str) -> Decimal:
    number = exact(text)
    if number is None:
        raise InvalidInput(f"{text[:40]!r} is no number", where=where, advice='Write a number as text, such as "0.9"')
    return number
