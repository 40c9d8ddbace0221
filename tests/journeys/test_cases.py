# SPDX-License-Identifier: Apache-2.0
"""A licence case from the exporter's file to the ally's register, with nodes that run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from highfence.entrypoints.cli.demo.stage import Actor
from highfence.errors import HighfenceError

from .processes import Players, highfence, wait_until

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("cases"), pytest.mark.timeout(300)]

MARKING = {
    "tlp": "AMBER",
    "classification": "SENSITIVE",
    "purposes": ["export-control"],
    "disclosure": "release",
}
ITEM = {
    "description": "5-axis milling machine",
    "eccn": "2B001.b.2",
    "eu_code": "2B001.b.2",
    "parameters": [{"name": "positioning repeatability", "value": "0.9", "unit": "µm"}],
}
BUYER = {
    "name": "Shenzhen Example Precision Works",
    "country": "cn",
    "identifiers": ["91440300MA5EXAMPLE"],
    "roles": ["end user", "consignee"],
}
DENIAL = {
    "items": [ITEM],
    "parties": [BUYER],
    "destination": "cn",
    "regime": "nsg",
    "reason": "military end use",
    "denied": "2026-03-02",
    "legal_basis": "Regulation (EU) 2021/821, Article 12",
    "marking": {**MARKING, "releasable_to": ["us"]},
}
ROW = {
    "id": "A-1",
    "applicant": "Example Machines",
    "received": "2026-03-02",
    "exporter": "us",
    "destination": "cn",
    "end_use": "gears",
    "military": "no",
    "description": "5-axis milling machine",
    "eccn": "2B001.b.2",
    "eu_code": "2B001.b.2",
    "parameters": "positioning repeatability = 0.9 µm",
    "quantity": "1",
    "unit": "pieces",
    "name": "Shenzhen Example Precision Works",
    "roles": "end user; consignee",
    "country": "cn",
    "identifiers": "91440300MA5EXAMPLE",
}


@pytest.fixture(scope="module")
def players(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Players]:
    made = Players(tmp_path_factory.mktemp("players"), ("us", "nl", "jp"))
    try:
        made.start()
        yield made
    finally:
        made.close()


def post(actor: Actor, path: str, body: dict[str, Any]) -> Any:
    return json.loads(actor.node.post(path, json.dumps(body).encode()))


def refusal(actor: Actor, number: str, word: dict[str, Any]) -> str:
    """Return what a node says against a move that it refuses."""
    with pytest.raises(HighfenceError) as refused:
        post(actor, f"/api/cases/{number}/events", word)
    return refused.value.what


def get(actor: Actor, path: str) -> Any:
    return json.loads(actor.node.get(path))


def test_an_application_is_checked_consulted_about_and_its_denial_reaches_the_ally(
    players: Players, tmp_path: Path
) -> None:
    us, nl, jp = (players.actors[code] for code in ("us", "nl", "jp"))
    denial = post(nl, "/api/denials", DENIAL)["id"]
    wait_until(lambda: [one["id"] for one in get(us, "/api/denials")] == [denial], "nl's denial at us")

    table = tmp_path / "applications.csv"
    table.write_text(f"{','.join(ROW)}\n{','.join(ROW.values())}\n")
    home = ("--home", us.home.folder)
    imported = highfence("cases", "import", table, *home, "--key", "file-1")
    assert imported.returncode == 0, imported.stderr
    number = json.loads(imported.stdout)["number"]
    assert highfence("cases", "import", table, *home, "--key", "file-1").stdout == imported.stdout
    checked = highfence("cases", "check", number, *home)
    assert json.loads(checked.stdout)["state"] == "checked", checked.stderr

    refused = highfence("cases", "decide", number, "approve", "--reason", "civil end use", *home)
    assert refused.returncode == 1
    assert f"nl has denied such a transaction and has not been consulted [denial:{denial}]" in refused.stderr
    question = {"reference": number, "text": "Is it the same?", "marking": MARKING}
    asked = post(us, f"/api/denials/{denial}/consultation", question)["id"]
    again = {"move": "decide", "decision": "approve", "reason": "civil end use"}
    assert f"[consultation:{asked}]" in refusal(us, number, again)
    wait_until(lambda: [one["id"] for one in get(nl, "/api/consultations")] == [asked], "the question at nl")
    post(nl, f"/api/consultations/{asked}/steps", {"step": "identical", "text": "The same works, the same machine"})
    wait_until(
        lambda: [one.get("finding") for one in get(us, f"/api/cases/{number}")["asked"]] == ["essentially identical"],
        "nl's answer at us",
    )
    assert "essentially identical transaction" in refusal(us, number, again)

    tell = tmp_path / "tell.json"
    telling = {"marking": {**MARKING, "releasable_to": ["nl"]}, "text": "Refused: the works supply the navy"}
    tell.write_text(json.dumps(telling))
    words = ("--reason", "as nl", "--legal-basis", "15 CFR 744.21", "--regime", "nsg", "--class", "military end use")
    decided = highfence("cases", "decide", number, "deny", *words, "--tell", tell, *home)
    assert decided.returncode == 0, decided.stderr
    moved = json.loads(decided.stdout)
    assert {one["reader"]: one["allowed"] for one in moved["releases"]} == {"jp": False, "nl": True}
    wait_until(
        lambda: moved["assertion"] in [one["id"] for one in get(nl, "/api/denials")], "the denial in nl's register"
    )
    told = get(nl, f"/api/denials/{moved['assertion']}")
    assert told["text"] == "Refused: the works supply the navy"
    assert told["denial"]["items"][0]["parameters"][0]["value"] == "0.9"
    for internal in ("Example Machines", "as nl", number, "gears"):
        assert internal not in json.dumps(told)
    players.settle()
    assert get(jp, "/api/denials") == []

    shown = json.loads(highfence("cases", "show", number, *home).stdout)
    assert [one["move"]["move"] for one in shown["case"]["events"]] == ["received", "check", "decide"]
    assert get(us, "/api/cases") == []
    us.kill()
    us.start()
    us.wait_until_up()
    assert get(us, f"/api/cases/{number}")["case"] == shown["case"]
