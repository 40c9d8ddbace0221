# SPDX-License-Identifier: Apache-2.0
"""What the processes of a node tell each other through the database."""

from __future__ import annotations

from highfence.storage import feed, processes
from highfence.storage.processes import Reached


def reached(database):
    with database.read() as connection:
        return processes.reached(connection, "us")


def test_an_empty_node_has_come_nowhere(database):
    assert reached(database) == Reached(position=0, sizes={}, moves=0, membership=0)


def test_own_feeds_are_told_by_reader_and_those_of_others_are_not(database):
    rows = [feed.StateRow(owner="us", reader="nl", size=3), feed.StateRow(owner="nl", reader="us", size=9)]
    database.write(lambda connection: feed.save_states(connection, rows))
    assert reached(database).sizes == {"nl": 3}


def test_moves_are_numbered_and_told_behind_a_number(database):
    database.write(lambda connection: processes.note_moved(connection, ["b", "a"]))
    database.write(lambda connection: processes.note_moved(connection, []))
    before = reached(database).moves
    database.write(lambda connection: processes.note_moved(connection, ["c", "a"]))
    with database.read() as connection:
        assert processes.moved_after(connection, 0) == {"a", "b", "c"}
        assert processes.moved_after(connection, before) == {"a", "c"}
        assert processes.moved_after(connection, reached(database).moves) == set()


def test_the_newest_membership_document_stays(database):
    for version, envelope in ((2, b"two"), (1, b"one"), (2, b"another two")):
        database.write(lambda connection, v=version, e=envelope: processes.save_membership(connection, v, e))
    with database.read() as connection:
        assert processes.membership(connection) == (2, b"two")
    database.write(lambda connection: processes.save_membership(connection, 3, b"three"))
    assert reached(database).membership == 3


def test_a_nonce_is_new_once_and_forgotten_when_it_is_old(database):
    def first(nonce, at):
        return database.write(lambda connection: processes.first_time(connection, nonce, at=at, forget=at - 600))

    assert first("a", 1000)
    assert not first("a", 1500)
    assert first("b", 1500)
    assert first("a", 1700)
