# SPDX-License-Identifier: Apache-2.0
"""What was known at an instant is what a node knew that got nothing after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from highfence.errors import NotFound
from highfence.register.absorb import company_id
from highfence.register.reading import Sight
from highfence.register.view import Profile
from highfence.storage.database import Database

from .claims import CLOSED, READER, TODAY, listing
from .entered import IDENTIFIERS, NAMES, SUBJECTS, Entered, empty, enter, gone, histories, said

STORED = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
IDS = (*SUBJECTS, *(company_id(subject) for subject in SUBJECTS), "nobody")


def timed(history: Sequence[Entered]) -> list[Entered]:
    """Return assertions of which one comes each minute."""
    return [
        msgspec.structs.replace(one, received=f"2026-11-20T10:{minute:02}:00.000000Z")
        for minute, one in enumerate(history, start=1)
    ]


def minute(number: int) -> datetime:
    return datetime(2026, 11, 20, 10, number, 30, tzinfo=UTC)


def then(database: Database, name: str, at: datetime) -> Profile | None:
    with database.read() as connection:
        try:
            found = Sight(connection, READER, TODAY).profile_then(name, at)
        except NotFound:
            return None
    return msgspec.structs.replace(found, as_of="")


def now(database: Database, name: str) -> Profile | None:
    with database.read() as connection:
        try:
            return Sight(connection, READER, TODAY).profile(name)
        except NotFound:
            return None


def bare(found: Profile | None) -> Profile | None:
    """Leave out whose lists were there to compare with: of a list that was withdrawn whole nothing is left to tell."""
    return msgspec.structs.replace(found, not_listed_by=()) if found is not None else None


@STORED
@given(histories(hidden=True), st.integers(0, 10))
def test_what_was_known_then_is_what_a_node_knows_that_got_nothing_later(database, history, stop):
    empty(database)
    enter(database, *([one] for one in timed(history)))
    found = {name: then(database, name, minute(stop)) for name in IDS}
    empty(database)
    enter(database, *([one] for one in timed(history)[:stop]))
    # A listing since the day of the assertions is listed on the day of the question as well as today.
    assert {name: bare(one) for name, one in found.items()} == {name: bare(now(database, name)) for name in IDS}


@STORED
@given(histories(hidden=True))
def test_what_is_known_now_is_what_was_known_at_the_last_instant(database, history):
    empty(database)
    enter(database, *([one] for one in timed(history)))
    for name in (*IDS, *IDENTIFIERS, *NAMES):
        assert then(database, name, minute(59)) == now(database, name)


def test_what_was_withdrawn_and_corrected_since_stands_as_it_stood(database):
    first = said("first", properties={"name": ("Northern Optical Works BV",)})
    corrected = said(
        "second",
        kind="correction",
        refers_to=first.id,
        reason="renamed",
        properties={"name": ("Southern Optical Works BV",)},
    )
    listed = said("third", kind="listing", listing=listing("a-1"))
    enter(database, *([one] for one in timed([first, listed, corrected, gone("fourth", listed)])))
    before, after = then(database, "a-1", minute(2)), then(database, "a-1", minute(4))
    assert before is not None
    assert after is not None
    assert ({one.statement.value for one in before.statements if one.statement.prop == "name"}, before.listed_by) == (
        {"Northern Optical Works BV", "Company a-1 Optics BV"},
        ("us",),
    )
    assert (after.caption, after.listed_by) == ("Southern Optical Works BV", ())
    assert then(database, "a-1", minute(0)) is None


def test_two_companies_that_were_one_then_are_shown_as_one(database):
    bridge = said("bridge", "a-1", properties={"innCode": IDENTIFIERS[:2]})
    other = said("other", "b-2", properties={"innCode": IDENTIFIERS[1:2], "name": ("Bolt Works Limited",)})
    enter(database, *([one] for one in timed([said("first", "a-1"), other, bridge, gone("end", bridge)])))
    joined, parted = then(database, "a-1", minute(3)), then(database, "a-1", minute(4))
    assert joined is not None
    assert parted is not None
    assert (joined.entities, parted.entities) == (("a-1", "b-2"), ("a-1",))


def test_what_is_hidden_today_was_not_to_be_seen_then(database):
    enter(database, timed([said("first", marking=CLOSED)]))
    assert then(database, "a-1", minute(5)) is None


def test_who_lists_nothing_yet_is_not_said_not_to_list(database):
    later = said("later", "b-2", kind="listing", listing=listing("b-2", jurisdiction="eu"))
    enter(database, *([one] for one in timed([said("first", kind="listing", listing=listing("a-1")), later])))
    found = then(database, "a-1", minute(1))
    assert found is not None
    assert (found.listed_by, found.not_listed_by) == (("us",), ())
    with database.read() as connection, pytest.raises(NotFound, match="nothing you may see"):
        Sight(connection, READER, TODAY).profile_then("nobody", minute(1))


def test_two_that_were_one_by_what_was_taken_back_since_are_found_from_either_side(database):
    bridge = said("bridge", "b-2", properties={"innCode": IDENTIFIERS[:1]})
    first = said("first", "a-1", properties={"innCode": IDENTIFIERS[:1]})
    moved = said("moved", "b-2", kind="correction", refers_to=bridge.id, reason="another firm's number")
    enter(database, *([one] for one in timed([bridge, first, moved])))
    for name in ("a-1", "b-2"):
        found = then(database, name, minute(2))
        assert found is not None
        assert found.entities == ("a-1", "b-2")
