# SPDX-License-Identifier: Apache-2.0
"""Application document: strict JSON in, an application out, or a refusal that names the field and the accepted form.

Nothing is dropped in silence: an unknown field, a key given twice, a number without a unit are refused. Numbers are
read as decimals. What the law's tables know of codes, units and countries is checked by `rules.licence.checks`.
"""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

import msgspec

from highfence.errors import InvalidDocument, InvalidInput
from highfence.formats.application_form import ITEM, OWNER, PARTY, SHIPMENT, Form
from highfence.model.application import (
    Application,
    EndUse,
    Item,
    Measure,
    Money,
    OwnerStated,
    Parameter,
    ShipmentParty,
)
from highfence.model.country import country_code
from highfence.model.interest import UNKNOWN_SHARE, Control, Share, between, exactly

BYTES_MOST = 1 << 20
_OWNERS_DEEP = 8
_CURRENCY = re.compile(r"[A-Z]{3}\Z")


def read_application(data: bytes, *, today: date, where: str = "") -> Application:
    """Read one application; its `date` is `today` if it has none. `where` comes before the field in a refusal.

    Raises:
        InvalidDocument: it is not one strict JSON object of at most 1 MiB.
        InvalidInput: a field is missing, unknown or not in its form; `where` names it, `advice` the form.
    """
    if len(data) > BYTES_MOST:
        raise InvalidDocument(
            f"the application has {len(data):,} bytes", where=where, advice=f"At most {BYTES_MOST:,} are read"
        )
    return application_of(strict_json(data, where=where), today=today, where=where)


def strict_json(data: bytes, *, where: str = "") -> Any:
    """Return what JSON says, with fractions as decimals.

    Raises:
        InvalidDocument: it is no JSON, a key stands twice, or a number is none.
    """
    try:
        return json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=_once, parse_float=Decimal, parse_constant=_no_number
        )
    except (ValueError, RecursionError) as error:
        raise InvalidDocument(
            f"the application is not strict JSON: {str(error)[:120]}", where=where, advice="Write one JSON object"
        ) from error


def application_of(said: object, *, today: date, where: str = "") -> Application:
    """Make an application of decoded JSON; raises as `read_application`."""
    form = SHIPMENT.fill(said, where)
    parties = [_party(one, f"{where}parties[{at}]") for at, one in enumerate(form["parties"])]
    items = [_item(one, f"{where}items[{at}]") for at, one in enumerate(form["items"])]
    read = Application(
        id=form["id"] or "application",
        exporter=_country(form["exporter"], f"{where}exporter"),
        destination=_country(form["destination"], f"{where}destination"),
        items=_named(items, "item", f"{where}items"),
        parties=_named(parties, "party", f"{where}parties"),
        end_use=_end_use(form["end_use"], f"{where}end_use"),
        on=_day(form["date"], f"{where}date") or today,
    )
    _require_ids(read, where)
    return read


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(name for name in names if names.count(name) > 1)[:40]!r} stands twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _named(read: list[Any], kind: str, where: str) -> tuple[Any, ...]:
    """Give an id to who has none, and refuse an empty list and an id that stands twice."""
    if not read:
        raise InvalidInput(f"there is no {kind}", where=where, advice=f"Give at least one {kind}")
    found = [
        one if one.id else msgspec.structs.replace(one, id=f"{kind}-{number}")
        for number, one in enumerate(read, start=1)
    ]
    return tuple(found)


def _require_ids(read: Application, where: str) -> None:
    ids = [subject.id for subject in read.subjects()] + [item.id for item in read.items]
    twice = next((one for one in ids if ids.count(one) > 1), None)
    if twice is not None:
        raise InvalidInput(
            f"the id {twice[:40]!r} stands twice",
            where=f"{where}parties",
            advice="Give each item, party and owner its own",
        )


def _item(said: object, where: str) -> Item:
    form = ITEM.fill(said, where)
    return Item(
        id=form["id"],
        description=form["description"],
        quantity=_measure(form["quantity"], f"{where}.quantity"),
        eccn=form["eccn"],
        eu_code=form["eu_code"],
        national_codes=tuple(form["national_codes"]),
        hs=form["hs"].replace(".", "").replace(" ", ""),
        parameters=tuple(_parameter(one, f"{where}.parameters[{at}]") for at, one in enumerate(form["parameters"])),
        value=_money(form["value"], f"{where}.value"),
        origin=_country(form["origin"], f"{where}.origin") if form["origin"] else "",
        us_content=_percent(form["us_content"], f"{where}.us_content"),
        us_technology=form["us_technology"],
        advanced_node=form["advanced_node"],
        military=form["military"],
    )


