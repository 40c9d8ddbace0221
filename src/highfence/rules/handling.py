# SPDX-License-Identifier: Apache-2.0
"""Who may receive an assertion, and who may look at it: ordered checks on a marking, all of them always made.

`may_receive` is asked before anything leaves a node, `may_view` before anything is shown to a person. Both are total:
they answer for every marking, also one with words nobody knows, and never raise. An answer is a `Decision` that keeps
each check with the fact it stood on, so the same code tells who may see this, why somebody may not, and what would
change that. A decision about something is itself a sign that it exists: show it to the originator and to operators,
never to the reader it turns away.

Sources: FIRST, Traffic Light Protocol 2.0 (August 2022); Regulation (EU) 2019/452 Articles 10 and 13 (purpose, no
downgrade without the originator, ground for third countries); the third-party rule of originator control.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

import msgspec

from highfence.model.assertion import RECALLING
from highfence.model.authority import Membership
from highfence.model.marking import Marking
from highfence.rules.checks import (
    RELEASE_CHECKS,
    REMEDIES,
    VIEW_CHECKS,
    Finding,
    ReleaseCase,
    ViewCase,
    ground,
)
from highfence.rules.combination import as_read, combine, downgrades, unknown_words, wider

__all__ = [
    "Check",
    "Decision",
    "Reader",
    "ReleaseQuestion",
    "combine",
    "downgrades",
    "explain",
    "may_receive",
    "may_view",
    "what_would_change",
    "wider",
]


class Check(msgspec.Struct, frozen=True, gc=False):
    """One check: its name, whether it passed, a sentence for people, and the fact it stood on."""

    check: str
    passed: bool
    text: str
    fact: str


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The answer with its proof. `code` is the machine code of the first check that failed, else `released` or `shown`.

    `agreement` is the id of the agreement a release rests on, empty if none. `checks` holds all checks in their order.
    """

    allowed: bool
    code: str
    text: str
    agreement: str = ""
    checks: tuple[Check, ...] = ()

    @property
    def pointer_only(self) -> bool:
        """Whether nothing but the classification stands in the way, so that a pointer "ask this office" may go out."""
        return [check.check for check in self.checks if not check.passed] == ["classification"]


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """A person at a node: the authority they work for, their clearance, what they may use knowledge for.

    `groups` are those to which the authority belongs under the membership document in use.
    """

    authority: str
    ceiling: str = "PUBLIC"
    purposes: tuple[str, ...] = ()
    name: str = ""
    groups: tuple[str, ...] = ()


class ReleaseQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """May `releaser` send what `originator` said to `recipient` on that day? All three are authority codes.

    `consents` holds the authorities to which the originator's recorded consent to an onward release applies. `recall`
    says that the recipient was sent the assertion that this one withdraws or corrects; if `kind` is given and is
    neither, `recall` does not count.
    """

    originator: str
    releaser: str
    recipient: str
    membership: Membership
    on: date
    recall: bool = False
    consents: frozenset[str] = frozenset()
    kind: str = ""


def may_receive(marking: Marking, release: ReleaseQuestion) -> Decision:
    """Decide whether a copy may be sent, by nine checks in a fixed order; all are made, whatever the first ones give.

    The answer depends on the two arguments only, so it may be kept and given again for equal ones. In a recall expiry,
    releasable-to and the agreement do not stop the message: whoever was sent the original is told.
    """
    read = as_read(marking)
    membership, releaser, recipient = release.membership, release.releaser, release.recipient
    case = ReleaseCase(
        marking=read,
        unknown=() if read is marking else unknown_words(marking),
        on=release.on,
        authority=recipient,
        own=bool(recipient) and recipient == release.originator,
        recall=release.recall and (not release.kind or release.kind in RECALLING),
        membership=membership,
        releaser=releaser,
        originator=release.originator,
        groups=membership.groups_of(recipient),
        recipient_node=membership.authority(recipient),
        originator_node=membership.authority(release.originator),
        consents=release.consents,
        agreement=ground(membership, releaser, recipient=recipient, purposes=read.purposes, on=release.on),
    )
    checks, code, text = _make(RELEASE_CHECKS, case)
    agreement = case.agreement.id if case.agreement is not None else ""
    if not code:
        basis = f"under agreement {agreement}" if agreement else "as a recall of what it was sent before"
        code, text = "released", f"{recipient} may receive it {basis}"
    return Decision(allowed=code == "released", code=code, text=text, agreement=agreement, checks=checks)


def may_view(marking: Marking, reader: Reader, *, on: date, originator: str) -> Decision:
    """Decide whether a person may be shown what their node holds, by six checks in a fixed order.

    People of the originator's own authority are bound by clearance and purpose only; where a word of the marking is
    unknown, only they may look, and only with a clearance for RESTRICTED.
    """
    read = as_read(marking)
    case = ViewCase(
        marking=read,
        unknown=() if read is marking else unknown_words(marking),
        on=on,
        authority=reader.authority,
        own=bool(originator) and reader.authority == originator,
        groups=reader.groups,
        clearance=reader.ceiling,
        purposes=reader.purposes,
    )
    checks, code, text = _make(VIEW_CHECKS, case)
    if not code:
        code, text = "shown", f"a reader of {reader.authority} may be shown it"
    return Decision(allowed=code == "shown", code=code, text=text, checks=checks)


def explain(decision: Decision) -> str:
    """Say in one paragraph what was decided, what stood in the way and what did not."""
    passed = [check.check for check in decision.checks if check.passed]
    failed = [check.text for check in decision.checks if not check.passed]
    sentences = [f"{'Allowed' if decision.allowed else 'Refused'}: {decision.text}."]
    if failed[1:]:
        sentences.append(f"Also in the way: {'; '.join(failed[1:])}.")
    if passed:
        sentences.append(f"Passed: {', '.join(passed)}.")
    return " ".join(sentences)


def what_would_change(decision: Decision) -> tuple[str, ...]:
    """Say, for each check that failed and in their order, what would have to be otherwise."""
    return tuple(f"{REMEDIES[check.check]} (now: {check.fact})." for check in decision.checks if not check.passed)


_Case = TypeVar("_Case")


def _make(
    checks: tuple[tuple[str, Callable[[_Case], Finding]], ...], case: _Case
) -> tuple[tuple[Check, ...], str, str]:
    """Make all checks; return them with the code and text of the first that failed, empty if none did."""
    made = []
    first_code = first_text = ""
    for name, check in checks:
        code, text, fact = check(case)
        made.append(Check(name, not code, text, fact))
        if code and not first_code:
            first_code, first_text = code, text
    return tuple(made), first_code, first_text
