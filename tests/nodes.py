# SPDX-License-Identifier: Apache-2.0
"""Homes and nodes for tests: several authorities under one membership document, without any network."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import engines
from highfence.app import Node, open_node
from highfence.ceremony import NewAuthority, draft_membership, init_home, propose_membership, sign_membership
from highfence.clock import Clock, SetClock, day
from highfence.exchange.proposal import Changes, Pause
from highfence.exchange.receive import Accepted, FeedRefused
from highfence.home import Home
from highfence.model.agreement import Agreement
from highfence.model.assertion import Assertion
from highfence.model.authority import Membership
from highfence.model.entity import Entity
from highfence.model.marking import Marking
from highfence.register.absorb import claim_of
from highfence.rules.handling import Reader
from highfence.storage import journal
from highfence.storage.migrations import upgrade
from highfence.storage.sqlite import open_sqlite
from highfence.storage.tables import metadata

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PURPOSES = ("export-control", "investment-screening", "sanctions", "enforcement", "risk-analysis")


def make_homes(
    folder: Path, codes: Sequence[str] = ("us", "eu", "nl", "cy"), *, ports: Sequence[int] = (), now: datetime = NOON
) -> dict[str, Path]:
    """Make one home for each code, all with the same signed membership document."""
    homes = {}
    for place, code in enumerate(codes):
        home = folder / code
        init_home(
            home,
            NewAuthority(
                code=code,
                name=f"Authority {code.upper()}",
                country=code,
                role="coordinator" if code == "eu" else "member",
                groups=("members-eu",) if code not in ("us", "uk", "jp") else (),
                port=ports[place] if ports else 1,
                contact=f"desk@{code}.example",
                database=engines.database_url(),
            ),
        )
        homes[code] = home
    agreement = Agreement(
        id="agr-1",
        title="Agreement of all parties",
        parties=tuple(codes),
        legal_basis="Regulation (EU) 2019/452, Article 13",
        purposes=PURPOSES,
        valid_from=date(2021, 9, 29),
    )
    envelope = draft_membership(
        [home / "authority.json" for home in homes.values()],
        agreements=(agreement,),
        issued=now - timedelta(days=1),
        threshold=len(codes) // 2 + 1,
    )
    for home in homes.values():
        envelope = sign_membership(envelope, home)
    for home in homes.values():
        (home / "membership.json").write_bytes(envelope)
        if engines.Current.name == "sqlite":
            Home(home).database.write_bytes(_blank_database())
    return homes


def make_nodes(
    folder: Path, codes: Sequence[str] = ("us", "eu", "nl", "cy"), *, clock: Clock | None = None
) -> dict[str, Node]:
    """Open one node for each code. The caller closes them."""
    clock = clock or SetClock(NOON)
    return {code: open_node(home, clock=clock) for code, home in make_homes(folder, codes, now=clock.now()).items()}


def suspended(nodes: dict[str, Node]) -> bytes:
    """Return the next membership document, signed by all: the agreement is suspended since yesterday."""
    one = next(iter(nodes.values()))
    (agreement,) = one.membership.agreements
    return following(nodes, pauses=(Pause(agreement=agreement.id, since=day(one.now()) - timedelta(days=1)),))


def following(nodes: dict[str, Node], **changes: object) -> bytes:
    """Return the document that follows the one of the first node, with these changes, signed by all nodes."""
    one = next(iter(nodes.values()))
    proposed = Changes(**changes)  # type: ignore[arg-type]
    envelope = propose_membership(one.home.membership.read_bytes(), proposed, issued=one.now())
    for node in nodes.values():
        envelope = sign_membership(envelope, node.home.folder, instead=True)
    return envelope


@contextmanager
def opened(
    folder: Path, codes: Sequence[str] = ("us", "eu", "nl", "cy"), *, clock: Clock | None = None
) -> Iterator[dict[str, Node]]:
    """Give one node for each code and close them all in the end; a node put in another's place is closed instead."""
    nodes = make_nodes(folder, codes, clock=clock)
    try:
        yield nodes
    finally:
        for node in nodes.values():
            node.close()


def reopened(node: Node) -> Node:
    """Close a node and open it again, as after a restart."""
    node.close()
    return open_node(node.home.folder, clock=node.clock)


@cache
def _blank_database() -> bytes:
    """Return a database with all its tables, made once: the steps that make them take most of a node's first start."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_sqlite(Path(folder) / "blank.db")
        upgrade(database)
        database.close()
        return (Path(folder) / "blank.db").read_bytes()


def carry(owner: Node, reader: Node) -> list[Accepted | FeedRefused]:
    """Move all of one feed that the reader lacks, and its receipt back, as the wire would."""
    link = reader.link(owner.code)
    incoming = link.incoming
    outgoing = owner.outgoing(reader.code)
    outgoing.start(incoming.size)
    verdicts = []
    batches = [outgoing.heartbeat()]
    while (batch := outgoing.next_batch()) is not None:
        batches.append(batch)
    for batch in batches:
        verdict = incoming.take(batch, reader.membership).result()
        incoming.settle(verdict)
        verdicts.append(verdict)
    receipt = incoming.receipt()
    sender = owner.membership.authority(reader.code)
    if receipt is not None and sender is not None:
        owner.take_receipt(receipt[1], sender).result()
    return verdicts


def everything(node: Node, *, but: Sequence[str] = ()) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of all tables of a node, except those of the tables named in `but`."""
    with node.database.read() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
            for name, table in metadata.tables.items()
            if name not in but
        }


def told(node: Node, owner: str) -> dict[str, Assertion]:
    """Return what a node holds of what an authority said, in the order it came."""
    with node.database.read() as connection:
        return {row.id: claim_of(row) for row in journal.walk(connection) if row.originator == owner}


def states(node: Node, assertion: str) -> dict[str, str]:
    """Return the state of one of a node's assertions at each peer."""
    return {one.peer: one.state for one in node.status(assertion, officer(node)).deliveries}


def officer(node: Node, *, clearance: str = "RESTRICTED") -> Reader:
    """Return a reader of the node's own authority who may see what its clearance allows."""
    return Reader(authority=node.code, ceiling=clearance, purposes=PURPOSES, name="officer")


def membership_of(nodes: dict[str, Node]) -> Membership:
    """Return the membership that all nodes share."""
    return next(iter(nodes.values())).membership


def sharing(*readers: str, **changes: object) -> Marking:
    """Return a marking that releases a restricted assertion to the given authorities."""
    values: dict[str, object] = {
        "tlp": "AMBER",
        "classification": "RESTRICTED",
        "releasable_to": tuple(readers),
        "originator_control": True,
        "reliability": "B",
        "credibility": 2,
        "pap": "AMBER",
        "disclosure": "release",
    }
    return Marking(**{**values, **changes})  # type: ignore[arg-type]


def concern(name: str, marking: Marking, **changes: object) -> Assertion:
    """Return a concern about a company of that name."""
    entity = Entity(
        id="demo-" + name.lower().replace(" ", "-"), schema="Company", properties={"name": (name,), "country": ("cn",)}
    )
    values: dict[str, object] = {
        "kind": "concern",
        "originator": "",
        "issued": "",
        "subject": entity.id,
        "entities": (entity,),
        "text": f"{name} buys machine tools for a weapons works",
        "legal_basis": "EAR section 744.21",
        "marking": marking,
    }
    return Assertion(**{**values, **changes})  # type: ignore[arg-type]
