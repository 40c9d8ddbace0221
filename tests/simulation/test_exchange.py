# SPDX-License-Identifier: Apache-2.0
"""After any amount of work over a bad wire every node holds exactly what it was to be told.

A run that fails prints its seed; `HIGHFENCE_SEEDS=17 pytest tests/simulation` repeats that of seed 17.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from highfence.app import Node
from highfence.exchange import outgoing
from highfence.model.assertion import RECALLING
from highfence.storage import journal, peers
from nodes import officer, states, told

from .exchange import CODES, World

STEPS = 130
SEEDS = [1, 2, 3, *(int(seed) for seed in os.environ.get("HIGHFENCE_SEEDS", "").split(",") if seed)]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_node_holds_just_what_it_was_to_be_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    print(f"seed {seed}")
    # Small batches, so that there are several to be lost and mixed up.
    monkeypatch.setattr(outgoing, "BATCH_ENTRIES_MAX", 1)
    world = World(tmp_path, seed)
    try:
        for _ in range(STEPS):
            world.step()
        world.carry_all()
        for code in CODES:
            check_holdings(world, code)
            check_deliveries(world, code)
            check_records(world.nodes[code])
            check_views(world.nodes[code])
        assert set(world.refused) & {"gap", "replay", "malformed"}, "the wire was not bad at all"
        assert set(world.refused) <= {"gap", "replay", "malformed"}
    finally:
        world.close()


def check_holdings(world: World, code: str) -> None:
    """Nothing is lost, nothing doubled, nothing is where it must not be, and what was replaced no longer stands."""
    known = {line.id for line in world.notebook.lines}
    with world.nodes[code].database.read() as connection:
        rows = list(journal.walk(connection))
    for owner in CODES:
        held = [(row.id if row.id in known else "", row.refers_to) for row in rows if row.originator == owner]
        assert held == world.notebook.due(owner, code), f"{code} of {owner}"
    here = {row.id for row in rows}
    replaced = {row.refers_to for row in rows if row.kind in RECALLING} & here
    assert {row.id for row in rows if row.superseded_by} == replaced


def check_deliveries(world: World, code: str) -> None:
    """The owner sees of each assertion what became of it everywhere."""
    node = world.nodes[code]
    recalled = {line.refers_to: line.sent for line in world.notebook.lines if line.originator == code and not line.id}
    after = {line.refers_to: line.sent for line in world.notebook.lines if line.originator == code and line.id}
    for line in world.notebook.lines:
        if line.originator == code and line.id:
            told_again = recalled.get(line.id, frozenset()) | after.get(line.id, frozenset())
            expected = {
                peer: "withheld" if peer not in line.sent else "recalled" if peer in told_again else "received"
                for peer in CODES
                if peer != code
            }
            assert states(node, line.id) == expected


def check_records(node: Node) -> None:
    """All of the node's records fit together, and no honest peer is suspected."""
    verified = node.verify(differences_max=5)
    assert verified.differences == ()
    assert verified.assertions == node.count()
    with node.database.read() as connection:
        assert peers.confined(connection) == {}


def check_views(node: Node) -> None:
    """An officer sees what the authority said itself and what is released to it, and nothing else."""
    claims = {name: claim for code in CODES for name, claim in told(node, code).items()}
    today = node.now().date()
    due = {
        name
        for name, claim in claims.items()
        if claim.originator == node.code
        or (node.code in claim.marking.releasable_to and (claim.marking.expires or today) >= today)
    }
    with node.sight(officer(node)) as sight:
        assert {one.id for one in sight.latest(limit=10_000)} == due
