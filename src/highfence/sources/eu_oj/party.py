# SPDX-License-Identifier: Apache-2.0
"""Party: the rows of one entry as entities: the listed party first, then its addresses."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

from highfence.model.country import country_code, country_codes, country_of_address
from highfence.model.entity import Entity
from highfence.model.schema import check, schema
from highfence.sources.eu_oj.dates import dates_in
from highfence.sources.eu_oj.names import Name, may_be_several, names_in, parts_of
from highfence.sources.eu_oj.numbers import COLUMNS as NUMBER_COLUMNS
from highfence.sources.eu_oj.numbers import numbers_of
from highfence.sources.source import Problem
from highfence.sources.table import Row

SCHEMATA = ("Person", "LegalEntity", "Company", "Organization", "PublicBody", "Vessel", "Airplane", "Asset")
_NAMES = ("name", "alias", "weakAlias", "previousName")
_DATES = ("birthDate", "incorporationDate")
_COUNTRIES = ("country", "nationality", "jurisdiction", "flag")
_TEXTS = (
    *("birthPlace", "position", "appearance", "ethnicity", "fatherName", "motherName", "legalForm", "sector", "notes"),
)
_OTHERS = ("gender", "passportNumber", "address", "phone", "email", "website")
#: The columns an entity is made of.
COLUMNS = (*_NAMES, *_DATES, *_COUNTRIES, *_TEXTS, *_OTHERS, *NUMBER_COLUMNS)

#: Twice the longest cell of addresses so far; a longer text is kept and not searched for its country.
_ADDRESS_LENGTH_MOST = 5000
_PHONE = re.compile(r"\+?\s?\(?\d[\d\s().\-–/]{5,}\d")
_BETWEEN_WORDS = re.compile(r'[\s;,<>()"]+')
_EMAIL = re.compile(r"[^@]{1,80}@[^@]{1,200}\.[^\W\d_]+\.?")
_WEBSITE = re.compile(r"(?:https?://)?[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?:/.*)?")
_DOCUMENT_BRACKETS = re.compile(r"\s*\([^()]*\)")


def read_party(rows: list[Row], problems: list[Problem], *, identity: str) -> tuple[Entity, ...]:
    """Return the party that `rows` (several measures of one entry) speak of, and its addresses; nothing if nameless."""
    reading = _Reading(rows[0], problems)
    for row in rows:
        reading.read(row)
    return reading.entities(identity)


class _Reading:
    """One party being read."""

    def __init__(self, first: Row, problems: list[Problem]) -> None:
        self._line = first.line
        self._problems = problems
        self._schema = first["schema"] if first["schema"] in SCHEMATA else "LegalEntity"
        self._properties: dict[str, dict[str, None]] = {}
        self._originals: dict[str, str] = {}
        self._languages: dict[str, str] = {}
        self._addresses: dict[str, Entity] = {}
        if first["schema"] not in SCHEMATA:
            self._report("unknown_type", f"schema {first['schema'][:40]!r} is not known; taken as LegalEntity")

    def read(self, row: Row) -> None:
        """Add what a row says."""
        for column in _NAMES:
            self._read_names(column, row[column])
        self._read_places(row)
        for column in _DATES:
            dates = dates_in(row[column])
            self._add(column, dates)
            if row[column] and not dates:
                self._report("bad_date", f"{column} holds no date that can be read; left out")
        odd: list[str] = []
        countries = [*self._properties.get("country", ()), *self._properties.get("jurisdiction", ())]
        country = countries[0] if len(set(countries)) == 1 else ""
        for prop, number in numbers_of(row, country=country, odd=odd):
            self._add(prop, (number,))
        for column in dict.fromkeys(odd):
            self._report("identifier_check", f"{column} holds no such number, or one that fails its check digit")
        self._read_contacts(row)
        for column in _TEXTS:
            self._add(column, (row[column],))

    def entities(self, identity: str) -> tuple[Entity, ...]:
        """Return the party and its addresses, without properties its schema does not have."""
        if not self._properties.get("name"):
            return ()
        if self._schema == "LegalEntity" and "imoNumber" in self._properties:
            # IMO numbers its companies; FollowTheMoney keeps that number with organisations.
            self._schema = "Organization"
        names = self._properties["name"]
        known = schema(self._schema).properties
        for prop in self._properties.keys() - known.keys():
            self._report("no_such_property", f"a {self._schema} has no {prop}; left out")
        properties = {prop: tuple(values) for prop, values in self._properties.items() if prop in known}
        for prop in ("alias", "weakAlias"):
            if prop in properties:
                properties[prop] = tuple(value for value in properties[prop] if value not in names)
        party = Entity(
            id=identity,
            schema=self._schema,
            properties={prop: values for prop, values in properties.items() if values},
            originals=self._originals,
            languages=self._languages,
        )
        return tuple(check(entity) for entity in (party, *self._addresses.values()))

    def _read_names(self, column: str, cell: str) -> None:
        for number, name in enumerate(names_in(cell)):
            prop = "previousName" if name.former else column
            if column == "name" and number and not name.former:
                # The first name is the entry's; others in the cell are further writings of it.
                prop = "alias"
            if column == "name" and not number:
                prop = "name"
            self._add_name(prop, name)
            if column in ("alias", "weakAlias") and may_be_several(name.text):
                self._report("comma_list", f"a name in {column} may be several, parted by commas; kept as one")

    def _add_name(self, prop: str, name: Name) -> None:
        self._add(prop, (name.text,))
        if name.text != name.printed:
            self._originals[name.text] = name.printed
        if name.language:
            self._languages[name.text] = name.language

    def _read_places(self, row: Row) -> None:
        for column in _COUNTRIES:
            codes = country_codes(row[column])
            self._add(column, codes)
            if row[column] and not codes:
                self._report("unknown_country", f"{column} names no country that is known; left out")
        parts = [" ".join(part.split()).strip('" ') for part in parts_of(row["address"])]
        for number, part in enumerate(parts):
            if code := country_code(part):
                self._add("country", (code,))
            elif part and not any(other.endswith(part) for other in parts[max(0, number - 20) : number]):
                self._read_address(part)

    def _read_address(self, full: str) -> None:
        pieces = [country_code(piece) for piece in full.split(",")]
        # "Russia, Georgia, Ukraine" is where somebody is about, not an address in Ukraine.
        code = "" if all(pieces) or len(full) > _ADDRESS_LENGTH_MOST else country_of_address(full)
        self._add("country", (code,))
        properties: dict[str, tuple[str, ...]] = {"full": (full,)}
        if code:
            properties["country"] = (code,)
        digest = hashlib.sha256(full.casefold().encode()).hexdigest()[:20]
        address = Entity(id=f"eu-address-{digest}", schema="Address", properties=properties)
        self._addresses[address.id] = address
        self._add("address", (full,))
        self._add("addressEntity", (address.id,))

    def _read_contacts(self, row: Row) -> None:
        self._add("phone", _phones(row["phone"]))
        words = _BETWEEN_WORDS.split(re.sub(r"@\s+", "@", row["email"]))
        self._add("email", (word.rstrip(".") for word in words if _EMAIL.fullmatch(word)))
        self._add("website", (word for word in _BETWEEN_WORDS.split(row["website"]) if _WEBSITE.fullmatch(word)))
        gender = row["gender"].casefold().strip(" .")
        self._add("gender", (gender,) if gender in ("male", "female") else ())
        for part in parts_of(row["passportNumber"]):
            number = _DOCUMENT_BRACKETS.sub("", part).strip(' ",')
            self._add("passportNumber", (number,) if re.search(r"\d", number) else ())

    def _add(self, prop: str, values: Iterable[str]) -> None:
        for value in values:
            if value.strip():
                self._properties.setdefault(prop, {})[value] = None

    def _report(self, code: str, what: str, *, taken: bool = True) -> None:
        self._problems.append(Problem(line=self._line, code=code, what=what, taken=taken))


def _phones(cell: str) -> Iterator[str]:
    """Yield the telephone numbers in a cell; what follows the word "fax" in a part is left out."""
    for part in parts_of(cell):
        spoken = re.split(r"(?:tele)?fax", part, maxsplit=1, flags=re.IGNORECASE)[0]
        for number in re.split(r",\s", spoken):
            yield from (" ".join(match.split()) for match in _PHONE.findall(number))
