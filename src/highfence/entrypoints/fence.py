# SPDX-License-Identifier: Apache-2.0
"""Fence: determinations and the yard of a running node, for one reader each.

The control lists are read when the shelf changes. An answer rests on what the reader may see and on nothing else: its
marking is that of all listings in it.
"""

from __future__ import annotations

import threading
from datetime import date

import msgspec
import structlog

from highfence.app import Node
from highfence.cases.undercut import Compared
from highfence.clock import day
from highfence.entrypoints.denial_watch import DenialWatches
from highfence.entrypoints.register_watch import Watches
from highfence.model.application import Application
from highfence.model.control import lists_on
from highfence.model.marking import Marking
from highfence.register.red_flags import Flagged, red_flags
from highfence.rules.handling import Reader, combine
from highfence.rules.licence import Desk, Determination
from highfence.rules.scope.yard import Yard
from highfence.shelf import Kept, Shelf, keep_lists, read_shelf, shelf_mark

log = structlog.get_logger("highfence.fence")


class Determined(msgspec.Struct, frozen=True, kw_only=True):
    """A determination with the marking of all that is shown in it; None if nothing of the register is.

    `denials` are those that bear on the application, `consult` the authorities to be asked before an approval.
    """

    determination: Determination
    marking: Marking | None
    denials: tuple[Compared, ...] = ()
    consult: tuple[str, ...] = ()


class Fence:
    """What a node's doors ask. Safe to use from several threads."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._watches = Watches()
        self._denials = DenialWatches(node)
        self._lock = threading.Lock()
        self._mark: tuple[str, ...] | None = None
        self._shelf = Shelf()
        self._desk = Desk()

    def determine(self, application: Application, reader: Reader, *, officer: str) -> Determined:
        """Judge an application for a reader; raises InvalidInput when it cannot be judged as it stands."""
        desk = self.desk()
        desk.check(application)
        with self._node.lookout(reader) as (sight, roll):
            used: list[Marking] = []
            watch = self._watches.watch(reader, sight, watchlist=roll.watchlist, used=used)
            known = watch.known(application)
            denied = self._denials.compare(application, known, sight=sight)
            answer = desk.determine(application, known, others=denied.reasons(self._node.code, application.id))
            used += denied.markings()
            found = sorted({one.entity for party in answer.parties for one in party.listed} & set(known.names))
            if found:
                used.append(sight.marking(roll.markings_of(found)))
        # Who has asked, and nothing of whom or what: a log is no place for names.
        log.info("determined", officer=officer, parties=len(application.parties), items=len(application.items))
        return Determined(
            determination=answer,
            marking=combine(used) if used else None,
            denials=denied.compared,
            consult=tuple(sorted({one.consult for one in denied.compared} - {""})),
        )

    def red_flags(self, name: str, reader: Reader, *, on: date) -> Flagged:
        """Return the red flags of a company on a day; raises NotFound as `register.red_flags.red_flags`."""
        with self._node.lookout(reader) as (sight, roll):
            book = self._watches.addresses(reader, roll.watchlist)
            return red_flags(sight, name, on=on, sharers=lambda text: [company for company, _ in book.find(text)])

    def desk(self) -> Desk:
        """Return the desk with the control lists that are on the shelf now."""
        self._fresh()
        return self._desk

    def yard(self) -> Yard:
        """Return the yard of today with the control lists that are on the shelf now."""
        shelf = self._fresh()
        today = day(self._node.now())
        if not shelf.lists:
            return Yard.of(None, shelf.scope)
        return self._desk.basis(today).yard if lists_on(shelf.lists, today).editions else Yard.of(None, shelf.scope)

    def keep(self, archive: bytes) -> Kept:
        """Put control lists onto the shelf; raises InvalidInput as `keep_lists`."""
        with self._lock:
            return keep_lists(self._node.home, archive)

    def _fresh(self) -> Shelf:
        mark = shelf_mark(self._node.home)
        with self._lock:
            if mark != self._mark:
                self._shelf = read_shelf(self._node.home)
                self._desk = Desk(self._shelf.lists, scope=self._shelf.scope)
                self._mark = mark
            return self._shelf
