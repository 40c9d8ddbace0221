# SPDX-License-Identifier: Apache-2.0
"""Asking: a reader's questions to a running node's register, as the API and the pages ask them."""

from __future__ import annotations

from highfence.app import Node
from highfence.clock import day
from highfence.register.figures import Alignment, Conflict, Selected, Selection, Wide
from highfence.rules.handling import Reader


def alignment(node: Node, reader: Reader) -> Alignment:
    """Return all figures of today on who lists whom."""
    with node.lookout(reader) as (sight, roll):
        return roll.ledger.alignment(day(node.now()), sight.marking, alike=sight.alike())


def aligned(node: Node, reader: Reader, wanted: Selection) -> Selected:
    """Return the companies behind a figure of `alignment`."""
    with node.lookout(reader) as (_, roll):
        return roll.ledger.select(wanted, day(node.now()))


def widest(node: Node, reader: Reader, *, limit: int) -> tuple[Wide, ...]:
    """Return the widest gaps of today."""
    with node.lookout(reader) as (sight, roll):
        return roll.ledger.widest(day(node.now()), alike=sight.alike(), limit=limit)


def conflicts(node: Node, reader: Reader) -> tuple[Conflict, ...]:
    """Return today's opposite acts of two jurisdictions on one company."""
    with node.lookout(reader) as (_, roll):
        return roll.ledger.conflicts(day(node.now()))
