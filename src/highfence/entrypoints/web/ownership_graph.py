# SPDX-License-Identifier: Apache-2.0
"""Ownership graph: who owns and controls a company, laid out as boxes and lines for a picture. Pure.

Owners stand above what they own, one row for each step; what the company owns itself stands below it. The table beside
the picture has everything; the picture has what fits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from highfence.register.ownership import Ownership, Party, ToldTie
from highfence.rules.ownership.verdict import Bounds

#: Boxes in a row and rows at most; what is left out is counted.
_ROW_MOST = 6
_ROWS_MOST = 6
_WIDTH, _HEIGHT = 176, 64
_GAP_X, _GAP_Y = 24, 76
_LINE_CHARACTERS = 22
_OWNING = ("owned-by", "controlled-by")


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """A party's box: its left upper corner, its caption in at most two lines, and how it is drawn."""

    x: int
    y: int
    lines: tuple[str, ...]
    note: str
    look: str
    path: str
    title: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line from an owner down to what it owns, with its label at `(label_x, label_y)`."""

    x1: int
    y1: int
    x2: int
    y2: int
    label: str
    label_x: int
    label_y: int
    look: str


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """Boxes and lines within `width` by `height`; `left_out` parties did not fit."""

    width: int
    height: int
    box_width: int
    box_height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    left_out: int


def picture(found: Ownership) -> Picture | None:
    """Lay out a company's owners and holdings; None if there are none to draw."""
    ties = [one for one in found.ties if one.kind in _OWNING]
    if not ties:
        return None
    rows, left_out = _rows(found, ties)
    width = max(len(row) for row in rows) * (_WIDTH + _GAP_X) + _GAP_X
    places: dict[str, tuple[int, int]] = {}
    boxes = []
    for number, row in enumerate(rows):
        left = (width - len(row) * (_WIDTH + _GAP_X) + _GAP_X) // 2
        for place, party in enumerate(row):
            x, y = left + place * (_WIDTH + _GAP_X), 8 + number * (_HEIGHT + _GAP_Y)
            places[party.id] = (x, y)
            boxes.append(_box(party, x, y))
    return Picture(
        width=width,
        height=16 + len(rows) * (_HEIGHT + _GAP_Y) - _GAP_Y,
        box_width=_WIDTH,
        box_height=_HEIGHT,
        boxes=tuple(boxes),
        lines=tuple(_lines(ties, places)),
        left_out=left_out,
    )


def _rows(found: Ownership, ties: Sequence[ToldTie]) -> tuple[list[list[Party]], int]:
    """Return the parties in rows, the owners furthest away on top, and how many do not fit."""
    levels = _levels(found, ties)
    by_level: dict[int, list[Party]] = {}
    for party in found.parties:
        if party.role != "tied":
            by_level.setdefault(levels[party.id], []).append(party)
    # Who is listed is drawn before who is not.
    rows = [
        sorted(by_level[level], key=lambda one: (not one.listed_by, one.caption))[:_ROW_MOST]
        for level in sorted(by_level, reverse=True)
        if level < _ROWS_MOST
    ]
    return rows, sum(map(len, by_level.values())) - sum(map(len, rows))


def _levels(found: Ownership, ties: Sequence[ToldTie]) -> dict[str, int]:
    """Return how high each party stands: an owner above all that it owns, unless they own each other in a circle."""
    owners = {one.id for one in found.parties if one.role == "owner"}
    levels = {one.id: -1 if one.role == "held" else one.steps for one in found.parties}
    for _ in range(_ROWS_MOST):
        for one in ties:
            if one.stands and one.object in owners:
                levels[one.object] = min(max(levels[one.object], levels[one.subject] + 1), _ROWS_MOST)
    return levels


def _box(party: Party, x: int, y: int) -> Box:
    note = "listed by " + ", ".join(code.upper() for code in party.listed_by) if party.listed_by else ""
    return Box(
        x=x,
        y=y,
        lines=_wrapped(party.caption),
        note=note[:28],
        look="hf-box--asked" if party.role == "asked" else "hf-box--listed" if party.listed_by else "hf-box--plain",
        path=party.company,
        title=party.caption,
    )


def _lines(ties: Sequence[ToldTie], places: dict[str, tuple[int, int]]) -> Iterable[Line]:
    """Yield one line for each pair that is drawn, labelled with what is told of it."""
    pairs: dict[tuple[str, str], list[ToldTie]] = {}
    for one in ties:
        if one.object in places and one.subject in places and one.object != one.subject:
            pairs.setdefault((one.object, one.subject), []).append(one)
    for (owner, owned), told in pairs.items():
        (x1, y1), (x2, y2) = places[owner], places[owned]
        down = y1 < y2
        begin = (x1 + _WIDTH // 2, y1 + (_HEIGHT if down else 0))
        end = (x2 + _WIDTH // 2, y2 + (0 if down else _HEIGHT))
        # Nearer to the owned party, lines of several owners lie apart least; a third from the owner they do.
        third = (begin[0] + (end[0] - begin[0]) // 3, begin[1] + (end[1] - begin[1]) // 3)
        yield Line(
            x1=begin[0],
            y1=begin[1],
            x2=end[0],
            y2=end[1],
            label=_label(told),
            label_x=third[0],
            label_y=third[1] + 4,
            look="hf-edge" if any(one.stands for one in told) else "hf-edge hf-edge--ended",
        )


def _label(told: Sequence[ToldTie]) -> str:
    standing = [one for one in told if one.stands]
    shares = dict.fromkeys(_words(one.share) for one in standing if one.share is not None)
    control = ["control"] if any(one.kind == "controlled-by" for one in standing) else []
    return " / ".join([*list(shares)[:2], *control]) or "ended"


def _words(share: Bounds) -> str:
    if (share.min, share.max) == (0, 100):
        return "share unknown"
    return f"{share.min} %" if share.min == share.max else f"{share.min} to {share.max} %"


def _wrapped(text: str) -> tuple[str, ...]:
    """Return a caption in at most two lines."""
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + bool(lines[-1]) <= _LINE_CHARACTERS:
            lines[-1] = f"{lines[-1]} {word}".strip()
        else:
            lines.append(word)
    shown = [line for line in lines if line][:2]
    if len([line for line in lines if line]) > 2:
        shown[1] = shown[1][: _LINE_CHARACTERS - 1] + "…"
    return tuple(line if len(line) <= _LINE_CHARACTERS + 2 else line[:_LINE_CHARACTERS] + "…" for line in shown)
