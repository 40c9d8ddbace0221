# SPDX-License-Identifier: Apache-2.0
"""Gap files: what a spreadsheet gets, and what it must not run."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.entrypoints.web.gap_files import COLUMNS, gaps_csv, neutral
from highfence.register.view import Gap, GapReport


def gap(caption: str = "Acme", **changes: object) -> Gap:
    values: dict[str, object] = {
        "company": "c-1",
        "countries": ("cn",),
        "kind": "only",
        "listed_by": "us",
        "missing_from": "eu",
        "programmes": (),
        "listed": None,
        **changes,
    }
    return Gap(caption=caption, **values)  # type: ignore[arg-type]


def cells(*gaps: Gap) -> list[list[str]]:
    report = GapReport(left="us", right="eu", only_left=0, only_right=0, both=0, median_lag_days=None, gaps=gaps)
    return list(csv.reader(io.StringIO(gaps_csv(report), newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_name_that_looks_like_a_formula_is_made_text(start: str) -> None:
    assert cells(gap(f"{start}cmd|' /C calc'!A0"))[1][1] == f"'{start}cmd|' /C calc'!A0"


def test_a_programme_that_looks_like_a_formula_is_made_text() -> None:
    assert cells(gap(programmes=("=1+1", "EAR")))[1][6] == "'=1+1; EAR"


def test_a_negative_lag_stays_a_number() -> None:
    (head, row) = cells(gap(kind="both", lag_days=-12, listed=date(2024, 1, 2)))
    assert dict(zip(head, row, strict=True)) == {
        "company": "c-1",
        "name": "Acme",
        "countries": "cn",
        "kind": "both",
        "listed_by": "us",
        "missing_from": "eu",
        "programmes": "",
        "listed": "2024-01-02",
        "lag_days": "-12",
        "possibly": "",
        "likeness": "",
        "schema": "",
    }


# A surrogate cannot come out of strict decoding, NUL cannot be in a name.
names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)


@given(names, names)
def test_no_text_cell_starts_as_a_formula_and_no_name_breaks_out_of_its_cell(name: str, programme: str) -> None:
    (head, row) = cells(gap(name, programmes=(programme,)))
    assert tuple(head) == COLUMNS
    assert len(row) == len(COLUMNS)
    assert row[1].removeprefix("'") == name.removeprefix("'")
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


@given(names)
def test_making_text_of_a_text_twice_changes_nothing_more(name: str) -> None:
    assert neutral(neutral(name)) == neutral(name)
