# SPDX-License-Identifier: Apache-2.0
"""The single checks that `rules.handling` makes, in the order it makes them, and what would change each.

Every check sees the marking as it must be read, answers for any input and never raises. It passes only for a reason it
can name; the sentence and the fact it returns are what people and machines are told.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import msgspec

from highfence.clock import day
from highfence.model.agreement import Agreement
from highfence.model.authority import Authority, Membership
from highfence.model.marking import CLASSIFICATIONS, Marking
from highfence.rules.combination import CLASSIFICATION_RANK, admits


class Finding(NamedTuple):
    """What a check found: a machine code (empty when it passed), a sentence for people, the fact it stood on."""

    code: str
    text: str
    fact: str


class Case(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What every check needs: the marking as read, its unknown fields, the day, and the authority that would get it.

    `own` tells that this authority is the originator itself, `recall` that a recall of what it was sent is at hand,
    `groups` to which groups it belongs now.
    """

    marking: Marking
    unknown: tuple[str, ...]
    on: date
    authority: str
    own: bool
    recall: bool = False
    groups: tuple[str, ...] = ()


class ReleaseCase(Case, frozen=True, kw_only=True, gc=False):
    """A copy on its way to another authority; an authority is None when the membership document lacks it."""

    membership: Membership
    releaser: str
    originator: str
    recipient_node: Authority | None
    originator_node: Authority | None
    consents: frozenset[str]
    agreement: Agreement | None


class ViewCase(Case, frozen=True, kw_only=True, gc=False):
    """A person of `authority` before a screen, with their clearance and purposes."""

    clearance: str
    purposes: tuple[str, ...]


def ground(
    membership: Membership, releaser: str, *, recipient: str, purposes: tuple[str, ...], on: date
) -> Agreement | None:
    """Return the first agreement in force between the two that serves one of the purposes, or None.

    One purpose in common is enough, and the release is for that one: if all had to be served, a marking with fewer
    purposes would travel further than one with more, and what is derived would be wider than its inputs. An agreement
    that states no purpose carries nothing.
    """
    for agreement in membership.agreements:
        parties, served = agreement.parties, agreement.purposes
        if not (served and releaser in parties and recipient in parties and agreement.in_force(on)):
            continue
        if admits(purposes, served):
            return agreement
    return None


def _vocabulary(case: ReleaseCase) -> Finding:
    if not case.unknown:
        return Finding("", "every word of the marking is known", "all known")
    return _unknown_word(case)


def _membership(case: ReleaseCase) -> Finding:
    last = day(case.membership.expires)
    fact = f"membership {case.membership.version}, until {last}"
    if case.recipient_node is None or case.originator_node is None or case.membership.authority(case.releaser) is None:
        return Finding("not_a_member", "an authority concerned is not in the membership document", fact)
    if case.on > last:
        return Finding("membership_expired", "the membership document has expired", fact)
    return Finding("", "all authorities concerned are members", fact)


def _expiry(case: Case) -> Finding:
    expires = case.marking.expires
    fact = f"expires {expires or 'never'}"
    if expires is None or case.on <= expires:
        return Finding("", "the marking has not expired", fact)
    if case.own:
        return Finding("", f"it has expired, but {case.authority} said it itself", fact)
    if case.recall:
        return Finding("", "it has expired, but a recall reaches whoever was sent the original", fact)
    return Finding("expired", "the marking has expired", fact)


def _releasable_to(case: Case) -> Finding:
    authority, named = case.authority, case.marking.releasable_to
    fact = f"releasable to {', '.join(named) or 'nobody'}"
    if case.own:
        return Finding("", f"{authority} said it itself", fact)
    if authority in named:
        return Finding("", f"{authority} is named in releasable_to", fact)
    if shared := _opened(case):
        return Finding("", f"{authority} belongs to {shared}, which is open to later members", fact)
    if case.recall:
        return Finding("", f"{authority} is not named, but a recall reaches whoever was sent the original", fact)
    return Finding("not_releasable", f"{authority} is not named in releasable_to", fact)


def _opened(case: Case) -> str:
    """Return a group of the marking that is open to who joins later and to which the authority belongs."""
    if not case.marking.later_members:
        return ""
    return next((group for group in case.marking.groups if group in case.groups), "")


def _originator_control(case: ReleaseCase) -> Finding:
    fact = f"originator {case.originator}, releaser {case.releaser}"
    if case.releaser == case.originator:
        return Finding("", "the originator releases it itself", fact)
    if not case.marking.originator_control:
        return Finding("", "the originator keeps no control over onward release", fact)
    if case.own:
        return Finding("", "it goes back to the originator", fact)
    if case.authority in case.consents:
        return Finding("", f"the originator consented to a release to {case.authority}", fact)
    return Finding("originator_control", f"{case.originator} has not consented to this onward release", fact)


def _ceiling(case: ReleaseCase) -> Finding:
    ceiling = case.recipient_node.ceiling if case.recipient_node is not None else "none"
    fact = f"classification {case.marking.classification}, ceiling {ceiling}"
    if CLASSIFICATION_RANK[case.marking.classification] <= CLASSIFICATION_RANK.get(ceiling, -1):
        return Finding("", "the recipient's node may hold this classification", fact)
    node = case.originator_node
    office = (node.contact or node.name) if node is not None else "the originator"
    return Finding("above_ceiling", f"it is above what the recipient's node may hold: ask {office}", fact)


