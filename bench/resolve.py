# SPDX-License-Identifier: Apache-2.0
"""Whole lists resolved: by screening each party, in one process, and with DuckDB; time, memory, and what is found.

python bench/resolve.py --lists DIR [--gold name_pairs.csv] [--engine embedded --engine duckdb]

Each is measured in a process of its own. DuckDB needs the extra `bulk`: run it with the interpreter that has it.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from machine import show
from screening import read_lists

from highfence.matching.bulk import Pair, resolve
from highfence.matching.linkage import meet_in_duckdb
from highfence.matching.screen import screen
from highfence.matching.watchlist import Watchlist
from highfence.model.entity import Entity

Found = dict[tuple[str, str], float]
Parties = list[Entity]
CASES = {"UK list x US lists": ("uk", "us"), "US lists within themselves": ("us", "")}


def by_screening(left: Parties, right: Parties | None) -> Found:
    """Ask for each party of both lists in turn; a pair is found if either direction finds it."""
    found: Found = {}
    for asked, against, turned in ((left, right or left, False), (right or [], left, True)):
        watchlist = Watchlist.build(against)
        for entity in asked:
            for match in screen(entity, watchlist, limit=100).matches:
                one, other = (match.id, entity.id) if turned else (entity.id, match.id)
                if right is None:
                    one, other = min(one, other), max(one, other)
                if right is not None or one != other:
                    found[one, other] = match.score
    return found


def embedded(left: Parties, right: Parties | None) -> Found:
    """Resolve in this process."""
    return _of(resolve(left, right))


def duckdb(left: Parties, right: Parties | None) -> Found:
    """Resolve with DuckDB joining the names."""
    return _of(resolve(left, right, meet=meet_in_duckdb))


ENGINES: dict[str, Callable[[Parties, Parties | None], Found]] = {
    "plain screening": by_screening,
    "embedded": embedded,
    "duckdb": duckdb,
}


def _of(pairs: list[Pair]) -> Found:
    return {(pair.left, pair.right): pair.score for pair in pairs}


def measure(lists: Path, engines: list[str]) -> list[dict[str, object]]:
    """Return a row for each case and engine; the share of screening's pairs that it finds, and ratios to screening."""
    rows = []
    for case in CASES:
        plain: dict[str, object] = {}
        wanted: set[tuple[str, str]] = set()
        for engine in engines:
            row, pairs = _alone(lists, case, engine)
            if engine == "plain screening":
                plain, wanted = row, pairs
            missed = wanted - pairs
            rows.append(
                {
                    "lists": case,
                    "engine": engine,
                    "pairs": len(pairs),
                    "of screening's pairs": f"{1 - len(missed) / len(wanted):.4f}",
                    "CPU s": row["cpu_s"],
                    "of screening's CPU": f"{float(str(row['cpu_s'])) / float(str(plain['cpu_s'])):.2f}",
                    "s": row["wall_s"],
                    "peak MB": row["peak_mb"],
                }
            )
    return rows


def measure_gold(gold: Path, engines: list[str]) -> list[dict[str, object]]:
    """Return precision, recall and F1 on labelled pairs, whose left names are one list and right names another."""
    with gold.open(encoding="utf-8", newline="") as file:
        labelled = list(csv.DictReader(file))
    left = [_named(f"{at}", row["schema"], row["name1"]) for at, row in enumerate(labelled)]
    right = [_named(f"{at}", row["schema"], row["name2"]) for at, row in enumerate(labelled)]
    rows = []
    for engine in engines:
        found = ENGINES[engine](left, right)
        true = [row["is_match"].strip().lower() in ("1", "true", "yes") for row in labelled]
        said = [(f"{at}", f"{at}") in found for at in range(len(labelled))]
        both = sum(one and other for one, other in zip(true, said, strict=True))
        precision, recall = both / max(1, sum(said)), both / max(1, sum(true))
        rows.append(
            {
                "name_pairs as two lists": engine,
                "pairs": len(labelled),
                "F1": f"{2 * precision * recall / (precision + recall):.3f}",
                "precision": f"{precision:.3f}",
                "recall": f"{recall:.3f}",
                "unlabelled pairs found": len(found) - sum(said),
            }
        )
    return rows


def _named(entity_id: str, schema: str, name: str) -> Entity:
    return Entity(id=entity_id, schema=schema, properties={"name": (name,)})


def _alone(lists: Path, case: str, engine: str) -> tuple[dict[str, object], set[tuple[str, str]]]:
    """Measure in a process of its own."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        child = [sys.executable, __file__, "--lists", str(lists), "--child", case, engine, out.name]
        told = subprocess.run(child, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
        return json.loads(told), {(one, other) for one, other in json.loads(Path(out.name).read_text())}


def _child(lists: Path, case: str, engine: str, *, out: Path) -> None:
    every = read_lists(lists)
    left, right = CASES[case]
    parties = every[left], every[right] if right else None
    del every
    began, cpu = time.perf_counter(), time.process_time()
    found = ENGINES[engine](*parties)
    told = {
        "cpu_s": round(time.process_time() - cpu, 1),
        "wall_s": round(time.perf_counter() - began, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    out.write_text(json.dumps(sorted(found)))
    print(json.dumps(told))


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--lists", type=Path, required=True)
    arguments.add_argument("--gold", type=Path)
    arguments.add_argument("--engine", choices=("embedded", "duckdb"), action="append")
    arguments.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.child:
        case, engine, out = options.child
        _child(options.lists, case, engine, out=Path(out))
        return
    has_duckdb = all(importlib.util.find_spec(name) for name in ("splink", "duckdb", "pyarrow"))
    engines = options.engine or ["embedded", *(["duckdb"] if has_duckdb else [])]
    if not has_duckdb:
        print("no duckdb: run it with an interpreter that has the extra bulk (make test-bulk makes one)", flush=True)
    engines = ["plain screening", *engines]
    show("resolve", "Whole lists", measure(options.lists, engines))
    if options.gold:
        show("resolve-gold", "Labelled pairs as two lists", measure_gold(options.gold, engines))


if __name__ == "__main__":
    main()
