# SPDX-License-Identifier: Apache-2.0
"""A profile arranged for the page."""

from __future__ import annotations

from datetime import date

import msgspec

from highfence.app import Node
from highfence.entrypoints.web.company_page import CompanyPage, company_page
from highfence.model.entity import Entity
from nodes import officer

from .conftest import company, facts, listing, secret

TODAY = date(2026, 11, 24)
ACME = company("Acme Optics", 1, alias=("AO",), leiCode=("549300E9PC51EN656011",))


def arranged(node: Node, name: str = "firm-1") -> CompanyPage:
    with node.sight(officer(node)) as sight:
        return company_page(sight.profile(name), on=TODAY)


def test_who_lists_it_comes_before_who_did_and_who_does_not(node: Node) -> None:
    node.publish(
        [
            listing(ACME, "us", date(2020, 1, 1), until=date(2024, 1, 1)),
            listing(ACME, "uk", date(2023, 1, 1)),
            listing(ACME, "jp", date(2022, 1, 1)),
            listing(company("Bolt Works", 2), "eu"),
        ]
    ).result()
    lines = [(line.jurisdiction, line.stands, line.marked is not None) for line in arranged(node).lines]
    assert lines == [
        ("jp", True, True),
        ("uk", True, True),
        ("us", False, True),
        ("eu", False, False),
        ("us", False, False),
    ]


def test_a_value_that_several_say_is_shown_once_with_all_of_them(node: Node) -> None:
    node.publish([facts(ACME), facts(ACME, secret())]).result()
    values = {(value.label, value.shown): value for value in arranged(node).values}
    assert len(values) == len(arranged(node).values)
    assert [one.marking.tlp for one in values[("Name", "Acme Optics")].said].count("CLEAR") == 1
    assert len(values[("LEI", "549300E9PC51EN656011")].said) == 2
    assert arranged(node).values[0].label == "Name"


def test_a_value_keeps_the_ways_it_was_printed(node: Node) -> None:
    printed = msgspec.structs.replace(ACME, originals={"Acme Optics": "ACME OPTICS."}, languages={"AO": "eng"})
    node.publish([facts(printed), facts(ACME)]).result()
    values = {value.shown: value for value in arranged(node).values}
    assert values["Acme Optics"].originals == ("ACME OPTICS.",)
    assert values["AO"].language == "eng"


def test_entities_told_along_are_called_by_their_names(node: Node) -> None:
    holder = company("Holding AG", 9)
    owns = Entity(
        id="own-1", schema="Ownership", properties={"owner": ("firm-9",), "asset": ("firm-1",), "percentage": ("51",)}
    )
    stray = Entity(id="own-2", schema="Ownership", properties={"owner": ("firm-77",)})
    node.publish([facts(ACME, entities=(ACME, holder, owns, stray))]).result()
    linked = {one.entity: one for one in arranged(node).linked}
    assert linked["firm-9"].caption == "Holding AG"
    assert linked["own-1"].caption == "Holding AG → Acme Optics"
    assert linked["own-2"].caption == "firm-77 → ?"
    shown = {value.label: value.shown for value in linked["own-1"].values}
    assert (shown["Owner"], shown["Asset"], shown["Percentage"]) == ("Holding AG", "Acme Optics", "51")


def test_an_address_told_by_two_is_shown_once_and_a_person_of_the_same_name_is_not(node: Node) -> None:
    def told(number: int) -> tuple[Entity, ...]:
        address = Entity(id=f"addr-{number}", schema="Address", properties={"full": ("1 Harbour Road",)})
        person = Entity(id=f"person-{number}", schema="Person", properties={"name": ("Li Wei",)})
        firm = msgspec.structs.replace(ACME, properties={**ACME.properties, "addressEntity": (address.id,)})
        return (firm, address, person)

    node.publish([facts(ACME, entities=told(1)), facts(ACME, entities=told(2))]).result()
    page = arranged(node)
    assert [(one.schema, one.caption) for one in page.linked] == [
        ("Address", "1 Harbour Road"),
        ("Person", "Li Wei"),
        ("Person", "Li Wei"),
    ]
    assert len(page.linked[0].values[0].said) == 2
    assert "Address entity" not in [value.label for value in page.values]
