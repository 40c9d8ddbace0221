# SPDX-License-Identifier: Apache-2.0
"""Undercut: what a reader's denials and consultations mean for an application, as reasons of a determination."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import msgspec

from highfence.cases.consultation import ConsultationView
from highfence.cases.denial import DenialView
from highfence.rules.licence.answer import Bearing, Reason
from highfence.rules.licence.determine import NO_UNDERCUT
from highfence.rules.undercut import Comparison, UndercutRegime, undercut_regime

_POINTER = "the denying authority's marking: it releases that there is a denial and not what it says"


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """A denial that bears on an application: what comparing came to, and the consultation that was opened about it.

    `consult` is the authority to be asked before an approval, empty if nobody need be.
    """

    view: DenialView
    comparison: Comparison
    consultation: ConsultationView | None = None
    consult: str = ""


def compared(
    view: DenialView, comparison: Comparison, asked: Iterable[ConsultationView], *, me: str, application: str
) -> Compared:
    """Return a comparison together with the newest consultation of `me` about that denial and that application."""
    about = {state.assertion for state in view.history} | {view.id, view.first}
    mine = (one for one in asked if one.opener == me and one.consultation.application == application)
    consultation = next((one for one in mine if one.about in about), None)
    needed = comparison.consult and view.authority != me and (consultation is None or not consultation.may_approve)
    return Compared(
        view=view, comparison=comparison, consultation=consultation, consult=view.authority if needed else ""
    )


def reasons(
    found: Sequence[Compared], asked: Iterable[ConsultationView], *, me: str, application: str
) -> Iterator[Reason]:
    """Yield what denials and objections say of an application; if none does, that: it clears nobody."""
    for one in found:
        yield _reason(one, me)
    for asking in asked:
        if asking.opener == me and asking.consultation.application == application and asking.bound:
            yield _objection(asking)
    if not found:
        yield Reason(
            rule=f"{NO_UNDERCUT}.none",
            regime=NO_UNDERCUT,
            bearing="permits",
            title="Denials",
            text="no denial that may be seen here is about these parties",
            facts=("no denial that may be seen here is about these parties; that none is seen is no clearance",),
            citation="Regulation (EU) 2021/821, Article 16(4)",
            valid_from=date(2021, 9, 9),
            verified=False,
        )


def _reason(one: Compared, me: str) -> Reason:
    view, comparison = one.view, one.comparison
    regime = undercut_regime(view.denial.regime) if view.denial.regime else None
    bearing, text = _bearing(one, me)
    who = view.authority.upper()
    if comparison.advisory:
        title = f"Denial of {who}, as advice"
    else:
        title = f"Consult {who}" if one.consult else f"Denial of {who}"
    unknown: tuple[str, ...] = ()
    if bearing == "cannot tell":
        unknown = (f"what {who} has denied to this party: ask {view.denial.contact or who}",)
        if not view.denial.pointer:
            unknown = (f"whether it is essentially identical to what {who} has denied",)
    return Reason(
        rule=f"{NO_UNDERCUT}.{regime.id if regime else 'pointer'}",
        regime=NO_UNDERCUT,
        bearing=bearing,
        title=title,
        text=text,
        citation=regime.citation if regime else _POINTER,
        valid_from=regime.since if regime else view.notified,
        verified=regime.verified if regime else True,
        items=comparison.items,
        parties=comparison.parties,
        facts=(*comparison.sentences, *_told(one, regime)),
        unknown=unknown,
        would="requires" if bearing == "cannot tell" else "",
        note=f"denial {view.id}",
    )


def _bearing(one: Compared, me: str) -> tuple[Bearing, str]:
    """Return what a denial does to an application, and in words what is to be done."""
    who = one.view.authority.upper()
    if one.comparison.verdict == "different":
        return "notes", f"{who} has denied something else to this party"
    if one.comparison.advisory:
        return "warns", f"{who} has denied such a transaction; it obliges nobody to consult, and is good to know"
    if one.view.authority == me:
        return "warns", "this authority has itself denied such a transaction"
    asked = one.consultation
    if asked is not None and not one.consult:
        if asked.finding == "not essentially identical":
            return "notes", f"{who} was consulted: not essentially identical ({asked.state})"
        return "requires", f"{who} was consulted: {asked.finding or asked.state}; an approval is to be explained"
    if one.comparison.verdict == "essentially identical":
        return "requires", f"{who} has denied an essentially identical transaction: consult {who} before an approval"
    return "cannot tell", f"consult {who} before an approval"


def _told(one: Compared, regime: UndercutRegime | None) -> Iterator[str]:
    denial = one.view.denial
    if denial.denied is not None and not denial.pointer:
        state = "" if denial.state == "valid" else f", {denial.state} on {denial.decided}"
        yield f"denied on {denial.denied}{state}: {denial.reason}"
    if regime is not None and one.consult and one.consultation is None and regime.answer:
        yield f"the consultation runs under {regime.citation}"
    if one.consultation is not None:
        asked = one.consultation
        yield f"consultation of {asked.opened}: {asked.state}{f', {asked.finding}' if asked.finding else ''}"
        if asked.why:
            yield asked.why


def _objection(asked: ConsultationView) -> Reason:
    return Reason(
        rule=f"{NO_UNDERCUT}.objection",
        regime=NO_UNDERCUT,
        bearing="prohibits",
        title=f"Objection of {asked.to.upper()}",
        text="the items are located there, and its objection binds",
        citation=asked.citation,
        valid_from=asked.opened,
        verified=False,
        facts=(asked.why,),
        note=f"consultation {asked.id}",
    )
