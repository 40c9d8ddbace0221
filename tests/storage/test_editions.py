# SPDX-License-Identifier: Apache-2.0
"""What of each list was taken, entry by entry, and the log of imports."""

from __future__ import annotations

from highfence.storage import editions
from highfence.storage.editions import Entry, Import


def entry(key: str, **changes: object) -> Entry:
    """Return an entry of a list."""
    fields: dict[str, object] = {"fingerprint": "f1", "assertion": f"a-{key}"}
    return Entry(key=key, **{**fields, **changes})  # type: ignore[arg-type]


def run(at: str, **changes: object) -> Import:
    """Return one run of an importer."""
    fields: dict[str, object] = {
        "source": "us_csl",
        "as_of": "2026-11-24",
        "digest": "d",
        "outcome": "taken",
        "summary": b"{}",
    }
    return Import(at=at, **{**fields, **changes})  # type: ignore[arg-type]


def test_entries_are_held_per_source(database):
    database.write(lambda connection: editions.add(connection, "us_csl", [entry("k1"), entry("k2")]))
    database.write(lambda connection: editions.add(connection, "own", [entry("k1", fingerprint="other")]))
    with database.read() as connection:
        assert editions.held(connection, "us_csl") == {"k1": entry("k1"), "k2": entry("k2")}
        assert editions.held(connection, "own") == {"k1": entry("k1", fingerprint="other")}
        assert editions.held(connection, "nothing") == {}


def test_an_entry_changes_goes_and_comes_back(database):
    database.write(lambda connection: editions.add(connection, "us_csl", [entry("k1"), entry("k2")]))
    database.write(lambda connection: editions.add(connection, "own", [entry("k1")]))
    for changed in (entry("k1", fingerprint="f2", assertion="b"), entry("k1", removed=True), entry("k1")):
        database.write(lambda connection, one=changed: editions.change(connection, "us_csl", [one]))
        with database.read() as connection:
            assert editions.held(connection, "us_csl") == {"k1": changed, "k2": entry("k2")}
            assert editions.held(connection, "own") == {"k1": entry("k1")}


def test_only_what_stands_is_counted(database):
    rows = [entry("k1"), entry("k2", removed=True), entry("k3")]
    database.write(lambda connection: editions.add(connection, "us_csl", rows))
    database.write(lambda connection: editions.add(connection, "own", []))
    database.write(lambda connection: editions.change(connection, "own", []))
    with database.read() as connection:
        assert editions.counts(connection) == {"us_csl": 2}


def test_the_newest_run_of_each_source_is_shown(database):
    for row in (run("t1"), run("t2"), run("t3", outcome="refused"), run("t1", source="own")):
        database.write(lambda connection, row=row: editions.log(connection, row))
    with database.read() as connection:
        assert editions.last_imports(connection) == {
            "us_csl": run("t3", outcome="refused"),
            "own": run("t1", source="own"),
        }


def test_runs_at_one_instant_or_by_a_clock_set_back_are_told_in_their_order(database):
    for one in (run("t2"), run("t2", outcome="refused"), run("t1", digest="last")):
        database.write(lambda connection, one=one: editions.log(connection, one))
    with database.read() as connection:
        assert editions.last_imports(connection) == {"us_csl": run("t1", digest="last")}
