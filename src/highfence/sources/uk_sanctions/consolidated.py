# SPDX-License-Identifier: Apache-2.0
"""Consolidated: the OFSI Consolidated List of Financial Sanctions Targets, as published until it was replaced.

One row for each name, address and regime of a target; rows belong together by `Group ID`.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date

from highfence.model.country import country_codes
from highfence.model.entity import Entity
from highfence.model.identifier import parse as parse_identifier
from highfence.model.listing import Listing
from highfence.model.schema import check
from highfence.sources.progress import told
from highfence.sources.source import ListedParty, Parsed, Problem, Progress
from highfence.sources.table import Row, read_table
from highfence.sources.uk_sanctions.dates import day, partial_date

LIST = "OFSI Consolidated List of Financial Sanctions Targets"
#: In the order in which they are spoken: Name 6 is the family name, or the whole name of what is not a person.
_NAME_PARTS = ("Name 1", "Name 2", "Name 3", "Name 4", "Name 5", "Name 6")
_ADDRESS_PARTS = ("Address 1", "Address 2", "Address 3", "Address 4", "Address 5", "Address 6", "Post/Zip Code")
_REQUIRED = ("Name 6", "Group Type", "Alias Type", "Regime", "Listed On", "Group ID")
_OPTIONAL = (
    *_NAME_PARTS[:5],
    *_ADDRESS_PARTS,
    *("Title", "DOB", "Town of Birth", "Country of Birth", "Nationality", "Position", "Country", "Other Information"),
)
_ALIASES = {"prime alias": "name", "aka": "alias", "fka": "previousName"}
#: Ships stand among the entities; only their remarks begin with the number.
_SHIP = re.compile(r"^\W*IMO(?: number)?\W*(?P<number>\d{7})\b", re.IGNORECASE)


def read_consolidated(data: bytes, progress: Progress) -> Parsed:
    """Read an edition. Problems and raised errors: see `parse`."""
    table = read_table(data, required=_REQUIRED, optional=_OPTIONAL, needed=("Group ID",))
    problems: list[Problem] = list(table.problems)
    groups: dict[str, list[Row]] = {}
    for row in told(table.rows, progress):
        if row["Group ID"]:
            groups.setdefault(row["Group ID"], []).append(row)
        else:
            problems.append(Problem(line=row.line, code="no_key", what="a row without Group ID", taken=False))
    parties = tuple(
        party for key, rows in groups.items() if (party := _party(key, rows, problems=problems)) is not None
    )
    problems.sort(key=lambda problem: problem.line)
    return Parsed(parties=parties, problems=tuple(problems), rows=table.records)


def _party(key: str, rows: list[Row], *, problems: list[Problem]) -> ListedParty | None:
    entities = _entities(key, rows, problems=problems)
    if not entities:
        _report(problems, rows[0], code="no_name", what=f"no row of group {key[:20]} has a name", taken=False)
        return None
    listed = [_listed(row, problems) for row in rows]
    listing = Listing(
        jurisdiction="uk",
        source="uk_sanctions",
        list=LIST,
        key=f"ofsi-{key}",
        entity=entities[0].id,
        programme="; ".join(dict.fromkeys(row["Regime"] for row in rows if row["Regime"])),
        measure="Asset freeze",
        listed=min((found for found in listed if found is not None), default=None),
        reference=f"OFSI {key}",
    )
    return ListedParty(listing=listing, entities=entities)


def _entities(key: str, rows: list[Row], *, problems: list[Problem]) -> tuple[Entity, ...]:
    """Return the target and its addresses; nothing if no row has a name."""
    found = _named(rows, problems)
    if not found:
        return ()
    schema = "Person" if rows[0]["Group Type"].casefold() == "individual" else "Organization"
    if ship := next((match for row in rows if (match := _SHIP.match(row["Other Information"]))), None):
        identifier = parse_identifier("imo", ship["number"])
        schema = "Vessel" if identifier else schema
        found += [("imoNumber", identifier.value)] if identifier else []
    addresses: dict[str, Entity] = {}
    for row in rows:
        codes = country_codes(row["Country"])
        found += [("country", code) for code in codes]
        if (address := _address(row, codes)) is not None:
            addresses[address.id] = address
            found += [("address", address.first("full")), ("addressEntity", address.id)]
        found += [("notes", row["Other Information"])]
        found += _of_a_person(row) if schema == "Person" else []
    _report_countries(rows, problems)
    target = Entity(id=f"uk-ofsi-{key}", schema=schema, properties=_gathered(found))
    return tuple(check(entity) for entity in (target, *addresses.values()))


def _named(rows: list[Row], problems: list[Problem]) -> list[tuple[str, str]]:
    """Return the target's names as properties, the prime one first."""
    named: list[tuple[str, str]] = []
    for row in rows:
        name = " ".join(word for part in _NAME_PARTS for word in row[part].split())
        prop = _ALIASES.get(row["Alias Type"].casefold())
        if name and prop is None:
            _report(
                problems,
                row,
                code="unknown_type",
                what=f"Alias Type {row['Alias Type'][:30]!r} is not known; taken as AKA",
            )
        if name:
            named.append((prop or "alias", name))
    named.sort(key=lambda pair: pair[0] != "name")
    if named and named[0][0] != "name":
        _report(problems, rows[0], code="no_primary_name", what="no name is the prime alias; the first is taken for it")
        named[0] = ("name", named[0][1])
    return named


def _report_countries(rows: list[Row], problems: list[Problem]) -> None:
    """Report each text in the column of countries that names none, once for a target."""
    unknown = {row["Country"]: row for row in reversed(rows) if row["Country"] and not country_codes(row["Country"])}
    for text, row in unknown.items():
        _report(problems, row, code="unknown_country", what=f"{text[:60]!r} is not a country")


def _address(row: Row, codes: tuple[str, ...]) -> Entity | None:
    """Return a row's address, or None if it has no more than a country."""
    parts = [" ".join(row[part].split()) for part in _ADDRESS_PARTS]
    if not any(parts):
        return None
    full = ", ".join(part for part in (*parts, " ".join(row["Country"].split())) if part)
    pairs = [("full", full), ("postalCode", parts[-1]), *(("country", code) for code in codes)]
    digest = hashlib.sha256(full.casefold().encode()).hexdigest()[:20]
    return Entity(id=f"uk-address-{digest}", schema="Address", properties=_gathered(pairs))


def _of_a_person(row: Row) -> list[tuple[str, str]]:
    place = ", ".join(row[part] for part in ("Town of Birth", "Country of Birth") if row[part])
    return [
        ("title", row["Title"]),
        ("birthDate", partial_date(row["DOB"])),
        ("birthPlace", place),
        ("position", row["Position"]),
        *(("nationality", code) for code in country_codes(row["Nationality"])),
    ]


def _listed(row: Row, problems: list[Problem]) -> date | None:
    found = day(row["Listed On"])
    if found is None and row["Listed On"]:
        _report(problems, row, code="bad_date", what=f"Listed On {row['Listed On'][:20]!r} is not a day; left out")
    return found


def _report(problems: list[Problem], row: Row, *, code: str, what: str, taken: bool = True) -> None:
    problems.append(Problem(line=row.line, code=code, what=what, taken=taken))


def _gathered(found: list[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Return the values by property, each once, without blanks; a name is not an alias too."""
    names = {value for prop, value in found if prop == "name"}
    gathered: dict[str, dict[str, None]] = {}
    for prop, value in found:
        if value.strip() and not (prop == "alias" and value in names):
            gathered.setdefault(prop, {})[value] = None
    return {prop: tuple(values) for prop, values in gathered.items()}
