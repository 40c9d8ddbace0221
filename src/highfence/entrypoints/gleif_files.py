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


def read_gleif(relationships: Path, *, companies: Path | None, updates: Sequence[Path]) -> Holdings:
    """Read GLEIF's files; an update of either level is known by what it holds and is taken in the order given.

    Raises:
        InvalidInput: a file cannot be read.
        InvalidDocument: a file is of another form, or an update is of companies and no file of companies is given.
    """
    levels = {path: _level(path) for path in updates}
    if companies is None and (of := next((one for one, level in levels.items() if level == _COMPANIES), None)):
        raise InvalidDocument(
            "this updates companies, and no file of companies is given",
            where=str(of),
            advice="Give it with --companies",
        )
    taken = list(_read(relationships, read_relationships, named=False))
    known = list(_read(companies, read_companies)) if companies is not None else []
    for path, level in levels.items():
        if level == _COMPANIES:
            known = updated_companies(known, _read(path, read_companies))
        else:
            taken = updated_relationships(taken, _read(path, read_relationships))
    return holdings(taken, known)


def _level(path: Path) -> bytes:
    """Return what an update holds, by the name of its root."""
    with _opened(path) as file:
        beginning = file.read(_BEGINNING_BYTES)
    for level in (_RELATIONSHIPS, _COMPANIES):
        if level in beginning:
            return level
    raise InvalidDocument(
        "this is neither LEI-CDF (level 1) nor RR-CDF (level 2)", where=str(path), advice="Give GLEIF's XML, unpacked"
    )


def _read(path: Path, read: Callable[[BinaryIO], Iterable[Record]], *, named: bool = True) -> Iterator[Record]:
    """Yield the records of a file; the place of each begins with the file's name if `named`."""
    with _opened(path) as file:
        try:
            for one in read(file):
                yield msgspec.structs.replace(one, place=f"{path.name}, {one.place}") if named else one
        except InvalidDocument as error:
            raise InvalidDocument(error.what, where=f"{path}, {error.where}", advice=error.advice) from error


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise InvalidInput(
            f"the file cannot be read: {error.strerror}", where=str(path), advice="Check its name and rights"
        ) from error
