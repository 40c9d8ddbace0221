# SPDX-License-Identifier: Apache-2.0
"""Editions of a published list become listings, corrections and endings, all of an edition or nothing of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest

from highfence.app import Node
from highfence.clock import SetClock
from highfence.errors import ListRefused, NotFound, StorageFailed
from highfence.lists import Taken, import_list
from highfence.model.assertion import Assertion
from highfence.model.marking import public
from highfence.register.view import Profile
from highfence.storage import editions, journal
from nodes import carry, concern, everything, officer, opened, states, told

FIRST_DAY = date(2026, 11, 1)
SECOND_DAY = date(2026, 11, 20)


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[dict[str, Node]]:
    """Give two nodes; the United States import their own list."""
    with opened(tmp_path, ("us", "nl")) as made:
        yield made


def edition(names: dict[str, str]) -> bytes:
    """Return a file of the own list: name by key."""
    lines = []
    for key, name in names.items():
        listing = {
            "jurisdiction": "us",
            "list": "Entity List",
            "key": key,
            "entity": f"own-{key}",
            "listed": "2025-01-01",
        }
        entity = {"id": f"own-{key}", "schema": "Company", "properties": {"name": [name], "country": ["cn"]}}
        lines.append(json.dumps({"listing": listing, "entities": [entity]}))
    return "\n".join(lines).encode()


FOUR = {"k1": "Alpha Optics Works Ltd", "k2": "Beta Marine Ltd", "k3": "Gamma Tools Ltd", "k4": "Delta Chips Ltd"}


def take(node: Node, names: dict[str, str], *, as_of: date = FIRST_DAY) -> Taken:
    """Import an edition a minute after the one before."""
    assert isinstance(node.clock, SetClock)
    node.clock.advance(60)
    return import_list(node, "own_list", edition(names), as_of=as_of)


def counts(taken: Taken) -> tuple[int, int, int, int]:
    """Return added, changed, removed, unchanged."""
    return (taken.added, taken.changed, taken.removed, taken.unchanged)


def said(node: Node) -> list[Assertion]:
    """Return what the United States have said, in order."""
    return list(told(node, "us").values())


def profile(node: Node, name: str) -> Profile:
    """Return a company's profile as an officer sees it."""
    with node.sight(officer(node)) as sight:
        return sight.profile(name)


def last_import(node: Node) -> editions.Import:
    """Return the newest run of the importer."""
    with node.database.read() as connection:
        return editions.last_imports(connection)["own_list"]


def assertion_of(node: Node, key: str) -> str:
    """Return the id of the assertion that tells an entry."""
    with node.database.read() as connection:
        return editions.held(connection, "own_list")[key].assertion


def test_a_first_edition_becomes_listings_that_everybody_gets(nodes):
    us, nl = nodes["us"], nodes["nl"]
    assert counts(take(us, FOUR)) == (4, 0, 0, 0)
    assert [(one.kind, one.subject) for one in said(us)] == [("listing", f"own-k{place}") for place in (1, 2, 3, 4)]
    marking = said(us)[0].marking
    assert marking == public(groups=("members",), releasable_to=("nl", "us"))
    carry(us, nl)
    assert said(nl) == said(us)
    assert profile(nl, "own-k1").listed_by == ("us",)
    run = last_import(us)
    assert (run.outcome, run.as_of, msgspec.json.decode(run.summary)["added"]) == ("taken", "2026-11-01", 4)


def test_the_same_edition_again_says_nothing_new(nodes):
    us = nodes["us"]
    take(us, FOUR)
    before = everything(us, but=("edition_log",))
    assert counts(take(us, FOUR)) == (0, 0, 0, 4)
    assert counts(take(us, dict(reversed(FOUR.items())))) == (0, 0, 0, 4)
    assert everything(us, but=("edition_log",)) == before


