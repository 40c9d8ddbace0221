# SPDX-License-Identifier: Apache-2.0
"""Spreadsheet: Excel workbooks read as tables of text, and written so that no cell runs.

Numbers come in as the text that a person sees: an identifier keeps the leading zeros that its format shows, and one
with more digits than a spreadsheet keeps is told and left empty, since what is left of it is another number.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

import msgspec

from highfence.errors import InvalidDocument
from highfence.formats.package import inspect
from highfence.formats.tabular import CELL_CHARACTERS_MOST, Fault, Grid, Row, check_headings

#: A spreadsheet keeps 15 digits of a number; what stands behind them is lost.
DIGITS_MOST = 15
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BYTES_MOST = 128 * 1024 * 1024

Cell = str | float | int | bool | date | datetime | time | timedelta | None


def is_workbook(data: bytes) -> bool:
    """Tell whether the bytes begin as an Excel workbook does (a ZIP archive)."""
    return data.startswith(b"PK\x03\x04")


def read_workbook(data: bytes, *, sheet: str = "") -> Grid:
    """Read a sheet of an .xlsx workbook, the first one if none is named; its first row with text holds the headings.

    Raises:
        InvalidDocument: it is no workbook, is damaged or too large, has no such sheet, or the sheet has no headings.
    """
    if len(data) > _BYTES_MOST:
        raise InvalidDocument(
            f"the workbook has {len(data):,} bytes", where="the file", advice="Split it, or save it as CSV"
        )
    package = inspect(data)
    name, cells, others = _open(data, sheet)
    reading = _Reading(name, package.padded.get(name, {}))
    grid = reading.grid(cells)
    if others and not sheet:
        what = f"only the sheet {name!r} is read; there are also {', '.join(map(repr, others[:5]))}"
        told = Fault(row=1, what=what, advice="Say which sheet to read if it is another", taken=True)
        return msgspec.structs.replace(grid, faults=(told, *grid.faults))
    return grid


def write_workbook(headings: Sequence[str], rows: Iterable[Sequence[str | float | bool | None]]) -> bytes:
    """Return a workbook with one sheet. Text stays text, whatever it begins with, also when it is edited later."""
    import xlsxwriter  # type: ignore[import-untyped]

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet("Screening")
    bold = book.add_format({"bold": True})
    # With this mark a spreadsheet treats the cell as text for good, as after an apostrophe that is typed.
    text = book.add_format({"num_format": "@", "quote_prefix": True})
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading[:CELL_CHARACTERS_MOST], bold)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, bool):
                sheet.write_boolean(number, column, value)
            elif isinstance(value, str):
                sheet.write_string(number, column, _printable(value), text)
            elif value is not None:
                sheet.write_number(number, column, value)
    sheet.freeze_panes(1, 0)
    if headings:
        sheet.autofilter(0, 0, 0, len(headings) - 1)
    book.close()
    return out.getvalue()


def _open(data: bytes, sheet: str) -> tuple[str, Sequence[Sequence[Cell]], list[str]]:
    """Return the sheet's name, its cells from the first corner on, and the names of other sheets."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        shown = [one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
        names = shown or list(book.sheet_names)
        name = sheet or (names[0] if names else "")
        if name not in book.sheet_names:
            raise InvalidDocument(
                f"there is no sheet {name[:60]!r}",
                where="the workbook",
                advice=f"Use one of: {', '.join(names[:10]) or 'none is there'}",
            )
        cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise InvalidDocument(
            f"the workbook cannot be read: {str(error)[:80]}",
            where="the file",
            advice="Open it in a spreadsheet and save it again as .xlsx, without a password",
        ) from error
    return name, cells, [one for one in names if one != name]


class _Reading:
    """Turns the cells of one sheet into rows of text; keeps what is wrong while it goes."""

    def __init__(self, sheet: str, padded: dict[tuple[int, int], int]) -> None:
        self._sheet = sheet
        self._padded = padded
        self._faults: list[Fault] = []
        self._headings: tuple[str, ...] = ()

    def grid(self, cells: Sequence[Sequence[Cell]]) -> Grid:
        """Return the table."""
        rows: list[Row] = []
        for number, values in enumerate(cells, start=1):
            if not any(value not in ("", None) for value in values):
                continue
            texts = [self._text(value, number, column) for column, value in enumerate(values, start=1)]
            if not self._headings:
                self._headings = check_headings(texts, row=number)
                continue
            width = len(self._headings)
            if any(texts[width:]):
                beyond = next(at for at in range(width, len(texts)) if texts[at])
                what = f"the cell in column {beyond + 1} stands beyond the last heading and is not read"
                self._faults.append(Fault(row=number, what=what, advice="Give its column a heading", taken=True))
            rows.append(Row(number, (*texts[:width], *[""] * (width - len(texts)))))
        if not self._headings:
            raise InvalidDocument(
                f"the sheet {self._sheet[:60]!r} is empty", where="row 1", advice="Say which sheet to read"
            )
        return Grid(headings=self._headings, rows=tuple(rows), faults=tuple(self._faults))

    def _text(self, value: Cell, row: int, column: int) -> str:
        """Return what a person sees in a cell."""
        if value is None:
            return ""
        if isinstance(value, str):
            if len(value) > CELL_CHARACTERS_MOST:
                return self._leave_out(row, column, f"more than {CELL_CHARACTERS_MOST:,} characters")
            return value.strip()
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            if abs(value) >= 10**DIGITS_MOST:
                return self._leave_out(
                    row, column, f"a number of more than {DIGITS_MOST} digits, of which the file has lost the last ones"
                )
            width = self._padded.get((row, column), 0)
            return f"{int(value):0{width}d}" if value == int(value) else repr(value)
        if isinstance(value, datetime):
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
        return str(value)

    def _leave_out(self, row: int, column: int, what: str) -> str:
        heading = self._headings[column - 1] if column <= len(self._headings) else str(column)
        self._faults.append(
            Fault(row=row, column=heading, what=f"{what}; the cell is left out", advice="Enter it as text", taken=True)
        )
        return ""


def _printable(text: str) -> str:
    """Return text as a workbook can hold it: XML has no control characters, a cell an end."""
    plain = "".join(character for character in text if character >= " " or character in "\t\n")
    return plain.encode("utf-8", "replace").decode()[:CELL_CHARACTERS_MOST]
