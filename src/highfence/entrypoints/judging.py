# SPDX-License-Identifier: Apache-2.0
"""Judging: what a person or system hands in about who is the same, before it is an assertion."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from highfence.errors import InvalidInput
from highfence.exchange.strict import decode


class Judging(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person's word on two parties, each by an entity's or company's id. `share` are the authorities it goes to."""

    one: str
    other: str
    verdict: str
    reason: str
    share: tuple[str, ...] = ()


class Undoing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a judgement is taken back."""

    reason: str


T = TypeVar("T", Judging, Undoing)


def read_word(document: bytes, kind: type[T]) -> T:
    """Read a judgement, or why one is taken back, from JSON.

    Raises:
        InvalidDocument: it does not pass strict decoding.
        InvalidInput: a field is missing, unknown or of the wrong kind; says which.
    """
    try:
        return msgspec.convert(decode(document, where="judgement"), kind)
    except msgspec.ValidationError as error:
        raise InvalidInput(
            f"that is no judgement: {error}",
            where="judgement",
            advice=f"Use: {', '.join(kind.__struct_fields__)}",
        ) from error
