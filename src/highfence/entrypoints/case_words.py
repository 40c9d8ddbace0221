# SPDX-License-Identifier: Apache-2.0
"""Case words: what an officer or a system hands in to move a case, before the node adds who, when and what it found.

Every word is an object with `move`. `on` is the day it counts on, today if not given. `after` is how many events the
sender has seen: if there are more, the word is refused instead of meaning something else than was thought.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from highfence.cases.telling import Telling
from highfence.errors import InvalidInput
from highfence.exchange.strict import decode
from highfence.model.case_move import (
    Answered,
    Asked,
    Assigned,
    Concluded,
    Consulted,
    DenialGround,
    Held,
    Noted,
    Resumed,
)
from highfence.model.marking import Marking


class Overriding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a licence is given although something stands against it; `block` is the code that it was told under."""

    block: str
    reason: str


class Checking(msgspec.Struct, frozen=True, kw_only=True, tag_field="move", tag="check"):
    """Determine anew whether a licence is needed, on a day, today if not given."""

    day: date | None = None


class Deciding(msgspec.Struct, frozen=True, kw_only=True, tag_field="move", tag="decide"):
    """The decision. `reason` stays in the file; `tell` says what others are told, and nothing is told without it."""

    decision: str
    reason: str
    legal_basis: str = ""
    ground: DenialGround | None = None
    conditions: tuple[str, ...] = ()
    valid_until: date | None = None
    overrides: tuple[Overriding, ...] = ()
    tell: Telling | None = None


class Ending(msgspec.Struct, frozen=True, kw_only=True, tag_field="move", tag="outcome"):
    """What became of the licence, and what others are told of it."""

    outcome: str
    text: str = ""
    tell: Telling | None = None


Word = Assigned | Checking | Consulted | Concluded | Asked | Answered | Held | Resumed | Deciding | Ending | Noted
_KINDS: tuple[type[msgspec.Struct], ...] = (
    Assigned,
    Checking,
    Consulted,
    Concluded,
    Asked,
    Answered,
    Held,
    Resumed,
    Deciding,
    Ending,
    Noted,
)
#: Every word by the name of its move.
WORDS: dict[str, type[msgspec.Struct]] = {str(one.__struct_config__.tag): one for one in _KINDS}


class CaseWord(msgspec.Struct, frozen=True, kw_only=True):
    """A word with its day and what its sender had seen of the case."""

    word: Word
    on: date | None = None
    after: int | None = None


def read_word(document: bytes) -> CaseWord:
    """Read a word from strict JSON.

    Raises:
        InvalidDocument: it does not pass strict decoding.
        InvalidInput: there is no such move, or a field is missing, unknown or of the wrong kind; says which.
    """
    return word_of(decode(document, where="move"))


def word_of(values: dict[str, Any]) -> CaseWord:
    """Make a word of decoded JSON; raises InvalidInput as `read_word`."""
    kind = WORDS.get(str(values.get("move")))
    if kind is None:
        raise InvalidInput(
            f"there is no move {str(values.get('move'))[:40]!r}",
            where="move",
            advice=f"Use one of: {', '.join(WORDS)}",
        )
    around: dict[str, Any] = {name: values[name] for name in ("on", "after") if name in values}
    rest = {name: value for name, value in values.items() if name not in around}
    _refuse_unknown(rest, kind, "", beside=("move", "on", "after"))
    _refuse_unknown(rest.get("ground"), DenialGround, "ground.")
    told = rest.get("tell")
    _refuse_unknown(told.get("marking") if isinstance(told, dict) else None, Marking, "tell.marking.")
    whole: dict[str, Any] = {"word": rest, **around}
    try:
        return msgspec.convert(whole, CaseWord)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `$.")
        where = place.rstrip("`").removeprefix("word.")
        raise InvalidInput(
            f"the move is not in its form: {what}",
            where=where if where not in ("", "word") else "move",
            advice=f"Use: {', '.join(kind.__struct_fields__)}, on, after",
        ) from error


def _refuse_unknown(values: object, kind: type[msgspec.Struct], place: str, *, beside: tuple[str, ...] = ()) -> None:
    """Raise for a field that `kind` does not have; a move kept in the file may get more of them, a word may not."""
    if not isinstance(values, dict):
        return
    for name in values:
        if name not in (*kind.__struct_fields__, *beside):
            raise InvalidInput(
                f"there is no field {str(name)[:40]!r} here",
                where=f"{place}{str(name)[:40]}",
                advice=f"Use: {', '.join(kind.__struct_fields__)}",
            )
