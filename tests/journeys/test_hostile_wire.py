# SPDX-License-Identifier: Apache-2.0
"""Peers that lie over real HTTP: each is refused by name, shown to the operator, and stops nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path
from typing import Any

import msgspec
import pytest

from exchange.hostile import Peer
from highfence.exchange.envelope import RECEIPT_TYPE, open_envelope, signed_by
from highfence.exchange.feed import read_receipt
from highfence.exchange.keys import SigningKey
from highfence.exchange.overview import PeerView
from highfence.model.authority import Authority
from nodes import sharing

from .fake import FakeOwner, Sending, event
from .processes import Players, held, highfence, peer, wait_until

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("hostile")]

#: Who is behind each authority's port.
HONEST, TWO_HEADS, ROLLBACK, FORGER, RUBBISH, ENDLESS, FAILING = "us", "eu", "cy", "jp", "ca", "kr", "no"
CODES = (HONEST, TWO_HEADS, ROLLBACK, FORGER, RUBBISH, ENDLESS, FAILING)
FOR_NL = sharing("nl")


class Scene:
    """The Netherlands' real node among authorities of whom one is honest."""

    def __init__(self, folder: Path) -> None:
        self.players = Players(folder, ("nl", *CODES))
        self.nl = self.players.actors["nl"]
        self.written = {code: self._owner(code) for code in CODES}
        sendings: dict[str, Sending] = {
            HONEST: lambda after: self._rest(HONEST, after),
            TWO_HEADS: self._two_heads,
            ROLLBACK: self._rollback,
            FORGER: self._forged,
            RUBBISH: lambda _: iter((b": a comment\nretry: 1\n", event(b"{}"))),
            ENDLESS: lambda _: iter(repeat(b"data: " + b"x" * 65536, 100)),
            FAILING: lambda _: iter((b"<html>" + b"x" * 100_000,)),
        }
        self.fakes = {
            code: FakeOwner(self.players.ports[code], sending, status=500 if code == FAILING else 200)
            for code, sending in sendings.items()
        }

    def close(self) -> None:
        self.players.close()
        for fake in self.fakes.values():
            fake.close()

    def _owner(self, code: str) -> Peer:
        key = SigningKey.read(self.players.actors[code].home.signing_key)
        return Peer(code, "nl", key=key, at=datetime.now(UTC))

    def _rest(self, code: str, after: int) -> Iterator[bytes]:
        owner = self.written[code]
        yield event(owner.heartbeat(after))
        if after < len(owner.entries):
            yield event(owner.batch(after + 1))

    def _two_heads(self, after: int) -> Iterator[bytes]:
        """Tell two entries, then sign another history of the same length."""
        yield from self._rest(TWO_HEADS, after)
        other = self._owner(TWO_HEADS)
        other.at = self.written[TWO_HEADS].at
        other.speak(2)
        yield event(other.heartbeat())

    def _rollback(self, after: int) -> Iterator[bytes]:
        """Tell two entries, then sign later that there was only one."""
        yield from self._rest(ROLLBACK, after)
        yield event(self.written[ROLLBACK].heartbeat(1))

    def _forged(self, after: int) -> Iterator[bytes]:
        """Send what the honest authority has signed, as if it were one's own."""
        yield event(self.written[HONEST].batch())


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    made = Scene(tmp_path_factory.mktemp("scene"))
    for code in (HONEST, TWO_HEADS, ROLLBACK):
        for number in range(2):
            made.written[code].say(made.written[code].claim(f"Firm {number} of {code}", FOR_NL))
    try:
        made.players.start("nl")
        yield made
    finally:
        made.close()


def test_an_honest_peer_is_believed_and_gets_a_receipt_among_all_the_others(scene: Scene) -> None:
    fake = scene.fakes[HONEST]
    wait_until(lambda: bool(fake.receipts), "the receipt for the honest peer")
    view = peer(scene.nl, HONEST)
    assert (view.link.state, view.in_size, view.quarantine, view.evidence) == ("live", 2, None, 0)
    nl = msgspec.json.decode(scene.nl.home.authority.read_bytes(), type=Authority)
    receipt = read_receipt(signed_by(open_envelope(fake.receipts[-1]), nl, payload_type=RECEIPT_TYPE))
    assert (receipt.owner, receipt.reader, receipt.size, receipt.refused) == (HONEST, "nl", 2, ())


