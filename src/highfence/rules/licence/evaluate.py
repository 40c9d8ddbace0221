# SPDX-License-Identifier: Apache-2.0
"""Evaluate: one rule against one case. Every condition is yes, no or not known; a rule holds as much as its weakest.

What holds gives a reason. What may hold gives "cannot tell", with what would have to be known and what would follow.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from highfence.model.application import Item
from highfence.rules.licence.answer import Bearing, Reason, strictest
from highfence.rules.licence.case import Case, named
from highfence.rules.licence.judged import NO, UNKNOWN, YES, Judged, either, no, stated, yes
from highfence.rules.licence.requirement import listing_covers, listing_policy
from highfence.rules.licence.standing import ADDRESS, LIKELY, NAMED, OWNED, Standing, Standings, names_list
from highfence.rules.licence.tables import Period, Rule

_END_USE_WORDS = {
    "military": "military end use",
    "military_parts": "use as parts of military items",
    "weapons_of_mass_destruction": "use for nuclear, chemical or biological weapons or missiles",
    "cyber_surveillance": "use for surveillance with repression or violations of human rights",
    "advanced_chips": "use to make advanced-node chips or supercomputers",
}


def reasons_of(rule: Rule, case: Case, standings: Standings, *, regime: str) -> Iterator[Reason]:
    """Yield the reasons that a rule gives in a case; none where it does not hold."""
    period = rule.on(case.application.on)
    if period is None or period.state != "in force":
        return
    base = _base(rule, case)
    weakest = min((one.level for one in base), default=YES)
    if weakest == NO:
        return
    asked = _Asked(rule, case, period, regime)
    if rule.when.party is None:
        yield from _reason(asked, base, None)
        return
    for standing in standings.all:
        if standing.how == ADDRESS or not names_list(rule.when.party, standing.listing):
            continue
        if standing.rule and standing.rule != rule.when.party.affiliates:
            continue
        if all(party.id != standing.subject for party in case.application.parties):
            continue  # an owner's own listing reaches the party through the rules on ownership
        yield from _reason(asked, (*base, _stands(standing)), standing)


class _Asked(msgspec.Struct, frozen=True):
    rule: Rule
    case: Case
    period: Period
    regime: str


def _base(rule: Rule, case: Case) -> tuple[Judged, ...]:
    """Return what a rule asks of the whole transaction."""
    when, application = rule.when, case.application
    found = []
    if when.exporters:
        found.append(case.country_in(application.exporter, when.exporters))
    if when.not_exporters:
        found.append(_not(case.country_in(application.exporter, when.not_exporters)))
    if when.destinations:
        found.append(case.country_in(application.destination, when.destinations))
    if when.not_destinations:
        found.append(_not(case.country_in(application.destination, when.not_destinations)))
    if when.end_uses:
        found.append(either(_end_use(case, name) for name in when.end_uses))
    if when.informed:
        told = [one for one in when.informed if one in application.end_use.informed]
        found.append(yes(f"the application says that the authority has informed under {told[0]}") if told else no())
    return tuple(found)


def _not(judged: Judged) -> Judged:
    return Judged(level=YES - judged.level, fact=judged.fact if judged.level == UNKNOWN else "")


def _end_use(case: Case, name: str) -> Judged:
    words = _END_USE_WORDS[name]
    value: bool | None = getattr(case.application.end_use, name)
    return stated(
        value, fact=f"the application states {words}", missing=f"whether there is {words}: state end_use.{name}"
    )


def _stands(standing: Standing) -> Judged:
    listing = standing.listing
    place = f"{listing.list}{f' ({listing.programme})' if listing.programme else ''}"
    if standing.how == NAMED:
        undated = "" if listing.listed else ", the copy of the list tells no day"
        return yes(f"{standing.subject} is {standing.caption}, {place}{undated}")
    if standing.how == LIKELY:
        likely = f"whether {standing.subject} is {standing.caption} ({standing.score:.2f}), {place}: judge it"
        return Judged(level=UNKNOWN, fact=likely)
    told = "; ".join(standing.chain)
    if standing.how == OWNED:
        return yes(f"{standing.subject} counts as {standing.caption}, {place}, because of its owners: {told}")
    return Judged(
        level=UNKNOWN,
        fact=f"whether {standing.subject} counts as {standing.caption}, {place}: {told or 'a share is not known'}",
    )


def _reason(asked: _Asked, conditions: tuple[Judged, ...], standing: Standing | None) -> Iterator[Reason]:
    """Yield one reason for the items on which it surely holds, and one for those on which it may."""
    base = min((one.level for one in conditions), default=YES)
    by_level: dict[int, list[tuple[Item, Judged]]] = {UNKNOWN: [], YES: []}
    for item in asked.case.application.items:
        judged = _of_item(asked, item, standing)
        level = min(base, judged.level)
        if level != NO:
            by_level[level].append((item, judged))
    for level, held in by_level.items():
        if held:
            yield _made(asked, conditions, standing=standing, level=level, held=held)


def _of_item(asked: _Asked, item: Item, standing: Standing | None) -> Judged:
    """Tell whether a rule holds for an item: whether the EAR reach it, and whether it is one of the rule's."""
    when, case = asked.rule.when, asked.case
    reach = case.subject_to_ear(item) if when.subject_to_ear else yes()
    if not when.items or reach.level == NO:
        return reach
    if when.items == ("listing",) and standing is not None:
        named_item = listing_covers(case, standing.listing, item)
    else:
        named_item = either(case.item_is(item, token) for token in when.items)
    if named_item.level < reach.level:
        return named_item
    return reach if reach.level == UNKNOWN else named_item


