# SPDX-License-Identifier: Apache-2.0
"""METI's Foreign End User List: its mixed-up columns, its two scripts, its keys."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from highfence.errors import HighfenceError, ListRefused
from highfence.model.entity import Entity
from highfence.sources.jp_meti.parse import CONCERNS, key_of, parse
from highfence.sources.source import Parsed

ROW = {
    "entity_name": "Example Works (見本製作所)",
    "aliases": ["ＥＸＡＷＯＲＫＳ", "Example Machine センター"],
    "addresses": ["Islamic Republic of Iran"],
    "country": "jp",
    "date_added": None,
    "entity_type": "organization",
    "id": "jp-eul-1",
    "reason": "大量破壊兵器等の懸念: ミサイル、核 M、Ｎ; 通常兵器の懸念: CW",
    "source_url": "https://example.org/list.html",
}


def edition(*changes: dict[str, object]) -> bytes:
    rows = [msgspec.json.encode(ROW | change) for change in changes]
    return b"[\n" + b",\n".join(rows) + b"\n]\n"


def subject(parsed: Parsed) -> Entity:
    assert len(parsed.parties) == 1
    return parsed.parties[0].entities[0]


def codes(parsed: Parsed) -> list[tuple[int, str, bool]]:
    return [(problem.line, problem.code, problem.taken) for problem in parsed.problems]


def test_an_entry_is_read_with_the_company_s_country_and_not_the_lister_s() -> None:
    parsed = parse(edition({}))
    listing = parsed.parties[0].listing
    assert parsed.complete
    assert parsed.problems == ()
    assert subject(parsed).schema == "Organization"
    assert subject(parsed).values("country") == ("ir",)
    assert subject(parsed).id == listing.entity
    assert (listing.jurisdiction, listing.key) == ("jp", "ir/example works")
    assert listing.url == "https://example.org/list.html"
    assert listing.listed is None


def test_a_writing_in_brackets_in_the_other_script_is_an_alias_and_the_print_is_kept() -> None:
    party = subject(parse(edition({})))
    assert party.values("name") == ("Example Works",)
    assert party.values("alias") == ("見本製作所", "EXAWORKS", "Example Machine センター")
    assert party.originals["Example Works"] == "Example Works (見本製作所)"
    assert party.originals["EXAWORKS"] == "ＥＸＡＷＯＲＫＳ"


def test_only_kana_make_a_name_japanese() -> None:
    assert subject(parse(edition({}))).languages == {"Example Machine センター": "jpn"}


def test_an_acronym_in_brackets_stays_in_the_name() -> None:
    party = subject(parse(edition({"entity_name": "Example Space Agency (ESA)", "aliases": []})))
    assert party.properties == {"name": ("Example Space Agency (ESA)",), "country": ("ir",)}


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (
            "大量破壊兵器等の懸念: ミサイル、核 M、Ｎ; 通常兵器の懸念: CW",
            "missiles, nuclear weapons, conventional weapons",
        ),
        ("大量破壊兵器等の懸念: 生物、化学、ミサイル、核 B,C,M,N", ", ".join(list(CONCERNS.values())[:4])),
        ("大量破壊兵器等の懸念: ミサイルM", "missiles"),
        ("通常兵器の懸念: CW", "conventional weapons"),
    ],
)
def test_the_letters_of_the_reason_are_told_before_the_publisher_s_words(reason: str, told: str) -> None:
    assert parse(edition({"reason": reason})).parties[0].listing.reason == f"{told}; {reason}"


def test_a_name_that_slipped_into_the_address_is_found_behind_the_country() -> None:
    parsed = parse(edition({"entity_name": "", "addresses": ["People's Republic of China 99th Example Institute"]}))
    assert subject(parsed).caption == "99th Example Institute"
    assert parsed.parties[0].listing.key == "cn/99th example institute"
    assert codes(parsed) == [(2, "name_in_address", True)]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"entity_name": "", "addresses": ["Islamic Republic of Iran"]}, "no_name"),
        ({"entity_name": "", "addresses": []}, "no_name"),
        ({"entity_name": 7}, "bad_row"),
        ({"aliases": "Example"}, "bad_row"),
    ],
)
def test_an_entry_that_cannot_be_used_is_reported_and_not_taken(change: dict[str, object], problem: str) -> None:
    parsed = parse(edition({"entity_name": "Sound"}, change))
    assert len(parsed.parties) == 1
    assert parsed.rows == 2
    assert codes(parsed) == [(3, problem, False)]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"addresses": ["Atlantis"]}, "unknown_country"),
        ({"entity_type": "guild"}, "unknown_type"),
        ({"reason": "なし"}, "unknown_concern"),
    ],
)
def test_an_entry_that_is_odd_is_reported_and_taken(change: dict[str, object], problem: str) -> None:
    parsed = parse(edition(change))
    assert len(parsed.parties) == 1
    assert codes(parsed) == [(2, problem, True)]


def test_the_place_of_an_unknown_country_is_kept_as_the_address() -> None:
    party = subject(parse(edition({"addresses": ["Atlantis"]})))
    assert party.values("address") == ("Atlantis",)
    assert party.values("country") == ()


def test_the_first_of_two_entries_of_one_name_and_country_is_kept() -> None:
    parsed = parse(edition({}, {"entity_name": "EXAMPLE  WORKS", "id": "jp-eul-2"}))
    assert len(parsed.parties) == 1
    assert codes(parsed) == [(3, "duplicate_key", False)]


def test_one_name_in_two_countries_is_two_entries() -> None:
    parsed = parse(edition({}, {"addresses": ["India"]}))
    assert [party.listing.key for party in parsed.parties] == ["ir/example works", "in/example works"]


def test_a_new_running_number_changes_neither_key_nor_id() -> None:
    assert parse(edition({})).parties == parse(edition({"id": "jp-eul-99"})).parties


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b'[{"entity_name": "A",}]', "byte 21, line 1"),
        (b'[\n{"entity_name": "A"}\n', "byte 23, line 3"),
        (b'[\n{"entity_name": "A"}] x', "byte 25, line 2"),
        (b'{"entity_name": "A"}', "byte 0, line 1"),
        (b"", "byte 0, line 1"),
        (b"[" * 100_000, "byte 0, line 1"),
    ],
)
def test_refuses_what_is_no_json_array_and_says_at_which_byte(data: bytes, where: str) -> None:
    with pytest.raises(ListRefused) as refused:
        parse(data)
    assert refused.value.where == where
    assert refused.value.advice


def test_a_byte_order_mark_is_no_reason_to_refuse() -> None:
    assert parse(b"\xef\xbb\xbf" + edition({})).parties == parse(edition({})).parties


@given(st.text(max_size=40), st.sampled_from(["kp", "ir", ""]))
def test_a_key_ignores_outer_spaces_and_can_be_made_of_any_text(name: str, country: str) -> None:
    assert key_of(f"  {name} ", country) == key_of(name, country)
    assert key_of(name, country).startswith(f"{country}/")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        parsed = parse(b"[" + data + b"]")
    except HighfenceError:
        return
    assert isinstance(parsed, Parsed)


@settings(max_examples=150)
@given(st.data())
def test_a_damaged_edition_is_read_or_refused_and_keys_stay_unique(data: st.DataObject) -> None:
    sound = edition({}, {"entity_name": "Other"}, {"entity_name": "Third"})
    begin = data.draw(st.integers(0, len(sound)))
    end = data.draw(st.integers(begin, min(len(sound), begin + 60)))
    damaged = sound[:begin] + data.draw(st.binary(max_size=20)) + sound[end:]
    try:
        parsed = parse(damaged)
    except HighfenceError:
        return
    keys = [party.listing.key for party in parsed.parties]
    assert len(keys) == len(set(keys))


@pytest.mark.lists
def test_every_entry_of_the_real_list_is_taken(lists: Path) -> None:
    parsed = parse((lists / "jp_meti" / "end_user_list_2025-09.json").read_bytes())
    assert parsed.rows == len(parsed.parties) == 835
    assert len({party.listing.key for party in parsed.parties}) == 835
    assert all(party.entities[0].values("country") for party in parsed.parties)
    assert {problem.code for problem in parsed.problems} == {"name_in_address"}
    assert len(parsed.problems) == 37


@pytest.mark.lists
def test_the_keys_of_the_real_list_do_not_depend_on_its_order(lists: Path) -> None:
    data = (lists / "jp_meti" / "end_user_list_2025-09.json").read_bytes()
    rows = msgspec.json.decode(data)
    random.Random(7).shuffle(rows)
    shuffled = {party.listing.key: party for party in parse(msgspec.json.encode(rows)).parties}
    assert shuffled == {party.listing.key: party for party in parse(data).parties}
