# SPDX-License-Identifier: Apache-2.0
"""Ties: enter, with an assertion, the links between parties that it tells, so that either end finds them.

An end is known by the keys that would join it to a company: its id always, and what else is told of it along with the
link. Whether two ends are one party is decided where a reader asks, from what that reader may see.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from highfence.model.assertion import Assertion
from highfence.model.tie import ties_of
from highfence.register.holding import claim_of
from highfence.register.keys import join_keys
from highfence.storage import journal, likenesses, ties
from highfence.storage.database import Connection, Database
from highfence.storage.ties import TieRow

#: Under this name it is noted that the journal has been gone through once, by this version of what is entered.
_MARK = "ties-1"


class Row(Protocol):
    """What is needed of a row of the journal, new or read back."""

    @property
    def id(self) -> str:
        """The assertion's id."""

    @property
    def marking_id(self) -> str:
        """The id of its marking."""


def index_ties(connection: Connection, rows: Sequence[Row], assertions: Sequence[Assertion]) -> None:
    """Enter the links that new assertions tell; `assertions[i]` is the claim in `rows[i]`."""
    found = [
        one
        for row, assertion in zip(rows, assertions, strict=True)
        if len(assertion.entities) > 1
        for one in _rows(row.id, row.marking_id, assertion)
    ]
    ties.add(connection, found)


def catch_up(database: Database) -> None:
    """Enter what an earlier version left in the journal without entering it; done once."""
    with database.read() as connection:
        if likenesses.position(connection, _MARK):
            return
    database.write(_go_through)


def _go_through(connection: Connection) -> None:
    found: list[TieRow] = []
    position = 0
    for row in journal.walk(connection):
        position = row.position
        assertion = claim_of(row)
        if not row.superseded_by and len(assertion.entities) > 1:
            found.extend(_rows(row.id, row.marking, assertion))
    ties.forget(connection, {one.assertion for one in found})
    ties.add(connection, found)
    likenesses.move(connection, _MARK, max(position, 1))


def _rows(name: str, marking: str, assertion: Assertion) -> Iterator[TieRow]:
    if assertion.kind == "withdrawal":
        return
    told = {entity.id: entity for entity in assertion.entities}
    seen = set()
    for tie in ties_of(assertion.entities):
        for end, party in (("subject", tie.subject), ("object", tie.object)):
            entity = told.get(party)
            keys = join_keys((entity,)) if entity is not None else (f"entity:{party}",)
            for key in keys:
                row = TieRow(assertion=name, link=tie.link, end=end, key=key, marking=marking)
                if (row.link, end, key) not in seen:
                    seen.add((row.link, end, key))
                    yield row
