# SPDX-License-Identifier: Apache-2.0
"""Commands for whoever decides which parties are the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from published import body, company, draft

from .conftest import CommandLine

Written = Callable[[str, bytes], Path]
TANKER = company("National Example Tanker Company", country=())
TANKER_LLC = company("National Example Tanker Company LLC", 2, country=("ae",))


@pytest.fixture
def two(cli: CommandLine, written: Written, home: Path) -> None:
    for number, entity in enumerate((TANKER, TANKER_LLC)):
        cli("publish", written(f"{number}.json", body(draft(entity))), "--home", home).line()


@pytest.mark.usefixtures("two")
def test_a_pair_is_shown_judged_and_the_judgement_taken_back(cli: CommandLine, home: Path) -> None:
    asked = cli("review", "--home", home).line()
    assert {asked["one"]["entity"], asked["other"]["entity"]} == {"firm-1", "firm-2"}
    made = cli("judge", "firm-1", "firm-2", "--verdict", "positive", "--reason", "One seal", "--home", home).line()
    assert cli("review", "--home", home).lines() == []
    assert cli("show", "firm-1", "--home", home).line()["entities"] == ["firm-1", "firm-2"]
    cli("judge", "--undo", made["id"], "--reason", "Mistaken", "--home", home).line()
    assert cli("show", "firm-1", "--home", home).line()["entities"] == ["firm-1"]


@pytest.mark.usefixtures("two")
def test_a_person_sees_a_table(cli: CommandLine, home: Path) -> None:
    assert "Possibly the same" in cli("review", "--home", home, terminal=True).out


def test_says_what_is_missing(cli: CommandLine, home: Path) -> None:
    assert "two parties and a verdict" in cli("judge", "firm-1", "--reason", "x", "--home", home).refused(2)


@pytest.mark.usefixtures("two")
def test_gaps_say_that_not_all_is_compared_yet(cli: CommandLine, home: Path) -> None:
    ran = cli("gaps", "--home", home)
    assert "2 assertions are not compared yet" in ran.err
