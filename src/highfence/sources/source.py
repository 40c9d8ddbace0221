# SPDX-License-Identifier: Apache-2.0
"""Source: a published list, and what one reading of it gives."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from highfence.model.entity import Entity
from highfence.model.listing import Listing

#: Told now and then how many of how many rows are read: `progress(done, total)`; total is 0 when it is not known.
Progress = Callable[[int, int], None]


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something in the file that a person should know. `taken` tells whether the row was used all the same.

    `line` counts from 1 as an editor does; `code` is a machine word such as `repeated_header` or `cut_off_row`.
    """

    line: int
    code: str
    what: str
    taken: bool


class ListedParty(msgspec.Struct, frozen=True, kw_only=True):
    """One listing and the entities it carries: the listed party first, then its addresses and kin."""

    listing: Listing
    entities: tuple[Entity, ...]


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """What a parser made of a file.

    `complete` is True for a whole edition of the list, where an entry that is missing has been taken off; False for
    an amending act, which only adds and changes.
    """

    parties: tuple[ListedParty, ...]
    problems: tuple[Problem, ...] = ()
    rows: int = 0
    complete: bool = True


class ListCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many listings a named list of the source must have at least and may have at most in a whole edition."""

    list: str
    least: int
    most: int


class Expectations(msgspec.Struct, frozen=True, kw_only=True):
    """Declared bounds. A breach stops the list and changes nothing.

    `parties_least`/`parties_most` bound a whole edition; `removed_share_most` is the largest share (0..1) of the
    entries held from the last edition that may be gone at once; `refused_share_most` the largest share of rows that
    may be unusable; `lists` bounds single lists inside the source.
    """

    parties_least: int
    parties_most: int
    removed_share_most: float = 0.2
    refused_share_most: float = 0.01
    lists: tuple[ListCount, ...] = ()


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A published list as declared in its source.toml."""

    name: str
    title: str
    publisher: str
    jurisdiction: str
    url: str
    licence: str
    formats: tuple[str, ...]
    expectations: Expectations
    legal_basis: str = ""
