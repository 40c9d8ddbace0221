# SPDX-License-Identifier: Apache-2.0
"""Case table: applications for licences as CSV. Pure.

One row holds an application with an item and a party; further rows with its `id` hold further items and parties. What
is said of the application itself stands in its first row; a later row leaves it empty or says the same.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from highfence.errors import InvalidDocument, InvalidInput
from highfence.formats.case_document import CaseFile, Wrong, collect, require_size
from highfence.formats.tabular import Row, read_csv

_FLAGS = {"yes": True, "true": True, "no": False, "false": False}
_QUESTIONS = (
    "military",
    "military_parts",
    "weapons_of_mass_destruction",
    "cyber_surveillance",
    "advanced_chips",
)
#: Columns of the application, of its items, of its parties.
APPLICATION = (
    "id",
    "applicant",
    "received",
    "exporter",
    "destination",
    "date",
    "end_use",
    *_QUESTIONS,
    "informed",
    "confidential",
    "determination",
    "legal_basis",
)
ITEM = (
    "item",
    "description",
    "eccn",
    "eu_code",
    "national_codes",
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
    "item_military",
)
PARTY = ("party", "name", "roles", "country", "addresses", "identifiers", "incorporated", "owner", "share")
COLUMNS = (*APPLICATION, *ITEM, *PARTY)
_PARAMETER = re.compile(r"\s*(?P<name>[^=]+?)\s*=\s*(?P<value>-?\d+(?:\.\d+)?)\s*(?P<unit>\S.*?)\s*")
_PLACE = re.compile(r"(items|parties)\[(\d+)\]\.?([a-z_]*)(?:\[\d+\])?\.?([a-z_]*)")
#: Fields of the document that stand in a column of another name.
_ITEM_COLUMNS = {"id": "item", "military": "item_military", "value": "amount"}
_PARTY_COLUMNS = {"id": "party", "role": "roles", "owners": "owner", "": "name"}


def read_case_table(data: bytes, *, today: date, encoding: str = "") -> CaseFile:
    """Read applications from CSV; rows count as an editor counts lines.

    Raises:
        InvalidDocument: it is no table, or has a column that is not known or lacks one that is needed.
    """
    require_size(data)
    grid = read_csv(data, encoding=encoding)
    names = _columns(grid.headings)
    wrong = [Wrong(row=one.row, field=one.column, what=one.what, advice=one.advice) for one in grid.faults]
    groups: dict[tuple[str, str], _Rows] = {}
    for row in grid.rows:
        cells = dict(zip(names, row.cells, strict=True))
        if not cells.get("id"):
            wrong.append(
                Wrong(row=row.number, field="id", what="the row has no id", advice="Give the application's id")
            )
            continue
        key = _key(groups, cells)
        groups.setdefault(key, _Rows()).add(row, cells)
    by_row = {one.first: one for one in groups.values()}
    said = [(one.first, one.document()) for one in groups.values()]
    read = collect(said, today=today, place=lambda row, where: by_row[row].place(where))
    found = sorted((*wrong, *read.wrong), key=lambda one: one.row)
    return CaseFile(intakes=read.intakes, wrong=tuple(found))


class _Rows:
    """The rows of one application, and where in them its items and parties stand."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, dict[str, str]]] = []
        self.items: list[int] = []
        self.parties: list[int] = []

    @property
    def first(self) -> int:
        return self._rows[0][0]

    def add(self, row: Row, cells: dict[str, str]) -> None:
        self._rows.append((row.number, cells))

    def document(self) -> Any:
        """Return the application as its JSON would say it; or why it cannot be, to be told with the others."""
        try:
            return self._document()
        except InvalidInput as error:
            return error

    def place(self, where: str) -> tuple[int, str]:
        """Return the row and the column of a place in the document."""
        if where.startswith("row "):
            number, _, column = where.removeprefix("row ").partition(" ")
            return int(number), column
        found = _PLACE.match(where)
        if found is None:
            return self.first, _column_of(where)
        kind, number, name, below = found.groups()
        rows, columns = (self.items, _ITEM_COLUMNS) if kind == "items" else (self.parties, _PARTY_COLUMNS)
        row = rows[int(number)] if int(number) < len(rows) else self.first
        if kind == "items" and (name, below) in (("quantity", "unit"), ("value", "currency")):
            return row, below
        return row, "share" if below == "share" else columns.get(name, name) or "description"

    def _document(self) -> dict[str, Any]:
        said: dict[str, Any] = {"items": [], "parties": []}
        head = self._head()
        said |= {name: head[name] for name in ("id", "applicant", "exporter", "destination") if head.get(name)}
        said |= {name: head[name] for name in ("received", "date") if head.get(name)}
        said["end_use"] = self._end_use(head)
        confidential = self._confidential(head)
        if confidential:
            said["confidential"] = confidential
        for number, cells in self._rows:
            if any(cells.get(name) for name in ITEM if name not in ("unit", "currency")):
                self.items.append(number)
                said["items"].append(_item(cells, number))
            if any(cells.get(name) for name in PARTY if name != "roles"):
                self.parties.append(number)
                said["parties"].append(_party(cells, number))
        return said

    def _head(self) -> dict[str, str]:
        head = self._rows[0][1]
        for number, cells in self._rows[1:]:
            for name in APPLICATION:
                if cells.get(name) and cells[name] != head.get(name, ""):
                    raise InvalidInput(
                        f"row {self.first} says something else of {name}",
                        where=f"row {number} {name}",
                        advice="Leave it empty in further rows of the application, or say the same",
                    )
        return head

    def _end_use(self, head: dict[str, str]) -> dict[str, Any]:
        use: dict[str, Any] = {"text": head.get("end_use", ""), "informed": _several(head.get("informed", ""))}
        return use | {name: _flag(head, name, self.first) for name in _QUESTIONS if head.get(name)}

    def _confidential(self, head: dict[str, str]) -> dict[str, Any]:
        if not any(head.get(name) for name in ("confidential", "determination", "legal_basis")):
            return {}
        return {
            "parts": _several(head.get("confidential", "")),
            "determination": head.get("determination", ""),
            "legal_basis": head.get("legal_basis", ""),
        }


