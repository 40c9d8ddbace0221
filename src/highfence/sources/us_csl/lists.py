# SPDX-License-Identifier: Apache-2.0
"""Lists: the lists inside the Consolidated Screening List and what standing on each of them entails."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

import msgspec

_CODE = re.compile(r"\(([A-Z][A-Z-]*)(?: List)?\)")
_NOT_A_WORD = re.compile(r"[\W_]+")


class CslList(msgspec.Struct, frozen=True, kw_only=True):
    """One list: its short code, name and effect; `known` is False for one lists.toml does not describe."""

    code: str
    name: str
    measure: str = ""
    programme: str = ""
    topics: tuple[str, ...] = ()
    known: bool = True


def list_of(source: str) -> CslList:
    """Return the list a row's `source` column names, such as `Unverified List (UVL) - Bureau of …`.

    A list that lists.toml does not describe comes back under its printed name, without measure.
    """
    printed = source.rsplit(" - ", 1)[0].strip()
    found = _CODE.search(printed)
    described = lists().get(found[1]) if found else None
    if described is not None:
        return described
    code = found[1] if found else _NOT_A_WORD.sub("-", printed).strip("-").upper()
    return CslList(code=code or "UNNAMED", name=printed, known=False)


@cache
def lists() -> dict[str, CslList]:
    """Return the lists that are described, by code."""
    text = resources.files(__package__).joinpath("lists.toml").read_text("utf-8")
    return {code: msgspec.convert({"code": code, **row}, CslList) for code, row in tomllib.loads(text).items()}
