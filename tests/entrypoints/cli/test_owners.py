# SPDX-License-Identifier: Apache-2.0
"""Owners from a home's register on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from published import body, company, draft

from highfence.model.entity import Entity

from .conftest import CommandLine

Written = Callable[[str, bytes], Path]


@pytest.fixture
def owned(cli: CommandLine, written: Written, home: Path) -> None:
    about = company("Acme Optics Co Ltd")
    properties = {"owner": ("firm-2",), "asset": (about.id,), "percentage": ("60",)}
    link = Entity(id="link", schema="Ownership", properties=properties)
    value = draft(about, entities=(about, company("Bolt Holding", 2), link))
    cli("publish", written("draft.json", body(value)), "--home", home)


@pytest.mark.usefixtures("owned")
def test_the_register_is_asked_with_home_one_line_a_rule(cli: CommandLine, home: Path) -> None:
    lines = cli("ownership", "firm-1", "--home", home).lines()
    assert [(one["rule"], one["verdict"]) for one in lines] == [
        ("us-ofac", "no"),
        ("us-bis", "no"),
        ("eu", "no"),
        ("uk", "no"),
    ]
    assert cli("ownership", "firm-1", "--home", home, "--rule", "eu").line()["rule"] == "eu"


@pytest.mark.usefixtures("owned")
def test_a_person_sees_who_holds_what_and_who_says_so(cli: CommandLine, home: Path) -> None:
    out = " ".join(cli("ownership", "firm-1", "--home", home, terminal=True).out.split())
    for word in ("Acme Optics", "Bolt Holding", "is owned by", "60 %", "us"):
        assert word in out


@pytest.mark.usefixtures("owned")
def test_who_is_not_there_is_said_and_listed_belongs_to_files(cli: CommandLine, home: Path) -> None:
    assert "nobody" in cli("ownership", "nobody", "--home", home).refused(1)
    assert "--listed" in cli("ownership", "firm-1", "--home", home, "--listed", "x").err
