# SPDX-License-Identifier: Apache-2.0
"""Offering: whether an own assertion could be released to a peer that does not have it, and what would do it.

It only answers. Nothing is released by it: a person publishes the draft, or does not.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from highfence.model.assertion import Assertion
from highfence.model.authority import Membership
from highfence.model.marking import Marking
from highfence.register.holding import claim_of
from highfence.register.reading import Sight
from highfence.register.view import Held
from highfence.rules.handling import ReleaseQuestion, may_receive
from highfence.storage import journal

_ASSERTION_ID = re.compile(r"[0-9a-f]{64}\Z")


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """The marking that would release something to a peer, and the agreement that the release would rest on."""

    marking: Marking
    agreement: str


class Counter:
    """Weighs own assertions for peers, on the day of a reader's view, under one membership document."""

    def __init__(self, sight: Sight, membership: Membership) -> None:
        self._connection = sight.connection
        self._membership = membership
        self._me = sight.reader.authority
        self._on = sight.on
        self._visible = frozenset(sight.markings)
        self._terms = lru_cache(maxsize=4096)(self._terms_of)

    def terms(self, marking: Marking, peer: str) -> Terms | None:
        """Return on what terms something under a marking could go to a peer, or None if naming the peer is not enough.

        Nothing else of the marking is loosened: what is above the peer's ceiling, view only, expired, RED through a
        group or for purposes that no agreement serves is not offered.
        """
        return self._terms(marking, peer)

    def _terms_of(self, marking: Marking, peer: str) -> Terms | None:
        named = self._membership.resolve((*marking.releasable_to, *marking.groups, peer))
        widened = msgspec.structs.replace(marking, releasable_to=named)
        question = ReleaseQuestion(
            originator=self._me, releaser=self._me, recipient=peer, membership=self._membership, on=self._on
        )
        decision = may_receive(widened, question)
        return Terms(marking=widened, agreement=decision.agreement) if decision.allowed else None

    def is_free(self, claim: Assertion, peer: str) -> bool:
        """Tell whether an own claim rests on nothing that another authority controls.

        It rests on what it refers to and on assertions that it names as sources, and on what these rest on. Another's
        under originator control keeps it back, from all but that authority; so does one that the reader may not see.
        """
        seen: set[str] = set()
        wanted = _rests_on(claim)
        while wanted:
            seen |= wanted
            rows = journal.fetch(self._connection, wanted)
            if rows.keys() != wanted or any(row.marking not in self._visible for row in rows.values()):
                return False
            claims = [claim_of(row) for row in rows.values()]
            if any(one.marking.originator_control and one.originator not in (self._me, peer) for one in claims):
                return False
            wanted = {name for one in claims for name in _rests_on(one)} - seen
        return True


def widening(one: Held, terms: Terms, peer: str) -> Assertion:
    """Return the draft that releases an own assertion to a peer too: a correction with the same content."""
    return msgspec.structs.replace(
        one.assertion,
        kind="correction",
        originator="",
        issued="",
        nonce="",
        marking=terms.marking,
        refers_to=one.id,
        reason=f"released also to {peer}",
    )


def request(subject: str, caption: str, authority: str, *, about: str) -> Assertion:
    """Return the draft of a request to another authority about a company of which it said something."""
    return Assertion(
        kind="request",
        originator="",
        issued="",
        subject=subject,
        refers_to=about,
        text=f"What do you know of {caption}, and may we have it?",
        marking=Marking(
            tlp="AMBER",
            classification="SENSITIVE",
            releasable_to=(authority,),
            pap="AMBER",
            disclosure="release",
        ),
    )


def _rests_on(claim: Assertion) -> set[str]:
    named = (claim.refers_to, *claim.sources)
    return {one for one in named if _ASSERTION_ID.match(one)}
