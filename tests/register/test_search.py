# SPDX-License-Identifier: Apache-2.0
"""register.search: found by what people type, and the same for a reader as if what is hidden were not there."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from highfence.register.entities import Rolls
from highfence.register.reading import HITS_MAX, Sight
from highfence.register.search import search
from highfence.register.view import Hit
from highfence.rules.handling import may_view
from highfence.storage.database import Database

from .claims import CLOSED, READER, TODAY, listing
from .entered import LEIS, NAMES, Entered, empty, enter, histories, said

STORED = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def look(database: Database, text: str, rolls: Rolls | None = None) -> tuple[Hit, ...]:
    with database.read() as connection:
        roll = (rolls or Rolls()).roll(connection, READER, on=TODAY)
        return search(Sight(connection, READER, TODAY), roll, text)


def captions(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.caption for hit in hits]


@pytest.fixture
def register(database: Database) -> Database:
    empty(database)
    enter(
        database,
        [
            said("radio", "r-1", properties={"name": ("Zagorsk Radio Works",), "alias": ("Загорский радиозавод",)}),
            said("optics", "o-1", properties={"name": ("Northern Optical Works BV",), "leiCode": LEIS[:1]}),
            said("trade", "t-1", properties={"name": ("Quellwater Trading FZE",), "country": ("ae",)}),
        ],
    )
    return database


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("zagorsk radio works", "Zagorsk Radio Works"),
        ("Загорский радиозавод", "Zagorsk Radio Works"),
        ("Zagorskiy radiozavod", "Zagorsk Radio Works"),
        ("Zagorks Radio Works", "Zagorsk Radio Works"),
        ("quelwater trading", "Quellwater Trading FZE"),
        ("Куэллуотер трейдинг", "Quellwater Trading FZE"),
        ("Works Optical Northern", "Northern Optical Works BV"),
        ("northern opt", "Northern Optical Works BV"),
        ("trad", "Quellwater Trading FZE"),
        (LEIS[0], "Northern Optical Works BV"),
        (f" {LEIS[0][:4]} {LEIS[0][4:]} ", "Northern Optical Works BV"),
    ],
)
def test_finds_by_script_alias_spelling_order_beginning_and_number(register: Database, text: str, found: str) -> None:
    assert captions(look(register, text))[:1] == [found]


@pytest.mark.parametrize("text", ["", " ", "?", "Meadowlark Bakery", "zz", "%", "\x00", "w" * 10_000, "ж" * 500])
def test_finds_nothing_where_nothing_is_like_it(register: Database, text: str) -> None:
    assert look(register, text) == ()


def test_tells_by_which_name_it_was_found(register: Database) -> None:
    (hit, *_) = look(register, "Загорский радиозавот")
    assert (hit.caption, hit.found_by) == ("Zagorsk Radio Works", "Загорский радиозавод")
    assert look(register, "zagorks radio works")[0].found_by == ""


def test_tells_who_lists_what_was_found_by_likeness(register: Database) -> None:
    enter(register, [said("listed", "r-1", kind="listing", listing=listing("r-1", jurisdiction="us"))])
    assert look(register, "Zagorks Radyo Works")[0].listed_by == ("us",)


def test_each_company_is_a_hit_once_and_hits_are_few(database: Database) -> None:
    empty(database)
    name = {"properties": {"name": ("Northern Optical Works",), "alias": ("Northern Optical Works BV", "NOW Optics")}}
    enter(database, [said(f"s{at}", f"s-{at}", **name) for at in range(HITS_MAX + 10)])
    hits = look(database, "northern optical works")
    assert len(hits) == HITS_MAX == len({hit.company for hit in hits})


@STORED
@given(histories(hidden=True), st.sampled_from((*NAMES, *LEIS, "Norhern Optikal", "Works", "7736050003")))
def test_a_reader_finds_what_they_would_find_if_what_is_hidden_were_not_there(
    database: Database, history: list[Entered], text: str
) -> None:
    empty(database)
    enter(database, history)
    with_hidden = look(database, text)
    empty(database)
    enter(
        database,
        [
            one
            for one in history
            if may_view(one.assertion.marking, READER, on=TODAY, originator=one.assertion.originator).allowed
        ],
    )
    assert look(database, text) == with_hidden


def test_a_hidden_alias_leads_nowhere(register: Database) -> None:
    rolls = Rolls()
    before = look(register, "Phoenix Front", rolls)
    enter(register, [said("front", "t-1", properties={"alias": ("Phoenix Front",)}, marking=CLOSED)])
    assert look(register, "Phoenix Front", rolls) == before == ()
