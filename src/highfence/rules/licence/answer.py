# SPDX-License-Identifier: Apache-2.0
"""Answer: what a determination says: of each regime the verdict with all reasons, and what else one should know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal

import msgspec

from highfence.model.control import Edition
from highfence.rules.ownership.policy import strictness
from highfence.rules.ownership.rulesets import rule_set

#: From the least restrictive on. What cannot be told may turn out to be more, so it stands above "not required".
Verdict = Literal["licence not required", "cannot tell", "licence required", "prohibited"]
VERDICTS: tuple[Verdict, ...] = ("licence not required", "cannot tell", "licence required", "prohibited")
#: What a reason does: `permits` says why none is needed, `notes` and `warns` bear on no verdict.
Bearing = Literal["prohibits", "requires", "cannot tell", "permits", "notes", "warns"]
_VERDICT_OF: dict[str, Verdict] = {
    "prohibits": "prohibited",
    "requires": "licence required",
    "cannot tell": "cannot tell",
}
NOTICE = (
    "This is an aid to an officer and no legal advice. It is as good as the lists, rules and facts it was given; rules "
    "marked as not verified have not been compared with the primary text. A person decides."
)


class Reason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One reason: the rule with its act and day, what it does and to what, and the facts it rests on.

    `would` is what it did if what cannot be told were so. `policy` is how applications are reviewed, in the rule's or
    the list's words. `verified` is False if somebody has yet to compare the rule with the primary text.
    """

    rule: str
    regime: str
    bearing: Bearing
    title: str
    text: str
    citation: str
    valid_from: date
    verified: bool
    policy: str = ""
    items: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    would: str = ""
    note: str = ""
    bars_exceptions: bool = False


class ExceptionCandidate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A licence exception or general authorisation to look at, for which items; `barred` says why it cannot be used."""

    symbol: str
    title: str
    citation: str
    items: tuple[str, ...]
    says: str = ""
    barred: str = ""


class RegimeAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One regime's verdict, why in one sentence, the strictest policy, all reasons and the exceptions to look at."""

    regime: str
    title: str
    verdict: Verdict
    because: str
    reasons: tuple[Reason, ...]
    policy: str = ""
    applies: bool = True
    exceptions: tuple[ExceptionCandidate, ...] = ()


class ListedAs(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """That a party stands on a list: itself, perhaps, because of who owns it, or by its address only."""

    how: str
    jurisdiction: str
    list: str
    entity: str
    caption: str
    score: float = 1.0
    programme: str = ""
    policy: str = ""
    chain: tuple[str, ...] = ()
    citation: str = ""
    verified: bool = True
    why: str = ""


class PartyReport(msgspec.Struct, frozen=True, kw_only=True):
    """A party or an owner with all lists it stands on."""

    id: str
    name: str
    roles: tuple[str, ...]
    country: str
    listed: tuple[ListedAs, ...]


class Determination(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for one application on one day: the most restrictive verdict, and those of all regimes."""

    application: str
    on: date
    verdict: Verdict
    summary: str
    policy: str
    regimes: tuple[RegimeAnswer, ...]
    parties: tuple[PartyReport, ...]
    red_flags: tuple[Reason, ...]
    notices: tuple[Reason, ...]
    lists: tuple[Edition, ...]
    notice: str = NOTICE


def verdict_of(reasons: Iterable[Reason]) -> Verdict:
    """Return the most restrictive verdict of reasons.

    >>> verdict_of(())
    'licence not required'
    """
    return max(
        (_VERDICT_OF[one.bearing] for one in reasons if one.bearing in _VERDICT_OF),
        key=VERDICTS.index,
        default="licence not required",
    )


def strictest(policies: Iterable[str]) -> str:
    """Return the strictest of review policies; a policy of denial is above all, one that nobody can rank comes next.

    >>> strictest(["Case-by-case review", "Presumption of denial.", ""])
    'Presumption of denial.'
    >>> strictest(["see the rule", "Policy of denial"])
    'Policy of denial'
    """
    return min((one for one in policies if one), key=lambda one: (policy_rank(one), one), default="")


def policy_rank(policy: str) -> int:
    """Return how strict a policy is: 0 a policy of denial, 1 words that cannot be ranked, and so on to approval."""
    rank = strictness(policy, rule_set("us-bis").policies)
    return rank if rank == 0 else rank + 2 if rank < 0 else rank + 1
