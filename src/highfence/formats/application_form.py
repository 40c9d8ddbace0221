# SPDX-License-Identifier: Apache-2.0
"""Application form: the fields of an application document, what each may hold, and what to say when it does not."""

from __future__ import annotations

from typing import Any

import msgspec

from highfence.errors import InvalidInput
from highfence.model.application import INFORMED, ROLES

#: Longest text of a field; a description or an address is shorter.
_TEXT_MOST = 2_000
_MANY_MOST = 1_000


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A field: `kind` is text, texts, list, number, flag, flags or object; `form` tells people what to write."""

    kind: str
    form: str
    needed: bool = False
    choices: tuple[str, ...] = ()
    below: Form | None = None


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of an object by name; `what` is what the object is called."""

    what: str
    fields: dict[str, Field]

    def advice(self, name: str) -> str:
        """Return what to write into a field."""
        return self.fields[name].form

    def below(self, name: str) -> Form:
        """Return the form of an object inside."""
        found = self.fields[name].below
        assert found is not None  # noqa: S101 - the forms below are constants
        return found

    def choose(self, name: str, said: str, where: str) -> str:
        """Return a word if the field may hold it; raises InvalidInput otherwise."""
        if said not in self.fields[name].choices:
            raise InvalidInput(f"{said[:40]!r} is not known", where=f"{where}.{name}", advice=self.advice(name))
        return said

    def fill(self, said: object, where: str) -> dict[str, Any]:
        """Return the value of every field, empty or None for one that is not given.

        Raises:
            InvalidInput: it is no object, a field is unknown, a needed one is missing, or one is of another kind.
        """
        place = f"{where.rstrip('.')}." if where and not where.endswith(": ") else where
        if not isinstance(said, dict):
            raise InvalidInput(
                f"{self.what} is no object", where=where.rstrip(": "), advice=f"Give {', '.join(self.fields)}"
            )
        for name in said:
            if name not in self.fields:
                raise InvalidInput(
                    f"{self.what} has no field {str(name)[:40]!r}",
                    where=f"{place}{str(name)[:40]}",
                    advice=f"Use {', '.join(self.fields)}",
                )
        return {name: self._value(name, said, place) for name in self.fields}

    def _value(self, name: str, said: dict[str, Any], place: str) -> Any:
        field = self.fields[name]
        value = said.get(name)
        if value is None or (field.needed and isinstance(value, str) and not value.strip()):
            if field.needed:
                raise InvalidInput(f"{self.what} has no {name}", where=f"{place}{name}", advice=field.form)
            return _EMPTY[field.kind]()
        if not _IS[field.kind](value):
            raise InvalidInput(f"{name} is not in its form", where=f"{place}{name}", advice=field.form)
        return value


_EMPTY: dict[str, Any] = {
    "text": str,
    "texts": list,
    "list": list,
    "flags": dict,
    "number": lambda: None,
    "flag": lambda: None,
    "object": lambda: None,
}


def _text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _TEXT_MOST


_IS: dict[str, Any] = {
    "text": _text,
    "texts": lambda value: isinstance(value, list) and len(value) <= _MANY_MOST and all(_text(one) for one in value),
    "list": lambda value: isinstance(value, list) and len(value) <= _MANY_MOST,
    "flags": lambda value: isinstance(value, dict) and all(isinstance(one, bool) for one in value.values()),
    "number": lambda value: not isinstance(value, bool),
    "flag": lambda value: isinstance(value, bool),
    "object": lambda _value: True,  # its own form looks at it
}


def _field(kind: str, form: str, **more: Any) -> Field:
    return Field(kind=kind, form=form, **more)


