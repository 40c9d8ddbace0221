# SPDX-License-Identifier: Apache-2.0
"""Owners through the API, cut to what the caller may see."""

from __future__ import annotations

from datetime import date

import msgspec
from published import company, draft

from highfence.entrypoints.drafts import Draft
from highfence.model.entity import Entity
from highfence.model.listing import Listing
from highfence.model.marking import Marking
from nodes import sharing

from .conftest import Caller

SECRET = sharing("nl")


def owned(owner: int, owned_one: int, share: str, marking: Marking | None = None) -> Draft:
    properties = {"owner": (f"firm-{owner}",), "asset": (f"firm-{owned_one}",), "percentage": (share,)}
    link = Entity(id=f"link-{owner}-{owned_one}", schema="Ownership", properties=properties)
    about = company(f"Firm Number {owned_one} Works", owned_one)
    return draft(about, **({"marking": marking} if marking else {}), entities=(about, link))


def entity_list(number: int) -> Draft:
    about = company(f"Firm Number {number} Works", number)
    placed = Listing(
        jurisdiction="us", source="us_csl", list="Entity List", key="k", entity=about.id, listed=date(2024, 1, 2)
    )
    return draft(about, kind="listing", listing=placed)


def test_verdicts_shares_and_chains_are_told_in_percent(operator: Caller) -> None:
    for one in (entity_list(2), owned(2, 1, "62.5")):
        operator.publish(one)
    answer = operator.json("/api/companies/firm-1/ownership?as_of=2026-11-24")
    (bis,) = [one for one in answer["verdicts"] if one["rule"] == "us-bis"]
    assert (bis["verdict"], bis["share"]) == ("yes", {"min": 62.5, "max": 62.5})
    assert [one["share"] for one in answer["ties"]] == [{"min": 62.5, "max": 62.5}]
    assert [(one["role"], one["listed_by"]) for one in answer["parties"]] == [("asked", []), ("owner", ["us"])]
    earlier = operator.json("/api/companies/firm-1/ownership?as_of=2026-01-15")
    assert [one["state"] for one in earlier["verdicts"] if one["rule"] == "us-bis"] == ["suspended"]


def test_who_may_not_see_a_link_is_told_nothing_of_it(operator: Caller, reader: Caller) -> None:
    operator.publish(entity_list(2))
    operator.publish(draft(company("Firm Number 1 Works", 1)))
    operator.publish(owned(2, 1, "80", SECRET))
    seen = operator.json("/api/companies/firm-1/ownership")
    assert len(seen["ties"]) == 1
    hidden = msgspec.json.encode(reader.json("/api/companies/firm-1/ownership"))
    assert b"firm-2" not in hidden
    assert b'"yes"' not in hidden


def test_a_company_nobody_told_of_is_not_found_and_a_day_must_be_one(operator: Caller) -> None:
    assert operator.get("/api/companies/nobody/ownership").status_code == 404
    operator.publish(draft(company("Firm Number 1 Works", 1)))
    assert operator.get("/api/companies/firm-1/ownership?as_of=soon").status_code == 400
