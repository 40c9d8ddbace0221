# SPDX-License-Identifier: Apache-2.0
"""Numbers: what the columns of register, tax and other numbers hold, as FollowTheMoney properties.

The columns are filled by hand: "7725842590 (Tax ID/INN)", "1207700324941, KPP 772901001", "Does not exist".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from highfence.model.country import country_code
from highfence.model.identifier import Identifier, find, parse
from highfence.sources.table import Row

#: Columns that hold one kind of number -> that kind.
_KINDS = {
    "innCode": "inn",
    "ogrnCode": "ogrn",
    "kppCode": "kpp",
    "okpoCode": "okpo",
    "leiCode": "lei",
    "swiftBic": "swift",
    "imoNumber": "imo",
}
_PROPERTIES = {
    **{kind: column for column, kind in _KINDS.items()},
    "imo-company": "imoNumber",
    "uscc": "uscCode",
    "vat": "vatCode",
    "duns": "dunsCode",
    "reg": "registrationNumber",
    "tax": "taxNumber",
}
#: Columns that hold any number of that sort -> the kind it has in Russia.
_GENERAL = {"registrationNumber": "ogrn", "taxNumber": "inn", "idNumber": ""}
_BARE = ("mmsi", "ticker")
_BRACKETS = re.compile(r"^(?P<number>[^()]*\d[^()]*?)\s*\((?P<inside>[^()]*)\)?$")

#: Ten times the longest cell so far; a longer one is no number and is not searched for one.
_CELL_LENGTH_MOST = 2000

#: The columns this module reads.
COLUMNS = (*_KINDS, *_GENERAL, *_BARE)


def numbers_of(row: Row, *, country: str, odd: list[str]) -> Iterator[tuple[str, str]]:
    """Yield property and number; columns whose number is none or fails its check digit are added to `odd`.

    A number that fails is kept as it is printed: it is the list's word, and matching does not believe it.
    """
    for column, kind in _KINDS.items():
        for part in _parts(row[column]):
            found = _of_kind(kind, part)
            yield from _as_properties(found)
            if not any(_PROPERTIES[each.kind] == column for each in found):
                odd.append(column)
                if re.search(r"\d{4}", part):
                    yield column, part.strip(" ,-")
    for column, russian in _GENERAL.items():
        for part in _parts(row[column]):
            yield from _general(column, part, country=country, russian=russian)
    for column in _BARE:
        for part in _parts(row[column]):
            yield column, part


def _parts(cell: str) -> list[str]:
    if len(cell) > _CELL_LENGTH_MOST:
        return []
    return [" ".join(part.split()) for part in re.split(r"[;\n]|(?<=\)),\s", cell) if part.strip(' ",')]


def _of_kind(kind: str, part: str) -> tuple[Identifier, ...]:
    """Return the numbers in a part of a column of one kind: the column's own first, then those with a label."""
    kinds = ("imo", "imo-company") if kind == "imo" else (kind,)
    first = re.split(r"[,/(]|\s(?=[A-Za-zА-я])", part.strip(" ,-"), maxsplit=1)[0]
    own = next((identifier for each in kinds if (identifier := parse(each, first))), None)
    # KPP says which tax office, and has its own column where it matters.
    labelled = (identifier for identifier in find(part) if identifier.kind != "kpp")
    return tuple(dict.fromkeys((*((own,) if own else ()), *labelled)))


def _general(column: str, part: str, *, country: str, russian: str) -> Iterator[tuple[str, str]]:
    found = tuple(identifier for identifier in find(part, country=country) if identifier.kind != "kpp")
    if any(":" in each.value and not each.value.startswith(f"{country}:") for each in found):
        # Another country's register: the property alone would not say whose number it is.
        yield column, part
        return
    if found:
        yield from _as_properties(found)
        return
    brackets = _BRACKETS.match(part)
    # "04343841 (United Kingdom)" loses what the number means without its brackets, "3172327 (CR No.)" does not.
    number = brackets["number"] if brackets and not country_code(brackets["inside"]) else part
    identifier = parse(russian, number) if russian and country == "ru" else parse("uscc", number)
    if identifier is not None:
        yield _PROPERTIES[identifier.kind], identifier.value
    elif re.search(r"\d", number):
        yield column, number.strip(" ,")


def _as_properties(found: tuple[Identifier, ...]) -> Iterator[tuple[str, str]]:
    for identifier in found:
        if identifier.kind in _PROPERTIES:
            yield _PROPERTIES[identifier.kind], identifier.value.rpartition(":")[2]
