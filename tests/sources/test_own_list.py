# SPDX-License-Identifier: Apache-2.0
"""A list that an authority keeps itself."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import ListRefused
from highfence.model.entity import Entity
from highfence.model.listing import Listing
from highfence.sources.catalogue import source
from highfence.sources.ingest import difference, fingerprint
from highfence.sources.own_list.parse import LINE_BYTES_MAX, LISTING_FIELDS, parse
from highfence.sources.source import ListedParty, Problem

LISTING: dict[str, Any] = {
    "jurisdiction": "nl",
    "list": "Watch list",
    "key": "17",
    "entity": "nl-17",
    "programme": "Decree 4",
    "listed": "2026-05-04",
    "until": "2027-05-04",
    "url": "https://example.org/17",
}
COMPANY: dict[str, Any] = {
    "id": "nl-17",
    "schema": "Company",
    "properties": {"name": ["Example B.V."], "country": ["nl"]},
}


def line(listing: dict[str, Any] | None = None, entities: list[Any] | None = None, **more: object) -> str:
    entry = {"listing": LISTING | (listing or {}), "entities": [COMPANY] if entities is None else entities, **more}
    return json.dumps(entry, ensure_ascii=False)


def only_problem(text: str) -> Problem:
    parsed = parse(text.encode())
    assert parsed.parties == ()
    (problem,) = parsed.problems
    assert not problem.taken
    return problem


def refusal(data: bytes) -> ListRefused:
    with pytest.raises(ListRefused) as caught:
        parse(data)
    assert caught.value.advice
    return caught.value


def test_a_line_becomes_a_listing_of_the_own_list_and_its_entities() -> None:
    address = {"id": "nl-17-a", "schema": "Address", "properties": {"full": ["Straat 1, Delft"]}}
    parsed = parse(line(entities=[COMPANY, address]).encode())
    (party,) = parsed.parties
    assert (parsed.rows, parsed.complete, parsed.problems) == (1, True, ())
    assert party.listing == Listing(
        jurisdiction="nl",
        source="own_list",
        list="Watch list",
        key="17",
        entity="nl-17",
        programme="Decree 4",
        listed=date(2026, 5, 4),
        until=date(2027, 5, 4),
        url="https://example.org/17",
    )
    assert [entity.schema for entity in party.entities] == ["Company", "Address"]
    assert party.entities[0].caption == "Example B.V."


def test_a_line_may_say_every_field_of_a_listing_but_its_source() -> None:
    assert {*LISTING_FIELDS, "source"} == set(Listing.__struct_fields__)
    assert only_problem(line({"source": "us_csl"})).what == "a listing has no field 'source'"


def test_blank_lines_and_comments_are_passed_over_and_lines_are_counted_as_an_editor_does() -> None:
    text = "# a list\r\n\r\n" + line() + "\r\n   \n  # more\n" + line({"key": "18", "entity": "nl-18"}) + "\n"
    parsed = parse(text.encode())
    assert (len(parsed.parties), parsed.rows) == (1, 2)
    assert [(problem.line, problem.code) for problem in parsed.problems] == [(6, "wrong_entity")]


def test_a_line_separator_inside_a_text_does_not_end_the_line() -> None:
    (party,) = parse(line({"reason": "one\u2028two"}).encode()).parties
    assert party.listing.reason == "one\u2028two"


def test_an_unknown_field_of_the_listing_is_refused() -> None:
    assert only_problem(line({"program": "Decree 4"})).code == "bad_listing"
    assert "'program'" in only_problem(line({"program": "Decree 4"})).what


@pytest.mark.parametrize("field", ["jurisdiction", "list", "key", "entity"])
def test_a_listing_without_what_it_needs_is_refused(field: str) -> None:
    without = {name: value for name, value in LISTING.items() if name != field}
    missing = only_problem(json.dumps({"listing": without, "entities": [COMPANY]}))
    assert (missing.code, missing.what) == ("bad_listing", f"the listing has no {field}")
    blank = only_problem(line({field: "  "}))
    assert (blank.code, blank.what) == ("bad_listing", f"the listing's {field} is blank")


@pytest.mark.parametrize(
    "wrong",
    [
        {"listed": "4 May 2026"},
        {"listed": "2026-02-30"},
        {"listed": 20260504},
        {"key": 17},
        {"reason": None},
        {"until": "2026-05-03"},
        {"url": "javascript:alert(1)"},
        {"url": "http://example.org"},
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(wrong: dict[str, object]) -> None:
    assert only_problem(line(wrong)).code == "bad_listing"


@pytest.mark.parametrize(
    "entity",
    [
        COMPANY | {"schema": "Firm"},
        COMPANY | {"schema": "Thing"},
        COMPANY | {"properties": {"nmae": ["Example B.V."]}},
        COMPANY | {"properties": {"name": "Example B.V."}},
        COMPANY | {"properties": {"name": [" "]}},
        COMPANY | {"id": ""},
        COMPANY | {"score": 1},
        {"id": "nl-17", "schema": "Company"},
        ["nl-17"],
    ],
)
def test_an_entity_that_is_not_followthemoney_is_refused(entity: object) -> None:
    assert only_problem(line(entities=[entity])).code == "bad_entity"


def test_what_followthemoney_tools_write_beside_an_entity_is_passed_over() -> None:
    beside = {"caption": "Example", "datasets": ["x"], "target": True, "first_seen": "2026-01-01"}
    (party,) = parse(line(entities=[COMPANY | beside]).encode()).parties
    assert party.entities[0].properties == {"name": ("Example B.V.",), "country": ("nl",)}


def test_a_listing_that_speaks_of_another_entity_is_refused() -> None:
    problem = only_problem(line({"entity": "nl-18"}))
    assert problem.code == "wrong_entity"
    assert "nl-17" in problem.what
    assert "nl-18" in problem.what


def test_a_line_without_entities_or_with_two_of_one_id_is_refused() -> None:
    assert only_problem(line(entities=[])).code == "bad_entity"
    assert only_problem(line(entities=[COMPANY, COMPANY])).what == "two entities have the id nl-17"


@pytest.mark.parametrize(
    "text",
    [
        line()[:-1],
        line() + " " + line(),
        line(note="x"),
        json.dumps({"listing": LISTING}),
        json.dumps({"listing": [LISTING], "entities": [COMPANY]}),
        line().replace('"key": "17"', '"key": "16", "key": "17"'),
        line().replace("Watch list", "Watch\\u0000list"),
        line().replace("Watch list", "Watch\\ud800list"),
        '{"listing": {}, "entities": ' + "[" * 5000 + "]" * 5000 + "}",
        '{"listing": {"key": ' + "1" * 5000 + '}, "entities": []}',
    ],
)
def test_a_line_that_is_not_one_sound_object_of_listing_and_entities_is_refused(text: str) -> None:
    assert only_problem(text).code == "bad_line"


def test_a_line_longer_than_an_assertion_can_carry_is_refused() -> None:
    assert only_problem(line({"reason": "x" * LINE_BYTES_MAX})).code == "bad_line"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "empty"),
        (b"# nothing yet\n\n", "no entry"),
        (b"[" + line().encode() + b"]", "one JSON array"),
        (b"<html></html>", "XML or a web page"),
        (b"name,country\nExample,nl\n", "not JSON lines"),
        (b"PK\x03\x04" + line().encode(), "ZIP archive"),
        (line().encode() + b"\n\xff\n", "not UTF-8"),
        (line().replace("Example", "Ex\xe4mple").encode("latin-1"), "not UTF-8"),
        (line().encode() + b"\n# \xe4\xbd", "in the middle of a character"),
        (line().encode().replace(b"Watch", b"Wa\x00tch"), "control characters"),
    ],
)
def test_a_file_that_is_not_json_lines_in_utf8_is_refused_whole(data: bytes, what: str) -> None:
    assert what in refusal(data).what


def test_a_refused_file_names_the_line() -> None:
    assert refusal(line().encode() + b"\n\xff\n").where == "line 2"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_not_part_of_the_list(encoding: str) -> None:
    assert len(parse(line().encode(encoding)).parties) == 1


def test_one_wrong_line_stops_the_list() -> None:
    good = "\n".join(line({"key": str(number)}) for number in range(1000))
    assert len(difference({}, parse(good.encode()), source("own_list")).added) == 1000
    with pytest.raises(ListRefused, match="cannot be read"):
        difference({}, parse(f"{good}\n{line({'key': ''})}".encode()), source("own_list"))


def test_more_than_half_of_the_list_cannot_go_at_once() -> None:
    held = {
        party.listing.key: fingerprint(party)
        for party in parse("\n".join(line({"key": str(number)}) for number in range(4)).encode()).parties
    }
    two = "\n".join(line({"key": str(number)}) for number in range(2))
    assert difference(held, parse(two.encode()), source("own_list")).removed == ("2", "3")
    with pytest.raises(ListRefused, match="would be gone"):
        difference(held, parse(line({"key": "0"}).encode()), source("own_list"))


def test_a_key_that_stands_twice_is_settled_as_in_every_list() -> None:
    text = "\n".join((line(), line(), line({"programme": "Decree 5"})))
    found = difference({}, parse(text.encode()), source("own_list"))
    assert [party.listing.key for party in found.added] == ["17", "17#2"]
    assert [problem.code for problem in found.problems] == ["duplicate_key", "duplicate_key"]


def test_progress_is_told_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    parse("\n".join((line(), "", line())).encode(), lambda done, total: told.append((done, total)))
    assert told[-1] == (2, 2)


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=12)
WORDS = TEXT.filter(str.strip)
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 1, 1))


@st.composite
def listed_parties(draw: st.DrawFn) -> ListedParty:
    entity = draw(WORDS)
    first, last = sorted((draw(DAYS), draw(DAYS)))
    names = draw(st.lists(WORDS, min_size=1, max_size=3, unique=True))
    return ListedParty(
        listing=Listing(
            jurisdiction=draw(WORDS),
            source="own_list",
            list=draw(WORDS),
            key=draw(WORDS),
            entity=entity,
            reason=draw(st.just("") | TEXT),
            listed=draw(st.none() | st.just(first)),
            until=draw(st.none() | st.just(last)),
        ),
        entities=(
            Entity(id=entity, schema="Company", properties={"name": tuple(names)}, languages={names[0]: draw(WORDS)}),
        ),
    )


@given(st.lists(listed_parties(), min_size=1, max_size=4))
def test_what_is_written_is_what_is_read(parties: list[ListedParty]) -> None:
    lines = []
    for party in parties:
        written = msgspec.to_builtins(party)
        del written["listing"]["source"]
        lines.append(msgspec.json.encode(written))
    assert parse(b"\n".join(lines)).parties == tuple(parties)


@given(st.lists(st.sampled_from([line(), "", "# note", "{}", line({"key": ""})]), min_size=1, max_size=8))
def test_every_line_is_taken_refused_or_passed_over(lines: list[str]) -> None:
    entries = [text for text in lines if text and not text.startswith("#")]
    if not entries:
        assert refusal("\n".join(lines).encode()).where == "line 1"
        return
    parsed = parse("\n".join(lines).encode())
    assert len(parsed.parties) + len(parsed.problems) == parsed.rows == len(entries)
    assert len(parsed.parties) == entries.count(line())
