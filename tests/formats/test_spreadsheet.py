# SPDX-License-Identifier: Apache-2.0
"""formats.spreadsheet and formats.package: workbooks are read as a person sees them, and bombs do not go off."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import xlsxwriter

from highfence.errors import InvalidDocument
from highfence.formats.package import CELLS_MOST, inspect
from highfence.formats.spreadsheet import is_workbook, read_workbook, write_workbook
from highfence.formats.tabular import Grid

SHEET = "xl/worksheets/sheet1.xml"


def workbook(fill: Callable[[Any, Any], None], *sheets: str) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    first = book.add_worksheet("Customers")
    for name in sheets:
        book.add_worksheet(name).write_row(0, 0, ["name"])
    fill(book, first)
    book.close()
    return out.getvalue()


def table(*rows: list[Any]) -> bytes:
    def fill(_: Any, sheet: Any) -> None:
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)

    return workbook(fill)


def changed(part: str, body: bytes, data: bytes | None = None) -> bytes:
    """Return a workbook in which one part is something else."""
    source = zipfile.ZipFile(io.BytesIO(data or table(["name"], ["Acme"])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, body if name == part else source.read(name))
    return out.getvalue()


def sheet_of(cells: str) -> bytes:
    return f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>'.encode()


def refused(data: bytes, **options: str) -> InvalidDocument:
    with pytest.raises(InvalidDocument) as caught:
        read_workbook(data, **options)
    assert caught.value.where
    assert caught.value.advice
    return caught.value


def rows(grid: Grid) -> list[tuple[str, ...]]:
    return [row.cells for row in grid.rows]


def test_reads_text_numbers_days_and_empty_rows_as_a_person_sees_them() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(1, 0, ["name", "number", "since"])
        sheet.write_row(3, 0, ["Acme", 12.0])
        sheet.write_datetime(3, 2, datetime(2024, 3, 1), book.add_format({"num_format": "yyyy-mm-dd"}))  # noqa: DTZ001
        sheet.write_row(4, 0, ["Bravo", 1.5])

    grid = read_workbook(workbook(fill))
    assert grid.headings == ("name", "number", "since")
    assert [(row.number, row.cells) for row in grid.rows] == [
        (4, ("Acme", "12", "2024-03-01")),
        (5, ("Bravo", "1.5", "")),
    ]
    assert grid.faults == ()


def test_keeps_the_leading_zeros_that_text_or_a_format_shows() -> None:
    def fill(book: Any, sheet: Any) -> None:
        ten = book.add_format({"num_format": "0000000000"})
        sheet.write_row(0, 0, ["name", "inn"])
        sheet.write_string(1, 0, "Acme")
        sheet.write_number(1, 1, 123456789, ten)
        sheet.write_string(2, 0, "Bravo")
        sheet.write_string(2, 1, "007")

    assert rows(read_workbook(workbook(fill))) == [("Acme", "0123456789"), ("Bravo", "007")]


def test_a_number_with_more_digits_than_the_file_keeps_is_told_and_left_out() -> None:
    grid = read_workbook(table(["name", "uscc"], ["Acme", 911100001000010976], ["Bravo", 91110000100001]))
    assert rows(grid) == [("Acme", ""), ("Bravo", "91110000100001")]
    (fault,) = grid.faults
    assert (fault.row, fault.column, fault.taken) == (2, "uscc", True)


def test_a_cell_beyond_the_headings_is_told() -> None:
    (fault,) = read_workbook(table(["name"], ["Acme", "stray"])).faults
    assert (fault.row, fault.taken) == (2, True)
    assert "column 2" in fault.what


def test_reads_the_sheet_that_is_named_and_tells_of_others() -> None:
    data = workbook(lambda _, sheet: sheet.write_row(0, 0, ["company"]), "Second")
    assert read_workbook(data, sheet="Second").headings == ("name",)
    assert "'Second'" in str(read_workbook(data).faults[0])
    assert "'Customers'" not in read_workbook(data, sheet="Second").headings
    assert "Use one of: Customers, Second" in refused(data, sheet="Third").advice


def test_leading_zeros_belong_to_the_sheet_they_stand_in() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["name", "inn"])
        sheet.write_row(1, 0, ["Acme", 5])
        second = book.add_worksheet("Padded")
        second.write_row(0, 0, ["name", "inn"])
        second.write_string(1, 0, "Bravo")
        second.write_number(1, 1, 5, book.add_format({"num_format": "000"}))

    data = workbook(fill)
    assert inspect(data).padded == {"Customers": {}, "Padded": {(2, 2): 3}}
    assert rows(read_workbook(data)) == [("Acme", "5")]
    assert rows(read_workbook(data, sheet="Padded")) == [("Bravo", "005")]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"PK\x03\x04junk", "cannot be unpacked"),
        (table(["name"])[:1500], "cannot be unpacked"),
        (table([]), "is empty"),
        (table(["name", "Name"], ["a", "b"]), "two columns"),
        (changed("xl/workbook.xml", b"<workbook"), "damaged"),
        (changed("xl/styles.xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;"), "damaged"),
        (changed(SHEET, sheet_of('<row r="1"><c r="A1" t="s"><v>99</v></c></row>')), "cannot be read"),
        (
            changed(
                SHEET,
                sheet_of(
                    '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
                ),
            ),
            "reaches",
        ),
        (changed(SHEET, sheet_of('<row r="99999999999"><c><v>1</v></c></row>')), "reaches"),
        (
            changed(SHEET, sheet_of('<row r="1"><c padding="' + "x" * 9000 + "\" r = 'ZZZ9999999'><v>1</v></c></row>")),
            "reaches",
        ),
        (changed(SHEET, sheet_of(f'<row r="1"><c r="A{"9" * 5000}"><v>1</v></c></row>')), "cannot be unpacked"),
    ],
)
def test_refuses_a_workbook_that_is_damaged_or_reaches_too_far(data: bytes, what: str) -> None:
    assert what in refused(data).what


def test_refuses_an_archive_that_is_no_workbook() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("notes.txt", "hello")
    assert is_workbook(out.getvalue())
    assert "not an Excel workbook" in refused(out.getvalue()).what


def test_refuses_to_unpack_a_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("highfence.formats.package.UNPACKED_BYTES_MOST", 1_000_000)
    bomb = changed("docProps/app.xml", b"x" * 2_000_000)
    assert len(bomb) < 20_000
    assert "unpacks to" in refused(bomb).what


def test_refuses_a_part_that_lies_about_its_size() -> None:
    data = bytearray(changed("docProps/app.xml", b"x" * 100_000))
    at = data.rindex(b"docProps/app.xml")
    header = data.rindex(b"PK\x01\x02", 0, at)
    data[header + 24 : header + 28] = (10).to_bytes(4, "little")
    assert "cannot be unpacked" in refused(bytes(data)).what


def test_refuses_a_password() -> None:
    data = bytearray(table(["name"], ["Acme"]))
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        data[at + 8] |= 1
        at += 4
    assert "cannot be unpacked" in refused(bytes(data)).what


def test_a_sheet_may_have_millions_of_cells_and_no_more() -> None:
    assert inspect(changed(SHEET, sheet_of(f'<row r="{CELLS_MOST}"><c r="A{CELLS_MOST}"/></row>'))).padded
    with pytest.raises(InvalidDocument, match="reaches"):
        inspect(changed(SHEET, sheet_of(f'<row r="{CELLS_MOST + 1}"><c r="A1"/></row>')))


def test_what_is_written_reads_back_and_runs_nothing() -> None:
    data = write_workbook(("name", "score", "match"), [("=cmd|' /C calc'!A0", 0.75, True), ("0071", None, False)])
    assert rows(read_workbook(data)) == [("=cmd|' /C calc'!A0", "0.75", "true"), ("0071", "", "false")]
    sheet = zipfile.ZipFile(io.BytesIO(data)).read(SHEET)
    assert b"<f>" not in sheet
    assert b'quotePrefix="1"' in zipfile.ZipFile(io.BytesIO(data)).read("xl/styles.xml")


def test_text_that_a_workbook_cannot_hold_is_written_without_it() -> None:
    data = write_workbook(("name",), [("a\x00b\ud800",), ("x" * 40_000,)])
    first, second = rows(read_workbook(data))
    assert first == ("ab?",)
    assert len(second[0]) == 32_767
