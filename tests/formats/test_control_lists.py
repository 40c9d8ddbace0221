# SPDX-License-Identifier: Apache-2.0
"""Control lists are read whole or refused; complete ones have the numbers their publishers give."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from control_files import ANNEX, CCL, GROUPS, files
from highfence.errors import InvalidDocument, InvalidInput
from highfence.formats.control_lists import pack_lists, read_control_lists, unpack_lists
from highfence.model.control import ControlLists, Edition, lists_on


def test_reads_each_list_by_what_is_inside() -> None:
    lists = read_control_lists(files())
    assert {one.name for one in lists.editions} == {
        "us-ccl",
        "us-country-chart",
        "us-country-groups",
        "eu-annex-i",
        "high-priority-list",
    }
    entry = lists.ccl["3B001"]
    assert [(one.code, one.note) for one in entry.paragraphs] == [
        ("3B001.f", False),
        ("3B001.f.1", False),
        ("3B001", True),
    ]
    assert (entry.controls[0].reason, entry.controls[0].where) == ("NS", "NS Column 2.")
    assert lists.priority == {"854231": "1"}


def test_paragraphs_of_annex_i_have_their_whole_code_and_plain_text() -> None:
    entry = read_control_lists(files()).annex_i["3B001"]
    assert entry.heading == "Equipment for chips"
    assert [(one.code, one.note) for one in entry.paragraphs] == [
        ("3B001.f", False),
        ("3B001.f.1", False),
        ("3B001.f", True),
    ]


def test_hong_kong_has_the_row_and_the_groups_of_china() -> None:
    lists = read_control_lists(files())
    assert lists.chart is not None
    assert lists.groups is not None
    assert lists.chart.marks["hk"] == lists.chart.marks["cn"] == ("NS 2",)
    assert lists.groups.of("hk") == ("D:5",)
    assert lists.chart.embargoed == {"kp": "746.4"}


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("x.json", b'{"hello": 1}', "none of the control lists"),
        ("x.json", b'{"citation": "Commerce Control List"', "this is no Commerce Control List"),
        ("x.json", json.dumps(GROUPS | {"groups": {"D:5": ["Atlantis"]}}).encode(), "no country that is known"),
        ("x.csv", b"hs6,tier,publication_date\n8542,TIER_1,2024-02-23\n", "no HS-6 code"),
        ("x.csv", b"hs6,tier\n", "is missing"),
        ("x.csv", b"hscode,description\n", "no row below"),
        ("x.json", json.dumps([ANNEX[0]]).encode(), "has no paragraph"),
    ],
)
def test_refuses_a_file_that_is_not_as_it_should_be(name: str, data: bytes, what: str) -> None:
    with pytest.raises(InvalidDocument, match=what):
        read_control_lists({name: data})


def test_refuses_a_list_twice_and_a_folder_without_any() -> None:
    with pytest.raises(InvalidInput, match="twice"):
        read_control_lists(files(**{"again.json": json.dumps(CCL).encode()}))
    with pytest.raises(InvalidInput, match="no control list"):
        read_control_lists({"README.txt": b"nothing"})


def test_an_archive_holds_the_same_and_is_the_same_each_time() -> None:
    assert unpack_lists(pack_lists(files())) == files()
    assert pack_lists(files()) == pack_lists(dict(reversed(files().items())))


def test_refuses_what_is_no_archive_and_one_with_too_manyfiles() -> None:
    with pytest.raises(InvalidDocument, match="no archive"):
        unpack_lists(b"PK nothing")
    with pytest.raises(InvalidDocument, match="too much"):
        unpack_lists(pack_lists({f"{n}.json": b"{}" for n in range(41)}))


def _edition(day: date) -> ControlLists:
    return ControlLists(
        editions=(Edition(name="high-priority-list", as_of=day, rows=1),), priority={"854231": str(day)}
    )


def test_a_day_gets_the_newest_edition_before_it_and_the_oldest_if_there_is_none() -> None:
    shelf = [_edition(date(year, 1, 1)) for year in (2024, 2026, 2022)]
    chosen = [lists_on(shelf, day).priority["854231"] for day in (date(2020, 1, 1), date(2025, 6, 1), date(2026, 1, 1))]
    assert chosen == ["2022-01-01", "2024-01-01", "2026-01-01"]
    assert lists_on([*shelf, _edition(date(2027, 1, 1))], date(2025, 6, 1)) == lists_on(shelf, date(2025, 6, 1))


def test_the_complete_lists_have_their_numbers(lists: Path) -> None:
    read = read_control_lists({one.name: one.read_bytes() for one in (lists / "control_lists").iterdir()})
    assert (len(read.ccl), len(read.annex_i), len(read.priority)) == (633, 366, 50)
    assert read.chart is not None
    assert read.groups is not None
    assert len(read.chart.embargoed) == 4
    assert len(read.exceptions) == 28
    assert len(set(read.priority.values())) == 6
