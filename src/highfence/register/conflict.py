# SPDX-License-Identifier: Apache-2.0
"""Conflict: opposite acts of two jurisdictions on one company, found in who lists it, who did, and who has decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from highfence.register.alignment import ListingRow
from highfence.register.figures import Conflict

#: Kinds of assertions that tell an act on a company beside a listing.
ACTS = ("decision", "denial")


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """A standing decision or denial: `kind` is one of `ACTS`, also where a correction speaks in its place.

    `marking` is the id of its marking, `careful` tells that the marking asks for no small counts.
    """

    assertion: str
    originator: str
    kind: str
    text: str
    marking: str
    careful: bool = False


def conflicts(company: str, rows: Sequence[ListingRow], acts: Sequence[Act], *, on: date) -> tuple[Conflict, ...]:
    """Return the conflicts on a company that `rows`, its listings, and `acts` make on that day."""
    standing = [row for row in rows if row.stands(on)]
    by = {row.jurisdiction for row in standing}
    caption = min((row.caption for row in standing or rows), default=company)
    programmes = {one: _programmes(standing, one) for one in by}
    made = [*_delisted(rows, programmes, on=on), *_decided(acts, programmes)]
    found = (msgspec.structs.replace(one, company=company, caption=caption) for one in made)
    return tuple(sorted(found, key=lambda one: (one.kind, one.one, one.other, one.assertion)))


def _delisted(rows: Sequence[ListingRow], programmes: dict[str, tuple[str, ...]], *, on: date) -> Iterator[Conflict]:
    ended: dict[str, list[ListingRow]] = {}
    for row in rows:
        if row.until is not None and row.until <= on and row.jurisdiction not in programmes:
            ended.setdefault(row.jurisdiction, []).append(row)
    for other, gone in ended.items():
        for one, under in programmes.items():
            yield Conflict(
                kind="delisted",
                company="",
                caption="",
                one=one,
                other=other,
                programmes=under,
                ended_programmes=tuple(sorted({row.programme for row in gone if row.programme})),
                day=max(row.until for row in gone if row.until is not None),
                since=min((row.listed for row in rows if row.jurisdiction == one and row.listed), default=None),
            )


def _decided(acts: Sequence[Act], programmes: dict[str, tuple[str, ...]]) -> Iterator[Conflict]:
    against = dict(programmes)
    for act in acts:
        if act.kind == "denial":
            against.setdefault(act.originator, ())
    for act in acts:
        if act.kind == "decision" and act.originator not in programmes:
            for one, under in against.items():
                if one != act.originator:
                    yield Conflict(
                        kind="decided",
                        company="",
                        caption="",
                        one=one,
                        other=act.originator,
                        programmes=under,
                        assertion=act.assertion,
                        text=act.text,
                    )


def _programmes(standing: Sequence[ListingRow], jurisdiction: str) -> tuple[str, ...]:
    return tuple(sorted({row.programme for row in standing if row.jurisdiction == jurisdiction and row.programme}))
