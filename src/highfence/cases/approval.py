# SPDX-License-Identifier: Apache-2.0
"""Approval: what stands against it, and that nothing does unless somebody says why it is given all the same. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from highfence.cases.consultation import ConsultationView
from highfence.cases.undercut import Compared
from highfence.errors import InvalidInput, MoveRefused
from highfence.model.case_move import Override
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
            text=f"the determination of {check.made.day} says prohibited: {check.made.summary.rstrip('.')}",
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


def denial_blocks(found: Sequence[Compared], asked: Sequence[ConsultationView], *, number: str) -> tuple[Block, ...]:
    """Return what denials and consultations of the register, as one reader sees them, hold against an approval.

    A denial that may not be told says only whom to consult. `asked` are consultations; those of other cases are passed
    over.
    """
    blocks = {}
    for one in found:
        who, asking = one.view.authority, one.consultation
        if asking is not None:
            asked = (*asked, asking)
        elif one.consult:
            held = "holds a denial about a party" if one.view.denial.pointer else "has denied such a transaction"
            text = f"{who} {held} and has not been consulted"
            blocks[f"denial:{one.view.id}"] = (text, f"Open a consultation with {who} under the reference {number}")
    for asking in asked:
        if asking.consultation.application != number:
            continue
        if not asking.may_approve:
            blocks[f"consultation:{asking.id}"] = (asking.why, "Wait for the answer, or decide otherwise")
        elif asking.finding == "essentially identical":
            text = f"{asking.to} says that it has denied an essentially identical transaction"
            blocks[f"consultation:{asking.id}"] = (text, "Decide otherwise, or approve and explain it to the others")
    return tuple(Block(code=code, text=text, advice=advice) for code, (text, advice) in sorted(blocks.items()))


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


def _standing(case: LicenceCase) -> list[Check]:
    """Return the determinations that no later one replaces that sees as much."""
    return [
        check
        for at, check in enumerate(case.checks)
        if not any(check.made.within(later.made.ceiling, later.made.purposes) for later in case.checks[at + 1 :])
    ]