@pytest.mark.parametrize(("code", "reason"), [(TWO_HEADS, "second_head"), (ROLLBACK, "rollback")])
def test_a_peer_that_contradicts_itself_is_in_quarantine_with_the_evidence(
    scene: Scene, code: str, reason: str
) -> None:
    wait_until(lambda: peer(scene.nl, code).quarantine is not None, "the quarantine")
    view = peer(scene.nl, code)
    assert view.quarantine is not None
    assert (view.quarantine.reason, view.evidence) == (reason, 1)
    assert "of size 2" in view.quarantine.text or "one of 2" in view.quarantine.text
    wait_until(lambda: peer(scene.nl, code).link.state == "quarantined", "the state of the link")
    assert peer(scene.nl, code).link.text.startswith(f"{reason}: ")
    assert peer(scene.nl, code).in_size == 2
    assert sum(originator == code for originator in held(scene.nl).values()) == 2


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (FORGER, "unknown_key"),
        (RUBBISH, "malformed"),
        (ENDLESS, "beyond all bounds"),
        (FAILING, "answered 500"),
    ],
)
def test_a_peer_that_sends_what_cannot_be_believed_is_refused_by_name_and_asked_again(
    scene: Scene, code: str, text: str
) -> None:
    view = _refused(scene, code, text)
    assert (view.in_size, view.quarantine) == (0, None)
    assert code not in held(scene.nl).values()
    asked = len(scene.fakes[code].asked)
    wait_until(lambda: len(scene.fakes[code].asked) > asked, "another try")


def test_a_node_with_such_peers_answers_verifies_and_takes_on_what_the_honest_one_says(scene: Scene) -> None:
    assert highfence("verify", scene.nl.home.folder).returncode == 0
    for number in range(2):
        assert f"Firm {number} of us" in scene.nl.node.get("/api/companies", q=f"firm {number} of us").decode()
    shown = {line["authority"]["code"]: line for line in _peers(scene)}
    assert shown[TWO_HEADS]["quarantine"]["reason"] == "second_head"
    assert shown[HONEST]["quarantine"] is None


def test_quarantine_outlives_a_restart_and_nothing_is_asked_of_the_peer_any_more(scene: Scene) -> None:
    for code in (TWO_HEADS, ROLLBACK):
        wait_until(lambda code=code: peer(scene.nl, code).link.state == "quarantined", "the state of the link")  # type: ignore[misc]
    asked = {code: len(scene.fakes[code].asked) for code in (HONEST, TWO_HEADS, ROLLBACK)}
    scene.nl.kill()
    scene.players.start("nl")
    wait_until(lambda: len(scene.fakes[HONEST].asked) > asked[HONEST], "the link to the honest peer")
    for code in (TWO_HEADS, ROLLBACK):
        view = peer(scene.nl, code)
        assert (view.link.state, view.evidence) == ("quarantined", 1)
        assert len(scene.fakes[code].asked) == asked[code]
    assert scene.fakes[HONEST].asked[-1] == 2, "the cursor is where it was"


def test_the_log_names_what_was_refused_and_holds_nothing_of_what_was_sent(scene: Scene) -> None:
    wait_until(lambda: peer(scene.nl, TWO_HEADS).link.state == "quarantined", "the state of the link")
    lines = [json.loads(line) for line in (scene.nl.home.folder / "node.log").read_text().splitlines()]
    refused = {(line.get("peer"), line.get("reason")) for line in lines if line["event"] == "batch_refused"}
    assert {(TWO_HEADS, "second_head"), (ROLLBACK, "rollback"), (FORGER, "unknown_key")} <= refused
    assert not any("Firm" in line for line in map(json.dumps, lines))


def _refused(scene: Scene, code: str, text: str) -> PeerView:
    """Wait until a peer is shown as refused for a reason, between two tries to hear better of it."""
    shown: list[PeerView] = []

    def look() -> bool:
        view = peer(scene.nl, code)
        if view.link.state == "refused" and text in view.link.text:
            shown.append(view)
        return bool(shown)

    wait_until(look, f"the refusal of {code}")
    return shown[0]


def _peers(scene: Scene) -> list[dict[str, Any]]:
    ran = highfence("peers", "--home", scene.nl.home.folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    return [json.loads(line) for line in ran.stdout.splitlines()]
