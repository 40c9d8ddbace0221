# SPDX-License-Identifier: Apache-2.0
"""Questions to the register: a reader gets exactly the answers of a node that holds nothing but what they may see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from highfence.errors import NotFound
from highfence.model.marking import Marking
from highfence.register.absorb import company_id
from highfence.register.counting import ledger_of
from highfence.register.reading import HITS_MAX, Sight
from highfence.rules.handling import Reader, may_view
from highfence.storage.database import Database

from .claims import CLOSED, OPEN, READER, TODAY, listing
from .entered import IDENTIFIERS, LEIS, NAMES, SUBJECTS, Entered, empty, enter, gone, histories, said

#: A reader whom nothing of these tests is hidden from.
ALL_SEEING = Reader(authority="nl", ceiling="RESTRICTED", purposes=("export-control",), name="Chief")
STORED = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@contextmanager
def sight(database: Database, reader: Reader = READER, *, on: date = TODAY) -> Iterator[Sight]:
    """Give a reader's view."""
    with database.read() as connection:
        yield Sight(connection, reader, on)


def not_found(database: Database, name: str, reader: Reader = READER) -> str:
    """Return how it is said that there is nothing of that name."""
    with sight(database, reader) as seen, pytest.raises(NotFound) as refusal:
        seen.profile(name)
    return str(refusal.value)


def profile_of(seen: Sight, name: str) -> object:
    """Return the profile, or how it is said that there is none."""
    try:
        return seen.profile(name)
    except NotFound as refusal:
        return str(refusal)


def assertion_of(seen: Sight, name: str) -> object:
    """Return an assertion but its place in the journal, or how it is said that there is none."""
    try:
        return msgspec.structs.replace(seen.assertion(name), position=0)
    except NotFound as refusal:
        return str(refusal)


QUESTIONS = (
    *SUBJECTS,
    *(company_id(subject) for subject in SUBJECTS),
    *IDENTIFIERS,
    *LEIS,
    *NAMES,
    "northern optical works bv",
    "Nobody Ltd",
    "c-",
    "",
    "%",
)
BEGINNINGS = ("north", "Northern Optical Works BV", "optical", "acme", "o", "", "zzz")


def answers(database: Database, ids: list[str], reader: Reader = READER) -> dict[str, object]:
    """Return all that a reader can find out by asking."""
    with sight(database, reader) as seen:
        return {
            "profiles": {name: profile_of(seen, name) for name in QUESTIONS},
            "searches": {text: seen.search(text) for text in BEGINNINGS},
            "short searches": {text: seen.search(text, limit=1) for text in BEGINNINGS},
            "gaps": [seen.gaps(left, right) for left, right in (("us", "eu"), ("eu", "us"), ("us", "jp"))],
            "alignment": [
                ledger_of(seen).alignment(TODAY, seen.marking),
                ledger_of(seen).widest(TODAY, limit=9),
                ledger_of(seen).conflicts(TODAY),
            ],
            "jurisdictions": seen.jurisdictions(),
            "listed by": seen.listed_by([company_id(subject) for subject in SUBJECTS]),
            "lists": seen.lists(),
            "marking": seen.marking(seen.markings),
            "latest": [msgspec.structs.replace(one, position=0) for one in seen.latest(limit=5)],
            "arrived": [msgspec.structs.replace(one, position=0) for one in seen.arrived_after(0, limit=5)],
            "assertions": {name: assertion_of(seen, name) for name in ids},
        }


def visible(one: Entered, reader: Reader = READER) -> bool:
    """Tell whether the reader may be shown an assertion."""
    claim = one.assertion
    return may_view(claim.marking, reader, on=TODAY, originator=claim.originator).allowed


@given(histories(hidden=True))
@STORED
def test_what_is_hidden_leaves_no_trace_in_any_answer(database, history):
    ids = [one.id for one in history]
    empty(database)
    enter(database, *([one] for one in history))
    with_hidden = answers(database, ids)
    empty(database)
    enter(database, *([one] for one in history if visible(one)))
    assert with_hidden == answers(database, ids)


@given(histories(hidden=True))
@STORED
def test_every_company_that_is_shown_is_found_by_the_id_it_is_shown_under(database, history):
    empty(database)
    enter(database, *([one] for one in history))
    for reader in (READER, ALL_SEEING):
        with sight(database, reader) as seen:
            shown = {hit.company for text in BEGINNINGS for hit in seen.search(text)}
            shown |= {gap.company for gap in seen.gaps("us", "eu").gaps}
            shown |= {one.company for one in seen.latest(limit=99)}
            assert {name: seen.profile(name).company for name in shown} == {name: name for name in shown}


