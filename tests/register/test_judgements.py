# SPDX-License-Identifier: Apache-2.0
"""Judgements: a person's word joins and parts companies, and taken back leaves everything as it was."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import InvalidAssertion, NotFound
from highfence.model.assertion import Assertion
from highfence.model.judgement import VERDICTS, Judgement
from highfence.model.marking import Marking
from highfence.register.join import Arrival, join, join_apart
from highfence.register.reading import Sight
from highfence.register.review import Review
from highfence.rules.handling import Reader
from highfence.storage.database import Database

from .entered import Entered, enter, gone, said

CHIEF = Reader(authority="nl", ceiling="RESTRICTED", purposes=("export-control",), name="Chief")
CLERK = Reader(authority="nl", ceiling="SENSITIVE", purposes=("export-control",), name="Clerk")
TODAY = date(2026, 11, 24)
OPEN = Marking(tlp="GREEN", classification="SENSITIVE", releasable_to=("jp", "us"), purposes=("export-control",))
CLOSED = Marking(tlp="AMBER", classification="RESTRICTED", releasable_to=("us",), purposes=("export-control",))


def judged(name: str, one: str, other: str, verdict: str, **changes: object) -> Entered:
    """Return an identity assertion."""
    fields: dict[str, object] = {"kind": "identity", "entities": (), "reason": "the same seal", **changes}
    marking = fields.pop("marking", OPEN)
    assert isinstance(marking, Marking)
    return said(name, one, marking=marking, judgement=Judgement(other=other, verdict=verdict), **fields)


def groups(database: Database, *entities: str, reader: Reader = CHIEF) -> list[str]:
    """Return the company of each entity, as a reader knows it."""
    with database.read() as connection:
        sight = Sight(connection, reader, TODAY)
        return [sight.profile(entity).company for entity in entities]


def publish(database: Database, name: str, claim: Assertion) -> Entered:
    """Enter what a review made."""
    entered = said(
        name,
        claim.subject,
        **{
            field: getattr(claim, field)
            for field in ("kind", "marking", "judgement", "reason", "refers_to", "entities")
        },
    )
    enter(database, [entered])
    return entered


def two(database: Database, marking: Marking = OPEN) -> None:
    """Enter two companies that nothing joins."""
    enter(
        database,
        [
            said("s1", "a-1", marking=OPEN, properties={"name": ("Volna Radio Works",)}),
            said("s2", "b-1", marking=marking, properties={"name": ("Wave",)}),
        ],
    )


def test_a_positive_judgement_makes_two_companies_one_and_its_withdrawal_parts_them(database):
    two(database)
    before = groups(database, "a-1", "b-1")
    assert len(set(before)) == 2
    word = judged("j1", "a-1", "b-1", "positive")
    enter(database, [word])
    assert len(set(groups(database, "a-1", "b-1"))) == 1
    enter(database, [gone("w1", word)])
    assert groups(database, "a-1", "b-1") == before


def test_a_negative_judgement_parts_what_shares_a_name_and_its_withdrawal_joins_it_again(database):
    name = ("Example Precision Machine Works of the North LLC",)
    enter(
        database,
        [
            said("s1", "a-1", marking=OPEN, properties={"name": name}),
            said("s2", "b-1", marking=OPEN, properties={"name": name}),
        ],
    )
    joined = groups(database, "a-1", "b-1")
    assert len(set(joined)) == 1
    word = judged("j1", "a-1", "b-1", "negative")
    enter(database, [word])
    assert len(set(groups(database, "a-1", "b-1"))) == 2
    with database.read() as connection:
        hits = Sight(connection, CHIEF, TODAY).search("example precision")
    assert len(hits) == 2
    enter(database, [gone("w1", word)])
    assert groups(database, "a-1", "b-1") == joined


def test_an_unsure_judgement_changes_no_company(database):
    two(database)
    before = groups(database, "a-1", "b-1")
    enter(database, [judged("j1", "a-1", "b-1", "unsure")])
    assert groups(database, "a-1", "b-1") == before


@pytest.mark.parametrize("verdict", VERDICTS)
def test_what_an_ally_judged_joins_and_parts_nothing_here(database, verdict):
    two(database)
    before = groups(database, "a-1", "b-1")
    enter(database, [judged("j1", "a-1", "b-1", verdict, originator="us")])
    assert groups(database, "a-1", "b-1") == before


def test_a_reader_who_may_not_see_a_judgement_sees_the_companies_as_without_it(database):
    two(database)
    apart = groups(database, "a-1", "b-1", reader=CLERK)
    enter(database, [judged("j1", "a-1", "b-1", "positive", marking=CLOSED)])
    assert len(set(groups(database, "a-1", "b-1"))) == 1
    assert groups(database, "a-1", "b-1", reader=CLERK) == apart


def test_a_reader_who_may_not_see_that_two_are_held_apart_sees_them_joined(database):
    name = ("Example Precision Machine Works of the North LLC",)
    enter(
        database,
        [
            said("s1", "a-1", marking=OPEN, properties={"name": name}),
            said("s2", "b-1", marking=OPEN, properties={"name": name}),
        ],
    )
    enter(database, [judged("j1", "a-1", "b-1", "negative", marking=CLOSED)])
    assert len(set(groups(database, "a-1", "b-1"))) == 2
    assert len(set(groups(database, "a-1", "b-1", reader=CLERK))) == 1


def test_a_judgement_is_marked_no_wider_than_what_it_rests_on(database):
    two(database, CLOSED)
    with database.read() as connection:
        claim = Review(connection, CHIEF, TODAY).judge(
            "a-1", "b-1", verdict=Judgement(other="", verdict="positive", by="Chief"), reason="same seal", share=("us",)
        )
    assert claim.marking.classification == "RESTRICTED"
    assert claim.marking.releasable_to == ("us",)
    assert claim.judgement == Judgement(other="b-1", verdict="positive")


def test_a_judgement_is_not_shared_with_whom_may_not_have_what_it_rests_on(database):
    two(database, CLOSED)
    with database.read() as connection, pytest.raises(InvalidAssertion, match="jp"):
        Review(connection, CHIEF, TODAY).judge(
            "a-1", "b-1", verdict=Judgement(other="", verdict="positive"), reason="same seal", share=("jp",)
        )


def test_nobody_judges_what_they_may_not_see(database):
    two(database, CLOSED)
    with database.read() as connection, pytest.raises(NotFound):
        Review(connection, CLERK, TODAY).judge("a-1", "b-1", verdict=Judgement(other="", verdict="unsure"), reason="?")


def test_a_second_judgement_of_a_pair_corrects_the_first(database):
    two(database)
    first = judged("j1", "a-1", "b-1", "positive")
    enter(database, [first])
    with database.read() as connection:
        claim = Review(connection, CHIEF, TODAY).judge(
            "b-1", "a-1", verdict=Judgement(other="", verdict="negative"), reason="other owners"
        )
    assert (claim.kind, claim.refers_to) == ("correction", first.id)
    publish(database, "j2", claim)
    assert len(set(groups(database, "a-1", "b-1"))) == 2


@pytest.mark.parametrize(("first", "second"), [("positive", "negative"), ("negative", "positive")])
def test_a_judgement_that_contradicts_others_is_refused(database, first, second):
    two(database)
    enter(database, [said("s3", "c-1", marking=OPEN, properties={"name": ("Third",)})])
    enter(database, [judged("j1", "a-1", "b-1", "positive"), judged("j2", "b-1", "c-1", first)])
    with database.read() as connection, pytest.raises(InvalidAssertion, match="opposite"):
        Review(connection, CHIEF, TODAY).judge(
            "a-1", "c-1", verdict=Judgement(other="", verdict=second), reason="no doubt"
        )


def test_undoing_is_only_for_this_authoritys_own_judgements(database):
    two(database)
    told = msgspec.structs.replace(OPEN, releasable_to=("nl",))
    word = judged("j1", "a-1", "b-1", "positive", originator="us", marking=told)
    enter(database, [word])
    with database.read() as connection, pytest.raises(InvalidAssertion, match="no judgement of this authority"):
        Review(connection, CHIEF, TODAY).undo(word.id, "mistaken")


ENTITIES = st.sampled_from("abcdef")
ARRIVALS = st.lists(
    st.builds(
        lambda entity, keys: Arrival(entity=entity, keys=(f"entity:{entity}", *keys)),
        ENTITIES,
        st.lists(st.sampled_from(("lei:1", "name:x", "name:y", "like:a|b", "person:p")), max_size=3),
    ),
    max_size=10,
)
APART = st.sets(st.sets(ENTITIES, min_size=2, max_size=2).map(frozenset), max_size=4)


@given(ARRIVALS, APART, st.randoms())
def test_those_held_apart_never_meet_and_the_order_of_arrival_does_not_matter(arrivals, apart, dice):
    found = join_apart(arrivals, apart)
    for pair in apart:
        one, other = sorted(pair)
        assert one not in found or other not in found or found[one] != found[other]
    shuffled = list(arrivals)
    dice.shuffle(shuffled)
    assert join_apart(shuffled, apart) == found


@given(ARRIVALS)
def test_with_nobody_held_apart_companies_are_as_the_keys_alone_make_them(arrivals):
    assert join_apart(arrivals, set()) == join(arrivals, {}).company_of


@given(ARRIVALS, APART)
def test_holding_apart_only_ever_parts(arrivals, apart):
    whole, parted = join(arrivals, {}).company_of, join_apart(arrivals, apart)
    assert all(whole[one] == whole[other] for one in parted for other in parted if parted[one] == parted[other])
