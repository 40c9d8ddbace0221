# SPDX-License-Identifier: Apache-2.0
"""Denial watch: compares an application with all denials that one reader may see.

The parties of denials are looked for by name in a list of their own, and by what the register knows of the company
that a denial is about. Both are kept for each reader and brought up to date when the journal has grown.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from highfence.app import Node
from highfence.cases.consultation import ConsultationView, consultations
from highfence.cases.denial import DenialView, denials
from highfence.cases.sameness import Resemblances, denial_of_key, party_key
from highfence.cases.undercut import Compared, compared, reasons
from highfence.entrypoints.watch import Watch
from highfence.errors import NotFound
from highfence.matching.watchlist import Watchlist
from highfence.model.application import Application, Known
from highfence.model.country import country_code
from highfence.model.entity import Entity
from highfence.model.marking import Marking
from highfence.register.reading import Sight
from highfence.register.threads import changed_since
from highfence.rules.handling import Reader
from highfence.rules.licence import Reason
from highfence.rules.undercut import compare, transaction_of
from highfence.storage import journal

#: For how many readers the denials are kept ready.
READERS_MOST = 8


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What denials say of an application: those that bear on it, and the reader's consultations."""

    compared: tuple[Compared, ...]
    asked: tuple[ConsultationView, ...]

    def reasons(self, me: str, application: str) -> Iterator[Reason]:
        """Yield what it means for an application that `me` judges."""
        return reasons(self.compared, self.asked, me=me, application=application)

    def markings(self) -> list[Marking]:
        """Return the markings of all that is told of it."""
        told = [one.view.marking for one in self.compared]
        told += [one.consultation.marking for one in self.compared if one.consultation is not None]
        return told + [one.marking for one in self.asked if one.bound]


class _Book(msgspec.Struct, frozen=True, kw_only=True):
    """What one reader sees of denials at one state of the journal, on one day."""

    mark: tuple[int, date, date]
    views: tuple[DenialView, ...]
    asked: tuple[ConsultationView, ...]
    by_first: dict[str, DenialView]
    by_assertion: dict[str, DenialView]
    parties: dict[str, Entity]
    watch: Watch


class DenialWatches:
    """The denials of a running node's readers. Safe for several threads."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._books: OrderedDict[Reader, _Book] = OrderedDict()
        self._lock = threading.Lock()

    def compare(self, application: Application, known: Known, *, sight: Sight) -> Found:
        """Return the denials that bear on an application, the ones that are to be consulted on first.

        `known` is whom the register knows the parties as. A denial about none of the parties is left out.
        """
        book = self._book(sight, application.on)
        if not book.views:
            return Found(compared=(), asked=book.asked)
        transaction = transaction_of(application)
        counting = {*transaction.end_users, *transaction.consignees}
        parties = tuple(one for one in application.parties if one.id in counting)
        direct = book.watch.known(msgspec.structs.replace(application, parties=parties)).likenesses
        like = Resemblances(application, known, direct)
        companies = _companies(sight, known, book)
        found = []
        # Of thousands of denials a few are about somebody in the application: the others are not looked at.
        for first in sorted(
            {denial_of_key(one.entity) for alike in direct.values() for one in alike} | companies.keys()
        ):
            view = book.by_first[first]
            if not view.valid:
                continue
            same = like.of(view, companies.get(view.first, ""))
            comparison = compare(view.denial, transaction, same) if same else None
            if comparison is not None and comparison.parties:
                found.append(compared(view, comparison, book.asked, me=self._node.code, application=application.id))
        ranked = sorted(found, key=lambda one: (not one.consult, one.comparison.verdict == "different", one.view.id))
        return Found(compared=tuple(ranked), asked=book.asked)

    def _book(self, sight: Sight, on: date) -> _Book:
        mark = (journal.tail(sight.connection)[0], sight.on, on)
        with self._lock:
            held = self._books.get(sight.reader)
            if held is None or held.mark[1:] != mark[1:] or changed_since(sight, held.mark[0]):
                held = self._read(sight, mark, held)
            elif held.mark != mark:
                held = msgspec.structs.replace(held, mark=mark)
            self._books[sight.reader] = held
            self._books.move_to_end(sight.reader)
            while len(self._books) > READERS_MOST:
                self._books.popitem(last=False)
            return held

    def _read(self, sight: Sight, mark: tuple[int, date, date], before: _Book | None) -> _Book:
        country_of = country_by(self._node)
        views = denials(sight, country_of, on=mark[2])
        parties = {party_key(view.first, one.id): one for view in views for one in _parties(view)}
        return _Book(
            mark=mark,
            views=views,
            asked=consultations(sight, country_of, on=min(mark[1:])),
            by_first={view.first: view for view in views},
            by_assertion={state.assertion: view for view in views for state in view.history},
            parties=parties,
            watch=_watch(parties, before),
        )


def country_by(node: Node) -> CountryBy:
    """Return what gives the country of an authority of the node's membership."""
    return CountryBy({one.code: one.country for one in node.membership.authorities})


class CountryBy(msgspec.Struct, frozen=True):
    """Gives the country of an authority by its ISO code, empty for one that is not a member or of no country."""

    countries: dict[str, str]

    def __call__(self, authority: str) -> str:
        """Return the country of an authority by its code."""
        return country_code(self.countries.get(authority, ""))


def _parties(view: DenialView) -> Iterable[Entity]:
    wanted = set(view.denial.parties())
    return (one for one in view.entities if one.id in wanted)


def _watch(parties: dict[str, Entity], before: _Book | None) -> Watch:
    """Return a watch over the parties of denials; what was read before is not read again."""
    there = before.parties if before is not None else {}
    if before is not None and there == parties:
        return before.watch
    watchlist = before.watch.watchlist.copy() if before is not None else Watchlist()
    for gone in there.keys() - parties.keys():
        watchlist.remove(gone)
    watchlist.extend(msgspec.structs.replace(one, id=key) for key, one in parties.items() if there.get(key) != one)
    return Watch(watchlist, lambda _entity: ())


def _companies(sight: Sight, known: Known, book: _Book) -> dict[str, str]:
    """Return which denials are about companies that parties are like, or that own them: thread -> company."""
    wanted = {one.entity for found in known.likenesses.values() for one in found if not one.address_only}
    wanted |= {one.owner for one in known.interests}
    found: dict[str, str] = {}
    for company in sorted(wanted):
        try:
            held = sight.group(company)
        except NotFound:
            continue  # an owner that only the application tells of, or one that has gone meanwhile
        for one in held:
            if (view := book.by_assertion.get(one.id)) is not None:
                found[view.first] = company
    return found