def _tlp(case: Case) -> Finding:
    marking, authority = case.marking, case.authority
    fact = f"TLP:{marking.tlp}, groups {', '.join(marking.groups) or 'none'}"
    if marking.tlp != "RED":
        return Finding("", f"TLP:{marking.tlp} leaves it to releasable_to", fact)
    if case.own:
        return Finding("", f"{authority} said it itself", fact)
    if marking.groups or authority not in marking.releasable_to:
        return Finding("tlp_red", "TLP:RED goes only to authorities named one by one, never through a group", fact)
    return Finding("", f"{authority} is named by itself, as TLP:RED asks", fact)


def _copy(case: ReleaseCase) -> Finding:
    fact = f"disclosure {case.marking.disclosure}"
    if case.marking.disclosure == "release":
        return Finding("", "the recipient may keep a copy", fact)
    return Finding("view_only", "it may be looked at where the originator shows it, never copied", fact)


def _agreement(case: ReleaseCase) -> Finding:
    agreement, parties = case.agreement, f"{case.releaser} and {case.authority}"
    if agreement is not None:
        return Finding("", f"agreement {agreement.id} carries it", f"{agreement.id}: {agreement.legal_basis}")
    suspended = _suspended(case)
    fact = f"suspended on {case.on}: {suspended}" if suspended else f"no agreement on {case.on}"
    if case.recall:
        return Finding("", "no agreement carries it, but a recall reaches whoever was sent the original", fact)
    if suspended:
        return Finding("agreement_suspended", f"the agreement between {parties} is suspended", fact)
    return Finding("no_agreement", f"no agreement between {parties} is in force for these purposes", fact)


def _suspended(case: ReleaseCase) -> str:
    """Return the ids of the agreements that would carry the release on that day but for a suspension."""
    ids = []
    for agreement in case.membership.agreements:
        lifted = msgspec.structs.replace(
            case.membership, agreements=(msgspec.structs.replace(agreement, suspensions=()),)
        )
        if ground(lifted, case.releaser, recipient=case.authority, purposes=case.marking.purposes, on=case.on):
            ids.append(agreement.id)
    return ", ".join(ids)


def _view_vocabulary(case: ViewCase) -> Finding:
    if not case.unknown:
        return Finding("", "every word of the marking is known", "all known")
    if case.own and case.clearance == CLASSIFICATIONS[-1]:
        return Finding("", "a word is unknown, but the reader is the originator's own, cleared for all", _words(case))
    return _unknown_word(case)


def _clearance(case: ViewCase) -> Finding:
    fact = f"classification {case.marking.classification}, clearance {case.clearance}"
    if CLASSIFICATION_RANK[case.marking.classification] <= CLASSIFICATION_RANK.get(case.clearance, -1):
        return Finding("", "the reader is cleared for this classification", fact)
    return Finding("above_clearance", "it is above the reader's clearance", fact)


def _purpose(case: ViewCase) -> Finding:
    fact = f"for {', '.join(case.marking.purposes) or 'any purpose'}; reader for {', '.join(case.purposes) or 'none'}"
    if admits(case.marking.purposes, case.purposes):
        return Finding("", "the reader may use it for a purpose it is meant for", fact)
    return Finding("purpose", "the reader has none of the purposes it may be used for", fact)


def _unknown_word(case: Case) -> Finding:
    return Finding("unknown_word", "the marking has a word nobody knows, read as the strictest", _words(case))


def _words(case: Case) -> str:
    return f"unknown: {', '.join(case.unknown)}"


RELEASE_CHECKS: tuple[tuple[str, Callable[[ReleaseCase], Finding]], ...] = (
    ("vocabulary", _vocabulary),
    ("membership", _membership),
    ("expiry", _expiry),
    ("releasable_to", _releasable_to),
    ("originator_control", _originator_control),
    ("classification", _ceiling),
    ("tlp", _tlp),
    ("copy", _copy),
    ("agreement", _agreement),
)
VIEW_CHECKS: tuple[tuple[str, Callable[[ViewCase], Finding]], ...] = (
    ("vocabulary", _view_vocabulary),
    ("expiry", _expiry),
    ("releasable_to", _releasable_to),
    ("classification", _clearance),
    ("tlp", _tlp),
    ("purpose", _purpose),
)
#: What would have to be otherwise for a check to pass.
REMEDIES = {
    "vocabulary": "The originator would have to mark it again with words of the vocabulary",
    "membership": "A membership document in force would have to name all authorities concerned",
    "expiry": "The originator would have to say it again with a later expiry",
    "releasable_to": "The originator would have to name the authority in releasable_to",
    "originator_control": "The originator would have to record its consent to this onward release",
    "classification": "The classification would have to be lower, or the ceiling or clearance higher",
    "tlp": "The originator would have to name the authority by itself, without groups, or choose a lower TLP",
    "copy": "The originator would have to allow a copy: disclosure `release`",
    "agreement": "An agreement of both, for one of the purposes, would have to be in force on that day",
    "purpose": "The reader would have to work for one of the purposes",
}
