# SPDX-License-Identifier: Apache-2.0
"""Commands for officers: publish, show, status, gaps."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from published import OPEN, body, company, draft, listed

from highfence.app import open_node
from highfence.entrypoints.cli.demo.stage import Actor
from highfence.entrypoints.drafts import Draft
from nodes import carry, sharing

from .conftest import CommandLine

Written = Callable[[str, bytes], Path]
ACME = company("Acme Optics Co Ltd", leiCode=("549300E9PC51EN656011",))
CONCERN = draft(ACME, sharing("nl"), kind="concern", text="Buys for a weapons works", legal_basis="15 CFR 744.21")


@pytest.fixture
def publish(cli: CommandLine, written: Written, home: Path) -> Callable[[Draft], str]:
    return lambda value: str(cli("publish", written("draft.json", body(value)), "--home", home).line()["id"])


def held(home: Path) -> int:
    node = open_node(home, read_only=True)
    try:
        return node.count()
    finally:
        node.close()


def test_an_assertion_is_published_and_its_releases_are_told(cli: CommandLine, written: Written, home: Path) -> None:
    told = cli("publish", written("draft.json", body(CONCERN)), "--home", home).line()
    releases = {one["reader"]: one for one in told["releases"]}
    assert (releases["nl"]["allowed"], releases["nl"]["agreement"]) == (True, "agr-1")
    assert (releases["eu"]["allowed"], releases["eu"]["reason"]) == (False, "not_releasable")
    assert len(told["id"]) == 64
    assert held(home) == 1


def test_a_person_sees_who_receives_it_and_why_others_do_not(cli: CommandLine, written: Written, home: Path) -> None:
    out = " ".join(cli("publish", written("draft.json", body(CONCERN)), "--home", home, terminal=True).out.split())
    assert out.startswith("Published ")
    assert "eu is not named in releasable_to" in out


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"marking": {"tlp": "AMBER", "releaseable_to": ["nl"]}}, "releaseable_to"),
        ({"marking": {"tlp": "PURPLE"}}, "PURPLE"),
        ({"marking": {"classification": "SECRET"}}, "SECRET"),
        ({"kind": "gossip"}, "gossip"),
        ({"kind": "correction", "refers_to": ""}, "refers_to"),
        ({"entities": [{"id": "firm-1", "schema": "Company", "properties": {"wings": ["2"]}}]}, "wings"),
        ({"marking": None}, "marking"),
    ],
)
def test_a_draft_outside_the_vocabulary_is_refused_naming_the_word_and_nothing_is_kept(
    cli: CommandLine, written: Written, home: Path, change: dict[str, Any], word: str
) -> None:
    values = {**json.loads(body(CONCERN)), **change}
    line = cli("publish", written("draft.json", json.dumps(values).encode()), "--home", home).refused(2)
    assert word in line
    assert held(home) == 0


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"kind": "facts", "kind": "concern"}', b"[]"])
def test_a_file_that_is_no_strict_json_is_refused(
    cli: CommandLine, written: Written, home: Path, content: bytes
) -> None:
    assert "draft" in cli("publish", written("draft.json", content), "--home", home).refused(2)


def test_a_withdrawal_of_what_is_not_held_ends_with_one(cli: CommandLine, written: Written, home: Path) -> None:
    wanted = draft(ACME, kind="withdrawal", entities=(), refers_to="0" * 64, reason="A mistake")
    line = cli("publish", written("draft.json", body(wanted)), "--home", home).refused(1)
    assert "no assertion of that id" in line


def test_show_tells_all_that_is_known_with_its_provenance(
    cli: CommandLine, home: Path, publish: Callable[[Draft], str]
) -> None:
    first = publish(listed(ACME, "us", listed=date(2024, 1, 2)))
    second = publish(CONCERN)
    profiles = [
        cli("show", name, "--home", home).line()
        for name in ("firm-1", "549300E9PC51EN656011", "Acme Optics Co Ltd", "acme optics co ltd")
    ]
    assert all(profile == profiles[0] for profile in profiles)
    found = profiles[0]
    assert (found["caption"], found["listed_by"]) == ("Acme Optics Co Ltd", ["us"])
    assert {one["statement"]["assertion"] for one in found["statements"]} == {first, second}
    assert {one["statement"]["originator"] for one in found["statements"]} == {"us"}
    assert [(one["kind"], one["text"]) for one in found["claims"]] == [("concern", "Buys for a weapons works")]


def test_a_person_sees_the_profile_with_marking_values_listings_claims_and_history(
    cli: CommandLine, home: Path, publish: Callable[[Draft], str]
) -> None:
    publish(listed(ACME, "us", listed=date(2024, 1, 2)))
    publish(CONCERN)
    out = " ".join(cli("show", "firm-1", "--home", home, terminal=True).out.split())
    for part in (
        "Acme Optics Co Ltd (Company; cn)",
        "TLP:AMBER RESTRICTED releasable to nl",
        "listed by us; not by -",
        "549300E9PC51EN656011",
        "List of us",
        "2024-01-02",
        "Buys for a weapons works",
        "History",
    ):
        assert part in out, part


def test_nothing_goes_by_a_name_that_nobody_said(cli: CommandLine, home: Path) -> None:
    assert "nothing you may see goes by 'nobody'" in cli("show", "nobody", "--home", home).refused(1)


def test_the_command_line_shows_no_more_than_the_operators_code_opens(
    cli: CommandLine, home: Path, publish: Callable[[Draft], str]
) -> None:
    publish(CONCERN)
    code = cli("officer", home, "ann").line()["access_code"]
    (home / "access-code").write_text(code + "\n")
    assert "nothing you may see" in cli("show", "firm-1", "--home", home).refused(1)
    (home / "access-code").write_text("another\n")
    assert "access code is not known" in cli("show", "firm-1", "--home", home).refused(1)
    (home / "access-code").unlink()
    assert "Run this as the node's operator" in cli("show", "firm-1", "--home", home).refused(2)


def test_the_status_tells_for_each_peer_what_became_of_it(
    cli: CommandLine, homes: dict[str, Path], home: Path, publish: Callable[[Draft], str]
) -> None:
    name = publish(CONCERN)

    def states() -> dict[str, Any]:
        return {one["peer"]: one for one in cli("status", name, "--home", home).line()["deliveries"]}

    assert (states()["nl"]["state"], states()["nl"]["reason"]) == ("queued", "not_connected")
    assert (states()["eu"]["state"], states()["eu"]["entitled"]) == ("withheld", False)
    us, nl = open_node(home), open_node(homes["nl"])
    carry(us, nl)
    us.close()
    nl.close()
    assert states()["nl"]["state"] == "received"
    out = " ".join(cli("status", name, "--home", home, terminal=True).out.split())
    assert "concern of us on firm-1" in out
    assert "not_releasable" in out


def test_the_status_of_what_is_not_held_ends_with_one(cli: CommandLine, home: Path) -> None:
    assert "no assertion of that id" in cli("status", "0" * 64, "--home", home).refused(1)


def test_gaps_are_lines_and_for_people_a_table_with_totals(
    cli: CommandLine, home: Path, publish: Callable[[Draft], str]
) -> None:
    bolt = company("Bolt Works", 2)
    publish(listed(ACME, "us", listed=date(2024, 1, 2)))
    publish(listed(bolt, "us", listed=date(2024, 1, 2)))
    publish(listed(bolt, "eu", listed=date(2024, 2, 1)))
    lines = cli("gaps", "--home", home).lines()
    assert [(line["caption"], line["kind"]) for line in lines] == [
        ("Acme Optics Co Ltd", "only"),
        ("Bolt Works", "both"),
    ]
    assert cli("gaps", "--home", home, "--between", "us,eu").lines() == lines
    assert cli("gaps", "--home", home, "--limit", "1").lines() == lines[:1]
    assert cli("gaps", "--home", home, "--between", "uk,jp").lines() == []
    out = " ".join(cli("gaps", "--home", home, terminal=True).out.split())
    assert "only us: 1 only eu: 0 both: 1 of the gaps, perhaps none: 0 median lag of eu behind us: 30 days" in out


@pytest.mark.parametrize("between", ["us", "us,us", "us;eu", ""])
def test_gaps_need_two_jurisdictions(cli: CommandLine, home: Path, between: str) -> None:
    assert "Write it like us,eu" in cli("gaps", "--home", home, "--between", between).refused(2)


def test_commands_on_a_home_whose_node_is_running_go_through_the_node(
    cli: CommandLine, written: Written, served: Actor
) -> None:
    home = served.home.folder
    firm = company("Night Shift Works", 77)
    told = cli("publish", written("draft.json", body(draft(firm, sharing("nl")))), "--home", home).line()
    assert msgspec.json.decode(served.node.get(f"/api/assertions/{told['id']}"))["id"] == told["id"]
    assert cli("show", "firm-77", "--home", home).line()["caption"] == "Night Shift Works"
    deliveries = {one["peer"]: one for one in cli("status", told["id"], "--home", home).line()["deliveries"]}
    assert (deliveries["nl"]["state"], deliveries["nl"]["seq"] > 0) == ("queued", True)
    assert cli("gaps", "--home", home).code == 0
    wrong = written("wrong.json", body(draft(firm, msgspec.structs.replace(OPEN, tlp="PURPLE"))))
    assert "PURPLE" in cli("publish", wrong, "--home", home).refused(2)
    assert "no assertion of that id" in cli("status", "0" * 64, "--home", home).refused(1)
    gone = draft(firm, kind="withdrawal", entities=(), refers_to="0" * 64, reason="A mistake")
    assert "no assertion of that id" in cli("publish", written("gone.json", body(gone)), "--home", home).refused(1)
