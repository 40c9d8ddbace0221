# SPDX-License-Identifier: Apache-2.0
"""The engine joins what is beyond doubt and asks about the rest, each assertion once."""

from __future__ import annotations

from datetime import date

from highfence.model.entity import Entity
from highfence.register.entities import Rolls
from highfence.register.reading import Sight
from highfence.register.resolver import Resolver
from highfence.register.review import Review
from highfence.register.view import GapReport
from highfence.rules.handling import Reader
from highfence.storage.database import Database

from .claims import listing
from .entered import enter, gone, said
from .test_judgements import CHIEF, CLERK, CLOSED, OPEN, groups, judged

TODAY = date(2026, 11, 24)
ELECON = {"name": ("JSC Zavod Elecon",), "country": ("ru",)}
ELEKON = {"name": ("AKTSIONERNOE OBSHCHESTVO ZAVOD ELEKON",), "country": ("ru",)}
TANKER = {"name": ("National Example Tanker Company",)}
TANKER_LLC = {"name": ("National Example Tanker Company LLC",), "country": ("ae",)}


def resolve(database: Database, resolver: Resolver, *, most: int = 100) -> set[str]:
    """Let the engine look at all there is; return the assertions whose company changed."""
    changed: set[str] = set()
    while True:
        with database.read() as connection:
            looked = resolver.look(connection, on=TODAY, most=most)
        if looked is None:
            return changed
        changed |= database.write(lambda connection, looked=looked: resolver.keep(connection, looked))


def asked(database: Database, reader: Reader = CHIEF) -> list[set[str]]:
    """Return the pairs of entities that a reader is asked about."""
    with database.read() as connection:
        return [{one.one.entity, one.other.entity} for one in Review(connection, reader, TODAY).questions(limit=50)]


def test_two_spellings_of_one_firm_become_one_company(database):
    resolver = Resolver(Rolls(), "nl")
    enter(database, [said("s1", "a-1", properties=ELECON)])
    enter(database, [said("s2", "b-1", properties=ELEKON)])
    assert len(set(groups(database, "a-1", "b-1"))) == 2
    assert len(resolve(database, resolver)) == 2
    assert len(set(groups(database, "a-1", "b-1"))) == 1
    assert asked(database) == []


def test_what_the_engine_joined_parts_when_one_of_the_two_is_withdrawn(database):
    resolver = Resolver(Rolls(), "nl")
    first = said("s1", "a-1", properties=ELECON)
    more = said("s3", "a-1", properties={"name": ("Quite Another Name of It",), "country": ("ru",)})
    enter(database, [first, more, said("s2", "b-1", properties=ELEKON)])
    resolve(database, resolver)
    assert len(set(groups(database, "a-1", "b-1"))) == 1
    enter(database, [gone("w1", first)])
    assert len(set(groups(database, "a-1", "b-1"))) == 2


def test_a_person_parts_what_the_engine_joined_and_the_engine_leaves_it_so(database):
    resolver = Resolver(Rolls(), "nl")
    enter(database, [said("s1", "a-1", properties=ELECON), said("s2", "b-1", properties=ELEKON)])
    resolve(database, resolver)
    enter(database, [judged("j1", "a-1", "b-1", "negative")])
    assert len(set(groups(database, "a-1", "b-1"))) == 2
    enter(database, [said("s4", "b-1", properties={**ELEKON, "address": ("Kazan",)})])
    resolve(database, resolver)
    assert len(set(groups(database, "a-1", "b-1"))) == 2


def test_a_likely_pair_waits_for_a_person_and_leaves_the_queue_when_judged(database):
    resolver = Resolver(Rolls(), "nl")
    enter(database, [said("s1", "a-1", properties=TANKER), said("s2", "b-1", properties=TANKER_LLC)])
    resolve(database, resolver)
    assert len(set(groups(database, "a-1", "b-1"))) == 2
    assert asked(database) == [{"a-1", "b-1"}]
    enter(database, [judged("j1", "b-1", "a-1", "unsure")])
    assert asked(database) == []


