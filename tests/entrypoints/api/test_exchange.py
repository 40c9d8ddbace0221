# SPDX-License-Identifier: Apache-2.0
"""What an operator watches, and the little that others are told."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec
from published import company, draft

from highfence.app import Node
from highfence.model.authority import Membership
from highfence.storage import peers
from nodes import carry, following, sharing

from .conftest import Caller


def by_peer(operator: Caller) -> dict[str, Any]:
    return {view["authority"]["code"]: view for view in operator.json("/api/peers")}


def test_health_tells_anybody_that_the_node_is_up_and_nothing_else(stranger: Caller, operator: Caller) -> None:
    before = stranger.get("/api/health")
    assert sorted(before.json()) == ["authority", "version"]
    operator.publish(draft(company("Acme")))
    assert stranger.get("/api/health").content == before.content


def test_peers_show_how_far_both_feeds_have_come(operator: Caller, nodes: dict[str, Node]) -> None:
    operator.publish(draft(company("Acme"), sharing("nl")))
    operator.publish(draft(company("Acme"), sharing("nl", "eu")))
    carry(nodes["us"], nodes["nl"])
    found = by_peer(operator)
    assert sorted(found) == ["eu", "nl"]
    assert (found["nl"]["out_size"], found["nl"]["out_received"]) == (2, 2)
    assert (found["eu"]["out_size"], found["eu"]["out_received"]) == (1, 0)
    assert found["nl"]["link"]["state"] == "not running"
    assert found["nl"]["quarantine"] is None


def test_a_peer_in_quarantine_is_shown_with_the_reason_and_its_evidence(operator: Caller, node: Node) -> None:
    def confine(connection: Any) -> None:
        row = peers.Quarantine(peer="nl", since="2026-11-24T11:00:00Z", reason="second_head", text="two heads")
        peers.confine(connection, row)
        peers.keep_evidence(
            connection, peers.Evidence(peer="nl", at=row.since, reason=row.reason, text=row.text, body=b"both heads")
        )

    node.database.write(confine)
    found = by_peer(operator)["nl"]
    assert (found["quarantine"]["reason"], found["quarantine"]["text"]) == ("second_head", "two heads")
    assert found["evidence"] == 1
    assert "both heads" not in operator.get("/api/peers").text


def test_the_membership_in_use_is_told_to_every_reader(reader: Caller, node: Node) -> None:
    told = msgspec.json.decode(reader.get("/api/membership").content, type=Membership)
    assert told == node.membership


def test_verification_counts_what_fits(operator: Caller, nodes: dict[str, Node]) -> None:
    operator.publish(draft(company("Acme"), sharing("nl")))
    carry(nodes["us"], nodes["nl"])
    found = operator.json("/api/verification")
    assert found["differences"] == []
    assert (found["assertions"], found["entries_out"], found["receipts"]) == (1, 1, 1)


def test_verification_names_the_first_difference(operator: Caller, node: Node) -> None:
    for number in range(3):
        operator.publish(draft(company(f"Firm {number}", number)))
    with sqlite3.connect(node.home.database) as other:
        other.execute("UPDATE journal SET kind = 'denial' WHERE position IN (2, 3)")
    other.close()
    (difference,) = operator.json("/api/verification")["differences"]
    assert difference["where"] == "journal position 2"
    assert difference["what"]


def test_a_running_node_goes_by_the_next_document_and_says_so(
    operator: Caller, analyst: Caller, nodes: dict[str, Node]
) -> None:
    envelope = following(nodes)
    assert analyst.post("/api/membership", envelope).status_code == 403
    assert operator.json("/api/membership/state")["version"] == 1
    answer = operator.post("/api/membership", envelope)
    assert (answer.status_code, answer.json()["version"]) == (201, 2)
    found = analyst.json("/api/membership/state")
    assert (found["version"], found["state"], found["forks"]) == (2, "valid", 0)
    again = operator.post("/api/membership", following({"us": nodes["us"]}))
    assert (again.status_code, again.json()["code"]) == (403, "too_few_signatures")
    assert "not signed: eu, nl" in again.json()["detail"]


def test_the_state_warns_before_the_document_ends(reader: Caller, node: Node) -> None:
    left = node.membership.expires - node.now()
    node.clock.advance(left.total_seconds() - 3600)  # type: ignore[attr-defined]
    found = reader.json("/api/membership/state")
    assert found["state"] == "expiring"
    assert "expires in 1 h" in found["text"]
