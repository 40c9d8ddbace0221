# SPDX-License-Identifier: Apache-2.0
"""Four nodes at random work over a bad wire, and beside them a plain notebook of what each must hold in the end."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import msgspec

from highfence.app import Node
from highfence.clock import SetClock
from highfence.exchange.incoming import Incoming
from highfence.exchange.receive import FeedRefused
from highfence.model.marking import Marking
from nodes import NOON, concern, make_nodes, reopened, sharing

CODES = ("us", "eu", "nl", "cy")
FIRMS = tuple(f"{word} Optical Works Ltd" for word in ("Northern", "Southern", "Eastern", "Western", "Central"))


class Line(msgspec.Struct):
    """What the notebook knows of one assertion: who had it sent, and what replaced it. A notice has no known id."""

    id: str
    originator: str
    refers_to: str = ""
    sent: frozenset[str] = frozenset()
    replaced: bool = False


class Notebook:
    """What was said to whom, by rules written down once more and in the simplest way."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def standing(self, code: str) -> list[Line]:
        """Return what an authority may still correct or withdraw."""
        return [line for line in self.lines if line.originator == code and line.id and not line.replaced]

    def said(self, code: str, name: str, marking: Marking) -> None:
        """Note something new."""
        self.lines.append(Line(name, code, sent=_entitled(code, marking)))

    def corrected(self, before: Line, name: str, marking: Marking) -> None:
        """Note a correction, and the notice to those who lose sight of it."""
        now = _entitled(before.originator, marking)
        if losing := before.sent - now:
            self.lines.append(Line("", before.originator, before.id, losing))
        self.lines.append(Line(name, before.originator, before.id, now))
        before.replaced = True

    def withdrawn(self, before: Line, name: str) -> None:
        """Note a withdrawal."""
        self.lines.append(Line(name, before.originator, before.id, before.sent))
        before.replaced = True

    def due(self, owner: str, reader: str) -> list[tuple[str, str]]:
        """Return what a node must hold of an authority, in order: the id (empty for a notice) and what it is about."""
        return [
            (line.id, line.refers_to)
            for line in self.lines
            if line.originator == owner and (owner == reader or reader in line.sent)
        ]


def _entitled(originator: str, marking: Marking) -> frozenset[str]:
    if marking.disclosure != "release" or (marking.expires is not None and marking.expires < NOON.date()):
        return frozenset()
    if marking.tlp == "RED" and marking.groups:
        return frozenset()
    return frozenset(marking.releasable_to) - {originator}


