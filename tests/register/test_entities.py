# SPDX-License-Identifier: Apache-2.0
"""register.entities: a roll holds what its reader may see, however it came there, and nothing else."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from highfence.matching.watchlist import Watchlist
from highfence.model.entity import Entity
from highfence.register.entities import ROLLS_MOST, Rolls
from highfence.register.reading import Sight
from highfence.rules.handling import Reader, may_view
from highfence.storage.database import Database

from .claims import CLOSED, OPEN, READER, TODAY
from .entered import LEIS, Entered, empty, enter, gone, histories, said

STORED = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
SUBJECTS = ("a-1", "b-2", "c-3", "d-4", "e-5")


def roll(database: Database, rolls: Rolls | None = None, *, reader: Reader = READER) -> Watchlist:
    with database.read() as connection:
        return (rolls or Rolls()).watchlist(connection, reader, on=TODAY)


def held(watchlist: Watchlist) -> dict[str, Entity]:
    return {entity.id: entity for entity in watchlist}


@STORED
@given(histories(hidden=True), st.lists(st.integers(1, 10), max_size=4))
def test_a_roll_that_follows_the_journal_is_the_one_made_anew(
    database: Database, history: list[Entered], stops: list[int]
) -> None:
    empty(database)
    rolls = Rolls()
    begun = 0
    for stop in (*sorted(set(stops)), len(history)):
        enter(database, history[begun:stop])
        begun = max(begun, stop)
        followed = roll(database, rolls)
    anew = roll(database)
    assert {key: _bare(one) for key, one in held(followed).items()} == {
        key: _bare(one) for key, one in held(anew).items()
    }


@STORED
@given(histories(hidden=True))
def test_a_roll_holds_only_companies_that_the_register_shows_the_reader(
    database: Database, history: list[Entered]
) -> None:
    empty(database)
    enter(database, history)
    shown = [
        one.assertion.entity()
        for one in history
        if may_view(one.assertion.marking, READER, on=TODAY, originator=one.assertion.originator).allowed
    ]
    values = {value for entity in shown if entity for all_of in entity.properties.values() for value in all_of}
    with database.read() as connection:
        sight = Sight(connection, READER, TODAY)
        for entity in held(roll(database)).values():
            profile = sight.profile(entity.id)
            assert profile.company == entity.id
            assert {value for all_of in entity.properties.values() for value in all_of} <= values


def _bare(entity: Entity) -> tuple[str, dict[str, set[str]]]:
    return entity.schema, {prop: set(values) for prop, values in entity.properties.items()}


def test_what_is_hidden_is_on_the_roll_of_those_who_may_see_it_only(database: Database) -> None:
    empty(database)
    enter(
        database,
        [
            said("open", properties={"name": ("Acme Optics",)}),
            said("hidden", properties={"alias": ("Front",)}, marking=CLOSED),
        ],
    )
    rolls = Rolls()
    (seen,) = held(roll(database, rolls)).values()
    cleared = Reader(authority="nl", ceiling="RESTRICTED", purposes=READER.purposes)
    (all_of,) = held(roll(database, rolls, reader=cleared)).values()
    assert (seen.values("alias"), all_of.values("alias")) == ((), ("Front",))


def test_companies_are_joined_and_parted_as_assertions_come_and_go(database: Database) -> None:
    empty(database)
    rolls = Rolls()
    link = said("link", "c-3", properties={"leiCode": LEIS[:1], "innCode": ("7736050003",)})
    enter(
        database,
        [said("a", "a-1", properties={"leiCode": LEIS[:1]}), said("b", "b-2", properties={"innCode": ("7736050003",)})],
    )
    assert len(roll(database, rolls)) == 2
    enter(database, [link])
    assert len(roll(database, rolls)) == 1
    enter(database, [gone("gone", link)])
    assert len(roll(database, rolls)) == 2


def test_the_narrower_schema_counts(database: Database) -> None:
    empty(database)
    vague = Entity(id="a-1", schema="LegalEntity", properties={"name": ("Acme",)})
    narrow = Entity(id="a-1", schema="Company", properties={"name": ("Acme Ltd",)})
    enter(database, [said("v", entities=(vague,)), said("n", entities=(narrow,)), said("w", entities=(vague,))])
    (entity,) = held(roll(database)).values()
    assert (entity.schema, entity.values("name")) == ("Company", ("Acme", "Acme Ltd"))


def test_rolls_are_few(database: Database) -> None:
    empty(database)
    enter(database, [said("a", marking=OPEN)])
    rolls = Rolls()
    assert roll(database, rolls) is roll(database, rolls)
    assert 1 <= ROLLS_MOST <= 16
