# SPDX-License-Identifier: Apache-2.0
"""The wire: each peer gets its own feed, and only who signed soundly, lately and once is answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest
from asgi import Answer

from highfence.app import Node
from highfence.entrypoints.headers import SECURITY_HEADERS
from highfence.exchange.envelope import HEAD_TYPE, open_envelope, signed_by
from highfence.exchange.feed import Head, Receipt, read_head, sign_receipt
from highfence.exchange.keys import SigningKey
from highfence.exchange.request import VALID_SECONDS
from highfence.exchange.sync import DOCUMENTS_PATH, FEED_PATH, RECEIPT_PATH
from highfence.storage import feed
from nodes import concern, following, sharing, states, suspended

from .conftest import HOST, Knock

Door = Callable[[str], Knock]


def publish(node: Node, *readers: str, number: int = 1) -> list[str]:
    claims = [concern(f"Firm {place}", sharing(*readers)) for place in range(number)]
    return list(node.publish(claims).result().ids)


def told(answer: Answer) -> list[str]:
    return [entry.assertion for batch in answer.batches() for entry in batch.entries]


def head_of(node: Node, answer: Answer) -> Head:
    envelope = open_envelope(answer.batches()[-1].head.encode())
    return read_head(signed_by(envelope, node.authority, payload_type=HEAD_TYPE))


def receipt_of(nodes: dict[str, Node], of: str, /, **changes: object) -> bytes:
    """Return the receipt that a reader owes, with changes made before it is signed."""
    made = nodes[of].link("us").incoming.receipt()
    assert made is not None
    read = msgspec.json.decode(open_envelope(made[1]).content(), type=Receipt)
    key = SigningKey.read(nodes[of].home.signing_key)
    return sign_receipt(msgspec.structs.replace(read, **changes), key)


def take_all(nodes: dict[str, Node], reader: str) -> None:
    """Let a reader take its feed, and keep the receipt to itself."""
    incoming = nodes[reader].link("us").incoming
    outgoing = nodes["us"].outgoing(reader)
    outgoing.start(0)
    batch = outgoing.next_batch()
    assert batch is not None
    incoming.settle(incoming.take(batch, nodes[reader].membership).result())


def test_a_feed_begins_with_a_signed_head_and_brings_the_readers_entries(node: Node, knock: Door) -> None:
    names = publish(node, "nl", number=3)
    answer = knock("nl").feed(events=2)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert told(answer) == names
    assert answer.body.startswith(b"id: 0\ndata: ")
    head = head_of(node, answer)
    assert (head.owner, head.reader, head.size) == ("us", "nl", 3)


def test_nobody_gets_what_is_in_anothers_feed(node: Node, knock: Door) -> None:
    for_nl, for_eu = publish(node, "nl", number=2), publish(node, "eu")
    for_both = publish(node, "nl", "eu")
    assert told(knock("nl").feed(events=2)) == for_nl + for_both
    assert told(knock("eu").feed(events=2)) == for_eu + for_both
    assert knock("eu").feed(events=2).seqs() == [1, 2]


def test_a_request_can_name_no_other_feed(node: Node, knock: Door) -> None:
    publish(node, "nl", number=2)
    for query in ("after=0&reader=nl", "reader=nl", "after=0&code=nl&owner=us"):
        headers = knock("eu").signed("GET", FEED_PATH, query=query)
        answer = knock("eu").ask("GET", FEED_PATH, query=query, headers={**headers, "x-authority": "nl"})
        assert answer.status == 200
        assert told(answer) == []
        assert head_of(node, answer).reader == "eu"


def test_a_feed_goes_on_behind_what_the_reader_holds(node: Node, knock: Door) -> None:
    names = publish(node, "nl", number=4)
    assert told(knock("nl").feed(after=3, events=2)) == names[3:]
    assert knock("nl").feed(after=4).seqs() == []


def test_a_reader_that_holds_more_than_was_written_is_told_so(node: Node, knock: Door) -> None:
    publish(node, "nl")
    answer = knock("nl").feed(after=2)
    assert (answer.status, answer.code) == (403, "ahead_of_feed")
    assert b"backup" in answer.body


@pytest.mark.parametrize("after", ["-1", "x", "1.5", ""])
def test_a_cursor_that_is_no_number_is_refused(knock: Door, after: str) -> None:
    query = f"after={after}"
    nl = knock("nl")
    answer = nl.ask("GET", FEED_PATH, query=query, headers=nl.signed("GET", FEED_PATH, query=query))
    assert answer.status == 400


def test_a_request_without_a_signature_is_refused_on_both_routes(node: Node, knock: Door) -> None:
    publish(node, "nl")
    for method, path in (("GET", FEED_PATH), ("POST", RECEIPT_PATH)):
        answer = knock("nl").ask(method, path, headers={"host": HOST})
        assert (answer.status, answer.code) == (403, "unsigned")
        assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS


def test_an_access_code_of_a_person_opens_nothing_here(node: Node, knock: Door) -> None:
    code = node.home.access_code.read_text().strip()
    answer = knock("nl").ask("GET", FEED_PATH, headers={"host": HOST, "authorization": f"Bearer {code}"})
    assert (answer.status, answer.code) == (403, "unsigned")


@pytest.mark.parametrize("seconds", [-VALID_SECONDS - 2, VALID_SECONDS + 2])
def test_a_request_signed_too_long_ago_or_too_far_ahead_is_refused(knock: Door, node: Node, seconds: int) -> None:
    nl = knock("nl")
    headers = nl.signed("GET", FEED_PATH, at=node.now() + timedelta(seconds=seconds))
    answer = nl.ask("GET", FEED_PATH, headers=headers)
    assert (answer.status, answer.code) == (403, "stale_request")


def test_a_request_is_taken_once(knock: Door) -> None:
    nl = knock("nl")
    headers = nl.signed("GET", FEED_PATH)
    assert nl.ask("GET", FEED_PATH, headers=headers).status == 200
    answer = nl.ask("GET", FEED_PATH, headers=headers)
    assert (answer.status, answer.code) == (403, "replayed_request")


def test_a_key_of_no_authority_is_refused(knock: Door) -> None:
    answer = knock("stranger").feed()
    assert (answer.status, answer.code) == (403, "unknown_key")


def test_a_revoked_key_is_refused(node: Node, knock: Door) -> None:
    authorities = tuple(
        msgspec.structs.replace(one, keys=tuple(msgspec.structs.replace(key, revoked=True) for key in one.keys))
        if one.code == "nl"
        else one
        for one in node.membership.authorities
    )
    node.charter.membership = msgspec.structs.replace(node.membership, authorities=authorities)
    answer = knock("nl").feed()
    assert (answer.status, answer.code) == (403, "revoked_key")


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "POST"},
        {"path": RECEIPT_PATH},
        {"query": "after=1"},
        {"authority": "eu.example:8321"},
    ],
)
def test_a_signature_for_another_request_does_not_fit(knock: Door, changes: dict[str, str]) -> None:
    nl = knock("nl")
    answer = nl.ask(
        "GET", FEED_PATH, query="after=0", headers=nl.signed("GET", FEED_PATH, **{"query": "after=0", **changes})
    )
    assert (answer.status, answer.code) == (403, "bad_signature")


def test_the_signature_of_one_authority_under_the_key_id_of_another_does_not_fit(knock: Door) -> None:
    mine, others = (knock(code).signed("GET", FEED_PATH) for code in ("eu", "nl"))
    forged = {**others, "signature": mine["signature"]}
    answer = knock("eu").ask("GET", FEED_PATH, headers=forged)
    assert (answer.status, answer.code) == (403, "bad_signature")


def test_a_receipt_is_kept_and_shows_in_the_status(nodes: dict[str, Node], knock: Door) -> None:
    (name,) = publish(nodes["us"], "nl")
    take_all(nodes, "nl")
    assert states(nodes["us"], name) == {"nl": "queued", "eu": "withheld"}
    answer = knock("nl").receipt(receipt_of(nodes, "nl"))
    assert answer.status == 201
    assert states(nodes["us"], name) == {"nl": "received", "eu": "withheld"}


def test_a_body_other_than_the_signed_one_is_refused(nodes: dict[str, Node], knock: Door) -> None:
    publish(nodes["us"], "nl")
    take_all(nodes, "nl")
    body = receipt_of(nodes, "nl")
    nl = knock("nl")
    headers = nl.signed("POST", RECEIPT_PATH, body=body)
    answer = nl.ask("POST", RECEIPT_PATH, body=body + b" ", headers=headers)
    assert (answer.status, answer.code) == (403, "wrong_digest")


@pytest.mark.parametrize(
    ("sender", "changes", "code"),
    [
        ("nl", {"reader": "eu"}, "wrong_feed"),
        ("nl", {"owner": "eu"}, "wrong_feed"),
        ("eu", {}, "unknown_key"),
        ("nl", {"size": 7}, "wrong_head"),
    ],
)
def test_a_receipt_for_another_feed_or_of_another_reader_is_refused(
    nodes: dict[str, Node], knock: Door, sender: str, changes: dict[str, object], code: str
) -> None:
    publish(nodes["us"], "nl", "eu")
    take_all(nodes, "nl")
    answer = knock(sender).receipt(receipt_of(nodes, "nl", **changes))
    assert (answer.status, answer.code) == (403, code)
    with nodes["us"].database.read() as connection:
        assert feed.receipts(connection) == {}


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"\xff", b"[" * 50, b'{"payload": 1, "payloadType": "", "signatures": []}']
)
def test_a_receipt_that_is_none_is_refused(knock: Door, body: bytes) -> None:
    assert knock("nl").receipt(body).status == 400


def test_a_receipt_beyond_all_bounds_is_refused(knock: Door) -> None:
    answer = knock("nl").receipt(b"x" * ((2 << 20) + 1))
    assert (answer.status, answer.code) == (413, "http_413")


def test_what_was_published_while_a_feed_is_open_is_pushed(
    node: Node, knock: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = publish(node, "nl")
    waited: list[str] = []

    async def published_meanwhile(seen: int, *, timeout_s: float) -> int:
        if not waited:
            waited.extend(publish(node, "nl"))
            return seen + 1
        return seen

    monkeypatch.setattr(node.feed_bell("nl"), "wait", published_meanwhile)
    answer = knock("nl").feed(events=4)
    assert told(answer)[:2] == [*names, *waited]
    assert answer.batches()[-1].entries == ()
    assert node.pushed["nl"] == 2


def test_an_idle_feed_carries_heads_that_are_signed_anew(
    node: Node, knock: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(node, "nl")

    async def nothing(seen: int, *, timeout_s: float) -> int:
        assert timeout_s == node.settings.heartbeat_s
        return seen

    monkeypatch.setattr(node.feed_bell("nl"), "wait", nothing)
    answer = knock("nl").feed(after=1, events=4)
    assert len(answer.batches()) >= 4
    assert head_of(node, answer).size == 1


def test_a_node_that_stops_ends_its_streams(node: Node, knock: Door) -> None:
    publish(node, "nl")
    node.stop_streams()
    answer = knock("nl").feed(events=1000)
    assert answer.status == 200
    assert len(answer.batches()) == 1


def test_a_suspended_agreement_is_not_published_under(nodes: dict[str, Node], knock: Door) -> None:
    nodes["us"].install_membership(suspended(nodes))
    publish(nodes["us"], "nl")
    assert told(knock("nl").feed()) == []


def test_the_wire_is_not_among_the_routes_that_officers_systems_are_told_of(knock: Door) -> None:
    answer = knock("nl").ask("GET", "/api/schema/openapi.json", headers={"host": HOST})
    assert b"/exchange/" not in answer.body


def test_a_member_is_told_the_documents_that_it_lacks_and_nobody_else_is(nodes: dict[str, Node], knock: Door) -> None:
    nodes["us"].install_membership(following(nodes))
    told_all = msgspec.json.decode(knock("nl").documents(1).body, type=list[str])
    assert [text.encode() for text in told_all] == [nodes["us"].home.membership.read_bytes()]
    assert knock("nl").documents(2).body == b"[]"
    assert knock("stranger").documents(0).status == 403
    assert knock("nl").ask("GET", DOCUMENTS_PATH, query="after=0", headers={"host": HOST}).status == 403


def test_a_feed_ends_when_another_document_is_in_use_and_says_which(
    nodes: dict[str, Node], knock: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    us = nodes["us"]
    before = us.charter.stamp
    envelope = following(nodes)

    async def installed_meanwhile(seen: int, *, timeout_s: float) -> int:
        us.install_membership(envelope)
        return seen + 1

    monkeypatch.setattr(us.feed_bell("nl"), "wait", installed_meanwhile)
    batches = knock("nl").feed(events=1000).batches()
    assert [batch.membership for batch in batches] == [before, us.charter.stamp]
    assert us.charter.stamp.startswith("2 ")


@pytest.mark.parametrize(
    ("changes", "code"), [({"retired": True}, "retired_key"), ({"untrusted_after": {"*": 0}}, "untrusted_key")]
)
def test_a_key_that_speaks_no_more_opens_nothing(
    node: Node, knock: Door, changes: dict[str, object], code: str
) -> None:
    authorities = tuple(
        msgspec.structs.replace(one, keys=tuple(msgspec.structs.replace(key, **changes) for key in one.keys))
        if one.code == "nl"
        else one
        for one in node.membership.authorities
    )
    node.charter.membership = msgspec.structs.replace(node.membership, authorities=authorities)
    answer = knock("nl").feed()
    assert (answer.status, answer.code) == (403, code)
