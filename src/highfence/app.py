# SPDX-License-Identifier: Apache-2.0
"""The composition root: a home folder in, a working `Node` out. The only place that wires the rooms together."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext
from datetime import date, datetime
from pathlib import Path

import msgspec

from highfence.clock import Clock, SystemClock, day, instant_text
from highfence.errors import SettingsWrong
from highfence.exchange.bell import Bell
from highfence.exchange.charter import Charter, take_up_key
from highfence.exchange.countersigned import believe_receipt, keep_receipt
from highfence.exchange.distrust import Distrusted, distrust
from highfence.exchange.incoming import Incoming
from highfence.exchange.keys import SigningKey
from highfence.exchange.nonces import SharedNonces
from highfence.exchange.outgoing import Outgoing, Signer
from highfence.exchange.overview import Ends, PeerView, peer_views
from highfence.exchange.publish import PublishDesk, Published, Sealed, seal_assertion
from highfence.exchange.receive import Accepted, FeedRefused
from highfence.exchange.release import ReleaseDesk
from highfence.exchange.request import NonceMemory
from highfence.exchange.status import AssertionStatus, assertion_status
from highfence.exchange.sync import Link, LinkState, Pace
from highfence.exchange.tail import Tail
from highfence.exchange.verification import Verified, verify
from highfence.exchange.weighing import PublicationChange, Weighing
from highfence.home import Home, WriterLock
from highfence.model.assertion import Assertion
from highfence.model.authority import Authority, Membership
from highfence.model.marking import Marking
from highfence.register.entities import Roll, Rolls
from highfence.register.fresh import Fresh
from highfence.register.reading import Sight
from highfence.register.resolver import Resolver
from highfence.register.review import Review
from highfence.register.ties import catch_up
from highfence.register.view import Arrived
from highfence.rules.handling import Reader
from highfence.settings import Settings, load
from highfence.storage import journal, peers, processes
from highfence.storage.database import Connection, Database
from highfence.storage.opening import open_database, prepare


class Node:
    """One authority's node: publish, read, and what the exchange needs. Safe to use from several threads.

    Open it with `open_node`; `close` it when done.
    """

    def __init__(self, home: Home, *, settings: Settings, key: SigningKey, database: Database, clock: Clock) -> None:
        self.home = home
        self.settings = settings
        self.clock = clock
        self.database = database
        self.code = settings.authority
        self.bell = Bell()
        #: Rings for what this process has committed, and not for what another of the node has.
        self.own = Bell()
        self.feed_bells: dict[str, Bell] = {}
        self.pushed: dict[str, int] = {}
        self.links: dict[str, LinkState] = {}
        self.stopping = False
        self._importing = threading.Lock()
        self.nonces = NonceMemory()
        self.feed_nonces = self.nonces if database.posts is None else SharedNonces(database)
        self.rolls = Rolls()
        self._resolver = Resolver(self.rolls, self.code)
        with database.read() as connection:
            self.fresh = Fresh(journal.markings(connection), journal.tail(connection)[0])
        self._tails: dict[str, Tail] = {}
        self._desk: ReleaseDesk | None = None
        self._key = key
        self._lock: WriterLock | None = None
        self.charter = Charter(home, database, clock, changed=self._ring_all)

    @property
    def membership(self) -> Membership:
        """The membership document in use."""
        return self.charter.membership

    @property
    def authority(self) -> Authority:
        """This node's own entry in the membership document."""
        found = self.membership.authority(self.code)
        if found is None:
            raise SettingsWrong(
                f"the authority {self.code!r} is not in the membership document",
                where=str(self.home.membership),
                advice="Install a membership document that names it",
            )
        return found

    def now(self) -> datetime:
        """Return the node's present instant."""
        return self.clock.now()

    @property
    def shared(self) -> bool:
        """Whether other processes of this node may use its database at the same time."""
        return self.database.posts is not None

    def install_membership(self, envelope: bytes) -> Membership:
        """Go by another membership document from now on; raises as `exchange.membership.believe_membership`."""
        return self.charter.install(envelope)

    def distrust(self) -> Distrusted:
        """Silence what was taken and is signed by a key that was stolen by then, as the document in use says."""
        found = self.database.write(lambda connection: distrust(connection, self.membership, me=self.code))
        if found.silenced:
            self.rolls.touch((*found.silenced, *found.restored))
            self.fresh.forget()
            self.bell.ring()
        return found

    def weigh_again(self) -> int:
        """Release what was withheld and is not any more, to each member; return how many entries that made.

        Weighed once for each membership document and day, and never released twice.
        """
        with self.database.read() as connection:
            weighing = Weighing(connection, me=self.code, document=self.charter.id, on=day(self.now()))
        return weighing.run(self.membership.codes(), lambda change: self.submit_publication(change).result())

    def refresh_membership(self) -> None:
        """Take up the membership document that another process of this node has installed, if it is newer."""
        self.charter.refresh()

    def resolve(self, marking: Marking) -> Marking:
        """Return the marking with its groups resolved to their present members, as it is signed."""
        named = self.membership.resolve((*marking.releasable_to, *marking.groups))
        groups = marking.groups
        if marking.later_members:
            # Their names go on to count, wherever the author wrote them.
            codes = self.membership.codes()
            groups = tuple(dict.fromkeys((*groups, *(one for one in marking.releasable_to if one not in codes))))
        return msgspec.structs.replace(marking, releasable_to=named, groups=groups)

    def _placed(self, reader: Reader) -> Reader:
        """Return the reader with the groups to which their authority belongs now."""
        return msgspec.structs.replace(reader, groups=self.membership.groups_of(reader.authority))

    def seal(self, assertion: Assertion) -> Sealed:
        """Complete an assertion with originator, instant and resolved marking, and sign it.

        Raises:
            InvalidInput: as `exchange.publish.seal_assertion`.
        """
        complete = msgspec.structs.replace(
            assertion,
            originator=self.code,
            issued=assertion.issued or instant_text(self.now()),
            marking=self.resolve(assertion.marking),
        )
        return seal_assertion(complete, self._key)

    def publish(self, assertions: Sequence[Assertion]) -> Future[Published]:
        """Seal and record assertions together; the future is done when all of them are durable.

        Raises (from the future or at once): InvalidInput, NotFound, StorageFailed.
        """
        sealed = [self.seal(assertion) for assertion in assertions]
        return self.submit_publication(lambda desk, connection: desk.record(connection, sealed))

    def submit_publication(self, change: PublicationChange) -> Future[Published]:
        """Run a change that publishes, in one transaction, and ring the bells once it is durable."""
        now = self.now()
        desk = PublishDesk(self._release_desk(day(now)), self._key, now)
        future = self.database.submit(lambda connection: change(desk, connection))
        future.add_done_callback(self._ring)
        return future

    def _release_desk(self, on: date) -> ReleaseDesk:
        """Return the desk of the day: what it has decided for a marking holds until day or membership change."""
        desk = self._desk
        if desk is None or desk.on != on or desk.membership is not self.membership:
            desk = self._desk = ReleaseDesk(self.code, self.membership, on)
        return desk

    def _ring(self, future: Future[Published]) -> None:
        if future.cancelled() or future.exception() is not None:
            return
        published = future.result()
        self.fresh.note(published.news)
        for reader, size in published.feed_sizes.items():
            self.tail(reader).extend(published.entries[reader], size=size)
            self.feed_bell(reader).ring()
        self.bell.ring()
        self.own.ring()

    def tail(self, reader: str) -> Tail:
        """Return the newest entries of the feed to `reader`, as far as this process remembers them."""
        return self._tails.setdefault(reader, Tail())

    def feed_bell(self, reader: str) -> Bell:
        """Return the bell that rings when the feed to `reader` has grown."""
        return self.feed_bells.setdefault(reader, Bell())

    @contextmanager
    def sight(self, reader: Reader) -> Iterator[Sight]:
        """Give a reader's view of one consistent state of the register."""
        with self.database.read() as connection:
            yield Sight(connection, self._placed(reader), day(self.now()))

    @contextmanager
    def lookout(self, reader: Reader) -> Iterator[tuple[Sight, Roll]]:
        """Give a reader's view of one consistent state of the register, with the roll of all they may look for."""
        with self.database.read() as connection:
            today, placed = day(self.now()), self._placed(reader)
            yield Sight(connection, placed, today), self.rolls.roll(connection, placed, on=today)

    def follow(self) -> None:
        """Take into the rolls what has arrived since."""
        with self.database.read() as connection:
            self.rolls.follow(connection, on=day(self.now()))

    @contextmanager
    def review(self, reader: Reader) -> Iterator[Review]:
        """Give a reader's questions about who may be the same, over one consistent state of the register."""
        with self.database.read() as connection:
            yield Review(connection, self._placed(reader), day(self.now()))

    def unresolved(self) -> int:
        """Return how many assertions the engine has not yet compared with what else is there."""
        with self.database.read() as connection:
            return self._resolver.pending(connection)

    def resolve_next(self) -> int:
        """Let the engine compare the next assertions and join what is beyond doubt; return how many are left."""
        with self.database.read() as connection:
            looked = self._resolver.look(connection, on=day(self.now()))
        if looked is None:
            return 0

        def keep(connection: Connection) -> frozenset[str]:
            moved = self._resolver.keep(connection, looked)
            if self.shared:
                processes.note_moved(connection, moved)
            return moved

        joined = self.database.write(keep)
        if joined:
            self.rolls.touch(joined)
            self.fresh.forget()
            self.bell.ring()
            self.own.ring()
        return self.unresolved()

    @contextmanager
    def importing(self) -> Iterator[None]:
        """Be the only one, of all threads and processes of this node, who takes an edition of a list."""
        posts = self.database.posts
        with self._importing, nullcontext() if posts is None else posts.waited_for("import"):
            yield

    def arrived_after(self, position: int, reader: Reader, *, limit: int) -> tuple[Arrived, ...]:
        """Return up to `limit` assertions behind a journal position, in order, that a reader may see."""
        fresh = self.fresh.after(position, self._placed(reader), day(self.now()))
        if fresh is not None:
            return fresh[:limit]
        with self.sight(reader) as sight:
            return sight.arrived_after(position, limit=limit)

    def status(self, assertion: str, reader: Reader) -> AssertionStatus:
        """Return what became of an assertion at each peer; raises NotFound if the reader may not see it."""
        with self.database.read() as connection:
            Sight(connection, self._placed(reader), day(self.now())).assertion(assertion)
            desk = self._release_desk(day(self.now()))
            found = assertion_status(connection, assertion, desk=desk, pushed=self.pushed)
        assert found is not None  # noqa: S101 - Sight has just seen it in the same state
        return found

    def verify(self, *, differences_max: int = 1) -> Verified:
        """Recompute all that this node holds."""
        with self.database.read() as connection:
            return verify(connection, me=self.code, membership=self.membership, differences_max=differences_max)

    def outgoing(self, reader: str) -> Outgoing:
        """Return a walk over the feed to a peer."""
        signer = Signer(self._key, self.clock, lambda: self.charter.stamp)
        return Outgoing(self.code, self.tail(reader), reader=reader, database=self.database, signer=signer)

    def link(self, peer: str) -> Link:
        """Return the link that keeps a peer's feed coming."""
        incoming = Incoming(peer, self.code, database=self.database, key=self._key, clock=self.clock)

        def arrived(verdict: Accepted | FeedRefused) -> None:
            if isinstance(verdict, Accepted) and verdict.entries:
                self.fresh.note(incoming.news)
                self.bell.ring()
                self.own.ring()

        pace = Pace(
            taken=arrived,
            retry_s_max=self.settings.retry_s_max,
            silence_s=3.5 * self.settings.heartbeat_s,
            charter=self.charter,
        )
        link = Link(incoming, membership=lambda: self.membership, key=self._key, clock=self.clock, pace=pace)
        self.links[peer] = link.view
        return link

    def take_receipt(self, envelope: bytes, sender: Authority) -> Future[None]:
        """Believe and keep a peer's receipt; raises as `exchange.countersigned.believe_receipt`."""
        receipt = believe_receipt(envelope, me=self.code, sender=sender, membership=self.membership)
        return self.database.submit(
            lambda connection: keep_receipt(connection, receipt, envelope=envelope, clock=self.clock)
        )

    def peer_views(self) -> tuple[PeerView, ...]:
        """Return all peers, sorted by code."""
        ends = Ends(me=self.code, links=self.links, pushed=self.pushed, elsewhere=self.shared)
        with self.database.read() as connection:
            return peer_views(connection, self.membership, ends)

    def release_peer(self, peer: str) -> bool:
        """Take a peer out of quarantine, after a person has looked at the evidence; True if it was in."""
        return self.database.write(lambda connection: peers.release(connection, peer))

    def last_position(self) -> int:
        """Return the newest place in the journal, for this node's own use."""
        with self.database.read() as connection:
            return journal.tail(connection)[0]

    def count(self) -> int:
        """Return how many assertions this node holds."""
        with self.database.read() as connection:
            return journal.count(connection)

    def hold(self, lock: WriterLock) -> None:
        """Keep the home's writer lock until the node is closed."""
        self._lock = lock

    def announce(self, address: str) -> None:
        """Tell commands on this machine where the running node is reached."""
        if self._lock is not None:
            self._lock.announce(address)

    def stop_streams(self) -> None:
        """Make all that is pushed end, so that the server can: streams look at `stopping` when a bell rings."""
        self.stopping = True
        self._ring_all()

    def _ring_all(self) -> None:
        for bell in (self.bell, *self.feed_bells.values()):
            bell.ring()

    def close(self) -> None:
        """Finish what is queued and let others use the home."""
        self.database.close()
        if self._lock is not None:
            self._lock.free()
            self._lock = None


