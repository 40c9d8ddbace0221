# SPDX-License-Identifier: Apache-2.0
"""Case files are kept in order, looked up by what people know of them, and never changed."""

from __future__ import annotations

import msgspec
import pytest

from highfence.errors import StorageFailed
from highfence.storage import case_files
from highfence.storage.case_files import FileRow, Request

AT = "2026-11-24T12:00:00.000000Z"


def row(number: str = "us-2026-000001", **changes: object) -> FileRow:
    values: dict[str, object] = {
        "number": number,
        "applicant": "Example Machines",
        "application": "A-117",
        "digest": "00" * 32,
        "received": "2026-11-24",
        "state": "received",
        "undecided": True,
        "confidential": False,
        "size": 1,
    }
    return FileRow(**{**values, **changes})  # type: ignore[arg-type]


def test_events_come_back_in_their_order(database):
    database.write(lambda c: case_files.open_files(c, [row()], [b"1"], at=AT))
    for size in range(2, 13):
        assert database.write(lambda c, size=size: case_files.append(c, row(size=size), at=AT, body=b"%d" % size))
    with database.read() as connection:
        found = case_files.events(connection, ["us-2026-000001", "none"])
    assert found == {"us-2026-000001": [b"%d" % one for one in range(1, 13)]}


def test_an_event_behind_another_than_was_seen_is_not_added(database):
    database.write(lambda c: case_files.open_files(c, [row()], [b"1"], at=AT))
    assert database.write(lambda c: case_files.append(c, row(size=2, state="checked"), at=AT, body=b"2"))
    assert not database.write(lambda c: case_files.append(c, row(size=2, state="denied"), at=AT, body=b"x"))
    assert not database.write(lambda c: case_files.append(c, row(size=4), at=AT, body=b"x"))
    with database.read() as connection:
        assert case_files.events(connection, ["us-2026-000001"]) == {"us-2026-000001": [b"1", b"2"]}
        assert case_files.files(connection, limit=9)[0].state == "checked"


def test_a_number_is_given_once(database):
    database.write(lambda c: case_files.open_files(c, [row()], [b"1"], at=AT))
    with pytest.raises(StorageFailed):
        database.write(lambda c: case_files.open_files(c, [row()], [b"2"], at=AT))


def test_finds_cases_by_what_is_known_of_them(database):
    rows = [
        row("us-2026-000001", received="2026-11-03"),
        row("us-2026-000002", received="2026-11-02", application="A-118"),
        row("us-2026-000003", received="2026-11-01", application="A-119", undecided=False, state="denied"),
    ]
    for one in rows:
        database.write(lambda c, one=one: case_files.open_files(c, [one], [b"1"], at=AT))
    with database.read() as connection:
        assert [one.number[-1] for one in case_files.files(connection, undecided=True, limit=9)] == ["2", "1"]
        assert [one.number[-1] for one in case_files.files(connection, undecided=False, limit=9)] == ["3"]
        assert [one.number[-1] for one in case_files.files(connection, limit=2)] == ["1", "2"]
        known = case_files.of_applications(connection, ["A-118", "A-120"])
        assert list(known) == [("Example Machines", "A-118")]
        assert case_files.last_number(connection, "us-2026-") == "us-2026-000003"
        assert case_files.last_number(connection, "us-2027-") == ""
        assert case_files.last_number(connection, "us%") == ""


def test_papers_and_requests_are_kept_once(database):
    for _ in range(2):
        database.write(lambda c: case_files.keep_paper(c, "n", digest="d", body=b"paper"))
    done = Request(digest="00", answer=b"{}")
    database.write(lambda c: case_files.note_request(c, "key", done, at=AT))
    with database.read() as connection:
        assert case_files.paper(connection, "n", digest="d") == b"paper"
        assert case_files.paper(connection, "m", digest="d") is None
        assert case_files.request(connection, "key") == done
        assert case_files.request(connection, "other") is None
    with pytest.raises(StorageFailed):
        database.write(lambda c: case_files.note_request(c, "key", msgspec.structs.replace(done, digest="1"), at=AT))
