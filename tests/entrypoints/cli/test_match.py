# SPDX-License-Identifier: Apache-2.0
"""Command for pairs of names: the columns are kept, and score and match added."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from highfence.entrypoints.cli import COMMANDS

from .conftest import CommandLine

Written = Callable[[str, bytes], Path]
PAIRS = (
    b"id,schema,name1,name2,quality\n"
    b"01,Company,Zephyrine Marine LLC,OOO Zephyrine Marine,HIGH\n"
    b"02,Company,Zephyrine Marine,Meadowlark Bakery,LOW\n"
)


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COMMANDS, "match", "highfence.entrypoints.cli.match:match")


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_keeps_the_columns_and_adds_score_and_match(cli: CommandLine, written: Written) -> None:
    ran = cli("match", written("pairs.csv", PAIRS))
    assert ran.code == 0
    assert ran.out.splitlines()[0] == "id,schema,name1,name2,quality,score,match"
    first, second = rows(ran.out)
    assert (first["id"], first["name1"], first["quality"], first["match"]) == (
        "01",
        "Zephyrine Marine LLC",
        "HIGH",
        "true",
    )
    assert 0.7 <= float(first["score"]) <= 1
    assert (second["match"], float(second["score"]) < 0.7) == ("false", True)


def test_answers_in_json_lines_too(cli: CommandLine, written: Written) -> None:
    first, second = cli("match", written("pairs.csv", PAIRS), "--json").lines()
    assert (first["match"], second["match"]) == (True, False)
    assert isinstance(first["score"], float)


def test_an_earlier_score_is_replaced(cli: CommandLine, written: Written) -> None:
    ran = cli("match", written("pairs.csv", b"schema,name1,name2,match,score\nCompany,Acme Works,Acme Works,false,0\n"))
    assert ran.out.splitlines()[0] == "schema,name1,name2,score,match"
    assert rows(ran.out)[0]["match"] == "true"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("Compny,Acme,Acme", "row 2: column schema: there is no schema 'Compny'"),
        ("Company,,Acme", "row 2: column name1: the name is empty"),
        ("Company,Acme,?", "row 2: column name2: the name has no letter"),
        ("Company,Acme", "row 2: 2 cells under 3 headings"),
    ],
)
def test_a_bad_row_is_told_and_the_others_are_scored(cli: CommandLine, written: Written, row: str, told: str) -> None:
    ran = cli("match", written("pairs.csv", f"schema,name1,name2\n{row}\nCompany,Acme Works,Acme Works\n".encode()))
    assert ran.code == 1
    assert told in ran.err
    scored = rows(ran.out)
    assert scored[-1]["match"] == "true"
    assert all(one["score"] == "" for one in scored[:-1])


def test_a_file_without_the_columns_is_refused(cli: CommandLine, written: Written) -> None:
    assert "name2" in cli("match", written("pairs.csv", b"schema,name1\nCompany,Acme\n")).refused(2)


def test_names_that_a_spreadsheet_would_run_are_disarmed(cli: CommandLine, written: Written, tmp_path: Path) -> None:
    out = tmp_path / "scored.csv"
    cli("match", written("pairs.csv", b"schema,name1,name2\nCompany,=cmd(),=cmd()\n"), "--out", out)
    assert rows(out.read_text())[0]["name1"] == "'=cmd()"
    (one,) = cli("match", written("pairs.csv", b"schema,name1,name2\nCompany,=cmd(),=cmd()\n"), "--json").lines()
    assert one["name1"] == "=cmd()"
    assert json.dumps(one["score"]) == "1.0"
