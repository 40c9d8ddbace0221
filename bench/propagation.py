# SPDX-License-Identifier: Apache-2.0
"""From publishing at one node to being queryable at another; and that nothing is lost, doubled or leaked on the way.

Four nodes as processes on the loopback interface, all commits durable. The yardstick is measured in the same run: two
durable SQLite commits and one loopback round trip, which no exchange of this shape can undercut.

With `--database` the same is measured behind PostgreSQL too, each node in a schema of its own, beside SQLite.

    python bench/propagation.py [--publications 500] [--random 1000] [--database postgresql://USER@HOST/NAME]
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import msgspec
from machine import durable_commit_ms, loopback_round_trip_ms, percentile, postgres_commit_ms, show

from highfence.ceremony import NewAuthority
from highfence.entrypoints.cli.demo.cast import AGREEMENTS, CAST
from highfence.entrypoints.cli.demo.stage import Actor, Stage
from highfence.entrypoints.drafts import Draft
from highfence.model.entity import Entity
from highfence.model.marking import Marking

PEERS = ("eu", "nl", "cy")


class Client:
    """A kept-alive connection to one node's API; opened anew when the node has been restarted."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._headers = {"authorization": f"Bearer {actor.access_code}"}
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Return status and body."""
        for attempt in (1, 2):
            if self._connection is None:
                self._connection = http.client.HTTPConnection(self._actor.address.removeprefix("http://"), timeout=30)
            try:
                self._connection.request(method, path, body=body, headers=self._headers)
                response = self._connection.getresponse()
                return response.status, response.read()
            except (OSError, http.client.HTTPException):
                self._connection.close()
                self._connection = None
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")

    def publish(self, draft: Draft) -> str:
        """Publish and return the id."""
        status, body = self.ask("POST", "/api/assertions", msgspec.json.encode(draft))
        assert status == 201, body
        return msgspec.json.decode(body)["id"]

    def knows(self, assertion: str) -> bool:
        """Tell whether the node's register answers with the assertion."""
        return self.ask("GET", f"/api/assertions/{assertion}")[0] == 200


def draft(name: str, readers: tuple[str, ...]) -> Draft:
    """Return a concern about an invented company, for these readers."""
    entity = Entity(
        id=f"bench-{name}",
        schema="Company",
        properties={"name": (f"Bench Precision Works {name} Ltd",), "country": ("cn",)},
    )
    return Draft(
        kind="concern",
        subject=entity.id,
        entities=(entity,),
        text="An invented concern for measuring.",
        legal_basis="none, a measurement",
        marking=Marking(
            tlp="AMBER",
            classification="RESTRICTED",
            releasable_to=readers,
            purposes=("export-control",),
            reliability="B",
            credibility=2,
            pap="AMBER",
            disclosure="release",
        ),
    )


def latency(stage: Stage, publications: int) -> list[float]:
    """Publish one after the other and return the milliseconds until the peer, in turn, has each in its register.

    The peer's own stream says when: it pushes an assertion once it is durable and queryable. That it is, a query
    confirms at once; asking over and over instead would slow down what is measured.
    """
    clients = {code: Client(actor) for code, actor in stage.actors.items()}
    streams = {code: LiveStream(stage.actors[code]) for code in PEERS}
    publisher = Publisher(stage.actors["us"])
    times = []
    for number in range(publications + 20):
        peer = PEERS[number % 3]
        body = msgspec.json.encode(draft(f"latency-{number}", PEERS))
        began = time.perf_counter()
        publisher.send(body)
        told = streams[peer].next_event()
        name = publisher.answer()
        assert told.id == name, f"{told.id} was told where {name} was due"
        times.append((told.at - began) * 1000)
        for code in PEERS:
            assert code == peer or streams[code].next_event().id == name
        assert clients[peer].knows(name)
        time.sleep(0.08)
    return times[20:]


class Told(msgspec.Struct, frozen=True):
    """An assertion's id, and when its event had come, on the clock of `time.perf_counter`."""

    id: str
    at: float


class LiveStream:
    """Listens to a node's live stream. Bytes are taken as they come and looked at after the clock has been read.

    The measuring process shares the cores with the nodes: what it does in between is part of what it measures.
    """

    def __init__(self, actor: Actor) -> None:
        self._socket = _connected(actor)
        self._socket.sendall(_request(actor, "GET", "/api/live"))
        self._read = b""
        while b"from here on" not in self._read:
            self._read += self._socket.recv(65536)
        self._read = b""

    def next_event(self) -> Told:
        """Return the next assertion that is told, waiting for it if need be."""
        while True:
            _, begin, event = self._read.partition(b"data: ")
            line, end, rest = event.partition(b"\n\n")
            if begin and end:
                at = self._at
                self._read = rest
                return Told(msgspec.json.decode(line, type=_Named).id, at)
            data = self._socket.recv(65536)
            self._at = time.perf_counter()
            assert data, "the stream has ended"
            self._read += data


