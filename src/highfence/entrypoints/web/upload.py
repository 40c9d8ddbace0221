# SPDX-License-Identifier: Apache-2.0
"""Upload: the one file of a form, read into memory. The framework's own reader puts what is larger than 1 MB into a
temporary file, and what is handed in here must not be on a disk.
"""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request
from multipart import MultipartError, MultipartSegment, PushMultipartParser  # type: ignore[import-untyped]

from highfence.errors import InvalidInput

#: A browser that is cut off while it sends shows its own page instead of ours: so much more is read and thrown away.
_DRAINED_BYTES_MOST = 512 * 1024 * 1024
_PARTS_MOST = 4


class Upload(msgspec.Struct, frozen=True):
    """A file as it was sent: the name its sender gives it, and its bytes."""

    name: str
    data: bytes


async def read_upload(request: Request[Any, Any, Any], *, bytes_most: int) -> Upload:
    """Read the file of a form (`multipart/form-data`, RFC 7578); without one it is empty.

    Raises:
        InvalidInput: it has more bytes than that, or the body is no such form.
    """
    parser = _parser(request)
    name, taken, took = "", bytearray(), 0
    inside = False
    async for chunk in request.stream():
        took += len(chunk)
        if took > _DRAINED_BYTES_MOST:
            break
        if took > bytes_most + 4096:
            taken.clear()
            continue
        for part in _parts(parser, chunk) if chunk else ():
            if isinstance(part, MultipartSegment):
                inside = part.name == "file" and part.filename is not None
                name = part.filename if inside else name
            elif part and inside:
                taken += part
    if len(taken) > bytes_most or took > bytes_most + 4096:
        raise InvalidInput(
            f"the file has more than {bytes_most // (1 << 20)} MB",
            where="file",
            advice="Split it, or leave out the columns that are not needed",
        )
    _parts(parser, b"")
    return Upload(name, bytes(taken))


def _parser(request: Request[Any, Any, Any]) -> Any:
    kind, options = request.content_type
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise _no_form()
    try:
        return PushMultipartParser(options["boundary"], max_segment_count=_PARTS_MOST)
    except MultipartError as error:
        raise _no_form() from error


def _parts(parser: Any, chunk: bytes) -> list[Any]:
    """Return what a chunk completes: a part's head, pieces of its body, or None at its end. An empty chunk ends it."""
    try:
        return list(parser.parse(chunk))
    except MultipartError as error:
        raise _no_form() from error


def _no_form() -> InvalidInput:
    return InvalidInput("the form has no file that can be read", where="file", advice="Send it from the node's page")
