# SPDX-License-Identifier: Apache-2.0
"""Determinations against all official lists: one, a file of many, and how well the control lists are searched.

python bench/determine.py --lists DIR [--applications 400] [--shipments 10000] [--parties 3000] [--clock cpu]

Applications have five parties and three items; two of the parties have two stated owners each, so nine names are looked
for. Three names in ten are drawn from the lists. Only counts and times are printed, never a name.
"""

from __future__ import annotations

import argparse
import csv
import gc
import hashlib
import json
import random
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from machine import percentile, show
from screening import CLOCKS, FILES

from highfence.entrypoints.determining import Counter, answers
from highfence.entrypoints.watch import Watch
from highfence.model.entity import Entity
from highfence.rules.licence import Desk
from highfence.rules.scope.yard import Yard
from highfence.shelf import Shelf, read_folder, shelf_of
from highfence.sources.catalogue import parser
from highfence.sources.ingest import settled, to_ftm
from highfence.sources.progress import quiet
from highfence.sources.uk_sanctions.parse import pack

QUERIES = Path(__file__).with_name("worded_queries.csv")
SEED = 2026
TODAY = date(2026, 11, 24)
HELD_OUT = 4  # of ten
ROLES = ("consignee", "end user", "purchaser", "forwarder", "intermediate consignee")
WORDS = ("Alpha", "Nova", "Golden", "Trade", "Electronics", "Import", "Sun", "Micro", "Delta", "Shenzhen", "Orient")
WORDS += ("Harbour", "Precision", "Global", "Optics", "Machinery", "Star", "Pacific", "United", "Systems", "Marine")
ITEMS = (
    {"description": "5-axis milling machine", "eccn": "2B001.b.2", "eu_code": "2B001.b.2", "hs": "845710"},
    {"description": "plasma etcher", "eccn": "3B001.c.1.a", "eu_code": "none", "hs": "848620"},
    {"description": "microcontrollers", "eccn": "EAR99", "eu_code": "none", "hs": "854231"},
)


def read_entities(folder: Path) -> list[Entity]:
    """Return all entities of all lists, sanctions, addresses and ownerships included."""
    found: list[Entity] = []
    for files in FILES.values():
        for name, place in files:
            path = folder / place
            if path.is_dir():
                data = pack({one.name: one.read_bytes() for one in sorted(path.glob("*_2026-04.csv"))})
            else:
                data = path.read_bytes()
            found += to_ftm(settled(parser(name)(data, quiet)))
    return found


