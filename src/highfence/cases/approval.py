# SPDX-License-Identifier: Apache-2.0
"""Approval: what stands against it, and that nothing does unless somebody says why it is given all the same. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from highfence.errors import InvalidInput, MoveRefused
from highfence.model.case_move import APPROVALS, Decided, Override
from highfence.model.case_part import Check
from highfence.model.licence_case import LicenceCase


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """Something that stands against an approval. `code` names it in an override, `advice` says what would lift it."""

    code: str
    text: str
    advice: str


def own_blocks(case: LicenceCase) -> tuple[Block, ...]:
    """Return what in the case itself stands against an approval.

    A determination counts until one is made that sees as much. An objection stands against it (one under Article 14 of
    Regulation (EU) 2021/821 binds), and so does the answer that a transaction is essentially identical (Article 16):
    whoever approves then has to explain it to the others.
    """
    found = [
        Block(
            code=f"prohibited:{check.made.paper[:16]}",
            text=f"the determination of {check.made.day} says prohibited: {check.made.summary}",
            advice="Determine anew if facts or lists have changed, or decide otherwise",
        )
        for check in _standing(case)
        if check.made.verdict == "prohibited"
    ]
    for one in case.consultations:
        if one.answer == "objection":
            bound = ", which binds" if one.binding else ""
            text = f"{one.authority} objects{bound}: {one.text or one.about}"
            advice = "Decide otherwise, or have the objection taken back"
            found.append(Block(code=f"objection:{one.consultation}", text=text, advice=advice))
        elif one.answer == "essentially identical":
            text = f"{one.authority} has denied an essentially identical transaction: {one.text or one.about}"
            advice = "Decide otherwise, or approve with the explanation that the others are given"
            found.append(Block(code=f"identical:{one.consultation}", text=text, advice=advice))
    return tuple(found)


def answered_overrides(
    case: LicenceCase, blocks: Sequence[Block], reasons: Sequence[tuple[str, str]]
) -> tuple[Override, ...]:
    """Return the overrides of an approval: one for each block, with the reason given under its code.

    Raises:
        MoveRefused: a block is not answered; names all that stand.
        InvalidInput: a reason is empty, or is given for what does not stand against it.
    """
    given = dict(reasons)
    for code, reason in reasons:
        if code not in {one.code for one in blocks}:
            known = ", ".join(one.code for one in blocks) or "nothing"
            raise InvalidInput(
                f"{code[:80]!r} does not stand against it", where="overrides", advice=f"What does: {known}"
            )
        if not reason.strip():
            raise InvalidInput("an override needs its reason", where="overrides", advice="Say why, for the file")
    unanswered = [one for one in blocks if one.code not in given]
    if unanswered:
        what = "; ".join(f"{one.text} [{one.code}]" for one in unanswered)
        raise MoveRefused(
            f"it cannot be approved: {what}",
            where=case.number,
            advice=f"{unanswered[0].advice}; or give an override with its code and reason",
        )
    return tuple(Override(block=one.code, text=one.text, reason=given[one.code]) for one in blocks)


def approves(decided: Decided) -> bool:
    """Tell whether a decision licenses the transaction."""
    return decided.decision in APPROVALS


def _standing(case: LicenceCase) -> list[Check]:
    """Return the determinations that no later one replaces that sees as much."""
    return [
        check
        for at, check in enumerate(case.checks)
        if not any(check.made.within(later.made.ceiling, later.made.purposes) for later in case.checks[at + 1 :])
    ]
