# SPDX-License-Identifier: Apache-2.0
"""The knowledge map through the API."""

from __future__ import annotations

from published import company, draft

from nodes import sharing

from .conftest import Caller

ACME = company("Acme Optics Co Ltd")


def test_what_could_be_released_is_told_with_a_draft_and_releases_nothing(operator: Caller) -> None:
    name = operator.publish(draft(ACME, sharing("nl"), kind="concern", text="Ships to a listed end user"))
    before = operator.json(f"/api/assertions/{name}/status")
    found = operator.json("/api/knowledge/offers")
    assert {one["assertion"] for one in found} == {name}
    assert "nl" not in {one["to"] for one in found}
    peer = found[0]["to"]
    assert operator.json(f"/api/knowledge/offers?to={peer}&limit=1") == found[:1]
    assert found[0]["draft"]["kind"] == "correction"
    assert peer in found[0]["draft"]["marking"]["releasable_to"]
    assert operator.json(f"/api/assertions/{name}/status") == before
    (field,) = [one for one in operator.json("/api/knowledge/companies/firm-1")["fields"] if one["field"] == "concern"]
    assert (peer in field["missing"], field["known"][0]["how"]) == (True, "queued")
    assert operator.json("/api/knowledge/asks") == []
    assert operator.get("/api/knowledge/companies/nobody").status_code == 404
