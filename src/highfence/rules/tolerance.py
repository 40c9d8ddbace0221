# SPDX-License-Identifier: Apache-2.0
"""Tolerance: whether two numbers of one technical parameter are so near that an item is essentially identical.

Symmetric: it makes no difference which of the two was denied. Units of one kind are converted exactly; what cannot be
converted is not known, and never taken for equal or different.
"""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from highfence.model.application import Parameter

#: What a comparison of one thing says: from the furthest apart on.
Likeness = Literal["different", "unknown", "same"]
_NOT_A_WORD = re.compile(r"[\W_]+")


class Tolerance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far the numbers of a parameter may lie apart, for items whose code begins with `code`; no names: all."""

    code: str
    names: tuple[str, ...] = ()
    percent: Decimal = Decimal(0)
    absolute: Decimal = Decimal(0)
    unit: str = ""

    def __str__(self) -> str:
        """Return it in words."""
        more = f" or {self.absolute} {self.unit}" if self.absolute else ""
        return f"{self.percent} %{more}"


class Conversion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Units of one kind: how many of the smallest written one each is."""

    kind: str
    units: dict[str, Decimal]


class Tolerances(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table: tolerances, conversions of units, and what it rests on."""

    citation: str
    verified: bool
    tolerances: tuple[Tolerance, ...]
    conversions: tuple[Conversion, ...]

    def of(self, codes: tuple[str, ...], name: str) -> Tolerance:
        """Return the tolerance for a parameter of an item with these codes: of the longest code, the named first."""
        fitting = [
            one
            for one in self.tolerances
            if (not one.names or name in one.names)
            and (not one.code or any(code.startswith(one.code) for code in codes))
        ]
        return max(fitting, key=lambda one: (len(one.code), bool(one.names)))

    def compare(self, one: Parameter, other: Parameter, *, codes: tuple[str, ...]) -> tuple[Likeness, str]:
        """Return whether two numbers of one parameter are within its tolerance, and a sentence on it."""
        name = plain_name(one.name)
        tolerance = self.of(codes, name)
        shown = f"{name}: {one.value} {one.unit} and {other.value} {other.unit}"
        factors = self._factors(one.unit, other.unit)
        if factors is None:
            return "unknown", f"{shown} cannot be compared, the units are of different kinds"
        first, second = one.value * factors[0], other.value * factors[1]
        allowed = max(abs(first), abs(second)) * tolerance.percent / 100
        if tolerance.absolute and (more := self._factors(tolerance.unit, one.unit)):
            allowed = max(allowed, tolerance.absolute * more[0])
        if abs(first - second) <= allowed:
            return "same", f"{shown} are within {tolerance}"
        return "different", f"{shown} are further apart than {tolerance}"

    def _factors(self, one: str, other: str) -> tuple[Decimal, Decimal] | None:
        for conversion in self.conversions:
            if one in conversion.units and other in conversion.units:
                return conversion.units[one], conversion.units[other]
        return (Decimal(1), Decimal(1)) if one == other else None


def plain_name(name: str) -> str:
    """Return a parameter's name as it is compared.

    >>> plain_name(" Positioning-Accuracy ")
    'positioning accuracy'
    """
    return _NOT_A_WORD.sub(" ", name).strip().casefold()


@cache
def tolerances() -> Tolerances:
    """Return the table that comes with the package."""
    table = resources.files("highfence.rules").joinpath("tables", "tolerance.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(table), Tolerances)
