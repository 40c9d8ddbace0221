# SPDX-License-Identifier: Apache-2.0
"""Watch: looks for everybody in an application among parties that are listed, and tells whom they are like.

The same at every door. What is searched, and how an entity is listed, come in from a file or from what a reader may
see; so what the reader may not see is neither found nor counted.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

import msgspec

from highfence.formats.headings import Columns
from highfence.formats.listings import interests_of, listings_of
from highfence.formats.parties import parties_of
from highfence.formats.tabular import Grid, Row
from highfence.matching.addresses import AddressBook
from highfence.matching.screen import THRESHOLD, screen
from highfence.matching.watchlist import Watchlist
from highfence.model.application import Application, Known, Likeness, Subject
from highfence.model.entity import Entity
from highfence.model.interest import Interest
from highfence.model.listing import Listing

#: From this score on somebody counts as the listed party without a person's judgement; below it a person judges.
SURE_FROM = 0.95
MATCHES_MOST = 5
#: So many addresses of a party are compared, and so many who share one are told.
ADDRESSES_MOST = 5
SHARERS_MOST = 5
#: How many subjects are remembered: a file of shipments names the same parties again and again.
REMEMBERED_MOST = 20_000
#: How far owners are followed.
_INTERESTS_MOST = 2_000
_FIELDS = ("name", "country", "address", "identifiers")


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """Who owns some entities, and what the owners hold beside. `names` are of ends; `cut` had too many owners."""

    interests: tuple[Interest, ...] = ()
    names: dict[str, str] = msgspec.field(default_factory=dict)
    cut: frozenset[str] = frozenset()


Listings = Callable[[str], tuple[Listing, ...]]
Around = Callable[[Sequence[str], date], Surroundings]


class Holdings(msgspec.Struct, frozen=True):
    """Interests by who is owned and by who owns."""

    into: Mapping[str, tuple[Interest, ...]]
    out: Mapping[str, tuple[Interest, ...]]

    @classmethod
    def of(cls, interests: Iterable[Interest]) -> Holdings:
        """Return the holdings of interests."""
        into: dict[str, list[Interest]] = {}
        out: dict[str, list[Interest]] = {}
        for one in interests:
            into.setdefault(one.owned, []).append(one)
            out.setdefault(one.owner, []).append(one)
        return cls(
            {owned: tuple(found) for owned, found in into.items()},
            {owner: tuple(found) for owner, found in out.items()},
        )

    def around(self, entities: Sequence[str], on: date) -> Surroundings:  # noqa: ARG002 - they carry their days
        """Return what leads to entities from above, and what their owners hold beside them; on any day."""
        wanted = list(entities)
        seen = set(wanted)
        kept: list[Interest] = []
        direct = {one.owner for entity in seen for one in self.into.get(entity, ())}
        while wanted and len(kept) < _INTERESTS_MOST:
            for one in self.into.get(wanted.pop(), ()):
                kept.append(one)
                if one.owner not in seen:
                    seen.add(one.owner)
                    wanted.append(one.owner)
        for owner in sorted(direct | seen):
            kept += self.out.get(owner, ())[: _INTERESTS_MOST - len(kept)]
        return Surroundings(interests=tuple(dict.fromkeys(kept)))


class Watch:
    """Whom one looks for and how they are listed. Any number of readers."""

    def __init__(
        self,
        watchlist: Watchlist,
        listings: Listings,
        *,
        addresses: AddressBook | None = None,
        around: Around | None = None,
        stated: Holdings | None = None,
    ) -> None:
        self.watchlist = watchlist
        self._listings = listings
        self._addresses = addresses or AddressBook()
        self._stated = stated or Holdings({}, {})
        self._around: Around = around or (lambda _entities, _on: Surroundings())
        self._remembered: OrderedDict[Subject, tuple[tuple[Likeness, ...], str]] = OrderedDict()

    @classmethod
    def of(cls, entities: Iterable[Entity], *, interests: Iterable[Interest] = ()) -> Watch:
        """Return a watch over FollowTheMoney entities, with their sanctions, addresses and ownerships."""
        held = list(entities)
        listed = listings_of(held)
        return cls(
            Watchlist.build(held),
            lambda entity: listed.get(entity, ()),
            addresses=AddressBook.of(held),
            around=Holdings.of(interests_of(held)).around,
            stated=Holdings.of(interests),
        )

    def known(self, application: Application) -> Known:
        """Return whom the parties and owners of an application are like, how these are listed, and who owns them."""
        likenesses: dict[str, tuple[Likeness, ...]] = {}
        unscreened: dict[str, str] = {}
        for subject in application.subjects():
            found, problem = self._looked(subject)
            if found:
                likenesses[subject.id] = found
            if problem:
                unscreened[subject.id] = problem
        same = {one.entity: subject for subject, found in likenesses.items() for one in found if one.sure}
        # Ids of the application are its own: they mean somebody in what was handed in with it, and nobody elsewhere.
        subjects = [subject.id for subject in application.subjects()]
        owned = self._around(list(same), application.on)
        interests = (*owned.interests, *self._stated.around([*same, *subjects], application.on).interests)
        unscreened |= {same[one]: "its owners are too many to be followed" for one in sorted(owned.cut) if one in same}
        entities = {one.entity for found in likenesses.values() for one in found}
        entities |= {end for one in interests for end in (one.owner, one.owned)}
        captions = {one: party.caption for one in sorted(entities) if (party := self.watchlist.entity(one))}
        return Known(
            likenesses=likenesses,
            listings={entity: listed for entity in sorted(entities) if (listed := self._listings(entity))},
            interests=interests,
            names={**owned.names, **captions},
            unscreened=unscreened,
        )

    def _looked(self, subject: Subject) -> tuple[tuple[Likeness, ...], str]:
        key = msgspec.structs.replace(subject, id="")
        held = self._remembered.get(key)
        if held is None:
            held = self._remembered[key] = self._look(subject)
            while len(self._remembered) > REMEMBERED_MOST:
                self._remembered.popitem(last=False)
        return held

    def _look(self, subject: Subject) -> tuple[tuple[Likeness, ...], str]:
        screening = screen(_query(subject), self.watchlist, threshold=THRESHOLD, limit=MATCHES_MOST)
        if screening.refused:
            return (), screening.problem
        found = [
            Likeness(
                entity=match.id,
                caption=match.caption,
                score=match.score,
                sure=match.score >= SURE_FROM,
                why="; ".join(feature.text for feature in match.explanation),
            )
            for match in screening.matches
        ]
        named = {one.entity for one in found}
        return (*found, *self._sharers(subject, named)), screening.problem

    def _sharers(self, subject: Subject, named: set[str]) -> Iterable[Likeness]:
        """Return who is listed and gives an address of the subject, and nothing else of it."""
        sharers: dict[str, float] = {}
        for text in subject.addresses[:ADDRESSES_MOST]:
            sharers.update(one for one in self._addresses.find(text) if one[0] not in named)
        for entity, share in sorted(sharers.items(), key=lambda one: (-one[1], one[0]))[:SHARERS_MOST]:
            if self._listings(entity):
                party = self.watchlist.entity(entity)
                yield Likeness(
                    entity=entity,
                    caption=party.caption if party is not None else entity,
                    score=share,
                    address_only=True,
                    why="address: verify, both give the same one",
                )


def nobody(application: Application) -> Known:
    """Return what is known when there was no list to look through: of nobody whether they are listed."""
    why = "no list of parties was given to look through"
    return Known(unscreened={subject.id: why for subject in application.subjects()})


def _query(subject: Subject) -> Entity:
    """Return a subject as a party to look for, read as a row of a file is."""
    values = (
        subject.name,
        subject.country,
        subject.addresses[0] if subject.addresses else "",
        "; ".join(subject.identifiers),
    )
    (party,) = parties_of(
        Grid(headings=_FIELDS, rows=(Row(1, values),)),
        Columns(places={name: (at,) for at, name in enumerate(_FIELDS)}, headings=_FIELDS),
    )
    return msgspec.structs.replace(party.entity, id="query")
