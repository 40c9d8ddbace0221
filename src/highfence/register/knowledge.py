# SPDX-License-Identifier: Apache-2.0
"""Knowledge: who knows what, what one could tell others, and what one could ask them, as one reader may see it.

That a peer was sent something is told of this authority's own assertions alone, by its feeds, receipts and refusals.
What another authority has sent on is not known here; its marking tells who may have it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from highfence.errors import NotFound
from highfence.model.authority import Membership
from highfence.model.marking import Marking
from highfence.register.knows import (
    FIELDS_MOST,
    HOW,
    INTEREST,
    WEIGHTS,
    Ask,
    CompanyKnowledge,
    Knower,
    KnownField,
    Offer,
)
from highfence.register.offering import Counter, request, widening
from highfence.register.profile import spoken_kind
from highfence.register.reading import Sight, home_of
from highfence.register.view import Held
from highfence.register.visible import stands
from highfence.storage import feed, known
from highfence.storage.known import Telling

#: Kinds that say more than who a company is.
_WEIGHTY = tuple(kind for kind in WEIGHTS if kind != "facts")
#: For each peer so many times more than asked for are weighed, since the order of the storage is a rough one.
_WEIGHED = 3
T = TypeVar("T")
Deliveries = Mapping[str, Mapping[str, str]]


class Knowledge:
    """The knowledge map over one consistent state of the register. `pushed` tells how far each feed was pushed."""

    def __init__(self, sight: Sight, membership: Membership, pushed: Mapping[str, int]) -> None:
        self._sight = sight
        self._connection = sight.connection
        self._me = sight.reader.authority
        self._peers = [code for code in membership.codes() if code != self._me]
        self._pushed = pushed
        self._receipts = {code: row.size for code, row in feed.receipts(self._connection).items()}
        self._counter = Counter(sight, membership)

    def company(self, name: str) -> CompanyKnowledge:
        """Return the knowledge map of a company, given as for `Sight.profile`; raises NotFound."""
        group = self._sight.group(name)
        company = home_of(group)
        standing = [one for one in group if stands(one)]
        sent = self._deliveries(one.id for one in standing)
        fields = self._fields(group, sent)
        offers = [
            offer
            for one in standing
            if one.assertion.originator == self._me
            for peer in self._peers
            if peer not in sent.get(one.id, {})
            if (offer := self._offer(one, peer, company=company, group=group, fields=fields)) is not None
        ]
        return CompanyKnowledge(
            company=company,
            caption=_caption(group),
            fields=fields,
            offers=_ranked(offers),
            asks=tuple(self._asks(group)),
        )

    def offers(self, *, to: str = "", limit: int) -> tuple[Offer, ...]:
        """Return what this authority could release, the best first: to all peers, or to one."""
        found: list[Offer] = []
        for peer in self._peers if not to else [code for code in self._peers if code == to]:
            markings = [
                name for name, marking in self._own_markings() if self._counter.terms(marking, peer) is not None
            ]
            rows = known.not_sent(
                self._connection, (self._me, peer), markings=markings, limit=limit * _WEIGHED, kinds=tuple(WEIGHTS)
            )
            for name in rows:
                group = self._sight.group_with(name)
                one = next((held for held in group if held.id == name and stands(held)), None)
                if one is not None:
                    fields = self._fields(group, self._deliveries(held.id for held in group))
                    company = home_of(group)
                    offer = self._offer(one, peer, company=company, group=group, fields=fields)
                    found.extend([offer] if offer is not None else [])
        return _ranked(found)[:limit]

    def offer(self, assertion: str, to: str) -> Offer:
        """Return the offer of one assertion to one peer.

        Raises:
            NotFound: there is none: it may not be seen, is not this authority's, or cannot or need not be released.
        """
        group = self._sight.group_with(assertion)
        company = home_of(group) if group else ""
        found = self.company(company).offers if company else ()
        return _only((one for one in found if (one.assertion, one.to) == (assertion, to)), assertion)

    def ask(self, assertion: str) -> Ask:
        """Return the request that an assertion gives rise to; raises NotFound if it gives rise to none."""
        group = self._sight.group_with(assertion)
        found = self._asks(group) if group else []
        return _only((one for one in found if one.assertion == assertion), assertion)

    def asks(self, *, limit: int) -> tuple[Ask, ...]:
        """Return requests about companies of which others have said something weighty and this authority nothing.

        By company: those first of which the weightiest was said, by most authorities, last.
        """
        unlike = self._sight.unlike()
        tellings = known.untold_here(
            self._connection, self._me, kinds=_WEIGHTY, markings=self._sight.markings, apart=unlike
        )
        told: dict[str, list[Telling]] = {}
        for one in tellings:
            told.setdefault(one.company, []).append(one)
        # What a correction speaks as is read in the group, and so is what looks otherwise to the reader.
        odd = unlike | {company for company, its in told.items() if any(one.kind == "correction" for one in its)}
        ranks = [(_rank(its), company) for company, its in told.items() if company not in odd]
        asked = [(self._rank_of(group), self._asks(group)) for group in self._sight.groups_of(odd)]
        best = heapq.nsmallest(limit, ranks)
        asked += [(rank, self._asks(self._sight.group_with(told[company][0].id))) for rank, company in best]
        return tuple(ask for _, asks in sorted(asked, key=lambda one: one[0]) for ask in asks)[:limit]

    def _rank_of(self, group: Sequence[Held]) -> tuple[int, int]:
        by_id = {one.id: one for one in group}
        kinds = [(one, spoken_kind(one, by_id)) for one in group if stands(one)]
        return _rank(
            [
                Telling(one.id, "", one.assertion.originator, kind, one.position)
                for one, kind in kinds
                if kind in _WEIGHTY and one.assertion.originator != self._me
            ]
        )

    def _own_markings(self) -> Iterator[tuple[str, Marking]]:
        return ((name, marking) for name, originator, marking in self._sight.seen_markings() if originator == self._me)

    def _deliveries(self, ids: Iterable[str]) -> Deliveries:
        """Return, for own assertions, how each peer in whose feed they are knows them; refused ones are left out."""
        wanted = list(ids)
        sent = feed.sent_to(self._connection, wanted)
        refused = feed.refused_of(self._connection, list(sent))
        return {
            name: {peer: self._how(peer, entry.seq) for peer, entry in entries.items() if (name, peer) not in refused}
            for name, entries in sent.items()
        }

    def _how(self, peer: str, seq: int) -> str:
        if seq <= self._receipts.get(peer, 0):
            return "received"
        return "sent" if seq <= self._pushed.get(peer, 0) else "queued"

    def _fields(self, group: Sequence[Held], sent: Deliveries) -> tuple[KnownField, ...]:
        """Return who knows each field that anything standing in the group tells."""
        by_id = {one.id: one for one in group}
        everybody = [self._me, *self._peers]
        found: dict[str, dict[str, str]] = {}
        for one in group:
            if not stands(one):
                continue
            claim = one.assertion
            told = {claim.originator: "said", **sent.get(one.id, {})}
            if claim.originator != self._me:
                told = {**dict.fromkeys(claim.marking.releasable_to, "may_have"), self._me: "received", **told}
            for field in _fields_told(one, by_id):
                known = found.setdefault(field, {})
                for authority, how in told.items():
                    known[authority] = min(how, known.get(authority, how), key=HOW.index)
        return tuple(
            KnownField(
                field=field,
                known=tuple(Knower(authority=code, how=how) for code, how in sorted(known.items())),
                missing=tuple(code for code in everybody if code not in known),
            )
            for field, known in sorted(found.items())
        )

    def _offer(
        self, one: Held, peer: str, *, company: str, group: Sequence[Held], fields: Sequence[KnownField]
    ) -> Offer | None:
        by_id = {held.id: held for held in group}
        kind = spoken_kind(one, by_id)
        terms = self._counter.terms(one.assertion.marking, peer)
        if kind not in WEIGHTS or terms is None or not self._counter.is_free(one.assertion, peer):
            return None
        told = _fields_told(one, by_id)
        new = tuple(field.field for field in fields if field.field in told and peer in field.missing)
        interest = any(held.assertion.originator == peer and stands(held) for held in group)
        kept = feed.withheld_of(self._connection, one.id).get(peer)
        return Offer(
            assertion=one.id,
            kind=kind,
            company=company,
            caption=_caption(group),
            to=peer,
            agreement=terms.agreement,
            now=kept.text if kept is not None else "it joined after this was published",
            fields=new,
            score=WEIGHTS[kind] + INTEREST * interest + min(len(new), FIELDS_MOST),
            marking=one.assertion.marking,
            draft=widening(one, terms, peer),
        )

    def _asks(self, group: Sequence[Held]) -> list[Ask]:
        """Return one request for each authority that said something weighty of a company, if this one said nothing."""
        by_id = {one.id: one for one in group}
        standing = [one for one in group if stands(one)]
        if any(one.assertion.originator == self._me for one in standing):
            return []
        best: dict[str, tuple[int, str, Held]] = {}
        for one in standing:
            kind = spoken_kind(one, by_id)
            if kind in _WEIGHTY:
                known = best.get(one.assertion.originator)
                if known is None or WEIGHTS[kind] > known[0]:
                    best[one.assertion.originator] = (WEIGHTS[kind], kind, one)
        caption = _caption(group)
        asks = [
            Ask(
                company=home_of(group),
                caption=caption,
                authority=authority,
                kind=kind,
                assertion=one.id,
                text=one.assertion.text,
                others=len(best) - 1,
                score=weight + INTEREST * (len(best) - 1),
                marking=one.assertion.marking,
                draft=request(one.assertion.subject, caption, authority, about=one.id),
            )
            for authority, (weight, kind, one) in best.items()
        ]
        return sorted(asks, key=lambda one: (-one.score, one.authority))


def _only(found: Iterable[T], assertion: str) -> T:
    one = next(iter(found), None)
    if one is None:
        raise NotFound(
            "there is no draft for that",
            where=assertion[:80],
            advice="See what is offered with `highfence knowledge`",
        )
    return one


def _fields_told(one: Held, by_id: Mapping[str, Held]) -> frozenset[str]:
    """Return the fields that an assertion tells something of."""
    claim = one.assertion
    entity = claim.entity()
    fields = set(entity.properties) if entity is not None else set()
    if claim.listing is not None:
        fields.add("listing")
    if claim.text:
        fields.add(spoken_kind(one, by_id))
    return frozenset(fields)


def _caption(group: Sequence[Held]) -> str:
    entities = [entity for one in group if (entity := one.assertion.entity()) is not None]
    return entities[0].caption if entities else group[0].assertion.subject


def _rank(tellings: Sequence[Telling]) -> tuple[int, int]:
    """Return the place of a company: by what would be the score of the weightiest request, then the newest first."""
    by = {one.originator for one in tellings}
    weight = max((WEIGHTS[one.kind] for one in tellings), default=0)
    return -(weight + INTEREST * (len(by) - 1)), -max((one.position for one in tellings), default=0)


def _ranked(found: Iterable[Offer]) -> tuple[Offer, ...]:
    return tuple(sorted(found, key=lambda one: (-one.score, one.caption.casefold(), one.assertion, one.to)))
