# SPDX-License-Identifier: Apache-2.0
"""Tabular: delimited text (CSV) as people save it, and written so that no spreadsheet takes a cell for a formula.

Nothing is guessed that could hide a party: text that is not in the encoding it says is refused and not repaired, a row
with too many or too few cells is told and not shifted. Rows count from 1 as an editor counts lines.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from highfence.errors import InvalidDocument

#: Bounds of what is read: a table of parties is never wider or longer, what is has another purpose.
BYTES_MOST = 256 * 1024 * 1024
COLUMNS_MOST = 1_000
ROWS_MOST = 1_048_576
CELL_CHARACTERS_MOST = 32_767
#: A file with more broken quotes than this is not a table.
_RESTARTS_MOST = 100
_DELIMITERS = (",", ";", "\t", "|")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
#: What begins a formula in a spreadsheet, also in the full-width forms that some of them read.
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Row(msgspec.Struct, frozen=True, gc=False):
    """One row: its number as a person sees it, and its cells, stripped."""

    number: int
    cells: tuple[str, ...]


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong in a row: `column` is its heading or empty; `taken` tells whether the row is used all the same."""

    row: int
    what: str
    column: str = ""
    advice: str = ""
    taken: bool = False

    def __str__(self) -> str:
        column = f", column {self.column}" if self.column else ""
        advice = f". {self.advice}" if self.advice else ""
        return f"row {self.row}{column}: {self.what}{advice}"


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """A table: its headings, the rows that could be read, and what is wrong with others."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...] = ()


def read_csv(data: bytes, *, encoding: str = "") -> Grid:
    """Read delimited text whose first row holds the headings; cells are parted by comma, semicolon, tab or bar.

    `encoding` is what the file is in if it is not UTF-8 (or UTF-16 with its mark).

    >>> read_csv("Name;Tax no\\nŽeljezara d.d.;007\\n".encode()).rows
    (Row(number=2, cells=('Željezara d.d.', '007')),)

    Raises:
        InvalidDocument: the file is empty, is not text or not in that encoding, has no headings, or is too large.
    """
    text = _decoded(data, encoding)
    lines = list(io.StringIO(text, newline=""))
    reading = _Reading(lines)
    first = reading.headings()
    headings, rows, faults = first.cells, [], reading.faults
    for row in reading.rows(headings):
        rows.append(row)
        if len(rows) > ROWS_MOST:
            raise InvalidDocument(
                f"the table has more than {ROWS_MOST:,} rows", where=f"row {row.number}", advice="Split the file"
            )
    return Grid(headings=headings, rows=tuple(rows), faults=tuple(faults))


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[str | float | bool | None]]) -> Iterator[str]:
    """Yield the lines of a CSV file, headings first; text that a spreadsheet would run gets an apostrophe before it.

    >>> list(write_csv(("name",), [("=1+1",), ("-5",), (0.5,)]))
    ['name\\r\\n', "'=1+1\\r\\n", "'-5\\r\\n", '0.5\\r\\n']
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in itertools.chain((headings,), rows):
        writer.writerow([as_cell(value) for value in row])
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def as_cell(value: str | float | bool | None) -> str:
    """Return a value as the text of a cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_BEGINS) else value
    return str(value)


def check_headings(cells: Sequence[str], *, row: int) -> tuple[str, ...]:
    """Return the headings of a table, empty ones at the end left out.

    Raises:
        InvalidDocument: there is none, there are too many, or one is given twice.
    """
    headings = [cell.strip() for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    if not headings:
        raise InvalidDocument("the first row has no headings", where=f"row {row}", advice="Put a name over each column")
    if len(headings) > COLUMNS_MOST:
        raise InvalidDocument(
            f"the table has {len(headings):,} columns",
            where=f"row {row}",
            advice=f"Keep those that are needed, at most {COLUMNS_MOST:,}",
        )
    seen: set[str] = set()
    for place, heading in enumerate(headings, start=1):
        if heading and heading.casefold() in seen:
            raise InvalidDocument(
                f"the heading {heading[:60]!r} stands over two columns",
                where=f"row {row}, column {place}",
                advice="Give each column a name of its own",
            )
        seen.add(heading.casefold())
    return tuple(headings)


def _decoded(data: bytes, encoding: str) -> str:
    if len(data) > BYTES_MOST:
        raise InvalidDocument(
            f"the file has {len(data):,} bytes", where="row 1", advice=f"Split it; at most {BYTES_MOST:,} are read"
        )
    for begin, what in _OTHER_FILES:
        if data.startswith(begin):
            raise InvalidDocument(
                f"this is {what} and not delimited text", where="row 1", advice="Save it as CSV or as .xlsx"
            )
    chosen = encoding or next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(chosen)
    except LookupError as error:
        raise InvalidDocument(
            f"there is no encoding {encoding[:40]!r}", where="encoding", advice="Try utf-8, windows-1251 or gb18030"
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidDocument(
            f"the file is not in {chosen}: byte {error.start:,} cannot be read",
            where=f"row {1 + data[: error.start].count(10)}",
            advice="Save the file in UTF-8, or say which encoding it is in",
        ) from error
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        raise InvalidDocument(
            "there is a NUL character; this is not text", where=f"row {row}", advice="Save the file as CSV again"
        )
    if not text.strip():
        raise InvalidDocument("the file is empty", where="row 1", advice="Check that it is the right file")
    return text


class _Reading:
    """Walks the records of delimited text; keeps what is wrong while it goes."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._next = 0
        self.faults: list[Fault] = []
        self._delimiter = _delimiter(lines)
        self._restarts = 0

    def headings(self) -> Row:
        """Return the first record that is not blank, as headings."""
        for number, cells in self._records():
            if any(map(str.strip, cells)):
                return Row(number, check_headings(cells, row=number))
        raise InvalidDocument("the table has no headings", where="row 1", advice="Put a name over each column")

    def rows(self, headings: tuple[str, ...]) -> Iterator[Row]:
        """Yield the records below the headings that have as many cells as these."""
        width = len(headings)
        for number, cells in self._records():
            stripped = [cell.strip() for cell in cells]
            while len(stripped) > width and not stripped[-1]:
                stripped.pop()
            if not any(stripped):
                continue
            long = next((at for at, cell in enumerate(stripped) if len(cell) > CELL_CHARACTERS_MOST), None)
            if len(stripped) != width:
                self._next = number  # the line behind this one, should the row run over several
                what = f"{len(stripped)} cells under {width} headings; they may have shifted"
                self.faults.append(
                    Fault(row=number, what=what, advice="Put quotes around cells with the separator in them")
                )
            elif long is not None:
                what = f"the cell has more than {CELL_CHARACTERS_MOST:,} characters"
                self.faults.append(Fault(row=number, column=headings[long], what=what, advice="Shorten it"))
            else:
                yield Row(number, tuple(stripped))

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Yield (line, cells) from where reading stands; a broken quote costs the row that opens it and no other."""
        while self._next < len(self._lines):
            start = self._next
            reader = csv.reader(itertools.islice(self._lines, start, None), delimiter=self._delimiter, strict=True)
            number = start
            try:
                for cells in reader:
                    begun, number = number, start + reader.line_num
                    self._next = number
                    yield begun + 1, cells
                    if self._next != number:
                        break  # the rows that a broken quote swallowed are read again
                else:
                    return
            except csv.Error as error:
                self._break(number + 1, str(error))
                self._next = number + 1

    def _break(self, row: int, why: str) -> None:
        self._restarts += 1
        if self._restarts > _RESTARTS_MOST:
            raise InvalidDocument(
                "too many rows have broken quotes", where=f"row {row}", advice="Save the file as CSV again"
            )
        what = f"a quotation mark is not closed or stands in the middle of a cell ({why[:60]})"
        self.faults.append(Fault(row=row, what=what, advice="Double the quotation marks inside quoted cells"))


def _delimiter(lines: list[str]) -> str:
    """Return what parts the cells: of the usual separators the one that the first line with text has most of."""
    first = next((line for line in lines if line.strip()), "")
    outside = "".join(first.split('"')[::2])
    return max(_DELIMITERS, key=lambda one: (outside.count(one), -_DELIMITERS.index(one)))


_OTHER_FILES = (
    (b"PK\x03\x04", "an Excel workbook or another ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "an XML document"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a database"),
)