def test_an_entry_that_says_something_else_becomes_a_correction(nodes):
    us, nl = nodes["us"], nodes["nl"]
    take(us, FOUR)
    first = assertion_of(us, "k2")
    assert counts(take(us, {**FOUR, "k2": "Beta Shipyard Ltd"})) == (0, 1, 0, 3)
    correction = said(us)[-1]
    assert (correction.kind, correction.refers_to, correction.reason) == (
        "correction",
        first,
        "the list's entry has changed",
    )
    carry(us, nl)
    assert states(us, first)["nl"] == "recalled"
    shown = profile(nl, "own-k2")
    assert shown.caption == "Beta Shipyard Ltd"
    assert [one.statement.value for one in shown.statements if one.statement.prop == "name"] == ["Beta Shipyard Ltd"]
    assert counts(take(us, {**FOUR, "k2": "Beta Yard Ltd"})) == (0, 1, 0, 3)
    assert said(us)[-1].refers_to == list(told(us, "us"))[-2]


def test_an_entry_that_is_gone_is_ended_on_the_editions_day_and_stays_known(nodes):
    us, nl = nodes["us"], nodes["nl"]
    take(us, FOUR)
    rest = {key: name for key, name in FOUR.items() if key != "k3"}
    assert counts(take(us, rest, as_of=SECOND_DAY)) == (0, 0, 1, 3)
    ended = said(us)[-1]
    assert (ended.kind, ended.reason) == ("correction", "taken off the list")
    assert ended.listing is not None
    assert (ended.listing.listed, ended.listing.until) == (date(2025, 1, 1), SECOND_DAY)
    carry(us, nl)
    shown = profile(nl, "own-k3")
    assert (shown.listed_by, shown.listings[0].listing.until) == ((), SECOND_DAY)
    assert counts(take(us, rest, as_of=SECOND_DAY)) == (0, 0, 0, 3)


def test_an_entry_that_comes_back_is_listed_anew(nodes):
    us, nl = nodes["us"], nodes["nl"]
    rest = {key: name for key, name in FOUR.items() if key != "k3"}
    take(us, FOUR)
    take(us, rest, as_of=SECOND_DAY)
    assert counts(take(us, FOUR, as_of=date(2026, 11, 24))) == (1, 0, 0, 3)
    assert said(us)[-1].kind == "listing"
    carry(us, nl)
    shown = profile(nl, "own-k3")
    assert shown.listed_by == ("us",)
    assert sorted(str(one.listing.until) for one in shown.listings) == ["2026-11-20", "None"]
    assert counts(take(us, rest)) == (0, 0, 1, 3)


def test_added_changed_and_removed_come_together(nodes):
    us = nodes["us"]
    take(us, FOUR)
    after = {"k1": FOUR["k1"], "k2": "Beta Shipyard Ltd", "k4": FOUR["k4"], "k5": "Epsilon Ltd"}
    assert counts(take(us, after)) == (1, 1, 1, 2)
    assert us.verify().differences == ()
    with us.database.read() as connection:
        assert editions.counts(connection) == {"own_list": 4}


def test_a_breach_changes_nothing_and_is_logged_as_refused(nodes):
    us = nodes["us"]
    take(us, FOUR)
    before = everything(us, but=("edition_log",))
    with pytest.raises(ListRefused, match="3 of 4 entries held would be gone"):
        take(us, {"k1": FOUR["k1"]})
    assert everything(us, but=("edition_log",)) == before
    run = last_import(us)
    summary = msgspec.json.decode(run.summary)
    assert (run.outcome, summary["code"], summary["where"]) == ("refused", "list_refused", "own_list")
    assert "would be gone" in summary["what"]
    assert counts(take(us, FOUR)) == (0, 0, 0, 4)


@pytest.mark.parametrize("data", [b"", b"<html>", b"\xff\xfe\x00", b'{"listing":{}}\n'])
def test_a_broken_file_changes_nothing_and_is_logged_as_refused(nodes, data):
    us = nodes["us"]
    with pytest.raises(ListRefused):
        import_list(us, "own_list", data)
    assert us.count() == 0
    assert last_import(us).outcome == "refused"


def test_a_list_nobody_knows_is_not_logged(nodes):
    with pytest.raises(NotFound):
        import_list(nodes["us"], "no_list", b"x")
    with nodes["us"].database.read() as connection:
        assert editions.last_imports(connection) == {}


