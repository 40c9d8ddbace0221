# SPDX-License-Identifier: Apache-2.0
"""Interest table: a CSV file of interests, one a row, read block by block: a million rows in seconds, not in objects.

Columns: `owner` and `owned`, and any of `share`, `min`, `max`, `control`, `from`, `to`, and `listed`, which names a
listed party (it may stand alone in its row), with its `policy`. Shares are percents.
"""

from __future__ import annotations

import csv
import operator
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from highfence.errors import InvalidDocument, InvalidInput
from highfence.formats.blocks import Block, read_blocks
from highfence.formats.holdings import (
    UNKNOWN_WORDS,
    Fault,
    Holdings,
    check_days,
    read_day,
    read_share,
    unheld,
    without_repeats,
)
from highfence.formats.tabular import check_headings
from highfence.model.interest import UNKNOWN_SHARE, WHOLE, Control, Listed
from highfence.model.interests import Interests, first_day, last_day

#: Columns whose cells are taken as they are.
_TEXTS = ("owner", "owned", "listed", "policy")
COLUMNS = ("owner", "owned", "share", "min", "max", "control", "from", "to", "listed", "policy")
ROWS_MOST = 50_000_000
_WAYS_KEPT = 262_144
#: What a file can get wrong before it is the wrong file; each is told up to here.
FAULTS_MOST = 100_000
_CONTROL = {
    "": Control.NO,
    "false": Control.NO,
    "no": Control.NO,
    "0": Control.NO,
    "true": Control.YES,
    "yes": Control.YES,
    "1": Control.YES,
    "unknown": Control.MAYBE,
    "?": Control.MAYBE,
}
Progress = Callable[[int], None]
#: Stand for a cell that has to be looked at by itself, one without anything, and a share that is not known.
_ODD, _EMPTY, _UNKNOWN = -1, -2, -3
Numbers = NDArray[np.int64]


def read_table(stream: BinaryIO, progress: Progress = lambda _bytes: None) -> Holdings:
    """Read a CSV file of interests, parted by comma, semicolon or tab; `progress` is told how many bytes were read.

    Raises:
        InvalidDocument: it is not UTF-8 text, a needed column is missing, or it is too long.
    """
    table = _Table()
    try:
        first = stream.readline()
        delimiter = max((",", ";", "\t"), key=first.decode("utf-8-sig").count)
        width = table.head(next(csv.reader([first.decode("utf-8-sig")], delimiter=delimiter), []))
        for block in read_blocks(stream, delimiter, width=width):
            table.take(block)
            progress(stream.tell())
    except UnicodeDecodeError as error:
        raise InvalidDocument(
            f"the bytes {error.object[error.start : error.end]!r} are not UTF-8",
            where=f"after line {table.lines}",
            advice="Save the file in UTF-8",
        ) from error
    except csv.Error as error:
        raise InvalidDocument(
            f"a row cannot be read: {error}",
            where=f"after line {table.lines}",
            advice="Mend the quotation marks there and save the file as CSV again",
        ) from error
    return table.holdings()