class Applications:
    """Applications that are the same in each run."""

    def __init__(self, entities: list[Entity]) -> None:
        self._chance = random.Random(SEED)
        named = {one.first("name") for one in entities if one.schema in ("Company", "LegalEntity", "Organization")}
        self._listed = sorted(name for name in named if name)

    def name(self) -> str:
        """Return a name: of ten three are listed ones."""
        if self._chance.random() < 0.3:
            return self._chance.choice(self._listed)
        return f"{' '.join(self._chance.sample(WORDS, 3))} {self._chance.randrange(1000)} Ltd"

    def party(self, at: int) -> dict[str, object]:
        """Return a party; the first two of an application have owners."""
        party: dict[str, object] = {
            "name": self.name(),
            "role": ROLES[at],
            "country": self._chance.choice(("cn", "hk", "tr", "ae", "in", "kz")),
            "addresses": [f"Unit {self._chance.randrange(90)}, {self._chance.randrange(400)} Nathan Road, Kowloon"],
            "incorporated": f"20{self._chance.randrange(10, 26)}-05-02",
        }
        if at < 2:
            party["owners"] = [
                {"name": self.name(), "share": 35},
                {"name": self.name(), "share": {"min": 10, "max": 65}},
            ]
        return party

    def application(self, number: int, party: Callable[[int], dict[str, object]]) -> bytes:
        """Return one application as a line of JSON."""
        items = [one | {"quantity": {"value": 1 + number % 7, "unit": "pieces"}} for one in ITEMS]
        said = {
            "id": f"s-{number}",
            "exporter": self._chance.choice(("us", "de", "nl")),
            "destination": self._chance.choice(("cn", "hk", "tr", "ae", "in", "kz")),
            "items": items,
            "parties": [party(at) for at in range(len(ROLES))],
            "end_use": {"text": "production", "military": False},
        }
        return json.dumps(said).encode()

    def pool(self, size: int) -> Callable[[int], dict[str, object]]:
        """Return what draws parties of each role from a pool of so many in all."""
        held = [[self.party(at) for _ in range(size // len(ROLES))] for at in range(len(ROLES))]
        return lambda at: self._chance.choice(held[at])


def measure_one(counter: Counter, made: Applications, *, count: int, clock: str) -> list[dict[str, object]]:
    """Measure single determinations, each with parties that nobody has asked about before."""
    now = CLOCKS[clock]
    lines = [made.application(number, made.party) for number in range(count + 20)]
    for line in lines[:20]:
        counter.line((0, line))
    times = []
    for number, line in enumerate(lines[20:]):
        began = now()
        counter.line((number, line))
        times.append((now() - began) * 1000)
    rows = (("p50", 0.5, 15), ("p99", 0.99, 60))
    return [
        {
            "what": f"one determination, {name}",
            "ms": round(percentile(times, share), 1),
            "goal": f"<= {goal} ms",
            "met": percentile(times, share) <= goal,
        }
        for name, share, goal in rows
    ]


def measure_file(counter: Counter, lines: list[bytes], *, what: str, goal: float | None) -> dict[str, object]:
    """Measure a file of shipments with two processes, from its lines to its answers."""
    began = time.perf_counter()
    done = sum(1 for _ in answers(counter, enumerate(lines, start=1), processes=2))
    speed = done / (time.perf_counter() - began)
    return {
        "what": what,
        "shipments": done,
        "a second": round(speed, 1),
        "goal": f">= {goal:.0f}" if goal else "",
        "met": speed >= goal if goal else "",
    }


def held_out(query: str) -> bool:
    """Tell whether a query was not looked at while the search was made; four of ten, by a hash of its words."""
    return int(hashlib.sha256(query.encode()).hexdigest(), 16) % 10 < HELD_OUT


def measure_search(yard: Yard) -> list[dict[str, object]]:
    """Measure how often the right entry is among the first five, and how long a search takes."""
    with QUERIES.open(encoding="utf-8") as file:
        queries = [(row["query"], set(row["right"].split())) for row in csv.DictReader(file)]
    rows = []
    for name, wanted in (("looked at", False), ("held out", True)):
        asked = [(query, right) for query, right in queries if held_out(query) is wanted]
        times, found, first = [], 0, 0
        for query, right in asked:
            began = time.perf_counter()
            hits = [hit.code for hit in yard.search(query, limit=5)]
            times.append((time.perf_counter() - began) * 1000)
            found += bool(right & set(hits))
            first += bool(right & set(hits[:1]))
        rows.append(
            {
                "queries": name,
                "count": len(asked),
                "first %": round(100 * first / len(asked), 1),
                "among five %": round(100 * found / len(asked), 1),
                "goal": ">= 85 %",
                "met": found / len(asked) >= 0.85,
                "ms p50": round(percentile(times, 0.5), 2),
            }
        )
    return rows


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--lists", type=Path, required=True)
    arguments.add_argument("--applications", type=int, default=400)
    arguments.add_argument("--shipments", type=int, default=10_000)
    arguments.add_argument("--parties", type=int, default=3_000, help="how many different parties the file names")
    arguments.add_argument("--clock", choices=CLOCKS, default="wall", help="cpu: on a machine that others use too")
    options = arguments.parse_args()
    shelf: Shelf = shelf_of(read_folder(options.lists / "control_lists"))
    desk = Desk(shelf.lists, scope=shelf.scope)
    show("determine-search", "Search of the control lists", measure_search(desk.basis(TODAY).yard))
    entities = read_entities(options.lists)
    counter = Counter(desk, Watch.of(entities), TODAY)
    made = Applications(entities)
    del entities
    gc.collect()
    gc.freeze()
    show(
        "determine-one",
        "One determination",
        measure_one(counter, made, count=options.applications, clock=options.clock),
    )
    party = made.pool(options.parties)
    lines = [made.application(number, party) for number in range(options.shipments)]
    fresh = [made.application(number, made.party) for number in range(min(1_000, options.shipments))]
    rows = [
        measure_file(counter, lines, what=f"a file that names {options.parties:,} parties", goal=200),
        measure_file(counter, fresh, what="a file in which no party comes twice", goal=None),
    ]
    show("determine-file", "A file of shipments, two processes", rows)


if __name__ == "__main__":
    main()
