# SPDX-License-Identifier: Apache-2.0
"""Owners that the register tells a reader of count in a determination, and those it does not tell of do not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from highfence.app import Node
from highfence.entrypoints.fence import Fence
from highfence.entrypoints.register_watch import register_watch
from highfence.formats.application import application_of
from highfence.model.application import Application
from highfence.model.assertion import Assertion
from highfence.model.entity import Entity
from highfence.model.listing import Listing
from highfence.model.marking import Marking, public
from highfence.rules.handling import Reader
from highfence.rules.licence import Desk
from nodes import PURPOSES, opened, sharing

TODAY = date(2026, 11, 24)
ALL = Reader(authority="us", name="a", ceiling="RESTRICTED", purposes=PURPOSES)
LITTLE = Reader(authority="us", name="b", ceiling="PUBLIC", purposes=())


def _company(number: int, name: str) -> Entity:
    return Entity(id=f"firm-{number}", schema="Company", properties={"name": (name,), "country": ("cn",)})


PARENT, DAUGHTER = _company(1, "Meridian Photonics Institute"), _company(2, "Orchid Harbour Logistics")
LINK = Entity(
    id="link-1",
    schema="Ownership",
    properties={"owner": ("firm-1",), "asset": ("firm-2",), "percentage": ("60",)},
)


def _assertion(entity: Entity, marking: Marking, *more: Entity, listing: Listing | None = None) -> Assertion:
    return Assertion(
        kind="listing" if listing else "facts",
        originator="",
        issued="",
        subject=entity.id,
        entities=(entity, *more),
        marking=marking,
        listing=listing,
        legal_basis="15 CFR 744.11",
    )


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with opened(tmp_path, ("us", "eu", "nl")) as made:
        node = made["us"]
        placed = Listing(
            jurisdiction="us",
            source="us_csl",
            list="Entity List",
            key="EL-1",
            entity="firm-1",
            licence_requirement="For all items subject to the EAR",
            licence_policy="Policy of denial",
        )
        open_to_all = public(groups=("members",))
        node.publish([_assertion(PARENT, open_to_all, listing=placed)]).result()
        node.publish([_assertion(DAUGHTER, open_to_all)]).result()
        node.publish([_assertion(DAUGHTER, sharing("nl"), PARENT, LINK)]).result()
        yield node


def _application(**party: object) -> Application:
    return application_of(
        {
            "exporter": "us",
            "destination": "cn",
            "items": [{"description": "x", "eccn": "EAR99", "quantity": {"value": 1, "unit": "kg"}}],
            "parties": [{"name": "Orchid Harbour Logistics", "role": "end user", "country": "cn"} | party],
            "end_use": "x",
        },
        today=TODAY,
    )


def test_an_owner_that_the_register_tells_of_brings_its_policy(node: Node) -> None:
    application = _application()
    answer = Desk().determine(application, register_watch(node, ALL).known(application))
    assert [(one.how, one.list) for one in answer.parties[0].listed] == [("owned", "Entity List")]
    assert answer.policy == "Policy of denial"


def test_an_answer_carries_the_marking_of_what_its_owners_were_found_from(node: Node) -> None:
    told = Fence(node).determine(_application(), ALL, officer="a")
    little = Fence(node).determine(_application(), LITTLE, officer="b")
    assert told.marking is not None
    assert (told.marking.tlp, told.marking.classification) == ("AMBER", "RESTRICTED")
    assert little.marking is None or little.marking.classification == "PUBLIC"


def test_an_owner_that_the_reader_may_not_know_of_leaves_no_trace(node: Node) -> None:
    application = _application()
    answer = Desk().determine(application, register_watch(node, LITTLE).known(application))
    assert answer.parties[0].listed == ()
    assert answer.policy == ""


def test_an_id_of_the_application_means_nobody_in_the_register(node: Node) -> None:
    for taken in ("firm-2", "Orchid Harbour Logistics"):
        application = _application(id=taken, name="Sunlit Bakery House")
        answer = Desk().determine(application, register_watch(node, ALL).known(application))
        assert answer.parties[0].listed == ()
