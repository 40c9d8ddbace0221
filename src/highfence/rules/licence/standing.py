# SPDX-License-Identifier: Apache-2.0
"""Standing: on which lists the parties of a case stand: themselves, perhaps, through owners, or by an address alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from highfence.model.application import Application, Known, Likeness
from highfence.model.interest import Interest, Listed
from highfence.model.interests import Interests
from highfence.model.listing import Listing
from highfence.rules.licence.answer import strictest
from highfence.rules.licence.tables import PartyTest, Rule, RuleTables
from highfence.rules.ownership import Findings, Graph, Lines, Verdict
from highfence.rules.ownership.rulesets import RuleSet

#: How a party stands on a list. Only the first and the owned are beyond doubt.
NAMED, LIKELY, OWNED, PERHAPS_OWNED, ADDRESS = "named", "likely", "owned", "perhaps owned", "address"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """That a party, or an owner of one, stands on a list on the day.

    `rule` is the ownership rule that brings it there if it is owned, `policy` then the strictest owner's; `chain` tells
    who owns whom.
    """

    subject: str
    how: str
    entity: str
    caption: str
    listing: Listing
    score: float = 1.0
    rule: str = ""
    policy: str = ""
    chain: tuple[str, ...] = ()
    citation: str = ""
    verified: bool = True
    red_flag: str = ""
    why: str = ""

    @property
    def certain(self) -> bool:
        """Tell whether it is beyond doubt."""
        return self.how in (NAMED, OWNED)


class Owned(msgspec.Struct, frozen=True, kw_only=True):
    """What an ownership rule says of a party that listed parties hold something of."""

    subject: str
    rules: RuleSet
    verdict: Verdict
    listed_owners: tuple[str, ...]


class Standings(msgspec.Struct, frozen=True, kw_only=True):
    """All standings of a case, and what the ownership rules said of its parties, caught or not."""

    all: tuple[Standing, ...]
    owned: tuple[Owned, ...] = ()

    def of(self, subject: str) -> tuple[Standing, ...]:
        """Return the standings of one party."""
        return tuple(one for one in self.all if one.subject == subject)


def standings(
    application: Application, known: Known, tables: RuleTables, *, rule_sets: Mapping[str, RuleSet]
) -> Standings:
    """Return on which lists everybody in an application stands; `rule_sets` are the ownership rules by name."""
    direct = tuple(_direct(application, known))
    people = _People(application, known, direct)
    if not people.interests:
        return Standings(all=direct)
    graph = Graph(Interests.of(people.interests, also=sorted(people.subjects)))
    found: list[Standing] = []
    owned: list[Owned] = []
    for name, rules in rule_sets.items():
        tests = [rule for rule in _party_rules(tables, application) if _test(rule).affiliates == name]
        made, told = _owned(_Asked(application, people, graph, rules, tests))
        found += made
        owned += told
    return Standings(all=(*direct, *found), owned=tuple(owned))


def names_list(test: PartyTest, listing: Listing) -> bool:
    """Tell whether a rule's test names the list, the programme and the measure of a listing."""
    if listing.jurisdiction != test.jurisdiction or not any(_begins(listing.list, name) for name in test.lists):
        return False
    if test.programmes and not {one.strip() for one in listing.programme.split(";")} & set(test.programmes):
        return False
    measure = listing.measure.casefold()
    return not test.measures or any(one in measure for one in test.measures)


def _begins(text: str, name: str) -> bool:
    """Tell whether a list's name begins with a name: `Annex IV` begins `Annex IV.A`, not `Annex IVa`."""
    return text.startswith(name) and (len(text) == len(name) or not text[len(name)].isalnum())


def _direct(application: Application, known: Known) -> Iterator[Standing]:
    judged = {party.id: party.judged for party in application.parties}
    for subject in application.subjects():
        for like in known.likenesses.get(subject.id, ()):
            said = judged.get(subject.id, {}).get(like.entity)
            if said is False:
                continue
            for listing in known.listings.get(like.entity, ()):
                if listing.stands(application.on):
                    yield Standing(
                        subject=subject.id,
                        how=_how(like, said),
                        entity=like.entity,
                        caption=like.caption,
                        listing=listing,
                        score=like.score,
                        why=like.why,
                    )


def _how(like: Likeness, said: bool | None) -> str:
    if said or (like.sure and not like.address_only):
        return NAMED
    return ADDRESS if like.address_only else LIKELY


def _party_rules(tables: RuleTables, application: Application) -> Iterator[Rule]:
    for regime in tables.regimes:
        for rule in regime.rules:
            if rule.when.party is not None and rule.when.party.affiliates and rule.on(application.on) is not None:
                yield rule


def _test(rule: Rule) -> PartyTest:
    assert rule.when.party is not None  # noqa: S101 - only rules about parties come here
    return rule.when.party


