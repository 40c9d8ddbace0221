# SPDX-License-Identifier: Apache-2.0
"""Commands for published lists: sources and import."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from highfence.app import open_node
from highfence.entrypoints.cli.demo.stage import Actor
from highfence.formats.ftm import read_line

from .conftest import CommandLine

Written = Callable[[str, bytes], Path]
FACTS = files("highfence.entrypoints.cli.demo") / "facts"
HEADER = "Name,Clean Name,Alias,Previous Name,Parent Name,Note,Start date,End date,Source Url\n"
UN = (
    "<?xml version='1.0' encoding='UTF-8'?>\n<CONSOLIDATED_LIST>\n<INDIVIDUALS></INDIVIDUALS>\n"
    "<ENTITIES><ENTITY><DATAID>1</DATAID>\n<FIRST_NAME>EXAMPLE\x19</FIRST_NAME></ENTITY></ENTITIES></CONSOLIDATED_LIST>"
)


def entry(number: int, programme: str = "Decree 4") -> str:
    placed = {"jurisdiction": "us", "list": "Watch list", "key": str(number), "entity": f"us-{number}"}
    company = {"id": f"us-{number}", "schema": "Company", "properties": {"name": [f"Listed Firm {number}"]}}
    return json.dumps({"listing": {**placed, "programme": programme}, "entities": [company]})


def edition(*lines: str) -> bytes:
    return "\n".join(lines).encode()


EDITION = edition(*(entry(number) for number in range(4)))
MILITARY = HEADER + "".join(f"Firm {number} Co.,,,,,Makes drones,2021-06-03,,\n" for number in range(45))


def ids(home: Path) -> list[str]:
    node = open_node(home, read_only=True)
    try:
        with node.database.read() as connection:
            return [str(row[0]) for row in connection.exec_driver_sql("SELECT id FROM journal ORDER BY position")]
    finally:
        node.close()


def of_own_list(cli: CommandLine, home: Path) -> Any:
    return next(line for line in cli("sources", "--home", home).lines() if line["name"] == "own_list")


def test_sources_name_publisher_and_licence_of_every_list(cli: CommandLine) -> None:
    lines = {line["name"]: line for line in cli("sources").lines()}
    assert {"us_csl", "eu_oj", "jp_meti", "us_1260h", "uk_sanctions", "un_sc", "own_list"} <= set(lines)
    assert all(line["publisher"] and line["title"] and line["licence"] for line in lines.values())


@pytest.mark.parametrize("name", ["us", "eu", "uk", "jp"])
def test_an_import_to_a_file_writes_lines_that_are_each_sound_followthemoney(
    cli: CommandLine, tmp_path: Path, name: str
) -> None:
    target = tmp_path / "out.ftm.json"
    with_facts = tmp_path / f"{name}.jsonl"
    with_facts.write_bytes((FACTS / f"{name}.jsonl").read_bytes())
    told = cli("import", "own_list", with_facts, "--to", target).line()
    entities = [
        read_line(line, line_number=number).entity
        for number, line in enumerate(target.read_bytes().splitlines(), start=1)
    ]
    listings = [entity for entity in entities if entity.schema == "Sanction"]
    names = {entity.id for entity in entities}
    assert len(listings) == told["added"] > 15
    assert len(names) == len(entities)
    assert {one.first("entity") for one in listings} <= names
    assert (told["changed"], told["removed"], told["refused"], told["unchanged"]) == (0, 0, 0, 0)
    assert not target.with_name("out.ftm.json.new").exists()


def test_a_csv_is_written_as_followthemoney_on_the_day_asked_for(
    cli: CommandLine, written: Written, tmp_path: Path
) -> None:
    target = tmp_path / "out.ftm.json"
    told = cli(
        "import", "us_1260h", written("a.csv", MILITARY.encode()), "--to", target, "--as-of", "2026-01-02"
    ).line()
    assert told["added"] == 45
    lines = target.read_bytes().splitlines()
    assert len([line for line in lines if read_line(line, line_number=1).entity.schema == "Sanction"]) == 45


def test_odd_lines_that_were_taken_are_told_by_line_on_stderr(
    cli: CommandLine, written: Written, tmp_path: Path
) -> None:
    data = MILITARY.replace("Firm 3 Co.", "Société 3 Co.").encode("windows-1252")
    ran = cli("import", "us_1260h", written("a.csv", data), "--to", tmp_path / "out.ftm.json")
    assert ran.code == 0
    (line,) = ran.err.splitlines()
    assert re.match(r"line 5: encoding: .* \(taken\)$", line)
    assert "Société 3 Co." in (tmp_path / "out.ftm.json").read_text("utf-8")


def test_what_was_not_taken_ends_with_one_and_is_told(cli: CommandLine, written: Written, tmp_path: Path) -> None:
    ran = cli("import", "own_list", written("a.jsonl", edition(entry(1), entry(1))), "--to", tmp_path / "out.ftm.json")
    assert ran.code == 1
    counts = json.loads(ran.out)
    assert (counts["added"], counts["refused"]) == (1, 1)
    assert "duplicate_key" in ran.err
    assert ran.err.endswith("(not taken)\n")


@pytest.mark.parametrize(
    ("source", "name", "data", "where", "what"),
    [
        ("us_csl", "a.csv", b"name,addresses\nExample,Somewhere\n", "lines 1 to 2", "is missing"),
        ("us_1260h", "a.csv", MILITARY.replace("Start date,", "").encode(), "lines 1 to ", "'Start date' is missing"),
        ("us_csl", "a.csv", b"", "line 1", "empty"),
        ("us_csl", "a.xlsx", b"PK\x03\x04" + bytes(100), "line 1", "Excel workbook"),
        ("us_1260h", "a.csv", MILITARY.encode("utf-16-le"), "line 1", "UTF-16 without its byte-order mark"),
        ("own_list", "a.jsonl", edition(entry(1), "# Güter").decode().encode("latin-1"), "line 2", "UTF-8"),
        ("un_sc", "a.xml", UN.encode(), "line 5, column 20", "not well-formed"),
        ("un_sc", "a.xml", UN.replace("\x19", "").encode()[:-30], "line 5", "not well-formed"),
        ("un_sc", "a.xml", UN.replace("\x19", "").encode(), "un_sc", "1 parties, at least 700 expected"),
    ],
)
@pytest.mark.parametrize("existing", [None, b"what was there before\n"])
def test_a_list_that_is_refused_is_one_line_with_its_place_and_leaves_the_target_alone(
    cli: CommandLine,
    written: Written,
    tmp_path: Path,
    source: str,
    name: str,
    data: bytes,
    where: str,
    what: str,
    existing: bytes | None,
) -> None:
    target = tmp_path / "out.ftm.json"
    if existing is not None:
        target.write_bytes(existing)
    line = cli("import", source, written(name, data), "--to", target).refused(1)
    assert f"({where}" in line
    assert what in line
    assert (target.read_bytes() if target.exists() else None) == existing
    assert not target.with_name("out.ftm.json.new").exists()


def test_a_target_that_cannot_be_written_is_told(cli: CommandLine, written: Written, tmp_path: Path) -> None:
    target = tmp_path / "no-folder" / "out.ftm.json"
    line = cli("import", "own_list", written("a.jsonl", EDITION), "--to", target).refused(2)
    assert "cannot be written" in line


@pytest.mark.parametrize("words", [[], ["--home", "there", "--to", "there.ftm.json"]])
def test_an_import_goes_to_one_place(cli: CommandLine, written: Written, words: list[str]) -> None:
    line = cli("import", "own_list", written("a.jsonl", EDITION), *words).refused(2)
    assert "either --home HOME or --to FILE.ftm.json" in line


def test_an_unknown_source_names_those_there_are(cli: CommandLine, written: Written, tmp_path: Path) -> None:
    line = cli("import", "nowhere", written("a", b"x"), "--to", tmp_path / "out.ftm.json").refused(1)
    assert "us_csl" in line


def test_an_import_into_a_home_counts_and_the_next_one_only_the_difference(
    cli: CommandLine, written: Written, home: Path
) -> None:
    first = cli("import", "own_list", written("a.jsonl", EDITION), "--home", home, "--as-of", "2026-01-02").line()
    assert first == {"added": 4, "changed": 0, "removed": 0, "refused": 0, "unchanged": 0}
    assert of_own_list(cli, home)["as_of"] == "2026-01-02"
    again = cli("import", "own_list", written("a.jsonl", EDITION), "--home", home).line()
    assert again == {"added": 0, "changed": 0, "removed": 0, "refused": 0, "unchanged": 4}
    assert len(ids(home)) == 4
    third = edition(entry(0), entry(1, "Decree 5"), entry(2), entry(9))
    told = cli("import", "own_list", written("b.jsonl", third), "--home", home).line()
    assert told == {"added": 1, "changed": 1, "removed": 1, "refused": 0, "unchanged": 2}
    shown = of_own_list(cli, home)
    assert (shown["outcome"], shown["entries"]) == ("taken", 4)
    assert shown["as_of"] == datetime.now(UTC).date().isoformat() > date(2026, 1, 2).isoformat()
    assert cli("verify", home).line()["differences"] == []


@pytest.mark.parametrize(
    ("data", "where", "what"),
    [
        (edition(entry(0)), "own_list", "3 of 4 entries held would be gone"),
        (EDITION + b"\n{}", "own_list", "rows cannot be read"),
        (b"<html>moved</html>", "line 1", "web page"),
    ],
)
def test_a_breach_changes_nothing_and_is_shown_as_refused_and_why(
    cli: CommandLine, written: Written, home: Path, data: bytes, where: str, what: str
) -> None:
    cli("import", "own_list", written("a.jsonl", EDITION), "--home", home).line()
    before = ids(home)
    line = cli("import", "own_list", written("b.jsonl", data), "--home", home).refused(1)
    assert f"({where})" in line
    assert what in line
    assert ids(home) == before
    shown = of_own_list(cli, home)
    assert (shown["outcome"], shown["entries"], shown["summary"]["where"]) == ("refused", 4, where)
    assert what in shown["summary"]["what"]
    table = cli("sources", "--home", home, terminal=True)
    assert "refused:" in " ".join(table.out.split())
    told = cli("import", "own_list", written("a.jsonl", EDITION), "--home", home).line()
    assert told["unchanged"] == 4
    assert of_own_list(cli, home)["outcome"] == "taken"


def test_an_import_into_a_home_whose_node_is_running_goes_through_the_node(
    cli: CommandLine, written: Written, served: Actor
) -> None:
    home = served.home.folder
    told = cli("import", "own_list", written("a.jsonl", EDITION), "--home", home, "--as-of", "2026-01-02").line()
    assert told["added"] + told["unchanged"] == 4
    assert of_own_list(cli, home)["outcome"] == "taken"
    assert b"Listed Firm 1" in served.node.get("/api/companies", q="listed firm 1")
    line = cli("import", "own_list", written("b.jsonl", edition(entry(0))), "--home", home).refused(1)
    assert "would be gone" in line
    assert of_own_list(cli, home)["outcome"] == "refused"
    assert cli("import", "own_list", written("a.jsonl", EDITION), "--home", home).line()["unchanged"] == 4


def test_a_person_sees_a_table_and_a_bar(cli: CommandLine, written: Written, home: Path) -> None:
    ran = cli("import", "own_list", written("a.jsonl", EDITION), "--home", home, terminal=True)
    assert ran.code == 0
    assert "Taken from own_list" in ran.out
    assert not ran.out.startswith("{")
