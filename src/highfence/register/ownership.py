# SPDX-License-Identifier: Apache-2.0
"""Ownership: who owns and controls a company, as far as one reader may see, and what each regime's rule makes of it.

The register walks from the company up through its owners, as far as anything is told, and asks the rules about just
that part: nothing else can reach the company. What it owns itself is shown one step down.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

import msgspec

from highfence.model.entity import Entity
from highfence.model.interest import WHOLE, Interest, Listed, Share, percent
from highfence.model.interests import Interests
from highfence.model.marking import Marking
from highfence.model.tie import Tie, ties_of
from highfence.register.absorb import company_id
from highfence.register.keys import join_keys
from highfence.register.reading import Sight
from highfence.register.view import Held
from highfence.register.visible import stands
from highfence.rules.handling import combine
from highfence.rules.ownership import Findings, Graph, Lines, Verdict, rule_sets
from highfence.rules.ownership.listings import listed_as
from highfence.rules.ownership.verdict import Bounds

#: A walk ends here; what is beyond is unknown, and no verdict is a "no" then.
PARTIES_MOST = 400
#: Of what a company owns itself, or is tied to otherwise, so many are shown.
HELD_MOST = 200
_OWNING = ("owned-by", "controlled-by")
_ROLES = ("asked", "owner", "held", "tied")


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """A party of a walk. `company` is its id in the register, empty where it is only named as an end of a link.

    `role` is `asked`, `owner`, `held` (by the company that was asked about) or `tied` to it otherwise; `steps` counts
    how far up an owner is. `rules` are those under which it is listed itself.
    """

    id: str
    caption: str
    company: str
    role: str
    steps: int = 0
    listed_by: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


class ToldTie(msgspec.Struct, frozen=True, kw_only=True):
    """A tie between two parties of the walk, and who told it; `kind` is one of `model.tie.SENTENCES`.

    `share` is in percent, for what is owned only. `stands` tells whether it holds on the day. `unread` says what of it
    could not be read and is taken as unknown.
    """

    subject: str
    object: str
    kind: str
    role: str
    share: Bounds | None
    since: date | None
    until: date | None
    unread: tuple[str, ...]
    stands: bool
    link: str
    assertion: str
    originator: str
    marking: Marking


class Ownership(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader may know of who owns and controls a company on a day.

    `verdicts` are in the order of the rules; a rule whose table does not reach back to the day is left out. `complete`
    is False if the walk was ended before all owners were seen, `all_around` if not all that it owns or is tied to
    otherwise is shown. `marking` is that of all that was used.
    """

    company: str
    caption: str
    on: date
    parties: tuple[Party, ...]
    ties: tuple[ToldTie, ...]
    verdicts: tuple[Verdict, ...]
    complete: bool
    all_around: bool
    marking: Marking


def ownership(sight: Sight, name: str, *, on: date) -> Ownership:
    """Return who owns and controls the company that `name` stands for, as for `Sight.profile`.

    Raises:
        NotFound: nothing that the reader may see goes by that name.
    """
    return holdings(sight, name, on=on)[0]


def holdings(sight: Sight, name: str, *, on: date) -> tuple[Ownership, tuple[Interest, ...]]:
    """Return the same with the interests between its parties, by their ids, for who asks further; raises alike."""
    walk = _Walk(sight, on)
    start = walk.begin(sight.group(name))
    complete = walk.up(start)
    all_around = walk.around(start)
    shown = walk.parties[start]
    found = Ownership(
        company=shown.company,
        caption=shown.caption,
        on=on,
        parties=tuple(sorted(walk.parties.values(), key=_party_order)),
        ties=tuple(sorted(walk.told.values(), key=walk.order)),
        verdicts=tuple(_verdicts(start, walk, complete=complete)),
        complete=complete,
        all_around=all_around,
        marking=combine(one.assertion.marking for one in walk.used.values()),
    )
    return found, tuple(together(walk.interests))


Told = dict[tuple[str, str], dict[str, list[Interest]]]


