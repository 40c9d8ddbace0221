# SPDX-License-Identifier: Apache-2.0
"""Party: one entry of the consolidated list as entities: the listed party first, then its addresses."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from lxml import etree

from highfence.model.country import country_code, country_of_address
from highfence.model.entity import Entity
from highfence.model.schema import check
from highfence.sources.source import Problem
from highfence.sources.un_sc.document import day, text_of, texts_of

_NAME_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
#: What the list says of an alias -> where FollowTheMoney keeps it.
_QUALITIES = {"good": "alias", "a.k.a.": "alias", "low": "weakAlias", "f.k.a.": "previousName"}
_ADDRESS_PARTS = ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY")
_QUOTES = "\"'“”‘’«»"


class Reading:
    """One entry being read: the line it begins on and what a person should know about it."""

    def __init__(self, *, line: int) -> None:
        self.line = line
        self.problems: list[Problem] = []

    def report(self, code: str, what: str, *, taken: bool = True) -> None:
        """Note something odd; `taken` is False when the entry is not used."""
        self.problems.append(Problem(line=self.line, code=code, what=what, taken=taken))


def read_party(element: etree._Element, reading: Reading, *, identity: str) -> tuple[Entity, ...] | None:
    """Return the listed party and its addresses, or None if the entry has no name."""
    name = " ".join(text for part in _NAME_PARTS for text in texts_of(element, part))
    if not name:
        return None
    found = [("name", name), ("alias", text_of(element, "NAME_ORIGINAL_SCRIPT"))]
    aliases = list(_aliases(element, reading))
    found += [(prop, cleaned) for prop, cleaned, _ in aliases]
    addresses: dict[str, Entity] = {}
    for code, address in _addresses(element, reading):
        found.append(("country", code))
        if address is not None:
            addresses[address.id] = address
            found += [("address", address.first("full")), ("addressEntity", address.id)]
    if element.tag == "INDIVIDUAL":
        found += _of_a_person(element, reading)
    party = Entity(
        id=identity,
        schema="Person" if element.tag == "INDIVIDUAL" else "Organization",
        properties=_gathered(found),
        originals={cleaned: printed for _, cleaned, printed in aliases if cleaned != printed},
    )
    return tuple(check(entity) for entity in (party, *addresses.values()))


def _aliases(element: etree._Element, reading: Reading) -> Iterator[tuple[str, str, str]]:
    """Yield property, cleaned alias and the alias as printed; the list's empty aliases are passed over."""
    for alias in element.iterfind(f"{element.tag}_ALIAS"):
        printed = text_of(alias, "ALIAS_NAME")
        cleaned = printed.strip(_QUOTES).strip() or printed
        quality = text_of(alias, "QUALITY")
        prop = _QUALITIES.get(quality.casefold())
        if cleaned and prop is None:
            reading.report("unknown_quality", f"an alias of quality {quality[:40]!r}; taken as an alias")
        if cleaned:
            yield prop or "alias", cleaned, printed


def _addresses(element: etree._Element, reading: Reading) -> Iterator[tuple[str, Entity | None]]:
    """Yield the country's code and the address; None for the many addresses that are only a country."""
    for address in element.iterfind(f"{element.tag}_ADDRESS"):
        street, city, state, zip_code, country = (text_of(address, part) for part in _ADDRESS_PARTS)
        code = _country(country, reading)
        if not (street or city or state or zip_code):
            yield code, None
            continue
        full = ", ".join(part for part in (street, city, state, zip_code, country) if part)
        parts = [("full", full), ("street", street), ("city", city), ("state", state), ("postalCode", zip_code)]
        parts += [("country", code), ("remarks", text_of(address, "NOTE"))]
        digest = hashlib.sha256(full.casefold().encode()).hexdigest()[:20]
        yield code, Entity(id=f"un-address-{digest}", schema="Address", properties=_gathered(parts))


def _of_a_person(element: etree._Element, reading: Reading) -> list[tuple[str, str]]:
    found = [("title", text) for text in texts_of(element, "TITLE/VALUE")]
    found += [("position", text) for text in texts_of(element, "DESIGNATION/VALUE")]
    found += [("nationality", _country(text, reading)) for text in texts_of(element, "NATIONALITY/VALUE")]
    found.append(("gender", text_of(element, "GENDER").casefold()))
    for birth in element.iterfind("INDIVIDUAL_DATE_OF_BIRTH"):
        found += [("birthDate", text) for text in _birth_dates(birth, reading)]
    for place in element.iterfind("INDIVIDUAL_PLACE_OF_BIRTH"):
        parts = (text_of(place, part) for part in ("STREET", "CITY", "STATE_PROVINCE", "COUNTRY"))
        found.append(("birthPlace", ", ".join(part for part in parts if part)))
    for document in element.iterfind("INDIVIDUAL_DOCUMENT"):
        found += _document(document, reading)
    return found


def _birth_dates(birth: etree._Element, reading: Reading) -> Iterator[str]:
    """Yield each day, or year where the list only knows the year; a span gives its first and last year."""
    exact = text_of(birth, "DATE")
    if exact:
        found = day(exact)
        if found is None:
            reading.report("bad_date", "a date of birth is not a day; left out")
        else:
            yield found.isoformat()
    for part in ("YEAR", "FROM_YEAR", "TO_YEAR"):
        year = text_of(birth, part)
        if len(year) == 4 and year.isdecimal():
            yield year
        elif year:
            reading.report("bad_date", f"{part} of birth is not a year; left out")


def _document(document: etree._Element, reading: Reading) -> list[tuple[str, str]]:
    number = text_of(document, "NUMBER")
    kind = text_of(document, "TYPE_OF_DOCUMENT").casefold()
    if not number:
        return []
    if "passe" in kind or "passport" in kind or "pasaporte" in kind:
        return [("passportNumber", number)]
    if "national" not in kind:
        reading.report("unknown_document", "a document of a kind the list had not before; taken as an id number")
    return [("idNumber", number)]


def _country(text: str, reading: Reading) -> str:
    """Return the country's code, or nothing; a country that is not known is reported."""
    code = country_code(text) or country_of_address(text) if text else ""
    if text and not code:
        reading.report("unknown_country", f"{text[:60]!r} is not a country")
    return code


def _gathered(found: list[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Return the values by property, each once, without blanks."""
    gathered: dict[str, dict[str, None]] = {}
    for prop, value in found:
        if value:
            gathered.setdefault(prop, {})[value] = None
    return {prop: tuple(values) for prop, values in gathered.items()}