class _People:
    """Who is who: a subject and the entities that it is beyond doubt are one; who of them is listed, and how surely."""

    def __init__(self, application: Application, known: Known, direct: Iterable[Standing]) -> None:
        self.subjects = [subject.id for subject in application.subjects()]
        self._same: dict[str, str] = {}
        self.names = dict(known.names)
        self.names.update((subject.id, subject.name) for subject in application.subjects())
        self.sure: dict[str, list[Listing]] = {}
        self.perhaps: dict[str, list[Listing]] = {}
        judged = {party.id: party.judged for party in application.parties}
        for subject in application.subjects():
            said = judged.get(subject.id, {})
            for like in known.likenesses.get(subject.id, ()):
                if said.get(like.entity) or (_how(like, None) == NAMED and like.entity not in said):
                    self._join(subject.id, like.entity)
        for one in direct:
            held = self.sure if one.how == NAMED else self.perhaps if one.how == LIKELY else None
            if held is not None:
                held.setdefault(self.who(one.subject), []).append(one.listing)
        for entity, listings in known.listings.items():
            stands = [listing for listing in listings if listing.stands(application.on)]
            if stands:
                self.sure.setdefault(self.who(entity), []).extend(stands)
        self.interests = [
            msgspec.structs.replace(one, owner=self.who(one.owner), owned=self.who(one.owned))
            for one in (*application.interests(), *known.interests)
            if self.who(one.owner) != self.who(one.owned)
        ]
        self.interests = _upstream(self.interests, {self.who(subject) for subject in self.subjects})

    def who(self, one: str) -> str:
        """Return the one id by which somebody goes."""
        while one in self._same:
            one = self._same[one]
        return one

    def _join(self, one: str, other: str) -> None:
        first, second = self.who(one), self.who(other)
        if first != second:
            self._same[second] = first
            self.names.setdefault(first, self.names.get(second, second))


def _upstream(interests: list[Interest], subjects: set[str]) -> list[Interest]:
    """Keep what leads to a subject: owners, and owners of owners."""
    into: dict[str, list[Interest]] = {}
    for one in interests:
        into.setdefault(one.owned, []).append(one)
    wanted, seen, kept = list(subjects), set(subjects), []
    while wanted:
        for one in into.get(wanted.pop(), ()):
            kept.append(one)
            if one.owner not in seen:
                seen.add(one.owner)
                wanted.append(one.owner)
    return sorted(kept, key=lambda one: (one.owned, one.owner, one.share.low, one.share.high, one.place))


class _Asked(msgspec.Struct, frozen=True):
    application: Application
    people: _People
    graph: Graph
    rules: RuleSet
    tests: list[Rule]


def _owned(asked: _Asked) -> tuple[list[Standing], list[Owned]]:
    """Return the standings that one ownership rule gives, and what it said of each party with a listed owner."""
    people, rules = asked.people, asked.rules
    sure = {who: held for who, listings in people.sure.items() if (held := _counting(listings, asked.tests))}
    perhaps = {who: held for who, listings in people.perhaps.items() if (held := _counting(listings, asked.tests))}
    if not sure and not perhaps:
        return [], []
    lines = _lines(asked, sure)
    wider = _lines(asked, {**perhaps, **sure}) if perhaps else lines
    standing: list[Standing] = []
    told: list[Owned] = []
    for party in asked.application.parties:
        who = people.who(party.id)
        verdict, perhaps_verdict = lines.verdict(who), wider.verdict(who)
        owners = _listed_owners(asked, who, {**perhaps, **sure})
        if not owners:
            continue
        told.append(Owned(subject=party.id, rules=rules, verdict=verdict, listed_owners=tuple(owners)))
        doubtful = verdict.verdict != "yes" and perhaps_verdict.verdict != "no"
        if verdict.verdict == "yes" or doubtful:
            chosen = perhaps_verdict if doubtful else verdict
            how = PERHAPS_OWNED if doubtful else OWNED
            listings = {**perhaps, **sure}
            standing += _standings_of(
                asked, party.id, chosen=chosen, how=how, listings={o: listings[o] for o in owners}
            )
    return standing, told


def _counting(listings: Iterable[Listing], tests: Iterable[Rule]) -> list[tuple[Listing, Rule]]:
    return [(listing, rule) for listing in listings for rule in tests if names_list(_test(rule), listing)]


def _lines(asked: _Asked, listed: Mapping[str, list[tuple[Listing, Rule]]]) -> Lines:
    named = [
        Listed(id=who, policy=strictest(_policy(listing, rule) for listing, rule in held))
        for who, held in listed.items()
    ]
    return Lines(Findings(asked.graph, asked.rules, listed=named, on=asked.application.on))


def _policy(listing: Listing, rule: Rule) -> str:
    return listing.licence_policy if rule.policy == "listing" else rule.policy


def _listed_owners(asked: _Asked, who: str, listed: Mapping[str, object]) -> list[str]:
    """Return the listed among those who hold something of a party, directly or through others, the party itself not."""
    above: dict[str, set[str]] = {}
    for one in asked.people.interests:
        above.setdefault(one.owned, set()).add(one.owner)
    wanted, seen = [who], {who}
    while wanted:
        for owner in above.get(wanted.pop(), ()):
            if owner not in seen:
                seen.add(owner)
                wanted.append(owner)
    return sorted(one for one in seen - {who} if one in listed)


def _standings_of(
    asked: _Asked,
    subject: str,
    *,
    chosen: Verdict,
    how: str,
    listings: Mapping[str, list[tuple[Listing, Rule]]],
) -> Iterator[Standing]:
    names = asked.people.names
    chain = tuple(
        f"{names.get(step.owner, step.owner)} holds {_share(step.share.min, step.share.max)} of "
        f"{names.get(step.owned, step.owned)}"
        for step in chosen.chain
    )
    policy = chosen.policy.text if chosen.policy is not None else ""
    for owner, held in listings.items():
        for listing in dict.fromkeys(listing for listing, _ in held):
            yield Standing(
                subject=subject,
                how=how,
                entity=owner,
                caption=names.get(owner, owner),
                listing=listing,
                rule=asked.rules.rule,
                policy=policy or strictest(_policy(listing, rule) for _, rule in held),
                chain=chain,
                citation=chosen.citation,
                verified=chosen.verified,
                red_flag=chosen.red_flag,
            )


def _share(least: float, most: float) -> str:
    if least == most:
        return f"{least} %"
    return "an unknown share" if (least, most) == (0, 100) else f"{least} to {most} %"
