# SPDX-License-Identifier: Apache-2.0
"""The link to a peer: it asks from what is durable, takes what is pushed, and gives up on nobody honest."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import msgspec
import pytest

from highfence.app import Node
from highfence.exchange.envelope import open_envelope
from highfence.exchange.feed import read_receipt
from highfence.exchange.keys import SigningKey
from highfence.exchange.receive import Accepted, FeedRefused
from highfence.exchange.request import NonceMemory, Request, verify_request
from highfence.exchange.sync import DOCUMENTS_PATH, FEED_PATH, RECEIPT_PATH, Link, Pace
from highfence.model.authority import Membership
from nodes import following, told

from .hostile import Peer
from .peer_server import PATIENCE_S, Asked, PeerServer, events, problem, serving, until


@pytest.fixture
def peer(nodes: dict[str, Node]) -> Peer:
    """Give somebody who writes the feed of the United States with its own key."""
    return Peer(key=SigningKey.read(nodes["us"].home.signing_key))


def reached_at(membership: Membership, address: str) -> Membership:
    """Return the membership with another endpoint for the United States."""
    moved = tuple(
        msgspec.structs.replace(one, endpoint=address) if one.code == "us" else one for one in membership.authorities
    )
    return msgspec.structs.replace(membership, authorities=moved)


def link_of(node: Node, address: str, taken: Callable[[Accepted | FeedRefused], None] = lambda _: None) -> Link:
    """Return the node's link to the United States, which is reached at the address."""
    members = reached_at(node.membership, address)
    pace = Pace(taken=taken, retry_s_min=0.005, retry_s_max=0.02, silence_s=PATIENCE_S)
    key = SigningKey.read(node.home.signing_key)
    return Link(node.link("us").incoming, membership=lambda: members, key=key, clock=node.clock, pace=pace)


@asynccontextmanager
async def running(node: Node, server: PeerServer) -> AsyncIterator[Link]:
    """Run the link of a node to a peer for a while."""
    async with serving(server):
        link = link_of(node, server.address)
        task = asyncio.create_task(link.run())
        try:
            yield link
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def test_takes_what_is_pushed_and_tells_the_receipt(nodes, peer):
    server = PeerServer([events(peer.heartbeat(), peer.speak(2).batch(), peer.speak(1).batch(3)), events()])

    async def scene() -> None:
        async with running(nodes["nl"], server) as link:
            await until(lambda: link.incoming.size == 3 and not link.incoming.owes_receipt)

    asyncio.run(scene())
    receipt = read_receipt(open_envelope(server.receipts[-1]).content())
    assert (receipt.owner, receipt.reader, receipt.size) == ("us", "nl", 3)
    assert len(told(nodes["nl"], "us")) == 3


def test_every_request_is_signed_by_the_node(nodes, peer):
    server = PeerServer([events(peer.speak(1).batch()), events()])

    async def scene() -> None:
        async with running(nodes["nl"], server):
            await until(lambda: bool(server.receipts))

    asyncio.run(scene())
    nonces = NonceMemory()
    for one in server.asked:
        signer = verify_request(
            one.request, one.headers, membership=nodes["us"].membership, now=nodes["us"].now(), nonces=nonces
        )
        assert signer.code == "nl"
    assert {one.request.path for one in server.asked} == {FEED_PATH, RECEIPT_PATH}


def test_after_an_interruption_it_asks_from_what_is_durable(nodes, peer):
    server = PeerServer([events(), events(peer.speak(2).batch()), events(peer.speak(3).batch(3)), events()])

    async def scene() -> None:
        async with running(nodes["nl"], server) as link:
            await until(lambda: link.incoming.size == 5 and len(server.feeds) > 3)

    asyncio.run(scene())
    assert server.feeds[:4] == ["after=0", "after=0", "after=2", "after=5"]


def test_a_batch_cut_off_in_the_middle_is_not_taken_and_asked_for_again(nodes, peer):
    whole = events(peer.speak(2).batch())
    server = PeerServer([whole[:-200], whole])

    async def scene() -> None:
        async with running(nodes["nl"], server) as link:
            await until(lambda: link.incoming.size == 2)

    asyncio.run(scene())
    assert server.feeds[:2] == ["after=0", "after=0"]


def test_a_large_batch_is_taken_too(nodes, peer):
    for _ in range(3):
        peer.say(peer.claim(text="x" * 30_000))
    server = PeerServer([events(peer.batch()), events()])

    async def scene() -> None:
        async with running(nodes["nl"], server) as link:
            await until(lambda: link.incoming.size == 3)

    asyncio.run(scene())
    assert len(told(nodes["nl"], "us")) == 3


