# SPDX-License-Identifier: Apache-2.0
"""Command for whole lists: pairs, clusters, and one line for each file that cannot be resolved."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from highfence.formats.ftm import write_line
from highfence.model.entity import Entity

from .conftest import CommandLine

Written = Callable[[str, bytes], Path]
PARTIES = (
    Entity(id="a", schema="Company", properties={"name": ("Zephyrine Marine Services LLC",), "country": ("ae",)}),
    Entity(id="b", schema="Company", properties={"name": ("Zephyrine Marine Services LLC",), "country": ("ae",)}),
    Entity(id="c", schema="Company", properties={"name": ("Zephyrine Marine Service",)}),
    Entity(id="d", schema="Company", properties={"name": ("Northern Optical Works",), "innCode": ("7707083893",)}),
    Entity(id="e", schema="Company", properties={"name": ("Nordoptik Works",), "innCode": ("7707083893",)}),
    Entity(id="f", schema="Address", properties={"full": ("1 Zephyrine Marine Services Road",)}),
)
CUSTOMERS = "Nr;Firma;Land\na;Zephyrine Marine Services;AE\n0018;Meadowlark Bakery;GB\n"


@pytest.fixture
def listed(written: Written) -> Path:
    return written("listed.ftm.json", b"".join(map(write_line, PARTIES)))


def test_a_list_within_itself_gives_each_pair_once_then_the_clusters(cli: CommandLine, listed: Path) -> None:
    lines = cli("resolve", listed).lines()
    pairs = [line for line in lines if "score" in line]
    assert [(one["left"], one["right"], one["certain"]) for one in pairs] == [
        ("a", "b", True),
        ("a", "c", False),
        ("b", "c", False),
        ("d", "e", True),
    ]
    assert pairs[0]["left_name"] == "Zephyrine Marine Services LLC"
    assert pairs[0]["explanation"].endswith(
        "are the same name; same country: ae; legal forms are of one class: limited"
    )
    assert all(one["match"] for one in pairs)
    assert [line for line in lines if "cluster" in line] == [
        {"cluster": 1, "certain": True, "left": ["a", "b"]},
        {"cluster": 2, "certain": True, "left": ["d", "e"]},
        {"cluster": 3, "certain": False, "left": ["a", "b", "c"]},
    ]


def test_two_files_may_use_the_same_ids_and_are_told_apart(cli: CommandLine, written: Written, listed: Path) -> None:
    ran = cli("resolve", written("customers.csv", CUSTOMERS.encode()), listed)
    lines = ran.lines()
    assert [(one["left"], one["right"]) for one in lines[:3]] == [("a", "a"), ("a", "b"), ("a", "c")]
    assert lines[3] == {"cluster": 1, "certain": False, "left": ["a"], "right": ["a", "b", "c"]}
    assert "columns: name = 'Firma', id = 'Nr', country = 'Land'" in ran.err


def test_turned_round_it_finds_the_same(cli: CommandLine, written: Written, listed: Path) -> None:
    customers = written("customers.csv", CUSTOMERS.encode())
    one = {(line["left"], line["right"], line["score"]) for line in cli("resolve", customers, listed).lines()[:3]}
    other = {(line["right"], line["left"], line["score"]) for line in cli("resolve", listed, customers).lines()[:3]}
    assert one == other


def test_bad_rows_are_told_and_end_with_one(cli: CommandLine, written: Written) -> None:
    rows = "name,type\nZephyrine Marine,\n,company\nX,\nZephyrine Marine,Compny\nZephyrine Marine,ship\n"
    ran = cli("resolve", written("bad.csv", rows.encode()))
    assert ran.code == 1
    assert [json.loads(line).get("right") for line in ran.out.splitlines()][:1] == ["row-6"]
    for told in ("row 3: the name is empty", "row 4: the name is only one letter", "row 5, column type:"):
        assert f"bad.csv: {told}" in ran.err


def test_a_person_gets_tables_and_a_file_gets_lines(cli: CommandLine, listed: Path, tmp_path: Path) -> None:
    shown = cli("resolve", listed, terminal=True)
    assert "Zephyrine Marine Services LLC (a)" in shown.out
    assert "to be judged" in shown.out
    out = tmp_path / "pairs.jsonl"
    assert cli("resolve", listed, "--out", out).out == ""
    assert len(out.read_text().splitlines()) == 7


def test_where_nobody_is_alike_there_are_no_lines(cli: CommandLine, written: Written) -> None:
    assert cli("resolve", written("few.csv", b"name\nKalvaro Works\nMeadowlark Bakery\n")).lines() == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"a,b\n1,2\n", "no column holds the name"),
        (b"id,name\n1,Kalvaro Works\n1,Zephyrine Marine\n", "rows 2 and 3 have one id, '1'"),
        (b"name\n?\n", "there is nobody to compare"),
        (write_line(PARTIES[5]), "there is nobody to compare"),
        (b"[]", "this is a JSON array"),
    ],
)
def test_a_file_that_cannot_be_resolved_is_one_line(
    cli: CommandLine, written: Written, content: bytes, said: str
) -> None:
    ran = cli("resolve", written("in.csv", content))
    assert (ran.code, ran.out) == (2, "")
    assert [said in line for line in ran.err.splitlines() if line.startswith("highfence: ")] == [True]


@pytest.mark.parametrize("threshold", ["0", "-0.5", "0.3", "1.5", "nan"])
def test_a_threshold_that_says_nothing_is_refused(cli: CommandLine, listed: Path, threshold: str) -> None:
    assert "Give a number from 0.5 to 1" in cli("resolve", listed, "--threshold", threshold).refused(2)


def test_a_file_against_itself_is_refused(cli: CommandLine, listed: Path) -> None:
    assert "this is the first file again" in cli("resolve", listed, listed).refused(2)


def test_a_file_that_is_not_there_is_refused(cli: CommandLine, listed: Path, tmp_path: Path) -> None:
    assert "cannot be read" in cli("resolve", listed, tmp_path / "none.csv").refused(2)
