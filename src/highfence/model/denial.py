# SPDX-License-Identifier: Apache-2.0
"""Denial: a licence that an authority has refused, with what makes another application essentially identical.

A denial is never edited. What becomes of it (renewed, amended, revoked) is a correction that carries the whole denial
in its new state. Numbers are text with a unit, so that what was signed is exact. A `pointer` says that there is a
denial about a party and whom to ask, and nothing of what it says; it is an assertion of its own, for those who may not
have the denial.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

import msgspec

from highfence.errors import InvalidAssertion

#: What becomes of a denial. All but `revoked` bind those who would undercut it.
STATES = ("valid", "renewed", "amended", "revoked")
#: Why it was refused, by class; words of the authority stand in the assertion's text.
REASONS = (
    "weapons of mass destruction",
    "military end use",
    "diversion",
    "human rights",
    "security",
    "terrorism",
    "sanctions",
    "other",
)
#: Under which regime it was refused and notified; the rules of each stand in `rules/tables/undercut.toml`.
REGIMES = ("eu", "wassenaar", "nsg", "mtcr", "ag", "national")
_DIGITS_MOST = 40
_MANY_MOST = 100


class Amount(msgspec.Struct, frozen=True, kw_only=True):
    """A number as text, such as "0.9", with its unit; the unit of a bare number is `1`."""

    value: str
    unit: str


class Characteristic(msgspec.Struct, frozen=True, kw_only=True):
    """A technical parameter: its name, its number as text, its unit."""

    name: str
    value: str
    unit: str


class DeniedItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An item: where it stands on the control lists, and its parameters."""

    description: str
    eccn: str = ""
    eu_code: str = ""
    national_codes: tuple[str, ...] = ()
    hs: str = ""
    parameters: tuple[Characteristic, ...] = ()
    quantity: Amount | None = None


class Denial(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A denial in its present state. `end_users` and `consignees` are ids of entities that the assertion carries.

    `denied` is the day of the refusal, `decided` the day on which its present state was decided, `review` the day by
    which it is to be reviewed. `catch_all` tells that the item is on no list and was refused for its end use.
    `reference` is the authority's own number, `contact` the desk to ask. `pointed` is the pointer that was released to
    those who may not have the denial.
    """

    end_users: tuple[str, ...] = ()
    consignees: tuple[str, ...] = ()
    items: tuple[DeniedItem, ...] = ()
    destination: str = ""
    regime: str = ""
    reason: str = ""
    denied: date | None = None
    decided: date | None = None
    review: date | None = None
    state: str = "valid"
    catch_all: bool = False
    pointer: bool = False
    pointed: str = ""
    reference: str = ""
    contact: str = ""

    def parties(self) -> tuple[str, ...]:
        """Return the ids of all parties, each once."""
        return tuple(dict.fromkeys((*self.end_users, *self.consignees)))

    def since(self) -> date:
        """Return the day from which this state counts; the first of all days for a pointer that tells none."""
        return self.decided or self.denied or date.min


def exact(text: str) -> Decimal | None:
    """Return the number that a text is, None if it is none.

    >>> exact("0.9"), exact("nan"), exact("about 3")
    (Decimal('0.9'), None, None)
    """
    if not text or len(text) > _DIGITS_MOST or not text.isascii() or "_" in text or text != text.strip():
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def require_denial(denial: Denial, entities: frozenset[str]) -> None:
    """Refuse a denial that lacks what it needs; `entities` are the ids of those carried along.

    Raises:
        InvalidAssertion: says which field.
    """
    _require_parties(denial, entities)
    _require_word("state", denial.state, STATES)
    if denial.regime or not denial.pointer:
        _require_word("regime", denial.regime, REGIMES)
    if denial.pointer:
        if denial.items or denial.reason or denial.reference:
            raise wrong("pointer", "a pointer tells something of the denial", "Leave out items, reason and reference")
        return
    _require_word("reason", denial.reason, REASONS)
    if not denial.items:
        raise wrong("items", "a denial needs what was refused", "Give at least one item")
    if not denial.destination:
        raise wrong("destination", "a denial needs its destination", "Give a country's alpha-2 code such as cn")
    if denial.denied is None:
        raise wrong("denied", "a denial needs the day of the refusal", "Write it like 2026-11-24")
    if denial.decided is not None and denial.decided < denial.denied:
        raise wrong("decided", "its state is older than the refusal", "Give the day on which the state was decided")
    require_items(denial.items, "denial.items")


def require_items(items: tuple[DeniedItem, ...], where: str) -> None:
    """Refuse items without words or with a number that is none; raises InvalidAssertion."""
    if len(items) > _MANY_MOST:
        raise wrong(where, f"there are {len(items)} items", f"Give at most {_MANY_MOST}")
    for at, item in enumerate(items):
        place = f"{where}[{at}]"
        if not item.description.strip():
            raise wrong(f"{place}.description", "the item has no description", "Say in some words what it is")
        if len(item.parameters) > _MANY_MOST:
            raise wrong(f"{place}.parameters", "the item has too many parameters", f"Give at most {_MANY_MOST}")
        for one in item.parameters:
            if not one.name.strip():
                raise wrong(f"{place}.parameters", "a parameter has no name", "Name it, such as wavelength")
            _require_number(f"{place}.parameters", one.value, one.unit)
        if item.quantity is not None:
            _require_number(f"{place}.quantity", item.quantity.value, item.quantity.unit)


def wrong(field: str, what: str, advice: str) -> InvalidAssertion:
    """Return the error for a field of an assertion."""
    return InvalidAssertion(what, where=field if "." in field else f"denial.{field}", advice=advice)


def _require_parties(denial: Denial, entities: frozenset[str]) -> None:
    if not denial.parties():
        raise wrong("end_users", "a denial names nobody", "Name the end user or the consignee")
    missing = [one for one in denial.parties() if one not in entities]
    if missing:
        raise wrong("end_users", f"{missing[0][:60]!r} is not among the entities", "Carry each party's entity along")


def _require_word(field: str, said: str, words: tuple[str, ...]) -> None:
    if said not in words:
        raise wrong(field, f"{said[:40]!r} is no {field} of a denial", f"Use one of: {', '.join(words)}")


def _require_number(where: str, value: str, unit: str) -> None:
    if exact(value) is None:
        raise wrong(where, f"{value[:40]!r} is no number", 'Write a number as text, such as "0.9"')
    if not unit.strip():
        raise wrong(where, "a number has no unit", "Write its unit, such as nm; 1 for a bare number")
