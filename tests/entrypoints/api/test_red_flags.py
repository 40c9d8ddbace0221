# SPDX-License-Identifier: Apache-2.0
"""Red flags through the API, cut to what the caller may see."""

from __future__ import annotations

import msgspec
from published import company, draft, listed

from nodes import sharing

from .conftest import Caller

STREET = ("12 Example Road, Kowloon, Hong Kong",)


def test_the_address_of_a_listed_party_is_told_with_its_source(operator: Caller) -> None:
    operator.publish(draft(company("Firm Number 1 Works", 1, address=STREET)))
    assert operator.json("/api/companies/firm-1/red-flags")["flags"] == []
    operator.publish(listed(company("Quite Another Maker", 2, address=STREET), "us"))
    answer = operator.json("/api/companies/firm-1/red-flags")
    (flag,) = answer["flags"]
    assert (flag["id"], flag["valid_from"], answer["complete"]) == ("shared-address", "2024-06-12", True)
    assert flag["fact"].startswith("gives the address of Quite Another Maker, listed by US")
    assert operator.json("/api/companies/firm-1/red-flags?as_of=2024-06-11")["flags"] == []


def test_who_may_not_see_the_listing_is_told_nothing_of_it(operator: Caller, reader: Caller) -> None:
    operator.publish(draft(company("Firm Number 1 Works", 1, address=STREET)))
    operator.publish(listed(company("Quite Another Maker", 2, address=STREET), "us", sharing("nl")))
    assert len(operator.json("/api/companies/firm-1/red-flags")["flags"]) == 1
    answer = msgspec.json.encode(reader.json("/api/companies/firm-1/red-flags"))
    assert b"Another" not in answer
    assert b'"flags":[]' in answer


def test_a_company_nobody_told_of_has_no_flags_but_an_error(operator: Caller) -> None:
    assert operator.get("/api/companies/nobody/red-flags").status_code == 404
