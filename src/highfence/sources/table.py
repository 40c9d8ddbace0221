# SPDX-License-Identifier: Apache-2.0
"""Table: reading delimited text as publishers really ship it.

Rules, in this order:

1. The bytes become text (`sources.text`); a file that is empty or is not text is refused.
2. The header is the first of the first five records that names every required column. What stands above it is
   reported as `skipped_line`; a header that is missing a required column refuses the file.
3. A record equal to the header is `repeated_header`, not taken.
4. A record with more or fewer cells than the header is `wrong_width`, not taken: its cells may have shifted. Empty
   cells beyond the last column do not count.
5. A last record whose quote is not closed, or that has too few cells, is `cut_off_row`: its last cell may be half a
   value and is dropped; the row is taken if every needed column is among the cells before it.
6. A quote that is opened and swallows sound records is `open_quote`: only the line that opens it is lost.

Lines count from 1 as an editor counts them, also for records that run over several lines.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Generator, Iterator

import msgspec

from highfence.errors import ListRefused
from highfence.sources.source import Problem
from highfence.sources.text import read_text

#: Problem codes of lines that never were rows of the table.
NOT_ROWS = ("skipped_line", "repeated_header", "encoding", "control_characters", "delimiter", "repeated_column")
#: Publishers put a date or a title above the header, never a page of it.
_HEADER_RECORDS = 5
_DELIMITERS = (",", ";", "\t", "|")
#: How often reading starts again after a quote that swallowed rows; bounds the work a hostile file can cause.
_RESTARTS_MOST = 200


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One record: the line it begins on and its values by column, stripped. `whole` is False for a cut-off last row."""

    line: int
    values: dict[str, str]
    whole: bool = True

    def __getitem__(self, column: str) -> str:
        """Return the value in a required or optional column; empty if the cell is empty or the column is not there."""
        return self.values[column]


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of a file that could be taken, and what a person should know about the others.

    `columns` are the file's own, `header_line` where they stand; `records` counts the rows found below the header,
    taken or not; `cut_off` is True when the file ends before its publisher meant it to.
    """

    columns: tuple[str, ...]
    header_line: int
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()
    records: int = 0
    cut_off: bool = False


def read_table(
    data: bytes,
    *,
    required: tuple[str, ...],
    optional: tuple[str, ...] = (),
    needed: tuple[str, ...] | None = None,
    delimiter: str = ",",
) -> Table:
    """Read delimited text.

    `required` columns must be in the header; `optional` ones read as empty where the file has none; `needed` (all
    required ones unless said otherwise) must be filled for a cut-off last row to be taken. Column names match without
    regard to case and outer spaces. If the header only reads with another of `, ; tab |`, that one is used and
    reported as `delimiter`.

    Raises:
        ListRefused: the file is empty or not text, a required column is missing (says which, and which are there), or
            a required column is named twice.
    """
    decoded = read_text(data)
    lines = list(io.StringIO(decoded.text, newline=""))
    while lines and lines[-1].isspace():
        lines.pop()
    header, problems = _find_header(lines, required, delimiter=delimiter)
    names = _names(header, required=required, optional=optional)
    reading = _Reading(lines=lines, header=header, names=names, needed=required if needed is None else needed)
    rows = tuple(reading.rows(cut=decoded.cut_off))
    blank = {column: "" for column in (*required, *optional) if column not in names}
    if blank:
        rows = tuple(Row(line=row.line, values=blank | row.values, whole=row.whole) for row in rows)
    found = [*decoded.problems, *problems, *_repeated_columns(header, names), *reading.problems]
    return Table(
        columns=tuple(name for name in names if name),
        header_line=header.line,
        rows=rows,
        problems=tuple(sorted(found, key=lambda problem: problem.line)),
        records=reading.records,
        cut_off=decoded.cut_off or any(problem.code == "cut_off_row" for problem in reading.problems),
    )


class _Header(msgspec.Struct, frozen=True, kw_only=True):
    """The header's cells, the line it begins on, the index of the line after it, and the delimiter it reads with."""

    cells: list[str]
    line: int
    after: int
    delimiter: str


