# SPDX-License-Identifier: Apache-2.0
"""Licence form: the fields of the page as an application, and what is wrong with which field. Pure.

The page has some rows for items and parties. A row that is left empty is none; one that is begun must be complete.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from highfence.errors import InvalidInput
from highfence.formats.application import application_of
from highfence.model.application import INFORMED, ROLES, Application

_PARAMETER = re.compile(r"\s*([^=]+?)\s*=\s*(\S+)\s+(\S+)\s*\Z")
ITEM_ROWS = 3
PARTY_ROWS = 5
ITEM_FIELDS = (
    "description",
    "eccn",
    "eu_code",
    "hs",
    "quantity",
    "unit",
    "amount",
    "currency",
    "parameters",
    "origin",
    "us_content",
    "us_technology",
    "advanced_node",
    "military",
)
#: Questions on an item, answered by yes, no or not at all.
ITEM_QUESTIONS = ("us_technology", "advanced_node", "military")
PARTY_FIELDS = ("name", "role", "country", "address", "identifiers", "incorporated", "owner", "share")
#: Questions of the form on the end use, by their fields.
QUESTIONS = {
    "military": "Is it for a military end use?",
    "military_parts": "Is it for parts of military items that left without authorisation?",
    "weapons_of_mass_destruction": "Is it for weapons of mass destruction or their missiles?",
    "cyber_surveillance": "Is it for surveillance with repression or violations of human rights?",
    "advanced_chips": "Is it to make advanced-node chips or supercomputers?",
}
ANSWERS = {"yes": True, "no": False}
_PLACE = re.compile(r"(items|parties)\[(\d+)\]\.?([a-z_]*)(?:\[\d+\])?\.?([a-z_]*)")


class LicenceForm(msgspec.Struct, frozen=True, kw_only=True):
    """A form as it was filled in, the application it makes, and what is wrong by field."""

    fields: dict[str, str]
    application: Application | None = None
    wrong: dict[str, str] = msgspec.field(default_factory=dict)


def empty_form(today: date) -> LicenceForm:
    """Return the form before anybody has filled it in."""
    fields = dict.fromkeys(_names(), "")
    return LicenceForm(fields=fields | {"date": today.isoformat(), "unit-0": "pieces"})


def read_licence_form(form: Mapping[str, object], *, today: date) -> LicenceForm:
    """Read a form; what cannot be used is told by field and nothing is left out in silence."""
    fields = {name: value.strip() if isinstance(value := form.get(name), str) else "" for name in _names()}
    rows: dict[str, list[int]] = {"items": [], "parties": []}
    try:
        said = _said(fields, rows)
        return LicenceForm(fields=fields, application=application_of(said, today=today))
    except InvalidInput as error:
        return LicenceForm(fields=fields, wrong={field_of(error.where, rows): f"{error.what}. {error.advice}"})


def refused(form: LicenceForm, error: InvalidInput) -> LicenceForm:
    """Return the form with what a later check has found."""
    rows = {
        "items": [at for at in range(ITEM_ROWS) if form.fields[f"description-{at}"]],
        "parties": [at for at in range(PARTY_ROWS) if form.fields[f"name-{at}"]],
    }
    return msgspec.structs.replace(form, wrong={field_of(error.where, rows): f"{error.what}. {error.advice}"})


def field_of(where: str, rows: Mapping[str, list[int]]) -> str:
    """Return the form's field for a place in an application.

    >>> field_of("items[1].quantity.value", {"items": [0, 2]}), field_of("destination", {})
    ('quantity-2', 'destination')
    """
    found = _PLACE.match(where)
    if found is None:
        return where if where in _names() else "exporter"
    kind, number, name, below = found.groups()
    row = rows.get(kind, [])
    at = row[int(number)] if int(number) < len(row) else 0
    if kind == "items":
        chosen = {"quantity": "unit" if below == "unit" else "quantity", "value": "amount"}.get(name, name)
        return f"{chosen if chosen in ITEM_FIELDS else 'description'}-{at}"
    chosen = {"roles": "role", "addresses": "address", "owners": "share" if below == "share" else "owner"}.get(
        name, name
    )
    return f"{chosen if chosen in PARTY_FIELDS else 'name'}-{at}"


def _names() -> tuple[str, ...]:
    return (
        "id",
        "exporter",
        "destination",
        "date",
        "end_use",
        *QUESTIONS,
        *(f"informed-{one}" for one in INFORMED),
        *(f"{name}-{at}" for at in range(ITEM_ROWS) for name in ITEM_FIELDS),
        *(f"{name}-{at}" for at in range(PARTY_ROWS) for name in PARTY_FIELDS),
    )


def _said(fields: Mapping[str, str], rows: dict[str, list[int]]) -> dict[str, Any]:
    """Return the form as an application document; `rows` takes the rows that are filled in."""
    said: dict[str, Any] = {name: fields[name] for name in ("id", "exporter", "destination", "date") if fields[name]}
    said["end_use"] = {
        "text": fields["end_use"],
        "informed": [one for one in INFORMED if fields[f"informed-{one}"]],
        **{name: ANSWERS[fields[name]] for name in QUESTIONS if fields[name] in ANSWERS},
    }
    for at in range(ITEM_ROWS):
        if any(fields[f"{name}-{at}"] for name in ITEM_FIELDS if name not in ("unit", "currency")):
            rows["items"].append(at)
    for at in range(PARTY_ROWS):
        if any(fields[f"{name}-{at}"] for name in PARTY_FIELDS if name != "role"):
            rows["parties"].append(at)
    said["items"] = [_item(fields, at) for at in rows["items"]]
    said["parties"] = [_party(fields, at) for at in rows["parties"]]
    return said


def _item(fields: Mapping[str, str], at: int) -> dict[str, Any]:
    item: dict[str, Any] = {
        name: fields[f"{name}-{at}"]
        for name in ("description", "eccn", "eu_code", "hs", "origin")
        if fields[f"{name}-{at}"]
    }
    item |= {name: ANSWERS[said] for name in ITEM_QUESTIONS if (said := fields[f"{name}-{at}"]) in ANSWERS}
    if fields[f"us_content-{at}"]:
        item["us_content"] = _number(fields[f"us_content-{at}"], f"items[{at}].us_content")
    item["id"] = f"item {at + 1}"
    item["quantity"] = {
        "value": _number(fields[f"quantity-{at}"], f"items[{at}].quantity"),
        "unit": fields[f"unit-{at}"] or None,
    }
    if fields[f"parameters-{at}"]:
        where = f"items[{at}].parameters"
        item["parameters"] = [_parameter(one, where) for one in fields[f"parameters-{at}"].split(";") if one.strip()]
    if fields[f"amount-{at}"]:
        amount = _number(fields[f"amount-{at}"], f"items[{at}].value")
        item["value"] = {"amount": amount, "currency": fields[f"currency-{at}"].upper() or None}
    return item


def _parameter(text: str, where: str) -> dict[str, Any]:
    """Read a technical parameter such as `wavelength = 1064 nm`."""
    found = _PARAMETER.match(text)
    if found is None:
        advice = "Write each as wavelength = 1064 nm, and a semicolon between two"
        raise InvalidInput(f"{text.strip()[:60]!r} is no parameter", where=where, advice=advice)
    return {"name": found[1], "value": _number(found[2], where), "unit": found[3]}


def _party(fields: Mapping[str, str], at: int) -> dict[str, Any]:
    party: dict[str, Any] = {
        name: fields[f"{name}-{at}"] for name in ("name", "country", "incorporated") if fields[f"{name}-{at}"]
    }
    party["id"] = f"party {at + 1}"
    party["roles"] = [fields[f"role-{at}"]] if fields[f"role-{at}"] in ROLES else []
    if fields[f"address-{at}"]:
        party["addresses"] = [fields[f"address-{at}"]]
    if fields[f"identifiers-{at}"]:
        party["identifiers"] = [one.strip() for one in fields[f"identifiers-{at}"].split(";") if one.strip()]
    if fields[f"owner-{at}"]:
        owner: dict[str, Any] = {"name": fields[f"owner-{at}"], "id": f"owner of party {at + 1}"}
        if fields[f"share-{at}"]:
            owner["share"] = _number(fields[f"share-{at}"], f"parties[{at}].owners[0].share")
        party["owners"] = [owner]
    return party


def _number(text: str, where: str) -> Decimal | None:
    if not text:
        return None
    try:
        return Decimal(text.replace(" ", "").replace(",", "."))
    except InvalidOperation as error:
        raise InvalidInput(f"{text[:40]!r} is no number", where=where, advice="Write a number such as 3") from error
