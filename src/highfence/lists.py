# SPDX-License-Identifier: Apache-2.0
"""Lists: take an edition of a published list into a node, as assertions of its authority.

An entry that is new becomes a `listing`, one that says something else a `correction` of what was told before, one that
is gone a `correction` that ends the listing on the edition's day: that it was listed stays known. All of an edition is
recorded in one transaction, or nothing of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import msgspec

from highfence.app import Node
from highfence.clock import day, instant_text
from highfence.errors import HighfenceError
from highfence.exchange.publish import PublishDesk, Published, Sealed
from highfence.model.assertion import Assertion
from highfence.model.marking import Marking, public
from highfence.register.holding import claim_of
from highfence.sources.catalogue import parser, source
from highfence.sources.ingest import Difference, difference, fingerprint
from highfence.sources.progress import quiet
from highfence.sources.source import ListedParty, Problem, Progress, Source
from highfence.storage import editions, journal
from highfence.storage.database import Connection
from highfence.storage.editions import Entry

#: A file with thousands of problems is refused by its expectations; this many are listed to a person.
PROBLEMS_TOLD_MAX = 200


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What an edition changed; `problems` are the odd lines, those not taken included (`refused` counts them)."""

    source: str
    as_of: date
    added: int
    changed: int
    removed: int
    unchanged: int
    refused: int
    problems: tuple[Problem, ...] = ()


def import_list(node: Node, name: str, data: bytes, *, as_of: date | None = None, progress: Progress = quiet) -> Taken:
    """Parse a file of the source `name` and publish what it changes; returns when all of it is durable.

    `as_of` is the edition's day, today if not given.

    Raises:
        NotFound: no such source.
        ListRefused: the file or an expectation is broken; nothing was changed, and the refusal is noted.
        StorageFailed: it could not be kept; nothing was changed.
    """
    wanted = source(name)
    with node.importing():
        edition = _Edition(node, wanted, data=data, as_of=as_of or day(node.now()))
        try:
            return edition.take(difference(edition.held(), parser(name)(data, progress), wanted))
        except HighfenceError as error:
            edition.note_refusal(error)
            raise


class _Edition:
    """One edition on its way into a node."""

    def __init__(self, node: Node, wanted: Source, *, data: bytes, as_of: date) -> None:
        self._node = node
        self._source = wanted
        self._digest = hashlib.sha256(data).hexdigest()
        self._as_of = as_of
        self._entries: Mapping[str, Entry] = {}

    def held(self) -> dict[str, str]:
        """Return the fingerprints of the entries that stand, by key."""
        with self._node.database.read() as connection:
            self._entries = editions.held(connection, self._source.name)
        return {key: entry.fingerprint for key, entry in self._entries.items() if not entry.removed}

    def take(self, found: Difference) -> Taken:
        """Publish what the edition changes."""
        told: list[tuple[Entry, Sealed | None]] = [*self._new(found.added), *self._changed(found.changed)]
        told += self._removed(found.removed)
        taken = Taken(
            source=self._source.name,
            as_of=self._as_of,
            added=len(found.added),
            changed=len(found.changed),
            removed=len(found.removed),
            unchanged=found.unchanged,
            refused=sum(not problem.taken for problem in found.problems),
            problems=found.problems[:PROBLEMS_TOLD_MAX],
        )

        def change(desk: PublishDesk, connection: Connection) -> Published:
            published = desk.record(connection, [sealed for _, sealed in told if sealed is not None])
            entries = [entry for entry, _ in told]
            fresh = [entry for entry in entries if entry.key not in self._entries]
            editions.add(connection, self._source.name, fresh)
            editions.change(connection, self._source.name, [one for one in entries if one.key in self._entries])
            editions.log(connection, self._log("taken", msgspec.json.encode(taken)))
            return published

        self._node.submit_publication(change).result()
        return taken

    def note_refusal(self, error: HighfenceError) -> None:
        """Keep the refusal in the import log, so that the source is shown as refused and why."""
        summary = msgspec.json.encode({"code": error.code, "what": error.what, "where": error.where})
        self._node.database.write(lambda connection: editions.log(connection, self._log("refused", summary)))

    def _new(self, parties: Sequence[ListedParty]) -> Iterator[tuple[Entry, Sealed]]:
        for party in parties:
            sealed = self._node.seal(self._assertion("listing", party))
            yield Entry(key=party.listing.key, fingerprint=fingerprint(party), assertion=sealed.id), sealed

    def _changed(self, parties: Sequence[ListedParty]) -> Iterator[tuple[Entry, Sealed]]:
        before = self._standing([party.listing.key for party in parties])
        for party in parties:
            told = before[party.listing.key]
            if told.kind == "withdrawal":
                claim = self._assertion("listing", party)
            else:
                claim = self._assertion("correction", party, refers_to=told.id, reason="the list's entry has changed")
            sealed = self._node.seal(claim)
            yield Entry(key=party.listing.key, fingerprint=fingerprint(party), assertion=sealed.id), sealed

    def _removed(self, keys: Sequence[str]) -> Iterator[tuple[Entry, Sealed | None]]:
        for key, told in self._standing(keys).items():
            claim = claim_of(told)
            if claim.listing is None:
                # Withdrawn by hand meanwhile: nothing is left to be ended.
                yield msgspec.structs.replace(self._entries[key], removed=True), None
                continue
            ended = msgspec.structs.replace(claim.listing, until=self._as_of)
            party = ListedParty(listing=ended, entities=claim.entities)
            claim = self._assertion("correction", party, refers_to=told.id, reason="taken off the list")
            sealed = self._node.seal(claim)
            yield Entry(key=key, fingerprint=fingerprint(party), assertion=sealed.id, removed=True), sealed

    def _standing(self, keys: Sequence[str]) -> dict[str, journal.Stored]:
        """Return, by key, what stands in the place of what was told of an entry: people may have corrected it since."""
        found: dict[str, journal.Stored] = {}
        wanted = {self._entries[key].assertion: key for key in keys}
        with self._node.database.read() as connection:
            while wanted:
                rows = journal.fetch(connection, wanted)
                found.update({key: rows[name] for name, key in wanted.items()})
                wanted = {rows[name].superseded_by: key for name, key in wanted.items() if rows[name].superseded_by}
        return found

    def _assertion(self, kind: str, party: ListedParty, *, refers_to: str = "", reason: str = "") -> Assertion:
        return Assertion(
            kind=kind,
            originator="",
            issued="",
            subject=party.entities[0].id,
            entities=party.entities,
            listing=party.listing,
            legal_basis=self._source.legal_basis,
            sources=(self._source.url,) if self._source.url else (),
            marking=self._marking(),
            refers_to=refers_to,
            reason=reason,
        )

    def _marking(self) -> Marking:
        return public(groups=self._node.settings.list_groups)

    def _log(self, outcome: str, summary: bytes) -> editions.Import:
        return editions.Import(
            source=self._source.name,
            at=instant_text(self._node.now()),
            as_of=self._as_of.isoformat(),
            digest=self._digest,
            outcome=outcome,
            summary=summary,
        )
