# SPDX-License-Identifier: Apache-2.0
"""Everybody in an application is looked for, and whom they are like is told with how it is listed."""

from __future__ import annotations

from datetime import date

from highfence.entrypoints.watch import Watch, nobody
from highfence.formats.application import application_of
from highfence.model.application import Application
from highfence.model.entity import Entity
from highfence.rules.licence import Desk

HERE = "Room 1605, 16/F, Example Tower, 12 Nathan Road, Kowloon, Hong Kong"
TODAY = date(2026, 11, 24)


def _sanction(entity: str, name: str = "Entity List") -> Entity:
    properties = {
        "entity": (entity,),
        "country": ("us",),
        "summary": (name,),
        "program": ("EAR",),
        "provisions": ("licence", "For all items subject to the EAR", "Policy of denial"),
    }
    return Entity(id=f"s-{entity}", schema="Sanction", properties=properties)


def _company(entity: str, name: str, **properties: tuple[str, ...]) -> Entity:
    return Entity(id=entity, schema="Company", properties={"name": (name,), "country": ("cn",), **properties})


LISTED = [
    _company("e1", "Meridian Photonics Institute", address=(HERE,)),
    _sanction("e1"),
    _company("e2", "Meridian Photonics Trading"),
    _company("e3", "Orchid Harbour Logistics"),
    _sanction("e3"),
    Entity(id="o1", schema="Ownership", properties={"owner": ("e1",), "asset": ("e2",), "percentage": ("80",)}),
    Entity(id="o2", schema="Ownership", properties={"owner": ("e1",), "asset": ("e3",), "percentage": ("80",)}),
]
WATCH = Watch.of(LISTED)


def _application(*parties: dict[str, object]) -> Application:
    plain = {"role": "end user", "country": "cn"}
    return application_of(
        {
            "exporter": "us",
            "destination": "cn",
            "items": [{"description": "x", "eccn": "EAR99", "quantity": {"value": 1, "unit": "kg"}}],
            "parties": [plain | one for one in parties],
            "end_use": {"text": "x", "military": False, "military_parts": False}
            | {"weapons_of_mass_destruction": False, "advanced_chips": False},
        },
        today=TODAY,
    )


def _how(application: Application) -> dict[str, set[tuple[str, str]]]:
    answer = Desk().determine(application, WATCH.known(application))
    return {party.id: {(one.how, one.entity) for one in party.listed} for party in answer.parties}


def test_a_listed_name_counts_and_an_owner_is_followed() -> None:
    application = _application({"name": "Meridian Photonics Trading"}, {"name": "MERIDIAN PHOTONICS INSTITUTE"})
    found = _how(application)
    assert ("named", "e1") in found["party-2"]
    assert {how for how, _ in found["party-1"]} >= {"owned"}


def test_owners_that_are_stated_are_looked_for_too() -> None:
    owner = {"name": "Meridian Photonics Institute", "share": 60}
    found = _how(_application({"name": "Quite Another Works", "owners": [owner]}))
    assert ("owned", "party-1") not in found["party-1"]
    assert {how for how, _ in found["party-1"]} == {"owned"}


def test_who_shares_an_address_and_nothing_else_is_told_as_that() -> None:
    found = _how(_application({"name": "Sunlit Bakery", "country": "hk", "addresses": [HERE]}))
    assert found["party-1"] == {("address", "e1")}


def test_a_sibling_of_a_listed_company_is_a_red_flag() -> None:
    watch = Watch.of(
        [
            _company("parent", "Blue Heron Holding"),
            _company("mine", "Blue Heron Optics"),
            _company("sister", "Blue Heron Missiles"),
            _sanction("sister"),
            Entity(id="o1", schema="Ownership", properties={"owner": ("parent",), "asset": ("mine",)}),
            Entity(id="o2", schema="Ownership", properties={"owner": ("parent",), "asset": ("sister",)}),
        ]
    )
    application = _application({"name": "Blue Heron Optics"})
    answer = Desk().determine(application, watch.known(application))
    assert "red-flag.sibling" in {one.rule for one in answer.red_flags}


def test_a_name_that_cannot_be_looked_for_is_said_and_never_passed_over() -> None:
    application = _application({"name": "Ж Ж"}, {"name": "A" * 1_999})
    known = WATCH.known(application)
    assert "party-2" in known.unscreened
    regimes = {one.regime: one for one in Desk().determine(application, known).regimes}
    assert regimes["us-sanctions"].verdict == "cannot tell"


def test_without_any_list_nobody_is_cleared() -> None:
    application = _application({"name": "Meridian Photonics Institute"})
    answer = Desk().determine(application, nobody(application))
    regimes = {one.regime: one for one in answer.regimes}
    assert regimes["us-ear"].verdict == regimes["us-sanctions"].verdict == "cannot tell"
    assert "no list of parties" in regimes["us-sanctions"].because


def test_the_same_party_is_looked_for_once() -> None:
    application = _application({"name": "Meridian Photonics Institute"})
    assert WATCH.known(application) == WATCH.known(application)
