# SPDX-License-Identifier: Apache-2.0
"""The ceremony: three authorities draft, sign and install the document that says who they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import CODES, CommandLine

AGREEMENT: dict[str, Any] = {
    "id": "agr-1",
    "title": "Arrangement of the three",
    "parties": list(CODES),
    "legal_basis": "Regulation (EU) 2019/452, Article 13",
    "purposes": ["export-control"],
    "valid_from": "2021-09-29",
}


@pytest.fixture
def fresh(cli: CommandLine, tmp_path: Path) -> dict[str, Path]:
    """Give three homes that know nothing of each other."""
    for code in CODES:
        cli("init", tmp_path / code, "--authority", code).line()
    return {code: tmp_path / code for code in CODES}


def drafted(cli: CommandLine, homes: dict[str, Path], *words: object) -> Path:
    folder = next(iter(homes.values())).parent
    document, agreements = folder / "membership.json", folder / "agreements.json"
    agreements.write_text(json.dumps([AGREEMENT]))
    entries = [word for home in homes.values() for word in ("--entry", home / "authority.json")]
    ran = cli("membership", "draft", document, *entries, "--agreements", agreements, *words)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    return document


def sign(cli: CommandLine, document: Path, home: Path) -> None:
    ran = cli("membership", "sign", document, "--home", home)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith("- Version ")


def test_more_than_half_must_sign_before_anybody_believes_the_document(
    cli: CommandLine, fresh: dict[str, Path]
) -> None:
    document = drafted(cli, fresh)
    for signed, names in ((0, "nobody"), (1, "us")):
        line = cli("membership", "install", document, "--home", fresh["nl"]).refused(1)
        assert f"{signed} of 2 authorities needed have signed ({names})" in line
        assert "highfence membership sign" in line
        assert not (fresh["nl"] / "membership.json").exists()
        sign(cli, document, fresh["us"])
    sign(cli, document, fresh["eu"])
    for home in fresh.values():
        told = cli("membership", "install", document, "--home", home).line()
        assert (told["version"], told["authorities"]) == (1, sorted(CODES))
        assert cli("verify", home).line()["differences"] == []


def test_the_threshold_is_what_was_asked_for(cli: CommandLine, fresh: dict[str, Path]) -> None:
    document = drafted(cli, fresh, "--threshold", 3)
    for code in ("us", "eu"):
        sign(cli, document, fresh[code])
    assert "2 of 3 authorities" in cli("membership", "install", document, "--home", fresh["us"]).refused(1)


def test_a_signature_of_somebody_outside_does_not_count(
    cli: CommandLine, fresh: dict[str, Path], tmp_path: Path
) -> None:
    document = drafted(cli, fresh)
    cli("init", tmp_path / "xx", "--authority", "xx").line()
    sign(cli, document, tmp_path / "xx")
    sign(cli, document, fresh["us"])
    assert "1 of 2" in cli("membership", "install", document, "--home", fresh["us"]).refused(1)


def test_a_document_that_was_changed_after_it_was_signed_is_refused(cli: CommandLine, fresh: dict[str, Path]) -> None:
    document = drafted(cli, fresh)
    other = drafted(cli, fresh, "--threshold", 1)
    assert other == document
    unsigned = json.loads(document.read_text())["payload"]
    drafted(cli, fresh)
    for code in ("us", "eu"):
        sign(cli, document, fresh[code])
    values = json.loads(document.read_text())
    document.write_text(json.dumps({**values, "payload": unsigned}))
    assert "0 of 1" in cli("membership", "install", document, "--home", fresh["us"]).refused(1)


def test_an_older_version_does_not_replace_a_newer_one(cli: CommandLine, fresh: dict[str, Path]) -> None:
    old = drafted(cli, fresh)
    for code in ("us", "eu"):
        sign(cli, old, fresh[code])
    kept = old.read_bytes()
    new = drafted(cli, fresh, "--version", 2)
    for code in ("us", "eu"):
        sign(cli, new, fresh[code])
    assert cli("membership", "install", new, "--home", fresh["nl"]).line()["version"] == 2
    old.write_bytes(kept)
    assert "version 1 is older than version 2" in cli("membership", "install", old, "--home", fresh["nl"]).refused(1)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["--threshold", "4"], "threshold 4"),
        (["--entry", "us/authority.json"], "'us' stands twice"),
        (["--entry", "us/signing.key"], "not an authority's entry"),
        (["--agreements", "us/authority.json"], "not agreements"),
    ],
)
def test_a_draft_that_contradicts_itself_is_refused_before_it_goes_round(
    cli: CommandLine, fresh: dict[str, Path], tmp_path: Path, words: list[str], what: str
) -> None:
    entries = [word for home in fresh.values() for word in ("--entry", home / "authority.json")]
    filled = [tmp_path / word if "/" in word else word for word in words]
    assert what in cli("membership", "draft", tmp_path / "out.json", *entries, *filled).refused(2)
    assert not (tmp_path / "out.json").exists()


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"payload": "e30=", "payloadType": "x", "signatures": []}'])
def test_a_key_signs_nothing_but_a_membership_document(
    cli: CommandLine, home: Path, tmp_path: Path, content: bytes
) -> None:
    other = tmp_path / "other.json"
    other.write_bytes(content)
    for command in ("sign", "install"):
        cli("membership", command, other, "--home", home).refused(2)
    assert other.read_bytes() == content


def test_what_was_installed_is_told_to_a_person(cli: CommandLine, fresh: dict[str, Path]) -> None:
    document = drafted(cli, fresh)
    for code in ("us", "eu"):
        sign(cli, document, fresh[code])
    out = cli("membership", "install", document, "--home", fresh["us"], terminal=True).out
    assert out.startswith("Version 1 with 3 authorities, good until ")


def test_the_next_version_is_proposed_read_signed_apart_checked_and_installed(
    cli: CommandLine, fresh: dict[str, Path], tmp_path: Path
) -> None:
    first = drafted(cli, fresh)
    for code in ("us", "eu"):
        sign(cli, first, fresh[code])
    cli("membership", "install", first, "--home", fresh["us"]).line()
    current, following = fresh["us"] / "membership.json", tmp_path / "next.json"
    told = cli("membership", "propose", current, following, "--groups", "nl=g7", "--suspend", "agr-1=2026-12-01").out
    assert "NL joins g7." in told
    assert "Agreement agr-1 rests from 2026-12-01 on." in told
    shown = cli("membership", "show", following, "--against", current).line()
    assert any("NL joins g7." in one for one in shown["differences"])
    copies = [tmp_path / f"{code}.json" for code in ("us", "eu")]
    for code, copy in zip(("us", "eu"), copies, strict=True):
        assert cli("membership", "sign", following, "--home", fresh[code], "--out", copy).code == 0
    weak = cli("membership", "check", copies[0], "--against", current)
    assert weak.code == 1
    assert "1 of 2 authorities needed have signed (us); not signed: eu, nl" in weak.err
    assert cli("membership", "combine", following, *copies).code == 0
    checked = cli("membership", "check", following, "--against", current).line()
    assert (checked["signed"], checked["missing"]) == (["eu", "us"], ["nl"])
    assert cli("membership", "install", following, "--home", fresh["us"]).line()["version"] == 2
    found = cli("membership", "state", "--home", fresh["us"]).line()
    assert (found["version"], found["id"], found["state"]) == (2, checked["id"], "valid")


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["--groups", "nl"], "no name and value"),
        (["--suspend", "agr-1=soon"], "no day or two"),
        (["--stolen", "nl=us:x"], "no entry of a feed"),
        (["--stolen", "nl=:3"], "no entry of a feed"),
        (["--remove", "xx"], "no member"),
        (["--threshold", "4"], "threshold 4"),
    ],
)
def test_a_proposal_that_cannot_be_is_refused_and_nothing_is_written(
    cli: CommandLine, fresh: dict[str, Path], tmp_path: Path, words: list[str], what: str
) -> None:
    line = cli("membership", "propose", drafted(cli, fresh), tmp_path / "next.json", *words).refused(2)
    assert what in line
    assert not (tmp_path / "next.json").exists()
