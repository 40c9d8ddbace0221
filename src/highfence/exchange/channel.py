# SPDX-License-Identifier: Apache-2.0
"""Channel: one request to a peer whose answer does not end, read with nothing between the socket and the line.

A general HTTP client passes each piece of an answer through half a dozen layers, which is most of what it costs to take
one pushed entry. This reads HTTP/1.1 (RFC 9112) as far as the exchange uses it: a status, headers, and a body that is
chunked, counted or ended by closing.
"""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from urllib.parse import SplitResult, urlsplit

from highfence.errors import HighfenceError

#: A line longer than any batch may be is an attack on memory.
LINE_BYTES_MAX = 5 << 20
#: Status and headers of an answer; a peer's own are below one thousand.
_HEAD_BYTES_MAX = 64_000
_CONNECT_S = 5.0
_RECEIVE_BYTES = 1 << 18
#: What a courier waits for, and how much it reads of it: a problem document and more.
_ANSWER_S = 10.0
_ANSWER_BYTES_MAX = 128_000


class Answer:
    """What is known of an answer so far; bytes in, body bytes out. No I/O.

    `status` is 0 until its head has come; `last` says that no other answer follows on the connection.
    """

    def __init__(self) -> None:
        self.status = 0
        self.ended = False
        self.last = True
        self._buffer = b""
        self._chunked = False
        self._left: int | None = None

    def feed(self, data: bytes) -> bytes:
        """Take what came and return what of it belongs to the body.

        Raises:
            HighfenceError: it is not HTTP as the exchange uses it.
        """
        self._buffer += data
        if not self.status and not self._read_head():
            return b""
        if self._chunked:
            return b"".join(self._chunks())
        body, self._buffer = self._buffer, b""
        if self._left is not None:
            body = body[: self._left]
            self._left -= len(body)
            self.ended = self._left == 0
        return body

    def close(self) -> None:
        """Note that nothing more comes; raises ConnectionError when something was still due."""
        if not self.ended and (self._chunked or self._left is not None or not self.status):
            raise ConnectionResetError("the answer was cut off")
        self.ended = True

    def _read_head(self) -> bool:
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end:
            if len(head) > _HEAD_BYTES_MAX:
                raise _not_http("its headers do not end")
            return False
        line, *fields = head.split(b"\r\n")
        version, _, after = line.partition(b" ")
        if version not in (b"HTTP/1.1", b"HTTP/1.0") or not after[:3].isdigit():
            raise _not_http("it has no status")
        values: dict[bytes, bytes] = {}
        for field in fields:
            name, _, value = field.partition(b":")
            values[name.strip().lower()] = value.strip()
        self.status = int(after[:3])
        self._buffer = rest
        self._chunked = values.get(b"transfer-encoding", b"").lower() == b"chunked"
        length = values.get(b"content-length", b"")
        counted = self._chunked or bool(length)
        self.last = version != b"HTTP/1.1" or not counted or values.get(b"connection", b"").lower() == b"close"
        if not self._chunked and length:
            if not length.isdigit() or len(length) > 15:
                raise _not_http("its length is no number")
            self._left = int(length)
            self.ended = self._left == 0
        return True

    def _chunks(self) -> list[bytes]:
        """Take the chunks, and parts of chunks, that have come; `_left` counts what the present one lacks."""
        found = []
        at = 0
        buffer = self._buffer
        while not self.ended:
            if not self._left:
                # Between two chunks: the line end of the one before, then the size of the next in hexadecimal digits.
                start = at if self._left is None else at + 2
                end = buffer.find(b"\r\n", start)
                if end < 0:
                    if len(buffer) - at > 1000:
                        raise _not_http("a chunk has no size")
                    break
                if buffer[at:start].strip():
                    raise _not_http("a chunk is longer than it says")
                size = buffer[start:end].partition(b";")[0].strip()
                if not 0 < len(size) <= 8 or size.strip(b"0123456789abcdefABCDEF"):
                    raise _not_http("a chunk has no size")
                self._left = int(size, 16)
                at = end + 2
                self.ended = self._left == 0
                continue
            piece = buffer[at : at + self._left]
            if not piece:
                break
            found.append(piece)
            at += len(piece)
            self._left -= len(piece)
        self._buffer = buffer[at:]
        return found


