# SPDX-License-Identifier: Apache-2.0
"""formats.tabular: delimited text is read as it is or refused with its row, and never written as a formula."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import InvalidDocument
from highfence.formats.tabular import (
    CELL_CHARACTERS_MOST,
    COLUMNS_MOST,
    FORMULA_BEGINS,
    Grid,
    Row,
    as_cell,
    read_csv,
    write_csv,
)


def cells(text: str) -> list[tuple[str, ...]]:
    return [row.cells for row in read_csv(text.encode()).rows]


def refused(data: bytes, *, encoding: str = "") -> InvalidDocument:
    with pytest.raises(InvalidDocument) as caught:
        read_csv(data, encoding=encoding)
    assert caught.value.where
    assert caught.value.advice
    return caught.value


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_reads_the_usual_separators(delimiter: str) -> None:
    assert cells(f"name{delimiter}country\nAcme{delimiter}de\n") == [("Acme", "de")]


def test_keeps_leading_zeros_and_strips_outer_spaces() -> None:
    assert cells("name,number\n Acme , 00701 \n") == [("Acme", "00701")]


def test_counts_rows_as_an_editor_does() -> None:
    grid = read_csv(b'\nname,note\n\nAcme,"two\nlines"\nBravo,\n')
    assert [(row.number, row.cells) for row in grid.rows] == [(4, ("Acme", "two\nlines")), (6, ("Bravo", ""))]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_reads_text_with_a_mark(encoding: str) -> None:
    assert read_csv("name\nРомашка\n".encode(encoding)) == Grid(headings=("name",), rows=(Row(2, ("Ромашка",)),))


def test_refuses_another_encoding_and_reads_it_when_it_is_named() -> None:
    data = "name\nAcme\nРомашка\n".encode("windows-1251")
    error = refused(data)
    assert error.where == "row 3"
    assert "which encoding" in error.advice
    assert read_csv(data, encoding="windows-1251").rows[1].cells == ("Ромашка",)
    assert "klingon" in refused(b"name\n", encoding="klingon").what


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"<!DOCTYPE html>", "web page"),
        (b"<?xml version='1.0'?>", "XML"),
        (b"name\nAc\x00me\n", "NUL"),
        (b",,\n,,\n", "headings"),
        (b"name,x,Name\nAcme,1,2\n", "two columns"),
    ],
)
def test_refuses_a_file_that_is_no_table(data: bytes, what: str) -> None:
    assert what in str(refused(data))


def test_tells_the_row_of_a_nul_character() -> None:
    assert refused(b"name\nAcme\nBra\x00vo\n").where == "row 3"


def test_refuses_a_million_columns() -> None:
    error = refused(b",".join(b"c%d" % at for at in range(1_000_000)) + b"\n")
    assert error.what == "the table has 1,000,000 columns"
    assert f"{COLUMNS_MOST:,}" in error.advice


def test_a_row_of_another_width_is_told_and_the_others_are_read() -> None:
    grid = read_csv(b"name,country\nAcme,de\nBravo, Inc.,fr\nCharlie\nDelta,it,,\n")
    assert [row.number for row in grid.rows] == [2, 5]
    assert [(fault.row, fault.taken) for fault in grid.faults] == [(3, False), (4, False)]
    assert str(grid.faults[0]).startswith("row 3: 3 cells under 2 headings")


@pytest.mark.parametrize("bad", ['Acme "the best",de', '"Acme,de', '"Acme" GmbH,de'])
def test_a_broken_quote_costs_its_own_row_only(bad: str) -> None:
    grid = read_csv(f'name,country\n{bad}\nBravo,fr\n"Charlie, Ltd",it\n'.encode())
    names = [row.cells[0] for row in grid.rows]
    assert names[-2:] == ["Bravo", "Charlie, Ltd"]
    assert len(names) + len(grid.faults) == 3


def test_a_quote_that_swallows_rows_gives_them_back() -> None:
    grid = read_csv(b'name,country\n"Acme,de\nBravo,fr\nCharlie",it,x\nDelta,es\n')
    assert [row.cells[0] for row in grid.rows] == ["Bravo", "Delta"]
    assert [fault.row for fault in grid.faults] == [2, 4]


def test_broken_quotes_without_end_are_refused() -> None:
    assert "broken quotes" in refused(b"name,country\n" + b'"x"y,de\n' * 200).what


def test_a_cell_beyond_the_bound_is_told_with_its_column() -> None:
    grid = read_csv(f"name,note\nAcme,{'x' * (CELL_CHARACTERS_MOST + 1)}\nBravo,\n".encode())
    assert [row.cells[0] for row in grid.rows] == ["Bravo"]
    assert str(grid.faults[0]).startswith("row 2, column note: ")


@pytest.mark.parametrize("begin", FORMULA_BEGINS)
def test_text_that_a_spreadsheet_would_run_is_written_as_text(begin: str) -> None:
    assert as_cell(f"{begin}cmd|' /C calc'!A0") == f"'{begin}cmd|' /C calc'!A0"


@pytest.mark.parametrize(
    ("value", "cell"), [(None, ""), (True, "true"), (False, "false"), (-0.5, "-0.5"), ("a=b", "a=b")]
)
def test_other_values_are_written_as_they_are(value: str | float | bool | None, cell: str) -> None:
    assert as_cell(value) == cell


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=12),
            min_size=3,
            max_size=3,
        ),
        max_size=6,
    )
)
def test_what_is_written_reads_back_but_for_apostrophes_and_outer_spaces(rows: list[list[str]]) -> None:
    text = "".join(write_csv(("a", "b", "c"), rows))
    read = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert read == [[as_cell(cell) for cell in row] for row in rows]
    grid = read_csv(text.encode())
    assert [row.cells for row in grid.rows] == [
        tuple(as_cell(cell).strip() for cell in row) for row in rows if any(as_cell(cell).strip() for cell in row)
    ]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        grid = read_csv(data)
    except InvalidDocument:
        refused(data)
    else:
        assert all(len(row.cells) == len(grid.headings) for row in grid.rows)


@given(st.lists(st.sampled_from(['"', ",", "\n", "a", ";", " "]), max_size=40))
def test_quotes_and_separators_in_any_order_lose_no_row_silently(parts: list[str]) -> None:
    body = "".join(parts)
    grid = read_csv(f"name,country\n{body}\nLast,de\n".encode())
    assert grid.rows[-1].cells == ("Last", "de") or grid.faults or '"' in body