class Publisher:
    """Publishes over one connection; the answer is read when it is asked for."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._socket = _connected(actor)

    def send(self, body: bytes) -> None:
        """Send a draft."""
        self._socket.sendall(_request(self._actor, "POST", "/api/assertions", body))

    def answer(self) -> str:
        """Return the id that the draft got."""
        response = http.client.HTTPResponse(self._socket, method="POST")
        response.begin()
        body = response.read()
        assert response.status == 201, body
        return msgspec.json.decode(body, type=_Named).id


class _Named(msgspec.Struct):
    id: str


def _connected(actor: Actor) -> socket.socket:
    host, _, port = actor.address.removeprefix("http://").rpartition(":")
    connection = socket.create_connection((host, int(port)), timeout=20)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _request(actor: Actor, method: str, path: str, body: bytes = b"") -> bytes:
    head = (
        f"{method} {path} HTTP/1.1\r\nhost: {actor.address.removeprefix('http://')}\r\n"
        f"authorization: Bearer {actor.access_code}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def random_releases(stage: Stage, publications: int, seed: int) -> dict[str, object]:
    """Publish with random releasability from random nodes, killing a node after each 100, and count what went wrong."""
    dice = random.Random(seed)
    clients = {code: Client(actor) for code, actor in stage.actors.items()}
    codes = tuple(stage.actors)
    meant: dict[str, tuple[str, frozenset[str]]] = {}
    began = time.perf_counter()
    down = ""
    for number in range(publications):
        if number % 100 == 50:
            down = dice.choice(codes)
            stage.actors[down].kill()
        if number % 100 == 70 and down:
            stage.actors[down].start()
            stage.actors[down].wait_until_up()
            down = ""
        owner = dice.choice([code for code in codes if code != down])
        readers = frozenset(code for code in codes if code != owner and dice.random() < 0.5)
        name = clients[owner].publish(draft(f"{seed}-{number}", tuple(sorted(readers))))
        meant[name] = (owner, readers)
    stage.settle(timeout_s=120)
    took = time.perf_counter() - began
    lost = leaked = 0
    for name, (owner, readers) in meant.items():
        for code in codes:
            held = clients[code].knows(name)
            entitled = code == owner or code in readers
            lost += entitled and not held
            leaked += held and not entitled
    doubled = sum(
        abs(stage.actors[reader].peers()[owner].in_size - stage.actors[owner].peers()[reader].out_size)
        for owner in codes
        for reader in codes
        if owner != reader
    )
    return {
        "publications": publications,
        "seed": seed,
        "lost": lost,
        "doubled": doubled,
        "leaked": leaked,
        "s": round(took, 1),
    }


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured behind one engine: the machine's limit and the publications, in ms, and the random releases."""

    limit: float
    times: list[float]
    random: dict[str, object]


def measured(cast: Sequence[NewAuthority], commit_ms: float, options: argparse.Namespace) -> Behind:
    """Measure with these authorities, whose database keeps a small transaction in `commit_ms` milliseconds."""
    with (
        tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder,
        Stage(Path(folder), cast, AGREEMENTS) as stage,
    ):
        times = latency(stage, options.publications)
        found = random_releases(stage, options.random, options.seed)
    return Behind(limit=2 * commit_ms + loopback_round_trip_ms(), times=times, random=found)


@contextmanager
def schemas(address: str) -> Iterator[list[NewAuthority]]:
    """Give the cast with a schema each in a PostgreSQL database; they are dropped in the end."""
    import psycopg

    names = {new.code: f"bench_{os.getpid()}_{new.code}" for new in CAST}
    joint = "&" if "?" in address else "?"
    with psycopg.connect(address, autocommit=True) as session:
        for name in names.values():
            session.execute(f'CREATE SCHEMA "{name}"')
        try:
            yield [
                msgspec.structs.replace(
                    new, database=f"{address}{joint}options={quote(f'-csearch_path={names[new.code]}')}"
                )
                for new in CAST
            ]
        finally:
            for name in names.values():
                session.execute(f'DROP SCHEMA "{name}" CASCADE')


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--publications", type=int, default=500)
    arguments.add_argument("--random", type=int, default=1000)
    arguments.add_argument("--seed", type=int, default=20261124)
    arguments.add_argument("--database", default="", help="URL of a PostgreSQL database to measure behind as well")
    options = arguments.parse_args()
    sqlite = measured(CAST, durable_commit_ms(), options)
    rows = [_row(what, of(sqlite), sqlite.limit, goal=goal) for what, of, goal in FIGURES]
    show("propagation", f"Propagation, 4 nodes, {options.publications} publications", rows)
    show("delivery", "Random releasability, one kill -9 per 100 publications", [sqlite.random])
    if options.database:
        with schemas(options.database) as cast:
            postgres = measured(cast, postgres_commit_ms(options.database), options)
        beside = [_beside(what, of(sqlite), of(postgres), limit_ms=postgres.limit) for what, of, _ in FIGURES]
        show("propagation-postgresql", f"Behind SQLite and PostgreSQL, {options.publications} publications", beside)
        show("delivery-postgresql", "Random releasability behind PostgreSQL", [postgres.random])


FIGURES: tuple[tuple[str, Callable[[Behind], float], float | str], ...] = (
    ("publish -> queryable, p50", lambda found: percentile(found.times, 0.5), 6),
    ("publish -> queryable, p90", lambda found: percentile(found.times, 0.9), ""),
    ("publish -> queryable, p99", lambda found: percentile(found.times, 0.99), 25),
    ("publish -> queryable, worst", lambda found: max(found.times), ""),
    ("limit: two durable commits + a loopback round trip", lambda found: found.limit, ""),
)


def _row(what: str, ms: float, limit_ms: float, *, goal: float | str = "") -> dict[str, object]:
    return {"what": what, "ms": round(ms, 2), "goal ms": goal, "x machine's limit": round(ms / limit_ms, 1)}


def _beside(what: str, sqlite_ms: float, postgres_ms: float, *, limit_ms: float) -> dict[str, object]:
    return {
        "what": what,
        "SQLite ms": round(sqlite_ms, 2),
        "PostgreSQL ms": round(postgres_ms, 2),
        "x SQLite": round(postgres_ms / sqlite_ms, 2),
        "x machine's limit": round(postgres_ms / limit_ms, 1),
    }


if __name__ == "__main__":
    main()
