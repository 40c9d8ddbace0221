# SPDX-License-Identifier: Apache-2.0
"""Published lists through the API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from highfence.app import Node, open_node
from highfence.clock import SetClock
from highfence.entrypoints.server import create_app

from .conftest import Caller, code_of

EDITIONS = "/api/sources/own_list/editions"


def entry(number: int, programme: str = "Decree 4", **listing: str) -> dict[str, Any]:
    placed = {"jurisdiction": "us", "list": "Watch list", "key": str(number), "entity": f"us-{number}"}
    company = {"id": f"us-{number}", "schema": "Company", "properties": {"name": [f"Listed Firm {number}"]}}
    return {"listing": {**placed, "programme": programme, **listing}, "entities": [company]}


def edition(*entries: dict[str, Any]) -> bytes:
    return "\n".join(json.dumps(one) for one in entries).encode()


def take(node: Node, caller: Caller, data: bytes, query: str = "") -> Any:
    """Hand in an edition, a second after the one before."""
    assert isinstance(node.clock, SetClock)
    node.clock.advance(1)
    return caller.post(EDITIONS + query, data)


def own_list(caller: Caller) -> Any:
    return next(one for one in caller.json("/api/sources") if one["name"] == "own_list")


def test_an_edition_is_taken_and_the_next_one_counts_by_its_difference(operator: Caller, node: Node) -> None:
    first = take(node, operator, edition(*(entry(number) for number in range(4))), "?as_of=2026-11-01")
    assert first.status_code == 201
    assert (first.json()["added"], first.json()["as_of"]) == (4, "2026-11-01")
    again = take(node, operator, edition(*(entry(number) for number in range(4)))).json()
    assert (again["added"], again["changed"], again["removed"], again["unchanged"]) == (0, 0, 0, 4)
    assert node.count() == 4
    third = take(node, operator, edition(entry(0), entry(1, "Decree 5"), entry(2), entry(9))).json()
    assert (third["added"], third["changed"], third["removed"], third["unchanged"]) == (1, 1, 1, 2)
    shown = own_list(operator)
    assert (shown["outcome"], shown["entries"], shown["as_of"]) == ("taken", 4, "2026-11-24")


def test_a_source_that_was_never_taken_says_so(reader: Caller) -> None:
    shown = own_list(reader)
    assert (shown["outcome"], shown["entries"], shown["at"], shown["summary"]) == ("", 0, "", {})
    assert {"us_csl", "eu_oj", "un_sc", "jp_meti", "us_1260h", "uk_sanctions"} <= {
        one["name"] for one in reader.json("/api/sources")
    }


@pytest.mark.parametrize(
    ("data", "where", "word"),
    [
        (b"", "line 1", "empty"),
        (b"<html>not found</html>", "line 1", "web page"),
        (edition(entry(0), entry(1)) + b'\n{"listing": ', "own_list", "rows cannot be read"),
        ("\n".join(["# Liste", '{"listing": {"list": "Güter"}}']).encode("latin-1"), "line 2", "UTF-8"),
        (edition(entry(0)), "own_list", "would be gone"),
    ],
)
def test_a_refused_edition_changes_nothing_and_is_shown_as_refused_with_its_reason(
    operator: Caller, node: Node, data: bytes, where: str, word: str
) -> None:
    assert take(node, operator, edition(*(entry(number) for number in range(4)))).status_code == 201
    before = operator.get("/api/assertions").content
    answer = take(node, operator, data)
    assert answer.status_code == 422
    problem = answer.json()
    assert (problem["code"], problem["where"]) == ("list_refused", where)
    assert word in problem["detail"]
    assert problem["advice"]
    assert operator.get("/api/assertions").content == before
    shown = own_list(operator)
    assert (shown["outcome"], shown["entries"]) == ("refused", 4)
    assert shown["summary"]["where"] == where
    assert word in shown["summary"]["what"]


def test_an_unknown_source_names_those_there_are(operator: Caller) -> None:
    answer = operator.post("/api/sources/nowhere/editions", b"x")
    assert answer.status_code == 404
    assert "own_list" in answer.json()["advice"]


def test_a_day_that_is_none_is_refused(operator: Caller) -> None:
    answer = operator.post(f"{EDITIONS}?as_of=yesterday", edition(entry(0)))
    assert answer.status_code == 400
    assert answer.json()["where"] == "as_of"


def test_a_file_above_the_nodes_bound_is_refused(
    nodes: dict[str, Node], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes["us"].close()
    monkeypatch.setenv("HIGHFENCE_UPLOAD_BYTES_MAX", "2000")
    nodes["us"] = small = open_node(tmp_path / "us", clock=nodes["us"].clock)
    with TestClient(create_app(small, links=False)) as client:
        caller = Caller(client, code_of("operator"))
        assert caller.post(EDITIONS, edition(entry(0))).status_code == 201
        answer = caller.post(EDITIONS, edition(*(entry(number) for number in range(40))))
        assert answer.status_code == 413
        assert answer.json()["advice"]
        assert own_list(caller)["entries"] == 1
