# SPDX-License-Identifier: Apache-2.0
"""Determine: is a licence needed, why, and under whose rule: the answer of every regime for one application on its day.

Pure: the lists, the rules, the likenesses of parties and what others have found come in through arguments. The same
arguments give the same answer, whatever the order of parties and items. The most restrictive reason prevails, and any
policy of denial wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from highfence.model.application import Application, Known
from highfence.model.control import ControlLists, lists_on
from highfence.rules.licence.answer import (
    VERDICTS,
    Determination,
    ExceptionCandidate,
    ListedAs,
    PartyReport,
    Reason,
    RegimeAnswer,
    Verdict,
    policy_rank,
    strictest,
    verdict_of,
)
from highfence.rules.licence.case import Basis, Case, named
from highfence.rules.licence.chart import chart_reasons
from highfence.rules.licence.checks import check_application
from highfence.rules.licence.evaluate import reasons_of
from highfence.rules.licence.exceptions import ear_exceptions, union_authorisations
from highfence.rules.licence.judged import YES
from highfence.rules.licence.national import REGIME, TITLE, national_reasons
from highfence.rules.licence.notices import notices
from highfence.rules.licence.red_flags import red_flags
from highfence.rules.licence.standing import Standings, standings
from highfence.rules.licence.tables import Regime, RuleTables, rule_tables
from highfence.rules.ownership.rulesets import RuleSet, rule_set
from highfence.rules.scope.areas import Scope, scope_tables
from highfence.rules.scope.yard import Yard

#: The rules on ownership that count here.
OWNERSHIP = ("us-bis", "us-ofac", "eu")
#: The regime of what others have denied: it is answered if reasons of it are handed in.
NO_UNDERCUT = "no-undercut"
_STRENGTH = {"prohibits": 0, "requires": 1, "cannot tell": 2, "notes": 3, "warns": 4, "permits": 5}
_SENTENCES: Mapping[Verdict, str] = {
    "prohibited": "Prohibited",
    "licence required": "A licence is required",
    "cannot tell": "Cannot be told from what is given",
    "licence not required": "No licence is required by what is known here",
}


class Desk:
    """What determinations are made with: control lists of one or more editions, the yard, the rules, ownership rules.

    What is the same for all applications of a day is made once. Safe to use from several threads.

    >>> from datetime import date
    >>> Desk().basis(date(2026, 11, 24)).yard.lists.editions
    ()
    """

    def __init__(
        self,
        shelf: Sequence[ControlLists] = (),
        *,
        scope: Scope | None = None,
        tables: RuleTables | None = None,
        ownership: Mapping[str, RuleSet] | None = None,
    ) -> None:
        self._shelf = tuple(shelf)
        self._scope = scope or scope_tables()
        self._tables = tables or rule_tables()
        self.ownership = {name: rule_set(name) for name in OWNERSHIP} | dict(ownership or {})
        self._yards: dict[tuple[tuple[str, str], ...], Yard] = {}

    def basis(self, on: date) -> Basis:
        """Return the rules and the control lists of a day."""
        lists = lists_on(self._shelf, on)
        key = tuple(sorted((one.name, one.as_of.isoformat()) for one in lists.editions))
        yard = self._yards.get(key)
        if yard is None:
            yard = self._yards[key] = Yard.of(lists, self._scope)
        return Basis(tables=self._tables, yard=yard)

    def check(self, application: Application, *, where: str = "") -> None:
        """Refuse an application that cannot be judged as it stands; raises InvalidInput, see `checks`."""
        basis = self.basis(application.on)
        check_application(application, basis.yard.lists, basis.tables, where=where)

    def determine(
        self, application: Application, known: Known | None = None, *, others: Iterable[Reason] = ()
    ) -> Determination:
        """Return the answer of every regime.

        `known` is whom the parties are like and how they are listed. `others` are reasons that somebody else has found,
        such as an ally's denial: they count in their regime like the rules' own.

        Raises:
            InvalidInput: the application cannot be judged as it stands, see `checks`.
        """
        self.check(application)
        case = Case(application=application, known=known or Known(), basis=self.basis(application.on))
        stand = standings(application, case.known, case.tables, rule_sets=self.ownership)
        found = (*_reasons(case, stand), *others)
        regimes = tuple(_answer(case, regime, found) for regime in _regimes(case, found))
        verdict = max((one.verdict for one in regimes), key=VERDICTS.index)
        policy = strictest(one.policy for one in regimes)
        return Determination(
            application=application.id,
            on=application.on,
            verdict=verdict,
            summary=_summary(verdict, policy, regimes),
            policy=policy,
            regimes=regimes,
            parties=tuple(_party(case, stand)),
            red_flags=_ordered(red_flags(case, stand)),
            notices=_ordered(notices(case)),
            lists=tuple(sorted(case.lists.editions, key=lambda one: one.name)),
        )


def _regimes(case: Case, reasons: Iterable[Reason]) -> tuple[Regime, ...]:
    """Return the regimes in their order; that of national lists has its rules in the yard, that of denials none."""
    national = Regime(
        regime=REGIME,
        title=TITLE,
        authority="eu",
        exporters=("set:eu",),
        otherwise="the export does not begin in the European Union",
    )
    found: list[Regime] = []
    for one in case.tables.regimes:
        found.append(one)
        if one.regime == "eu-2021-821":
            found.append(national)
    if any(one.regime == NO_UNDERCUT for one in reasons):
        found.append(Regime(regime=NO_UNDERCUT, title="Denials of allied authorities: no undercut", authority=""))
    return tuple(found)


def _reasons(case: Case, stand: Standings) -> Iterable[Reason]:
    yield from chart_reasons(case)
    yield from national_reasons(case)
    for regime in case.tables.regimes:
        for rule in regime.rules:
            yield from reasons_of(rule, case, stand, regime=regime.regime)
        if case.known.unscreened and _asks_for_parties(case, regime):
            yield _unscreened(case, regime.regime)


def _asks_for_parties(case: Case, regime: Regime) -> bool:
    applies = not regime.exporters or case.country_in(case.application.exporter, regime.exporters).level == YES
    return applies and any(rule.when.party is not None for rule in regime.rules)


def _unscreened(case: Case, regime: str) -> Reason:
    """Return that parties were not looked for on any list, so that nothing can be told of them."""
    told = case.known.unscreened
    return Reason(
        rule=f"{regime}.parties",
        regime=regime,
        bearing="cannot tell",
        title="Parties that were not looked for",
        text="whether the lists of this regime name them cannot be told",
        citation="the lists of this regime",
        valid_from=date.min,
        verified=True,
        parties=tuple(sorted(told)),
        unknown=tuple(sorted({f"whether {subject} is listed: {why}" for subject, why in told.items()})),
        would="requires",
    )


def _answer(case: Case, regime: Regime, found: Iterable[Reason]) -> RegimeAnswer:
    application = case.application
    mine = _ordered(one for one in found if one.regime == regime.regime)
    applies = not regime.exporters or case.country_in(application.exporter, regime.exporters).level == YES
    verdict = verdict_of(mine)
    exceptions = {"us-ear": ear_exceptions, "eu-2021-821": union_authorisations}.get(regime.regime)
    return RegimeAnswer(
        regime=regime.regime,
        title=regime.title,
        verdict=verdict,
        because=_because(regime, verdict, mine, applies=applies or bool(mine)),
        policy=strictest(one.policy for one in mine if one.bearing in ("prohibits", "requires")),
        applies=applies or bool(mine),
        reasons=mine,
        exceptions=tuple(sorted(exceptions(case, mine), key=_alphabet)) if exceptions else (),
    )


def _alphabet(candidate: ExceptionCandidate) -> tuple[str, tuple[str, ...]]:
    return candidate.symbol, candidate.items


def _because(regime: Regime, verdict: Verdict, reasons: tuple[Reason, ...], *, applies: bool) -> str:
    """Return in one sentence why the verdict is what it is."""
    if not applies:
        return f"It does not apply: {regime.otherwise}."
    if not reasons or verdict == "licence not required":
        facts = [fact for one in reasons if one.bearing == "permits" for fact in one.facts]
        return f"No rule of this regime asks for one{': ' + '; '.join(facts[:3]) if facts else ''}."
    leading = reasons[0]
    if verdict == "cannot tell":
        return f"To be known: {'; '.join(leading.unknown[:3]) or leading.text}."
    who = f" ({', '.join((*leading.parties, *leading.items))})" if leading.parties or leading.items else ""
    return f"{leading.title}{who}: {leading.text}."


def _summary(verdict: Verdict, policy: str, regimes: tuple[RegimeAnswer, ...]) -> str:
    names = [one.title for one in regimes if one.verdict == verdict]
    told = f" Review policy: {policy}" if policy else ""
    if verdict == "licence not required":
        return f"{_SENTENCES[verdict]}."
    return f"{_SENTENCES[verdict]} ({'; '.join(names)}).{told}"


def _ordered(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Return reasons from the most restrictive on, each once, in an order that does not depend on the application's."""
    unique = {(one.rule, one.bearing, one.items, one.parties, one.facts, one.unknown): one for one in reasons}
    tidy = (_tidy(one) for one in unique.values())
    return tuple(sorted(tidy, key=_place))


