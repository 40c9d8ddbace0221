# SPDX-License-Identifier: Apache-2.0
"""Case text: the events of a licence case in words, the same on the page and on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from highfence.model.case_move import (
    Answered,
    Asked,
    Assigned,
    Checked,
    Concluded,
    Consulted,
    Decided,
    Ended,
    Held,
    Move,
    Noted,
    Received,
    Resumed,
)


def move_words(move: Move) -> tuple[str, ...]:
    """Return a move in the words of the file, each line one text.

    >>> move_words(Answered(request=1, text="the buyer pays", sources=("letter of 2 November",)))
    ('answer to request 1: the buyer pays', 'paper: letter of 2 November')
    """
    return tuple(_WORDS[type(move)](move))


def _answered(move: Answered) -> Iterator[str]:
    yield f"answer to request {move.request}: {move.text}"
    yield from (f"paper: {one}" for one in move.sources)


def _concluded(move: Concluded) -> Iterator[str]:
    binding = ", which binds" if move.binding else ""
    yield _with(f"consultation {move.consultation} answered: {move.answer}{binding}", move.text)


def _decided(move: Decided) -> Iterator[str]:
    yield _with(f"decided: {move.decision}", move.reason)
    if move.legal_basis:
        yield f"legal basis: {move.legal_basis}"
    if move.ground is not None:
        catch_all = ", by catch-all" if move.ground.catch_all else ""
        yield f"ground: {move.ground.regime}, {move.ground.reason}{catch_all}"
    yield from (f"condition: {one}" for one in move.conditions)
    if move.valid_until is not None:
        yield f"valid until {move.valid_until}"
    yield from (f"although {one.text}, because {one.reason}" for one in move.overrides)
    yield f"told in {move.assertion}" if move.assertion else "told to nobody"


def _ended(move: Ended) -> Iterator[str]:
    yield _with(f"the licence is {move.outcome}" if move.outcome != "shipped" else "shipped", move.text)
    if move.assertion:
        yield f"told in {move.assertion}"


def _with(said: str, more: str) -> str:
    return f"{said}. {more}" if more else said


_WORDS: dict[type[msgspec.Struct], Callable[[Any], Iterator[str]]] = {
    Received: lambda _: iter(("application received",)),
    Assigned: lambda move: iter((f"assigned to {move.officer}",)),
    Checked: lambda move: iter((f"determined as of {move.day}: {move.verdict}. {move.summary}",)),
    Consulted: lambda move: iter((f"{move.authority} consulted on {move.about} ({move.consultation})",)),
    Concluded: _concluded,
    Asked: lambda move: iter((f"asked the applicant: {move.text}",)),
    Answered: _answered,
    Held: lambda move: iter((f"waits for {move.ground}: {move.text}",)),
    Resumed: lambda move: iter((_with(f"waits no more for {move.ground}", move.text),)),
    Decided: _decided,
    Ended: _ended,
    Noted: lambda move: iter((f"note: {move.text}",)),
}
