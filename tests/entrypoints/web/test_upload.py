# SPDX-License-Identifier: Apache-2.0
"""Uploads: read whole into memory, however the network cuts them, and bounded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.entrypoints.web.upload import Upload, read_upload
from highfence.errors import InvalidInput

KIND = ("multipart/form-data", {"boundary": "edge"})


class Sent:
    """A request of which only kind and body matter."""

    def __init__(self, chunks: Sequence[bytes], kind: tuple[str, dict[str, str]] = KIND) -> None:
        self.content_type = kind
        self._chunks = chunks

    async def stream(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk


def read(*chunks: bytes, most: int = 1 << 20, kind: tuple[str, dict[str, str]] = KIND) -> Upload:
    sent: Any = Sent(chunks, kind)
    return asyncio.run(read_upload(sent, bytes_most=most))


FILE = b'name="file"; filename="a.csv"'
OTHER = b'name="other"'


def form(*parts: tuple[bytes, bytes]) -> bytes:
    heads = (b"--edge\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n" % part for part in parts)
    return b"".join(heads) + b"--edge--\r\n"


@given(st.binary(max_size=400), st.lists(st.integers(0, 500), max_size=6))
def test_however_it_is_cut_the_file_comes_whole(data: bytes, cuts: list[int]) -> None:
    body = form((FILE, data))
    places = sorted({0, *(cut for cut in cuts if cut < len(body)), len(body)})
    chunks = [body[begin:end] for begin, end in pairwise(places)]
    if b"\r\n--edge" not in data:
        assert read(*chunks) == Upload("a.csv", data)


def test_it_may_be_cut_anywhere() -> None:
    body = form((OTHER, b"x"), (FILE, b"name\r\nAcme\r\n"))
    for at in range(len(body) + 1):
        assert read(body[:at], body[at:]) == Upload("a.csv", b"name\r\nAcme\r\n"), at


def test_other_fields_are_passed_over_and_without_a_file_it_is_empty() -> None:
    assert read(form((OTHER, b"x"))) == Upload("", b"")
    assert read(form((OTHER, b"x"), (FILE, b"y"), (OTHER, b"z"))) == Upload("a.csv", b"y")
    assert read(form((b'name="file"', b"typed"))) == Upload("", b"")


@pytest.mark.parametrize("size", [101, 10_000, 100_000])
def test_more_than_the_bound_is_refused_and_read_to_its_end(size: int) -> None:
    body = form((FILE, b"x" * size))
    left = iter(body[at : at + 1000] for at in range(0, len(body), 1000))
    with pytest.raises(InvalidInput, match="more than"):
        read(*list(left), most=100)
    assert read(form((FILE, b"x" * 100)), most=100).data == b"x" * 100


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (form((FILE, b"x")), ("text/csv", {})),
        (form((FILE, b"x")), ("multipart/form-data", {})),
        (form((FILE, b"x")), ("multipart/form-data", {"boundary": "other"})),
        (form((FILE, b"x")), ("multipart/form-data", {"boundary": "e\ndge"})),
        (form((FILE, b"x"))[:-10], KIND),
        (b"", KIND),
        (b"--edge\r\n" + b"X: y\r\n" * 100 + b"\r\n\r\n--edge--", KIND),
        (form(*[(OTHER, b"x")] * 9), KIND),
    ],
)
def test_what_is_no_form_is_refused(body: bytes, kind: tuple[str, dict[str, str]]) -> None:
    with pytest.raises(InvalidInput, match="no file that can be read"):
        read(body, kind=kind)
