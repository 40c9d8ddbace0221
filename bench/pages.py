# SPDX-License-Identifier: Apache-2.0
"""A node that holds all official lists: how it starts, answers the first screening, and bears a file of customers.

python bench/pages.py --lists DIR [--rows 50000]

The node's answers to `/api/health`, asked without a pause but for 10 ms, tell how long its event loop keeps people and
peers waiting meanwhile.
"""

from __future__ import annotations

import argparse
import csv
import http.client
import io
import json
import random
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from machine import percentile, show
from screening import FILES, read_lists

from highfence.ceremony import NewAuthority
from highfence.entrypoints.cli.demo.stage import Actor, Stage
from highfence.sources.uk_sanctions.parse import pack

SEED = 2026
_BOUNDARY = "bench-boundary"
_ALONE = NewAuthority(code="eu", name="European Commission", country="eu", role="coordinator", port=1)


class Page:
    """The pages of a node, as a browser asks for them."""

    def __init__(self, actor: Actor) -> None:
        self._host = urlsplit(actor.address).netloc
        self._cookie = ""
        _, headers, _ = self.post("/sign-in", {"code": actor.access_code})
        self._cookie = headers["set-cookie"].partition(";")[0]

    def get(self, path: str) -> str:
        return self._ask("GET", path, b"", {})[2]

    def post(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, str], str]:
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(form).encode(), kind)

    def hand_in(self, data: bytes) -> str:
        head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="customers.csv"\r\n\r\n'
        body = head.encode() + data + f"\r\n--{_BOUNDARY}--\r\n".encode()
        kind = {"content-type": f"multipart/form-data; boundary={_BOUNDARY}"}
        return self._ask("POST", "/screen/files", body, kind)[1]["location"]

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection(self._host, timeout=600)
        own = {"origin": f"http://{self._host}", "cookie": self._cookie}
        connection.request(method, path, body=body, headers={**own, **headers})
        answer = connection.getresponse()
        told = answer.read().decode()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, told


@contextmanager
def health(actor: Actor, rows: list[dict[str, object]], what: str) -> Iterator[None]:
    """Ask for the node's health all the while, and note how long it took."""
    times: list[float] = []
    done = threading.Event()

    def ask() -> None:
        while not done.wait(0.01):
            began = time.perf_counter()
            actor.node.get("/api/health")
            times.append((time.perf_counter() - began) * 1000)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
    rows.append(
        {
            "while": what,
            "p50 ms": f"{percentile(times, 0.5):.1f}",
            "p99 ms": f"{percentile(times, 0.99):.1f}",
            "worst ms": f"{max(times):.1f}",
            "asked": len(times),
        }
    )


def customers(names: list[str], count: int) -> bytes:
    """Return a table of customers: of a hundred, five bear a listed name."""
    draw = random.Random(SEED)
    words = sorted({word for name in names for word in name.split() if len(word) > 3})
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(("Kunden-Nr.", "Firma", "Land"))
    for at in range(count):
        made = f"{' '.join(draw.sample(words, 3))} {draw.choice(('Ltd', 'GmbH', 'LLC', 'SA'))}"
        name = draw.choice(names) if draw.random() < 0.05 else made
        table.writerow((f"{at:07d}", name, draw.choice(("CN", "DE", "RU", "US", ""))))
    return out.getvalue().encode()


def import_all(actor: Actor, lists: Path) -> None:
    """Take all lists into the node."""
    for files in FILES.values():
        for name, place in files:
            path = lists / place
            found = {one.name: one.read_bytes() for one in sorted(path.glob("*_2026-04.csv"))} if path.is_dir() else {}
            actor.node.post(f"/api/sources/{name}/editions", pack(found) if found else path.read_bytes())


def first_match_ms(actor: Actor) -> float:
    """Return how long a first screening takes."""
    query = {"queries": {"q": {"schema": "Company", "properties": {"name": ["Huawei Technologies"]}}}}
    began = time.perf_counter()
    actor.node.post("/match", json.dumps(query).encode())
    return (time.perf_counter() - began) * 1000


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--lists", type=Path, required=True)
    arguments.add_argument("--rows", type=int, default=50_000)
    options = arguments.parse_args()
    names = [entity.caption for parties in read_lists(options.lists).values() for entity in parties]
    waits: list[dict[str, object]] = []
    times: list[dict[str, object]] = []
    with (
        tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder,
        Stage(Path(folder), (_ALONE,), ()) as stage,
    ):
        actor = stage.actors["eu"]
        import_all(actor, options.lists)
        actor.stop()
        actor.start()
        actor.wait_until_up()
        times.append({"what": "first /match, asked at once after the start", "ms": f"{first_match_ms(actor):.0f}"})
        actor.stop()
        actor.start()
        actor.wait_until_up()
        with health(actor, waits, "the rolls are made after the start"):
            time.sleep(15)
        times.append({"what": "first /match, 15 s after the start", "ms": f"{first_match_ms(actor):.0f}"})
        with health(actor, waits, "nothing happens"):
            time.sleep(5)
        page = Page(actor)
        data = customers(names, options.rows)
        with health(actor, waits, "a file is handed in and looked at"):
            began = time.perf_counter()
            path = page.hand_in(data)
            _until(page, path, "columns")
            times.append({"what": f"a file of {options.rows:,} rows, until its columns are shown", "ms": _ms(began)})
        with health(actor, waits, "the file is screened"):
            began = time.perf_counter()
            page.post(path, {"do": "screen", "column-0": "id", "column-1": "name", "column-2": "country"})
            _until(page, path, "done")
            times.append({"what": "until its answers are there, in three forms", "ms": _ms(began)})
        print(re.search(r"<h1[^>]*>(.*?)</h1>", page.get(path)).group(1))
    show("pages-times", "A node with all lists: times", times)
    show("pages-waits", "A node with all lists: how long /api/health takes", waits)


def _until(page: Page, path: str, state: str) -> None:
    while (told := json.loads(page.get(f"{path}/progress"))["state"]) != state:
        assert told != "unread", page.get(path)
        time.sleep(0.2)


def _ms(began: float) -> str:
    return f"{(time.perf_counter() - began) * 1000:,.0f}"


if __name__ == "__main__":
    main()