def _place(reason: Reason) -> tuple[object, ...]:
    policy = policy_rank(reason.policy) if reason.policy else len(_STRENGTH)
    return (_STRENGTH[reason.bearing], policy, reason.rule, reason.parties, reason.items, reason.facts)


def _tidy(reason: Reason) -> Reason:
    return msgspec.structs.replace(
        reason,
        items=tuple(sorted(reason.items)),
        parties=tuple(sorted(reason.parties)),
        facts=tuple(sorted(reason.facts)),
        unknown=tuple(sorted(reason.unknown)),
    )


def _party(case: Case, stand: Standings) -> Iterable[PartyReport]:
    roles = {party.id: party.roles for party in case.application.parties}
    for subject in sorted(case.application.subjects(), key=lambda one: one.id):
        yield PartyReport(
            id=subject.id,
            name=subject.name,
            roles=roles.get(subject.id, ("owner",)),
            country=named(subject.country) if subject.country else "",
            listed=tuple(
                ListedAs(
                    how=one.how,
                    jurisdiction=one.listing.jurisdiction,
                    list=one.listing.list,
                    entity=one.entity,
                    caption=one.caption,
                    score=one.score,
                    programme=one.listing.programme,
                    policy=one.policy or one.listing.licence_policy,
                    chain=one.chain,
                    citation=one.citation,
                    verified=one.verified,
                    why=one.why,
                )
                for one in sorted(
                    stand.of(subject.id), key=lambda one: (one.how, one.entity, one.listing.key, one.rule)
                )
            ),
        )
