# SPDX-License-Identifier: Apache-2.0
"""Release: which peers an assertion of this authority goes to, under which agreement, and why not to the others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from highfence.model.assertion import Assertion
from highfence.model.authority import Membership
from highfence.model.marking import Marking
from highfence.rules.handling import Decision, ReleaseQuestion, may_receive

#: Markings in use are few; the bound is for a day on which they are not.
_DECISIONS_MAX = 10_000


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """The decision for one reader: released under `agreement`, or withheld for `reason` (machine code) and `text`."""

    reader: str
    allowed: bool
    reason: str
    text: str
    agreement: str = ""
    recall: bool = False


class ReleaseDesk:
    """Decides releases of one authority on one day under one membership document; equal markings are looked at once."""

    def __init__(self, me: str, membership: Membership, on: date) -> None:
        self.me = me
        self.membership = membership
        self.on = on
        self._peers = tuple(code for code in membership.codes() if code != me)
        self._decisions: dict[tuple[Marking, str, bool], Decision] = {}

    def plan(self, assertion: Assertion, sent: Mapping[str, object]) -> tuple[Release, ...]:
        """Return one decision for each peer. `sent` has the readers who were sent what the assertion refers to.

        A withdrawal goes to exactly those who were sent the original, whatever has changed since; everything else,
        a correction too, goes to those who are entitled to it now.
        """
        if assertion.kind == "withdrawal":
            return tuple(self._recall(assertion, peer, was_sent=peer in sent) for peer in self._peers)
        return tuple(self._release(assertion, peer) for peer in self._peers)

    def weigh(self, marking: Marking, reader: str) -> Decision:
        """Decide whether what this authority says under a marking may go to a reader."""
        return self._decide(marking, reader, recall=False)

    def losing(self, assertion: Assertion, sent: Mapping[str, object]) -> tuple[str, ...]:
        """Return the readers who were sent the original and may not see this correction of it."""
        return tuple(peer for peer in self._peers if peer in sent and not self._release(assertion, peer).allowed)

    def _release(self, assertion: Assertion, peer: str) -> Release:
        decision = self._decide(assertion.marking, peer, recall=False)
        return Release(
            reader=peer,
            allowed=decision.allowed,
            reason="" if decision.allowed else decision.code,
            text=decision.text,
            agreement=decision.agreement,
        )

    def _recall(self, assertion: Assertion, peer: str, *, was_sent: bool) -> Release:
        if not was_sent:
            return Release(reader=peer, allowed=False, reason="never_sent", text="was never sent what this withdraws")
        decision = self._decide(assertion.marking, peer, recall=True)
        return Release(
            reader=peer,
            allowed=decision.allowed,
            reason="" if decision.allowed else decision.code,
            text=decision.text,
            agreement=decision.agreement,
            recall=True,
        )

    def _decide(self, marking: Marking, peer: str, *, recall: bool) -> Decision:
        key = (marking, peer, recall)
        if key not in self._decisions:
            if len(self._decisions) >= _DECISIONS_MAX:
                self._decisions.clear()
            self._decisions[key] = may_receive(
                marking,
                ReleaseQuestion(
                    originator=self.me,
                    releaser=self.me,
                    recipient=peer,
                    membership=self.membership,
                    on=self.on,
                    recall=recall,
                ),
            )
        return self._decisions[key]
