# SPDX-License-Identifier: Apache-2.0
"""Companies through the API, cut to what the caller may see."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

import pytest
from published import company, draft, listed

from nodes import sharing

from .conftest import Caller

ACME = company("Acme Optics Co Ltd", leiCode=("549300E9PC51EN656011",))
BOLT = company("Bolt Works", 2)
CERA = company("Cera Tools", 3)
SECRET = sharing("nl")


def test_a_company_is_found_by_the_beginning_of_a_word(operator: Caller) -> None:
    operator.publish(listed(ACME, "us", listed=date(2024, 1, 2)))
    (hit,) = operator.json("/api/companies?q=optic")
    assert (hit["caption"], hit["listed_by"], hit["countries"]) == ("Acme Optics Co Ltd", ["us"], ["cn"])
    assert operator.json("/api/companies?q=") == []


@pytest.mark.parametrize("text", ["acmeoptics", "Acmee Optcs", "АКМЕ ОПТИКС", "549300E9PC51EN656011"])
def test_a_company_is_found_in_other_spellings_and_scripts_and_by_its_number(operator: Caller, text: str) -> None:
    operator.publish(listed(ACME, "us", listed=date(2024, 1, 2)))
    (hit,) = operator.json(f"/api/companies?q={quote(text)}")
    assert (hit["caption"], hit["listed_by"]) == ("Acme Optics Co Ltd", ["us"])
    assert operator.json("/api/companies?q=meadowlark") == []


def test_a_profile_is_found_by_company_id_entity_id_identifier_and_exact_name(operator: Caller) -> None:
    operator.publish(draft(ACME))
    (hit,) = operator.json("/api/companies?q=acme")
    first = operator.json(f"/api/companies/{hit['company']}")
    assert first["caption"] == "Acme Optics Co Ltd"
    for name in ("firm-1", "549300E9PC51EN656011", "acme optics co ltd"):
        assert operator.json(f"/api/companies/{name}") == first


def test_a_value_says_who_says_it_under_which_marking(operator: Caller) -> None:
    operator.publish(draft(ACME))
    operator.publish(draft(company("Acme Optics Co Ltd", previousName=("Acme Glass",)), SECRET))
    values = operator.json("/api/companies/firm-1")["statements"]
    (former,) = [one for one in values if one["statement"]["prop"] == "previousName"]
    assert former["statement"]["originator"] == "us"
    assert former["marking"]["releasable_to"] == ["nl"]


def test_gaps_tell_who_lists_whom_and_who_does_not(operator: Caller) -> None:
    operator.publish(listed(ACME, "us", listed=date(2024, 1, 2)))
    operator.publish(listed(BOLT, "us", listed=date(2024, 1, 2)))
    operator.publish(listed(BOLT, "eu", listed=date(2024, 2, 1)))
    report = operator.json("/api/companies/gaps?between=us,eu")
    assert (report["only_left"], report["only_right"], report["both"]) == (1, 0, 1)
    assert report["median_lag_days"] == 30
    assert [gap["caption"] for gap in report["gaps"] if gap["kind"] == "only"] == ["Acme Optics Co Ltd"]


@pytest.mark.parametrize("between", ["us", "us,us", "us,eu,nl", ",", "us,", ""])
def test_gaps_need_two_jurisdictions(operator: Caller, between: str) -> None:
    answer = operator.get(f"/api/companies/gaps?between={between}")
    assert answer.status_code == 400
    assert answer.json()["where"] == "between"
    assert answer.json()["advice"] == "Write it like us,eu"


def test_what_a_reader_may_not_see_leaves_no_trace(operator: Caller, reader: Caller) -> None:
    shown = operator.publish(listed(ACME, "us", listed=date(2024, 1, 2)))
    operator.publish(listed(BOLT, "eu", listed=date(2024, 1, 3)))
    paths = (
        "/api/assertions",
        "/api/assertions?limit=1",
        f"/api/assertions/{shown}",
        f"/api/assertions/{shown}/status",
        "/api/companies?q=acme",
        "/api/companies?q=cera",
        "/api/companies?q=other",
        "/api/companies/firm-1",
        "/api/companies/firm-3",
        "/api/companies/Cera%20Tools",
        "/api/companies/gaps?between=us,eu",
        "/api/companies/gaps?between=us,uk",
        "/api/changes?since=2026-01-01",
        "/api/changes?since=2026-01-01&company=firm-1",
        "/api/changes?since=2026-01-01&source=us_list",
        "/api/companies/firm-1?as_of=2026-11-24T11:59:59Z",
        "/api/companies/firm-1?as_of=2026-11-24",
        "/api/knowledge/companies/firm-1",
        "/api/knowledge/companies/firm-3",
        "/api/knowledge/offers",
        "/api/knowledge/asks",
        "/api/alignment",
        "/api/alignment/widest",
        "/api/alignment/conflicts",
        "/api/alignment/companies?by=us&not_by=eu",
        "/api/alignment/companies?country=cn",
        "/api/sources",
        "/api/membership",
        "/api/health",
    )
    before = {path: reader.get(path).content for path in paths}
    operator.publish(draft(ACME, SECRET, kind="concern", text="Not for everybody"))
    operator.publish(draft(ACME, SECRET, kind="comment", refers_to=shown, text="Nor is this"))
    operator.publish(draft(company("Acme Optics Co Ltd", alias=("Other Optics",)), SECRET))
    operator.publish(draft(CERA, SECRET))
    operator.publish(listed(CERA, "uk", SECRET))
    # A hidden bridge: both companies become one for who may see it, and stay two for who may not.
    operator.publish(draft(company("Bolt Works", leiCode=("549300E9PC51EN656011",)), SECRET))
    after = {path: reader.get(path).content for path in paths}
    for path in paths:
        assert after[path] == before[path], path
    assert operator.json("/api/companies?q=cera") != []
    assert operator.json("/api/companies?q=other") != []


def test_a_long_or_odd_query_is_answered(operator: Caller) -> None:
    operator.publish(draft(ACME))
    for query in ("x" * 5000, "%25", "%00", "'%20OR%201=1", "%F0%9F%92%A5", "_cme"):
        answer = operator.get(f"/api/companies?q={query}")
        assert answer.status_code == 200, query
        assert answer.json() == [], query
    for name in ("%25", "'%20OR%201=1", "%F0%9F%92%A5", "x" * 5000, "..%2F..%2Fetc"):
        answer = operator.get(f"/api/companies/{name}")
        assert answer.status_code == 404, name
