# SPDX-License-Identifier: Apache-2.0
"""The command for who knows what."""

from __future__ import annotations

import json
from pathlib import Path

from published import body, company, draft

from nodes import sharing

from .conftest import CommandLine

ACME = company("Acme Optics Co Ltd")


def test_offers_are_lines_and_a_draft_is_a_document_that_can_be_published(
    cli: CommandLine, home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "draft.json"
    file.write_bytes(body(draft(ACME, sharing("nl"), kind="concern", text="Ships to a listed end user")))
    name = cli("publish", file, "--home", home).line()["id"]
    (offer,) = cli("knowledge", "--home", home).lines()
    assert (offer["assertion"], offer["to"], offer["kind"]) == (name, "eu", "concern")
    assert cli("knowledge", "--home", home, "--to", "nl").lines() == []
    assert cli("knowledge", "--home", home, "--show", "asks").lines() == []
    (known,) = cli("knowledge", "firm-1", "--home", home).lines()
    assert known["offers"] == [offer]
    assert "agr-1" in cli("knowledge", "firm-1", "--home", home, terminal=True).out
    document = cli("knowledge", "--home", home, "--draft", name, "--to", "eu").out
    assert json.loads(document)["refers_to"] == name
    file.write_text(document)
    releases = cli("publish", file, "--home", home).line()["releases"]
    assert {one["reader"]: one["allowed"] for one in releases} == {"nl": True, "eu": True}
    assert cli("knowledge", "--home", home).lines() == []


def test_a_draft_that_there_is_not_and_a_limit_of_nothing_are_refused(cli: CommandLine, home: Path) -> None:
    assert "no draft" in cli("knowledge", "--home", home, "--draft", "0" * 64, "--to", "eu").refused(1)
    assert "no draft" in cli("knowledge", "--home", home, "--draft", "0" * 64).refused(1)
    assert "at least 1" in cli("knowledge", "--home", home, "--limit", "0").refused(2)
