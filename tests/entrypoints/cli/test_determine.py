# SPDX-License-Identifier: Apache-2.0
"""The commands determine and yard keep their contract."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from control_files import write_files
from highfence.home import Home
from highfence.shelf import shelf_mark

from .conftest import CommandLine

Written = Callable[[str, bytes], Path]
APPLICATION: dict[str, Any] = {
    "id": "a-1",
    "exporter": "us",
    "destination": "cn",
    "date": "2026-11-24",
    "items": [
        {"description": "EUV stepper", "eccn": "3B001.f.1", "hs": "854231", "quantity": {"value": 1, "unit": "pieces"}}
    ],
    "parties": [{"name": "Meridian Photonics Institute", "role": "end user", "country": "cn"}],
    "end_use": {"text": "chips", "military": False},
}
LISTED = (
    b'{"id":"e1","schema":"Company","properties":{"name":["Meridian Photonics Institute"],"country":["cn"]}}\n'
    b'{"id":"s1","schema":"Sanction","properties":{"entity":["e1"],"country":["us"],"summary":["Entity List"],'
    b'"provisions":["licence","For all items subject to the EAR","Policy of denial"]}}\n'
)


@pytest.fixture
def lists_folder(tmp_path: Path) -> Path:
    return write_files(tmp_path / "control")


def test_one_application_gets_one_line(cli: CommandLine, written: Written, lists_folder: Path) -> None:
    ran = cli(
        "determine",
        written("a.json", json.dumps(APPLICATION, indent=1).encode()),
        "--control-lists",
        lists_folder,
        "--against",
        written("l.ftm.json", LISTED),
    )
    line = ran.line()
    assert (line["verdict"], line["policy"], line["on"]) == ("licence required", "Policy of denial", "2026-11-24")
    assert {one["regime"] for one in line["regimes"]} >= {"us-ear", "eu-2021-821", "eu-national", "arms-embargo"}
    assert "no legal advice" in line["notice"]


def test_a_past_day_is_asked_by_as_of(cli: CommandLine, written: Written, lists_folder: Path) -> None:
    owner = {"name": "Meridian Photonics Institute", "share": 50}
    said = APPLICATION | {"parties": [APPLICATION["parties"][0] | {"name": "Daughter Works", "owners": [owner]}]}
    said["items"] = [said["items"][0] | {"eccn": "EAR99"}]
    said["end_use"] = {"text": "x", **dict.fromkeys(("military", "military_parts", "weapons_of_mass_destruction", "advanced_chips"), False)}  # fmt: skip  # noqa: E501
    words = ("--control-lists", lists_folder, "--against", written("l.ftm.json", LISTED))
    file = written("a.json", json.dumps(said).encode())
    days = ("2025-09-28", "2025-10-15", "2026-01-15", "2026-11-10")
    verdicts = [cli("determine", file, *words, "--as-of", day).line()["verdict"] for day in days]
    assert verdicts == ["licence not required", "licence required", "licence not required", "licence required"]
    override = (
        b'rule = "us-bis"\n[[periods]]\nfrom = 2026-11-10\nto = 2027-11-10\nstate = "suspended"\n'
        b'citation = "notice of an extension"\nverified = true\n'
    )
    prolonged = cli("determine", file, *words, "--as-of", "2026-11-10", "--override", written("o.toml", override))
    assert prolonged.line()["verdict"] == "licence not required"


def test_each_line_of_a_file_of_shipments_is_answered_in_order(
    cli: CommandLine, written: Written, lists_folder: Path
) -> None:
    shipments = [APPLICATION | {"id": f"a-{number}"} for number in range(70)]
    shipments[1] = shipments[1] | {"destination": "su"}
    data = b"".join(json.dumps(one).encode() + b"\n" for one in shipments)
    words = ("--control-lists", lists_folder, "--against", written("l.ftm.json", LISTED))
    alone = cli("determine", written("s.jsonl", data), *words, "--processes", "1")
    together = cli("determine", written("s.jsonl", data), *words, "--processes", "2")
    assert alone.code == together.code == 1
    assert alone.out == together.out
    lines = [json.loads(line) for line in together.out.splitlines()]
    assert [one.get("application", one.get("line")) for one in lines] == ["a-0", 2, *(f"a-{n}" for n in range(2, 70))]
    assert lines[1]["where"] == "destination"
    assert "line 2: there is no Soviet Union" in together.err


def test_an_application_that_cannot_be_judged_is_refused_in_one_line(
    cli: CommandLine, written: Written, lists_folder: Path
) -> None:
    said = APPLICATION | {"items": [APPLICATION["items"][0] | {"eccn": "9Z999"}]}
    ran = cli("determine", written("a.json", json.dumps(said).encode()), "--control-lists", lists_folder)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.splitlines()[-1].startswith("highfence: '9Z999' is no ECCN (items[0].eccn). Write it")


def test_without_lists_it_says_what_is_missing_and_clears_nobody(cli: CommandLine, written: Written) -> None:
    ran = cli("determine", written("a.json", json.dumps(APPLICATION).encode()))
    assert ran.line()["verdict"] == "cannot tell"
    assert "no control list is loaded" in ran.err
    assert "nobody is looked up" in ran.err


def test_a_terminal_shows_regimes_reasons_and_the_notice(
    cli: CommandLine, written: Written, lists_folder: Path
) -> None:
    ran = cli(
        "determine",
        written("a.json", json.dumps(APPLICATION).encode()),
        "--control-lists",
        lists_folder,
        "--against",
        written("l.ftm.json", LISTED),
        terminal=True,
    )
    assert "us-ear.entity-list" in ran.out
    assert "LVS" not in ran.out or "barred" in ran.out
    assert "no legal advice" in ran.err


def test_the_yard_is_searched_and_shown(cli: CommandLine, lists_folder: Path) -> None:
    hits = cli("yard", "search", "--control-lists", lists_folder, "EUV", "steppers").lines()
    assert hits[0]["code"] == "3B001"
    shown = cli("yard", "show", "3B001.f", "--control-lists", lists_folder, "--as-of", "2026-11-24").line()
    assert (shown["areas"], shown["national"]) == (["semiconductors"], ["nl"])
    assert "nothing goes by the code" in cli("yard", "show", "9Z999", "--control-lists", lists_folder).refused(2)
    assert "no control list is loaded" in cli("yard", "search", "laser").refused(2)


def test_the_size_of_the_yard_is_a_number_over_time(cli: CommandLine, lists_folder: Path) -> None:
    sizes = cli("yard", "size", "--control-lists", lists_folder).lines()
    assert [one["hs"] for one in sizes][-1] == 50
    assert "Changes" in cli("yard", "size", terminal=True).out


def test_lists_that_are_loaded_into_a_home_are_used_there(
    cli: CommandLine, written: Written, lists_folder: Path, homes: dict[str, Path]
) -> None:
    home = homes["us"]
    assert cli("yard", "load", lists_folder, "--home", home).line()["added"] is True
    assert cli("yard", "load", lists_folder, "--home", home).line()["added"] is False
    assert len(shelf_mark(Home(home))) == 1
    assert cli("yard", "search", "--home", home, "milling", "five", "axes").lines()[0]["code"] == "2B001"
    line = cli("determine", written("a.json", json.dumps(APPLICATION).encode()), "--home", home).line()
    assert line["regimes"][0]["verdict"] == "licence required"
    assert line["parties"][0]["listed"] == []


def test_parties_are_looked_up_in_what_a_node_holds(
    cli: CommandLine, written: Written, lists_folder: Path, homes: dict[str, Path]
) -> None:
    home = homes["us"]
    entity = {"id": "e1", "schema": "Company", "properties": {"name": ["Meridian Photonics Institute"]}}
    placed = {
        "jurisdiction": "us",
        "source": "us_csl",
        "list": "Entity List",
        "key": "EL-1",
        "entity": "e1",
        "licence_requirement": "For all items subject to the EAR",
        "licence_policy": "Policy of denial",
    }
    draft = {
        "kind": "listing",
        "subject": "e1",
        "entities": [entity],
        "listing": placed,
        "legal_basis": "15 CFR 744.11",
        "marking": {"tlp": "CLEAR", "classification": "PUBLIC", "groups": ["members"], "disclosure": "release"},
    }
    assert cli("publish", written("d.json", json.dumps(draft).encode()), "--home", home).code == 0
    cli("yard", "load", lists_folder, "--home", home)
    shipments = b"".join(json.dumps(APPLICATION | {"id": f"a-{n}"}).encode() + b"\n" for n in range(3))
    lines = cli("determine", written("s.jsonl", shipments), "--home", home).lines()
    assert {line["policy"] for line in lines} == {"Policy of denial"}
    assert lines[0]["parties"][0]["listed"][0]["how"] == "named"


def test_a_folder_that_is_no_home_takes_no_lists(cli: CommandLine, lists_folder: Path, tmp_path: Path) -> None:
    assert cli("yard", "load", lists_folder, "--home", tmp_path / "nowhere").code == 2