def _made(
    asked: _Asked,
    conditions: tuple[Judged, ...],
    *,
    standing: Standing | None,
    level: int,
    held: list[tuple[Item, Judged]],
) -> Reason:
    rule, period = asked.rule, asked.period
    binding = rule.effect in ("prohibits", "requires")
    bearing: Bearing = rule.effect if level == YES or not binding else "cannot tell"
    judged = [*conditions, *(one for _, one in held)]
    policy, open_policy = _policy(rule, standing, [item for item, _ in held])
    return Reason(
        rule=rule.id,
        regime=asked.regime,
        bearing=bearing,
        title=rule.title,
        text=rule.says,
        citation="; ".join(filter(None, (period.citation, standing.citation if standing else ""))),
        valid_from=period.since,
        verified=period.verified and (standing is None or standing.verified) and _sets_verified(rule, asked.case),
        policy=policy,
        items=tuple(item.id for item, _ in held),
        parties=(standing.subject,) if standing else (),
        facts=tuple(dict.fromkeys(one.fact for one in judged if one.level == YES and one.fact)),
        unknown=tuple(dict.fromkeys((*(one.unknown for one in judged if one.unknown), *open_policy))),
        would=rule.effect if bearing == "cannot tell" else "",
        note=period.note,
        bars_exceptions=rule.bars_exceptions,
    )


def _sets_verified(rule: Rule, case: Case) -> bool:
    """Tell whether the sets that a rule rests on beside its own words have been compared with the primary text."""
    words = (*rule.when.exporters, *rule.when.destinations, *rule.when.not_destinations)
    sets = (word.removeprefix("set:") for word in words if word.startswith("set:"))
    return all(case.tables.set(name).verified for name in sets) and "supplement-2" not in rule.when.items


def _policy(rule: Rule, standing: Standing | None, items: list[Item]) -> tuple[str, tuple[str, ...]]:
    if rule.policy != "listing" or standing is None:
        return strictest((rule.policy, standing.policy if standing else "")), ()
    told = [listing_policy(standing, item) for item in items]
    return strictest(policy for policy, _ in told), tuple(sorted({missing for _, missing in told if missing}))


__all__ = ["named", "reasons_of"]
