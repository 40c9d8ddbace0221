# SPDX-License-Identifier: Apache-2.0
"""Verdict: whether a party counts as listed because of who owns or controls it, under one rule on one day, and why."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from highfence.rules.ownership.policy import Policy
from highfence.rules.ownership.rulesets import State

Word = Literal["yes", "unknown", "no"]


class Bounds(msgspec.Struct, frozen=True):
    """A share between two bounds, in percent."""

    min: int | float
    max: int | float


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One interest of a chain, as it holds on the day, and where it was read.

    `control` is True if the owner controls the owned by other means than its share, None if that is not known.
    """

    owner: str
    owned: str
    share: Bounds
    control: bool | None = False
    place: str = ""


class Verdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one rule says of one party on one day.

    `share` is what listed and caught parties hold of it together. `chain` proves a yes, shows of an unknown what would
    have to be true, and of a no what is not enough; it goes on at the parties in `continues`. `verified` is False if
    the table's text has not been compared with the primary source. `refused` says where interests in the party stood
    that could not be taken: without them the verdict may say too little.
    """

    id: str
    verdict: Word
    share: Bounds
    chain: tuple[Step, ...]
    rule: str
    citation: str
    as_of: date
    state: State
    continues: tuple[str, ...] = ()
    listed: bool = False
    red_flag: str = ""
    policy: Policy | None = None
    refused: tuple[str, ...] = ()
    verified: bool = True
