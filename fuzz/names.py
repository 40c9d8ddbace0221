# SPDX-License-Identifier: Apache-2.0
"""Hostile names: screen them all; no exception, no asymmetry, no silence, and no name may take long.

    python fuzz/names.py [--names 100000] [--seed 2026]

Each name is screened against a watchlist of made-up parties, half of them hostile themselves, and scored against the
name before it in both directions. The times are processor time. The run fails on the first exception, on a score that
depends on the order or leaves 0..1, on a name that is neither answered nor refused with a reason, and at the end if
the 99.9th percentile is above 50 ms or any name took more than 200 ms.
"""

from __future__ import annotations

import argparse
import gc
import random
import string
import sys
import time
from collections.abc import Callable

from highfence.matching.analysis import analyse
from highfence.matching.comparison import compare
from highfence.matching.screen import screen
from highfence.matching.watchlist import Watchlist
from highfence.model.entity import Entity

MS_P999_MOST, MS_MOST = 50.0, 200.0
SCHEMATA = ("Company", "Person", "Vessel", "LegalEntity")
LISTED = 5_000
SIZES = (1, 2, 3, 17, 60, 399, 401, 2_000, 4_999, 5_001, 12_000)
WORDS = (
    "limited liability company joint stock public international trading industrial technology group holding plant "
    "institute research production general state national bank fund ii iii iv xiv 14th 2004-1 2004-2 no al bin abu abd "
    "abdul abdulrahman eddin ltd llc ooo oao gmbh co kg sa de cv sp z o.o. s.a.r.l. & + @ № (zx) «радий» завод 研究所 "
    "有限公司 株式会社 주식회사 محمد شركة عبدالرحمن zorvex zorvani kim jong un o'"
).split()
SCRIPTS = ((0x61, 26), (0x410, 64), (0x391, 56), (0x620, 48), (0x5D0, 27), (0x905, 60), (0x4E00, 20_000),
           (0x3041, 180), (0xAC00, 11_000), (0xE01, 58), (0x10D0, 33), (0x531, 38), (0x1F600, 80), (0x1D400, 900),
           (0x300, 112), (0x2000, 112), (0xFB50, 600), (0xE000, 100), (0xD800, 8), (0x0, 32))  # fmt: skip


def main() -> None:
    """Run, print one line, and leave with 1 if a bound is broken."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--names", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=2026)
    chosen = options.parse_args()
    chance = random.Random(chosen.seed)
    watchlist = Watchlist.build(listed(chance))
    gc.collect()
    gc.freeze()  # as `highfence screen` does once it has read its lists
    times: list[tuple[float, str]] = []
    last = ""
    for at in range(chosen.names):
        name = hostile(chance)
        times.append((tried(name, last, watchlist, schema=SCHEMATA[at % len(SCHEMATA)]), name))
        last = name
    times.sort()
    p999, (most, worst) = times[int(0.999 * (len(times) - 1))][0], times[-1]
    print(f"{len(times):,} names, seed {chosen.seed}: median {times[len(times) // 2][0]:.2f} ms, ", end="")
    print(f"p99.9 {p999:.1f} ms, worst {most:.1f} ms ({len(worst):,} characters, {worst[:30]!a})")
    if p999 > MS_P999_MOST or most > MS_MOST:
        sys.exit(f"too slow: at most {MS_P999_MOST} ms at p99.9 and {MS_MOST} ms ever")


def tried(name: str, last: str, watchlist: Watchlist, *, schema: str) -> float:
    """Screen and score one name; return the milliseconds that took; raises AssertionError where a law is broken."""
    began = time.process_time()
    found = screen(Entity(id="q", schema=schema, properties={"name": (name,)}), watchlist)
    one, other = analyse(name, schema=schema), analyse(last, schema=schema)
    there, back = compare(one, other).value, compare(other, one).value
    took = (time.process_time() - began) * 1000
    if there != back or not 0.0 <= there <= 1.0:
        raise AssertionError(f"{there} there, {back} back: {name[:80]!a} and {last[:80]!a}")
    if found.refused and not found.problem:
        raise AssertionError(f"refused without a reason: {name[:80]!a}")
    if len(name) > 400 and not found.problem:
        raise AssertionError(f"read in part and not said: {name[:80]!a}")
    return took


def listed(chance: random.Random) -> list[Entity]:
    """Return made-up parties, half of them with names as hostile as what is asked."""
    names = [hostile(chance) if at % 2 else " ".join(chance.choices(WORDS, k=3)) for at in range(LISTED)]
    return [
        Entity(id=f"listed-{at}", schema=SCHEMATA[at % len(SCHEMATA)], properties={"name": (name,)})
        for at, name in enumerate(names)
    ]


def hostile(chance: random.Random) -> str:
    """Return a name made to break or to slow down what reads it."""
    name = chance.choice(KINDS)(chance, chance.choice(SIZES))
    while chance.random() < 0.15:  # attacks are combined
        name = chance.choice((" ", "", "\u202e", "(", "«", ", ")).join((name, chance.choice(KINDS)(chance, 30)))
    return name


def _repeated(chance: random.Random, size: int) -> str:
    piece = chance.choice(
        ("a", "ab ", "a.", "s.a. ", "()", "((", "«»", "第", "ﷺ", "e\u0301", "1-", "x/", "ii ", "'s ", ", ")
    )
    return piece * (size // len(piece) + 1)


def _words(chance: random.Random, size: int) -> str:
    return " ".join(chance.choices(WORDS, k=size // 6 + 1))


def _joined(chance: random.Random, size: int) -> str:
    return "".join(chance.choices([word for word in WORDS if word.isalpha()], k=size // 6 + 1))


def _one_script(chance: random.Random, size: int) -> str:
    first, count = chance.choice(SCRIPTS)
    return "".join(chr(first + chance.randrange(count)) if chance.random() < 0.85 else " " for _ in range(size))


def _any_script(chance: random.Random, size: int) -> str:
    return "".join(chr(first + chance.randrange(count)) for first, count in chance.choices(SCRIPTS, k=size))


def _any_code(chance: random.Random, size: int) -> str:
    return "".join(chr(chance.randrange(0x110000)) for _ in range(size))


def _signs(chance: random.Random, size: int) -> str:
    return "".join(
        chance.choices(string.ascii_letters[:6] + string.digits[:3] + " ()[]{}*+?\\.|^$-/,'\"«»&%@№", k=size)
    )


def _marked(chance: random.Random, size: int) -> str:
    return "".join(letter + "\u0301\u0327\u200b\u202e"[: chance.randrange(5)] for letter in _words(chance, size))


def _lookalikes(chance: random.Random, size: int) -> str:
    return "".join(chance.choice(chance.choice(("аaοα", "еeε", "сc", "рpρ", "xхχ", " ", "IІΙl"))) for _ in range(size))


KINDS: tuple[Callable[[random.Random, int], str], ...] = (
    _repeated, _words, _joined, _one_script, _any_script, _any_code, _signs, _marked, _lookalikes,
)  # fmt: skip


if __name__ == "__main__":
    main()