def test_after_a_refused_batch_the_feed_is_asked_for_again(nodes, peer):
    peer.speak(2)
    server = PeerServer([events(peer.batch(2)), events(peer.batch(), peer.heartbeat())])
    verdicts: list[Accepted | FeedRefused] = []

    async def scene() -> None:
        async with serving(server):
            link = link_of(nodes["nl"], server.address, verdicts.append)
            task = asyncio.create_task(link.run())
            await until(lambda: link.incoming.size == 2)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    asyncio.run(scene())
    assert isinstance(verdicts[0], FeedRefused)
    assert verdicts[0].reason == "gap"
    assert isinstance(verdicts[1], Accepted)


@pytest.mark.parametrize(
    "data", [b"", b"rubbish", b'{"head":"\\ud800"}', b'{"head":"","x":' + b"[" * 200_000, b"\xff" * 40_000]
)
def test_no_rubbish_ends_the_link(nodes, peer, data):
    server = PeerServer([events(data), events(peer.speak(1).batch()), events()])

    async def scene() -> None:
        async with running(nodes["nl"], server) as link:
            await until(lambda: link.incoming.size == 1)

    asyncio.run(scene())


def test_a_line_without_end_is_cut_off(nodes, peer):
    endless = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\ndata: " + b"x" * (6 << 20)
    server = PeerServer([endless])

    async def scene() -> None:
        async with running(nodes["nl"], server) as link:
            await until(lambda: "beyond all bounds" in link.view.text)
            server.scripts = [events(peer.speak(1).batch()), events()]
            await until(lambda: link.incoming.size == 1)

    asyncio.run(scene())


def test_a_grave_fault_ends_the_link_and_it_stays_ended(nodes, peer):
    server = PeerServer([events(peer.speak(3).batch(), peer.heartbeat(1))])

    async def scene() -> Link:
        async with serving(server), asyncio.timeout(PATIENCE_S):
            link = link_of(nodes["nl"], server.address)
            await link.run()
            asked = len(server.asked)
            again = link_of(nodes["nl"], server.address)
            await again.run()
            assert [one.request.method for one in server.asked[asked:]].count("GET") == 0
            return again

    link = asyncio.run(scene())
    assert link.view.state == "quarantined"
    assert link.view.text.startswith("rollback: ")


def test_what_the_peer_answers_is_shown(nodes):
    server = PeerServer([problem(403, "the key that signed the request has been revoked")])

    async def scene() -> Link:
        async with running(nodes["nl"], server) as link:
            await until(lambda: link.view.state == "refused")
            return link

    link = asyncio.run(scene())
    assert link.view.text.startswith("the peer answered 403: the key that signed the request has been revoked")


@pytest.mark.parametrize("body", [b"<html>", b'{"detail":7}', b""])
def test_an_answer_without_explanation_is_shown_as_such(nodes, body):
    answer = b"HTTP/1.1 502 X\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b" % (len(body), body)
    server = PeerServer([answer])

    async def scene() -> str:
        async with running(nodes["nl"], server) as link:
            await until(lambda: link.view.state == "refused")
            return link.view.text

    assert asyncio.run(scene()).startswith("the peer answered 502: no explanation")


def test_a_peer_that_cannot_be_reached_is_tried_again_until_it_can(nodes, peer):
    server = PeerServer([events(peer.speak(1).batch()), events()])

    async def scene() -> None:
        async with serving(server):
            address = server.address
        link = link_of(nodes["nl"], address)
        task = asyncio.create_task(link.run())
        await until(lambda: "cannot reach the peer" in link.view.text)
        port = int(address.rpartition(":")[2])
        back = await asyncio.start_server(server.answer, "127.0.0.1", port)
        await until(lambda: link.incoming.size == 1)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        back.close()

    asyncio.run(scene())


def test_a_peer_without_an_endpoint_is_shown_as_such(nodes):
    async def scene() -> str:
        link = link_of(nodes["nl"], "")
        task = asyncio.create_task(link.run())
        await until(lambda: link.view.state == "refused")
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        return link.view.text

    assert asyncio.run(scene()) == "the peer has no endpoint in the membership document"