class Channel:
    """A connection with one answer on it, read on the caller's thread. Made by `open_channel`."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._answer = Answer()
        self._pieces: list[bytes] = []

    def status(self) -> int:
        """Return the answer's status once it has come; raises OSError or HighfenceError."""
        while not self._answer.status:
            self._more()
        return self._answer.status

    def body(self, most: int) -> bytes:
        """Return the beginning of the body: a peer does not decide how much of this node's memory it takes."""
        read = b"".join(self._take())
        while len(read) < most and not self._answer.ended:
            self._more()
            read += b"".join(self._take())
        return read[:most]

    def events(self) -> Iterator[bytes]:
        """Yield the data of each server-sent event. Highfence's own feed puts an event on one `data:` line.

        Raises:
            HighfenceError: a line does not end, or the answer is not HTTP as the exchange uses it.
            OSError: the connection broke or was silent for too long.
        """
        rest = b""
        while True:
            for piece in self._take():
                rest += piece
                if b"\n" in piece:
                    *lines, rest = rest.split(b"\n")
                    for line in lines:
                        if line.startswith(b"data:"):
                            yield line[5:].strip()
                if len(rest) > LINE_BYTES_MAX:
                    raise HighfenceError(
                        "the peer sent a line beyond all bounds", where="feed", advice="Tell its operator"
                    )
            if self._answer.ended:
                return
            self._more()

    def close(self) -> None:
        """End the connection, from any thread: whoever waits for what comes next is told that nothing does."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _take(self) -> list[bytes]:
        pieces, self._pieces = self._pieces, []
        return pieces

    def _more(self) -> None:
        data = self._socket.recv(_RECEIVE_BYTES)
        if data:
            self._pieces.append(self._answer.feed(data))
        else:
            self._answer.close()


class Courier:
    """Keeps a connection to one peer for small requests that are answered at once. Not shared between threads."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._origin = ("", "")

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """Send `body` and return the status of the answer.

        A connection that the peer has closed in the meantime is opened anew, once.

        Raises:
            OSError: the peer cannot be reached, or did not answer within ten seconds.
            HighfenceError: the answer is not HTTP as the exchange uses it, or larger than any is.
        """
        parts = urlsplit(url)
        request = _request("POST", parts, {**headers, "content-length": str(len(body))}) + body
        if self._socket is not None and self._origin == parts[:2] and not _has_something_to_say(self._socket):
            try:
                return self._ask(self._socket, request)
            except ConnectionError:
                self.close()
        self.close()
        self._socket = _connected(parts, silence_s=_ANSWER_S)
        self._origin = (parts.scheme, parts.netloc)
        return self._ask(self._socket, request)

    def _ask(self, connection: socket.socket, request: bytes) -> int:
        answer, read = Answer(), 0
        try:
            connection.sendall(request)
            while not answer.ended:
                data = connection.recv(_RECEIVE_BYTES)
                read += len(data)
                if read > _ANSWER_BYTES_MAX:
                    raise _not_http("it is larger than any is")
                if data:
                    answer.feed(data)
                else:
                    answer.close()
        except BaseException:
            self.close()
            raise
        if answer.last:
            self.close()
        return answer.status

    def close(self) -> None:
        """End the connection, if there is one."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


@contextmanager
def open_channel(url: str, headers: Mapping[str, str], *, silence_s: float) -> Iterator[Channel]:
    """Ask for `url` with GET and give the channel on which the answer comes; it is closed in any case.

    Raises:
        OSError: the peer cannot be reached within five seconds.
    """
    parts = urlsplit(url)
    with _connected(parts, silence_s=silence_s) as connection:
        connection.sendall(_request("GET", parts, headers))
        yield Channel(connection)


def _connected(parts: SplitResult, *, silence_s: float) -> socket.socket:
    secure = parts.scheme == "https"
    connection = socket.create_connection(
        (parts.hostname or "", parts.port or (443 if secure else 80)), timeout=_CONNECT_S
    )
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if secure:
            connection = _trust().wrap_socket(connection, server_hostname=parts.hostname)
        connection.settimeout(silence_s)
    except BaseException:
        connection.close()
        raise
    return connection


@cache
def _trust() -> ssl.SSLContext:
    """Return what certificates are checked with: the system's own store."""
    return ssl.create_default_context()


def _request(method: str, parts: SplitResult, headers: Mapping[str, str]) -> bytes:
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    fields = {"host": parts.netloc, **headers}
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode()


def _has_something_to_say(connection: socket.socket) -> bool:
    """Tell whether an idle connection is at its end: nothing is due on it, so whatever comes is the peer closing it."""
    return bool(select.select([connection], [], [], 0)[0])


def _not_http(why: str) -> HighfenceError:
    return HighfenceError(
        f"the peer's answer is not HTTP: {why}", where="feed", advice="Look at what stands between the two nodes"
    )
