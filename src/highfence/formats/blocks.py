# SPDX-License-Identifier: Apache-2.0
"""Blocks: delimited text read a block of rows at a time, as columns of cells: what a million rows need.

`formats.tabular` reads tables that people look at row by row; this is for those nobody could.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO

import msgspec
import numpy as np

_BLOCK_ROWS = 32_768
_CHUNK_BYTES = 1 << 20
#: What str.strip takes off, but for the ends of lines, of text that is ASCII.
_SPACES = b" \t\x0b\x0c\x1c\x1d\x1e\x1f"


class Block(msgspec.Struct, frozen=True):
    """Columns of cells as they stand, the lines in which their rows end, and what rows have too few cells or too many.

    `ragged` holds (line, number of cells) of rows that are not in the columns. `stripped` says that no cell can have
    spaces around it.
    """

    columns: list[list[str]]
    lines: Sequence[int]
    ragged: tuple[tuple[int, int], ...] = ()
    stripped: bool = False


def read_blocks(stream: BinaryIO, delimiter: str, *, width: int) -> Iterator[Block]:
    """Yield the rows below the headings, which have been read: plain ones are split, the rest is read as CSV proper.

    Raises:
        UnicodeDecodeError: it is not UTF-8.
        csv.Error: a quote is not closed, or stands in the middle of a cell.
    """
    line, rest = 1, b""
    while chunk := stream.read(_CHUNK_BYTES):
        whole, newline, left = (rest + chunk).rpartition(b"\n")
        columns = _split(whole + newline, delimiter, width) if newline else []
        if columns is None:
            yield from _proper(_Joined(rest + chunk, stream), delimiter, width=width, line=line)
            return
        if columns:
            rows = len(columns[0])
            plain = whole.isascii() and len(whole.translate(None, _SPACES)) == len(whole)
            yield Block(columns, range(line + 1, line + rows + 1), stripped=plain)
            line += rows
        rest = left
    if rest:
        yield from _proper(io.BytesIO(rest), delimiter, width=width, line=line)


def _split(data: bytes, delimiter: str, width: int) -> list[list[str]] | None:
    """Return the columns of whole lines without quotes that all have as many cells as there are headings, else None."""
    data = data.replace(b"\r\n", b"\n")
    if b'"' in data or b"\r" in data or b"\0" in data:
        return None
    letters = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(letters == ord("\n"))
    parted = np.flatnonzero(letters == ord(delimiter))
    if len(parted) != len(ends) * (width - 1):
        return None
    if not (np.searchsorted(parted, ends) == np.arange(1, len(ends) + 1) * (width - 1)).all():
        return None
    cells = data.decode("utf-8").replace("\n", delimiter).split(delimiter)
    cells.pop()
    return [cells[place::width] for place in range(width)]


def _proper(stream: Any, delimiter: str, *, width: int, line: int) -> Iterator[Block]:
    """Yield blocks of rows with quotes and line breaks in cells, the first of which begins after `line`."""
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    began = line
    while rows := list(islice(reader, _BLOCK_ROWS)):
        now = began + reader.line_num
        lines: Sequence[int] = range(line + 1, now + 1)
        if len(lines) != len(rows):
            lines = _counted(rows, line)
        line = now
        yield _of_width(rows, lines, width)


def _of_width(rows: list[list[str]], lines: Sequence[int], width: int) -> Block:
    kept, places, ragged = [], [], []
    for row, line in zip(rows, lines, strict=True):
        while len(row) > width and not row[-1].strip():
            row.pop()
        if len(row) == width:
            kept.append(row)
            places.append(line)
        elif any(map(str.strip, row)):
            ragged.append((line, len(row)))
    columns = [list(cells) for cells in zip(*kept, strict=True)] or [[] for _ in range(width)]
    return Block(columns, places, tuple(ragged))


def _counted(rows: list[list[str]], before: int) -> list[int]:
    """Return the lines in which rows end if cells hold line breaks."""
    lines = []
    for row in rows:
        before += 1 + sum(cell.count("\n") for cell in row)
        lines.append(before)
    return lines


class _Joined(io.RawIOBase):
    """Bytes that were read already, and then the rest of a stream."""

    def __init__(self, begun: bytes, stream: BinaryIO) -> None:
        self._begun = begun
        self._stream = stream

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        begun, self._begun = self._begun, b""
        return begun or self._stream.read(size)

    read1 = read
