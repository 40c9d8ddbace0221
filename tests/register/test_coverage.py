# SPDX-License-Identifier: Apache-2.0
"""Every authority has its line, with what it has told that the reader may see; no small number that is withheld."""

from __future__ import annotations

from highfence.model.authority import Authority
from highfence.model.marking import NO_SMALL_COUNTS, Marking
from highfence.register.coverage import coverage_seen
from highfence.register.reading import Sight
from highfence.storage.database import Database

from .claims import CLOSED, READER, TODAY, listing
from .entered import enter, gone, said

MEMBERS = (
    Authority(code="nl", name="Netherlands", country="nl"),
    Authority(code="cy", name="Cyprus", country="cy", screening_law=False),
)
CAREFUL = Marking(
    tlp="AMBER", classification="SENSITIVE", releasable_to=("jp",), disclosure="release", caveats=(NO_SMALL_COUNTS,)
)


def told(database: Database) -> dict[str, dict[str, int | None]]:
    with database.read() as connection:
        return {one.code: one.told for one in coverage_seen(Sight(connection, READER, TODAY), MEMBERS)}


def test_who_has_told_nothing_and_who_has_no_law_have_a_line_too(database):
    with database.read() as connection:
        lines = coverage_seen(Sight(connection, READER, TODAY), MEMBERS)
    assert [(one.code, one.screening_law, one.told, one.newest) for one in lines] == [
        ("cy", False, {}, ""),
        ("nl", True, {}, ""),
    ]


def test_what_stands_is_counted_by_kind_and_what_does_not_is_not(database):
    first = said("1")
    enter(
        database,
        [first, said("2", "b-2"), said("3", "c-3", kind="listing", listing=listing("c-3"))],
        [gone("g", first)],
    )
    assert told(database) == {"cy": {}, "nl": {"facts": 1, "listing": 1}}


def test_what_the_reader_may_not_see_is_in_no_number(database):
    enter(database, [said("1", marking=CLOSED), said("2", "b-2")])
    assert told(database)["nl"] == {"facts": 1}


def test_a_small_number_is_not_told_where_a_marking_asks_for_it(database):
    enter(database, [said("1", marking=CAREFUL), said("2", "b-2")])
    assert told(database)["nl"] == {"facts": None}
    enter(database, [said("3", "c-3")])
    assert told(database)["nl"] == {"facts": 3}
