# SPDX-License-Identifier: Apache-2.0
"""Numbers: what the free text in an identifier cell holds, as FollowTheMoney properties."""

from __future__ import annotations

import re

from highfence.model.identifier import find, parse

#: Kinds of identifier an Organization has a property for; KPP says which tax office, not which company.
_PROPERTIES = {
    "lei": "leiCode",
    "uscc": "uscCode",
    "inn": "innCode",
    "ogrn": "ogrnCode",
    "okpo": "okpoCode",
    "vat": "vatCode",
    "swift": "swiftBic",
    "duns": "dunsCode",
    "imo-company": "imoNumber",
}
#: Shorter runs of digits are parts of labels and addresses.
_NUMBER = re.compile(r"\d{4,}")
#: Ten times the longest cell so far; a longer one is not searched for numbers.
_CELL_LENGTH_MOST = 2000


def company_numbers(text: str) -> tuple[tuple[str, str], ...]:
    """Return property and number for each labelled number with a sound check digit, and the text if more is in it.

    >>> company_numbers("INN: 7736050003")
    (('innCode', '7736050003'),)
    >>> company_numbers("CR No. 1350711")
    (('registrationNumber', 'CR No. 1350711'),)
    """
    plain = " ".join(text.split()).strip("' ")
    if len(plain) > _CELL_LENGTH_MOST:
        return (("registrationNumber", plain),)
    kept: list[tuple[str, str]] = []
    rest = plain
    for identifier in find(plain):
        if identifier.kind in _PROPERTIES:
            kept.append((_PROPERTIES[identifier.kind], identifier.value))
        if identifier.kind in (*_PROPERTIES, "kpp"):
            rest = re.sub(r"[\s-]?".join(map(re.escape, identifier.value)), "", rest)
    if plain and (not kept or _NUMBER.search(rest)):
        kept.append(("registrationNumber", plain))
    return tuple(kept)


def ship_number(text: str) -> tuple[str, bool]:
    """Return a ship's IMO number as seven digits and whether its check digit is sound; the text if it is none.

    >>> ship_number("IMO9281891"), ship_number("IMO9281890")
    (('9281891', True), ('9281890', False))
    """
    if identifier := parse("imo", text):
        return identifier.value, True
    digits = re.sub(r"^IMO", "", "".join(text.split()), flags=re.IGNORECASE)
    return digits, False


def person_number(text: str) -> str:
    """Return a passport or national number without the apostrophe a spreadsheet puts before digits."""
    return " ".join(text.split()).lstrip("'").strip()
