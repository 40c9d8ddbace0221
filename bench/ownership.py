# SPDX-License-Identifier: Apache-2.0
"""Ownership at scale: the cascade, from a CSV file to verdict lines, and one interest changed.

A million parties and a million and a half interests: owners by a power law, companies that own each other, a third of
the shares as intervals or not known, some control. Each peer answers the easier question, who is caught by the least
shares alone, and must find the same parties; `--peer-python` names an interpreter that has scipy, rustworkx and DuckDB.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
from machine import percentile, show

from highfence.model.interest import PERCENT, Interest, Listed, Share
from highfence.model.interests import STILL, Interests
from highfence.rules.ownership import RULES, Findings, Graph, rule_set
from highfence.rules.ownership.findings import YES

DAY = date(2026, 11, 24)
HERE = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parties", type=int, default=1_000_000)
    parser.add_argument("--interests", type=int, default=1_500_000)
    parser.add_argument("--listed", type=int, default=20_000)
    parser.add_argument("--changes", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peer-python", type=Path)
    asked = parser.parse_args()
    rng = np.random.default_rng(asked.seed)
    interests = made(asked.parties, asked.interests, rng)
    seeds = np.sort(rng.choice(asked.parties, asked.listed, replace=False))
    listed = [Listed(id=interests.ids[one]) for one in seeds.tolist()]
    with tempfile.TemporaryDirectory() as folder:
        rows = cascades(interests, listed, seeds, folder=Path(folder), peer_python=asked.peer_python)
        rows += from_file(interests, listed, Path(folder))
    show(
        "ownership",
        f"Ownership: {asked.parties:,} parties, {asked.interests:,} interests, {asked.listed:,} listed",
        rows,
    )
    show(
        "ownership-changes",
        "One interest changed, the verdicts of all it reaches",
        changes(interests, listed, asked.changes, rng),
    )


def made(parties: int, number: int, rng: np.random.Generator) -> Interests:
    """Make interests within the whole: owners by a power law, so that few own much, every hundredth pair a ring."""
    owner = rng.permutation(parties)[(parties * rng.random(number) ** 2.5).astype(np.int64)]
    owned = rng.integers(0, parties, number)
    ring = np.arange(0, number - 1, 100)
    owner[ring + 1], owned[ring + 1] = owned[ring], owner[ring]
    owned = np.where(owner == owned, (owned + 1) % parties, owned)
    part = rng.random(number)
    whole = np.bincount(owned, weights=part, minlength=parties)[owned]
    low = np.maximum(1, (10_000 * part / whole * (1 + rng.random(number)) / 2).astype(np.int64))
    kind = rng.random(number)
    high = np.where((kind > 0.1) & (kind < 0.3), np.minimum(10_000, low + 2_500), low)
    low, high = np.where(kind < 0.1, 0, low), np.where(kind < 0.1, 10_000, high)
    return Interests(
        ids=[f"E{one:07d}" for one in range(parties)],
        owner=owner.astype(np.int32),
        owned=owned.astype(np.int32),
        low=low * (PERCENT // 100),
        high=high * (PERCENT // 100),
        control=np.where(rng.random(number) < 0.02, 2, 0).astype(np.int8),
        since=np.zeros(number, dtype=np.int32),
        until=np.full(number, STILL, dtype=np.int32),
        place=np.arange(number, dtype=np.int32),
    )


def cascades(
    interests: Interests, listed: list[Listed], seeds: np.ndarray, *, folder: Path, peer_python: Path | None
) -> list[dict[str, object]]:
    """Time the cascade of each rule, best of five, and the peers."""
    graph = Graph(interests)
    graph.into(np.zeros(0, dtype=np.int64))
    interests.index  # noqa: B018 - made while reading, so not part of the cascade
    rows: list[dict[str, object]] = []
    caught = np.zeros(0, dtype=np.int64)
    for rule in RULES:
        times = []
        for _ in range(5):
            began = time.perf_counter()
            findings = Findings(graph, rule_set(rule), listed=listed, on=DAY)
            codes = findings.codes()
            times.append(time.perf_counter() - began)
        if rule == "us-ofac":
            caught = np.flatnonzero(codes == YES)
        words = " / ".join(f"{count:,}" for count in np.bincount(codes, minlength=3)[::-1].tolist())
        rows.append(
            {
                "what": f"cascade, {rule}, intervals and control",
                "s": round(min(times), 3),
                "goal s": 0.2,
                "yes / unknown / no": words,
            }
        )
    file = folder / "graph.npz"
    np.savez(
        file,
        owner=interests.owner,
        owned=interests.owned,
        share=interests.low,
        seeds=seeds,
        caught=caught,
        parties=len(interests.ids),
    )
    for peer in ("numpy", "scipy", "rustworkx", "duckdb"):
        python = Path(sys.executable) if peer == "numpy" else peer_python
        if python is None:
            continue
        ran = subprocess.run(
            [python, HERE / "ownership_peers.py", peer, file], capture_output=True, text=True, check=False
        )
        if ran.returncode:
            print(f"{peer}: {ran.stderr.strip().splitlines()[-1]}", file=sys.stderr)
            continue
        said = json.loads(ran.stdout)
        assert said["same"], f"{peer} finds other parties than Highfence"
        rows.append(
            {
                "what": f"peer, least shares alone: {peer}",
                "s": round(said["s"], 3),
                "goal s": "",
                "yes / unknown / no": f"{said['caught']:,}",
            }
        )
    return rows


def from_file(interests: Interests, listed: list[Listed], folder: Path) -> list[dict[str, object]]:
    """Time the command from a CSV file to a file of lines, with the most memory that it took."""
    file, out = folder / "interests.csv", folder / "verdicts.jsonl"
    columns = (
        interests.owner,
        interests.owned,
        interests.low // (PERCENT // 100),
        interests.high // (PERCENT // 100),
        interests.control,
    )
    with file.open("w") as text:
        text.write("owner,owned,share,min,max,control,listed\n")
        for owner, owned, low, high, control in zip(*(column.tolist() for column in columns), strict=True):
            share = f"{low / 100:g},," if low == high else f",{low / 100:g},{high / 100:g}"
            text.write(f"E{owner:07d},E{owned:07d},{share},{'true' if control else ''},\n")
        text.writelines(f",,,,,,{one.id}\n" for one in listed)
    with out.open("wb") as lines:
        began = time.perf_counter()
        command = [
            sys.executable,
            "-m",
            "highfence",
            "ownership",
            str(file),
            "--rule",
            "us-ofac",
            "--as-of",
            DAY.isoformat(),
        ]
        ran = subprocess.run(command, stdout=lines, stderr=subprocess.DEVNULL, check=False)
        took = time.perf_counter() - began
    assert ran.returncode == 0, "the command refused something"
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    counted = sum(1 for _ in out.open("rb"))
    size = f"{counted:,} lines, {out.stat().st_size / 1e6:.0f} MB"
    return [
        {
            "what": f"from a CSV file of {file.stat().st_size / 1e6:.0f} MB to verdict lines",
            "s": round(took, 2),
            "goal s": 8,
            "yes / unknown / no": size,
        },
        {
            "what": "most memory of any process of this run, MB",
            "s": round(memory),
            "goal s": 1000,
            "yes / unknown / no": "",
        },
    ]


def changes(
    interests: Interests, listed: list[Listed], number: int, rng: np.random.Generator
) -> list[dict[str, object]]:
    """Time single changes, among all interests and among those of parties that are caught, which reach further."""
    rows: list[dict[str, object]] = []
    for rule in RULES:
        graph = Graph(interests)
        findings = Findings(graph, rule_set(rule), listed=listed, on=DAY)
        caught = np.flatnonzero(findings.codes() > 0)
        for among, edges in (("any", np.arange(len(interests))), ("of those caught", graph.out(caught))):
            times, reached = [], []
            for edge in rng.choice(edges, number).tolist():
                one = graph.interest(edge)
                low, high = sorted(rng.integers(0, 101, 2).tolist())
                share = Share(0, 0) if rng.random() < 0.2 else Share(low * PERCENT, high * PERCENT)
                began = time.perf_counter()
                graph.change(edge, Interest(owner=one.owner, owned=one.owned, share=share))
                moved = findings.change(edge)
                findings.codes_of(moved)
                times.append((time.perf_counter() - began) * 1000)
                reached.append(float(len(moved)))
            rows.append(
                {
                    "what": f"{rule}, an interest {among}",
                    "p50 ms": round(percentile(times, 0.5), 3),
                    "p99 ms": round(percentile(times, 0.99), 3),
                    "worst ms": round(max(times), 2),
                    "goal p99 ms": 5,
                    "most reached": int(max(reached)),
                }
            )
    return rows


if __name__ == "__main__":
    main()