def test_a_receipt_that_was_not_taken_is_sent_again(nodes, peer):
    server = PeerServer([events(peer.speak(1).batch()), events()], receipt_status=503)

    async def scene() -> None:
        async with running(nodes["nl"], server) as link:
            await until(lambda: bool(server.receipts))
            assert link.incoming.owes_receipt
            server.receipt_status = 201
            await until(lambda: not link.incoming.owes_receipt)

    asyncio.run(scene())
    assert len(server.receipts) > 1


def test_an_error_answer_is_read_only_so_far(nodes):
    length = 50_000_000
    answer = b"HTTP/1.1 500 X\r\ncontent-length: %d\r\n\r\n" % length + b"x" * 2_000_000
    server = PeerServer([answer])

    async def scene() -> str:
        async with running(nodes["nl"], server) as link:
            # The rest of what was announced never comes: whoever waits for all of it shows nothing.
            await until(lambda: link.view.state == "refused")
            return link.view.text

    assert asyncio.run(scene()).startswith("the peer answered 500: no explanation")


class Library(PeerServer):
    """A peer that also tells membership documents, or what it is told to in their place."""

    def __init__(self, scripts: Sequence[bytes], told: bytes) -> None:
        super().__init__(scripts)
        self.told = told
        self.silent = False

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.readuntil(b"\r\n\r\n")
        if DOCUMENTS_PATH.encode() in first:
            self.asked.append(Asked(Request(method="GET", authority="", path=DOCUMENTS_PATH), {}))
            head = b"HTTP/1.1 200 X\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(self.told)
            writer.write(b"" if self.silent else head + self.told)
            await writer.drain()
            writer.close()
            return
        again = asyncio.StreamReader()
        again.feed_data(first + await reader.readexactly(_length(first)))
        again.feed_eof()
        await super().answer(again, writer)

    @property
    def lookups(self) -> int:
        """How often documents were asked for."""
        return sum(one.request.path == DOCUMENTS_PATH for one in self.asked)


def _length(head: bytes) -> int:
    found = re.search(rb"content-length: (\d+)", head.lower())
    return int(found[1]) if found else 0


def stamped(batch: bytes, stamp: str) -> bytes:
    """Return a batch whose sender goes by another document."""
    return msgspec.json.encode({**msgspec.json.decode(batch), "membership": stamp})


def mirrored(node: Node, server: PeerServer, done: Callable[[Link], bool]) -> Link:
    """Run a link that fetches membership documents until something has happened."""

    async def scene() -> Link:
        async with serving(server):
            link = link_of(node, server.address)
            link._pace = msgspec.structs.replace(link._pace, charter=node.charter)
            task = asyncio.create_task(link.run())
            try:
                await until(lambda: done(link))
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            return link

    return asyncio.run(scene())


def test_a_node_that_is_behind_fetches_the_document_before_it_judges_by_the_old_one(nodes, peer):
    us, nl = nodes["us"], nodes["nl"]
    agreements = us.membership.agreements
    for node in nodes.values():
        node.install_membership(following(nodes, agreements=()) if node is us else us.home.membership.read_bytes())
    us.install_membership(following(nodes, agreements=agreements))
    batch = stamped(peer.speak(1).batch(), us.charter.stamp)
    server = Library([events(batch), events()], us.charter.after(1))
    link = mirrored(nl, server, lambda one: one.incoming.size == 1)
    assert (nl.charter.stamp, server.lookups) == (us.charter.stamp, 1)
    assert link.incoming.size == 1


@pytest.mark.parametrize("told_instead", [b"[]", b"rubbish", b'["{}"]'])
def test_a_document_that_cannot_be_believed_is_asked_for_once_and_the_feed_goes_on(nodes, peer, told_instead):
    nl = nodes["nl"]
    before = nl.charter.stamp
    made_up = f"9 {'a' * 64}"
    batches = [stamped(peer.speak(1).batch(first), made_up) for first in range(1, 5)]
    server = Library([events(*batches), events()], told_instead)
    mirrored(nl, server, lambda one: one.incoming.size == 4)
    assert (nl.charter.stamp, server.lookups) == (before, 1)
    assert len(told(nl, "us")) == 4


def test_a_peer_that_does_not_answer_for_documents_is_not_judged_by_an_old_one(nodes, peer):
    nl = nodes["nl"]
    batch = stamped(peer.speak(1).batch(), f"9 {'a' * 64}")
    server = Library([events(batch)], b"")
    server.silent = True
    link = mirrored(nl, server, lambda _: server.lookups >= 2)
    assert link.incoming.size == 0
