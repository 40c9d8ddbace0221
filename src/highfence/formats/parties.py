# SPDX-License-Identifier: Apache-2.0
"""Parties: the rows of a table as entities, and what is wrong with rows that are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from highfence.errors import InvalidEntity
from highfence.formats.headings import Columns
from highfence.formats.tabular import Fault, Grid, Row
from highfence.model.country import country_code
from highfence.model.entity import Entity
from highfence.model.identifier import parse
from highfence.model.schema import schema

#: The schema of a party of which nobody says what it is: it is looked for among everything.
ANY_SCHEMA = "Thing"
_PROPERTIES = {
    "name": "name",
    "alias": "alias",
    "address": "address",
    "lei": "leiCode",
    "inn": "innCode",
    "ogrn": "ogrnCode",
    "uscc": "uscCode",
    "vat": "vatCode",
    "tax": "taxNumber",
    "registration": "registrationNumber",
    "imo": "imoNumber",
    "birth_date": "birthDate",
}
#: Columns whose numbers have check digits or a form, and the kinds of identifier that may stand in them.
_CHECKED = {
    "lei": ("lei",),
    "inn": ("inn",),
    "ogrn": ("ogrn",),
    "uscc": ("uscc",),
    "vat": ("vat", "inn"),
    "imo": ("imo", "imo-company"),
}
_SCHEMA_ADVICE = "Use Company, Person or Vessel, or leave it empty"
#: Where a number may stand whose kind nobody says: what fits one of these is read as that.
_NUMBERS = ("registrationNumber", "taxNumber", "leiCode", "imoNumber")
_SEPARATED = re.compile(r"\s*[;|\n]\s*")
_WORDED = re.compile(r"[^\W\d_]{3,}")
_SCHEMATA = {
    "company": "Company",
    "organisation": "Organization",
    "organization": "Organization",
    "entity": "LegalEntity",
    "legal entity": "LegalEntity",
    "person": "Person",
    "individual": "Person",
    "natural person": "Person",
    "vessel": "Vessel",
    "ship": "Vessel",
    "aircraft": "Airplane",
    "airplane": "Airplane",
    "public body": "PublicBody",
}


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """One row: its number, the entity it makes, and what is wrong with it; `refused` if it makes none to look for."""

    row: int
    entity: Entity
    faults: tuple[Fault, ...] = ()
    refused: bool = False


def parties_of(grid: Grid, columns: Columns) -> Iterator[Party]:
    """Yield a party for each row of a table, in its order.

    A row with a schema that does not exist is refused; a country that nobody knows is told and left out.
    """
    for row in grid.rows:
        yield _party(row, columns)


def _party(row: Row, columns: Columns) -> Party:
    faults = list(_odd_numbers(row, columns))
    entity_id = " ".join(_cells(row, columns, "id")) or f"row-{row.number}"
    name, unknown = _schema(row, columns)
    properties: dict[str, list[str]] = {}
    for field, prop in _PROPERTIES.items():
        for cell in _cells(row, columns, field):
            values = [cell] if field == "name" else filter(None, _SEPARATED.split(cell))
            properties.setdefault(prop, []).extend(values)
    for cell in _cells(row, columns, "country"):
        if code := country_code(cell):
            properties.setdefault("country", []).append(code)
        else:
            what = f"there is no country {cell[:40]!r}; it is left out"
            advice = "Use a two-letter code or an English name"
            faults.append(_fault(row, columns, field="country", what=what, advice=advice, taken=True))
    for cell in _cells(row, columns, "identifiers"):
        for number in filter(None, _SEPARATED.split(cell)):
            for prop in ("idNumber",) if _WORDED.search(number) else _NUMBERS:
                properties.setdefault(prop, []).append(number)
    unique = {prop: tuple(dict.fromkeys(values)) for prop, values in properties.items()}
    entity = Entity(id=entity_id[:200], schema=name, properties=unique)
    if unknown:
        faults.append(_fault(row, columns, field="schema", what=unknown, advice=_SCHEMA_ADVICE, taken=False))
    return Party(row=row.number, entity=entity, faults=tuple(faults), refused=bool(unknown))


def _cells(row: Row, columns: Columns, field: str) -> list[str]:
    return [row.cells[at] for at in columns.places.get(field, ()) if row.cells[at]]


def _schema(row: Row, columns: Columns) -> tuple[str, str]:
    """Return the schema that a row names, in FollowTheMoney's word or a common one, and what is wrong with it."""
    word = "".join(_cells(row, columns, "schema"))
    if not word or word == ANY_SCHEMA:
        return ANY_SCHEMA, ""
    if common := _SCHEMATA.get(word.casefold()):
        return common, ""
    try:
        return schema(word).name, ""
    except InvalidEntity as error:
        return ANY_SCHEMA, error.what


def _odd_numbers(row: Row, columns: Columns) -> Iterator[Fault]:
    """Tell which numbers are not what their column says: they are not compared, so nobody should rely on them."""
    for field, kinds in _CHECKED.items():
        for cell in _cells(row, columns, field):
            for value in filter(None, _SEPARATED.split(cell)):
                if not any(parse(kind, value) for kind in kinds):
                    what = f"{value[:40]!r} is no {field.upper()} number and is not compared"
                    advice = "Check its digits; a spreadsheet may have dropped leading zeros"
                    yield _fault(row, columns, field=field, what=what, advice=advice, taken=True)


def _fault(row: Row, columns: Columns, **said: Any) -> Fault:
    """Return a fault in the column of `field`; the rest as in `Fault`."""
    heading = columns.headings[columns.places[said.pop("field")][0]]
    return Fault(row=row.number, column=heading, **said)
