# SPDX-License-Identifier: Apache-2.0
"""How well and how fast two names are told to be one party, beside what others make of the same pairs.

    python bench/matching.py [--pairs name_pairs.csv] [--lists DIR] [--peer-python PYTHON] [--fuzz 100000]

`--pairs` has the columns schema, name1, name2, is_match. `--lists` adds names of the official lists, changed in known
ways, and pairs of neighbours that must be told apart. `--peer-python` is a Python with nomenklatura 4.17 installed,
which serves this benchmark only. `--fuzz` compares that many hostile names and fails on the first exception.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import subprocess
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
from machine import percentile, show
from perturbation import CHANGES, hostile
from rapidfuzz import fuzz
from screening import read_lists

from highfence.matching.analysis import _analyse, analyse
from highfence.matching.comparison import compare
from highfence.matching.scorers import scorer

SHARED = Path(__file__).parent.parent.parent / "shared"
ORGANISATIONS = ("Company", "Organization", "LegalEntity")
LINE = scorer().threshold
ERRORS_SHOWN = 20
ROUNDS = 40
SEED = 2026
#: Scores pairs read as JSON on stdin and prints scores and microseconds; runs in the peer's own Python.
PEER = """
import json, sys, time
from followthemoney import model
from nomenklatura.matching import get_algorithm
algorithm = get_algorithm("logic-v2")
config = algorithm.default_config()
def proxy(schema, name):
    return model.get_proxy({"id": name, "schema": schema, "properties": {"name": [name]}})
scores, times = [], []
for schema, left, right in json.load(sys.stdin):
    one, other = proxy(schema, left), proxy(schema, right)
    algorithm.compare(one, other, config)
    began = time.perf_counter()
    result = algorithm.compare(one, other, config)
    times.append((time.perf_counter() - began) * 1e6)
    scores.append(result.score)
print(json.dumps([scores, times]))
"""


class Pair(msgspec.Struct, frozen=True):
    """Two names and whether they are one party; `change` says how the second was made of the first."""

    schema: str
    left: str
    right: str
    same: bool
    change: str = ""


def main() -> None:
    """Print all tables."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pairs", type=Path, default=SHARED / "bench" / "name_pairs.csv")
    options.add_argument("--lists", type=Path, default=SHARED / "data")
    options.add_argument("--peer-python", default="")
    options.add_argument("--fuzz", type=int, default=0)
    chosen = options.parse_args()
    if chosen.fuzz:
        show("matching-fuzz", "Hostile names compared without an exception", [fuzzed(chosen.fuzz)])
    pairs = read_pairs(chosen.pairs)
    ours = [ours_of(pair) for pair in pairs]
    simple = [fuzz.WRatio(pair.left.lower(), pair.right.lower()) / 100 for pair in pairs]
    peer, peer_times = ask_peer(chosen.peer_python, pairs)
    scores = {"highfence v1": ours, "WRatio": simple, **({"logic-v2": peer} if peer else {})}
    show("matching-f1", f"Same party or not, at {LINE:.2f}", list(by_group(pairs, scores)))
    show("matching-errors", "The worst errors", list(worst(pairs, ours)))
    show("matching-speed", "One pair", list(speed(pairs, peer_times)))
    if chosen.lists.is_dir():
        made = changed_pairs(chosen.lists)
        show("matching-changes", "Names of the lists, changed, and their neighbours", list(by_change(made)))


def read_pairs(file: Path) -> list[Pair]:
    """Read labelled pairs."""
    with file.open(encoding="utf-8", newline="") as rows:
        return [
            Pair(row["schema"], row["name1"], row["name2"], row["is_match"] == "true") for row in csv.DictReader(rows)
        ]


def ours_of(pair: Pair) -> float:
    """Score a pair."""
    return compare(analyse(pair.left, schema=pair.schema), analyse(pair.right, schema=pair.schema)).value


