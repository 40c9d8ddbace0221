# SPDX-License-Identifier: Apache-2.0
"""Judgements: who was judged to be the same as whom, by whom, in which assertion; derived from the journal.

Only what stands is here. `binds` marks this authority's own: they alone join and part companies.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, insert, or_, select

from highfence.storage.chunks import FEW, chunks
from highfence.storage.prepared import Prepared
from highfence.storage.tables import judgement


class JudgementRow(msgspec.Struct, frozen=True, kw_only=True):
    """A judgement that stands, and the company, as it is stored, of the entity `subject`."""

    assertion: str
    company: str
    subject: str
    other: str
    verdict: str
    binds: bool


def add(connection: Connection, rows: Sequence[JudgementRow]) -> None:
    """Add judgements."""
    if rows:
        connection.execute(insert(judgement), [msgspec.structs.asdict(row) for row in rows])


def about(connection: Connection, entities: Collection[str]) -> list[JudgementRow]:
    """Return the judgements on any of the given entities, on either side."""
    found = {}
    for part in chunks(entities):
        query = select(judgement).where(or_(judgement.c.subject.in_(part), judgement.c.other.in_(part)))
        found.update({row.assertion: JudgementRow(**row._mapping) for row in connection.execute(query)})
    return [found[name] for name in sorted(found)]


def parted(connection: Connection, among: Collection[str] | None = None) -> set[str]:
    """Return companies, of all or `among` some, in which this authority holds two entities apart."""
    if among is None:
        return set(connection.scalars(_PARTED))
    if len(among) <= FEW:
        return {company for one in among for (company,) in _PARTED_ONE.rows(connection, {"company": one})}
    parts = (_PARTED.where(judgement.c.company.in_(part)) for part in chunks(among))
    return {company for part in parts for company in connection.scalars(part)}


_PARTED = select(judgement.c.company).where(judgement.c.binds, judgement.c.verdict == "negative").distinct()
# Every assertion that arrives asks it of its company.
_PARTED_ONE = Prepared(_PARTED.where(judgement.c.company == bindparam("company")))