class _Walk:
    """Parties and ties met so far, for one reader on one day."""

    def __init__(self, sight: Sight, on: date) -> None:
        self.on = on
        self.parties: dict[str, Party] = {}
        self.told: dict[tuple[str, str, str, str], ToldTie] = {}
        #: (owner, owned) -> originator -> what it tells that stands.
        self.interests: Told = {}
        self.listed: list[Listed] = []
        self.used: dict[str, Held] = {}
        self._sight = sight
        self._keys: dict[str, tuple[str, ...]] = {}
        self._by_key: dict[str, str] = {}
        self._by_entity: dict[str, str] = {}

    def begin(self, group: Sequence[Held]) -> str:
        """Take up the company that was asked about and return its id."""
        return self._company(group, role="asked", steps=0)

    def up(self, start: str) -> bool:
        """Follow who owns or controls the company, and those who own or control them; False if cut short."""
        frontier, steps = [start], 1
        while frontier:
            before = set(self.parties)
            for tie, held, told in self._ties(frontier, end="subject"):
                if len(self.parties) >= PARTIES_MOST:
                    return False
                if tie.kind in _OWNING:
                    self._note(tie, held, self._party(tie.object, told, role="owner", steps=steps), told=told)
            frontier, steps = [one for one in self.parties if one not in before], steps + 1
        return True

    def around(self, start: str) -> bool:
        """Note what the company owns or controls itself, and how else it is tied to others; False if cut short."""
        most = len(self.parties) + HELD_MOST
        for end in ("object", "subject"):
            for tie, held, told in self._ties([start], end=end):
                if tie.kind in _OWNING and end == "subject":
                    continue
                if len(self.parties) >= most:
                    return False
                other = tie.subject if end == "object" else tie.object
                role = "held" if tie.kind in _OWNING else "tied"
                party = self._party(other, told, role=role, steps=0)
                self._note(tie, held, start if end == "object" else party, told=told)
        return True

    def order(self, told: ToldTie) -> tuple[object, ...]:
        """Return where a tie stands among others: those of the company asked about first, then up its owners."""
        subject, other = self.parties[told.subject], self.parties[told.object]
        return (*_party_order(subject), not told.stands, *_party_order(other), told.assertion, told.link)

    def _ties(self, parties: Collection[str], *, end: str) -> Iterator[tuple[Tie, Held, dict[str, Entity]]]:
        """Yield the ties that have one of the parties at an end, with where they were told."""
        keys = {key for party in parties for key in self._keys[party]}
        for held, links in self._sight.ties(keys, ends=(end,)).values():
            told = {entity.id: entity for entity in held.assertion.entities}
            for tie in ties_of(told[link] for link in sorted(links) if link in told):
                if self._whose(getattr(tie, end), told)[0] in parties:
                    yield tie, held, told

    def _note(self, tie: Tie, held: Held, other: str, *, told: dict[str, Entity]) -> None:
        """Keep a tie whose object is `other`."""
        subject = self._whose(tie.subject, told)[0]
        self.used[held.id] = held
        stands = tie.stands(self.on)
        self.told[subject, other, held.id, tie.link] = _told(tie, held, subject=subject, other=other, stands=stands)
        found = tie.interest(owner=other, owned=subject, place=held.id)
        if stands and found is not None:
            self.interests.setdefault((other, subject), {}).setdefault(held.assertion.originator, []).append(found)

    def _party(self, entity: str, told: dict[str, Entity], *, role: str, steps: int) -> str:
        """Return the id of the party at an end of a link, taking it up if it was not met before."""
        party, group = self._whose(entity, told)
        if party not in self.parties and group:
            return self._company(group, role=role, steps=steps)
        if party not in self.parties:
            caption = told[entity].caption if entity in told else entity
            self._enter(Party(id=party, caption=caption, company="", role=role, steps=steps), _keys(entity, told))
        return party

    def _whose(self, entity: str, told: dict[str, Entity]) -> tuple[str, Sequence[Held]]:
        """Return which party an end of a link is, and what is held of it where the register knows it."""
        if entity in self._by_entity:
            return self._by_entity[entity], ()
        keys = _keys(entity, told)
        if group := self._sight.group_of(keys):
            party = _id_of(group)
        else:
            party = next((self._by_key[key] for key in keys if key in self._by_key), entity)
        if party in self.parties:
            self._by_entity[entity] = party
        return party, group

    def _company(self, group: Sequence[Held], *, role: str, steps: int) -> str:
        """Take up a company of the register, with its listings."""
        party = _id_of(group)
        standing = [one for one in group if stands(one)]
        listings = [one.assertion.listing for one in standing if one.assertion.listing is not None]
        listed = listed_as(party, listings, self.on)
        subjects = [entity for one in standing if (entity := one.assertion.entity()) is not None]
        self.listed.extend(listed)
        self.used.update({one.id: one for one in group})
        keys = [f"entity:{one.assertion.subject}" for one in group]
        keys += [key for one in subjects for key in join_keys((one,))]
        self._enter(
            Party(
                id=party,
                caption=min((one.caption for one in subjects), default=group[0].assertion.subject),
                company=party,
                role=role,
                steps=steps,
                listed_by=tuple(sorted({one.jurisdiction for one in listings if one.stands(self.on)})),
                rules=tuple(rule for one in listed for rule in one.rules),
            ),
            keys,
        )
        return party

    def _enter(self, party: Party, keys: Iterable[str]) -> None:
        self.parties[party.id] = party
        self._keys[party.id] = tuple(dict.fromkeys(keys))
        for key in self._keys[party.id]:
            self._by_key.setdefault(key, party.id)


