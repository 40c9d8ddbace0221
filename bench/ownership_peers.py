# SPDX-License-Identifier: Apache-2.0
"""Peers for the cascade: the same threshold cascade on the least shares alone, as each library would have one write it.

Run by `ownership.py`: `ownership_peers.py PEER GRAPH.npz`. Making the library's own graph is not timed.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import numpy as np

NEED = 50 * 10**9
Step = Callable[[], np.ndarray]


def plain_numpy(owner: np.ndarray, owned: np.ndarray, share: np.ndarray, *, parties: int, seeds: np.ndarray) -> Step:
    order = np.argsort(owner, kind="stable")
    pointers = np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=parties))))
    to, weight = owned[order], share[order]

    def run() -> np.ndarray:
        held = np.zeros(parties, dtype=np.int64)
        caught = np.zeros(parties, dtype=bool)
        caught[seeds] = True
        frontier = seeds
        while len(frontier):
            counts = pointers[frontier + 1] - pointers[frontier]
            ends = np.cumsum(counts)
            edges = np.arange(ends[-1]) + np.repeat(pointers[frontier] - (ends - counts), counts)
            np.add.at(held, to[edges], weight[edges])
            touched = np.unique(to[edges])
            frontier = touched[(held[touched] >= NEED) & ~caught[touched]]
            caught[frontier] = True
        return caught

    return run


def by_scipy(owner: np.ndarray, owned: np.ndarray, share: np.ndarray, *, parties: int, seeds: np.ndarray) -> Step:
    from scipy.sparse import csr_array

    held_by = csr_array((share, (owned, owner)), shape=(parties, parties))

    def run() -> np.ndarray:
        caught = np.zeros(parties, dtype=np.int64)
        caught[seeds] = 1
        before = -1
        while (now := int(caught.sum())) != before:
            before = now
            caught[held_by @ caught >= NEED] = 1
        return caught.astype(bool)

    return run


def by_rustworkx(owner: np.ndarray, owned: np.ndarray, share: np.ndarray, *, parties: int, seeds: np.ndarray) -> Step:
    import rustworkx

    graph = rustworkx.PyDiGraph()
    graph.add_nodes_from(range(parties))
    graph.add_edges_from(list(zip(owner.tolist(), owned.tolist(), share.tolist(), strict=True)))

    def run() -> np.ndarray:
        held = [0] * parties
        caught = np.zeros(parties, dtype=bool)
        caught[seeds] = True
        waiting = seeds.tolist()
        while waiting:
            for _, to, weight in graph.out_edges(waiting.pop()):
                held[to] += weight
                if held[to] >= NEED and not caught[to]:
                    caught[to] = True
                    waiting.append(to)
        return caught

    return run


def by_duckdb(owner: np.ndarray, owned: np.ndarray, share: np.ndarray, *, parties: int, seeds: np.ndarray) -> Step:
    import duckdb

    base = duckdb.connect()
    columns = {"owner": owner, "owned": owned, "share": share}
    base.register("given", columns)
    base.execute("CREATE TABLE interest AS SELECT * FROM given")
    base.register("listed", {"party": seeds})

    def run() -> np.ndarray:
        base.execute("CREATE OR REPLACE TABLE caught AS SELECT party FROM listed")
        before, now = -1, len(seeds)
        while now != before:
            before = now
            base.execute(
                "INSERT INTO caught SELECT owned FROM interest SEMI JOIN caught ON owner = party "
                f"GROUP BY owned HAVING sum(share) >= {NEED} EXCEPT SELECT party FROM caught"
            )
            now = base.execute("SELECT count(*) FROM caught").fetchall()[0][0]
        caught = np.zeros(parties, dtype=bool)
        caught[base.execute("SELECT party FROM caught").fetchnumpy()["party"]] = True
        return caught

    return run


PEERS = {"numpy": plain_numpy, "scipy": by_scipy, "rustworkx": by_rustworkx, "duckdb": by_duckdb}


def main() -> None:
    peer, file = sys.argv[1:]
    graph = np.load(file)
    run = PEERS[peer](
        graph["owner"].astype(np.int64),
        graph["owned"].astype(np.int64),
        graph["share"],
        parties=int(graph["parties"]),
        seeds=graph["seeds"].astype(np.int64),
    )
    times = []
    for _ in range(5):
        began = time.perf_counter()
        caught = run()
        times.append(time.perf_counter() - began)
    same = bool((np.flatnonzero(caught) == graph["caught"]).all()) if caught.sum() == len(graph["caught"]) else False
    print(json.dumps({"s": min(times), "caught": int(caught.sum()), "same": same}))


if __name__ == "__main__":
    main()
