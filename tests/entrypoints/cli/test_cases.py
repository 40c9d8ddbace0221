# SPDX-License-Identifier: Apache-2.0
"""Commands for licence cases, with the node stopped; the journeys ask one that runs."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from casefiles import DOCUMENT

from .conftest import CommandLine

Written = Callable[[str, bytes], Path]
NUMBER = "us-2026-000001"


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.fixture
def taken(cli: CommandLine, written: Written, home: Path) -> None:
    cli("cases", "import", written("one.json", json.dumps(DOCUMENT).encode()), "--home", home).line()


def run(cli: CommandLine, home: Path, *words: object) -> Any:
    return cli("cases", *words, "--home", home).line()


def test_imports_json_and_csv_and_recognises_the_same_again(cli: CommandLine, written: Written, home: Path) -> None:
    file = written("one.json", json.dumps(DOCUMENT).encode())
    first = run(cli, home, "import", file)
    assert first["new"]
    assert run(cli, home, "import", file) == {**first, "new": False}
    table = b"id,applicant,exporter,destination,description,quantity,unit,name,roles,country\n"
    rows = table + b"A-2,Example,us,cn,mill,1,pieces,Works,end user,cn\n"
    assert run(cli, home, "import", written("two.csv", rows))["new"]
    bad = cli(
        "cases",
        "import",
        written("bad.csv", table + b"A-3,Example,us,cn,mill,x,pieces,W,end user,cn\n"),
        "--home",
        home,
    )
    assert bad.code == 1
    assert [(one["row"], one["field"]) for one in map(json.loads, bad.out.splitlines())] == [(2, "quantity")]
    assert len(cli("cases", "list", "--home", home).lines()) == 2


@pytest.mark.usefixtures("taken")
def test_a_case_is_checked_asked_about_and_decided(cli: CommandLine, written: Written, home: Path) -> None:
    (line,) = cli("cases", "list", "--home", home).lines()
    number = line["number"]
    assert run(cli, home, "check", number)["state"] == "checked"
    assert run(cli, home, "ask", number, "Who pays?")["state"] == "waiting for the applicant"
    refused = cli("cases", "decide", number, "approve", "--reason", "civil", "--home", home).refused(1)
    assert "still waits for request 1" in refused
    assert run(cli, home, "answer", number, 1, "The buyer", "--source", "letter")["state"] == "checked"
    note = written("note.json", b'{"move": "note", "text": "seen"}')
    assert run(cli, home, "move", number, note)["events"] == 5
    tell = {
        "text": "Approved",
        "marking": {"tlp": "AMBER", "classification": "SENSITIVE", "releasable_to": ["nl"], "disclosure": "release"},
    }
    told = written("tell.json", json.dumps(tell).encode())
    words = ("decide", number, "approve with conditions", "--reason", "civil", "--condition", "No re-export")
    decided = run(cli, home, *words, "--valid-until", "2099-01-01", "--tell", told)
    assert (decided["state"], bool(decided["assertion"])) == ("approved with conditions", True)
    assert run(cli, home, "outcome", number, "shipped")["state"] == "shipped"
    assert cli("cases", "list", "--home", home).lines() == []
    assert len(cli("cases", "list", "--show", "decided", "--home", home).lines()) == 1
    shown = run(cli, home, "show", number)
    assert shown["case"]["decision"]["made"]["conditions"] == ["No re-export"]


@pytest.mark.usefixtures("taken")
def test_a_person_sees_tables(cli: CommandLine, home: Path) -> None:
    (line,) = cli("cases", "list", "--home", home).lines()
    assert "15 CFR 750.4" in cli("cases", "show", line["number"], "--home", home, terminal=True).out
    assert "Example" in cli("cases", "list", "--home", home, terminal=True).out
    asked = cli("cases", "ask", line["number"], "Who pays?", "--home", home, terminal=True).out
    assert "is waiting for the applicant; it takes" in asked


@pytest.mark.usefixtures("taken")
def test_says_what_a_denial_lacks_before_anything_is_done(cli: CommandLine, home: Path) -> None:
    (line,) = cli("cases", "list", "--home", home).lines()
    words = ("cases", "decide", line["number"], "deny", "--reason", "x", "--home", home)
    assert "needs its ground" in cli(*words).refused(2)
    assert "denies nothing" in cli(*words[:3], "withdrawn", *words[4:], "--regime", "eu").refused(2)
    denied = copy.deepcopy(words)
    done = cli(*denied, "--regime", "national", "--class", "diversion", "--legal-basis", "15 CFR 744.21").line()
    assert (done["state"], done["assertion"]) == ("denied", "")


def test_a_case_that_is_not_there_is_not_found(cli: CommandLine, home: Path) -> None:
    assert "there is no such case" in cli("cases", "show", NUMBER, "--home", home).refused(1)
    assert "there is no such case" in cli("cases", "ask", NUMBER, "x", "--home", home).refused(1)


def test_a_coordinator_licenses_nothing(cli: CommandLine, written: Written, homes: dict[str, Path]) -> None:
    file = written("one.json", json.dumps(DOCUMENT).encode())
    assert "a coordinator licenses nothing" in cli("cases", "import", file, "--home", homes["eu"]).refused(1)
