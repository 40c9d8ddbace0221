# SPDX-License-Identifier: Apache-2.0
"""Case move: what happens in a licence case, one struct for each kind of step; who made it and when stand around it.

A move is never edited or taken back. What turns out to be wrong is followed by another move.
"""

from __future__ import annotations

from datetime import date

import msgspec

from highfence.errors import InvalidInput
from highfence.model.application import Application
from highfence.model.marking import CLASSIFICATIONS, Marking

#: What an application can come to. The first two license the transaction.
DECISIONS = ("approve", "approve with conditions", "deny", "return without action", "withdrawn")
APPROVALS = DECISIONS[:2]
#: What becomes of a licence. After the last two nothing more is shipped under it.
OUTCOMES = ("shipped", "expired", "revoked")
#: What else than questions to the applicant and consultations can hold a case up (15 CFR 750.4(b)).
HOLDS = ("applicant agreed", "pre-licence check", "assurances", "multilateral review", "notified to parliament")
#: What a consulted authority can answer; `silence` is that it let its time pass.
ANSWERS = ("no objection", "not essentially identical", "essentially identical", "objection", "silence")
#: Parts of an application that can be confidential; a part of an item or party is named with its id.
CONFIDENTIAL_PARTS = (
    "applicant",
    "end_use",
    "items.ID.parameters",
    "items.ID.quantity",
    "items.ID.value",
    "parties.ID",
)


class Confidential(msgspec.Struct, frozen=True, kw_only=True):
    """Which parts are confidential business information, and the determination by which they may be shared at all.

    `determination` is the id of the act of whoever may decide that, such as a determination under 50 USC 4820(h).
    """

    parts: tuple[str, ...]
    determination: str
    legal_basis: str = ""


class RegimeVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a determination said under one regime that applies."""

    regime: str
    verdict: str
    because: str
    policy: str = ""


class Received(msgspec.Struct, frozen=True, kw_only=True, tag_field="move", tag="received"):
    """The application came in; begins the case. `digest` is that of the application as it was read."""

    application: Application
    applicant: str
    digest: str
    confidential: Confidential | None = None


class Assigned(msgspec.Struct, frozen=True, kw_only=True, tag_field="move", tag="assign"):
    """An officer has the case."""

    officer: str


class Checked(msgspec.Struct, frozen=True, kw_only=True, tag_field="move", tag="check"):
    """A determination was made. `paper` is the digest of it as it was kept, `marking` that of all it rests on.

    `ceiling` and `purposes` are those of the officer who made it: whoever has less is not shown what it says, for it
    may rest on what they may not see.
    """

    paper: str
    day: date
    verdict: str
    summary: str
    policy: str = ""
    regimes: tuple[RegimeVerdict, ...] = ()
    marking: Marking | None = None
    ceiling: str = "PUBLIC"
    purposes: tuple[str, ...] = ()

    def within(self, ceiling: str, purposes: tuple[str, ...]) -> bool:
        """Tell whether somebody of that clearance and those purposes may see all that it rests on."""
        known = ceiling in CLASSIFICATIONS and self.ceiling in CLASSIFICATIONS
        cleared = known and CLASSIFICATIONS.index(ceiling) >= CLASSIFICATIONS.index(self.ceiling)
        return cleared and set(self.purposes) <= set(purposes)


class Consulted(msgspec.Struct, frozen=True, kw_only=True, tag_field="move", tag="consult"):
    """Another authority is asked. `consultation` is the id of the assertion or letter, `about` what it is on."""

    consultation: str
    authority: str
    about: str


class Concluded(msgspec.Struct, frozen=True, kw_only=True, tag_field="move", tag="conclude"):
    """A consultation has ended with an answer of `ANSWERS`; an objection under Article 14 is `binding`."""

    consultation: str
    answer: str
    binding: bool = False
    text: str = ""


class Asked(msgspec.Struct, frozen=True, kw_only=True, tag_field="move", tag="ask"):
    """The applicant is asked for information; until it is there the clock stands still where the rule says so."""

    text: str


class Answered(msgspec.Struct, frozen=True, kw_only=True, tag_field="move", tag="answer"):
    """The applicant has answered request number `request`; `sources` name the papers."""

    request: int
    text: str
    sources: tuple[str, ...] = ()


class Held(msgspec.Struct, frozen=True, kw_only=True, tag_field="move", tag="hold"):
    """The case waits for something of `HOLDS`."""

    ground: str
    text: str


class Resumed(msgspec.Struct, frozen=True, kw_only=True, tag_field="move", tag="resume"):
    """What the case waited for is there."""

    ground: str
    text: str = ""


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """What stood against an approval, by its code and in words, and why it was given all the same."""

    block: str
    text: str
    reason: str


class DenialGround(msgspec.Struct, frozen=True, kw_only=True):
    """Why a licence is denied: the regime and class of reason in the words of `model.denial`, whether by catch-all."""

    regime: str
    reason: str
    catch_all: bool = False


class Decided(msgspec.Struct, frozen=True, kw_only=True, tag_field="move", tag="decide"):
    """The decision, one of `DECISIONS`. `assertion` is what was told to others, empty if nothing was."""

    decision: str
    reason: str
    legal_basis: str = ""
    ground: DenialGround | None = None
    conditions: tuple[str, ...] = ()
    valid_until: date | None = None
    overrides: tuple[Override, ...] = ()
    assertion: str = ""


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag_field="move", tag="outcome"):
    """What became of the licence, one of `OUTCOMES`."""

    outcome: str
    text: str = ""
    assertion: str = ""


class Noted(msgspec.Struct, frozen=True, kw_only=True, tag_field="move", tag="note"):
    """A remark for the file. It never leaves the authority."""

    text: str


Move = (
    Received | Assigned | Checked | Consulted | Concluded | Asked | Answered | Held | Resumed | Decided | Ended | Noted
)


class CaseEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A move with its instant (RFC 3339, UTC), the officer who entered it, and the day on which it counts."""

    at: str
    by: str
    on: date
    move: Move


def require_confidential(confidential: Confidential, application: Application) -> Confidential:
    """Return what is confidential unchanged if it names its determination and only parts there are.

    Raises:
        InvalidInput: a part is marked and no determination is named, or there is no such part.
    """
    if not confidential.parts:
        raise InvalidInput(
            "nothing is said to be confidential",
            where="confidential.parts",
            advice=f"Name parts such as {', '.join(CONFIDENTIAL_PARTS)}, or leave confidential out",
        )
    if not confidential.determination.strip():
        raise InvalidInput(
            f"{confidential.parts[0][:60]} is marked confidential without the determination it may be shared by",
            where="confidential.determination",
            advice="Give the id of the determination, such as one under 50 USC 4820(h)",
        )
    there = _parts(application)
    for part in confidential.parts:
        if part not in there:
            raise InvalidInput(
                f"the application has no part {part[:60]!r}",
                where="confidential.parts",
                advice=f"Use one of: {', '.join(sorted(there))}"[:500],
            )
    return confidential


def _parts(application: Application) -> set[str]:
    items = {f"items.{item.id}.{part}" for item in application.items for part in ("parameters", "quantity", "value")}
    return {"applicant", "end_use", *items, *(f"parties.{party.id}" for party in application.parties)}
