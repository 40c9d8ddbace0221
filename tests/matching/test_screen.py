# SPDX-License-Identifier: Apache-2.0
"""matching.screen: matches with their reasons, and never a "no match" where nothing was looked at."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from highfence.matching.screen import NAME_CHARACTERS_MOST, NAME_CHARACTERS_WHOLE, NAMES_WHOLE, Screening, screen
from highfence.matching.watchlist import Watchlist
from highfence.model.entity import Entity


def company(entity_id: str, *names: str, **properties: tuple[str, ...]) -> Entity:
    return Entity(id=entity_id, schema="Company", properties={**({"name": names} if names else {}), **properties})


WATCHLIST = Watchlist.build(
    [
        company("optics", "Northern Optical Works JSC", country=("ru",), innCode=("7707083893",)),
        company("turbine", "Kalvaro Turbine Research Institute", "KTRI"),
        company("holding", "Kalvaro Turbine Holding"),
        company("marine", "Zephyrine Marine Services FZE"),
        Entity(id="person", schema="Person", properties={"name": ("Ivan Petrovich Sidorov",)}),
    ]
)


def screened(*names: str, **properties: tuple[str, ...]) -> Screening:
    return screen(company("q", *names, **properties), WATCHLIST)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Northern Optical Works", "optics"),
        ("ОАО Нортерн Оптикал Воркс", "optics"),
        ("Works, Northern Optical", "optics"),
        ("Zephyrine Marine Servises", "marine"),
        ("Kalvaro Turbine Research Institute", "turbine"),
    ],
)
def test_finds_the_party_and_says_why(name: str, wanted: str) -> None:
    found = screened(name)
    assert found.problem == ""
    best = found.matches[0]
    assert (best.id, best.match) == (wanted, True)
    assert best.score >= 0.7
    assert best.caption == WATCHLIST.entity(wanted).caption  # type: ignore[union-attr]
    assert best.explanation[0].feature == "name"
    assert all(feature.text for feature in best.explanation)


def test_an_unlisted_name_has_no_match_and_no_problem() -> None:
    assert screened("Meadowlark Bakery") == Screening(query=company("q", "Meadowlark Bakery"))


def test_an_equal_identifier_finds_whatever_the_name_says() -> None:
    found = screened("Completely Other Name", innCode=("7707083893",))
    assert [match.id for match in found.matches] == ["optics"]
    assert "identifier" in [feature.feature for feature in found.matches[0].explanation]


def test_an_identifier_stands_in_for_a_name() -> None:
    found = screened(innCode=("7707083893",))
    assert ([match.id for match in found.matches], found.refused) == (["optics"], False)


def test_matches_come_best_first_and_no_more_than_asked_for() -> None:
    query = company("q", "Kalvaro Turbine Institute")
    found = screen(query, WATCHLIST, threshold=0.0, limit=2).matches
    assert [match.id for match in found] == ["turbine", "holding"]
    assert found[0].score >= found[1].score
    assert len(screen(query, WATCHLIST, threshold=0.0, limit=1).matches) == 1


def test_nothing_below_the_threshold_is_returned() -> None:
    query = company("q", "Northern Optical Shipping")
    scores = [match.score for match in screen(query, WATCHLIST, threshold=0.0).matches]
    assert scores
    assert max(scores) < 1
    assert screen(query, WATCHLIST, threshold=max(scores)).matches
    assert screen(query, WATCHLIST, threshold=max(scores) + 0.001).matches == ()


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        ((), "the name is empty; fill it in"),
        (("",), "the name is empty; fill it in"),
        ((" \t ",), "the name is empty; fill it in"),
        (("?!",), "the name has no letter and no digit; give the whole name"),
        (("\u202e\u200b",), "the name has no letter and no digit; give the whole name"),
        (("\x00",), "the name has no letter and no digit; give the whole name"),
        (("a",), "the name is only one letter; give the whole name"),
        (("Ж.",), "the name is only one letter; give the whole name"),
        (("x" * (NAME_CHARACTERS_MOST + 1),), "the name has 5,001 characters and is no name; give the name alone"),
    ],
)
def test_refuses_what_is_no_name_and_says_so(names: tuple[str, ...], problem: str) -> None:
    found = screened(*names)
    assert (found.refused, found.problem, found.matches) == (True, problem, ())


def test_a_name_too_long_to_be_read_whole_is_screened_and_told() -> None:
    found = screened("Northern Optical Works " + "x" * NAME_CHARACTERS_WHOLE)
    assert "only the first 400 characters" in found.problem
    assert not found.refused


def test_more_names_than_are_read_are_told() -> None:
    found = screened(*(f"Alias Number {at}" for at in range(NAMES_WHOLE)), "Zephyrine Marine Services")
    assert "only the first 12 names" in found.problem
    assert found.matches == ()


def test_one_bad_name_among_good_ones_is_told_and_the_others_are_looked_for() -> None:
    found = screened("?", "Zephyrine Marine Services FZE")
    assert [match.id for match in found.matches] == ["marine"]
    assert found.problem.startswith("one of the names was not looked for")


def test_a_party_removed_meanwhile_is_not_a_match() -> None:
    watchlist = Watchlist.build([company("a", "Zephyrine Marine"), company("b", "Zephyrine Marine")])
    assert {match.id for match in screen(company("q", "Zephyrine Marine"), watchlist).matches} == {"a", "b"}
    watchlist.remove("a")
    assert [match.id for match in screen(company("q", "Zephyrine Marine"), watchlist).matches] == ["b"]
    assert (len(watchlist), "a" in watchlist, watchlist.get("a")) == (1, False, None)


def test_a_party_replaced_is_compared_by_its_new_names() -> None:
    watchlist = Watchlist.build([company("a", "Zephyrine Marine")])
    assert screen(company("q", "Zephyrine Marine"), watchlist).matches
    watchlist.extend([company("a", "Meadowlark Bakery")])
    assert screen(company("q", "Zephyrine Marine"), watchlist).matches == ()
    assert screen(company("q", "Meadowlark Bakery"), watchlist).matches[0].score == pytest.approx(1.0)


HOSTILE = (
    "a" * 10_000,
    "a " * 5_000,
    "limited liability company " * 400,
    "(" * 4_000 + ")" * 900,
    "e" + "\u0301" * 4_900,
    "ﷺ" * 4_900,
    "有限公司" * 1_000,
    "\u202eАБВ\u202dabc" * 500,
    "\ud800Works",
    "𝕳𝖎𝖌𝖍 𝖋𝖊𝖓𝖈𝖊",
    "Kalvaro\x00Turbine\x07Holding",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_answered(name: str) -> None:
    found = screened(name)
    assert found.refused == (len(name) > NAME_CHARACTERS_MOST or name.startswith(("(", "e\u0301")))
    assert bool(found.problem) == (len(name) > NAME_CHARACTERS_WHOLE)


def test_control_and_direction_characters_do_not_hide_a_name() -> None:
    assert [match.id for match in screened("\u202eZephyrine\u200b Marine\x00 Services FZE").matches] == ["marine"]


@settings(max_examples=300)
@given(st.lists(st.text(max_size=40), max_size=3))
def test_every_query_gets_matches_or_reasons(names: list[str]) -> None:
    found = screened(*names)
    assert not (found.refused and found.matches)
    assert bool(found.problem) or not found.refused
    assert all(0.7 <= match.score <= 1 and match.match for match in found.matches)


@settings(max_examples=200)
@given(st.text(st.characters(categories=["L", "N"]), min_size=2, max_size=40))
def test_a_listed_name_is_found_as_itself(name: str) -> None:
    watchlist = Watchlist.build([company("other", "Meadowlark Bakery"), company("self", name)])
    found = screen(company("q", name), watchlist)
    assert found.problem or "self" in [match.id for match in found.matches]


def test_a_name_in_letters_of_any_script_is_found_or_refused() -> None:
    letters = [char for char in map(chr, range(sys.maxunicode)) if unicodedata.category(char)[0] in "LN"]
    for at in range(0, len(letters) - 1, 97):
        name = letters[at] + letters[at + 1]
        found = screened_against(name)
        assert found.problem or found.matches, f"{name!r} {name.encode('unicode-escape')!r}"


def test_letters_nobody_has_a_reading_for_are_compared_as_they_are() -> None:
    assert [match.id for match in screened_against("\U0002bcb6\U000303fe").matches] == ["self"]
    assert not screened_against("\U0002bcb6\U000303fe", listed="\U0002bcb6\U0002bcb7").matches


def test_refuses_a_name_in_which_nothing_can_be_read() -> None:
    found = screened_against("\u02b9\u02ba")
    assert found.refused
    assert found.problem == "the name has no letter that can be read; give it in another script"


def screened_against(name: str, listed: str = "") -> Screening:
    watchlist = Watchlist.build([company("other", "Meadowlark Bakery"), company("self", listed or name)])
    return screen(company("q", name), watchlist)