def test_when_keeping_an_edition_fails_nothing_of_it_is_kept_and_it_can_be_taken_again(nodes, monkeypatch):
    us = nodes["us"]
    take(us, FOUR)
    before = everything(us, but=("edition_log",))
    changed = {**FOUR, "k2": "Beta Shipyard Ltd", "k5": "Epsilon Ltd"}
    with monkeypatch.context() as broken:
        real = editions.change

        def fail(*given: object) -> None:
            real(*given)  # type: ignore[arg-type]
            raise StorageFailed("no space left", advice="Free space")

        broken.setattr(editions, "change", fail)
        with pytest.raises(StorageFailed):
            take(us, changed)
    assert everything(us, but=("edition_log",)) == before
    assert last_import(us).outcome == "refused"
    assert counts(take(us, changed)) == (1, 1, 0, 3)


def by_hand(node: Node, kind: str, key: str) -> str:
    """Correct or withdraw an entry's assertion as an officer would."""
    original = assertion_of(node, key)
    claim = told(node, "us")[original]
    change = msgspec.structs.replace(claim, kind=kind, refers_to=original, reason="by hand", nonce="", issued="")
    if kind == "withdrawal":
        change = msgspec.structs.replace(change, entities=(), listing=None)
    return node.publish([change]).result().ids[0]


def test_an_entry_that_was_corrected_by_hand_is_corrected_from_there(nodes):
    us = nodes["us"]
    take(us, FOUR)
    correction = by_hand(us, "correction", "k2")
    take(us, {**FOUR, "k2": "Beta Shipyard Ltd"})
    assert said(us)[-1].refers_to == correction
    by_hand(us, "correction", "k3")
    latest = by_hand_again(us)
    take(us, {key: name for key, name in {**FOUR, "k2": "Beta Shipyard Ltd"}.items() if key != "k3"})
    assert (said(us)[-1].refers_to, said(us)[-1].reason) == (latest, "taken off the list")


def by_hand_again(node: Node) -> str:
    """Correct the newest assertion once more."""
    newest, claim = list(told(node, "us").items())[-1]
    change = msgspec.structs.replace(claim, refers_to=newest, nonce="", issued="")
    return node.publish([change]).result().ids[0]


def test_an_entry_that_was_withdrawn_by_hand_is_listed_anew_when_the_list_says_something_new(nodes):
    us = nodes["us"]
    take(us, FOUR)
    by_hand(us, "withdrawal", "k2")
    assert counts(take(us, FOUR)) == (0, 0, 0, 4)
    assert counts(take(us, {**FOUR, "k2": "Beta Shipyard Ltd"})) == (0, 1, 0, 3)
    assert (said(us)[-1].kind, said(us)[-1].refers_to) == ("listing", "")


def test_an_entry_that_was_withdrawn_by_hand_and_is_gone_is_gone_once(nodes):
    us = nodes["us"]
    take(us, FOUR)
    by_hand(us, "withdrawal", "k2")
    rest = {key: name for key, name in FOUR.items() if key != "k2"}
    before = us.count()
    assert counts(take(us, rest)) == (0, 0, 1, 3)
    assert us.count() == before
    assert counts(take(us, rest)) == (0, 0, 0, 3)
    assert counts(take(us, FOUR)) == (1, 0, 0, 3)


def test_odd_lines_are_told_and_counted(nodes, monkeypatch):
    twice = edition({"k1": FOUR["k1"]}) + b"\n" + edition({"k1": FOUR["k1"]}) + b"\n" + edition({"k1": "Other Ltd"})
    taken = import_list(nodes["us"], "own_list", twice)
    assert (taken.added, taken.refused) == (2, 1)
    assert [(one.code, one.taken) for one in taken.problems] == [("duplicate_key", False), ("duplicate_key", True)]


def test_the_day_of_the_edition_is_today_if_nothing_is_said(nodes):
    assert import_list(nodes["us"], "own_list", edition(FOUR)).as_of == date(2026, 11, 24)


def test_progress_is_told_while_it_is_read(nodes):
    heard: list[tuple[int, int]] = []
    import_list(nodes["us"], "own_list", edition(FOUR), progress=lambda done, total: heard.append((done, total)))
    assert heard
    assert heard[-1] == (4, 4)


def test_other_assertions_are_left_alone(nodes):
    us = nodes["us"]
    (name,) = us.publish([concern("Alpha Optics", public(groups=("members",)))]).result().ids
    take(us, FOUR)
    take(us, {**FOUR, "k1": "Alpha Works Ltd"})
    with us.database.read() as connection:
        assert journal.fetch(connection, [name])[name].superseded_by == ""
