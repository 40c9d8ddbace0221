# SPDX-License-Identifier: Apache-2.0
"""Two processes of one node, here as two nodes on one database: what each remembers follows what the other commits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

import engines
from highfence.app import Node, open_node
from highfence.clock import SetClock
from highfence.errors import SettingsWrong, StorageFailed
from highfence.exchange.receive import Accepted
from highfence.fellows import Fellows
from highfence.model.entity import Entity
from highfence.settings import load
from nodes import NOON, carry, concern, everything, make_homes, officer, sharing, suspended, told


class Pair:
    """The two processes of the United States, and the Netherlands."""

    def __init__(self, folder: Path) -> None:
        self.clock = SetClock(NOON)
        self.homes = make_homes(folder, ("us", "nl", "cy"))
        self.one, self.other = self.open("us"), self.open("us")
        self.nl = self.open("nl")
        self.fellows = Fellows(self.other)

    def open(self, code: str) -> Node:
        return open_node(self.homes[code], clock=self.clock, sharing=True)

    def close(self) -> None:
        for node in (self.one, self.other, self.nl):
            node.close()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with engines.behind("postgresql"):
        made = Pair(tmp_path)
        yield made
        made.close()


def say(node: Node, name: str, *readers: str, **changes: object) -> str:
    return node.publish([concern(name, sharing(*readers), **changes)]).result().ids[0]


def shown(node: Node, position: int) -> list[str]:
    return [one.id for one in node.arrived_after(position, officer(node), limit=100)]


def test_the_live_feed_of_one_process_tells_what_another_commits(pair):
    mine = say(pair.other, "Own Works", "nl")
    assert shown(pair.other, 0) == [mine]
    rings = pair.other.bell.rings
    theirs = say(pair.one, "Their Works", "nl")
    assert pair.fellows.look()
    assert pair.other.bell.rings == rings + 1
    assert shown(pair.other, 0) == [mine, theirs]
    assert shown(pair.other, 1) == [theirs]
    assert not pair.fellows.look()
    last = say(pair.other, "Last Works", "nl")
    assert shown(pair.other, 1) == [theirs, last]
    assert shown(pair.other, 3) == []


def test_the_live_feed_says_nothing_wrong_before_the_look(pair):
    say(pair.one, "Their Works", "nl")
    mine = say(pair.other, "Own Works", "nl")
    assert shown(pair.other, 1) == [mine]


def test_the_feed_grows_whoever_writes_and_is_pushed_from_either_process(pair):
    names = []
    for number in range(6):
        names.append(say((pair.one, pair.other)[number % 2], f"Works {number}", "nl"))
        pair.fellows.look()
        for verdict in carry(pair.other, pair.nl):
            assert isinstance(verdict, Accepted)
    assert list(told(pair.nl, "us")) == names
    assert pair.one.verify().differences == ()
    assert pair.nl.verify().differences == ()


def test_what_is_pushed_from_memory_gives_way_to_what_a_fellow_added(pair):
    outgoing = pair.other.outgoing("nl")
    outgoing.start(0)
    say(pair.other, "First Works", "nl")
    assert outgoing.next_batch() is not None
    assert outgoing.next_batch() is None
    rings = pair.other.feed_bell("nl").rings
    say(pair.one, "Second Works", "nl")
    assert outgoing.next_batch() is None
    assert pair.fellows.look()
    assert pair.other.feed_bell("nl").rings == rings + 1
    assert outgoing.next_batch() is not None
    assert outgoing.seq == 2


def test_a_roll_follows_what_a_fellow_commits(pair):
    reader = officer(pair.other)
    with pair.other.lookout(reader) as (_, roll):
        assert roll.names == 0
    say(pair.one, "Harbour Precision Works", "nl")
    with pair.other.lookout(reader) as (_, roll):
        assert roll.names == 1


def test_companies_that_a_fellow_has_joined_are_one_on_the_roll(pair):
    reader = officer(pair.other)
    for number, name in enumerate(("JSC Zavod Elecon", "AKTSIONERNOE OBSHCHESTVO ZAVOD ELEKON")):
        entity = Entity(id=f"x-{number}", schema="Company", properties={"name": (name,), "country": ("ru",)})
        say(pair.one, name, "nl", entities=(entity,), subject=entity.id)
    pair.fellows.look()
    with pair.other.lookout(reader) as (_, roll):
        assert len(roll.watchlist) == 2
    while pair.one.resolve_next():
        pass
    with pair.one.sight(officer(pair.one)) as sight:
        (group,) = {one.company for one in sight.latest(limit=5)}
    assert pair.fellows.look()
    assert {one.company for one in pair.other.arrived_after(0, reader, limit=5)} == {group}
    with pair.other.lookout(reader) as (_, roll):
        assert len(roll.watchlist) == 1
    assert not pair.fellows.look()


def test_a_membership_document_that_a_fellow_installs_holds_for_all(pair):
    nodes = {"us": pair.one, "nl": pair.nl}
    envelope = suspended({**nodes, "cy": _closed(pair.open("cy"))})
    pair.one.install_membership(envelope)
    (pair.other.home.membership).write_bytes(pair.nl.home.membership.read_bytes())
    assert pair.other.membership.version == 1
    pair.fellows.look()
    assert pair.other.membership.version == 2
    assert pair.other.home.membership.read_bytes() == envelope
    say(pair.other, "Withheld Works", "nl")
    assert everything(pair.one)["feed_out"] == []


def _closed(node: Node) -> Node:
    node.close()
    return node


def test_a_home_that_knows_a_newer_document_tells_the_others(pair):
    envelope = suspended({"us": pair.one, "nl": pair.nl, "cy": _closed(pair.open("cy"))})
    pair.one.home.membership.write_bytes(envelope)
    third = pair.open("us")
    assert third.membership.version == 2
    third.close()
    pair.fellows.look()
    assert pair.other.membership.version == 2


def test_a_link_that_another_process_has_taken_over_keeps_nothing_twice(pair):
    for number in range(3):
        say(pair.nl, f"Dutch Works {number}", "us")
    stale = pair.one.link("nl").incoming
    carry(pair.nl, pair.other)
    before = everything(pair.one)
    outgoing = pair.nl.outgoing("us")
    outgoing.start(0)
    batch = outgoing.next_batch()
    with pytest.raises(StorageFailed, match="another process"):
        stale.take(batch, pair.one.membership).result()
    assert everything(pair.one) == before
    stale.renew()
    assert stale.size == 3
    say(pair.nl, "Dutch Works 3", "us")
    outgoing.start(3)
    verdict = stale.take(outgoing.next_batch(), pair.one.membership).result()
    assert isinstance(verdict, Accepted)
    assert pair.other.verify().differences == ()


def test_a_signed_request_is_taken_once_by_all_processes(pair):
    at = NOON.timestamp()
    assert pair.one.feed_nonces.first_time("n" * 20, at)
    assert not pair.other.feed_nonces.first_time("n" * 20, at)
    assert not pair.one.feed_nonces.first_time("n" * 20, at)
    assert pair.other.feed_nonces.first_time("m" * 20, at + 3600)
    assert [row[0] for row in everything(pair.one)["nonce"]] == ["m" * 20]


def test_who_must_be_alone_is_refused_while_others_are_there(pair):
    with pytest.raises(SettingsWrong, match="another process"):
        open_node(pair.homes["us"], clock=pair.clock)
    pair.one.close()
    with pytest.raises(SettingsWrong, match="another process"):
        open_node(pair.homes["us"], clock=pair.clock)
    pair.other.close()
    pair.other = pair.one = open_node(pair.homes["us"], clock=pair.clock)
    with pytest.raises(SettingsWrong, match="another process"):
        pair.open("us")


def test_what_is_no_fellows_business_is_not_shown(pair):
    assert "postgres" not in repr(pair.one.settings)
    view = next(one for one in pair.one.peer_views() if one.authority.code == "nl")
    assert view.link.state == "elsewhere"


def test_the_settings_name_the_database_of_a_home(tmp_path):
    with engines.behind("postgresql"):
        home = make_homes(tmp_path, ("us", "nl"))["us"]
        node = open_node(home, clock=SetClock(NOON))
        assert node.shared
        assert not (home / "highfence.db").exists()
        assert msgspec.structs.asdict(node.settings)["database"].startswith("postgresql://")
        node.close()


def test_a_database_is_one_authoritys(tmp_path):
    with engines.behind("postgresql"):
        homes = make_homes(tmp_path, ("us", "nl"))
        open_node(homes["us"], clock=SetClock(NOON)).close()
        url = load(homes["us"]).database
        with pytest.raises(SettingsWrong, match="of the authority 'us'"):
            open_node(homes["nl"], clock=SetClock(NOON), database=url)
        open_node(homes["us"], clock=SetClock(NOON)).close()


def test_a_home_with_a_sqlite_database_does_not_begin_anew_behind_postgresql(tmp_path):
    home = make_homes(tmp_path, ("us", "nl"))["us"]
    open_node(home, clock=SetClock(NOON)).close()
    with pytest.raises(SettingsWrong, match="SQLite database already"):
        open_node(home, clock=SetClock(NOON), database="postgresql://postgres@127.0.0.1/nowhere")
    open_node(home, clock=SetClock(NOON)).close()
