# SPDX-License-Identifier: Apache-2.0
"""Whatever goes wrong is one line with an exit code; whatever is found is lines of JSON, or a table for people."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from highfence.entrypoints.cli import COMMANDS
from highfence.errors import HighfenceError, InvalidInput

from .conftest import CommandLine

#: The commands that scripts and people rely on.
PROMISED = ("demo", "gaps", "import", "init", "publish", "serve", "show", "sources", "status", "verify")


def test_every_promised_command_is_there() -> None:
    assert set(PROMISED) <= set(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(cli: CommandLine, name: str) -> None:
    ran = cli(name, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: highfence {name}")
    assert name in cli("--help").out


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["--nothing"], "--nothing"),
        (["nothing"], "nothing"),
        (["init"], "HOME"),
        (["init", "there"], "--authority"),
        (["init", "there", "--authority", "us", "--role", "king"], "king"),
        (["show", "--home", "there"], "ENTITY"),
        (["gaps"], "--home"),
        (["gaps", "--home", "there", "--limit", "many"], "many"),
        (["import", "own_list", "file", "--home", "there", "--as-of", "yesterday"], "yesterday"),
        (["membership", "sign", "file"], "--home"),
        (["membership", "draft", "out", "--entry", "a", "--threshold", "0"], "--threshold"),
        (["verify", "there", "and", "there"], "and"),
        (["demo", "--lists", "nowhere"], "nowhere"),
    ],
)
def test_wrong_usage_is_one_line_that_names_the_word_and_where_to_look(
    cli: CommandLine, words: list[str], what: str
) -> None:
    line = cli(*words).refused(2)
    assert what in line
    assert "--help`" in line


@pytest.mark.parametrize(
    "words",
    [
        ["show", "firm-1", "--home", "nowhere"],
        ["gaps", "--home", "nowhere"],
        ["status", "0", "--home", "nowhere"],
        ["verify", "nowhere"],
        ["serve", "nowhere"],
        ["sources", "--home", "nowhere"],
        ["officer", "nowhere", "ann"],
    ],
)
def test_a_folder_that_is_no_home_is_named_with_what_to_do(
    cli: CommandLine, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    line = cli(*words).refused(2)
    assert line == (
        "highfence: this is not a node's home (nowhere). Make one with `highfence init HOME --authority CODE`"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ["publish", "nofile", "--home", "HOME"],
        ["import", "own_list", "nofile", "--home", "HOME"],
        ["import", "own_list", "nofile", "--to", "out.ftm.json"],
        ["membership", "sign", "nofile", "--home", "HOME"],
        ["membership", "install", "nofile", "--home", "HOME"],
        ["membership", "draft", "out.json", "--entry", "nofile"],
        ["membership", "draft", "out.json", "--entry", "HOME/authority.json", "--agreements", "nofile"],
    ],
)
def test_a_file_that_is_not_there_is_named(
    cli: CommandLine, words: list[str], home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    line = cli(*(word.replace("HOME", str(home)) for word in words)).refused(2)
    assert "nofile" in line
    assert "No such file" in line
    assert not (tmp_path / "out.ftm.json").exists()


def test_what_the_system_refuses_is_one_line_too(cli: CommandLine, home: Path, tmp_path: Path) -> None:
    entry = home / "authority.json"
    line = cli("membership", "draft", tmp_path / "no-folder" / "out.json", "--entry", entry).refused(1)
    assert "the system refused: No such file or directory" in line
    assert "no-folder" in line


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (InvalidInput("what", where="where", advice="Do this"), 2, "highfence: what (where). Do this"),
        (HighfenceError("first\nsecond\r\n  third"), 1, "highfence: first second third"),
        (OSError(errno.ENOSPC, "No space left on device", "some.file"), 1, "some.file"),
    ],
)
def test_an_error_of_any_shape_is_one_line(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, line: str
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr("highfence.entrypoints.cli.lists.catalogue.sources", fail)
    assert line in cli("sources").refused(code)


def test_a_reader_that_has_seen_enough_is_no_error_to_tell(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OSError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr("highfence.entrypoints.cli.lists.catalogue.sources", fail)
    assert cli("sources").err == ""


def test_without_a_terminal_every_line_is_json_and_with_one_it_is_a_table(cli: CommandLine) -> None:
    names = [line["name"] for line in cli("sources").lines()]
    assert names == sorted(names)
    assert "us_csl" in names
    table = cli("sources", terminal=True)
    assert table.code == 0
    assert table.out.splitlines()[0].strip() == "Sources"
    assert not any(line.startswith("{") for line in table.out.splitlines())
    assert [json.loads(line)["name"] for line in cli("sources", "--json", terminal=True).out.splitlines()] == names


def test_markup_in_a_table_is_shown_and_not_obeyed(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    from highfence.entrypoints.cli import lists

    one = lists.catalogue.source("own_list")
    hostile = [type(one)(**{**{f: getattr(one, f) for f in one.__struct_fields__}, "title": "[red]a[/red] [link=x]b"})]
    monkeypatch.setattr("highfence.entrypoints.cli.lists.catalogue.sources", lambda: hostile)
    assert "[red]a[/red] [link=x]b" in cli("sources", terminal=True).out


def test_the_version_is_told(cli: CommandLine) -> None:
    from highfence import __version__

    assert cli("--version").out == f"highfence, version {__version__}\n"
