# SPDX-License-Identifier: Apache-2.0
"""Red flags: signs of diversion. Each asks a person to look and changes no verdict."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from highfence.model.application import ShipmentParty
from highfence.rules.licence.answer import Reason
from highfence.rules.licence.case import Case, named
from highfence.rules.licence.judged import YES
from highfence.rules.licence.standing import ADDRESS, NAMED, OWNED, Owned, Standings

#: The day of the full-scale invasion of Ukraine, from which the guidance counts.
INVASION = date(2022, 2, 24)
_BUYERS = frozenset({"consignee", "intermediate consignee", "end user", "purchaser"})
_MILITARY = ("Military End User", "Chinese military companies", "833/2014, Annex IV", "765/2006, Annex V")


def red_flags(case: Case, standings: Standings) -> Iterator[Reason]:
    """Yield the red flags of a case; those whose day has not come are left out."""
    for flag in _all(case, standings):
        if flag.valid_from <= case.application.on:
            yield flag


def _all(case: Case, standings: Standings) -> Iterator[Reason]:
    priority = sorted(one.id for one in case.application.items if case.item_is(one, "priority:1,2").level == YES)
    for party in case.application.parties:
        yield from _buyer(case, party, priority)
        yield from _listed(case, party, standings)
        if "end user" in party.roles and party.country != case.application.destination:
            yield _flag(
                case,
                "unlike-destination",
                party=party,
                fact=f"goods for {named(case.application.destination)}, an end user in {named(party.country)}",
            )
    for owned in standings.owned:
        yield from _owned(case, owned)
    yield from _siblings(case, standings)
    yield from _end_use(case, standings)


def _buyer(case: Case, party: ShipmentParty, priority: list[str]) -> Iterator[Reason]:
    """Yield the flags of E5's guidance on who buys the items of the highest tiers."""
    if not priority or not _BUYERS & set(party.roles):
        return
    outside = party.country not in case.tables.set("gecc").on(case.application.on)
    if outside and _since_invasion(party.incorporated, case):
        fact = (
            f"{party.id} was founded on {party.incorporated} in {named(party.country)} and buys {', '.join(priority)}"
        )
        yield _flag(case, "new-buyer", party=party, fact=fact, items=priority)
    if outside and _since_invasion(party.trading_since, case):
        fact = f"{party.id} has bought only since {party.trading_since}"
        yield _flag(case, "trade-begun-after", party=party, fact=fact, items=priority)


def _since_invasion(day: date | None, case: Case) -> bool:
    """Tell whether a day is after the invasion and has come on the day asked about."""
    return day is not None and INVASION < day <= case.application.on


def _listed(case: Case, party: ShipmentParty, standings: Standings) -> Iterator[Reason]:
    mine = standings.of(party.id)
    addresses = sorted({f"{one.caption} ({one.listing.list})" for one in mine if one.how == ADDRESS})
    for place in addresses:
        fact = f"{party.id} gives the address of {place}: verify, an equal address is not an equal party"
        yield _flag(case, "shared-address", party=party, fact=fact)
    for one in mine:
        if one.how == NAMED and one.listing.jurisdiction == "jp":
            fact = f"{party.id} is {one.caption}: {one.listing.reason or one.listing.list}"
            yield _flag(case, "foreign-end-user-list", party=party, fact=fact)
    if party.changed is not None and party.changed <= case.application.on:
        since = [
            one for one in mine if one.how != ADDRESS and one.listing.listed and one.listing.listed <= party.changed
        ]
        if since:
            told = since[0]
            fact = f"{party.id} changed on {party.changed}; {told.caption} was listed on {told.listing.listed}"
            yield _flag(case, "changed-after-listing", party=party, fact=fact)
    asked = {"us", "eu", "jp", "uk" if case.application.exporter == "gb" else case.application.exporter}
    others = sorted({one.listing.jurisdiction for one in mine if one.how == NAMED} - asked)
    if others:
        fact = f"{party.id} is listed by: {', '.join(others)}"
        yield _flag(case, "listed-elsewhere", party=party, fact=fact)


def _owned(case: Case, owned: Owned) -> Iterator[Reason]:
    verdict = owned.verdict
    party = next(one for one in case.application.parties if one.id == owned.subject)
    if verdict.red_flag or (verdict.verdict == "unknown" and owned.rules.rule == "us-bis"):
        fact = f"{party.id}: listed owners {', '.join(owned.listed_owners)}; their share is {_share(verdict.share)}"
        yield _flag(case, "share-unknown", party=party, fact=fact)
    elif verdict.verdict == "no" and owned.rules.rule in ("us-bis", "us-ofac"):
        state = "" if verdict.state == "in force" else f"; {owned.rules.title} is {verdict.state}: {verdict.citation}"
        fact = f"{party.id} has the listed owners {', '.join(owned.listed_owners)}{state}"
        yield _flag(case, "minority-owner", party=party, fact=fact)


def _share(share: object) -> str:
    least, most = getattr(share, "min", 0), getattr(share, "max", 100)
    return f"{least} %" if least == most else f"{least} to {most} %"


def _siblings(case: Case, standings: Standings) -> Iterator[Reason]:
    """Yield that a party has an owner in common with a listed company."""
    owners: dict[str, set[str]] = {}
    for one in (*case.application.interests(), *case.known.interests):
        owners.setdefault(one.owned, set()).add(one.owner)
    listed = {entity for entity, found in case.known.listings.items() if found}
    same = {one.subject: one.entity for one in standings.all if one.how == NAMED}
    joined = {
        like.entity: subject
        for subject, likes in case.known.likenesses.items()
        for like in likes
        if like.sure and not like.address_only
    }
    for party in case.application.parties:
        if party.id in same:
            continue
        own = {party.id, *(entity for entity, subject in joined.items() if subject == party.id)}
        mine = {joined.get(owner, owner) for one in own for owner in owners.get(one, ())}
        shared = sorted(
            entity for entity in listed - own if mine & {joined.get(owner, owner) for owner in owners.get(entity, ())}
        )
        if shared:
            names = ", ".join(case.known.names.get(one, one) for one in shared[:5])
            yield _flag(case, "sibling", party=party, fact=f"{party.id} has an owner in common with {names}")


def _end_use(case: Case, standings: Standings) -> Iterator[Reason]:
    end_use = case.application.end_use
    if not end_use.text.strip():
        yield _flag(case, "no-end-use", party=None, fact="end_use.text is empty")
    if end_use.military is not False:
        tied = sorted(
            {
                one.subject
                for one in standings.all
                if one.how in (NAMED, OWNED) and any(name in one.listing.list for name in _MILITARY)
            }
        )
        if tied:
            yield _flag(case, "military-ties", party=None, fact=f"military ties: {', '.join(tied)}")


def _flag(case: Case, name: str, *, party: ShipmentParty | None, fact: str, items: list[str] | None = None) -> Reason:
    flag = case.tables.flag(name)
    return Reason(
        rule=f"red-flag.{name}",
        regime="",
        bearing="warns",
        title=flag.title,
        text="look into it before you go on",
        citation=flag.citation,
        valid_from=flag.since,
        verified=flag.verified,
        parties=(party.id,) if party is not None else (),
        items=tuple(items or ()),
        facts=(fact,),
    )