def _party(said: object, where: str) -> ShipmentParty:
    form = PARTY.fill(said, where)
    roles = form["roles"] or ([form["role"]] if form["role"] else [])
    if not roles:
        raise InvalidInput("the party has no role", where=f"{where}.roles", advice=PARTY.advice("roles"))
    return ShipmentParty(
        id=form["id"],
        name=form["name"].strip(),
        roles=tuple(PARTY.choose("roles", role, where) for role in roles),
        country=_country(form["country"], f"{where}.country"),
        addresses=tuple(form["addresses"]),
        identifiers=tuple(form["identifiers"]),
        incorporated=_day(form["incorporated"], f"{where}.incorporated"),
        trading_since=_day(form["trading_since"], f"{where}.trading_since"),
        changed=_day(form["changed"], f"{where}.changed"),
        nationalities=tuple(_country(one, f"{where}.nationalities") for one in form["nationalities"]),
        owners=_owners(form["owners"], where, deep=0),
        judged=form["judged"],
    )


def _owners(said: list[object], where: str, *, deep: int) -> tuple[OwnerStated, ...]:
    if said and deep >= _OWNERS_DEEP:
        raise InvalidInput(
            f"owners are more than {_OWNERS_DEEP} levels deep", where=where, advice="Ask about the upper levels apart"
        )
    found = []
    for at, one in enumerate(said):
        place = f"{where}.owners[{at}]"
        form = OWNER.fill(one, place)
        found.append(
            OwnerStated(
                id=form["id"] or place,
                name=form["name"].strip(),
                country=_country(form["country"], f"{place}.country") if form["country"] else "",
                share=_share(form["share"], f"{place}.share"),
                control={True: Control.YES, False: Control.NO, None: Control.NO}[form["control"]],
                identifiers=tuple(form["identifiers"]),
                since=_day(form["from"], f"{place}.from"),
                until=_day(form["to"], f"{place}.to"),
                owners=_owners(form["owners"], place, deep=deep + 1),
            )
        )
    return tuple(found)


def _end_use(said: object, where: str) -> EndUse:
    form = SHIPMENT.below("end_use").fill({"text": said} if isinstance(said, str) else said, where)
    informed = tuple(SHIPMENT.below("end_use").choose("informed", one, where) for one in form.pop("informed"))
    return EndUse(**form, informed=informed)


def _measure(said: object, where: str) -> Measure:
    form = ITEM.below("quantity").fill(said, where)
    return Measure(value=_number(form["value"], f"{where}.value"), unit=form["unit"])


def _parameter(said: object, where: str) -> Parameter:
    form = ITEM.below("parameters").fill(said, where)
    return Parameter(name=form["name"], value=_number(form["value"], f"{where}.value"), unit=form["unit"])


def _money(said: object, where: str) -> Money | None:
    if said is None:
        return None
    form = ITEM.below("value").fill(said, where)
    amount = _number(form["amount"], f"{where}.amount")
    if not _CURRENCY.match(form["currency"]) or amount < 0:
        raise InvalidInput("this is no value", where=where, advice='Write {"amount": 12000, "currency": "EUR"}')
    return Money(amount=amount, currency=form["currency"])


def _number(said: object, where: str) -> Decimal:
    if isinstance(said, bool) or not isinstance(said, int | Decimal) or not Decimal(said).is_finite():
        raise InvalidInput("this is no number", where=where, advice="Write a number such as 0.9, without a unit in it")
    return Decimal(said)


def _percent(said: object, where: str) -> Decimal | None:
    if said is None:
        return None
    number = _number(said, where)
    if not 0 <= number <= 100:
        raise InvalidInput(f"{number} is no share", where=where, advice="Write percents between 0 and 100")
    return number


def _share(said: object, where: str) -> Share:
    if said is None:
        return UNKNOWN_SHARE
    try:
        if isinstance(said, dict):
            form = OWNER.below("share").fill(said, where)
            return between(_number(form["min"], where), _number(form["max"], where))
        return exactly(_number(said, where))
    except InvalidInput as error:
        advice = error.advice or 'Write percents such as 35, or {"min": 10, "max": 25}'
        raise InvalidInput(error.what, where=where, advice=advice) from error


def _country(said: str, where: str) -> str:
    code = country_code(said)
    if not code and len(said.strip()) == 2 and said.strip().isalpha():
        return said.strip().lower()  # a country that is no more: whether it was one on the day is checked with the law
    if not code:
        raise InvalidInput(
            f"{said[:60]!r} is no country", where=where, advice="Use an ISO 3166-1 alpha-2 code such as de, or its name"
        )
    return code


def _day(said: str, where: str) -> date | None:
    if not said:
        return None
    try:
        return date.fromisoformat(said)
    except ValueError as error:
        raise InvalidInput(f"{said[:40]!r} is no day", where=where, advice="Write it like 2026-11-24") from error


__all__ = ["Form", "application_of", "read_application", "strict_json"]
