# SPDX-License-Identifier: Apache-2.0
"""What changed since an instant: each change once, with its cause, and nothing of what the reader may not see."""

from __future__ import annotations

from datetime import date

import msgspec
from hypothesis import HealthCheck, given, settings

from highfence.register.history import Changes, History, Scope
from highfence.register.reading import Sight
from highfence.rules.handling import Reader
from highfence.storage import editions
from highfence.storage.database import Database

from .claims import CLOSED, READER, TODAY, listing
from .entered import SUBJECTS, Entered, empty, enter, gone, histories, said
from .test_past import timed
from .test_reading import visible

STORED = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
START = "2026-11-20T10:00:00.000000Z"


def changes(database: Database, since: str = START, reader: Reader = READER, **scope: object) -> Changes:
    with database.read() as connection:
        wanted = Scope(**scope)  # type: ignore[arg-type]
        return History(Sight(connection, reader, TODAY)).changes(wanted, since)


def causes(found: Changes) -> list[str]:
    return [one.cause.assertion for one in found.changes]


@STORED
@given(histories(hidden=True))
def test_every_visible_assertion_is_one_change_and_what_is_hidden_leaves_no_trace(database, history):
    told = timed(history)
    scopes = ({}, {"authority": "nl"}, {"source": "us_list"}, {"companies": SUBJECTS}, {"listed_in": "us_list"})
    empty(database)
    enter(database, *([one] for one in told))
    everything = changes(database)
    assert causes(everything) == [one.id for one in told if visible(one)]
    with_hidden = [changes(database, **scope) for scope in scopes]
    assert sorted(causes(with_hidden[3])) == sorted(causes(everything))
    empty(database)
    enter(database, *([one] for one in told if visible(one)))
    assert [changes(database, **scope) for scope in scopes] == with_hidden


@STORED
@given(histories())
def test_changes_since_an_instant_are_the_last_of_all(database, history):
    empty(database)
    enter(database, *([one] for one in timed(history)))
    everything = changes(database)
    for place, one in enumerate(everything.changes):
        assert changes(database, one.cause.at).changes == everything.changes[place + 1 :]
        with database.read() as connection:
            cut = History(Sight(connection, READER, TODAY)).changes(Scope(), START, limit=place)
        assert (cut.changes, cut.more) == (everything.changes[:place], True)


def story() -> list[Entered]:
    listed = said("listed", kind="listing", listing=listing("a-1", listed=date(2025, 1, 1)))
    longer = said(
        "longer",
        kind="correction",
        refers_to=listed.id,
        reason="the list's entry has changed",
        listing=listing("a-1", listed=date(2025, 1, 1), reason="More"),
        properties={"alias": ("Acme",)},
    )
    ended = said(
        "ended",
        kind="correction",
        refers_to=longer.id,
        reason="taken off the list",
        listing=listing("a-1", listed=date(2025, 1, 1), reason="More", until=date(2026, 11, 1)),
    )
    back = said(
        "back",
        kind="correction",
        refers_to=ended.id,
        reason="the list's entry has changed",
        listing=listing("a-1", listed=date(2025, 1, 1), reason="More"),
    )
    return timed([listed, longer, ended, back, gone("gone", back)])


def test_each_step_of_a_listing_is_told_with_what_it_added_and_removed(database):
    enter(database, *([one] for one in story()))
    found = changes(database, companies=("a-1",)).changes
    assert [one.what for one in found] == ["listed", "listing_changed", "delisted", "relisted", "withdrawn"]
    assert found[0].added == ("name: Company a-1 Optics BV",)
    assert (found[1].added, found[1].removed, found[1].values) == (("alias: Acme",), (), 1)
    assert found[2].removed == ("alias: Acme",)
    assert found[2].text.startswith("US Entity List: Export control, since 2025-01-01, until 2026-11-01")
    assert found[4].removed == ("name: Company a-1 Optics BV",)
    assert found[4].cause.refers_to == found[3].cause.assertion
    assert {one.caption for one in found} == {"Company a-1 Optics BV"}


def test_a_list_an_authority_and_a_watch_list_have_their_own_changes(database):
    other = said("other", "b-2", originator="us", kind="facts")
    elsewhere = said("elsewhere", "c-3", kind="listing", listing=listing("c-3", jurisdiction="eu"))
    enter(database, *([one] for one in timed([*story()[:2], other, elsewhere])))
    assert [one.what for one in changes(database, source="us_list").changes] == ["listed", "listing_changed"]
    assert causes(changes(database, authority="us")) == [other.id]
    assert causes(changes(database, listed_in="eu_list")) == [elsewhere.id]
    watched = changes(database, companies=("b-2", "c-3", "nobody"))
    assert (causes(watched), watched.unknown) == ([other.id, elsewhere.id], ("nobody",))
    assert changes(database, companies=("nobody",)).changes == ()


def test_a_change_names_the_edition_that_this_node_took_it_from(database):
    (listed,) = story()[:1]
    enter(database, [listed])
    for at, as_of in (("2026-11-20T10:00:30.000000Z", "2026-10-01"), ("2026-11-20T10:01:01.000000Z", "2026-11-19")):
        run = editions.Import(source="us_list", at=at, as_of=as_of, digest="d", outcome="taken", summary=b"{}")
        database.write(lambda connection, run=run: editions.log(connection, run))
    insider = Reader(authority="nl", ceiling="RESTRICTED", purposes=("export-control",))
    (cause,) = (one.cause for one in changes(database, reader=insider).changes)
    assert (cause.source, cause.edition) == ("us_list", "2026-11-19")
    (cause,) = (one.cause for one in changes(database).changes)
    assert (cause.source, cause.edition) == ("", "")


def test_a_correction_of_what_is_hidden_is_told_without_it(database):
    first = said("first", marking=CLOSED, properties={"alias": ("Secret Name",)})
    second = said("second", kind="correction", refers_to=first.id, reason="now open")
    enter(database, *([one] for one in timed([first, second])))
    (found,) = changes(database).changes
    assert (found.what, found.removed, found.cause.refers_to) == ("corrected", (), "")
    assert b"Secret" not in msgspec.json.encode(found)
