# SPDX-License-Identifier: Apache-2.0
"""A node whose database is PostgreSQL, on the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import engines
from highfence.app import open_node
from highfence.clock import SetClock
from highfence.home import Home
from highfence.settings import load
from nodes import NOON, concern, make_homes, sharing


@pytest.fixture
def url() -> Iterator[str]:
    with engines.behind("postgresql"):
        yield engines.database_url()


def test_init_makes_a_node_in_the_database_and_verify_finds_it_whole(cli, tmp_path, url):
    told = cli("init", tmp_path / "us", "--authority", "us", "--database", url).line()
    assert told["authority"] == "us"
    assert not Home(tmp_path / "us").database.exists()
    assert cli("verify", tmp_path / "us").line()["assertions"] == 0
    assert cli("verify", tmp_path / "us", "--database", url).line()["differences"] == []


def test_a_database_that_is_anothers_makes_no_home(cli, tmp_path, url):
    cli("init", tmp_path / "us", "--authority", "us", "--database", url).line()
    said = cli("init", tmp_path / "nl", "--authority", "nl", "--database", url).refused(2)
    assert "the authority 'us'" in said
    assert not Home(tmp_path / "nl").signing_key.exists()


def test_a_database_with_a_nodes_past_makes_no_home(cli, tmp_path):
    with engines.behind("postgresql"):
        home = make_homes(tmp_path, ("us", "nl"))["us"]
        publish(home)
        url = load(home).database
        said = cli("init", tmp_path / "again", "--authority", "us", "--database", url).refused(2)
    assert "there is a node in this database already" in said
    assert not Home(tmp_path / "again").signing_key.exists()


def publish(home: Path) -> None:
    node = open_node(home, clock=SetClock(NOON))
    node.publish([concern("Past Works", sharing("nl"))]).result()
    node.close()


@pytest.mark.parametrize("address", ["mysql://someone:geheim@db/x", "postgresql://someone:geheim@127.0.0.1:1/x"])
def test_an_address_that_leads_nowhere_makes_no_home_and_is_not_repeated(cli, tmp_path, address):
    ran = cli("init", tmp_path / "us", "--authority", "us", "--database", address)
    assert ran.code in (1, 2)
    assert "geheim" not in ran.out + ran.err
    assert "docs/postgresql.md" in ran.err
    assert not Home(tmp_path / "us").signing_key.exists()


def test_the_driver_is_asked_for_where_it_is_missing(cli, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "highfence.storage.postgres", None)
    said = cli("init", tmp_path / "us", "--authority", "us", "--database", "postgresql://a/b").refused(2)
    assert "pip install 'highfence[postgres]'" in said
