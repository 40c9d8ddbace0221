# SPDX-License-Identifier: Apache-2.0
"""Cases: determinations as data. A case tells the transaction, who is listed how, and what must follow."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from highfence.formats.application import application_of
from highfence.model.application import Application, Known, Likeness
from highfence.model.interest import Interest, exactly
from highfence.model.listing import Listing

FILE = Path(__file__).with_name("cases.toml")
TODAY = date(2026, 11, 24)
STATED = {
    "text": "Civil production",
    "military": False,
    "military_parts": False,
    "weapons_of_mass_destruction": False,
    "cyber_surveillance": False,
    "advanced_chips": False,
}
ITEM = {
    "description": "A thing",
    "quantity": {"value": 1, "unit": "pieces"},
    "eccn": "EAR99",
    "eu_code": "none",
    "hs": "392690",
    "advanced_node": False,
}
ALL_ITEMS = "For all items subject to the EAR. (See §744.11 of the EAR)."


class Listed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"name": "list"}):
    """How a party, or an entity, is listed: `of` is whose, `like` is how sure, `judged` by the party itself."""

    of: str
    name: str
    jurisdiction: str = "us"
    like: str = "sure"
    requirement: str = ""
    policy: str = ""
    programme: str = ""
    measure: str = ""
    since: date | None = None
    until: date | None = None


class Held(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who holds what beside what the application says."""

    owner: str
    owned: str
    share: Decimal | int | None = None


class Day(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What must follow on a day: verdicts by regime, and, if given, policy, rules, flags, exceptions."""

    on: date = TODAY
    verdict: str = ""
    regimes: dict[str, str] = msgspec.field(default_factory=dict)
    policy: str | None = None
    rules: tuple[str, ...] = ()
    not_rules: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    not_flags: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()


class CaseData(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One case of the file."""

    name: str
    cites: str
    exporter: str
    destination: str
    items: list[dict[str, Any]]
    expect: tuple[Day, ...]
    parties: list[dict[str, Any]] = []
    end_use: dict[str, Any] = {}
    listed: tuple[Listed, ...] = ()
    held: tuple[Held, ...] = ()

    def application(self, on: date) -> Application:
        """Return the application on a day; what a case does not say is plain and civil."""
        parties = self.parties or [{}]
        return application_of(
            {
                "id": "case",
                "exporter": self.exporter,
                "destination": self.destination,
                "date": on.isoformat(),
                "items": [_said(ITEM | {"id": f"i{at}"} | one) for at, one in enumerate(self.items, start=1)],
                "parties": [
                    {"id": f"p{at}", "name": f"Party {at}", "roles": ["end user"], "country": self.destination} | one
                    for at, one in enumerate(parties, start=1)
                ],
                "end_use": _said(STATED | self.end_use),
            },
            today=on,
        )

    def known(self) -> Known:
        """Return whom the parties are like and how these are listed."""
        likenesses: dict[str, list[Likeness]] = {}
        listings: dict[str, list[Listing]] = {}
        for number, one in enumerate(self.listed, start=1):
            entity = one.of if one.like == "entity" else f"e-{one.of}"
            if one.like != "entity" and not any(held.entity == entity for held in likenesses.get(one.of, ())):
                likenesses.setdefault(one.of, []).append(
                    Likeness(
                        entity=entity,
                        caption=f"Listed {one.of}",
                        score=1.0 if one.like == "sure" else 0.8,
                        sure=one.like == "sure",
                        address_only=one.like == "address",
                    )
                )
            listings.setdefault(entity, []).append(_listing(one, entity, number))
        return Known(
            likenesses={subject: tuple(found) for subject, found in likenesses.items()},
            listings={entity: tuple(found) for entity, found in listings.items()},
            interests=tuple(
                Interest(owner=one.owner, owned=one.owned)
                if one.share is None
                else Interest(owner=one.owner, owned=one.owned, share=exactly(one.share))
                for one in self.held
            ),
        )


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value != "unsaid"}


def _listing(one: Listed, entity: str, number: int) -> Listing:
    on_entity_list = one.name == "Entity List"
    return Listing(
        jurisdiction=one.jurisdiction,
        source="test",
        list=one.name,
        key=f"k{number}",
        entity=entity,
        programme=one.programme,
        measure=one.measure,
        listed=one.since,
        until=one.until,
        licence_requirement=one.requirement or (ALL_ITEMS if on_entity_list else ""),
        licence_policy=one.policy or ("Presumption of denial" if on_entity_list else ""),
    )


def cases() -> list[CaseData]:
    """Return all cases of the file."""
    read = tomllib.loads(FILE.read_text("utf-8"), parse_float=Decimal)
    return [msgspec.convert(one, CaseData) for one in read["cases"]]
