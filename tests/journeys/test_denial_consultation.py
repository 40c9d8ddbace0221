# SPDX-License-Identifier: Apache-2.0
"""A denial between two running nodes: from the command that enters it to the explanation of an approval."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .processes import Players, highfence

# Eleven commands and two nodes: each starts a process, and a machine may be busy.
pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

LASER = {"description": "A fibre laser", "eu_code": "6A005.b.6"}
DENIAL = {
    "items": [LASER],
    "parties": [{"name": "Orlanka Photonics Institute", "roles": ["end user"], "country": "cn"}],
    "destination": "cn",
    "regime": "eu",
    "reason": "military end use",
    "denied": "2026-11-02",
    "marking": {"tlp": "AMBER", "classification": "RESTRICTED", "releasable_to": ["cy"], "disclosure": "release"},
}
APPLICATION = {
    "id": "CY-12",
    "exporter": "cy",
    "destination": "cn",
    "items": [LASER | {"id": "laser", "quantity": {"value": 1, "unit": "pieces"}}],
    "parties": [{"id": "buyer", "name": "Orlanka Photonics Institute", "role": "end user", "country": "cn"}],
    "end_use": "research",
}


@pytest.fixture
def players(tmp_path: Path) -> Iterator[Players]:
    made = Players(tmp_path, ("nl", "cy"))
    try:
        made.start()
        yield made
    finally:
        made.close()


def lines(*words: object) -> list[Any]:
    """Return the JSON lines of a command that does what it should."""
    ran = highfence(*words)
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def _consultations(home: Path) -> list[Any]:
    return lines("denials", "consultations", "--home", home)


def test_an_ally_is_consulted_answers_and_is_told_why_one_has_approved(players: Players, tmp_path: Path) -> None:
    nl, cy = (players.actors[code].home.folder for code in ("nl", "cy"))
    denial, application = tmp_path / "denial.json", tmp_path / "application.json"
    denial.write_text(json.dumps(DENIAL))
    application.write_text(json.dumps(APPLICATION))
    (entered,) = lines("denials", "enter", denial, "--home", nl)
    players.settle()
    (determined,) = lines("determine", application, "--home", cy)
    (told,) = [one for one in determined["regimes"] if one["regime"] == "no-undercut"]
    assert [(one["bearing"], one["title"]) for one in told["reasons"]] == [("requires", "Consult NL")]

    asking = ("denials", "consult", entered["id"], "--application", application, "--text", "The same?", "--home", cy)
    asked = lines(*asking)[0]["id"]
    players.settle()
    refused = highfence("denials", "decide", asked, "approve", "--home", cy)
    assert refused.returncode == 1
    assert "to answer (Regulation (EU) 2021/821, Article 16(5))" in refused.stderr

    lines("denials", "answer", asked, "not identical", "--text", "Another laser", "--home", nl)
    players.settle()
    lines("denials", "decide", asked, "approve", "--home", cy)
    lines("denials", "decide", asked, "explain", "--text", "For a hospital", "--home", cy)
    players.settle()
    for home in (nl, cy):
        (stands,) = _consultations(home)
        assert (stands["id"], stands["state"], stands["finding"]) == (asked, "explained", "not essentially identical")