def ask_peer(python: str, pairs: list[Pair]) -> tuple[list[float], list[float]]:
    """Return nomenklatura's scores and its microseconds for each pair; nothing where it is not installed."""
    if not python:
        print("no column logic-v2: give --peer-python a Python with nomenklatura 4.17")
        return [], []
    sent = json.dumps([(pair.schema, pair.left, pair.right) for pair in pairs])
    done = subprocess.run([python, "-c", PEER], input=sent, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"no column logic-v2: {python} failed: {done.stderr.strip().splitlines()[-1:]}")
        return [], []
    scores, times = json.loads(done.stdout.splitlines()[-1])
    return scores, times


def by_group(pairs: list[Pair], scores: dict[str, list[float]]) -> Iterable[dict[str, object]]:
    """Yield F1, precision and recall of each scorer for all, organisations, each schema and each pair of scripts."""
    groups: dict[str, Callable[[Pair], bool]] = {
        "organisations": lambda pair: pair.schema in ORGANISATIONS,
        "all schemata": lambda pair: bool(pair.schema),
    }
    for schema in sorted({pair.schema for pair in pairs}):
        groups[f"schema {schema}"] = lambda pair, schema=schema: pair.schema == schema
    for scripts in sorted({scripts_of(pair) for pair in pairs}):
        groups[f"script {scripts}"] = lambda pair, scripts=scripts: scripts_of(pair) == scripts
    groups["number differs"] = numbers_differ
    groups["organisations, no number differs"] = lambda pair: pair.schema in ORGANISATIONS and not numbers_differ(pair)
    for group, belongs in groups.items():
        chosen = [at for at, pair in enumerate(pairs) if belongs(pair)]
        row: dict[str, object] = {"group": group, "pairs": len(chosen)}
        for name, values in scores.items():
            f1, precision, recall = rates([(values[at] >= LINE, pairs[at].same) for at in chosen])
            row[f"{name} F1"] = f"{f1:.3f}"
            if name == "highfence v1":
                row |= {"precision": f"{precision:.3f}", "recall": f"{recall:.3f}"}
        yield row


def rates(answers: list[tuple[bool, bool]]) -> tuple[float, float, float]:
    """Return F1, precision and recall of (said, true) answers."""
    right = sum(said and same for said, same in answers)
    said = sum(said for said, _ in answers)
    same = sum(same for _, same in answers)
    return 2 * right / max(1, said + same), right / max(1, said), right / max(1, same)


def scripts_of(pair: Pair) -> str:
    """Return the scripts of a pair's names, `LATIN` or `CYRILLIC/LATIN`."""
    return "/".join(sorted({_script(pair.left), _script(pair.right)}))


def _script(text: str) -> str:
    names = [unicodedata.name(char, "").split(" ")[0] for char in text if char.isalpha()]
    return max(sorted(set(names)), key=names.count) if names else "NONE"


def numbers_differ(pair: Pair) -> bool:
    """Tell whether both names have a number the other has not: siblings in a series."""
    left, right = (analyse(name, schema=pair.schema).numbers for name in (pair.left, pair.right))
    return bool(left - right) and bool(right - left)


def worst(pairs: list[Pair], ours: list[float]) -> Iterable[dict[str, object]]:
    """Yield the pairs on the wrong side of the line, farthest first, of each kind."""
    for same, kind in ((True, "missed"), (False, "false alarm")):
        wrong = [
            (abs(value - LINE), pair, value)
            for pair, value in zip(pairs, ours, strict=True)
            if pair.same is same and (value >= LINE) is not same
        ]
        for _, pair, value in sorted(wrong, key=lambda one: -one[0])[:ERRORS_SHOWN]:
            organisation = pair.schema != "Person"
            names = (pair.left, pair.right) if organisation else ("(a person)", "(a person)")
            yield {"error": kind, "schema": pair.schema, "score": f"{value:.2f}", "first": names[0], "second": names[1]}


