# SPDX-License-Identifier: Apache-2.0
"""The ownership command keeps its contract."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import CommandLine

Written = Callable[[str, bytes], Path]
X_OWNS = [
    {"owner": "X", "owned": "A", "share": 50},
    {"owner": "A", "owned": "B", "share": 50},
    {"owner": "X", "owned": "C", "share": {"min": 40, "max": 60}},
    {"owner": "X", "owned": "D", "share": 10, "control": True},
]


def document(*interests: dict[str, Any], listed: tuple[Any, ...] = ("X",)) -> bytes:
    return json.dumps({"listed": listed, "interests": interests}).encode()


def test_each_party_has_one_line_under_one_rule(cli: CommandLine, written: Written) -> None:
    lines = cli("ownership", written("o.json", document(*X_OWNS)), "--rule", "us-ofac").lines()
    assert {one["id"]: one["verdict"] for one in lines} == {
        "X": "yes",
        "A": "yes",
        "B": "yes",
        "C": "unknown",
        "D": "no",
    }
    b = next(one for one in lines if one["id"] == "B")
    assert b["share"] == {"min": 50, "max": 50}
    assert [(step["owner"], step["owned"], step["place"]) for step in b["chain"]] == [
        ("X", "A", "interests[0]"),
        ("A", "B", "interests[1]"),
    ]
    assert b["rule"] == "us-ofac"
    assert "FAQ 398" in b["citation"]


def test_without_a_rule_all_stand_side_by_side(cli: CommandLine, written: Written) -> None:
    lines = cli("ownership", written("o.json", document(*X_OWNS)), "--as-of", "2026-01-15").lines()
    assert [one["rule"] for one in lines[:4]] == ["us-ofac", "us-bis", "eu", "uk"]
    of_d = {one["rule"]: (one["verdict"], one["state"]) for one in lines if one["id"] == "D"}
    assert of_d == {
        "us-ofac": ("no", "in force"),
        "us-bis": ("no", "suspended"),
        "eu": ("yes", "in force"),
        "uk": ("yes", "in force"),
    }


@pytest.mark.parametrize(
    ("day", "verdict"), [("2025-09-28", "no"), ("2025-10-15", "yes"), ("2026-01-15", "no"), ("2026-11-10", "yes")]
)
def test_the_affiliates_rule_by_day(cli: CommandLine, written: Written, day: str, verdict: str) -> None:
    lines = cli("ownership", written("o.json", document(*X_OWNS)), "--rule", "us-bis", "--as-of", day).lines()
    assert {one["id"]: one["verdict"] for one in lines}["B"] == verdict


def test_a_recorded_extension_overrides_the_table(cli: CommandLine, written: Written) -> None:
    override = written(
        "extension.toml",
        b'rule = "us-bis"\n[[periods]]\nfrom = 2026-11-10\nto = 2027-11-10\nstate = "suspended"\n'
        b'citation = "Extension of the suspension"\nverified = true\n',
    )
    file = written("o.json", document(*X_OWNS))
    lines = cli("ownership", file, "--rule", "us-bis", "--as-of", "2026-11-24", "--override", override).lines()
    b = next(one for one in lines if one["id"] == "B")
    assert (b["verdict"], b["state"], b["citation"]) == ("no", "suspended", "Extension of the suspension")


def test_csv_says_the_same(cli: CommandLine, written: Written) -> None:
    table = b"owner,owned,share,min,max,control,listed\nX,A,50,,,,X\nA,B,50,,,,\nX,C,,40,60,,\nX,D,10,,,true,\n"
    by_csv = cli("ownership", written("o.csv", table), "--as-of", "2026-11-24").lines()
    by_json = cli("ownership", written("o.json", document(*X_OWNS)), "--as-of", "2026-11-24").lines()

    def told(lines: list[Any]) -> list[Any]:
        return [
            one | {"chain": [{name: value for name, value in step.items() if name != "place"} for step in one["chain"]]}
            for one in lines
        ]

    assert told(by_csv) == told(by_json)


def test_bods_is_read_with_the_listed_named_beside_it(cli: CommandLine, written: Written) -> None:
    def statement(record: str, kind: str, details: dict[str, Any]) -> str:
        return json.dumps({"statementId": record, "recordId": record, "recordType": kind, "recordDetails": details})

    shares = [{"type": "shareholding", "share": {"exact": 60}}]
    lines = [
        statement("x", "entity", {"name": "X"}),
        statement("a", "entity", {"name": "A"}),
        statement("r", "relationship", {"subject": "a", "interestedParty": "x", "interests": shares}),
    ]
    file = written("s.jsonl", "\n".join(lines).encode())
    for option, value in (("--listed", "x"), ("--listed-in", written("ids.txt", b"# ours\nx\n"))):
        told = cli("ownership", file, "--rule", "eu", option, value).lines()
        assert {one["id"]: one["verdict"] for one in told} == {"x": "yes", "a": "yes"}


def test_what_is_refused_is_told_with_its_place_and_the_rest_is_answered(cli: CommandLine, written: Written) -> None:
    file = written("o.json", document(*X_OWNS, {"owner": "X", "owned": "B", "share": 150}))
    ran = cli("ownership", file, "--rule", "us-ofac")
    assert ran.code == 1
    assert "o.json: interests[4]: 150 % is more than the whole" in ran.err
    lines = [json.loads(line) for line in ran.out.splitlines()]
    b = next(one for one in lines if one["id"] == "B")
    assert (b["verdict"], b["refused"]) == ("yes", ["interests[4]"])


@pytest.mark.parametrize(
    "odd",
    [
        {"share": 150},
        {"share": -5},
        {"share": 60, "from": "2021-01-01", "to": "2020-01-01"},
        {"share": 60, "control": "perhaps"},
    ],
)
def test_who_is_held_by_a_listed_party_in_a_way_that_is_refused_is_never_cleared(
    cli: CommandLine, written: Written, odd: dict[str, Any]
) -> None:
    interests = ({"owner": "L", "owned": "A", **odd}, {"owner": "A", "owned": "B", "share": 100})
    file = written("o.json", json.dumps({"listed": ["L"], "interests": interests}).encode())
    ran = cli("ownership", file)
    assert ran.code == 1
    told = {(one["id"], one["rule"]): one["verdict"] for one in map(json.loads, ran.out.splitlines())}
    assert {told[party, rule] for party in ("A", "B") for rule in ("us-ofac", "us-bis", "eu", "uk")} == {"unknown"}


def test_shares_that_may_be_parts_of_one_are_noted(cli: CommandLine, written: Written) -> None:
    file = written("o.json", document({"owner": "X", "owned": "A", "share": 0.5}))
    assert "shares are read as percents" in cli("ownership", file).err


def test_shares_that_add_up_to_more_than_the_whole_are_told(cli: CommandLine, written: Written) -> None:
    file = written(
        "o.json", document({"owner": "X", "owned": "A", "share": 60}, {"owner": "Z", "owned": "A", "share": 60})
    )
    ran = cli("ownership", file, "--rule", "us-ofac")
    assert ran.code == 1
    assert "interests[0], interests[1]: the shares in 'A' add up to at least 120 %" in ran.err


def test_a_missing_share_is_told_and_the_verdict_unknown(cli: CommandLine, written: Written) -> None:
    ran = cli("ownership", written("o.json", document({"owner": "X", "owned": "A"})), "--rule", "us-bis")
    assert ran.code == 0
    assert "the share of 'X' in 'A' is missing" in ran.err
    assert [(one["verdict"], one.get("red_flag")) for one in ran.lines() if one["id"] == "A"] == [("unknown", "29")]


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("o.json", b"{", "the document cannot be read"),
        ("o.json", b"", "the file is empty"),
        ("o.csv", b"name,share\nX,3\n", "the column 'owner' is missing"),
        ("o.xlsx", b"PK\x03\x04", "this is no text"),
        ("o.xml", b"<a/>", "not a RelationshipData"),
    ],
)
def test_a_file_of_another_form_is_refused(
    cli: CommandLine, written: Written, name: str, data: bytes, why: str
) -> None:
    assert why in cli("ownership", written(name, data)).refused(2)


def test_a_file_that_is_not_there_and_a_day_before_the_table_are_refused(cli: CommandLine, written: Written) -> None:
    assert "cannot be read" in cli("ownership", "nowhere.json").refused(2)
    file = written("o.json", document(*X_OWNS))
    assert "says nothing about 1900-01-01" in cli("ownership", file, "--rule", "uk", "--as-of", "1900-01-01").refused(2)


def test_a_person_sees_a_table_of_those_caught(cli: CommandLine, written: Written) -> None:
    ran = cli("ownership", written("o.json", document(*X_OWNS)), "--rule", "us-ofac", terminal=True)
    assert ran.code == 0
    assert "unknown" in ran.out
    assert "1 other parties: no" in ran.err or "1 other parties: no" in ran.out
