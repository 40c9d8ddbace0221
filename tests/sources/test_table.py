# SPDX-License-Identifier: Apache-2.0
"""Delimited text as publishers ship it: headers, cut-off ends, stray quotes, line numbers."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from highfence.errors import HighfenceError, ListRefused
from highfence.sources.source import Problem
from highfence.sources.table import Table, read_table

HEADER = "id,name,address,date"


def read(text: str, *, required: tuple[str, ...] = ("id", "name"), needed: tuple[str, ...] | None = None) -> Table:
    return read_table(text.encode(), required=required, optional=("note",), needed=needed)


def brief(problems: tuple[Problem, ...]) -> list[tuple[int, str, bool]]:
    return [(problem.line, problem.code, problem.taken) for problem in problems]


def test_rows_carry_their_values_and_the_line_they_begin_on() -> None:
    table = read(f'{HEADER}\n1, Acme ,"Main St 1\nSpringfield",2020-01-01\n2,Beta,,\n')
    first, second = table.rows
    assert first["name"] == "Acme"
    assert first["address"] == "Main St 1\nSpringfield"
    assert (first.line, second.line) == (2, 4)
    assert table.records == 2
    assert table.problems == ()


def test_line_numbers_hold_for_old_and_windows_line_ends() -> None:
    for end in ("\r", "\r\n"):
        table = read(end.join([HEADER, "1,A,,", '2,"B' + end + 'C",,', "3,D,,"]))
        assert [row.line for row in table.rows] == [2, 3, 5]


def test_an_optional_column_that_is_missing_reads_as_empty() -> None:
    table = read(f"{HEADER}\n1,Acme,,\n")
    assert table.rows[0]["note"] == ""
    assert "note" not in table.columns


def test_column_names_match_without_regard_to_case_and_spaces() -> None:
    assert read("ID, Name \n1,Acme\n").rows[0]["name"] == "Acme"


def test_a_title_above_the_header_is_skipped_and_reported() -> None:
    table = read(f"Last updated,13/04/2018,,\n\n{HEADER}\n1,Acme,,\n")
    assert table.header_line == 3
    assert brief(table.problems) == [(1, "skipped_line", False)]
    assert table.rows[0].line == 4


def test_a_repeated_header_is_reported_and_not_taken() -> None:
    table = read(f"{HEADER}\n{HEADER}\n1,Acme,,\n")
    assert brief(table.problems) == [(2, "repeated_header", False)]
    assert table.records == 1


def test_a_row_of_another_width_is_reported_and_not_taken() -> None:
    table = read(f"{HEADER}\n1,Acme\n2,Beta,,,extra\n3,Gamma,,\n")
    assert brief(table.problems) == [(2, "wrong_width", False), (3, "wrong_width", False)]
    assert [row["id"] for row in table.rows] == ["3"]
    assert table.records == 3


def test_empty_cells_beyond_the_last_column_and_blank_rows_are_nothing() -> None:
    table = read(f"{HEADER},,\n1,Acme,,,,\n,,,\n\n2,Beta,,\n")
    assert [row["id"] for row in table.rows] == ["1", "2"]
    assert table.problems == ()


def test_a_last_row_cut_off_inside_quotes_keeps_its_whole_cells() -> None:
    table = read(f'{HEADER}\n1,Acme,,\n"2","Beta","Main St')
    assert brief(table.problems) == [(3, "cut_off_row", True)]
    last = table.rows[-1]
    assert (last["id"], last["name"], last["address"], last.whole) == ("2", "Beta", "", False)
    assert table.cut_off
    assert "address, date" in table.problems[0].what


def test_a_cut_off_row_that_lacks_a_needed_column_is_not_taken() -> None:
    table = read(f'{HEADER}\n1,Acme,,\n"2","Bet', needed=("id", "name"))
    assert brief(table.problems) == [(3, "cut_off_row", False)]
    assert len(table.rows) == 1
    assert table.records == 2


def test_an_open_quote_in_the_last_column_makes_a_cut_off_row() -> None:
    table = read(f'{HEADER}\n1,Acme,Main St,"2020-01\n')
    assert brief(table.problems) == [(2, "cut_off_row", True)]
    assert table.rows[0]["date"] == ""


def test_a_file_that_ends_inside_a_character_has_a_cut_off_last_row() -> None:
    data = f"{HEADER}\n1,Acme,,Пример".encode()[:-1]
    table = read_table(data, required=("id", "name"))
    assert [problem.code for problem in table.problems] == ["encoding", "cut_off_row"]
    assert table.cut_off


def test_a_stray_quote_loses_its_own_row_and_not_the_ones_behind_it() -> None:
    rows = "\n".join(f"{number},Name {number},," for number in range(2, 50))
    table = read(f'{HEADER}\n1,"Acme,,\n{rows}\n')
    assert brief(table.problems) == [(2, "open_quote", False)]
    assert [row["id"] for row in table.rows] == [str(number) for number in range(2, 50)]
    assert not table.cut_off


def test_a_stray_quote_that_meets_the_next_one_still_frees_the_rows_between() -> None:
    table = read(f'{HEADER}\n1,Acme,,"x\n2,Beta,,\n3,Gamma,,"y"\n')
    assert brief(table.problems) == [(2, "open_quote", False)]
    assert [row["id"] for row in table.rows] == ["2", "3"]


def test_a_cell_beyond_the_readers_limit_costs_one_row() -> None:
    table = read(f'{HEADER}\n1,"{"x" * 140_000},,\n2,Beta,,\n')
    assert brief(table.problems) == [(2, "open_quote", False)]
    assert [row["id"] for row in table.rows] == ["2"]


def test_another_delimiter_is_found_and_reported() -> None:
    table = read("id;name\n1;Acme, Inc.\n")
    assert table.rows[0]["name"] == "Acme, Inc."
    assert brief(table.problems) == [(1, "delimiter", True)]


def test_tab_separated_text_reads_with_its_delimiter() -> None:
    table = read_table(b"id\tname\n1\tAcme\n", required=("id", "name"), delimiter="\t")
    assert table.rows[0]["name"] == "Acme"
    assert table.problems == ()


def test_a_missing_column_is_named_with_the_columns_found() -> None:
    with pytest.raises(ListRefused) as refusal:
        read("id,naam,address\n1,Acme,\n")
    said = str(refusal.value)
    assert "'name' is missing" in said
    assert "'naam'" in said
    assert refusal.value.where == "lines 1 to 2"
    assert refusal.value.advice


@pytest.mark.parametrize(("data", "looks"), [(b"<html><p>Not found</p>", "web page"), (b'{"id": 1}', "JSON")])
def test_a_web_page_or_json_is_called_by_its_name(data: bytes, looks: str) -> None:
    with pytest.raises(ListRefused, match=looks):
        read_table(data, required=("id",))


def test_a_required_column_that_stands_twice_is_refused() -> None:
    with pytest.raises(ListRefused, match="twice"):
        read("id,name,Name\n1,Acme,Beta\n")


def test_another_column_that_stands_twice_is_read_once_and_reported() -> None:
    table = read("id,name,town,town\n1,Acme,Rome,Oslo\n")
    assert table.rows[0]["town"] == "Rome"
    assert brief(table.problems) == [(1, "repeated_column", True)]


def test_problems_come_in_the_order_of_their_lines() -> None:
    data = f"{HEADER}\n{HEADER}\n1,Caf".encode() + b"\xe9,,\n2,Beta\n3,Gamma,,\n"
    table = read_table(data, required=("id", "name"))
    assert [problem.line for problem in table.problems] == [2, 3, 4]


CELLS = st.text(alphabet=st.sampled_from(' aé",;\n\t|x0'), max_size=6)
ROWS = st.lists(st.lists(CELLS, min_size=4, max_size=4), max_size=8)


@given(st.binary(max_size=400))
def test_any_bytes_give_a_table_or_a_refusal(data: bytes) -> None:
    try:
        table = read_table(data, required=("id",))
    except HighfenceError:
        return
    assert table.records >= len(table.rows)


@given(st.text(alphabet='id,na"\n;\r\x00é', max_size=120), st.binary(max_size=4))
def test_any_text_below_a_header_gives_rows_within_the_file(body: str, tail: bytes) -> None:
    data = f"{HEADER}\n{body}".encode() + tail
    assume(data.count(0) < 5)  # more of them and it is no text
    table = read_table(data, required=("id", "name"))
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
    assert all(2 <= row.line <= lines for row in table.rows)
    assert all(1 <= problem.line <= lines for problem in table.problems)
    assert [row.line for row in table.rows] == sorted({row.line for row in table.rows})


@given(ROWS, st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
def test_what_a_csv_writer_wrote_is_read_back(rows: list[list[str]], quoting: int) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=quoting)
    writer.writerow(HEADER.split(","))
    writer.writerows(rows)
    table = read_table(written.getvalue().encode(), required=("id", "name"))
    meant = [[cell.strip() for cell in row] for row in rows]
    assert [list(row.values.values()) for row in table.rows] == [row for row in meant if any(row)]
    assert table.problems == ()


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["", "x, y", "two\nlines"])), min_size=1), st.data())
def test_a_file_cut_anywhere_keeps_every_row_before_the_cut(rows: list[tuple[str, str]], data: st.DataObject) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(("name", "address", "date"))
    writer.writerows((name, address, "2020-01-01") for name, address in rows)
    text = written.getvalue()
    cut = data.draw(st.integers(min_value=len('"name","address","date"\n'), max_value=len(text)))
    # A row that ends behind a comma may be whole, its last cell empty: nobody can tell.
    assume(not text[:cut].endswith(","))
    whole = read_table(text.encode(), required=("name",))
    part = read_table(text[:cut].encode(), required=("name",))
    sound = [row for row in part.rows if row.whole]
    assert [row.values for row in sound] == [row.values for row in whole.rows[: len(sound)]]
    ended = (
        text[:cut].endswith('"2020-01-01"')
        or text[:cut].endswith('"2020-01-01"\n')
        or cut == len('"name","address","date"\n')
    )
    assert part.cut_off != ended


@given(ROWS)
def test_a_second_header_changes_nothing_but_the_report(rows: list[list[str]]) -> None:
    assume(not any(cell.strip() == "id" for row in rows for cell in row))
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerow(HEADER.split(","))
    writer.writerows(rows)
    once = written.getvalue()
    twice = f"{HEADER}\n{once}"
    assert [row.values for row in read(twice).rows] == [row.values for row in read(once).rows]
    assert brief(read(twice).problems) == [(2, "repeated_header", False)]
