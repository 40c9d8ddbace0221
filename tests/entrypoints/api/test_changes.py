# SPDX-License-Identifier: Apache-2.0
"""Changes through the API, and profiles as they were known."""

from __future__ import annotations

from datetime import date

from published import company, draft, listed

from .conftest import Caller

ACME, BOLT = company("Acme Optics Co Ltd"), company("Bolt Works", 2)


def test_changes_are_told_with_their_cause_and_can_be_narrowed(operator: Caller) -> None:
    first = operator.publish(listed(ACME, "us", listed=date(2024, 1, 2)))
    second = operator.publish(draft(BOLT))
    found = operator.json("/api/changes?since=2026-01-01")
    assert [(one["what"], one["cause"]["assertion"]) for one in found["changes"]] == [
        ("listed", first),
        ("said", second),
    ]
    assert found["more"] is False
    (only,) = operator.json("/api/changes?since=2026-01-01&company=firm-2")["changes"]
    assert only["caption"] == "Bolt Works"
    (placed,) = operator.json("/api/changes?since=2026-01-01&source=us_list")["changes"]
    assert placed["text"] == "US List of us, since 2024-01-02"


def test_a_watch_list_is_handed_in_as_lines(operator: Caller) -> None:
    operator.publish(draft(ACME))
    operator.publish(draft(BOLT))
    answer = operator.post("/api/changes/watch?since=2026-01-01", b"firm-2\nNobody Ltd\n")
    assert answer.status_code == 200
    assert [one["caption"] for one in answer.json()["changes"]] == ["Bolt Works"]
    assert answer.json()["unknown"] == ["Nobody Ltd"]
    assert operator.post("/api/changes/watch?since=2026-01-01", b"\xff").status_code == 400


def test_a_profile_as_of_an_instant_is_refused_where_that_has_not_come(operator: Caller) -> None:
    operator.publish(draft(ACME))
    assert operator.json("/api/companies/firm-1?as_of=2026-11-24")["caption"] == "Acme Optics Co Ltd"
    assert operator.get("/api/companies/firm-1?as_of=2026-11-23").status_code == 404
    assert operator.get("/api/companies/firm-1?as_of=2027-01-01").status_code == 400
    assert operator.get("/api/changes?since=soon").json()["where"] == "since"
