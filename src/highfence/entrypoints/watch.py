# SPDX-License-Identifier: Apache-2.0
"""Watch: looks for everybody in an application among parties that are listed, and tells whom they are like.

The same at every door. What is searched, and how an entity is listed, come in from a file or from what a reader may
see; so what the reader may not see is neither found nor counted.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping

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

Listings = Callable[[str], tuple[Listing, ...]]


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

    def around(self, entities: Iterable[str]) -> tuple[Interest, ...]:
        """Return what leads to entities from above, and what their owners hold beside them."""
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
        return tuple(dict.fromkeys(kept))


class Watch:
    """Whom one looks for and how they are listed. Any number of readers."""

    def __init__(
        self,
        watchlist: Watchlist,
        listings: Listings,
        *,
        addresses: AddressBook | None = None,
        holdings: Holdings | None = None,
    ) -> None:
        self.watchlist = watchlist
        self._listings = listings
        self._addresses = addresses or AddressBook()
        self._holdings = holdings or Holdings({}, {})
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
            holdings=Holdings.of([*interests_of(held), *interests]),
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
        same = [one.entity for found in likenesses.values() for one in found if one.sure]
        subjects = [subject.id for subject in application.subjects()]
        interests = self._holdings.around([*same, *subjects]) if self._holdings.into else ()
        entities = {one.entity for found in likenesses.values() for one in found}
        entities |= {end for one in interests for end in (one.owner, one.owned)}
        return Known(
            likenesses=likenesses,
            listings={entity: listed for entity in sorted(entities) if (listed := self._listings(entity))},
            interests=interests,
            names={entity: party.caption for entity in sorted(entities) if (party := self.watchlist.entity(entity))},
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
