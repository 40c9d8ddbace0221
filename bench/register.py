# SPDX-License-Identifier: Apache-2.0
"""The register: a large profile, the alignment of all lists, memory and cold start.

python bench/register.py --lists DIR [--assertions 200000]
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
from machine import durable_commit_ms, percentile, show
from screening import FILES

from highfence.app import Node, open_node
from highfence.ceremony import NewAuthority, init_home
from highfence.clock import day, instant_text
from highfence.entrypoints import asking
from highfence.entrypoints.identity import first_officer
from highfence.exchange.envelope import ASSERTION_TYPE, payload_id, seal
from highfence.exchange.keys import SigningKey
from highfence.home import Home
from highfence.lists import import_list
from highfence.model.assertion import Assertion
from highfence.model.entity import Entity
from highfence.model.listing import Listing
from highfence.model.marking import PURPOSES, Marking, public
from highfence.register.absorb import absorb
from highfence.register.counting import ledger_of
from highfence.rules.handling import Reader
from highfence.sources.uk_sanctions.parse import pack
from highfence.storage import journal
from highfence.storage.database import Connection

SEED = 2026
READER = Reader(authority="nl", ceiling="SENSITIVE", purposes=PURPOSES, name="officer")
AUTHORITIES = ("nl", "us", "jp", "uk", "fr", "de", "it", "es", "pl", "se")
_BATCH = 5_000


def new_home(folder: Path) -> Node:
    """Return a node of its own in a folder."""
    new = NewAuthority(code="nl", name="NL", country="nl", port=1)
    init_home(folder, new, before_key=lambda: first_officer(Home(folder), clearance="RESTRICTED"))
    return open_node(folder)


def hold(node: Node, claims: Iterator[Assertion]) -> None:
    """Put assertions into a node as if their originators had sent them, each in an envelope signed by one key."""
    key = SigningKey.generate()
    batch: list[tuple[journal.JournalRow, Assertion]] = []

    def keep(connection: Connection) -> None:
        rows = [row for row, _ in batch]
        journal.append(connection, rows)
        absorb(connection, rows, [claim for _, claim in batch], me="nl")

    for claim in claims:
        payload = msgspec.json.encode(claim)
        row = journal.JournalRow(
            id=payload_id(payload),
            originator=claim.originator,
            kind=claim.kind,
            subject=claim.subject,
            refers_to=claim.refers_to,
            marking=msgspec.json.encode(claim.marking),
            received=instant_text(node.now()),
            envelope=seal(payload, ASSERTION_TYPE, key),
        )
        batch.append((row, claim))
        if len(batch) == _BATCH:
            node.database.write(keep)
            batch.clear()
    if batch:
        node.database.write(keep)


def claim(number: int, subject: str, name: str, dice: random.Random, **changes: object) -> Assertion:
    """Return an assertion of one of ten authorities; one in five is above the reader's clearance."""
    hidden = dice.random() < 0.2
    marking = Marking(
        tlp="AMBER",
        classification="RESTRICTED" if hidden else "SENSITIVE",
        releasable_to=("nl",),
        disclosure="release",
        purposes=(dice.choice(PURPOSES),),
    )
    properties = {"name": (name,), "country": (dice.choice(("cn", "ru", "ir", "de")),), **changes}
    entity = Entity(id=subject, schema="Company", properties=properties)  # type: ignore[arg-type]
    return Assertion(
        kind="facts",
        originator=AUTHORITIES[number % len(AUTHORITIES)],
        issued="2026-11-20T10:00:00.000000Z",
        subject=subject,
        entities=(entity,),
        marking=marking,
        nonce=str(number),
    )


