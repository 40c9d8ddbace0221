# SPDX-License-Identifier: Apache-2.0
"""Yard: control lists and areas: what stands behind a code, an HS number or words, and how large the yard is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property

import msgspec

from highfence.errors import InvalidInput
from highfence.model.control import ControlEntry, ControlLists, Paragraph, split_code
from highfence.rules.scope.areas import Area, Change, Entries, Scope, scope_tables
from highfence.rules.scope.search import Hit, WordIndex


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """How large the yard is from a day on: areas with an entry, and codes by kind, after which changes.

    A code such as `3B*` counts for the entries of the loaded lists that it covers, or for one if none is loaded.
    """

    since: date
    changes: tuple[str, ...]
    areas: int
    eccn: int
    eu: int
    hs: int
    national: int
    sectors: int

    @property
    def codes(self) -> int:
        """All codes and sectors together."""
        return self.eccn + self.eu + self.hs + self.national + self.sectors


class Shown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the yard holds of one code: its entries by list, the paragraphs asked for, its areas, its HS words and tier.

    `outside` is True if no area has the code on the day: then it is not in the yard.
    """

    code: str
    entries: tuple[ControlEntry, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()
    areas: tuple[str, ...] = ()
    national: tuple[str, ...] = ()
    words: str = ""
    tier: str = ""
    outside: bool = False


class Yard(msgspec.Struct, frozen=True, dict=True):
    """Control lists with areas. Never changed: another edition makes another yard."""

    lists: ControlLists
    scope: Scope

    @classmethod
    def of(cls, lists: ControlLists | None = None, scope: Scope | None = None) -> Yard:
        """Return the yard of these lists; without any only the package's tables are there."""
        return cls(lists or ControlLists(), scope or scope_tables())

    @cached_property
    def _index(self) -> WordIndex:
        return WordIndex.of(self.lists)

    def search(self, text: str, *, limit: int = 10) -> tuple[Hit, ...]:
        """Return the codes whose text fits words best; a code or an HS number finds itself first.

        Raises:
            InvalidInput: there is no word to look for, or no control list is loaded.
        """
        if not text.strip():
            raise InvalidInput("there is nothing to look for", where="words", advice="Describe the item in some words")
        if not self.lists.ccl and not self.lists.annex_i:
            raise InvalidInput(
                "no control list is loaded",
                where="control lists",
                advice="Load them with `highfence yard load DIR --home HOME`, or give --control-lists DIR",
            )
        return self._index.search(text, limit=limit)

    def show(self, code: str, *, on: date) -> Shown:
        """Return what is known of a code on a day: an entry or a paragraph of it, an HS number, or a national code.

        Raises:
            InvalidInput: nothing goes by that code.
        """
        wanted = code.strip()
        shown = self._tariff(wanted, on) if wanted.isdigit() else self._entry(wanted, on)
        if shown is None:
            near = ", ".join(hit.code for hit in self._near(wanted))
            raise InvalidInput(
                f"nothing goes by the code {wanted[:40]!r}",
                where="code",
                advice=f"Write it like 3B001, 3B001.f.1 or 854231{'; near it: ' + near if near else ''}",
            )
        return shown

    def areas_of(self, code: str, *, on: date, kinds: Iterable[str] = ("eccn", "eu", "hs", "national")) -> list[Area]:
        """Return the areas that have a code on a day."""
        held = self.holdings(on)
        wanted = set(kinds)
        return [
            area
            for area in self.scope.areas
            if any(kind in wanted and covers(pattern, code) for kind, _, pattern in held.get(area.id, ()))
        ]

    def holdings(self, on: date) -> dict[str, set[tuple[str, str, str]]]:
        """Return what each area holds on a day: kind, country of a national list, code."""
        held: dict[str, set[tuple[str, str, str]]] = {}
        for change in sorted(self.scope.changes, key=lambda one: one.since or date.max):
            if not change.stands(on):
                continue
            for one in change.areas:
                area = held.setdefault(one.area, set())
                area |= _keys(one.adds)
                area -= _keys(one.removes)
        return held

    def sizes(self) -> tuple[Size, ...]:
        """Return the size of the yard on each day on which it changes, in their order."""
        days = {day for change in self.scope.changes for day in (change.since, change.sunset) if day is not None}
        return tuple(self.size(day) for day in sorted(days))

    def size(self, on: date) -> Size:
        """Return the size of the yard on a day."""
        held = self.holdings(on)
        found: dict[str, set[str]] = {"eccn": set(), "eu": set(), "hs": set(), "national": set(), "sector": set()}
        for kind, country, code in {key for keys in held.values() for key in keys}:
            found[kind] |= {f"{country}:{one}" if country else one for one in self._covered(kind, code)}
        return Size(
            since=on,
            changes=tuple(one.id for one in self.scope.changes if on in (one.since, one.sunset)),
            areas=sum(bool(keys) for keys in held.values()),
            eccn=len(found["eccn"]),
            eu=len(found["eu"]),
            hs=len(found["hs"]),
            national=len(found["national"]),
            sectors=len(found["sector"]),
        )

    def due(self, on: date) -> tuple[Change, ...]:
        """Return the changes whose review is due on a day."""
        return tuple(one for one in self.scope.changes if one.review_due(on))

    def _covered(self, kind: str, code: str) -> set[str]:
        if not code.endswith("*"):
            return {code}
        known: dict[str, Iterable[str]] = {
            "eccn": self.lists.ccl,
            "eu": self.lists.annex_i,
            "hs": self.lists.priority,
        }
        return {one for one in known.get(kind, ()) if covers(code, one)} or {code}

    def _near(self, text: str) -> tuple[Hit, ...]:
        if not self.lists.ccl and not self.lists.annex_i:
            return ()
        return self._index.search(text, limit=3)

    def _entry(self, code: str, on: date) -> Shown | None:
        entry, paragraph = split_code(code)
        national = self._national(code, on)
        lists = [one for held in (self.lists.ccl, self.lists.annex_i) if (one := held.get(entry)) is not None]
        areas = tuple(area.id for area in self.areas_of(code, on=on))
        if not lists and not national and not areas:
            return None
        full = f"{entry}.{paragraph}"
        below = tuple(
            one
            for found in lists
            for one in found.paragraphs
            if paragraph and (one.code == full or one.code.startswith(full + "."))
        )
        if paragraph and lists and not below and not national and not any(covers(full, a) for a in self._patterns(on)):
            return None if all(found.paragraphs for found in lists) else self._shown(entry, lists, (), areas=areas)
        return msgspec.structs.replace(self._shown(code, lists, below, areas=areas), national=national)

    @staticmethod
    def _shown(
        code: str, lists: list[ControlEntry], paragraphs: tuple[Paragraph, ...], *, areas: tuple[str, ...]
    ) -> Shown:
        return Shown(code=code, entries=tuple(lists), paragraphs=paragraphs, areas=areas, outside=not areas)

    def _patterns(self, on: date) -> set[str]:
        return {code for keys in self.holdings(on).values() for _, _, code in keys}

    def _national(self, code: str, on: date) -> tuple[str, ...]:
        held = {key for keys in self.holdings(on).values() for key in keys}
        return tuple(
            sorted(
                {
                    country
                    for kind, country, one in held
                    if kind == "national" and (covers(one, code) or covers(code, one))
                }
            )
        )

    def _tariff(self, code: str, on: date) -> Shown | None:
        six = code[:6]
        words, tier = self.lists.hs.get(six, ""), self.lists.priority.get(six, "")
        if not words and not tier:
            return None
        areas = tuple(area.id for area in self.areas_of(six, on=on))
        return Shown(code=six, areas=areas, words=words, tier=tier, outside=not areas)


def covers(pattern: str, code: str) -> bool:
    """Tell whether a code is the one a table names, or below it.

    >>> covers("3B001", "3B001.f.1"), covers("3B*", "3B001"), covers("3B001.f", "3B001"), covers("8542", "854231")
    (True, True, False, True)
    """
    if pattern.endswith("*"):
        return code.upper().startswith(pattern[:-1].upper())
    if pattern.isdigit():
        return code.startswith(pattern)
    low, asked = pattern.lower(), code.lower()
    return asked == low or asked.startswith(low + ".")


def _keys(entries: Iterable[Entries]) -> set[tuple[str, str, str]]:
    return {(one.kind, one.country, code) for one in entries for code in one.codes}
