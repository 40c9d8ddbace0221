# SPDX-License-Identifier: Apache-2.0
"""The channel to a peer: HTTP as far as the exchange uses it, however the bytes are cut, and nothing else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import HighfenceError
from highfence.exchange import channel as room
from highfence.exchange.channel import Answer, Courier, open_channel

PIECES = st.lists(st.binary(min_size=1, max_size=40), max_size=6)


def chunked(pieces: Sequence[bytes]) -> bytes:
    """Return an answer whose body comes in chunks."""
    chunks = b"".join(b"%x;ext=1\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"


def counted(pieces: Sequence[bytes]) -> bytes:
    """Return an answer whose body has a length."""
    body = b"".join(pieces)
    return b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)


def closed(pieces: Sequence[bytes]) -> bytes:
    """Return an answer whose body ends with the connection."""
    return b"HTTP/1.0 200 OK\r\nx: y\r\n\r\n" + b"".join(pieces)


@given(pieces=PIECES, form=st.sampled_from((chunked, counted, closed)), cuts=st.lists(st.integers(1, 30), max_size=30))
def test_the_body_is_the_same_however_the_bytes_are_cut(pieces, form, cuts):
    rest, answer, body = form(pieces), Answer(), b""
    for cut in [*cuts, len(rest) or 1]:
        body += answer.feed(rest[:cut])
        rest = rest[cut:]
    body += answer.feed(rest)
    answer.close()
    assert (answer.status, answer.ended, body) == (200, True, b"".join(pieces))


@given(data=st.binary(max_size=200), cut=st.integers(0, 200))
def test_any_bytes_give_a_body_or_a_refusal(data, cut):
    answer = Answer()
    with suppress(HighfenceError, ConnectionError):
        answer.feed(data[:cut])
        answer.feed(data[cut:])
        answer.close()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"SSH-2.0-x\r\n\r\n", "no status"),
        (b"HTTP/1.1 OK\r\n\r\n", "no status"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", "length is no number"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", "length is no number"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", "no size"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\r\n", "no size"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n", "no size"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n123456789\r\n", "no size"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"1" * 2000, "no size"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n1\r\n", "longer than it says"),
        (b"HTTP/1.1 200 OK\r\nx: " + b"y" * 70_000, "do not end"),
    ],
)
def test_what_is_not_http_is_refused(data, why):
    with pytest.raises(HighfenceError, match=why):
        Answer().feed(data)


@pytest.mark.parametrize("whole", [chunked([b"abc"]), counted([b"abc"]), b"HTTP/1.1 200 OK\r\n"])
def test_an_answer_that_is_cut_off_is_an_interruption(whole):
    answer = Answer()
    answer.feed(whole[:-4])
    with pytest.raises(ConnectionResetError):
        answer.close()


@contextmanager
def peer(*connections: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve one connection after the other, each as scripted, and give the address."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for script in connections:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                script(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
    finally:
        server.close()


def request_of(connection: socket.socket) -> bytes:
    """Read one request with its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return data


def saying(*pieces: bytes) -> Callable[[socket.socket], None]:
    """Return a script that reads a request and says something."""

    def script(connection: socket.socket) -> None:
        request_of(connection)
        for piece in pieces:
            connection.sendall(piece)

    return script


def test_events_come_as_they_are_pushed():
    stream = chunked([b"id: 1\nda", b"ta: one\n\n: beat\n\ndata: two\n", b"\ndata:three\n\n"])
    with peer(saying(stream[:60], stream[60:])) as address, open_channel(f"{address}/feed", {}, silence_s=20) as heard:
        assert heard.status() == 200
        assert list(heard.events()) == [b"one", b"two", b"three"]


def test_a_silent_peer_is_given_up():
    go = threading.Event()

    def script(connection: socket.socket) -> None:
        saying(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")(connection)
        go.wait(20)

    with peer(script) as address, open_channel(f"{address}/feed", {}, silence_s=0.05) as heard:
        with pytest.raises(TimeoutError):
            list(heard.events())
        go.set()


def test_a_line_that_does_not_end_is_refused(monkeypatch):
    monkeypatch.setattr(room, "LINE_BYTES_MAX", 1000)
    with (
        peer(saying(closed([b"data: " + b"x" * 2000]))) as address,
        open_channel(f"{address}/feed", {}, silence_s=20) as heard,
        pytest.raises(HighfenceError, match="bounds"),
    ):
        list(heard.events())


def test_hanging_up_wakes_who_listens():
    go = threading.Event()

    def script(connection: socket.socket) -> None:
        saying(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")(connection)
        go.wait(20)

    with peer(script) as address, open_channel(f"{address}/feed", {}, silence_s=20) as heard:
        assert heard.status() == 200
        threading.Timer(0.02, heard.close).start()
        with pytest.raises(OSError, match="cut off"):
            list(heard.events())
        go.set()


def test_a_courier_keeps_its_connection():
    asked: list[bytes] = []

    def script(connection: socket.socket) -> None:
        for status in (201, 403, 201):
            asked.append(request_of(connection))
            connection.sendall(b"HTTP/1.1 %d X\r\ncontent-length: 2\r\n\r\n{}" % status)

    courier = Courier()
    with peer(script) as address:
        found = [courier.post(f"{address}/receipts", {"x": "y"}, b"body") for _ in range(3)]
        courier.close()
    assert found == [201, 403, 201]
    assert asked[0].startswith(b"POST /receipts HTTP/1.1\r\nhost: 127.0.0.1:")
    assert asked[0].endswith(b"\r\nx: y\r\ncontent-length: 4\r\n\r\nbody")


def test_a_courier_connects_anew_when_the_peer_has_closed():
    courier = Courier()
    with peer(saying(counted([b"a"])), saying(closed([b"b"])), saying(counted([b"c"]))) as address:
        assert [courier.post(f"{address}/receipts", {}, b"") for _ in range(3)] == [200, 200, 200]
        courier.close()


def test_a_courier_reads_no_endless_answer(monkeypatch):
    monkeypatch.setattr(room, "_ANSWER_BYTES_MAX", 1000)
    with peer(saying(closed([b"x" * 2000]))) as address, pytest.raises(HighfenceError, match="larger"):
        Courier().post(f"{address}/receipts", {}, b"")
