# SPDX-License-Identifier: Apache-2.0
"""Keys: recognising an entry of the Consolidated Screening List in the next edition.

`_id` is a row number in one edition and a hash in another, so it is never a key. OFAC's entries carry a number that
stays; an entry of the other departments is known by its list and name, and only where one name stands on a list more
than once also by its countries, then by its first Federal Register notice, then by its place among those left equal.
So an amended address, policy or notice is a change of the entry, not a new one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from hashlib import sha256

import msgspec

_NOT_A_WORD = re.compile(r"[\W_]+")
#: `76 FR 71867`, `68 F.R. 38290`: volume and page.
_NOTICE = re.compile(r"(\d+)\s*F\.?\s*R\.?\s*(?:No\.?\s*)?(\d+)", re.IGNORECASE)


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What can tell an entry from another; `rest` is what else is printed, to order entries equal in all of this."""

    list: str
    number: str
    name: str
    countries: tuple[str, ...]
    notice: str
    rest: str


def keys(marks: Sequence[Mark]) -> list[str]:
    """Return a key for each entry, in order: `SDN-17014`, `EL-` and 20 hex digits. The rows' order does not matter.

    Entries of one list with one number get the same key: telling them apart is `ingest.settled`'s work.
    """
    found = [""] * len(marks)
    by_name: dict[tuple[str, ...], list[int]] = {}
    for index, mark in enumerate(marks):
        if mark.number:
            found[index] = f"{mark.list}-{mark.number}"
        else:
            by_name.setdefault((mark.list, plain_name(mark.name)), []).append(index)
    for basis, indexes in by_name.items():
        for parts, index in _told_apart(basis, indexes, marks=marks):
            found[index] = f"{basis[0]}-{sha256(chr(31).join(parts).encode()).hexdigest()[:20]}"
    return found


def plain_name(name: str) -> str:
    """Return a name without case, punctuation and width variants, for comparison only."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return _NOT_A_WORD.sub(" ", folded).strip() or folded.strip()


def first_notice(text: str) -> str:
    """Return volume and page of the first Federal Register citation, else the text itself without case and spaces."""
    found = _NOTICE.search(text)
    return f"{found[1]} FR {found[2]}" if found else "".join(text.casefold().split())


def _told_apart(
    basis: tuple[str, ...], indexes: list[int], *, marks: Sequence[Mark]
) -> Iterable[tuple[tuple[str, ...], int]]:
    """Yield the parts of each entry's key, with more of them the more entries are alike."""
    if len(indexes) == 1:
        yield basis, indexes[0]
        return
    by_country: dict[tuple[str, ...], list[int]] = {}
    for index in indexes:
        by_country.setdefault((*basis, ",".join(marks[index].countries)), []).append(index)
    for with_country, alike in by_country.items():
        if len(alike) == 1:
            yield with_country, alike[0]
            continue
        by_notice: dict[tuple[str, ...], list[int]] = {}
        for index in alike:
            by_notice.setdefault((*with_country, first_notice(marks[index].notice)), []).append(index)
        for with_notice, still in by_notice.items():
            for place, index in enumerate(sorted(still, key=lambda index: (marks[index].notice, marks[index].rest))):
                yield (*with_notice, str(place)) if place else with_notice, index
