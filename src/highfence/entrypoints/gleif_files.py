# SPDX-License-Identifier: Apache-2.0
"""GLEIF files: relationships (level 2) with the companies they are of (level 1), each brought up to date by deltas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec

from highfence.errors import InvalidDocument, InvalidInput
from highfence.formats.gleif import (
    Company,
    Relationship,
    holdings,
    read_companies,
    read_relationships,
    updated_companies,
    updated_relationships,
)
from highfence.formats.holdings import Holdings

_BEGINNING_BYTES = 4096
_RELATIONSHIPS, _COMPANIES = b"RelationshipData", b"LEIData"

Record = TypeVar("Record", Company, Relationship)


def read_gleif(files: Sequence[Path]) -> Holdings:
    """Read GLEIF's files, of either level and whole or a delta, in the order given: what comes later takes precedence.

    Raises:
        InvalidInput: a file cannot be read.
        InvalidDocument: a file is of another form, or none holds relationships.
    """
    relationships: list[Relationship] = []
    companies: list[Company] = []
    levels = [(path, _level(path)) for path in files]
    if all(level == _COMPANIES for _, level in levels):
        raise InvalidDocument(
            "no file holds relationships (level 2)",
            where=str(files[0]),
            advice="Give an RR-CDF file beside the companies",
        )
    for path, level in levels:
        if level == _COMPANIES:
            companies = updated_companies(companies, _read(path, read_companies))
        else:
            relationships = updated_relationships(relationships, _read(path, read_relationships))
    return holdings(relationships, companies)


def _level(path: Path) -> bytes:
    """Return what a file holds, by the name of its root."""
    with _opened(path) as file:
        beginning = file.read(_BEGINNING_BYTES)
    for level in (_RELATIONSHIPS, _COMPANIES):
        if level in beginning:
            return level
    raise InvalidDocument(
        "this is neither LEI-CDF (level 1) nor RR-CDF (level 2)", where=str(path), advice="Give GLEIF's XML, unpacked"
    )


def _read(path: Path, read: Callable[[BinaryIO], Iterable[Record]]) -> Iterator[Record]:
    """Yield the records of a file; the place of each begins with the file's name."""
    with _opened(path) as file:
        try:
            for one in read(file):
                yield msgspec.structs.replace(one, place=f"{path.name}, {one.place}")
        except InvalidDocument as error:
            raise InvalidDocument(error.what, where=f"{path}, {error.where}", advice=error.advice) from error


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise InvalidInput(
            f"the file cannot be read: {error.strerror}", where=str(path), advice="Check its name and rights"
        ) from error
