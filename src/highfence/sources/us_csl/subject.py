# SPDX-License-Identifier: Apache-2.0
"""Subject: who a row of the Consolidated Screening List is about, as FollowTheMoney entities."""

from __future__ import annotations

import re

from highfence.model.country import country_code
from highfence.model.entity import Entity
from highfence.model.schema import check, schema
from highfence.sources.dates import read_date
from highfence.sources.us_csl.identifiers import Identifiers
from highfence.sources.us_csl.keys import plain_name
from highfence.sources.us_csl.lists import CslList

#: Addresses as printed and the countries they lie in.
Places = tuple[tuple[str, ...], tuple[str, ...]]

_SCHEMAS = {"Individual": "Person", "Vessel": "Vessel", "Aircraft": "Airplane"}
#: Legal forms that make a name a company's. Short ones that are also family names ("Ao", "As") are not among them.
_COMPANY = re.compile(
    r"\b(?:co|company|ltd|limited|llc|l l c|llp|inc|incorporated|corp|corporation|gmbh|gesmbh|aktiengesellschaft|plc"
    r"|jsc|pjsc|ojsc|cjsc|joint stock|ooo|oao|zao|pao|d o o|doo|kft|srl|s r l|sarl|s a r l|s p a|s a s|societe anonyme"
    r"|s a de c v|sa de cv|sociedad anonima|ltda|b v|n v|fze|fzco|fzc|fz llc|sdn bhd|bhd|pte|pty|pvt|sirketi|anonim)\b"
)
#: The Entity List names addresses no company stands for `Address 01`, since June 2024 (89 FR 51653).
_ADDRESS_ONLY = re.compile(r"^address\s*(?:no\.?|#)?\s*\d+\b", re.IGNORECASE)
#: Properties only a company has in FollowTheMoney.
_COMPANY_ONLY = frozenset(("bikCode", "ticker", "isin", "imoNumber"))
_LEADING_AND = re.compile(r"^and\s+", re.IGNORECASE)

_Properties = dict[str, list[str]]


def entities(
    values: dict[str, str], *, kind: CslList, places: Places, identifiers: Identifiers, subject: str
) -> tuple[tuple[Entity, ...], int]:
    """Return the subject and, behind it, its securities and a vessel's owner; and how many dates could not be read.

    Raises:
        InvalidEntity: never for a row of text; it would be a fault of this module.
    """
    of = _schema(values, identifiers)
    properties, unread = _properties(values, kind=kind, places=places, of=of)
    for prop, found in identifiers.properties.items():
        if fits := _fitting(prop, of):
            properties.setdefault(fits, []).extend(found)
    first = check(Entity(id=subject, schema=of, properties=_said(properties)))
    return (first, *_securities(first, identifiers), *_owner(first, values["vessel_owner"])), unread


def _schema(values: dict[str, str], identifiers: Identifiers) -> str:
    if known := _SCHEMAS.get(values["type"]):
        return known
    name = values["name"]
    if _ADDRESS_ONLY.match(name):
        return "Address"
    if not _COMPANY_ONLY.isdisjoint(identifiers.properties) or _COMPANY.search(plain_name(name)):
        return "Company"
    return "LegalEntity"


def _properties(values: dict[str, str], *, kind: CslList, places: Places, of: str) -> tuple[_Properties, int]:
    addresses, countries = places
    properties: _Properties = {
        "name": [values["name"]],
        "country": list(countries),
        "full" if of == "Address" else "address": list(addresses),
        "topics": list(kind.topics),
        "sourceUrl": [values["source_information_url"]],
    }
    if values["alt_names"]:
        properties["alias"] = [_LEADING_AND.sub("", name.strip()) for name in values["alt_names"].split("; ")]
    if of == "Person":
        return properties, _person(values, properties)
    if kind.code != "DPL" and not values["remarks"].startswith("For more information"):
        # The Denied Persons List's remarks are its editors' log, OFAC's often a mere link.
        properties["notes"] = [values["remarks"]]
    if of == "Vessel":
        properties["callSign"] = [values["call_sign"]]
        properties["type"] = [values["vessel_type"]]
        properties["tonnage"] = [values["gross_tonnage"]]
        properties["grossRegisteredTonnage"] = [values["gross_registered_tonnage"]]
        properties["flag"] = [country_code(values["vessel_flag"])]
    return properties, 0


def _person(values: dict[str, str], properties: _Properties) -> int:
    """Add what identifies a person and no more: remarks about kin, custody or offices stay out. Count unread dates."""
    last, comma, first = values["name"].partition(", ")
    if comma and "," not in first:
        properties["lastName"], properties["firstName"] = [last], [first]
    properties["position"] = [values["title"]]
    properties["nationality"] = [country_code(text) for text in values["nationalities"].split("; ")]
    properties["citizenship"] = [country_code(text) for text in values["citizenships"].split("; ")]
    properties["birthPlace"] = values["places_of_birth"].split("; ")
    printed = [text for text in values["dates_of_birth"].split("; ") if text]
    properties["birthDate"] = [read_date(text) for text in printed]
    return sum(1 for text in printed if not read_date(text))


def _fitting(prop: str, of: str) -> str:
    """Return the property under which a schema can hold an identifier, or '' if it has no place for it."""
    known = schema(of).properties
    if prop in ("isin", "ticker"):
        return ""
    return (
        prop if prop in known else next((other for other in ("registrationNumber", "idNumber") if other in known), "")
    )


def _securities(issuer: Entity, identifiers: Identifiers) -> tuple[Entity, ...]:
    """Return the securities of a company: one for each ISIN, and one for each ticker."""
    found = [("isin", value) for value in identifiers.properties.get("isin", ())]
    found += (("ticker", value) for value in identifiers.properties.get("ticker", ()))
    return tuple(_security(prop, value, issuer=issuer.id) for prop, value in dict.fromkeys(found))


def _security(prop: str, value: str, *, issuer: str) -> Entity:
    printed = {"isin": "ISIN", "ticker": "Ticker"}[prop]
    properties: dict[str, tuple[str, ...]] = {"name": (f"{printed} {value}",), prop: (value,), "issuer": (issuer,)}
    suffix = plain_name(value).replace(" ", "-")
    return check(Entity(id=f"{issuer}-{prop}-{suffix}", schema="Security", properties=properties))


def _owner(vessel: Entity, name: str) -> tuple[Entity, ...]:
    """Return a vessel's owner and the link between them; the list prints no share."""
    if not name or vessel.schema != "Vessel":
        return ()
    owner = Entity(id=f"{vessel.id}-owner", schema="LegalEntity", properties={"name": (name,)})
    link: dict[str, tuple[str, ...]] = {"owner": (owner.id,), "asset": (vessel.id,), "role": ("vessel owner",)}
    return owner, Entity(id=f"{vessel.id}-owned", schema="Ownership", properties=link)


def _said(properties: _Properties) -> dict[str, tuple[str, ...]]:
    """Return the properties that say something, each value once."""
    said: dict[str, tuple[str, ...]] = {}
    for prop, values in properties.items():
        kept = tuple(dict.fromkeys(value.strip() for value in values if value and not value.isspace()))
        if kept:
            said[prop] = kept
    return said
