# SPDX-License-Identifier: Apache-2.0
"""The operator's commands: init, officer, verify, serve."""

from __future__ import annotations

import json
import sqlite3
import stat
from pathlib import Path

import pytest

from highfence.clock import SystemClock
from highfence.entrypoints.cli.demo.stage import Actor
from highfence.entrypoints.identity import read_identities
from highfence.errors import NotAllowed
from highfence.home import Home
from highfence.model.authority import Authority
from nodes import concern, sharing

from .conftest import CommandLine


def test_init_makes_a_home_that_verifies_and_whose_secrets_are_its_owners_alone(
    cli: CommandLine, tmp_path: Path
) -> None:
    home = tmp_path / "us"
    words = ("--authority", "us", "--name", "Department", "--group", "partners", "--port", "8400", "--no-screening-law")
    told = cli("init", home, *words).line()
    assert (told["home"], told["authority"]) == (str(home), "us")
    entry = json.loads((home / "authority.json").read_text())
    assert entry["keys"][0]["id"] == told["key"]
    assert (entry["name"], entry["groups"], entry["endpoint"]) == ("Department", ["partners"], "http://127.0.0.1:8400")
    assert entry["screening_law"] is False
    for secret in ("signing.key", "access-code", "officers.json"):
        assert stat.S_IMODE((home / secret).stat().st_mode) == 0o600, secret
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert Path(told["access_code_file"]).read_text().strip() not in json.dumps(told)
    assert cli("verify", home).line()["differences"] == []


def test_init_again_changes_nothing(cli: CommandLine, tmp_path: Path) -> None:
    home = tmp_path / "us"
    cli("init", home, "--authority", "us").line()
    before = {path.name: path.read_bytes() for path in home.iterdir()}
    assert cli("init", home, "--authority", "eu").refused(2) == (
        f"highfence: this is a node's home already ({home}). Choose another folder"
    )
    assert {path.name: path.read_bytes() for path in home.iterdir()} == before


@pytest.mark.parametrize("code", ["US", "", "u s", "us/..", "é!"])
def test_init_refuses_what_is_no_code(cli: CommandLine, tmp_path: Path, code: str) -> None:
    assert "--authority" in cli("init", tmp_path / "home", "--authority", code).refused(2)
    assert not (tmp_path / "home").exists()


