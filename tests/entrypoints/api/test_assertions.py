# SPDX-License-Identifier: Apache-2.0
"""Assertions through the API: handed in, read, followed; what is hidden is not there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from published import OPEN, body, company, draft

from highfence.app import Node
from highfence.errors import StorageFailed
from highfence.exchange.strict import DOCUMENT_BYTES_MAX
from nodes import carry, sharing

from .conftest import Caller

ACME = company("Acme Optics Co Ltd")
ABSENT = "0" * 64


def hidden(*readers: str, **changes: Any) -> Any:
    """Return a draft that an officer with the clearance PUBLIC may not see."""
    return draft(ACME, sharing(*readers), kind="concern", text="Buys for a weapons works", **changes)


def test_a_draft_is_published_and_its_releases_are_told(operator: Caller, node: Node) -> None:
    answer = operator.post("/api/assertions", body(hidden("nl")))
    assert answer.status_code == 201
    told = answer.json()
    releases = {one["reader"]: (one["allowed"], one["reason"]) for one in told["releases"]}
    assert releases == {"eu": (False, "not_releasable"), "nl": (True, "")}
    held = operator.json(f"/api/assertions/{told['id']}")
    assert held["assertion"]["originator"] == "us"
    assert held["assertion"]["marking"]["releasable_to"] == ["nl"]
    assert held["assertion"]["text"] == "Buys for a weapons works"
    assert node.count() == 1


def test_places_in_the_journal_are_never_told(operator: Caller) -> None:
    names = [operator.publish(draft(company(f"Firm {number}", number))) for number in range(3)]
    assert [operator.json(f"/api/assertions/{name}")["position"] for name in names] == [0, 0, 0]
    assert {one["position"] for one in operator.json("/api/assertions")} == {0}


def test_the_newest_come_first_as_many_as_were_asked_for(operator: Caller) -> None:
    names = [operator.publish(draft(company(f"Firm {number}", number))) for number in range(4)]
    assert [one["id"] for one in operator.json("/api/assertions")] == names[::-1]
    assert [one["id"] for one in operator.json("/api/assertions?limit=2")] == names[:1:-1]
    for limit in ("0", "-7"):
        assert len(operator.json(f"/api/assertions?limit={limit}")) == 1
    assert len(operator.json("/api/assertions?limit=1000000")) == 4


def test_what_is_hidden_is_answered_as_what_is_absent(operator: Caller, reader: Caller) -> None:
    name = operator.publish(hidden("nl"))
    assert operator.get(f"/api/assertions/{name}").status_code == 200
    for path in ("/api/assertions/{}", "/api/assertions/{}/status"):
        hid, absent = reader.get(path.format(name)), reader.get(path.format(ABSENT))
        assert hid.status_code == absent.status_code == 404
        assert hid.text.replace(name, ABSENT) == absent.text
        assert hid.headers == absent.headers


def test_the_newest_are_counted_without_what_is_hidden(operator: Caller, reader: Caller) -> None:
    shown = [operator.publish(draft(company(f"Firm {number}", number))) for number in range(2)]
    before = reader.get("/api/assertions?limit=2").content
    for _ in range(3):
        operator.publish(hidden("nl"))
    assert reader.get("/api/assertions?limit=2").content == before
    assert [one["id"] for one in reader.json("/api/assertions")] == shown[::-1]


def test_the_status_follows_an_assertion_to_its_receipt(operator: Caller, nodes: dict[str, Node]) -> None:
    name = operator.publish(hidden("nl"))

    def deliveries() -> dict[str, Any]:
        return {one["peer"]: one for one in operator.json(f"/api/assertions/{name}/status")["deliveries"]}

    waiting = deliveries()
    assert (waiting["nl"]["state"], waiting["nl"]["reason"], waiting["nl"]["seq"]) == ("queued", "not_connected", 1)
    assert (waiting["eu"]["state"], waiting["eu"]["reason"]) == ("withheld", "not_releasable")
    assert waiting["eu"]["text"]
    carry(nodes["us"], nodes["nl"])
    assert deliveries()["nl"]["state"] == "received"


def test_places_in_the_feeds_are_told_only_to_who_operates_the_node(operator: Caller, analyst: Caller) -> None:
    operator.publish(draft(company("Firm", 2)))
    name = operator.publish(hidden("nl"))
    seen = {one["peer"]: one for one in analyst.json(f"/api/assertions/{name}/status")["deliveries"]}
    assert "seq" not in seen["nl"]
    assert seen["nl"]["state"] == "queued"
    of_operator = {one["peer"]: one for one in operator.json(f"/api/assertions/{name}/status")["deliveries"]}
    assert of_operator["nl"]["seq"] == 2


def test_a_replaced_assertion_does_not_name_a_successor_that_is_hidden(
    operator: Caller, reader: Caller, nodes: dict[str, Node]
) -> None:
    first = operator.publish(draft(ACME))
    carry(nodes["us"], nodes["nl"])
    second = operator.publish(
        draft(ACME, sharing("nl"), kind="correction", refers_to=first, text="More is known", reason="A new source")
    )
    assert operator.json(f"/api/assertions/{first}")["superseded_by"] == second
    for path in ("", "/status"):
        assert second in operator.get(f"/api/assertions/{first}{path}").text
        answer = reader.get(f"/api/assertions/{first}{path}")
        assert second not in answer.text
        assert answer.json()["superseded_by"] == "withheld"
    recalled = {one["peer"]: one["recalled_by"] for one in reader.json(f"/api/assertions/{first}/status")["deliveries"]}
    assert recalled["nl"] == "withheld"


def test_of_anothers_assertion_no_delivery_is_told(operator: Caller, nodes: dict[str, Node]) -> None:
    published = nodes["nl"].publish([draft(ACME, sharing("us")).assertion()]).result()
    carry(nodes["nl"], nodes["us"])
    assert operator.json(f"/api/assertions/{published.ids[0]}/status").get("deliveries", []) == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"kind": None}, "kind"),
        ({"kind": "gossip"}, "gossip"),
        ({"marking": {"tlp": "PURPLE"}}, "PURPLE"),
        ({"marking": {"tlp": "AMBER", "purposes": ["sport"]}}, "sport"),
        ({"marking": {"releasable": []}}, "releasable"),
        ({"listing": {"jurisdiction": "us"}}, "listing"),
        ({"kind": "concern", "text": ""}, "text"),
        ({"kind": "correction"}, "refers_to"),
        ({"kind": "withdrawal", "refers_to": "0"}, "reason"),
        ({"entities": []}, "entities"),
        ({"entities": [{"id": "firm-1", "schema": "Dragon"}]}, "Dragon"),
        ({"entities": [{"id": "firm-1", "schema": "Company", "properties": {"wings": ["2"]}}]}, "wings"),
        ({"originator": "nl"}, "originator"),
    ],
)
def test_a_malformed_draft_is_refused_naming_the_field_and_nothing_is_kept(
    operator: Caller, node: Node, change: dict[str, Any], word: str
) -> None:
    values = {**json.loads(body(draft(ACME))), **change}
    answer = operator.post("/api/assertions", json.dumps(values).encode())
    assert answer.status_code == 400
    problem = answer.json()
    assert word in problem["detail"] + problem["where"]
    assert problem["advice"]
    assert node.count() == 0


@pytest.mark.parametrize("content", [b"", b"not json", b'{"kind": "facts", "kind": "facts"}', b'{"a": 1.0}', b"\xff"])
def test_bytes_that_are_no_strict_json_are_refused(operator: Caller, content: bytes) -> None:
    answer = operator.post("/api/assertions", content)
    assert answer.status_code == 400
    assert answer.json()["code"] in ("invalid_document", "invalid_assertion")


def test_a_body_that_is_too_large_is_refused_before_it_is_read(operator: Caller, node: Node) -> None:
    for size in (2 * DOCUMENT_BYTES_MAX + 1, 8 * DOCUMENT_BYTES_MAX):
        answer = operator.post("/api/assertions", b"x" * size)
        assert answer.status_code == 413
        assert answer.json()["code"] == "http_413"
        assert answer.json()["advice"]
    assert operator.post("/api/assertions", b"x" * (DOCUMENT_BYTES_MAX + 1)).status_code == 400
    assert node.count() == 0


def test_a_correction_of_what_is_not_held_is_refused(operator: Caller) -> None:
    wanted = draft(ACME, kind="correction", refers_to=ABSENT, reason="A misread name")
    answer = operator.post("/api/assertions", body(wanted))
    assert answer.status_code == 404
    assert answer.json()["where"] == ABSENT


def test_what_the_disk_did_not_keep_is_507_with_advice(
    operator: Caller, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> object:
        raise StorageFailed("the disk is full", where="database", advice="Free space and try again")

    monkeypatch.setattr(node, "publish", fail)
    answer = operator.post("/api/assertions", body(draft(ACME)))
    assert answer.status_code == 507
    assert answer.json()["advice"] == "Free space and try again"
    assert operator.get("/api/companies?q=acme").status_code == 200


def test_an_unexpected_failure_tells_nothing_of_its_inside(
    operator: Caller, node: Node, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> object:
        raise RuntimeError("Acme Optics in a message")

    monkeypatch.setattr(node, "lookout", fail)
    answer = operator.get("/api/companies?q=acme")
    assert answer.status_code == 500
    assert answer.json()["code"] == "failure"
    assert "Acme" not in answer.text
    assert "Acme" not in "".join(capsys.readouterr())


def test_equal_drafts_are_two_assertions(operator: Caller) -> None:
    assert operator.publish(draft(ACME, OPEN)) != operator.publish(draft(ACME, OPEN))
