# SPDX-License-Identifier: Apache-2.0
"""Taking the complete US list, sharing it with three peers, and catching up after an outage.

python bench/import.py --lists DIR
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from machine import durable_commit_ms, show

from highfence.entrypoints.cli.demo.cast import AGREEMENTS, CAST
from highfence.entrypoints.cli.demo.stage import Stage
from highfence.exchange.envelope import ASSERTION_TYPE, open_envelope, seal
from highfence.exchange.keys import SigningKey, verify
from highfence.lists import Taken
from highfence.sources.catalogue import parser
from highfence.sources.progress import quiet


def signing_limit_per_s(rounds: int = 2000) -> tuple[float, float]:
    """Return how many envelopes this machine signs and verifies in a second on one core."""
    key = SigningKey.generate()
    body = b"x" * 1200
    began = time.perf_counter()
    envelopes = [seal(body, ASSERTION_TYPE, key) for _ in range(rounds)]
    signed = rounds / (time.perf_counter() - began)
    signature = key.sign(body)
    assert open_envelope(envelopes[0])
    began = time.perf_counter()
    for _ in range(rounds):
        verify(key.public, body, signature)
    return signed, rounds / (time.perf_counter() - began)


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--lists", type=Path, required=True)
    options = arguments.parse_args()
    path = options.lists / "us_csl" / "consolidated_2026-07-31.csv"
    if not path.exists():
        sys.exit(f"the complete US list is not at {path}: give --lists DIR")
    data = path.read_bytes()
    began = time.perf_counter()
    listings = len(parser("us_csl")(data, quiet).parties)
    parsing_s = time.perf_counter() - began
    signs, verifies = signing_limit_per_s()
    with (
        tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder,
        Stage(Path(folder), CAST, AGREEMENTS) as stage,
    ):
        us, cy = stage.actors["us"], stage.actors["cy"]
        cy.kill()
        began = time.perf_counter()
        taken = msgspec.json.decode(us.node.post("/api/sources/us_csl/editions", data), type=Taken)
        import_s = time.perf_counter() - began
        assert taken.added == listings
        _wait(stage, "us", ("eu", "nl"))
        two_s = time.perf_counter() - began
        cy.start()
        cy.wait_until_up()
        began = time.perf_counter()
        _wait(stage, "us", ("cy",))
        catch_up_s = time.perf_counter() - began
    with (
        tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder,
        Stage(Path(folder), CAST, AGREEMENTS) as stage,
    ):
        began = time.perf_counter()
        stage.actors["us"].node.post("/api/sources/us_csl/editions", data)
        _wait(stage, "us", ("eu", "nl", "cy"))
        three_s = time.perf_counter() - began
    of_signing = f"{listings / import_s / signs:.2f} of bare signing"
    of_verifying = f"{3 * listings / three_s / verifies:.2f} of bare verifying"
    catching_up = f"{listings / catch_up_s / verifies:.2f} of bare verifying"
    rows = [
        _row("parse", listings, parsing_s, goal="seconds"),
        _row("import: parse, sign, journal, three feeds", listings, import_s, limit=of_signing),
        _row("share with two peers, from the file on", listings, two_s),
        _row("share with three peers, from the file on", listings, three_s, goal="<= 60 s", limit=of_verifying),
        _row("catch-up of one peer after an outage", listings, catch_up_s, goal=">= 2,000/s", limit=catching_up),
    ]
    machine = f"signs {signs:,.0f}/s, verifies {verifies:,.0f}/s, commits in {durable_commit_ms():.2f} ms"
    show("import", f"The complete US list; a core of this machine {machine}", rows)


@contextmanager
def _stage() -> Iterator[Stage]:
    with (
        tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder,
        Stage(Path(folder), CAST, AGREEMENTS) as stage,
    ):
        yield stage


def _wait(stage: Stage, owner: str, readers: tuple[str, ...]) -> None:
    while True:
        peers = stage.actors[owner].peers()
        if all(peers[reader].out_size and peers[reader].out_received == peers[reader].out_size for reader in readers):
            return
        time.sleep(0.05)


def _row(what: str, number: int, seconds: float, *, goal: str = "", limit: str = "") -> dict[str, object]:
    per_s = round(number / seconds)
    return {"what": what, "listings": number, "s": round(seconds, 2), "per s": per_s, "goal": goal, "limit": limit}


if __name__ == "__main__":
    main()
