# SPDX-License-Identifier: Apache-2.0
"""Areas: technology areas and the dated changes that put their entries into the yard, as tables.

A change adds entries to an area or takes some out. It was proposed, consulted on and adopted on days of its own; it
counts from `since` on, and no longer on its sunset. What nobody has read in the primary text is `verified = false`.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from highfence.errors import InvalidInput
from highfence.model.control import split_code

#: What an entry of an area is a code of. `sector` is words only: a sector that a law names without codes.
Kind = Literal["eccn", "eu", "hs", "national", "sector"]


class Area(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A technology area: its id, its title, and the words people use for it."""

    id: str
    title: str
    words: tuple[str, ...] = ()


class Entries(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Codes of one kind that a change puts into an area or takes out; `country` tells whose national list it is."""

    kind: Kind
    codes: tuple[str, ...]
    country: str = ""


class AreaChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a change does to one area."""

    area: str
    adds: tuple[Entries, ...] = ()
    removes: tuple[Entries, ...] = ()


class Change(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    rename={"since": "from"},
):
    """A change of the yard through its life. `since` is None while it is only proposed.

    `consulted_from` and `consulted_until` are the days of the consultation, `consulted` whom it was with; on `review`
    it is to be looked at again, on `sunset` it ends unless it is made anew.
    """

    id: str
    title: str
    act: str
    verified: bool
    areas: tuple[AreaChange, ...] = ()
    proposed: date | None = None
    consulted: str = ""
    consulted_from: date | None = None
    consulted_until: date | None = None
    adopted: date | None = None
    since: date | None = None
    review: date | None = None
    sunset: date | None = None
    note: str = ""

    def stands(self, on: date) -> bool:
        """Tell whether the change counts on a day."""
        return self.since is not None and self.since <= on and (self.sunset is None or on < self.sunset)

    def state(self, on: date) -> str:
        """Return where the change is in its life on a day.

        >>> change = Change(id="x", title="x", act="x", verified=True, since=date(2027, 1, 1), adopted=date(2026, 1, 1))
        >>> change.state(date(2025, 1, 1)), change.state(date(2026, 6, 1)), change.state(date(2027, 1, 1))
        ('not yet known', 'adopted', 'in force')
        """
        if self.sunset is not None and on >= self.sunset:
            return "ended"
        if self.stands(on):
            return "in force"
        if self.adopted is not None and self.adopted <= on:
            return "adopted"
        if self.consulted_from is not None and self.consulted_from <= on:
            over = self.consulted_until is not None and on > self.consulted_until
            return "consulted" if over else "in consultation"
        return "proposed" if self.proposed is not None and self.proposed <= on else "not yet known"

    def review_due(self, on: date) -> bool:
        """Tell whether the change is in force and its day of review has come."""
        return self.stands(on) and self.review is not None and self.review <= on


class Scope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of areas and changes."""

    areas: tuple[Area, ...] = ()
    changes: tuple[Change, ...] = ()

    def with_changes(self, more: Scope) -> Scope:
        """Return the scope with another's areas and changes behind its own.

        Raises:
            InvalidInput: a change of that id is there already, or names an area that is in neither.
        """
        known = {one.id for one in self.changes}
        for change in more.changes:
            if change.id in known:
                raise InvalidInput(
                    f"the change {change.id!r} is there already", where="changes", advice="Give it an id of its own"
                )
        areas = {one.id: one for one in (*self.areas, *more.areas)}
        return _checked(Scope(areas=tuple(areas.values()), changes=(*self.changes, *more.changes)), "changes")


@cache
def scope_tables() -> Scope:
    """Return the areas and changes that come with the package."""
    room = resources.files("highfence.rules").joinpath("tables", "scope")
    read = [
        _read(room.joinpath(name).read_text("utf-8"), name)
        for name in ("areas.toml", "dual_use.toml", "national.toml", "priority.toml", "screening.toml")
    ]
    areas = tuple(area for one in read for area in one.areas)
    changes = tuple(change for one in read for change in one.changes)
    return _checked(Scope(areas=areas, changes=changes), "tables")


def read_scope(text: str, *, where: str = "scope") -> Scope:
    """Read an authority's own areas and changes in the form of the tables (TOML: `[[areas]]`, `[[changes]]`).

    Raises:
        InvalidInput: it is not TOML of that form, a code is none, or a day comes before one that must precede it.
    """
    return _read(text, where)


def _read(text: str, where: str) -> Scope:
    try:
        scope = msgspec.convert(tomllib.loads(text), Scope)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InvalidInput(
            f"the table cannot be read: {error}",
            where=where,
            advice="Write [[areas]] with id and title, and [[changes]] with id, title, act, verified, from, areas",
        ) from error
    for change in scope.changes:
        _require_order(change, where)
        for entries in (one for area in change.areas for one in (*area.adds, *area.removes)):
            _require_codes(entries, f"{where}, change {change.id}")
    return scope


def _checked(scope: Scope, where: str) -> Scope:
    known = {area.id for area in scope.areas}
    for change in scope.changes:
        for one in change.areas:
            if one.area not in known:
                raise InvalidInput(
                    f"there is no area {one.area[:40]!r}",
                    where=f"{where}, change {change.id}",
                    advice=f"Add it under [[areas]], or use one of: {', '.join(sorted(known))}",
                )
    return scope


def _require_order(change: Change, where: str) -> None:
    days = (change.proposed, change.consulted_from, change.consulted_until, change.adopted, change.since, change.sunset)
    told = [day for day in days if day is not None]
    if told != sorted(told):
        raise InvalidInput(
            "the days are not in their order",
            where=f"{where}, change {change.id}",
            advice="proposed, consulted_from, consulted_until, adopted, from, sunset follow one another",
        )


def _require_codes(entries: Entries, where: str) -> None:
    for code in entries.codes:
        bare = code.removesuffix("*")
        fits = {
            "eccn": bool(split_code(bare)[0]) or code.endswith("*"),
            "eu": bool(split_code(bare)[0]) or code.endswith("*"),
            "hs": bare.isdigit() and len(bare) in (2, 4, 6),
            "national": bool(bare) and bool(entries.country),
            "sector": bool(bare),
        }[entries.kind]
        if not fits:
            raise InvalidInput(
                f"{code[:40]!r} is no code of the kind {entries.kind}",
                where=where,
                advice="Write codes such as 3B001, 3B001.f or 3B*; HS codes of 2, 4 or 6 digits; and a list's country",
            )
