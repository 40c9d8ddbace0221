# SPDX-License-Identifier: Apache-2.0
"""Asking: a reader's questions to a running node's register, as the API and the pages ask them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from highfence.app import Node
from highfence.clock import day, instant_text
from highfence.entrypoints.moments import begin_of, end_of
from highfence.register.change import Change
from highfence.register.figures import Alignment, Conflict, Selected, Selection, Wide
from highfence.register.history import Changes, History, Scope
from highfence.register.knowledge import Knowledge
from highfence.register.view import Profile
from highfence.rules.handling import Reader


def alignment(node: Node, reader: Reader) -> Alignment:
    """Return all figures of today on who lists whom."""
    with node.lookout(reader) as (sight, roll):
        return roll.ledger.alignment(day(node.now()), sight.marking)


def aligned(node: Node, reader: Reader, wanted: Selection) -> Selected:
    """Return the companies behind a figure of `alignment`."""
    with node.lookout(reader) as (_, roll):
        return roll.ledger.select(wanted, day(node.now()))


def widest(node: Node, reader: Reader, *, limit: int) -> tuple[Wide, ...]:
    """Return the widest gaps of today."""
    with node.lookout(reader) as (_, roll):
        return roll.ledger.widest(day(node.now()), limit=limit)


def changes(node: Node, reader: Reader, scope: Scope, *, since: str, limit: int) -> Changes:
    """Return at most `limit` changes since a day or instant; raises InvalidInput when it is neither."""
    instant = instant_text(begin_of(since, where="since"))
    with node.sight(reader) as sight:
        return History(sight).changes(scope, instant, limit=limit)


def profile(node: Node, reader: Reader, name: str, *, as_of: str = "") -> Profile:
    """Return a company's profile, of now or as it was known at the end of a day or at an instant.

    Raises:
        InvalidInput: `as_of` is neither, or has not come yet.
        NotFound: nothing that the reader may see goes by that name, or went by it then.
    """
    at = end_of(as_of, now=node.now(), where="as_of") if as_of else None
    with node.sight(reader) as sight:
        return sight.profile(name) if at is None else sight.profile_then(name, at)


def time_line(node: Node, reader: Reader, found: Profile) -> dict[str, Change]:
    """Return what each assertion in a profile's history changed, by its id."""
    with node.sight(reader) as sight:
        ids = [event.assertion for event in found.history]
        return {one.cause.assertion: one for one in History(sight).caused_by(ids)}


@contextmanager
def knowledge(node: Node, reader: Reader) -> Iterator[Knowledge]:
    """Give the knowledge map as a reader may see it, over one consistent state."""
    with node.sight(reader) as sight:
        yield Knowledge(sight, node.membership, node.pushed)


def conflicts(node: Node, reader: Reader) -> tuple[Conflict, ...]:
    """Return today's opposite acts of two jurisdictions on one company."""
    with node.lookout(reader) as (_, roll):
        return roll.ledger.conflicts(day(node.now()))