def test_a_reader_is_not_asked_about_what_they_may_not_see(database):
    resolver = Resolver(Rolls(), "nl")
    enter(
        database,
        [said("s1", "a-1", marking=OPEN, properties=TANKER), said("s2", "b-1", marking=CLOSED, properties=TANKER_LLC)],
    )
    resolve(database, resolver)
    assert asked(database, CHIEF) == [{"a-1", "b-1"}]
    assert asked(database, CLERK) == []


def test_a_reader_who_sees_one_side_of_a_join_sees_that_side_alone(database):
    resolver = Resolver(Rolls(), "nl")
    alone = said("s1", "b-1", marking=OPEN, properties=ELECON)
    enter(database, [alone, said("s2", "a-1", marking=CLOSED, properties=ELEKON)])
    before = groups(database, "b-1", reader=CLERK)
    resolve(database, resolver)
    assert len(set(groups(database, "a-1", "b-1"))) == 1
    assert groups(database, "b-1", reader=CLERK) == before
    with database.read() as connection:
        assert Sight(connection, CLERK, TODAY).profile("b-1").entities == ("b-1",)


def test_the_companies_are_the_same_however_much_is_looked_at_in_one_step(database):
    firms = [ELECON, TANKER, ELEKON, TANKER_LLC]
    enter(database, [said(f"s{n}", f"e-{n}", properties=one) for n, one in enumerate(firms)])
    resolve(database, Resolver(Rolls(), "nl"), most=1)
    assert len(set(groups(database, "e-0", "e-2"))) == 1
    assert len(set(groups(database, "e-0", "e-1", "e-3"))) == 3
    assert asked(database) == [{"e-1", "e-3"}]


def test_a_roll_follows_a_join_that_nothing_in_the_journal_tells_of(database):
    rolls = Rolls()
    resolver = Resolver(rolls, "nl")
    enter(database, [said("s1", "a-1", properties=ELECON), said("s2", "b-1", properties=ELEKON)])
    with database.read() as connection:
        assert len(rolls.roll(connection, CHIEF, on=TODAY).watchlist) == 2
    rolls.touch(resolve(database, resolver))
    with database.read() as connection:
        assert len(rolls.roll(connection, CHIEF, on=TODAY).watchlist) == 1


def test_people_are_not_compared(database):
    people = [Entity(id=f"p-{n}", schema="Person", properties={"name": ("Ivan Petrovich Sidorov",)}) for n in range(2)]
    enter(database, [said(f"s-{one.id}", one.id, entities=(one,)) for one in people])
    resolve(database, Resolver(Rolls(), "nl"))
    assert asked(database) == []


def test_a_gap_says_that_the_other_side_may_list_the_same_until_somebody_has_judged(database):
    listings = [
        said(
            name,
            subject,
            marking=OPEN,
            properties=properties,
            kind="listing",
            listing=listing(subject, jurisdiction=code),
        )
        for name, subject, properties, code in (("s1", "a-1", TANKER, "us"), ("s2", "b-1", TANKER_LLC, "eu"))
    ]
    enter(database, listings)
    resolve(database, Resolver(Rolls(), "nl"))
    found = report(database)
    assert [(gap.kind, bool(gap.possibly)) for gap in found.gaps] == [("only", True), ("only", True)]
    assert found.doubtful == 2
    assert {gap.possibly for gap in found.gaps} == {gap.company for gap in found.gaps}
    enter(database, [judged("j1", "a-1", "b-1", "negative")])
    assert report(database).doubtful == 0


def report(database: Database) -> GapReport:
    """Return the gaps between the United States and the European Union, for who sees all."""
    with database.read() as connection:
        return Sight(connection, CHIEF, TODAY).gaps("us", "eu")