def _find_header(lines: list[str], required: tuple[str, ...], *, delimiter: str) -> tuple[_Header, list[Problem]]:
    for candidate in (delimiter, *(other for other in _DELIMITERS if other != delimiter)):
        header, problems = _header_with(lines, required, delimiter=candidate)
        if header is None:
            continue
        if candidate != delimiter:
            what = f"columns are parted by {candidate!r}, not by {delimiter!r}"
            problems.append(Problem(line=header.line, code="delimiter", what=what, taken=True))
        return header, problems
    raise _no_header(lines, required, delimiter=delimiter)


def _header_with(
    lines: list[str], required: tuple[str, ...], *, delimiter: str
) -> tuple[_Header | None, list[Problem]]:
    wanted = {column.casefold() for column in required}
    skipped: list[Problem] = []
    for cells, line, after in _first_records(lines, delimiter):
        if wanted <= {cell.casefold() for cell in cells}:
            return _Header(cells=cells, line=line, after=after, delimiter=delimiter), skipped
        what = f"above the header: {delimiter.join(cells)[:60].rstrip(delimiter)!r}"
        skipped.append(Problem(line=line, code="skipped_line", what=what, taken=False))
    return None, []


def _first_records(lines: list[str], delimiter: str) -> list[tuple[list[str], int, int]]:
    """Return cells, first line and index of the line after, of the first records that are not blank."""
    reader = csv.reader(lines[:1000], delimiter=delimiter)
    records: list[tuple[list[str], int, int]] = []
    line = 1
    try:
        for cells in reader:
            if any(cells) and not all(cell.isspace() or not cell for cell in cells):
                records.append(([cell.strip() for cell in cells], line, reader.line_num))
            line = reader.line_num + 1
            if len(records) == _HEADER_RECORDS:
                break
    except csv.Error:
        # A cell beyond the reader's limit is no header; what stands before it may be.
        return records
    return records


def _no_header(lines: list[str], required: tuple[str, ...], *, delimiter: str) -> ListRefused:
    records = _first_records(lines, delimiter)
    wanted = {column.casefold(): column for column in required}
    found = max(
        (cells for cells, _, _ in records),
        key=lambda cells: len(wanted.keys() & {cell.casefold() for cell in cells}),
        default=[],
    )
    there = {cell.casefold() for cell in found}
    missing = ", ".join(repr(name) for key, name in wanted.items() if key not in there)
    start = "".join(lines[:3]).lstrip()[:20].casefold()
    looks = ""
    if start.startswith("<"):
        looks = "; it looks like a web page or XML"
    elif start.startswith(("{", "[")):
        looks = "; it looks like JSON"
    columns = ", ".join(repr(cell[:40]) for cell in found[:40] if cell) or "none"
    return ListRefused(
        f"the column {missing} is missing{looks}; columns found: {columns}",
        where=f"lines 1 to {records[-1][2] if records else 1}",
        advice="Check that this is the publisher's own file for this list; if its columns were renamed, "
        "the importer must learn the new names first",
    )


def _names(header: _Header, *, required: tuple[str, ...], optional: tuple[str, ...]) -> list[str]:
    """Return the name of each cell of the header, in the caller's spelling; empty for a column not to be read."""
    spelling = {column.casefold(): column for column in (*required, *optional)}
    names: list[str] = []
    for cell in header.cells:
        name = spelling.get(cell.casefold(), cell)
        if name in names and name in required:
            raise ListRefused(
                f"the column {name!r} is in the header twice",
                where=f"line {header.line}",
                advice="Ask the publisher which of the two holds; nothing was taken",
            )
        names.append("" if name in names else name)
    while names and not names[-1] and not header.cells[len(names) - 1]:
        names.pop()
    return names


def _repeated_columns(header: _Header, names: list[str]) -> Iterator[Problem]:
    for cell, name in zip(header.cells, names, strict=False):
        if cell and not name:
            what = f"the column {cell[:40]!r} is in the header twice; the first is read"
            yield Problem(line=header.line, code="repeated_column", what=what, taken=True)