def big_company(statements: int, dice: random.Random) -> Iterator[Assertion]:
    """Yield assertions of ten authorities with so many statements in all on one company, five in each assertion."""
    for number in range(statements // 5):
        yield claim(
            number,
            "big-1",
            "Northern Optical Machine Works",
            dice,
            alias=(f"Alias {number}",),
            website=(f"https://{number}.example",),
            email=(f"desk{number}@firm.example",),
        )


def many_companies(number: int, dice: random.Random) -> Iterator[Assertion]:
    """Yield assertions on companies of which each has two on average, as from ten authorities; a tenth are listings."""
    for one in range(number):
        at = dice.randrange(number // 2)
        made = claim(one, f"firm-{at}", f"Firm {at} Optical Machine Works Limited", dice)
        if one % 10 == 0:
            placed = Listing(
                jurisdiction=made.originator, source="bench", list="A list", key=str(one), entity=made.subject
            )
            made = msgspec.structs.replace(made, kind="listing", listing=placed, marking=public())
        yield made


def profile_row(folder: Path) -> Iterator[dict[str, object]]:
    """Measure the profile of a company with 2,000 statements from ten authorities, a fifth of them hidden."""
    node = new_home(folder / "profile")
    hold(node, big_company(2_000, random.Random(SEED)))
    found = asking.profile(node, READER, "big-1")
    gc.collect()
    gc.freeze()  # as a running node does
    times = []
    for _ in range(300):
        began = time.perf_counter()
        found = asking.profile(node, READER, "big-1")
        times.append((time.perf_counter() - began) * 1000)
    what = f"profile of 2,000 statements by ten authorities, of which {len(found.statements):,} may be seen"
    yield {"what": f"{what}, p50", "ms": round(percentile(times, 0.5), 1), "goal": ""}
    yield {"what": f"{what}, p99", "ms": round(percentile(times, 0.99), 1), "goal": "<= 25 ms"}
    node.close()


def alignment_rows(folder: Path, lists: Path) -> Iterator[dict[str, object]]:
    """Measure the figures over all lists: from scratch, and after one assertion."""
    node = new_home(folder / "lists")
    for files in FILES.values():
        for name, place in files:
            path = lists / place
            parts = {one.name: one.read_bytes() for one in sorted(path.glob("*_2026-04.csv"))} if path.is_dir() else {}
            import_list(node, name, pack(parts) if parts else path.read_bytes())
    while node.resolve_next():
        pass
    today = day(node.now())
    began = time.perf_counter()
    with node.sight(READER) as sight:
        figures = ledger_of(sight).alignment(today, sight.marking)
    yield _ms(f"figures of {node.count():,} listings from the index, from scratch", began, "<= 20 s")
    node.rolls = type(node.rolls)()
    began = time.perf_counter()
    asking.alignment(node, READER)
    yield _ms("the same with the roll that keeps them up, from scratch", began, "<= 20 s")
    arrived, looked = [], []
    for number in range(30):
        entity = Entity(id=f"one-{number}", schema="Company", properties={"name": (f"Bench {number} Firm Limited",)})
        placed = Listing(jurisdiction="us", source="bench", list="A list", key=str(number), entity=entity.id)
        made = Assertion(
            kind="listing",
            originator="",
            issued="",
            subject=entity.id,
            entities=(entity,),
            marking=public(),
            listing=placed,
        )
        node.publish([made]).result()
        for some in (arrived, looked):
            began = time.perf_counter()
            anew = asking.alignment(node, READER)
            some.append((time.perf_counter() - began) * 1000)
            while node.resolve_next():
                pass
    assert figures.companies is not None
    assert anew.companies == figures.companies + 30
    for what, some in (("as it arrives", arrived), ("after the engine has looked at it", looked)):
        label = f"one assertion more, taken in, with who may be the same, and all figures anew, {what}"
        yield {"what": f"{label}, p50", "ms": round(percentile(some, 0.5), 1), "goal": "<= 50 ms"}
        yield {"what": f"{label}, worst", "ms": round(max(some), 1), "goal": ""}
    node.close()


def memory_rows(folder: Path, assertions: int) -> Iterator[dict[str, object]]:
    """Measure a process of its own that opens a store of so many assertions and makes a roll of it."""
    home = folder / "many"
    node = new_home(home)
    began = time.perf_counter()
    hold(node, many_companies(assertions, random.Random(SEED)))
    made_s = time.perf_counter() - began
    node.close()
    print(f"{assertions:,} assertions made in {made_s:.0f} s", flush=True)
    for what in ("open", "roll"):
        command = [sys.executable, __file__, "--child", what, "--home", str(home)]
        done = subprocess.run(command, capture_output=True, check=True, env={**os.environ})
        told = json.loads(done.stdout)
        label = {"open": "open, read one profile", "roll": "open, make the roll and all figures of a reader"}[what]
        yield {
            "what": f"{assertions:,} assertions: {label}",
            "s": round(told["s"], 2),
            "MB": round(told["mb"]),
            "goal": f"<= 20 s and 2 GB for 1,000,000: here {20 * assertions / 1e6:g} s, {2000 * assertions / 1e6:g} MB",
        }


def child(what: str, home: Path) -> None:
    """Open a store in this process, use it, and print how long it took and the most memory it had."""
    began = time.perf_counter()
    node = open_node(home, read_only=True)
    if what == "open":
        asking.profile(node, READER, "firm-7")
    else:
        asking.alignment(node, READER)
    seconds = time.perf_counter() - began
    node.close()
    print(json.dumps({"s": seconds, "mb": most_mb()}))


def most_mb() -> float:
    """Return the most memory that this process had, in MB: since it began, and not what its parent had before."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _ms(what: str, began: float, goal: str) -> dict[str, object]:
    return {"what": what, "ms": round((time.perf_counter() - began) * 1000), "goal": goal}


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--lists", type=Path)
    arguments.add_argument("--assertions", type=int, default=200_000)
    arguments.add_argument("--child", choices=("open", "roll"))
    arguments.add_argument("--home", type=Path)
    options = arguments.parse_args()
    if options.child:
        child(options.child, options.home)
        return
    if options.lists is None or not (options.lists / "us_csl").is_dir():
        sys.exit("give the folder of the complete lists with --lists DIR")
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as name:
        folder = Path(name)
        rows = [*profile_row(folder), *alignment_rows(folder, options.lists)]
        show("register", f"The register; a durable commit of this machine takes {durable_commit_ms():.2f} ms", rows)
        show("register-memory", "A large store", list(memory_rows(folder, options.assertions)))


if __name__ == "__main__":
    main()