@given(histories(hidden=True))
@STORED
def test_every_visible_assertion_is_in_the_profile_of_its_entity(database, history):
    empty(database)
    enter(database, *([one] for one in history))
    with sight(database) as seen:
        for one in history:
            if visible(one):
                shown = seen.profile(one.assertion.subject)
                assert one.id in {event.assertion for event in shown.history}
                assert seen.assertion(one.id).assertion == one.assertion


def bridged(database: Database) -> tuple[Entered, Entered, Entered]:
    """Enter two companies that only something hidden makes one, each listed by another jurisdiction."""
    first = said(
        "first",
        "a-1",
        properties={"name": ("Northern Optical Works BV",), "innCode": IDENTIFIERS[:1]},
        kind="listing",
        listing=listing("a-1", jurisdiction="us"),
    )
    second = said(
        "second",
        "b-2",
        properties={"name": ("Southern Optical Works BV",), "leiCode": LEIS[:1]},
        kind="listing",
        listing=listing("b-2", jurisdiction="eu"),
    )
    bridge = said("bridge", "c-3", marking=CLOSED, properties={"innCode": IDENTIFIERS[:1], "leiCode": LEIS[:1]})
    enter(database, [first, second], [bridge])
    return first, second, bridge


def test_who_may_see_the_bridge_sees_one_company(database):
    bridged(database)
    with sight(database, ALL_SEEING) as seen:
        assert len({seen.profile(name).company for name in ("a-1", "b-2", "c-3", IDENTIFIERS[0], LEIS[0])}) == 1
        assert seen.profile("a-1").listed_by == ("eu", "us")
        assert seen.gaps("us", "eu").both == 1
        assert len(seen.search("optical")) == 1


def test_who_may_not_see_the_bridge_sees_two_companies(database):
    first, second, _ = bridged(database)
    with sight(database) as seen:
        one, other = seen.profile("a-1"), seen.profile("b-2")
        assert (one.company, other.company) == (company_id("a-1"), company_id("b-2"))
        assert (one.listed_by, one.not_listed_by, other.listed_by) == (("us",), ("eu",), ("eu",))
        report = seen.gaps("us", "eu")
        assert (report.only_left, report.only_right, report.both) == (1, 1, 0)
        hits = {hit.company: (hit.caption, hit.listed_by) for hit in seen.search("optical")}
        assert hits == {
            company_id("a-1"): ("Northern Optical Works BV", ("us",)),
            company_id("b-2"): ("Southern Optical Works BV", ("eu",)),
        }
        assert {line.id: line.company for line in seen.latest(limit=9)} == {
            first.id: company_id("a-1"),
            second.id: company_id("b-2"),
        }


def test_an_identifier_that_only_something_hidden_tells_finds_nothing(database):
    secret = said("secret", "a-1", marking=CLOSED, properties={"leiCode": LEIS[:1]})
    enter(database, [said("open", "a-1"), secret])
    with sight(database, ALL_SEEING) as seen:
        assert seen.profile(LEIS[0]).entities == ("a-1",)
    assert not_found(database, LEIS[0]).replace(LEIS[0], "X") == not_found(database, LEIS[1]).replace(LEIS[1], "X")


def test_an_identifier_that_no_longer_stands_finds_nothing(database):
    before = said("before", "a-1", properties={"leiCode": LEIS[:1]})
    changes = {"kind": "correction", "refers_to": before.id, "reason": "another firm's number"}
    enter(database, [before], [said("after", "a-1", properties={"leiCode": LEIS[1:]}, **changes)])
    not_found(database, LEIS[0])
    with sight(database) as seen:
        assert seen.profile(LEIS[1]).entities == ("a-1",)


@pytest.mark.parametrize("name", ["b-2", company_id("b-2"), "Secret Works BV", "secret works bv"])
def test_what_is_hidden_and_what_is_not_there_are_said_in_the_same_words(database, name):
    hidden = said("hidden", "b-2", marking=CLOSED, properties={"name": ("Secret Works BV",)})
    enter(database, [said("open", "a-1")])
    absent = not_found(database, name)
    enter(database, [hidden])
    assert not_found(database, name) == absent
    with sight(database) as seen:
        assert seen.search("secret") == ()


def test_a_hidden_assertion_is_not_found_in_the_same_words_as_one_that_is_not_there(database):
    hidden = said("hidden", "b-2", marking=CLOSED)
    with sight(database) as seen:
        absent = assertion_of(seen, hidden.id)
    enter(database, [hidden])
    with sight(database) as seen:
        assert assertion_of(seen, hidden.id) == absent


def test_an_old_id_still_finds_a_company_that_has_gone_into_another(database):
    enter(database, [said("first", "a-1", properties={"innCode": IDENTIFIERS[:1]})])
    enter(database, [said("second", "b-2", properties={"innCode": IDENTIFIERS[:1]})])
    with sight(database) as seen:
        found = {seen.profile(company_id(subject)).company for subject in ("a-1", "b-2")}
    assert found == {min(company_id("a-1"), company_id("b-2"))}


