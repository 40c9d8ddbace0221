# SPDX-License-Identifier: Apache-2.0
"""Checks: what of an application cannot be so, before anything is determined: nothing is left out instead.

A code that no loaded list has, a unit nobody knows, a number that cannot be, a country that was not there on the day, a
party without a name.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from highfence.errors import InvalidInput
from highfence.model.application import Application, Item, OwnerStated, ShipmentParty
from highfence.model.control import EAR99, UNLISTED, ControlEntry, ControlLists, split_code
from highfence.model.country import countries
from highfence.rules.licence.tables import RuleTables, Unit


def check_application(application: Application, lists: ControlLists, tables: RuleTables, *, where: str = "") -> None:
    """Refuse an application that cannot be judged as it stands.

    Raises:
        InvalidInput: the first thing that cannot be; `where` names the field, `advice` the accepted form.
    """
    on = application.on
    _check_country(application.exporter, on, tables, where=f"{where}exporter")
    _check_country(application.destination, on, tables, where=f"{where}destination")
    for at, item in enumerate(application.items):
        _check_item(item, lists, tables, where=f"{where}items[{at}]")
    for at, party in enumerate(application.parties):
        _check_party(party, on, tables, where=f"{where}parties[{at}]")


def _check_country(code: str, on: date, tables: RuleTables, *, where: str) -> None:
    for one in tables.countries.existence:
        if one.country != code:
            continue
        if on < one.since or (one.until is not None and on >= one.until):
            told = f"before {one.since}" if on < one.since else f"from {one.until} on"
            raise InvalidInput(
                f"there is no {one.name} ({code}) {told}", where=where, advice=f"On {on} {one.advice or 'give another'}"
            )
        return
    if code not in _existing():
        raise InvalidInput(
            f"{code[:40]!r} is no country", where=where, advice="Use an ISO 3166-1 alpha-2 code such as de"
        )


def _existing() -> frozenset[str]:
    return frozenset(countries())


def _check_item(item: Item, lists: ControlLists, tables: RuleTables, *, where: str) -> None:
    if item.eccn and item.eccn != EAR99:
        _check_code(item.eccn, lists.ccl, what="ECCN", where=f"{where}.eccn")
    if item.eu_code and item.eu_code != UNLISTED:
        _check_code(item.eu_code, lists.annex_i, what="code of Annex I", where=f"{where}.eu_code")
    if item.hs and not (item.hs.isdigit() and 6 <= len(item.hs) <= 10):
        raise InvalidInput(
            f"{item.hs[:20]!r} is no HS number", where=f"{where}.hs", advice="Write 6 to 10 digits, such as 854231"
        )
    if item.hs and lists.hs and item.hs[:6] not in lists.hs:
        raise InvalidInput(
            f"the Harmonised System has no {item.hs[:6]}",
            where=f"{where}.hs",
            advice="Write 6 to 10 digits, such as 854231",
        )
    for at, code in enumerate(item.national_codes):
        country, _, rest = code.partition(":")
        if len(country) != 2 or not split_code(rest)[0]:
            raise InvalidInput(
                f"{code[:40]!r} is no code of a national list",
                where=f"{where}.national_codes[{at}]",
                advice="Write the Member and its code, such as nl:3B001.l",
            )
    _check_measure(item.quantity.value, item.quantity.unit, tables, where=f"{where}.quantity")
    if item.quantity.value <= 0:
        raise InvalidInput(
            "the quantity is not above nothing", where=f"{where}.quantity.value", advice="Write a number such as 3"
        )
    for at, one in enumerate(item.parameters):
        _check_measure(one.value, one.unit, tables, where=f"{where}.parameters[{at}]")


def _check_code(code: str, entries: dict[str, ControlEntry], *, what: str, where: str) -> None:
    entry, paragraph = split_code(code)
    form = "Write it with its paragraph, such as 3B001.f.1" + ("; EAR99 or none" if what else "")
    if not entry:
        raise InvalidInput(f"{code[:40]!r} is no {what}", where=where, advice=form)
    if not entries:
        return
    found = entries.get(entry)
    if found is None:
        raise InvalidInput(
            f"the list has no {entry}", where=where, advice=f"{form}; look it up with `highfence yard search`"
        )
    full = f"{entry}.{paragraph}"
    # Entries of which only the heading is loaded may have any paragraph.
    told = any(not one.note for one in found.paragraphs)
    if paragraph and told and not any(one.code == full or one.code.startswith(full + ".") for one in found.paragraphs):
        raise InvalidInput(
            f"{entry} has no paragraph {paragraph}", where=where, advice=f"See `highfence yard show {entry}`"
        )


def _check_measure(value: Decimal, unit: str, tables: RuleTables, *, where: str) -> None:
    kind = _unit(unit, tables.units)
    if kind is None:
        known = sorted({one for kinds in tables.units for one in kinds.units})
        raise InvalidInput(f"{unit[:20]!r} is no unit", where=f"{where}.unit", advice=f"Use one of: {', '.join(known)}")
    if (kind.least is not None and value < kind.least) or (kind.most is not None and value > kind.most):
        least = f"at least {kind.least}" if kind.least is not None else ""
        raise InvalidInput(
            f"{value} {unit} cannot be {kind.kind}",
            where=f"{where}.value",
            advice=f"Write a number of {least} {unit}".strip(),
        )
    if kind.whole and value != value.to_integral_value():
        raise InvalidInput(
            f"{value} {unit} is not whole", where=f"{where}.value", advice="Write a whole number such as 3"
        )


def _unit(unit: str, units: Iterable[Unit]) -> Unit | None:
    return next((one for one in units if unit in one.units), None)


def _check_party(party: ShipmentParty, on: date, tables: RuleTables, *, where: str) -> None:
    _check_name(party.name, where=f"{where}.name")
    _check_country(party.country, on, tables, where=f"{where}.country")
    for at, owner in enumerate(party.owners):
        _check_owner(owner, on, tables, where=f"{where}.owners[{at}]")


def _check_owner(owner: OwnerStated, on: date, tables: RuleTables, *, where: str) -> None:
    _check_name(owner.name, where=f"{where}.name")
    if owner.country:
        _check_country(owner.country, on, tables, where=f"{where}.country")
    for at, one in enumerate(owner.owners):
        _check_owner(one, on, tables, where=f"{where}.owners[{at}]")


def _check_name(name: str, *, where: str) -> None:
    if sum(letter.isalnum() for letter in name) < 2:
        raise InvalidInput("the party has no name", where=where, advice="Write the party's whole name")
