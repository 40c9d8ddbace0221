# SPDX-License-Identifier: Apache-2.0
"""What was committed last is told from memory exactly as the database would tell it, or not from memory at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from highfence.register.absorb import absorb
from highfence.register.fresh import Fresh, news_of
from highfence.register.reading import Sight
from highfence.register.view import Arrived
from highfence.rules.handling import Reader
from highfence.storage import journal
from highfence.storage.database import Database
from nodes import PURPOSES

from .claims import CLOSED, OPEN
from .entered import Entered, empty, gone, row_of, said

TODAY = date(2026, 11, 24)
#: People of the authority that says everything in these tests, and people of one that may not see what is closed.
ALL = Reader(authority="nl", ceiling="RESTRICTED", purposes=PURPOSES)
SOME = Reader(authority="jp", ceiling="RESTRICTED", purposes=PURPOSES)


class Register:
    """A database and what is fresh in it, as a node keeps the two."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.read() as connection:
            self.fresh = Fresh(journal.markings(connection), journal.tail(connection)[0])

    def enter(self, *batch: Entered) -> None:
        rows, claims = [row_of(one) for one in batch], [one.assertion for one in batch]

        def change(connection):
            behind = journal.append(connection, rows)
            return news_of(behind, rows, claims, companies=absorb(connection, rows, claims, me="nl"))

        self.fresh.note(self._database.write(change))

    def told(self, position: int, reader: Reader = ALL) -> tuple[Arrived, ...] | None:
        return self.fresh.after(position, reader, TODAY)

    def held(self, position: int, reader: Reader = ALL) -> tuple[Arrived, ...]:
        with self._database.read() as connection:
            return Sight(connection, reader, TODAY).arrived_after(position, limit=1000)


@pytest.fixture
def register(database: Database) -> Register:
    return Register(database)


def numbered(first: int, number: int, **changes: object) -> Sequence[Entered]:
    return [said(f"n{place}", f"s-{place}", **changes) for place in range(first, first + number)]


def test_tells_what_the_database_tells(register):
    register.enter(*numbered(0, 3))
    register.enter(*numbered(3, 2, text="Ships to a listed end user", marking=CLOSED))
    for position in range(6):
        assert register.told(position) == register.held(position)
    assert len(register.told(1)) == 4
    assert register.told(5) == ()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_told_is_what_the_database_tells(data, database):
    empty(database)
    register = Register(database)
    before: list[Entered] = []
    for number in range(data.draw(st.integers(1, 5))):
        subjects = data.draw(st.lists(st.sampled_from(("a-1", "b-2", "c-3")), min_size=1, max_size=3))
        marking = data.draw(st.sampled_from((OPEN, CLOSED)))
        names = data.draw(st.sampled_from(("Northern Optical Works BV", "Acme", "")))
        batch = [
            said(f"{number}-{place}", subject, marking=marking, properties={"name": (names,)} if names else {})
            for place, subject in enumerate(subjects)
        ]
        if before and data.draw(st.booleans()):
            batch = [gone(f"g{number}", before.pop())]
        else:
            before.extend(batch)
        register.enter(*batch)
        for reader in (ALL, SOME):
            for position in range(12):
                told = register.told(position, reader)
                assert told is None or told == register.held(position, reader)


def test_who_may_not_see_everything_is_answered_by_the_database(register):
    register.enter(*numbered(0, 1))
    assert register.told(0, SOME) == register.held(0, SOME)
    register.enter(*numbered(1, 1, marking=CLOSED))
    assert register.told(0, SOME) is None
    assert register.told(1, SOME) is None
    register.enter(*numbered(2, 1))
    assert register.told(2, SOME) is None
    assert [line.position for line in register.held(0, SOME)] == [1, 3]


def test_a_marking_that_was_there_before_counts_too(database):
    first = Register(database)
    first.enter(*numbered(0, 1, marking=CLOSED))
    again = Register(database)
    again.enter(*numbered(1, 1))
    assert again.told(1, ALL) == again.held(1, ALL)
    assert again.told(1, SOME) is None


def test_a_marking_that_expires_is_asked_again_the_next_day(register):
    register.enter(*numbered(0, 1, marking=msgspec.structs.replace(OPEN, expires=TODAY)))
    assert len(register.fresh.after(0, SOME, TODAY) or ()) == 1
    assert register.fresh.after(0, SOME, date(2026, 11, 25)) is None


def test_a_line_that_is_not_made_of_its_row_alone_is_left_to_the_database(register):
    register.enter(*numbered(0, 2))
    register.enter(gone("away", numbered(0, 1)[0]))
    assert register.told(2) is None
    assert register.told(0) is None
    register.enter(*numbered(7, 1))
    assert register.told(3) == register.held(3)


def test_two_companies_that_become_one_leave_nothing_told_before(register):
    register.enter(said("one", "a-1", properties={"leiCode": ("5493001KJTIIGC8Y1R12",)}))
    register.enter(said("two", "b-2", properties={"leiCode": ("529900T8BM49AURSDO55",)}))
    both = {"leiCode": ("5493001KJTIIGC8Y1R12", "529900T8BM49AURSDO55")}
    register.enter(said("three", "a-1", properties=both))
    assert register.told(0) is None
    assert len({line.company for line in register.held(0)}) == 1


def test_after_companies_were_joined_the_database_tells(register):
    register.enter(*numbered(0, 2))
    register.fresh.forget()
    assert register.told(0) is None
    assert register.told(2) == ()


def test_more_than_it_keeps_is_left_to_the_database(register):
    register.enter(*numbered(0, 300))
    assert register.told(0) is None
    assert register.told(299) is None
    register.enter(*numbered(300, 1))
    assert register.told(300) == register.held(300)
    assert register.told(299) is None