@pytest.mark.parametrize("name", ["a-1", IDENTIFIERS[0], "northern  optical WORKS bv", company_id("a-1")])
def test_a_company_is_found_by_id_identifier_and_exact_name(database, name):
    enter(
        database, [said("one", "a-1", properties={"name": ("Northern Optical Works BV",), "innCode": IDENTIFIERS[:1]})]
    )
    with sight(database) as seen:
        assert seen.profile(name).entities == ("a-1",)


@pytest.mark.parametrize("name", ["Northern Optical", "optical", "", " ", "a", "%"])
def test_part_of_a_name_is_for_the_search_not_for_the_profile(database, name):
    enter(database, [said("one", "a-1", properties={"name": ("Northern Optical Works BV",)})])
    not_found(database, name)


def test_no_more_hits_than_a_person_reads_and_each_company_once(database):
    enter(database, [said(f"n{place}", f"x-{place}", properties={"name": (f"Acme {place}",)}) for place in range(70)])
    enter(database, [said(f"m{place}", "x-1", properties={"name": (f"Acme Alias {place}",)}) for place in range(5)])
    with sight(database) as seen:
        assert len(seen.search("acme")) == HITS_MAX
        assert len(seen.search("acme", limit=3)) == 3
        assert len(seen.search("acme", limit=9999)) == HITS_MAX
        hits = [hit.company for hit in seen.search("acme")]
        assert len(set(hits)) == len(hits)
        assert (seen.search(" .,- "), seen.search("acme", limit=0), seen.search("acme", limit=-1)) == ((), (), ())


def test_a_withdrawn_company_is_not_found_by_its_name_and_stays_in_its_history(database):
    one = said("one", "a-1", properties={"name": ("Northern Optical Works BV",)})
    enter(database, [one], [gone("withdrawal", one)])
    with sight(database) as seen:
        assert seen.search("northern") == ()
        assert [event.kind for event in seen.profile("a-1").history] == ["facts", "withdrawal"]
    not_found(database, "Northern Optical Works BV")


def test_listings_count_on_the_day_that_is_asked_for(database):
    listed = listing("a-1", listed=date(2026, 6, 1), until=date(2026, 9, 1))
    enter(database, [said("one", "a-1", kind="listing", listing=listed)])
    days = (date(2026, 5, 31), date(2026, 6, 1), date(2026, 8, 31), date(2026, 9, 1))
    found = []
    for day in days:
        with sight(database, on=day) as seen:
            found.append((seen.search("company")[0].listed_by, seen.gaps("us", "eu").only_left))
    assert found == [((), 0), (("us",), 1), (("us",), 1), ((), 0)]


def test_a_marking_that_expires_hides_from_the_day_after(database):
    enter(database, [said("one", "a-1", marking=msgspec.structs.replace(OPEN, expires=TODAY))])
    with sight(database, on=TODAY) as seen:
        assert seen.profile("a-1").entities == ("a-1",)
    with sight(database, on=date(2026, 11, 25)) as seen:
        assert (seen.search("company"), seen.latest(limit=9), seen.markings) == ((), (), [])


def test_the_same_marking_shows_to_the_originators_people_and_not_to_others(database):
    own = Marking(classification="PUBLIC")
    enter(database, [said("ours", "a-1", marking=own, originator="jp"), said("theirs", "b-2", marking=own)])
    with sight(database) as seen:
        assert [line.originator for line in seen.latest(limit=9)] == ["jp"]
    not_found(database, "b-2")


def test_the_live_feed_goes_on_past_any_number_of_hidden_lines(database):
    enter(database, [said(f"h{place}", "b-2", marking=CLOSED) for place in range(30)])
    enter(database, [said("seen", "a-1", text="Ships to a listed end user")])
    enter(database, [said("later", "a-1")])
    with sight(database) as seen:
        (line,) = seen.arrived_after(0, limit=1)
        assert (line.id, line.text) == (said("seen").id, "Ships to a listed end user")
        assert [one.id for one in seen.arrived_after(line.position, limit=9)] == [said("later").id]
        assert [one.id for one in seen.latest(limit=1)] == [said("later").id]


def test_a_withdrawal_in_the_live_feed_bears_the_name_of_what_it_withdraws_if_that_may_be_seen(database):
    open_one = said("open", "a-1", properties={"name": ("Northern Optical Works BV",)})
    closed_one = said("closed", "b-2", marking=CLOSED, properties={"name": ("Secret Works BV",)})
    withdrawals = [gone("w1", open_one), gone("w2", closed_one, marking=OPEN)]
    enter(database, [open_one, closed_one], withdrawals)
    with sight(database) as seen:
        captions = {line.id: line.caption for line in seen.latest(limit=9)}
    assert captions[withdrawals[0].id] == "Northern Optical Works BV"
    assert captions[withdrawals[1].id] == "b-2"
