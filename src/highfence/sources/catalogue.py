# SPDX-License-Identifier: Apache-2.0
"""Catalogue: which published lists Highfence can read.

Each list is a folder of this room with `source.toml`, `parse.py` and `NOTES.md`; to add one is to add a folder.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from importlib import import_module, resources

import msgspec

from highfence.errors import NotFound
from highfence.sources.source import Parsed, Progress, Source

#: What every list's `parse.py` offers: the bytes of a file and whom to tell how far it is.
Parser = Callable[[bytes, Progress], Parsed]

_ROOM = "highfence.sources"


@cache
def sources() -> tuple[Source, ...]:
    """Return all lists, sorted by name, as their source.toml declares them."""
    folders = (folder for folder in resources.files(_ROOM).iterdir() if folder.is_dir())
    declared = (folder.joinpath("source.toml") for folder in folders)
    found = (tomllib.loads(toml.read_text("utf-8")) for toml in declared if toml.is_file())
    return tuple(sorted((msgspec.convert(table, Source) for table in found), key=lambda source: source.name))


def source(name: str) -> Source:
    """Return the list of that name.

    Raises:
        NotFound: there is none; the advice names those there are.
    """
    for known in sources():
        if known.name == name:
            return known
    names = ", ".join(known.name for known in sources())
    raise NotFound(f"there is no list {name[:60]!r}", where="source", advice=f"Use one of: {names}")


def parser(name: str) -> Parser:
    """Return the function that reads a file of that list.

    Raises:
        NotFound: there is no such list.
    """
    module = import_module(f"{_ROOM}.{source(name).name}.parse")
    parse: Parser = module.parse
    return parse
