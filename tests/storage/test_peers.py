# SPDX-License-Identifier: Apache-2.0
"""Evidence is kept as it came and within bounds; quarantine stays until a person lifts it."""

from __future__ import annotations

from highfence.storage import peers
from highfence.storage.peers import Evidence, Quarantine


def item(**changes: object) -> Evidence:
    """Return a piece of evidence."""
    fields: dict[str, object] = {"peer": "us", "at": "t1", "reason": "rollback", "text": "shorter", "body": b"bytes"}
    return Evidence(**{**fields, **changes})  # type: ignore[arg-type]


def kept(database, peer: str = "us") -> list[Evidence]:
    """Return what is kept against a peer."""
    with database.read() as connection:
        return peers.evidence_of(connection, peer)


def test_evidence_is_kept_as_it_came_oldest_first(database):
    for piece in (item(at="t2", body=b"\x00\xff"), item(at="t1")):
        database.write(lambda connection, piece=piece: peers.keep_evidence(connection, piece))
    assert kept(database) == [item(at="t1"), item(at="t2", body=b"\x00\xff")]
    assert kept(database, "nl") == []


def test_the_same_bytes_for_the_same_reason_are_kept_once(database):
    names = {
        database.write(lambda connection, at=at: peers.keep_evidence(connection, item(at=at))) for at in ("t1", "t2")
    }
    assert len(names) == 1
    assert kept(database) == [item(at="t1")]
    database.write(lambda connection: peers.keep_evidence(connection, item(reason="second_head")))
    assert len(kept(database)) == 2


def test_a_large_piece_is_cut_at_eight_mebibytes(database):
    database.write(lambda connection: peers.keep_evidence(connection, item(body=b"x" * (9 << 20))))
    assert len(kept(database)[0].body) == 8 << 20


def test_of_one_peer_two_hundred_pieces_are_kept_and_others_are_not_kept_out(database):
    def fill(connection):
        for place in range(210):
            peers.keep_evidence(connection, item(body=b"%d" % place))
        peers.keep_evidence(connection, item(peer="nl"))

    database.write(fill)
    assert (len(kept(database)), len(kept(database, "nl"))) == (200, 1)


def test_the_first_reason_for_quarantine_stays_until_it_is_lifted(database):
    first = Quarantine(peer="us", since="t1", reason="rollback", text="shorter")
    later = Quarantine(peer="us", since="t2", reason="second_head", text="two")
    for row in (first, later):
        database.write(lambda connection, row=row: peers.confine(connection, row))
    with database.read() as connection:
        assert peers.confined(connection) == {"us": first}
    assert database.write(lambda connection: peers.release(connection, "us"))
    assert not database.write(lambda connection: peers.release(connection, "us"))
    database.write(lambda connection: peers.confine(connection, later))
    with database.read() as connection:
        assert peers.confined(connection) == {"us": later}


def test_evidence_is_counted_by_peer(database):
    for piece in (item(), item(reason="second_head"), item(peer="nl")):
        database.write(lambda connection, piece=piece: peers.keep_evidence(connection, piece))
    with database.read() as connection:
        assert peers.evidence_counts(connection) == {"us": 2, "nl": 1}
