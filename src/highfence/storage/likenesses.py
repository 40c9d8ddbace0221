# SPDX-License-Identifier: Apache-2.0
"""Likenesses: pairs of entities that the engine found alike, and how far in the journal it has looked.

A likeness rests on two assertions and counts only while both stand. It is derived, and made anew by another scorer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, delete, insert, or_, select

from highfence.storage.chunks import chunks
from highfence.storage.prepared import Prepared
from highfence.storage.tables import judgement, likeness, resolved, standing


class LikenessRow(msgspec.Struct, frozen=True, kw_only=True):
    """Two entities, `one` before `other` in the alphabet, and the assertions that told what was compared.

    `score` is in ten-thousandths, made by `scorer`. `joins` tells that the pair is joined without anybody's looking.
    """

    one: str
    other: str
    one_assertion: str
    other_assertion: str
    score: int
    scorer: str
    joins: bool


class Alike(msgspec.Struct, frozen=True, kw_only=True):
    """A likeness of two parties that are two companies as they are stored; neither a join nor judged here."""

    likeness: LikenessRow
    one_company: str
    other_company: str


class OpenPair(NamedTuple):
    """A likeness of two companies as they are stored: the assertions that told each, the score, the companies."""

    one_assertion: str
    other_assertion: str
    score: int
    one_company: str
    other_company: str


def keep(connection: Connection, rows: Sequence[LikenessRow]) -> None:
    """Add likenesses, each in the place of what was known of the same pair."""
    for row in rows:
        connection.execute(delete(likeness).where(likeness.c.one == row.one, likeness.c.other == row.other))
    if rows:
        connection.execute(insert(likeness), [msgspec.structs.asdict(row) for row in rows])


def of_pairs(connection: Connection, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], LikenessRow]:
    """Return what is known of some pairs of entities, each as (one, other)."""
    found = {}
    for one, other in pairs:
        for row in connection.execute(_OF_PAIR, {"one": one, "other": other}):
            found[one, other] = LikenessRow(**row._mapping)
    return found


def joining(connection: Connection, assertions: Collection[str]) -> list[LikenessRow]:
    """Return the likenesses that join, of which both assertions are among the given ones."""
    wanted = set(assertions)
    found = {}
    for part in chunks(wanted):
        query = select(likeness).where(likeness.c.joins, likeness.c.one_assertion.in_(part))
        found.update({(row.one, row.other): LikenessRow(**row._mapping) for row in connection.execute(query)})
    return [row for row in found.values() if row.other_assertion in wanted]


def forget(connection: Connection, assertions: Iterable[str]) -> None:
    """Remove the likenesses that rest on assertions which no longer stand."""
    for part in chunks(assertions):
        connection.execute(
            delete(likeness).where(or_(likeness.c.one_assertion.in_(part), likeness.c.other_assertion.in_(part)))
        )


def open_ones(
    connection: Connection, *, markings: Collection[str], limit: int | None = None, company: str = ""
) -> list[Alike]:
    """Return up to `limit` likenesses (None: all) to be judged, the highest score first.

    Both sides are under the given markings. With `company` only those of which it is one side. Left out are pairs that
    are one company already, and those with a judgement of this authority that stands.
    """
    query = _open(*likeness.c, markings=markings).limit(limit)
    query = query.order_by(likeness.c.score.desc(), likeness.c.one, likeness.c.other)
    if company:
        query = query.where(or_(_ONE.c.company == company, _OTHER.c.company == company))
    return [
        Alike(
            likeness=LikenessRow(**{name: getattr(row, name) for name in LikenessRow.__struct_fields__}),
            one_company=row.one_company,
            other_company=row.other_company,
        )
        for row in connection.execute(query)
    ]


def open_pairs(
    connection: Connection, *, markings: Collection[str], among: Collection[str] | None = None
) -> set[OpenPair]:
    """Return all likenesses that `open_ones` returns, without what they rest on.

    With `among` only those of which one side at least is one of these companies, as they are stored.
    """
    columns = (likeness.c.one_assertion, likeness.c.other_assertion, likeness.c.score)
    query = _open(*columns, markings=markings)
    if among is None:
        return {OpenPair(*row) for row in connection.execute(query)}
    found: set[OpenPair] = set()
    for part in chunks(among):
        for side in (_ONE, _OTHER):
            found.update(OpenPair(*row) for row in connection.execute(query.where(side.c.company.in_(part))))
    return found


def _open(*columns: ColumnElement[Any], markings: Collection[str]) -> Select[Any]:
    judged = judgement.alias("judged")
    same_pair = or_(
        and_(judged.c.subject == likeness.c.one, judged.c.other == likeness.c.other),
        and_(judged.c.subject == likeness.c.other, judged.c.other == likeness.c.one),
    )
    return (
        select(*columns, _ONE.c.company.label("one_company"), _OTHER.c.company.label("other_company"))
        .join(_ONE, _ONE.c.id == likeness.c.one_assertion)
        .join(_OTHER, _OTHER.c.id == likeness.c.other_assertion)
        .where(
            _ONE.c.marking.in_(markings),
            _OTHER.c.marking.in_(markings),
            _ONE.c.superseded_by == "",
            _OTHER.c.superseded_by == "",
            _ONE.c.company != _OTHER.c.company,
            ~select(judged.c.assertion).where(judged.c.binds, same_pair).exists(),
        )
    )


def position(connection: Connection, scorer: str) -> int:
    """Return how far in the journal a scorer has looked."""
    rows = _POSITION.rows(connection, {"scorer": scorer})
    return rows[0][0] if rows else 0


def move(connection: Connection, scorer: str, position: int) -> None:
    """Note how far a scorer has looked."""
    connection.execute(delete(resolved).where(resolved.c.scorer == scorer))
    connection.execute(insert(resolved), [{"scorer": scorer, "position": position}])


_OF_PAIR = select(likeness).where(likeness.c.one == bindparam("one"), likeness.c.other == bindparam("other"))
_POSITION = Prepared(select(resolved.c.position).where(resolved.c.scorer == bindparam("scorer")))
_ONE, _OTHER = standing.alias("one_standing"), standing.alias("other_standing")