def open_node(
    folder: Path, *, clock: Clock | None = None, read_only: bool = False, sharing: bool = False, database: str = ""
) -> Node:
    """Open the node whose home is `folder`; a writer holds the home's lock until it is closed.

    `database` is the URL of a PostgreSQL database in place of what the settings say. With such a database and `sharing`
    other processes that share it too may use the node at the same time.

    Raises:
        SettingsWrong: not a home, no key, an unfit database, or another process is writing to it.
        StorageFailed: the database cannot be reached.
        Refused: the membership document is not signed as it must be, or has expired.
    """
    settings = load(folder)
    settings = msgspec.structs.replace(settings, database=database or settings.database)
    home = Home(folder)
    lock = None if read_only else WriterLock(home, shared=sharing and bool(settings.database))
    opened: Database | None = None
    try:
        opened = open_database(home.database, settings.database, read_only=read_only)
        if opened.posts is not None:
            opened.posts.be_present(alone=not sharing)
        if not read_only:
            prepare(opened, settings.authority)
            catch_up(opened)
            take_up_key(home, settings.authority)
        key = SigningKey.read(home.signing_key)
        node = Node(home, settings=settings, key=key, database=opened, clock=clock or SystemClock())
    except BaseException:
        if opened is not None:
            opened.close()
        if lock is not None:
            lock.free()
        raise
    if lock is not None:
        node.hold(lock)
    return node
