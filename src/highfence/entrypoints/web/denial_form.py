# SPDX-License-Identifier: Apache-2.0
"""Denial form: the fields of the page as a denial to be entered, and what is wrong with which field. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from highfence.entrypoints.denial_entry import CONSIGNEE, END_USER, DenialEntry, ItemEntry, PartyEntry
from highfence.errors import InvalidInput
from highfence.model.denial import Amount, Characteristic
from highfence.model.marking import Marking

FIELDS = (
    "description",
    "eccn",
    "eu_code",
    "hs",
    "parameters",
    "quantity",
    "unit",
    "end_user",
    "end_user_country",
    "consignee",
    "consignee_country",
    "destination",
    "regime",
    "reason",
    "denied",
    "catch_all",
    "reference",
    "contact",
    "text",
    "legal_basis",
    "tlp",
    "classification",
    "pointer_classification",
)
#: Fields that are named otherwise in what is handed in.
_NAMED = {"parties": "end_user", "items": "description", "end_users": "end_user", "marking": "classification"}
_PARTS = re.compile(r"[a-z_]+")
_PARAMETER = re.compile(r"\s*([^=]+?)\s*=\s*(\S+)\s+(\S+)\s*\Z")


class DenialForm(msgspec.Struct, frozen=True, kw_only=True):
    """The form: its fields as they were filled in, to whom it goes, and the denial or what is wrong with a field."""

    fields: dict[str, str]
    share: tuple[str, ...] = ()
    point: tuple[str, ...] = ()
    entry: DenialEntry | None = None
    wrong: dict[str, str] = msgspec.field(default_factory=dict)


def empty_denial(today: date) -> DenialForm:
    """Return the form before anybody has filled it in."""
    given = {
        "denied": today.isoformat(),
        "regime": "eu",
        "unit": "pieces",
        "tlp": "AMBER",
        "classification": "RESTRICTED",
        "pointer_classification": "SENSITIVE",
    }
    return DenialForm(fields=dict.fromkeys(FIELDS, "") | given)


def read_denial_form(form: Mapping[str, object], *, share: Sequence[str], point: Sequence[str]) -> DenialForm:
    """Read the form; `share` are the authorities that get the denial, `point` those that get its pointer only."""
    fields = {name: value.strip() if isinstance(value := form.get(name), str) else "" for name in FIELDS}
    read = DenialForm(fields=fields, share=tuple(share), point=tuple(point))
    try:
        return msgspec.structs.replace(read, entry=_entry(read))
    except InvalidInput as error:
        return wrong_denial(read, error)


def wrong_denial(form: DenialForm, error: InvalidInput) -> DenialForm:
    """Return the form with what is wrong beside the field that it is about."""
    return msgspec.structs.replace(form, entry=None, wrong={field_of(error.where): f"{error.what}. {error.advice}"})


def field_of(where: str) -> str:
    """Return the form's field for a place in what is handed in.

    >>> field_of("items[0].quantity.value"), field_of("denial.regime"), field_of("elsewhere")
    ('quantity', 'regime', 'description')
    """
    for part in reversed(_PARTS.findall(where)):
        name: str = _NAMED.get(part, part)
        if name in FIELDS:
            return name
    return "description"


def _entry(form: DenialForm) -> DenialEntry:
    fields = form.fields
    return DenialEntry(
        items=(_item(fields),),
        parties=tuple(_parties(fields)),
        destination=fields["destination"],
        regime=fields["regime"],
        reason=fields["reason"],
        denied=_day(fields["denied"]),
        catch_all=bool(fields["catch_all"]),
        reference=fields["reference"],
        contact=fields["contact"],
        text=fields["text"],
        legal_basis=fields["legal_basis"],
        marking=_marking(fields["classification"], fields["tlp"], form.share),
        pointer=_marking(fields["pointer_classification"], fields["tlp"], form.point) if form.point else None,
    )


def _item(fields: Mapping[str, str]) -> ItemEntry:
    return ItemEntry(
        description=fields["description"],
        eccn=fields["eccn"],
        eu_code=fields["eu_code"],
        hs=fields["hs"],
        parameters=tuple(_parameter(line) for line in fields["parameters"].splitlines() if line.strip()),
        quantity=Amount(value=fields["quantity"], unit=fields["unit"]) if fields["quantity"] else None,
    )


def _parameter(line: str) -> Characteristic:
    """Read a line such as `wavelength = 1064 nm`."""
    found = _PARAMETER.match(line)
    if found is None:
        raise InvalidInput(
            f"{line.strip()[:60]!r} is no parameter",
            where="parameters",
            advice="Write lines such as wavelength = 1064 nm",
        )
    return Characteristic(name=found[1], value=found[2], unit=found[3])


def _parties(fields: Mapping[str, str]) -> list[PartyEntry]:
    """Return the parties; one who is end user and consignee at once is one party with both roles."""
    user, agent = (fields["end_user"], fields["end_user_country"]), (fields["consignee"], fields["consignee_country"])
    if user[0] and user == agent:
        return [PartyEntry(name=user[0], country=user[1], roles=(END_USER, CONSIGNEE))]
    named = ((user, END_USER), (agent, CONSIGNEE))
    return [PartyEntry(name=name, country=country, roles=(role,)) for (name, country), role in named if name]


def _marking(classification: str, tlp: str, readers: tuple[str, ...]) -> Marking:
    return Marking(
        tlp=tlp,
        classification=classification,
        releasable_to=readers,
        disclosure="release",
        purposes=("export-control",),
        pap="AMBER",
        reliability="A",
        credibility=1,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"{text[:40]!r} is no day", where="denied", advice="Write it like 2026-11-24") from error