def _id_of(group: Sequence[Held]) -> str:
    return min(company_id(one.assertion.subject) for one in group)


def _party_order(party: Party) -> tuple[int, int, str, str]:
    return _ROLES.index(party.role), party.steps, party.caption.casefold(), party.id


def _keys(entity: str, told: dict[str, Entity]) -> tuple[str, ...]:
    """Return the keys that say who an end of a link is: its id, and what is told of it beside the link."""
    return join_keys((told[entity],)) if entity in told else (f"entity:{entity}",)


def _verdicts(start: str, walk: _Walk, *, complete: bool) -> Iterator[Verdict]:
    """Yield what each rule says of the company; where not all owners were seen, a "no" is an "unknown"."""
    graph = Graph(Interests.of(together(walk.interests), also=walk.parties))
    for rules in rule_sets():
        if not any(period.covers(walk.on) for period in rules.periods):
            continue
        findings = Findings(graph, rules, listed=walk.listed, on=walk.on)
        verdict = Lines(findings).verdict(start)
        if not complete and verdict.verdict == "no" and findings.period.in_force:
            verdict = msgspec.structs.replace(verdict, verdict="unknown")
        yield verdict


def together(told: Told) -> Iterator[Interest]:
    """Yield one interest for each owner and owned, from what each authority tells of the pair.

    Two links that one authority tells of a pair may be two lots, so they are at most their sum and at least the larger.
    What several authorities tell of a pair is one thing told twice: it lies where their words meet, and where they do
    not meet, anywhere between the least and the most that any of them says.
    """
    for (owner, owned), by_originator in sorted(told.items()):
        said = [one for lots in by_originator.values() for one in lots]
        yield Interest(
            owner=owner,
            owned=owned,
            share=_met([_lots(lots) for lots in by_originator.values()]),
            control=max(one.control for one in said),
            place=", ".join(dict.fromkeys(one.place for one in said)),
        )


def _told(tie: Tie, held: Held, *, subject: str, other: str, stands: bool) -> ToldTie:
    return ToldTie(
        subject=subject,
        object=other,
        kind=tie.kind,
        role=tie.role,
        share=Bounds(percent(tie.share.low), percent(tie.share.high)) if tie.kind == "owned-by" else None,
        since=tie.since,
        until=tie.until,
        unread=tie.unread,
        stands=stands,
        link=tie.link,
        assertion=held.id,
        originator=held.assertion.originator,
        marking=held.assertion.marking,
    )


def _lots(lots: Sequence[Interest]) -> Share:
    """Return what one authority's links of a pair come to."""
    known = [one.share for one in lots if not one.share.unknown] or [lots[0].share]
    return Share(max(one.low for one in known), min(WHOLE, sum(one.high for one in known)))


def _met(shares: Sequence[Share]) -> Share:
    """Return where several accounts of one share meet, or all that lies between them if they do not."""
    low, high = max(one.low for one in shares), min(one.high for one in shares)
    if low <= high:
        return Share(low, high)
    return Share(min(one.low for one in shares), max(one.high for one in shares))