class _Reading:
    """Walks the records below the header; keeps the problems and the count while it goes."""

    def __init__(self, *, lines: list[str], header: _Header, names: list[str], needed: tuple[str, ...]) -> None:
        self._lines = lines
        self._header = header
        self._names = names
        self._needed = needed
        self._restarts = 0
        self.problems: list[Problem] = []
        self.records = 0

    def rows(self, *, cut: bool) -> Iterator[Row]:
        """Yield the rows that are taken, in the file's order; `cut` says the bytes end inside a character."""
        start = self._header.after
        while start < len(self._lines):
            start = yield from self._run(start, cut=cut)

    def _run(self, start: int, *, cut: bool) -> Generator[Row, None, int]:
        """Yield rows from the line of index `start` on; return the index at which to go on."""
        width, end = len(self._names), len(self._lines)
        reader = csv.reader(itertools.islice(self._lines, start, None), delimiter=self._header.delimiter)
        after = start
        while True:
            begins = after
            try:
                cells = next(reader)
            except StopIteration:
                return end
            except csv.Error:
                # The reader's limit on one cell: a quote that swallowed the rest of the file.
                self._lose_quote(begins)
                return begins + 1
            after = start + reader.line_num
            if len(cells) > width and not any(map(str.strip, cells[width:])):
                del cells[width:]
            spans = after - begins > 1
            last = after >= end
            if spans and self._swallows_rows(begins, after, sound=len(cells) == width):
                self._lose_quote(begins)
                return begins + 1
            broken = last and (cut or self._quote_open(begins))
            if len(cells) == width and not broken:
                row = self._sound(cells, begins + 1)
            elif any(map(str.strip, cells)) or broken:
                row = self._odd(cells, begins + 1, last=last)
            else:
                row = None
            if row is not None:
                yield row

    def _sound(self, cells: list[str], line: int) -> Row | None:
        values = dict(zip(self._names, map(str.strip, cells), strict=True))
        values.pop("", None)
        if not any(values.values()):
            return None
        if cells[0].strip() == self._header.cells[0] and self._is_header(cells):
            what = "the header is repeated among the rows"
            self.problems.append(Problem(line=line, code="repeated_header", what=what, taken=False))
            return None
        self.records += 1
        return Row(line=line, values=values)

    def _is_header(self, cells: list[str]) -> bool:
        return [cell.strip() for cell in cells] == self._header.cells[: len(cells)]

    def _odd(self, cells: list[str], line: int, *, last: bool) -> Row | None:
        """Deal with a record that is too short, too long, or the end of a file that was cut off."""
        self.records += 1
        width = len(self._names)
        if last and len(cells) <= width:
            return self._cut_off(cells, line)
        what = f"{len(cells)} cells where the header has {width}; they may have shifted"
        self.problems.append(Problem(line=line, code="wrong_width", what=what, taken=False))
        return None

    def _cut_off(self, cells: list[str], line: int) -> Row | None:
        """Keep the cells that are known to be whole: all but the last one that is there."""
        kept = [cell.strip() for cell in cells[:-1]]
        values = dict.fromkeys(self._names, "") | dict(zip(self._names, kept, strict=False))
        values.pop("", None)
        taken = all(values.get(column) for column in self._needed)
        lost = ", ".join(name for name in self._names[len(kept) :] if name)
        what = f"the file ends in the middle of this row; lost: {lost}"
        self.problems.append(Problem(line=line, code="cut_off_row", what=what, taken=taken))
        return Row(line=line, values=values, whole=False) if taken else None

    def _quote_open(self, begins: int) -> bool:
        """Tell whether the last record ends inside quotes: then one more line still belongs to it."""
        last = [*self._lines[begins:-1], self._lines[-1].rstrip("\r\n") + "\n", "x"]
        return sum(1 for _ in csv.reader(last, delimiter=self._header.delimiter)) == 1

    def _swallows_rows(self, begins: int, after: int, *, sound: bool) -> bool:
        """Tell whether a record over several lines is really a stray quote and the sound rows behind it."""
        if self._restarts >= _RESTARTS_MOST or len(self._names) == 1:
            return False
        delimiter = self._header.delimiter
        if sound:
            try:
                list(csv.reader(self._lines[begins:after], delimiter=delimiter, strict=True))
            except csv.Error:
                pass
            else:
                return False
        inside = self._lines[begins + 1 : after]
        return any(
            len(cells) == len(self._names) for line in inside for cells in csv.reader([line], delimiter=delimiter)
        )

    def _lose_quote(self, begins: int) -> None:
        self._restarts += 1
        self.records += 1
        what = "a quote is opened and not closed in this row; the rows behind it were read without it"
        self.problems.append(Problem(line=begins + 1, code="open_quote", what=what, taken=False))