class _Table:
    """Collects blocks of rows as columns of numbers."""

    def __init__(self) -> None:
        self.lines = 1
        self._rows = 0
        self._index: defaultdict[str, int] = defaultdict(count().__next__)
        self._columns: dict[str, list[NDArray[np.int64]]] = {name: [] for name in _KINDS}
        self._ways = {name: _Ways(read) for name, read in _WAYS.items()}
        self._listed: list[tuple[Listed, str]] = []
        self._faults: list[Fault] = []
        self._notes: list[Fault] = []
        self._refused: dict[str, tuple[str, ...]] = {}
        self._places: dict[str, int] = {}

    def head(self, cells: list[str]) -> int:
        """Take the headings; return how many there are."""
        headings = [heading.casefold() for heading in check_headings(cells, row=1)]
        self._places = {name: headings.index(name) for name in COLUMNS if name in headings}
        missing = [name for name in ("owner", "owned") if name not in headings]
        if missing:
            raise InvalidDocument(
                f"the column {missing[0]!r} is missing",
                where=f"headings: {', '.join(heading[:40] for heading in headings[:20])}",
                advice="A table of interests has the columns owner and owned, and share or min and max",
            )
        for heading in headings:
            if heading and heading not in COLUMNS:
                self._notes.append(Fault(place="line 1", what=f"the column {heading[:60]!r} is not used", taken=True))
        return len(headings)

    def take(self, block: Block) -> None:
        """Take a block of rows."""
        columns, lines = block.columns, block.lines
        for line, cells in block.ragged:
            what = f"{cells} cells under {len(columns)} headings; they may have shifted"
            self._tell(line, what, "Put quotes around cells with the separator in them")
        self.lines = max([self.lines, *lines[-1:], *(line for line, _ in block.ragged)])
        if not lines:
            return
        self._rows += len(lines)
        if self._rows > ROWS_MOST:
            raise InvalidDocument(f"there are more than {ROWS_MOST:,} rows", where="the file", advice="Split the file")
        column = {name: columns[place] for name, place in self._places.items()}
        if not block.stripped:
            column = {name: list(map(str.strip, texts)) if name in _TEXTS else texts for name, texts in column.items()}
        if "listed" in column:
            self._lists(column, lines)
        said = self._read(column, len(lines))
        kept = np.ones(len(lines), dtype=np.bool_)
        for at in _odd(column, said):
            if (mended := self._judge(at, column, line=lines[at])) is None:
                kept[at] = False
            else:
                for name, value in mended.items():
                    said[name][at] = value
        self._keep(column, said | {"place": np.array(lines)}, kept)

    def holdings(self) -> Holdings:
        """Return all that was taken."""
        for one, _ in self._listed:
            self._index[one.id]
        columns: dict[str, Any] = {
            name: np.concatenate([np.zeros(0, dtype=kind), *self._columns[name]]) for name, kind in _KINDS.items()
        }
        interests, repeats = without_repeats(Interests(ids=list(self._index), **columns))
        self._index.default_factory = None
        interests.indexed(self._index)
        return Holdings(
            interests=interests,
            listed=tuple(one for one, _ in self._listed),
            faults=tuple(sorted((*self._faults, *repeats), key=_line)),
            notes=(*self._notes, *unheld(interests, tuple(self._listed))),
            refused=self._refused,
        )

    def _read(self, column: dict[str, list[str]], rows: int) -> dict[str, Numbers]:
        """Return what the rows say of share, control and time; each way of writing a cell is read once."""
        said = {}
        for name, read in self._ways.items():
            texts = column.get(name)
            if texts is None or not any(texts):
                said[name] = np.full(rows, read[""], dtype=np.int64)
            else:
                said[name] = np.fromiter(map(read.__getitem__, texts), dtype=np.int64, count=rows)
            if len(read) > _WAYS_KEPT:
                read.clear()
        low, high = _bounds(said.pop("share"), said.pop("min"), said.pop("max"))
        low[(low == _EMPTY) & (said["control"] > 0)] = 0
        return {"low": low, "high": high, "control": said["control"], "since": said["from"], "until": said["to"]}

    def _judge(self, at: int, column: dict[str, list[str]], *, line: int) -> dict[str, int] | None:
        """Return what an odd row says; None if it says not even that there is an interest.

        What is refused is told, and what is left of it is that there is an interest (see `holdings.doubtful`).
        """
        cells = {name: texts[at].strip() for name, texts in column.items()}
        owner, owned = cells["owner"], cells["owned"]
        if not owner or not owned:
            if owner or owned or (any(cells.values()) and not cells.get("listed")):
                self._tell(line, f"the {'owned' if owner else 'owner'} is missing", "Name both", owned=owned)
            return None
        try:
            if owner == owned:
                raise InvalidInput(
                    f"{owner[:60]!r} has an interest in itself",
                    where="owner",
                    advice="Leave it out, or name the other party",
                )
            if (said := _said(cells)) is not None:
                return said
            mended = _said(cells | {"share": "unknown"})
        except InvalidInput as error:
            self._tell(line, error.what, error.advice, owned=owned)
            return None if owner == owned else _DOUBTFUL
        what = f"the share of {owner[:60]!r} in {owned[:60]!r} is missing: it counts as unknown"
        if len(self._notes) < FAULTS_MOST:
            self._notes.append(Fault(place=f"line {line}", what=what, taken=True))
        return mended

    def _tell(self, line: int, what: str, advice: str = "", *, owned: str = "") -> None:
        if len(self._faults) >= FAULTS_MOST:
            raise InvalidDocument(
                f"more than {FAULTS_MOST:,} rows are refused", where=f"line {line}", advice="Is this the right file?"
            )
        self._faults.append(Fault(place=f"line {line}", what=what, advice=advice))
        if owned:
            self._refused[owned] = (*self._refused.get(owned, ()), f"line {line}")

    def _lists(self, column: dict[str, list[str]], lines: Sequence[int]) -> None:
        policies = column.get("policy") or [""] * len(lines)
        for at, party in enumerate(column["listed"]):
            if party:
                self._listed.append((Listed(id=party, policy=policies[at]), f"line {lines[at]}"))

    def _keep(self, column: dict[str, list[str]], said: dict[str, Numbers], kept: NDArray[np.bool_]) -> None:
        owners, owned = column["owner"], column["owned"]
        if not kept.all():
            said = {name: values[kept] for name, values in said.items()}
            owners = [owner for owner, keep in zip(owners, kept.tolist(), strict=True) if keep]
            owned = [one for one, keep in zip(owned, kept.tolist(), strict=True) if keep]
        index = self._index.__getitem__
        said["owner"] = np.fromiter(map(index, owners), dtype=np.int64, count=len(owners))
        said["owned"] = np.fromiter(map(index, owned), dtype=np.int64, count=len(owned))
        for name, kind in _KINDS.items():
            self._columns[name].append(said[name].astype(kind))