_COUNTRY = "Use an ISO 3166-1 alpha-2 code such as de, or a country's name"
_DAY = "Write a day such as 2026-11-24"
_MEASURE = Form(
    what="the quantity",
    fields={
        "value": _field("number", "Write a number such as 3", needed=True),
        "unit": _field("text", "Write the unit, such as kg or pieces", needed=True),
    },
)
_PARAMETER = Form(
    what="the parameter",
    fields={
        "name": _field("text", "Name it, such as wavelength", needed=True),
        "value": _field("number", "Write a number such as 193", needed=True),
        "unit": _field("text", "Write its unit, such as nm; 1 for a bare number", needed=True),
    },
)
_MONEY = Form(
    what="the value",
    fields={
        "amount": _field("number", "Write a number such as 12000", needed=True),
        "currency": _field("text", "Write the currency, such as EUR", needed=True),
    },
)
ITEM = Form(
    what="the item",
    fields={
        "id": _field("text", "Write a short id"),
        "description": _field("text", "Describe the item in some words", needed=True),
        "eccn": _field("text", "Write the ECCN with its paragraph, such as 3B001.f.1, or EAR99"),
        "eu_code": _field("text", "Write the code of Annex I with its paragraph, such as 2B001.b.2, or none"),
        "national_codes": _field("texts", 'Write codes of national lists, such as ["nl:3B001.l"]'),
        "hs": _field("text", "Write 6 to 10 digits of the Harmonised System, such as 854231"),
        "parameters": _field("list", 'Write a list of {"name", "value", "unit"}', below=_PARAMETER),
        "quantity": _field("object", 'Write {"value": 3, "unit": "pieces"}', needed=True, below=_MEASURE),
        "value": _field("object", 'Write {"amount": 12000, "currency": "EUR"}', below=_MONEY),
        "origin": _field("text", _COUNTRY),
        "us_content": _field("number", "Write controlled American content in percent of the value"),
        "us_technology": _field("flag", "Write true, false, or leave it out if not known"),
        "advanced_node": _field("flag", "Write true, false, or leave it out if not known"),
        "military": _field("flag", "Write true, false, or leave it out if not known"),
    },
)
_SHARE = Form(
    what="the share",
    fields={
        "min": _field("number", "Write percents such as 10", needed=True),
        "max": _field("number", "Write percents such as 25", needed=True),
    },
)
OWNER = Form(
    what="the owner",
    fields={
        "id": _field("text", "Write a short id"),
        "name": _field("text", "Name the owner", needed=True),
        "country": _field("text", _COUNTRY),
        "share": _field("object", 'Write percents such as 35, or {"min": 10, "max": 25}', below=_SHARE),
        "control": _field("flag", "Write true or false"),
        "identifiers": _field("texts", "Write a list of registration numbers"),
        "from": _field("text", _DAY),
        "to": _field("text", _DAY),
        "owners": _field("list", "Write a list of owners"),
    },
)
PARTY = Form(
    what="the party",
    fields={
        "id": _field("text", "Write a short id"),
        "name": _field("text", "Write the party's whole name", needed=True),
        "role": _field("text", f"Write one of {', '.join(ROLES)}", choices=ROLES),
        "roles": _field("texts", f"Write a list of {', '.join(ROLES)}", choices=ROLES),
        "country": _field("text", _COUNTRY, needed=True),
        "addresses": _field("texts", "Write a list of addresses"),
        "identifiers": _field("texts", "Write a list of registration numbers"),
        "incorporated": _field("text", _DAY),
        "trading_since": _field("text", _DAY),
        "changed": _field("text", _DAY),
        "nationalities": _field("texts", _COUNTRY),
        "owners": _field("list", "Write a list of owners"),
        "judged": _field("flags", 'Write {"id of the listed entity": true or false}'),
    },
)
_END_USE = Form(
    what="the end use",
    fields={
        "text": _field("text", "Say in some words what it is for"),
        **{
            name: _field("flag", "Write true, false, or leave it out if not known")
            for name in (
                "military",
                "military_parts",
                "weapons_of_mass_destruction",
                "cyber_surveillance",
                "advanced_chips",
            )
        },
        "informed": _field("texts", f"Write a list of {', '.join(INFORMED)}", choices=INFORMED),
    },
)
SHIPMENT = Form(
    what="the application",
    fields={
        "id": _field("text", "Write a short id"),
        "exporter": _field("text", _COUNTRY, needed=True),
        "destination": _field("text", _COUNTRY, needed=True),
        "items": _field("list", "Write a list of items", needed=True),
        "parties": _field("list", "Write a list of parties", needed=True),
        "end_use": _field("object", "Say what it is for", needed=True, below=_END_USE),
        "date": _field("text", _DAY),
    },
)
