# SPDX-License-Identifier: Apache-2.0
"""The command for figures: lines when piped, tables for people, and the companies behind each figure."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from published import body, company, listed

from highfence.entrypoints.drafts import Draft

from .conftest import CommandLine

ACME, BOLT = company("Acme Optics Co Ltd"), company("Bolt Works", 2)


@pytest.fixture
def told(cli: CommandLine, home: Path, tmp_path: Path) -> None:
    def publish(draft: Draft) -> None:
        file = tmp_path / "draft.json"
        file.write_bytes(body(draft))
        cli("publish", file, "--home", home)

    publish(listed(ACME, "us", listed=date(2020, 1, 2)))
    publish(listed(BOLT, "us", listed=date(2024, 1, 2)))
    publish(listed(BOLT, "eu", listed=date(2024, 2, 1)))


def test_pairs_are_lines_with_lags_and_for_people_a_table(cli: CommandLine, home: Path, told: None) -> None:
    lines = cli("alignment", "--home", home).lines()
    (pair,) = [line for line in lines if (line["first"], line["second"]) == ("us", "eu")]
    assert (pair["listed"], pair["both"], pair["only"], pair["lags"]["median_days"]) == (2, 1, 1, 30.0)
    out = " ".join(cli("alignment", "--home", home, terminal=True).out.split())
    assert "companies listed: 2 conflicts: 0" in out


def test_the_companies_behind_a_figure_are_lines(cli: CommandLine, home: Path, told: None) -> None:
    only = cli("alignment", "--home", home, "--by", "us", "--not-by", "eu").lines()
    both = cli("alignment", "--home", home, "--by", "us,eu", "--year", "2024").lines()
    assert [line["caption"] for line in only] == ["Acme Optics Co Ltd"]
    assert [(line["caption"], line["lag_days"]) for line in both] == [("Bolt Works", 30)]
    assert "on both sides" in cli("alignment", "--home", home, "--by", "us", "--not-by", "us").refused(2)


@pytest.mark.parametrize(("show", "count"), [("programmes", 2), ("countries", 1), ("widest", 1), ("conflicts", 0)])
def test_each_kind_of_figures_can_be_shown(cli: CommandLine, home: Path, told: None, show: str, count: int) -> None:
    assert len(cli("alignment", "--home", home, "--show", show).lines()) == count
    assert show.title() in cli("alignment", "--home", home, "--show", show, terminal=True).out.title()


def test_the_widest_gap_tells_its_parts(cli: CommandLine, home: Path, told: None) -> None:
    (wide,) = cli("alignment", "--home", home, "--show", "widest").lines()
    assert wide["score"] == wide["agreement"] + wide["sensitivity"] + wide["age"] == 25.0 + 21.0 + 20.0
