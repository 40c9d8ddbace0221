# SPDX-License-Identifier: Apache-2.0
"""Asking the running node: what it answers is what the command tells."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from highfence.entrypoints.cli.demo.stage import Actor
from highfence.entrypoints.cli.running import RunningNode, running_node
from highfence.entrypoints.problems import Problem
from highfence.errors import HighfenceError, InvalidInput, NotAllowed, SettingsWrong
from highfence.home import Home, WriterLock


class Told:
    """A node that answers everything with one status and body, and remembers what it was asked."""

    def __init__(self) -> None:
        self.status, self.body = 200, b"ok"
        self.asked: list[tuple[str, str, str, bytes]] = []
        node = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                self._answer()

            def _answer(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                sent = self.rfile.read(length)
                node.asked.append((self.command, self.path, self.headers["authorization"], sent))
                self.send_response(node.status)
                self.send_header("content-length", str(len(node.body)))
                self.end_headers()
                self.wfile.write(node.body)

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def told() -> Iterator[Told]:
    node = Told()
    yield node
    node.close()


def problem(status: int, code: str = "some_code") -> bytes:
    return msgspec.json.encode(
        Problem(title="t", status=status, detail="what", code=code, where="where", advice="Do this")
    )


def test_asks_as_the_operator_with_path_query_and_body(told: Told) -> None:
    node = RunningNode(told.address, "the-code")
    assert node.get("/api/companies", q="a b") == b"ok"
    assert node.post("/api/assertions", b"draft", as_of="2026-01-02") == b"ok"
    assert told.asked == [
        ("GET", "/api/companies?q=a+b", "Bearer the-code", b""),
        ("POST", "/api/assertions?as_of=2026-01-02", "Bearer the-code", b"draft"),
    ]


@pytest.mark.parametrize(
    ("status", "kind", "exit_code"),
    [
        (400, InvalidInput, 2),
        (401, NotAllowed, 1),
        (403, NotAllowed, 1),
        (404, HighfenceError, 1),
        (413, HighfenceError, 1),
        (422, HighfenceError, 1),
        (500, HighfenceError, 1),
        (507, HighfenceError, 1),
    ],
)
def test_a_problem_becomes_the_error_with_its_three_parts_and_exit_code(
    told: Told, status: int, kind: type[HighfenceError], exit_code: int
) -> None:
    told.status, told.body = status, problem(status)
    with pytest.raises(kind) as raised:
        RunningNode(told.address, "the-code").get("/api/peers")
    assert (raised.value.what, raised.value.where, raised.value.advice) == ("what", "where", "Do this")
    assert raised.value.exit_code == exit_code


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"\xff"])
def test_an_answer_that_is_no_problem_document_is_told_by_its_status(told: Told, body: bytes) -> None:
    told.status, told.body = 502, body
    with pytest.raises(HighfenceError, match="the node answered 502"):
        RunningNode(told.address, "the-code").get("/api/peers")


def test_a_node_that_does_not_answer_is_told_without_the_code() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(HighfenceError, match="did not answer") as raised:
            RunningNode(address, "the-secret-code").get("/api/peers")
    assert raised.value.where == address
    assert "the-secret-code" not in str(raised.value)


def test_no_proxy_of_the_environment_hears_the_code(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert RunningNode(told.address, "the-code").get("/api/health") == b"ok"


def test_a_home_without_a_running_node_has_none(home: Path) -> None:
    assert running_node(home) is None
    lock = WriterLock(Home(home))
    assert running_node(home) is None, "a command that writes for a moment is no node"
    lock.announce("http://127.0.0.1:8321")
    found = running_node(home)
    assert found is not None
    assert found.address == "http://127.0.0.1:8321"
    lock.free()
    assert running_node(home) is None


def test_an_address_left_by_a_node_that_was_killed_counts_for_nothing(home: Path) -> None:
    Home(home).running.write_text("http://127.0.0.1:8321")
    assert running_node(home) is None


def test_a_running_node_whose_code_cannot_be_read_is_told(home: Path) -> None:
    lock = WriterLock(Home(home))
    lock.announce("http://127.0.0.1:8321")
    Home(home).access_code.unlink()
    with pytest.raises(SettingsWrong, match="access code cannot be read"):
        running_node(home)
    lock.free()


def test_finds_the_node_that_serves(served: Actor) -> None:
    found = running_node(served.home.folder)
    assert found is not None
    assert found.address == served.address
    assert b'"us"' in found.get("/api/health")
