# SPDX-License-Identifier: Apache-2.0
"""Sensitivity: how much a programme weighs when gaps are ranked.

The weights are Highfence's own, in `tables/programmes.toml`, so that who disagrees can change them; they open and
decide nothing.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib import resources

import msgspec


class Programme(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"purpose": "for"}):
    """A row of the table: `words` that stand in a programme's name, its weight (0..1), what it is for, and the act."""

    words: tuple[str, ...]
    weight: float
    purpose: str
    citation: str


def sensitivity(programme: str) -> float:
    """Return the weight, from 0 to 1, of a programme or list, given its name.

    >>> sensitivity("Entity List"), sensitivity("Regulation (EU) 833/2014, Annex IV"), sensitivity("Some list")
    (1.0, 1.0, 0.7)
    """
    return _row(programme).weight


@lru_cache(maxsize=4096)
def _row(programme: str) -> Programme:
    name = programme.casefold()
    return next(row for row in _TABLE if all(re.search(rf"(?<!\w){re.escape(one)}(?!\w)", name) for one in row.words))


def _read() -> tuple[Programme, ...]:
    text = resources.files("highfence.rules").joinpath("tables", "programmes.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["programme"], tuple[Programme, ...])


#: The last row has no words and fits every name.
_TABLE = _read()
