# SPDX-License-Identifier: Apache-2.0
"""Holdings file: whatever a file of interests is written in, read as what it is: JSON, CSV, BODS or GLEIF's XML."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import msgspec

from highfence.errors import InvalidDocument, InvalidInput
from highfence.formats.bods import read_statements
from highfence.formats.gleif import holdings, read_relationships
from highfence.formats.holdings import Holdings
from highfence.formats.interest_document import read_document
from highfence.formats.interest_table import read_table
from highfence.model.interest import Listed

#: JSON is held in memory whole, about ten times its size; the same interests as CSV are not.
JSON_BYTES_MOST = 512 * 1024 * 1024
_BEGINNING_BYTES = 4096
_JSON_KEYS = (b'"interests"', b'"listed"')


def read_holdings(path: Path, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Holdings:
    """Read a file of interests; `progress` is told the bytes read and the bytes there are.

    Raises:
        InvalidInput: the file cannot be read.
        InvalidDocument: it is in none of the forms that are known, or breaks its own.
    """
    try:
        total = path.stat().st_size
        with path.open("rb") as file:
            beginning = file.read(_BEGINNING_BYTES).lstrip(b"\xef\xbb\xbf \t\r\n")
            file.seek(0)
            return _read(file, beginning, lambda done: progress(done, total), total=total)
    except OSError as error:
        raise InvalidInput(
            f"the file cannot be read: {error.strerror}", where=str(path), advice="Check its name and rights"
        ) from error


def read_ids(path: Path) -> list[str]:
    """Read a file of ids, one a line; blank lines and those that begin with # are left out.

    Raises:
        InvalidInput: the file cannot be read or is not UTF-8.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"the file cannot be read: {error}", where=str(path), advice="Give UTF-8 text") from error
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def enlisted(read: Holdings, ids: list[str]) -> Holdings:
    """Return holdings in which these parties are listed as well; those that stand nowhere are added."""
    known = {one.id for one in read.listed}
    for party in dict.fromkeys(ids):
        if party not in read.interests.index:
            read.interests.index[party] = len(read.interests.ids)
            read.interests.ids.append(party)
    more = tuple(Listed(id=party) for party in dict.fromkeys(ids) if party not in known)
    return msgspec.structs.replace(read, listed=(*read.listed, *more))


def _read(file: BinaryIO, beginning: bytes, progress: Callable[[int], None], *, total: int) -> Holdings:
    if not beginning:
        raise InvalidDocument("the file is empty", where="the file", advice="Check that it is the right one")
    if beginning.startswith(b"<"):
        return holdings(read_relationships(file))
    if beginning[:1] in (b"{", b"["):
        if total > JSON_BYTES_MOST:
            raise InvalidDocument(
                f"the JSON has {total:,} bytes; at most {JSON_BYTES_MOST:,} are read",
                where="the file",
                advice="Give the same interests as CSV",
            )
        data = file.read().removeprefix(b"\xef\xbb\xbf")
        statements = beginning.startswith(b"[") or (
            b'"recordDetails"' in data[:65536] and not any(key in beginning.split(b":")[0] for key in _JSON_KEYS)
        )
        return read_statements(data) if statements else read_document(data)
    if b"\0" in beginning or beginning.startswith((b"PK\x03\x04", b"%PDF", b"\x1f\x8b")):
        raise InvalidDocument("this is no text", where="the file", advice="Give JSON, CSV, BODS or GLEIF's XML")
    return read_table(file, progress)