def _columns(headings: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(one.strip().casefold().replace(" ", "_") for one in headings)
    unknown = next((one for one in names if one not in COLUMNS), None)
    if unknown is not None:
        raise InvalidDocument(
            f"there is no column {unknown[:40]!r}", where="row 1", advice=f"Use: {', '.join(COLUMNS)}"
        )
    missing = [one for one in ("id", "applicant", "exporter", "destination") if one not in names]
    if missing:
        raise InvalidDocument(f"the column {missing[0]} is missing", where="row 1", advice="Put it into the first row")
    return names


def _key(groups: dict[tuple[str, str], _Rows], cells: dict[str, str]) -> tuple[str, str]:
    """Return whose application a row belongs to; a row without applicant goes on with the last one of its id."""
    if cells.get("applicant"):
        return cells["applicant"], cells["id"]
    return next((key for key in reversed(groups) if key[1] == cells["id"]), ("", cells["id"]))


def _item(cells: dict[str, str], row: int) -> dict[str, Any]:
    item: dict[str, Any] = {
        name: cells[name] for name in ("description", "eccn", "eu_code", "hs", "origin") if cells.get(name)
    }
    if cells.get("item"):
        item["id"] = cells["item"]
    for name, column in (
        ("us_technology", "us_technology"),
        ("advanced_node", "advanced_node"),
        ("military", "item_military"),
    ):
        if cells.get(column):
            item[name] = _flag(cells, column, row)
    if cells.get("national_codes"):
        item["national_codes"] = _several(cells["national_codes"])
    if cells.get("us_content"):
        item["us_content"] = _number(cells, "us_content", row)
    if cells.get("parameters"):
        item["parameters"] = [_parameter(one, row) for one in _several(cells["parameters"])]
    if cells.get("amount"):
        item["value"] = {"amount": _number(cells, "amount", row), "currency": cells.get("currency") or None}
    if cells.get("quantity"):
        item["quantity"] = {"value": _number(cells, "quantity", row), "unit": cells.get("unit") or None}
    return item


def _party(cells: dict[str, str], row: int) -> dict[str, Any]:
    party: dict[str, Any] = {name: cells[name] for name in ("name", "country", "incorporated") if cells.get(name)}
    if cells.get("party"):
        party["id"] = cells["party"]
    party |= {name: _several(cells[name]) for name in ("roles", "addresses", "identifiers") if cells.get(name)}
    if cells.get("owner"):
        owner: dict[str, Any] = {"name": cells["owner"]}
        if cells.get("share"):
            owner["share"] = _number(cells, "share", row)
        party["owners"] = [owner]
    elif cells.get("share"):
        raise InvalidInput("a share without its owner", where=f"row {row} owner", advice="Name the owner")
    return party


def _parameter(text: str, row: int) -> dict[str, Any]:
    found = _PARAMETER.fullmatch(text)
    if found is None:
        raise InvalidInput(
            f"{text[:40]!r} is no parameter",
            where=f"row {row} parameters",
            advice="Write name = number unit, parted by ;, such as wavelength = 193 nm; 1 for a bare number",
        )
    return {"name": found["name"], "value": Decimal(found["value"]), "unit": found["unit"]}


def _number(cells: dict[str, str], name: str, row: int) -> Decimal:
    try:
        number = Decimal(cells[name])
    except InvalidOperation as error:
        raise InvalidInput(
            f"{cells[name][:40]!r} is no number", where=f"row {row} {name}", advice="Write it like 1234.5"
        ) from error
    return number


def _flag(cells: dict[str, str], name: str, row: int) -> bool:
    said = cells[name].casefold()
    if said not in _FLAGS:
        raise InvalidInput(
            f"{cells[name][:40]!r} is neither yes nor no",
            where=f"row {row} {name}",
            advice="Write yes or no, or leave it empty if nobody has said",
        )
    return _FLAGS[said]


def _several(text: str) -> list[str]:
    return [one.strip() for one in text.split(";") if one.strip()]


def _column_of(where: str) -> str:
    first, _, second = where.partition(".")
    if first == "end_use":
        return second if second in COLUMNS else "end_use"
    if first == "confidential":
        return {"parts": "confidential"}.get(second, second) or "confidential"
    return {"items": "description", "parties": "name"}.get(first, first)
