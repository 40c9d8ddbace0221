# SPDX-License-Identifier: Apache-2.0
"""Keys: which rows speak of the same entry, and what the entry is called from one edition to the next.

1. An entry is a place in an annex: act, annex, and the number the annex gives it, else its name.
2. Rows with the same place and the same name are one entry under several measures, unless what identifies a party
   (birth date, IMO, register and tax numbers) contradicts itself.
3. Where different parties share a place, each key also carries a digest of what tells them apart, whatever their
   order in the file.

NOTES.md tells what was measured.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from highfence.sources.eu_oj.names import names_in
from highfence.sources.table import Row

_IDENTIFYING = ("birthDate", "imoNumber", "registrationNumber", "taxNumber", "innCode")
_WORD = re.compile(r"[^\W_]+")


def entries_of(rows: tuple[Row, ...], *, act: str) -> dict[str, list[Row]]:
    """Return the rows of each entry by its key, in the file's order; `act` is the column of the act's CELEX number."""
    places: dict[str, dict[str, list[list[Row]]]] = {}
    for row in rows:
        parties = places.setdefault(place_of(row, act=act), {}).setdefault(_plain(row), [])
        same = next((party for party in parties if not _contradict(party[0], row)), None)
        if same is None:
            parties.append([row])
        else:
            same.append(row)
    entries: dict[str, list[Row]] = {}
    for place, by_name in places.items():
        sharing = [party for parties in by_name.values() for party in parties]
        for party in sharing:
            key = place if len(sharing) == 1 else f"{place}/{_digest(party[0])}"
            entries.setdefault(key, []).extend(party)
    return entries


def place_of(row: Row, *, act: str) -> str:
    """Return the key of an entry that shares its place with no other: `32014R0833/IV/581`."""
    number = "".join(row["recordId"].split()).casefold()
    return f"{row[act]}/{row['annex']}/{number or f'name:{_plain(row)}'}"


def _contradict(one: Row, other: Row) -> bool:
    return any(one[column] != other[column] for column in _IDENTIFYING if one[column] and other[column])


def _plain(row: Row) -> str:
    """Return the entry's first name without case, punctuation and spaces that vary."""
    first = next((name.text for name in names_in(row["name"])), row["name"])
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", first).casefold())) or row["name"].strip()


def _digest(row: Row) -> str:
    said = "\n".join((_plain(row), *(row[column] for column in _IDENTIFYING)))
    return hashlib.sha256(said.encode()).hexdigest()[:8]
