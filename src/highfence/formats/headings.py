# SPDX-License-Identifier: Apache-2.0
"""Headings: which column of a table of parties says what, guessed from what people write over columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

import msgspec

from highfence.errors import InvalidInput

#: What a column can say: `identifiers` are numbers of any kind, perhaps with labels; the kinds below it have their own.
FIELDS = (
    "name",
    "alias",
    "id",
    "schema",
    "country",
    "address",
    "identifiers",
    "lei",
    "inn",
    "ogrn",
    "uscc",
    "vat",
    "tax",
    "registration",
    "imo",
    "birth_date",
)


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """Which column holds which field: `places` maps a field to columns, from 0; `unread` are headings of no field."""

    places: dict[str, tuple[int, ...]]
    headings: tuple[str, ...]
    unread: tuple[str, ...] = ()

    def told(self) -> str:
        """Return in one line what is read as what."""
        read = ", ".join(
            f"{field} = {' + '.join(repr(self.headings[at]) for at in at_all)}" for field, at_all in self.places.items()
        )
        left = f"; not read: {', '.join(map(repr, self.unread))}" if self.unread else ""
        return f"columns: {read}{left}"


def columns_of(
    headings: Sequence[str], chosen: Mapping[str, str] | None = None, *, required: Sequence[str] = ("name",)
) -> Columns:
    """Guess what each column holds; `chosen` (field -> heading) is what a person has said, and comes first.

    >>> columns_of(["Kunden-Nr.", "Firma", "Land", "Umsatz"]).told()
    "columns: name = 'Firma', id = 'Kunden-Nr.', country = 'Land'; not read: 'Umsatz'"

    Raises:
        InvalidInput: a chosen field or heading does not exist, or no column holds a field of `required`.
    """
    keys = [_key(heading) for heading in headings]
    places: dict[str, list[int]] = {}
    for field, heading in (chosen or {}).items():
        places[_known_field(field)] = [_place(heading, headings, keys)]
    taken = {at for all_at in places.values() for at in all_at}
    for at, key in enumerate(keys):
        guessed = _field_of().get(key, "")
        if at not in taken and guessed and guessed not in (chosen or {}):
            places.setdefault(guessed, []).append(at)
    # Of two columns for one thing the first is it; a party may have several names, addresses and numbers.
    single = {field: at[:1] if field in _SINGLE else at for field, at in places.items()}
    if "name" in single and len(single["name"]) > 1:
        single["alias"] = [*single["name"][1:], *single.get("alias", [])]
        single["name"] = single["name"][:1]
    for field in required:
        if field not in single:
            raise InvalidInput(
                f"no column holds the {field}",
                where=f"headings: {', '.join(heading[:40] for heading in headings[:20])}",
                advice=f"Say which one does: --column {field}=HEADING",
            )
    used = {at for all_at in single.values() for at in all_at}
    return Columns(
        places={field: tuple(single[field]) for field in FIELDS if field in single},
        headings=tuple(headings),
        unread=tuple(heading for at, heading in enumerate(headings) if at not in used and heading),
    )


def _known_field(field: str) -> str:
    if field not in FIELDS:
        raise InvalidInput(
            f"there is no field {field[:40]!r}", where="--column", advice=f"Use one of: {', '.join(FIELDS)}"
        )
    return field


def _place(heading: str, headings: Sequence[str], keys: Sequence[str]) -> int:
    if heading in headings:
        return list(headings).index(heading)
    if _key(heading) in keys:
        return list(keys).index(_key(heading))
    raise InvalidInput(
        f"there is no column {heading[:60]!r}",
        where="--column",
        advice=f"The headings are: {', '.join(repr(one[:40]) for one in headings[:20])}",
    )


def _key(heading: str) -> str:
    """Return a heading without case, accents, punctuation and the words that say nothing."""
    folded = unicodedata.normalize("NFKD", heading.casefold())
    bare = "".join(character for character in folded if not unicodedata.combining(character))
    return _NOT_A_LETTER.sub("", bare)


_NOT_A_LETTER = re.compile(r"[\W_]+")
_SINGLE = frozenset({"id", "schema", "birth_date"})


@cache
def _field_of() -> dict[str, str]:
    """Return which field a heading, in its bare form, stands for."""
    data = resources.files("highfence.formats").joinpath("tables/headings.json").read_bytes()
    words = msgspec.json.decode(data, type=dict[str, list[str]])
    return {_key(word): field for field, all_of in words.items() for word in all_of}
