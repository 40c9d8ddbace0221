# SPDX-License-Identifier: Apache-2.0
"""register.entities: a roll holds what its reader may see, however it came there, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from highfence.matching.index import names_of
from highfence.matching.watchlist import Watchlist
from highfence.model.entity import Entity
from highfence.register.absorb import company_id
from highfence.register.counting import ledger_of
from highfence.register.entities import ROLLS_MOST, Rolls
from highfence.register.reading import Sight
from highfence.register.resolver import Resolver
from highfence.rules.handling import Reader, may_view
from highfence.storage import journal
from highfence.storage.database import Database

from .claims import CLOSED, OPEN, READER, TODAY
from .entered import IDENTIFIERS, LEIS, Entered, empty, enter, gone, histories, said
from .test_judgements import judged
from .test_resolver import resolve

STORED = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
CLEARED = Reader(authority="nl", ceiling="RESTRICTED", purposes=READER.purposes)
READERS = (READER, CLEARED, Reader(authority="nl", ceiling="RESTRICTED", name="somebody"))
#: Of one authority, as all readers of a node are; the first may not see what is above their clearance.
OFFICERS = (Reader(authority="nl", ceiling="SENSITIVE", purposes=READER.purposes), CLEARED)
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


@STORED
@given(histories(hidden=True), st.lists(st.tuples(st.integers(1, 10), st.sampled_from(READERS)), max_size=6))
def test_every_reader_has_their_own_roll_whoever_asked_before(
    database: Database, history: list[Entered], asked: list[tuple[int, Reader]]
) -> None:
    empty(database)
    rolls = Rolls()
    begun = 0
    for stop, reader in (*sorted(asked, key=lambda one: one[0]), *((len(history), one) for one in READERS)):
        enter(database, history[begun:stop])
        begun = max(begun, stop)
        with database.read() as connection:
            at_hand = rolls.roll(connection, reader, on=TODAY)
            if begun == len(history):
                rolls.follow(connection, on=TODAY)
        if begun == len(history):
            anew = held(roll(database, reader=reader))
            assert {key: _bare(one) for key, one in held(at_hand.watchlist).items()} == {
                key: _bare(one) for key, one in anew.items()
            }
            assert at_hand.names == sum(len(names_of(one, most=500)) for one in anew.values())


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
    (all_of,) = held(roll(database, rolls, reader=CLEARED)).values()
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


def test_what_arrives_unseen_is_left_to_whoever_follows(database: Database) -> None:
    empty(database)
    first = said("a", "a-1")
    enter(database, [first])
    rolls = Rolls()
    with database.read() as connection:
        at_hand = rolls.roll(connection, READER, on=TODAY)
        seen = at_hand.markings
    enter(database, [said("b", "b-2", marking=CLOSED), gone("gone", first, marking=CLOSED)])
    with database.read() as connection:
        assert not at_hand.lacks(connection, seen)
        assert len(rolls.roll(connection, READER, on=TODAY).watchlist) == 1
        rolls.follow(connection, on=TODAY)
        assert len(rolls.roll(connection, READER, on=TODAY).watchlist) == 0
    enter(database, [said("c", "c-3")])
    with database.read() as connection:
        assert at_hand.lacks(connection, seen)
        assert len(rolls.roll(connection, READER, on=TODAY).watchlist) == 1


def test_a_roll_knows_the_markings_of_what_it_tells(database: Database) -> None:
    empty(database)
    enter(database, [said("a", "a-1"), said("b", "b-2", marking=CLOSED), said("c", "a-1", marking=CLOSED)])
    rolls = Rolls()
    with database.read() as connection:
        seen = rolls.roll(connection, READER, on=TODAY)
        (one,) = seen.watchlist
        assert seen.markings_of([one.id, "nobody"]) == {journal.marking_id("nl", msgspec.json.encode(OPEN))}
        cleared = rolls.roll(connection, CLEARED, on=TODAY)
        assert len(cleared.markings_of([one.id])) == 2


def test_what_is_seen_no_more_leaves_the_roll(database: Database) -> None:
    empty(database)
    brief = msgspec.structs.replace(OPEN, expires=TODAY)
    enter(database, [said("a", "a-1"), said("b", "b-2", marking=brief)])
    rolls = Rolls()
    with database.read() as connection:
        today = len(rolls.roll(connection, READER, on=TODAY - timedelta(days=2)).watchlist)
        assert (today, len(rolls.roll(connection, READER, on=TODAY + timedelta(days=2)).watchlist)) == (2, 1)


def test_a_reading_that_fails_is_done_anew(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    empty(database)
    enter(database, [said("a", "a-1")])
    rolls = Rolls()
    assert len(roll(database, rolls)) == 1
    enter(database, [said("b", "b-2"), gone("gone", said("a", "a-1"))])
    with monkeypatch.context() as broken:
        broken.setattr(Watchlist, "extend", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            roll(database, rolls)
    assert held(roll(database, rolls)) == held(roll(database))


@STORED
@given(histories(hidden=True), st.lists(st.integers(1, 10), max_size=4))
def test_the_ledger_that_follows_the_journal_is_the_one_made_of_the_index(
    database: Database, history: list[Entered], stops: list[int]
) -> None:
    empty(database)
    rolls = Rolls()
    begun = 0
    for stop in (*sorted(set(stops)), len(history)):
        enter(database, history[begun:stop])
        begun = max(begun, stop)
        with database.read() as connection:
            followed = rolls.roll(connection, READER, on=TODAY).ledger
            seen = Sight(connection, READER, TODAY)
            for ledger in (followed.copy(), followed):
                assert ledger.alignment(TODAY, seen.marking) == ledger_of(seen).alignment(TODAY, seen.marking)
                assert ledger.widest(TODAY, limit=99) == ledger_of(seen).widest(TODAY, limit=99)
                assert ledger.conflicts(TODAY) == ledger_of(seen).conflicts(TODAY)


STEPS = st.one_of(
    st.sampled_from(("enter", "look", "ask", "enter", "look", "ask")),
    st.tuples(
        st.sampled_from(SUBJECTS), st.sampled_from(SUBJECTS), st.sampled_from(("negative", "unsure", "positive"))
    ),
)


@STORED
@given(histories(hidden=True, alike=True), st.lists(STEPS, min_size=4, max_size=14))
def test_who_may_be_the_same_is_kept_up_for_each_reader(
    database: Database, history: list[Entered], steps: list[str | tuple[str, str, str]]
) -> None:
    empty(database)
    rolls = Rolls()
    resolver = Resolver(rolls, "nl")
    begun = 0
    for number, step in enumerate(("enter", "look", *steps, "enter", "enter", "look", "ask")):
        if step == "enter":
            enter(database, history[begun : begun + 4])
            begun += 4
        elif step == "look":
            rolls.touch(resolve(database, resolver, most=3))
        elif step == "ask":
            for reader in OFFICERS:
                with database.read() as connection:
                    ledger = rolls.roll(connection, reader, on=TODAY).ledger
                    seen = Sight(connection, reader, TODAY)
                    event(f"{len(ledger.alike)} companies are like another")
                    assert ledger.alike == seen.alike()
                    assert ledger.alignment(TODAY, seen.marking) == ledger_of(seen).alignment(TODAY, seen.marking)
                    assert ledger.widest(TODAY, limit=99) == ledger_of(seen).widest(TODAY, limit=99)
        elif step[0] != step[1]:
            enter(database, [judged(f"judged{number}", *step)])


TANKER, TANKERS = {"name": ("National Example Tanker Company",)}, {"name": ("National Example Tankers",)}


def alike(database: Database, rolls: Rolls) -> dict[str, dict[str, float]]:
    with database.read() as connection:
        return dict(rolls.roll(connection, OFFICERS[0], on=TODAY).ledger.alike)  # type: ignore[arg-type]


def test_what_the_engine_has_looked_at_since_is_noticed_though_nothing_has_arrived(database: Database) -> None:
    empty(database)
    rolls = Rolls()
    enter(database, [said("a", "a-1", properties=TANKER), said("b", "b-2", properties=TANKERS)])
    assert alike(database, rolls) == {}
    resolve(database, Resolver(rolls, "nl"))
    assert {company_id("a-1"), company_id("b-2")} == alike(database, rolls).keys()
    enter(database, [judged("j", "b-2", "a-1", "unsure")])
    assert alike(database, rolls) == {}


def test_who_is_joined_by_what_a_reader_may_not_see_is_like_others_by_itself(database: Database) -> None:
    empty(database)
    rolls = Rolls()
    shared = {"innCode": IDENTIFIERS[:1]}
    hidden = [
        said("h1", "a-1", properties=shared, marking=CLOSED),
        said("h2", "b-2", properties=shared, marking=CLOSED),
    ]
    enter(database, [said("a", "a-1"), said("b", "b-2", properties=TANKER), *hidden])
    enter(database, [said("c", "c-3", properties=TANKERS)])
    assert alike(database, rolls) == {}
    resolve(database, Resolver(rolls, "nl"))
    assert {company_id("b-2"), company_id("c-3")} == alike(database, rolls).keys()
