# SPDX-License-Identifier: Apache-2.0
"""The command for changes, and profiles as they were known."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from published import body, company, draft, listed

from highfence.entrypoints.drafts import Draft

from .conftest import CommandLine

ACME, BOLT = company("Acme Optics Co Ltd"), company("Bolt Works", 2)


def publish(cli: CommandLine, home: Path, value: Draft) -> str:
    file = home.parent / "draft.json"
    file.write_bytes(body(value))
    return str(cli("publish", file, "--home", home).line()["id"])


@pytest.fixture
def ids(cli: CommandLine, home: Path) -> list[str]:
    first = publish(cli, home, listed(ACME, "us", listed=date(2024, 1, 2)))
    second = publish(cli, home, draft(BOLT))
    third = publish(cli, home, draft(ACME, kind="withdrawal", refers_to=first, reason="mistaken", entities=()))
    return [first, second, third]


def test_changes_are_lines_with_their_cause_and_for_people_a_table(
    cli: CommandLine, home: Path, ids: list[str]
) -> None:
    lines = cli("changes", "--home", home, "--since", "2026-01-01").lines()
    assert [(line["what"], line["cause"]["assertion"]) for line in lines] == [
        ("listed", ids[0]),
        ("said", ids[1]),
        ("withdrawn", ids[2]),
    ]
    assert cli("changes", "--home", home, "--since", lines[1]["cause"]["at"]).lines() == lines[2:]
    assert cli("changes", "--home", home, "--since", "2026-01-01", "--limit", "1").lines() == lines[:1]
    assert "Bolt Works" in cli("changes", "--home", home, "--since", "2026-01-01", terminal=True).out


def test_changes_of_a_company_a_list_an_authority_and_a_watch_list(
    cli: CommandLine, home: Path, ids: list[str], tmp_path: Path
) -> None:
    def causes(*options: object) -> list[str]:
        lines = cli("changes", "--home", home, "--since", "2026-01-01", *options).lines()
        return [str(line["cause"]["assertion"]) for line in lines]

    watch = tmp_path / "watch.txt"
    watch.write_text("Bolt Works\n")
    assert causes("--company", "firm-1") == [ids[0], ids[2]]
    assert causes("--list", "us_list") == [ids[0], ids[2]]
    assert causes("--authority", "nl") == []
    assert causes("--watch", watch) == [ids[1]]
    kept = publish(cli, home, listed(BOLT, "us"))
    assert causes("--watch", "us_list") == [ids[1], kept]


def test_a_watched_name_that_stands_for_nothing_is_told_and_ends_with_one(
    cli: CommandLine, home: Path, ids: list[str], tmp_path: Path
) -> None:
    watch = tmp_path / "watch.txt"
    watch.write_text("Nobody Ltd\n")
    done = cli("changes", "--home", home, "--since", "2026-01-01", "--watch", watch)
    assert done.code == 1
    assert "'Nobody Ltd'" in done.err


def test_a_day_that_is_none_is_refused(cli: CommandLine, home: Path) -> None:
    assert "Write a day like" in cli("changes", "--home", home, "--since", "soon").refused(2)
    assert "cannot be read" in cli("changes", "--home", home, "--since", "2026-01-01", "--watch", "nowhere").refused(2)


def test_a_profile_is_shown_as_it_was_known(cli: CommandLine, home: Path, ids: list[str]) -> None:
    assert cli("show", "firm-1", "--home", home).line()["listed_by"] == []
    at = cli("changes", "--home", home, "--since", "2026-01-01").lines()[1]["cause"]["at"]
    then = cli("show", "firm-1", "--home", home, "--as-of", at).line()
    assert (then["listed_by"], then["as_of"]) == (["us"], at)
    assert "nothing you may see" in cli("show", "firm-1", "--home", home, "--as-of", "2020-01-01").refused(1)
    assert "not come yet" in cli("show", "firm-1", "--home", home, "--as-of", "2999-01-01").refused(2)
