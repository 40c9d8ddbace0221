# SPDX-License-Identifier: Apache-2.0
"""Commands for denials and consultations, with the node running and without."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from denial_bodies import application, entry, marked

from .conftest import CommandLine

Written = Callable[[str, bytes], Path]


def as_bytes(said: Any) -> bytes:
    return json.dumps(said).encode()


@pytest.fixture
def entered(cli: CommandLine, written: Written, home: Path) -> str:
    told = entry("nl", pointer=marked("eu", classification="PUBLIC"))
    return str(cli("denials", "enter", written("denial.json", as_bytes(told)), "--home", home).line()["id"])


def test_a_denial_is_entered_listed_renewed_and_revoked(cli: CommandLine, home: Path, entered: str) -> None:
    (told,) = cli("denials", "list", "--home", home).lines()
    assert (told["id"], told["state"]) == (entered, "valid")
    cli("denials", "renew", entered, "--reason", "As before", "--review", "2029-12-01", "--home", home).line()
    shown = cli("denials", "show", entered, "--home", home).line()
    assert (shown["state"], shown["review"]["last_day"]) == ("renewed", "2029-12-01")
    cli("denials", "revoke", entered, "--reason", "It is no more", "--home", home).line()
    assert cli("denials", "list", "--home", home, "--state", "renewed").lines() == []
    assert "has been revoked" in cli("denials", "revoke", entered, "--reason", "x", "--home", home).refused(2)


def test_a_person_sees_tables(cli: CommandLine, written: Written, home: Path, entered: str) -> None:
    listed = cli("denials", "list", "--home", home, terminal=True).out
    assert "Orlanka" in listed
    shown = cli("denials", "show", entered, "--home", home, terminal=True).out
    assert "wavelength 1064 nm" in shown
    assert "Article 16(2)" in shown


def test_amending_says_all_anew(cli: CommandLine, written: Written, home: Path, entered: str) -> None:
    anew = written("anew.json", as_bytes(entry("nl", destination="ae")))
    cli("denials", "amend", entered, anew, "--reason", "Another country", "--home", home).line()
    assert cli("denials", "show", entered, "--home", home).line()["denial"]["destination"] == "ae"


def test_says_what_is_wrong_with_a_denial(cli: CommandLine, written: Written, home: Path) -> None:
    file = written("denial.json", as_bytes(entry("nl", destination="zz")))
    assert "zz" in cli("denials", "enter", file, "--home", home).refused(2)
    file = written("denial.json", as_bytes(entry("nl", extra=1)))
    assert "extra" in cli("denials", "enter", file, "--home", home).refused(2)


def test_a_consultation_about_ones_own_denial_is_refused(
    cli: CommandLine, written: Written, home: Path, entered: str
) -> None:
    file = written("application.json", as_bytes(application()))
    said = cli("denials", "consult", entered, "--application", file, "--text", "?", "--home", home).refused(2)
    assert "cannot be asked" in said
    said = cli("denials", "consult", "--application", file, "--text", "?", "--home", home).refused(2)
    assert "--to" in said
    assert cli("denials", "consultations", "--home", home).lines() == []


def test_an_unknown_denial_is_not_found(cli: CommandLine, home: Path) -> None:
    assert "no assertion of that id" in cli("denials", "show", "0" * 64, "--home", home).refused(1)


def test_a_file_of_shipments_is_held_against_the_nodes_denials(
    cli: CommandLine, written: Written, home: Path, entered: str
) -> None:
    bakery = {"id": "b", "name": "Meadowlark Bakery", "role": "end user", "country": "cn"}
    lines = b"\n".join(as_bytes(one) for one in (application(), application(id="A-78", parties=[bakery])))
    answers = cli("determine", written("shipments.jsonl", lines), "--home", home).lines()
    told = [
        [
            reason["bearing"]
            for regime in answer["regimes"]
            if regime["regime"] == "no-undercut"
            for reason in regime["reasons"]
        ]
        for answer in answers
    ]
    assert told == [["warns"], ["permits"]]  # one's own denial is no undercut of an ally
