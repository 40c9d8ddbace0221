# SPDX-License-Identifier: Apache-2.0
"""Command for screening: every row gets an answer, and what is wrong is told with row and column."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from published import body, company, draft

from highfence.entrypoints.cli import COMMANDS
from highfence.formats.ftm import write_line
from highfence.formats.spreadsheet import read_workbook, write_workbook
from highfence.model.entity import Entity
from nodes import sharing

from .conftest import CommandLine

Written = Callable[[str, bytes], Path]
LISTED = (
    Entity(id="l-1", schema="Company", properties={"name": ("Zephyrine Marine Services FZE",), "country": ("ae",)}),
    Entity(id="l-2", schema="Company", properties={"name": ("=Northern Optical Works",), "innCode": ("7707083893",)}),
    Entity(id="l-3", schema="Vessel", properties={"name": ("Ocean Kalvaro",)}),
)
CUSTOMERS = "Firma;Land;Nr\nZephyrine Marine Services;AE;0017\nMeadowlark Bakery;GB;0018\n"


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COMMANDS, "screen", "highfence.entrypoints.cli.screen:screen")


@pytest.fixture
def against(written: Written) -> Path:
    return written("listed.ftm.json", b"".join(map(write_line, LISTED)))


def test_each_row_gets_one_line_with_its_matches(cli: CommandLine, written: Written, against: Path) -> None:
    ran = cli("screen", written("customers.csv", CUSTOMERS.encode()), "--against", against)
    first, second = ran.lines()
    assert first["query"] == {
        "row": 2,
        "id": "0017",
        "schema": "Thing",
        "name": "Zephyrine Marine Services",
        "properties": {"name": ["Zephyrine Marine Services"], "country": ["ae"]},
    }
    (match,) = first["matches"]
    assert (match["id"], match["caption"], match["match"]) == ("l-1", "Zephyrine Marine Services FZE", True)
    assert match["score"] >= 0.7
    assert {"feature", "score", "text"} == set(match["explanation"][0])
    assert second["matches"] == []
    assert "problem" not in second
    assert "columns: name = 'Firma', id = 'Nr', country = 'Land'" in ran.err


def test_what_cannot_be_screened_is_answered_told_and_ends_with_one(
    cli: CommandLine, written: Written, against: Path
) -> None:
    rows = "name,country,type\n,de,\nX,de,\nZephyrine Marine,de,Compny\nA,B,C,D\nOcean Kalvaro,Ruritania,ship\n"
    ran = cli("screen", written("bad.csv", rows.encode()), "--against", against)
    assert ran.code == 1
    answers = [json.loads(line) for line in ran.out.splitlines()]
    assert [one["query"]["row"] for one in answers] == [2, 3, 4, 5, 6]
    assert [one.get("refused", False) for one in answers] == [True, True, True, True, False]
    assert [bool(one.get("problem")) for one in answers] == [True, True, True, True, False]
    assert answers[4]["matches"][0]["id"] == "l-3"
    for told in (
        "row 2: the name is empty",
        "row 3: the name is only one letter",
        "row 4, column type:",
        "row 5: 4 cells",
        "row 6, column country:",
    ):
        assert f"bad.csv: {told}" in ran.err


def test_entities_are_screened_by_their_numbers_too(cli: CommandLine, written: Written, against: Path) -> None:
    asked = Entity(id="q", schema="Company", properties={"name": ("Some Front Ltd",), "innCode": ("7707083893",)})
    (one,) = cli("screen", written("q.ftm.json", write_line(asked)), "--against", against).lines()
    assert [match["id"] for match in one["matches"]] == ["l-2"]


def test_a_bad_line_among_entities_is_told_on_both_sides(cli: CommandLine, written: Written, against: Path) -> None:
    good = write_line(LISTED[0])
    bad = b'{"id": "x", "schema": "Company", "properties": {"nmae": ["A"]}}\n'
    ran = cli("screen", written("q.ftm.json", good + bad), "--against", written("l.ftm.json", bad + good))
    assert ran.code == 1
    first, second = (json.loads(line) for line in ran.out.splitlines())
    assert first["matches"]
    assert "nmae" in second["problem"]
    assert "q.ftm.json: row 2, column nmae" in ran.err
    assert "l.ftm.json: row 1, column nmae" in ran.err


def test_answers_as_csv_run_nothing(cli: CommandLine, written: Written, against: Path) -> None:
    asked = written("q.csv", b"name,id\nNorthern Optical Works,=1+1\nMeadowlark Bakery,7\n")
    ran = cli("screen", asked, "--against", against, "--format", "csv")
    first, second = csv.DictReader(io.StringIO(ran.out))
    assert (first["id"], first["match_caption"]) == ("'=1+1", "'=Northern Optical Works")
    assert (first["result"], second["result"], second["match_id"]) == ("match", "no match", "")


def test_a_workbook_in_and_a_workbook_out(cli: CommandLine, written: Written, against: Path, tmp_path: Path) -> None:
    asked = written("q.xlsx", write_workbook(("Company name", "Ref"), [("Zephyrine Marine Services", "0017")]))
    out = tmp_path / "answers.xlsx"
    assert cli("screen", asked, "--against", against, "--out", out).out == ""
    grid = read_workbook(out.read_bytes())
    row = dict(zip(grid.headings, grid.rows[0].cells, strict=True))
    assert (row["id"], row["match_id"], row["result"]) == ("0017", "l-1", "match")
    assert list(tmp_path.glob("*.new")) == []


def test_columns_can_be_said_and_other_encodings_named(cli: CommandLine, written: Written, against: Path) -> None:
    asked = written("q.csv", "Контрагент,Прочее\nNorthern Optical Works,ж\n".encode("windows-1251"))
    assert "which encoding" in cli("screen", asked, "--against", against).refused(2)
    assert "--column name=" in cli("screen", asked, "--against", against, "--encoding", "windows-1251").refused(2)
    ran = cli("screen", asked, "--against", against, "--encoding", "windows-1251", "--column", "name=Контрагент")
    assert ran.line()["matches"][0]["id"] == "l-2"


def test_threshold_and_limit_bound_the_matches(cli: CommandLine, written: Written, against: Path) -> None:
    asked = written("q.csv", b"name\nZephyrine Marine Shipping\n")
    lowest = cli("screen", asked, "--against", against, "--threshold", 0).line()["matches"]
    assert lowest
    assert lowest[0]["score"] < 1
    assert cli("screen", asked, "--against", against, "--threshold", 1).line()["matches"] == []


def test_a_person_sees_a_table(cli: CommandLine, written: Written, against: Path) -> None:
    ran = cli("screen", written("customers.csv", CUSTOMERS.encode()), "--against", against, terminal=True)
    assert "(l-1)" in ran.out
    assert "no match" in ran.out


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ((), "--against FILE.ftm.json or --home HOME"),
        (("--against", "nowhere.ftm.json"), "cannot be read"),
        (("--against", "empty.ftm.json"), "nobody to screen against"),
        (("--against", "listed.ftm.json", "--format", "xlsx"), "--out"),
        (("--against", "listed.ftm.json", "--format", "csv", "--json"), "--json"),
        (("--against", "listed.ftm.json", "--column", "name"), "--column name=Firma"),
        (("--against", "listed.ftm.json", "--out", "missing/answers.csv"), "cannot be written"),
    ],
)
def test_wrong_usage_is_refused_in_one_line(
    cli: CommandLine, written: Written, against: Path, words: tuple[str, ...], what: str
) -> None:
    written("empty.ftm.json", b"\n")
    folder = against.parent
    places = [folder / word if "." in word and "=" not in word else word for word in words]
    ran = cli("screen", written("q.csv", b"name\nAcme Works\n"), *places)
    assert (ran.code, ran.out) == (2, "")
    assert what in ran.err.splitlines()[-1]


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"[1, 2]", b"%PDF-1.7", b"PK\x03\x04", b"Umsatz\n5\n"])
def test_a_file_that_is_no_table_is_refused(cli: CommandLine, written: Written, against: Path, content: bytes) -> None:
    assert cli("screen", written("q.csv", content), "--against", against).refused(2)


def test_screens_against_what_the_node_holds(cli: CommandLine, written: Written, home: Path) -> None:
    for number, name in enumerate(("Zephyrine Marine Services FZE", "Kalvaro Turbine Institute"), start=1):
        cli("publish", written("draft.json", body(draft(company(name, number), sharing("nl")))), "--home", home).line()
    found = cli("screen", written("q.csv", b"name\nZephyrine Marine Services\n"), "--home", home).line()
    (match,) = found["matches"]
    assert cli("show", match["id"], "--home", home).line()["caption"] == "Zephyrine Marine Services FZE"
