# SPDX-License-Identifier: Apache-2.0
"""Shelf: the control lists of a node: editions in its home, each an archive of the publishers' files as they came.

Editions are added and never replaced, so that a determination can be made again for a past day. Files that end in
`.toml` are the authority's own technology areas and changes (`rules.scope.areas`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import msgspec

from highfence.errors import InvalidDocument, InvalidInput
from highfence.formats.control_lists import pack_lists, read_control_lists, unpack_lists
from highfence.home import Home, write_private_bytes
from highfence.model.control import ControlLists, Edition
from highfence.rules.scope.areas import Scope, read_scope, scope_tables

_LISTS = (".json", ".csv")


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What was taken onto the shelf: the archive's name, the lists in it, and how many areas and changes of its own."""

    edition: str
    lists: tuple[Edition, ...]
    changes: int
    added: bool


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """Control lists by edition, and the areas and changes of the yard."""

    lists: tuple[ControlLists, ...] = ()
    scope: Scope = msgspec.field(default_factory=scope_tables)


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by name.

    Raises:
        InvalidInput: it cannot be read.
    """
    try:
        return {one.name: one.read_bytes() for one in sorted(folder.iterdir()) if one.is_file()}
    except OSError as error:
        raise InvalidInput(
            f"the folder cannot be read: {error.strerror}",
            where=str(folder),
            advice="Give the folder with the control lists",
        ) from error


def shelf_of(*archives: Mapping[str, bytes]) -> Shelf:
    """Return the shelf of sets of files; raises InvalidInput when one of them cannot be used."""
    lists, scope = [], scope_tables()
    for files in archives:
        if any(name.lower().endswith(_LISTS) for name in files):
            lists.append(read_control_lists(files))
        own = _own(files)
        known = {change.id for change in scope.changes}
        fresh = tuple(change for change in own.changes if change.id not in known)
        scope = scope.with_changes(msgspec.structs.replace(own, changes=fresh))
    return Shelf(lists=tuple(lists), scope=scope)


def read_shelf(home: Home) -> Shelf:
    """Return what is on the shelf of a home; an empty one if nothing was ever loaded."""
    return shelf_of(*(unpack_lists(path.read_bytes()) for path in _editions(home)))


def shelf_mark(home: Home) -> tuple[str, ...]:
    """Return what tells one state of the shelf from another."""
    return tuple(path.name for path in _editions(home))


def keep_lists(home: Home, archive: bytes) -> Kept:
    """Put an archive onto the shelf; the same one again changes nothing.

    Raises:
        InvalidInput: it holds no control list and no change, or one that is not as it should be; nothing is kept then.
    """
    files = unpack_lists(archive)
    read = shelf_of(files)
    own = _own(files)
    if not read.lists and not own.changes:
        raise InvalidInput(
            "there is no control list", where="control lists", advice="Give the folder with the JSON and CSV files"
        )
    editions = tuple(edition for one in read.lists for edition in one.editions)
    newest = max((edition.as_of.isoformat() for edition in editions), default="own")
    packed = pack_lists(files)
    name = f"{newest}-{sha256(packed).hexdigest()[:12]}.zip"
    path = home.control_lists / name
    added = not path.exists()
    if added:
        home.control_lists.mkdir(mode=0o700, exist_ok=True)
        write_private_bytes(path, packed)
    return Kept(edition=name, lists=editions, changes=len(own.changes), added=added)


def _editions(home: Home) -> list[Path]:
    if not home.control_lists.is_dir():
        return []
    return sorted(Path(one.path) for one in os.scandir(home.control_lists) if one.name.endswith(".zip"))


def _own(files: Mapping[str, bytes]) -> Scope:
    scope = Scope()
    for name, data in sorted(files.items()):
        if name.lower().endswith(".toml"):
            try:
                scope = _joined(scope, read_scope(data.decode("utf-8"), where=name))
            except UnicodeDecodeError as error:
                raise InvalidDocument("the table is not UTF-8", where=name, advice="Save it in UTF-8") from error
    return scope


def _joined(scope: Scope, more: Scope) -> Scope:
    return Scope(areas=(*scope.areas, *more.areas), changes=(*scope.changes, *more.changes))
