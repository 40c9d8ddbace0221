# SPDX-License-Identifier: Apache-2.0
"""Coverage: which authorities there are, with and without a screening law, and what each has told a reader.

An authority without a law of its own takes part all the same: it hears of cases and may comment. One that has told
nothing is a gap in what everybody knows, so it has its line too.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from highfence.model.authority import Authority
from highfence.model.marking import NO_SMALL_COUNTS
from highfence.register.reading import Sight
from highfence.register.tally import is_small
from highfence.storage.coverage import CoverageRow, told


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """An authority and what it has told that stands and the reader may see.

    `told` is kind -> number, None where a marking asks that so small a number is not told. `newest` is when the last
    of it came (RFC 3339), empty if there is nothing, or nothing that may be told.
    """

    code: str
    name: str
    country: str
    role: str
    screening_law: bool
    told: dict[str, int | None]
    newest: str


def coverage_seen(sight: Sight, authorities: Iterable[Authority]) -> tuple[Coverage, ...]:
    """Return all authorities with what each has told that a reader may see."""
    careful = frozenset(name for name, _, marking in sight.seen_markings() if NO_SMALL_COUNTS in marking.caveats)
    return coverage(authorities, told(sight.connection, markings=sight.markings), careful=careful)


def coverage(
    authorities: Iterable[Authority], rows: Iterable[CoverageRow], *, careful: frozenset[str]
) -> tuple[Coverage, ...]:
    """Return all authorities by code; `careful` are the ids of markings under which small numbers are not told.

    >>> row = CoverageRow(originator="nl", kind="concern", marking="m", number=2, newest="2026-11-24T07:00:00Z")
    >>> nl = Authority(code="nl", name="Netherlands", country="nl")
    >>> [one.told for one in coverage([nl], [row], careful=frozenset())]
    [{'concern': 2}]
    >>> [(one.told, one.newest) for one in coverage([nl], [row], careful=frozenset({"m"}))]
    [{'concern': None}, '']
    """
    found: dict[str, list[CoverageRow]] = {}
    for row in rows:
        found.setdefault(row.originator, []).append(row)
    return tuple(
        _coverage(one, found.get(one.code, []), careful=careful)
        for one in sorted(authorities, key=lambda one: one.code)
    )


def _coverage(authority: Authority, rows: list[CoverageRow], *, careful: frozenset[str]) -> Coverage:
    counts: dict[str, int | None] = {}
    newest = ""
    for kind in sorted({row.kind for row in rows}):
        of_kind = [row for row in rows if row.kind == kind]
        number = sum(row.number for row in of_kind)
        if is_small(number, careful=sum(row.number for row in of_kind if row.marking in careful)):
            counts[kind] = None
        else:
            counts[kind] = number
            newest = max(newest, *(row.newest for row in of_kind))
    return Coverage(
        code=authority.code,
        name=authority.name,
        country=authority.country,
        role=authority.role,
        screening_law=authority.screening_law,
        told=counts,
        newest=newest,
    )