class World:
    """The nodes, their ends of the feeds, everything that was ever on the wire, and the notebook."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.clock = SetClock(NOON)
        self.nodes: dict[str, Node] = make_nodes(folder, CODES, clock=self.clock)
        self.notebook = Notebook()
        self.wire: dict[tuple[str, str], list[bytes]] = {}
        self.ends: dict[tuple[str, str], Incoming] = {}
        self.refused: list[str] = []

    def close(self) -> None:
        """Close all nodes."""
        for node in self.nodes.values():
            node.close()

    def step(self) -> None:
        """Do one thing that may happen on a day."""
        self.clock.advance(self.rng.uniform(0.01, 2.0))
        steps: tuple[tuple[Callable[[], None], int], ...] = (
            (self.say, 30),
            (self.correct, 12),
            (self.withdraw, 8),
            (self.carry_badly, 45),
            (self.tell_receipt, 15),
            (self.restart, 4),
        )
        self.rng.choices([step for step, _ in steps], [weight for _, weight in steps])[0]()

    def say(self) -> None:
        """Let somebody say up to three new things at once."""
        node = self._somebody()
        claims = [(self.rng.choice(FIRMS), self._marking()) for _ in range(self.rng.randint(1, 3))]
        ids = node.publish([concern(firm, marking) for firm, marking in claims]).result().ids
        for name, (_, marking) in zip(ids, claims, strict=True):
            self.notebook.said(node.code, name, marking)

    def correct(self) -> None:
        """Let somebody correct something under another marking."""
        node = self._somebody()
        if standing := self.notebook.standing(node.code):
            before, marking = self.rng.choice(standing), self._marking()
            claim = concern(self.rng.choice(FIRMS), marking, kind="correction", refers_to=before.id, reason="mistaken")
            self.notebook.corrected(before, node.publish([claim]).result().ids[0], marking)

    def withdraw(self) -> None:
        """Let somebody withdraw something."""
        node = self._somebody()
        if standing := self.notebook.standing(node.code):
            before = self.rng.choice(standing)
            changes = {"kind": "withdrawal", "refers_to": before.id, "reason": "mistaken", "entities": (), "text": ""}
            claim = concern(FIRMS[0], sharing(*self.rng.sample(CODES, 2)), **changes)
            self.notebook.withdrawn(before, node.publish([claim]).result().ids[0])

    def restart(self) -> None:
        """Stop a node and start it again; its ends of the feeds go with it."""
        code = self.rng.choice(CODES)
        self.nodes[code] = reopened(self.nodes[code])
        self.ends = {pair: end for pair, end in self.ends.items() if pair[1] != code}

    def carry_badly(self) -> None:
        """Carry a part of a feed over a wire that doubles, mixes up, loses, cuts and repeats."""
        owner, reader = self.rng.sample(CODES, 2)
        old = self.wire.setdefault((owner, reader), [])
        fresh = self._batches(owner, reader, most=self.rng.randint(1, 3))
        # Heartbeats are not repeated: an owner signs a shorter head for a reader that asks again from further back, so
        # whoever held back both on the wire could play an honest later head behind longer entries.
        old.extend(fresh[1:])
        fault = self.rng.choice(("none", "none", "double", "mix", "lose", "cut", "repeat", "rubbish"))
        batches = {
            "none": lambda: fresh,
            "double": lambda: [batch for batch in fresh for _ in (0, 1)],
            "mix": lambda: self.rng.sample(fresh, len(fresh)),
            "lose": lambda: [batch for batch in fresh if self.rng.random() < 0.5],
            "cut": lambda: [*fresh[:-1], fresh[-1][: self.rng.randrange(len(fresh[-1]))]],
            "repeat": lambda: [*fresh, *self.rng.choices(old or fresh, k=3)],
            "rubbish": lambda: [self.rng.randbytes(50), *fresh],
        }[fault]()
        for batch in batches:
            self._take(owner, reader, batch)

    def carry_all(self) -> None:
        """Carry everything that is still on its way, and all receipts back."""
        for owner in CODES:
            for reader in CODES:
                if owner != reader:
                    for batch in self._batches(owner, reader, most=10_000):
                        self._take(owner, reader, batch)
                    self._receipt(owner, reader)

    def tell_receipt(self) -> None:
        """Let a reader tell an owner how far it is."""
        owner, reader = self.rng.sample(CODES, 2)
        self._receipt(owner, reader)

    def _somebody(self) -> Node:
        return self.nodes[self.rng.choice(CODES)]

    def _marking(self) -> Marking:
        readers = self.rng.sample(CODES, self.rng.randint(0, 4))
        return sharing(
            *sorted(readers),
            tlp=self.rng.choice(("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")),
            disclosure=self.rng.choice(("release", "release", "release", "view")),
            expires=self.rng.choice((None, None, NOON.date(), date(2026, 11, 1), NOON.date() + timedelta(days=9))),
            caveats=self.rng.choice(((), ("HANDLE WITH CARE",))),
        )

    def _end(self, owner: str, reader: str) -> Incoming:
        if (owner, reader) not in self.ends:
            self.ends[owner, reader] = self.nodes[reader].link(owner).incoming
        return self.ends[owner, reader]

    def _batches(self, owner: str, reader: str, *, most: int) -> list[bytes]:
        outgoing = self.nodes[owner].outgoing(reader)
        outgoing.start(self._end(owner, reader).size)
        batches = [outgoing.heartbeat()]
        while len(batches) <= most and (batch := outgoing.next_batch()) is not None:
            batches.append(batch)
        return batches

    def _take(self, owner: str, reader: str, batch: bytes) -> None:
        end = self._end(owner, reader)
        verdict = end.take(batch, self.nodes[reader].membership).result()
        if isinstance(verdict, FeedRefused):
            self.refused.append(verdict.reason)
        if self.rng.random() < 0.03:
            # The process ends after the batch is durable and before anybody has noticed.
            self.nodes[reader] = reopened(self.nodes[reader])
            self.ends = {pair: end for pair, end in self.ends.items() if pair[1] != reader}
        else:
            end.settle(verdict)

    def _receipt(self, owner: str, reader: str) -> None:
        found = self._end(owner, reader).receipt()
        sender = self.nodes[owner].membership.authority(reader)
        if found is not None and sender is not None:
            self.nodes[owner].take_receipt(found[1], sender).result()
            self._end(owner, reader).told(found[0])