#: What is known of an interest whose row is refused: nothing but its parties.
_DOUBTFUL = {"low": 0, "high": WHOLE, "control": int(Control.MAYBE), "since": first_day(None), "until": last_day(None)}

_KINDS: dict[str, type[np.signedinteger]] = {
    "owner": np.int32,
    "owned": np.int32,
    "low": np.int64,
    "high": np.int64,
    "control": np.int8,
    "since": np.int32,
    "until": np.int32,
    "place": np.int32,
}


class _Ways(dict[str, int]):
    """How cells of one column were written, and what they mean."""

    def __init__(self, read: Callable[[str], int]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> int:
        value = self[text] = self._read(text.strip())
        return value


def _line(fault: Fault) -> int:
    return int(fault.place.removeprefix("line "))


def _bounds(share: Numbers, least: Numbers, most: Numbers) -> tuple[Numbers, Numbers]:
    """Return the bounds of shares given in one way or the other; the lower is _EMPTY for none, _ODD if not clear."""
    low = np.where(share >= 0, share, np.where(share == _UNKNOWN, 0, np.where(least >= 0, least, 0)))
    high = np.where(share >= 0, share, np.where(share == _UNKNOWN, WHOLE, np.where(most >= 0, most, WHOLE)))
    bounded = (least != _EMPTY) | (most != _EMPTY)
    low[(share == _EMPTY) & ~bounded] = _EMPTY
    odd = (share == _ODD) | (least == _ODD) | (most == _ODD) | (low > high) | ((share != _EMPTY) & bounded)
    low[odd | (least == _UNKNOWN) | (most == _UNKNOWN)] = _ODD
    return low, high


def _odd(column: dict[str, list[str]], said: dict[str, Numbers]) -> list[int]:
    """Return the rows that have to be looked at one by one."""
    odd = said["until"] < said["since"]
    for values in said.values():
        odd |= values < 0
    owners, owned = column["owner"], column["owned"]
    if "" in owners or "" in owned or any(map(operator.eq, owners, owned)):
        odd |= np.array([not a or not b or a == b for a, b in zip(owners, owned, strict=True)], dtype=np.bool_)
    rows: list[int] = np.flatnonzero(odd).tolist()
    return rows


def _said(cells: dict[str, str]) -> dict[str, int] | None:
    """Read what one row says; None if it does not say the share, and not that there is control either.

    Raises:
        InvalidInput: a cell cannot be read, or the days are reversed.
    """
    control = cells.get("control", "")
    held = _CONTROL.get(control.casefold())
    if held is None:
        advice = "Write true or false"
        raise InvalidInput(f"{control[:40]!r} does not say whether there is control", where="control", advice=advice)
    begins, ends = read_day(cells.get("from", "")), read_day(cells.get("to", ""))
    check_days(begins, ends)
    share, least, most = (cells.get(name, "") for name in ("share", "min", "max"))
    read = read_share(share, least=least, most=most) or (UNKNOWN_SHARE if held else None)
    if read is None:
        return None
    return {
        "low": read.low,
        "high": read.high,
        "control": int(held),
        "since": first_day(begins),
        "until": last_day(ends),
    }


def _share(text: str) -> int:
    if text.casefold() in UNKNOWN_WORDS:
        return _UNKNOWN
    try:
        read = read_share(text) if text else None
    except InvalidInput:
        return _ODD
    return _EMPTY if read is None else read.low if read.low == read.high else _ODD


def _control(text: str) -> int:
    return int(_CONTROL.get(text.casefold(), _ODD))


def _since(text: str) -> int:
    try:
        return first_day(read_day(text))
    except InvalidInput:
        return _ODD


def _until(text: str) -> int:
    try:
        return last_day(read_day(text))
    except InvalidInput:
        return _ODD


#: Column -> how one cell of it is read.
_WAYS = {"share": _share, "min": _share, "max": _share, "control": _control, "from": _since, "to": _until}