def speed(pairs: list[Pair], peer_times: list[float]) -> Iterable[dict[str, object]]:
    """Yield microseconds a pair: analysed names, names from text never seen, and the others."""
    analysed = [
        (analyse(pair.left, schema=pair.schema), analyse(pair.right, schema=pair.schema), pair) for pair in pairs
    ]
    cached = [_microseconds(lambda left=left, right=right: compare(left, right)) for left, right, _ in analysed]
    base = percentile(
        [_microseconds(lambda pair=pair: fuzz.WRatio(pair.left, pair.right)) for *_, pair in analysed], 0.5
    )
    yield _timing("highfence v1, analysed names", cached, base, goal="20")
    yield _timing("highfence v1, from text in the cache", [_microseconds(lambda p=p: ours_of(p)) for p in pairs], base)
    fresh = []
    for pair in pairs:
        _analyse.cache_clear()
        began = time.perf_counter()
        ours_of(pair)
        fresh.append((time.perf_counter() - began) * 1e6)
    yield _timing("highfence v1, from text never seen", fresh, base)
    yield {"what": "rapidfuzz WRatio", "median us": f"{base:.2f}", "ratio to WRatio": "1.0"}
    if peer_times:
        yield _timing("nomenklatura logic-v2", peer_times, base)


def _microseconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    for _ in range(ROUNDS):
        call()
    return (time.perf_counter() - began) / ROUNDS * 1e6


def _timing(what: str, times: list[float], base: float, *, goal: str = "") -> dict[str, object]:
    median = percentile(times, 0.5)
    return {
        "what": what,
        "median us": f"{median:.2f}",
        "p95 us": f"{percentile(times, 0.95):.2f}",
        "p99 us": f"{percentile(times, 0.99):.2f}",
        "ratio to WRatio": f"{median / base:.1f}",
        "goal us": goal,
    }


def changed_pairs(folder: Path, count: int = 1500) -> list[Pair]:
    """Return names of listed companies changed in each known way, and pairs of different companies that look alike."""
    chance = random.Random(SEED)
    parties = [one for group in read_lists(folder).values() for one in group if one.schema in ORGANISATIONS]
    names = sorted({name for one in parties for name in one.values("name")[:1] if len(name) > 7 and name.isascii()})
    made = []
    for change, alter in CHANGES.items():
        for name in chance.sample(names, min(count, len(names))):
            if (other := alter(name, chance)) != name:
                made.append(Pair("Company", name, other, True, change))
    keys = {name: analyse(name, schema="Company") for name in names}
    bearers = defaultdict(list)
    for name, key in keys.items():
        for token in key.tokens:
            bearers[token.id].append(name)
    for name in chance.sample(names, min(count, len(names))):
        rare = min(
            (bearers[token.id] for token in keys[name].tokens if len(bearers[token.id]) > 1), key=len, default=[]
        )
        others = [one for one in rare if keys[one].key != keys[name].key]
        if others:
            nearest = max(others, key=lambda one: (fuzz.token_sort_ratio(name, one), one))
            made.append(Pair("Company", name, nearest, False, "nearest neighbour"))
    return made


def by_change(pairs: list[Pair]) -> Iterable[dict[str, object]]:
    """Yield the share answered rightly for each way of changing a name, and for neighbours."""
    for change in dict.fromkeys(pair.change for pair in pairs):
        group = [pair for pair in pairs if pair.change == change]
        right = sum((ours_of(pair) >= LINE) is pair.same for pair in group)
        simple = sum((fuzz.WRatio(pair.left.lower(), pair.right.lower()) >= 100 * LINE) is pair.same for pair in group)
        yield {
            "change": change,
            "pairs": len(group),
            "answered rightly": f"{right / len(group):.3f}",
            "WRatio": f"{simple / len(group):.3f}",
        }


def fuzzed(count: int) -> dict[str, object]:
    """Compare hostile names with each other, in processor time; an exception ends the benchmark."""
    chance = random.Random(SEED)
    times = []
    last = analyse("Example Works")
    for _ in range(count):
        name = hostile(chance)
        began = time.process_time()
        fresh = analyse(name, schema=chance.choice(("Company", "Person", "Vessel")))
        there, back = compare(last, fresh).value, compare(fresh, last).value
        times.append((time.process_time() - began) * 1000)
        if there != back or not 0.0 <= there <= 1.0:
            raise AssertionError(f"not symmetric or out of bounds: {name[:80]!a}")
        last = fresh
    row = {
        "names": count,
        "median ms": percentile(times, 0.5),
        "p99.9 ms": percentile(times, 0.999),
        "worst ms": max(times),
    }
    return {key: value if key == "names" else f"{value:.2f}" for key, value in row.items()}


if __name__ == "__main__":
    main()