def test_init_says_to_a_person_what_was_made(cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    out = cli("init", "us", "--authority", "us", terminal=True).out
    assert out.startswith("A node's home is made")
    assert "us/access-code" in out


def test_an_officer_gets_a_code_once_that_opens_what_was_given(cli: CommandLine, home: Path) -> None:
    words = ("--clearance", "SENSITIVE", "--purpose", "sanctions", "--power", "read", "--power", "publish")
    told = cli("officer", home, "ann", *words).line()
    ann = read_identities(Home(home), SystemClock()).by_code(told["access_code"])
    assert told["officer"] == ann.name == "ann"
    assert (ann.clearance, ann.purposes, ann.powers) == ("SENSITIVE", ("sanctions",), ("read", "publish"))
    assert told["access_code"] not in (home / "officers.json").read_text()


def test_an_officer_sees_what_is_public_and_may_only_read_unless_told_otherwise(cli: CommandLine, home: Path) -> None:
    code = cli("officer", home, "ann", terminal=True).out.strip()
    ann = read_identities(Home(home), SystemClock()).by_code(code)
    assert (ann.clearance, ann.purposes, ann.powers) == ("PUBLIC", (), ("read",))


def test_a_second_code_for_an_officer_ends_the_first(cli: CommandLine, home: Path) -> None:
    first, second = (cli("officer", home, "ann").line()["access_code"] for _ in range(2))
    identities = read_identities(Home(home), SystemClock())
    assert identities.by_code(second).name == "ann"
    with pytest.raises(NotAllowed):
        identities.by_code(first)


@pytest.mark.parametrize("name", ["operator", "", "  "])
def test_nobody_takes_the_operators_place(cli: CommandLine, home: Path, name: str) -> None:
    before = (home / "officers.json").read_bytes()
    assert "NAME" in cli("officer", home, name).refused(2)
    assert (home / "officers.json").read_bytes() == before


def published(home: Path, *, number: int = 3) -> list[str]:
    from highfence.app import open_node

    node = open_node(home)
    claims = [concern(f"Firm {place}", sharing("nl")) for place in range(number)]
    ids = node.publish(claims).result().ids
    node.close()
    return list(ids)


def flip(home: Path, position: int, byte: int = 400) -> None:
    """Flip one bit of an envelope in the journal."""
    database = sqlite3.connect(home / "highfence.db")
    with database:
        (envelope,) = database.execute("SELECT envelope FROM journal WHERE position = ?", (position,)).fetchone()
        spoilt = envelope[:byte] + bytes([envelope[byte] ^ 1]) + envelope[byte + 1 :]
        database.execute("UPDATE journal SET envelope = ? WHERE position = ?", (spoilt, position))
    database.close()


def test_verify_counts_what_fits(cli: CommandLine, home: Path) -> None:
    published(home)
    told = cli("verify", home).line()
    assert told == {
        "assertions": 3,
        "entries_out": 3,
        "entries_in": 0,
        "heads": 0,
        "receipts": 0,
        "differences": [],
    }
    table = cli("verify", home, terminal=True)
    assert table.code == 0
    assert "Everything fits." in table.out


def test_verify_reports_the_first_difference_after_a_flipped_byte(cli: CommandLine, home: Path) -> None:
    published(home)
    flip(home, 2)
    flip(home, 3)
    ran = cli("verify", home)
    assert (ran.code, ran.err) == (1, "")
    (difference,) = json.loads(ran.out)["differences"]
    assert difference["where"] == "journal position 2"
    shown = cli("verify", home, terminal=True)
    assert shown.code == 1
    assert "difference: journal position 2: " in shown.out
    assert "Everything fits" not in shown.out


def test_verify_reports_every_difference_if_asked(cli: CommandLine, home: Path) -> None:
    published(home)
    flip(home, 2)
    flip(home, 3)
    ran = cli("verify", home, "--all")
    assert ran.code == 1
    places = {one["where"] for one in json.loads(ran.out)["differences"]}
    assert {"journal position 2", "journal position 3"} <= places


def test_verify_changes_nothing_in_the_home(cli: CommandLine, home: Path) -> None:
    published(home)
    before = (home / "highfence.db").read_bytes()
    cli("verify", home).line()
    assert (home / "highfence.db").read_bytes() == before


def test_a_database_that_is_none_is_told_in_one_line(cli: CommandLine, home: Path) -> None:
    (home / "highfence.db").write_bytes(b"not a database at all" * 500)
    assert "database" in cli("verify", home).refused(1)


def test_a_key_that_others_may_read_is_refused(cli: CommandLine, home: Path) -> None:
    (home / "signing.key").chmod(0o644)
    assert "chmod 600" in cli("verify", home).refused(2)


def test_a_node_without_a_membership_that_names_it_does_not_serve(cli: CommandLine, tmp_path: Path) -> None:
    cli("init", tmp_path / "us", "--authority", "us").line()
    assert "highfence membership install" in cli("serve", tmp_path / "us").refused(2)


def test_a_home_whose_node_is_running_is_not_served_twice(cli: CommandLine, served: Actor) -> None:
    line = cli("serve", served.home.folder).refused(2)
    assert "another process is using this node" in line
    assert served.node.get("/api/health")


def test_a_running_node_is_verified_where_it_stands(cli: CommandLine, served: Actor) -> None:
    assert cli("verify", served.home.folder).line()["differences"] == []


def test_the_running_node_writes_json_lines_without_secrets_to_stderr(served: Actor) -> None:
    written = (served.home.folder / "node.log").read_text()
    first = json.loads(written.splitlines()[0])
    assert (first["event"], first["authority"], first["level"]) == ("node_serves", "us", "info")
    assert served.access_code not in written
    assert json.loads(served.home.authority.read_text())["keys"][0]["public"] not in written


def test_the_entry_that_init_writes_is_one_that_the_ceremony_reads(cli: CommandLine, tmp_path: Path) -> None:
    import msgspec

    cli("init", tmp_path / "nl", "--authority", "nl").line()
    entry = msgspec.json.decode((tmp_path / "nl" / "authority.json").read_bytes(), type=Authority)
    assert (entry.code, entry.role, entry.ceiling) == ("nl", "member", "RESTRICTED")
