# SPDX-License-Identifier: Apache-2.0
"""A real node for real browsers: served by its own process, with something on it, and an officer signed in."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from playwright.sync_api import BrowserContext, Page

from highfence.app import open_node
from highfence.entrypoints.drafts import Draft
from highfence.entrypoints.identity import first_officer
from highfence.home import Home
from highfence.model.assertion import Assertion
from nodes import make_homes


class Served:
    """A node that runs in its own process, and the operator's access code."""

    def __init__(self, address: str, code: str) -> None:
        self.address = address
        self.code = code

    def publish(self, assertion: Assertion) -> None:
        """Publish through the API, as another system of the authority would."""
        draft = Draft(**{name: getattr(assertion, name) for name in Draft.__struct_fields__})
        request = urllib.request.Request(
            f"{self.address}/api/assertions",
            data=msgspec.json.encode(draft),
            headers={"authorization": f"Bearer {self.code}", "content-type": "application/json"},
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 201


@contextmanager
def serving(folder: Path, assertions: Sequence[Assertion]) -> Iterator[Served]:
    """Serve the node of `eu`, which has published these assertions, until the end."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    homes = make_homes(folder, ("eu", "us", "nl"), now=datetime.now(UTC))
    code = first_officer(Home(homes["eu"]), clearance="RESTRICTED")
    here = open_node(homes["eu"])
    here.publish(assertions).result()
    here.close()
    process = subprocess.Popen(
        [sys.executable, "-m", "highfence", "serve", str(homes["eu"]), "--port", str(port), "--stop-with-parent"],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    served = Served(f"http://127.0.0.1:{port}", code)
    try:
        _await_health(served.address, process)
        yield served
    finally:
        process.terminate()
        process.communicate(timeout=20)


def signed_in(context: BrowserContext, node: Served) -> Page:
    """Return a page on which the operator has signed in."""
    page = context.new_page()
    page.goto(f"{node.address}/sign-in")
    page.fill("#code", node.code)
    page.press("#code", "Enter")
    page.wait_for_url(f"{node.address}/")
    return page


def _await_health(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        assert process.poll() is None, "the node ended at once"
        try:
            with urllib.request.urlopen(f"{address}/api/health", timeout=1):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise AssertionError("the node did not answer within 30 s")
