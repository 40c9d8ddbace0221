# SPDX-License-Identifier: Apache-2.0
"""Past: what a node held of a company at an instant, as it stood then.

What came later is left out, and what came later took nothing back yet: an assertion that has been corrected or
withdrawn since speaks again, and joins what it joined. So companies that are two now may be one then, and one is
followed from the other by the keys of what stood. When the engine joined two is not kept: a likeness that it holds now
counts as soon as both its assertions were there, and one that fell with an assertion is not brought back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from highfence.register.absorb import home_keys
from highfence.register.holding import held_together
from highfence.register.keys import judged_keys, keys_of
from highfence.register.view import Held
from highfence.register.visible import stands
from highfence.storage import companies, journal
from highfence.storage.database import Connection
from highfence.storage.journal import Stored


def held_then(connection: Connection, stored: Iterable[str], instant: str, *, me: str) -> list[Held]:
    """Return all that was held at an instant (RFC 3339) of companies as they are stored now, and of what it joined.

    In the order of the journal. `me` is this node's authority, whose judgements join.
    """
    rows: dict[str, Stored] = {}
    seen: set[str] = set()
    wanted = set(stored)
    lost = _lost(connection, instant, me) if wanted else {}
    while wanted:
        found = [row for company in wanted for row in journal.of_company(connection, company)]
        then = _as_they_stood(connection, found, instant)
        rows.update((row.id, row) for row in then)
        seen |= wanted
        keys = _keys(connection, then, me)
        wanted = set(companies.companies_of_keys(connection, keys).values()) - seen
        wanted |= {company for key in keys for company in lost.get(key, ())} - seen
    return held_together(connection, sorted(rows.values(), key=lambda row: row.position))


def _as_they_stood(connection: Connection, rows: Sequence[Stored], instant: str) -> list[Stored]:
    then = [row for row in rows if row.received <= instant]
    replaced = journal.received(connection, {row.superseded_by for row in then if row.superseded_by})
    return [
        row
        if not row.superseded_by or replaced.get(row.superseded_by, "") <= instant
        else msgspec.structs.replace(row, superseded_by="")
        for row in then
    ]


def _keys(connection: Connection, rows: Sequence[Stored], me: str) -> set[str]:
    """Return the keys by which what is told of these rows joins."""
    keys: set[str] = set()
    for one in held_together(connection, rows):
        keys.update(home_keys(one.assertion.subject))
        if stands(one):
            keys.update((*keys_of(one.assertion), *judged_keys(one.assertion, me)))
    return keys


def _lost(connection: Connection, instant: str, me: str) -> dict[str, set[str]]:
    """Return the companies, as they are stored now, to which keys led that have been taken back since."""
    rows = journal.replaced_after(connection, instant)
    homes = journal.company_of(connection, [row.id for row in rows])
    lost: dict[str, set[str]] = {}
    for row in rows:
        for key in _keys(connection, [msgspec.structs.replace(row, superseded_by="")], me):
            lost.setdefault(key, set()).add(homes[row.id])
    return lost
