# SPDX-License-Identifier: Apache-2.0
"""Screening page: a form's words as a party to look for, and the answer arranged for the eye. Pure but for the sight.

A form is read as a row of a file is, so that one party gets one answer at every door.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from highfence.errors import NotFound
from highfence.formats.headings import Columns
from highfence.formats.parties import parties_of
from highfence.formats.tabular import Grid, Row
from highfence.matching.screen import Match, screen
from highfence.model.entity import Entity
from highfence.model.identifier import identifiers_of
from highfence.model.listing import Listing
from highfence.model.marking import Marking
from highfence.register.entities import Roll
from highfence.register.reading import Sight
from highfence.register.view import Profile
from highfence.rules.handling import combine
from highfence.sources.catalogue import sources
from highfence.storage.companies import ListRow

#: More than a person compares; who finds so many says more of the party.
MATCHES_MOST = 10
#: What an officer can say of a party, by the names of the form's fields.
FIELDS = ("name", "country", "schema", "identifiers")
#: What a party can be, in FollowTheMoney's words and in the page's.
SCHEMATA = {
    "": "Anything",
    "Company": "Company or other organisation",
    "Person": "Person",
    "Vessel": "Ship",
    "Airplane": "Aircraft",
}
#: How a score is called, from which one on.
_LIKENESS = ((0.95, "Very strong match"), (0.85, "Strong match"), (0.0, "Possible match"))


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A form: its fields as they were filled in, the party they make, and what is wrong with a field, by field."""

    fields: dict[str, str]
    entity: Entity
    wrong: dict[str, str]


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """That a jurisdiction lists a party under a programme: since its first day known, in so many entries."""

    jurisdiction: str
    programme: str
    list: str
    since: date | None
    entries: int


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A match with the reader's profile of it: who lists it today, and who did; None if it has just changed."""

    match: Match
    likeness: str
    profile: Profile | None
    listed: tuple[Placed, ...] = ()
    ended: tuple[Placed, ...] = ()


class Searched(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked through: so many names of parties, and lists, of which `titles` tells the full names."""

    parties: int
    names: int
    lists: tuple[ListRow, ...]
    titles: dict[str, str]


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one name: matches, the marking of all that is shown of them, and what could not be looked at."""

    found: tuple[Found, ...]
    marking: Marking | None
    notes: tuple[str, ...]
    searched: Searched


def read_form(form: Mapping[str, object]) -> Asked:
    """Read the form of one party; what cannot be used is told by field and nothing is left out in silence."""
    fields = {name: value if isinstance(value := form.get(name), str) else "" for name in FIELDS}
    (party,) = parties_of(
        Grid(headings=FIELDS, rows=(Row(1, tuple(value.strip() for value in fields.values())),)),
        Columns(places={name: (at,) for at, name in enumerate(FIELDS)}, headings=FIELDS),
    )
    wrong = {fault.column: f"{fault.what.removesuffix('; it is left out')}. {fault.advice}" for fault in party.faults}
    return Asked(fields=fields, entity=msgspec.structs.replace(party.entity, id="query"), wrong=wrong)


def answer(asked: Asked, sight: Sight, roll: Roll, *, on: date) -> Answered:
    """Screen the party of a form, of which `unanswerable` has nothing to say."""
    screening = screen(asked.entity, roll.watchlist, limit=MATCHES_MOST)
    found = tuple(_found(match, sight, on=on) for match in screening.matches)
    profiles = [one.profile for one in found if one.profile is not None]
    return Answered(
        found=found,
        marking=combine(one.marking for one in profiles) if profiles else None,
        notes=tuple(_notes(asked, screening.problem)),
        searched=searched(sight, roll),
    )


def searched(sight: Sight, roll: Roll) -> Searched:
    """Return what is looked through for the reader."""
    titles = {source.name: source.title for source in sources()}
    return Searched(parties=len(roll.watchlist), names=roll.names, lists=sight.lists(), titles=titles)


def likeness(score: float) -> str:
    """Write a score at or above the threshold in words.

    >>> likeness(1.0), likeness(0.9), likeness(0.7)
    ('Very strong match', 'Strong match', 'Possible match')
    """
    return next(words for least, words in _LIKENESS if score >= least)


def _found(match: Match, sight: Sight, *, on: date) -> Found:
    try:
        profile = sight.profile(match.id)
    except NotFound:
        return Found(match=match, likeness=likeness(match.score), profile=None)
    return Found(
        match=match,
        likeness=likeness(match.score),
        profile=profile,
        listed=_placed(one.listing for one in profile.listings if one.listing.stands(on)),
        ended=_placed(one.listing for one in profile.listings if not one.listing.stands(on)),
    )


def _placed(listings: Iterable[Listing]) -> tuple[Placed, ...]:
    """Return listings by jurisdiction, programme and list: what one programme says in nine entries is one line."""
    grouped: dict[tuple[str, str, str], list[Listing]] = {}
    for one in listings:
        grouped.setdefault((one.jurisdiction, one.programme or one.list, one.list), []).append(one)
    return tuple(
        Placed(
            jurisdiction=jurisdiction,
            programme=programme,
            list=name,
            since=min((one.listed for one in group if one.listed is not None), default=None),
            entries=len(group),
        )
        for (jurisdiction, programme, name), group in sorted(grouped.items())
    )


def _notes(asked: Asked, problem: str) -> Iterable[str]:
    """Yield what a person should know of what was not looked at."""
    if problem:
        yield problem
    if asked.fields["identifiers"].strip() and not identifiers_of(asked.entity):
        yield (
            "the number fits no kind that is known and was not compared; give its country, or write its kind before it"
        )
