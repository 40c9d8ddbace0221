# SPDX-License-Identifier: Apache-2.0
"""Sameness: which parties of an application are parties of a denial: themselves, perhaps, or through who owns them.

What matching and the register have found comes in as likenesses; a person's judgement in the application goes before
them. An address alone makes nobody the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from highfence.cases.denial import DenialView
from highfence.model.application import Application, Known, Likeness
from highfence.model.interest import Listed
from highfence.model.interests import Interests
from highfence.rules.ownership import Findings, Graph, Lines, rule_set
from highfence.rules.undercut import Sameness

#: The ownership rule by which an owner stands behind whom it owns: half, or control.
OWNERSHIP = "eu"


class Alike(msgspec.Struct, frozen=True, kw_only=True):
    """That a subject of the application may be somebody, and whether that is beyond doubt."""

    subject: str
    sure: bool
    why: str


class Resemblances:
    """Who in one application is like whom. `direct` goes by subject and names parties of denials by `party_key`."""

    def __init__(self, application: Application, known: Known, direct: Mapping[str, tuple[Likeness, ...]]) -> None:
        self._application = application
        self._judged = {party.id: party.judged for party in application.parties}
        self._names = {subject.id: subject.name for subject in application.subjects()}
        self._direct = self._by_entity(direct)
        self._register = self._by_entity(known.likenesses)
        self._who = {entity: alike.subject for entity, found in self._register.items() for alike in found if alike.sure}
        self._interests = [
            msgspec.structs.replace(one, owner=self._one(one.owner), owned=self._one(one.owned))
            for one in (*application.interests(), *known.interests)
            if self._one(one.owner) != self._one(one.owned)
        ]
        self._owners = {one.owner for one in self._interests}
        self._graph = Graph(Interests.of(self._interests)) if self._interests else None

    def of(self, view: DenialView, company: str) -> tuple[Sameness, ...]:
        """Return who of the application is a party of a denial; `company` is whom the register knows as its subject."""
        found: dict[tuple[str, str, bool], Sameness] = {}
        for denied in view.denial.parties():
            for one in self._same(view, denied, company=company):
                found.setdefault((one.party, one.denied, one.sure), one)
        return tuple(found.values())

    def _same(self, view: DenialView, denied: str, *, company: str) -> Iterator[Sameness]:
        alike = [*self._direct.get(party_key(view.first, denied), ())]
        if denied == view.subject and company:
            alike += self._register.get(company, ())
        parties = {party.id for party in self._application.parties}
        for one in alike:
            if one.subject in parties:
                yield Sameness(party=one.subject, denied=denied, sure=one.sure, why=one.why)
        behind = {one.subject for one in alike if one.sure}
        if denied == view.subject and company:
            behind.add(self._one(company))
        yield from self._owned(behind & self._owners, denied, caption=view.caption(denied))

    def _owned(self, behind: set[str], denied: str, *, caption: str) -> Iterator[Sameness]:
        if not behind or self._graph is None:
            return
        listed = [Listed(id=one) for one in sorted(behind)]
        lines = Lines(Findings(self._graph, rule_set(OWNERSHIP), listed=listed, on=self._application.on))
        for party in self._application.parties:
            if party.id in behind:
                continue
            verdict = lines.verdict(party.id)
            if verdict.verdict != "no":
                sure = verdict.verdict == "yes"
                how = f"owned by {caption}" if sure else f"owned by {caption} to a share that is not known"
                chain = "; ".join(f"{self._name(step.owner)} holds {self._name(step.owned)}" for step in verdict.chain)
                yield Sameness(party=party.id, denied=denied, sure=sure, why=f"{how} ({chain})" if chain else how)

    def _by_entity(self, likenesses: Mapping[str, tuple[Likeness, ...]]) -> dict[str, list[Alike]]:
        found: dict[str, list[Alike]] = {}
        for subject, alike in likenesses.items():
            for one in alike:
                said = self._judged.get(subject, {}).get(one.entity.rpartition("/")[2])
                if one.address_only or said is False:
                    continue
                sure = one.sure or said is True
                why = "judged to be the same" if said else f"like {one.caption} ({one.score:.2f}: {one.why})"
                found.setdefault(one.entity, []).append(Alike(subject=subject, sure=sure, why=why))
        return found

    def _one(self, entity: str) -> str:
        return self._who.get(entity, entity)

    def _name(self, one: str) -> str:
        return self._names.get(one, one)


def party_key(denial: str, party: str) -> str:
    """Return the id by which a party of a denial is looked for: parties of two denials may go by one id."""
    return f"{denial}/{party}"


def denial_of_key(key: str) -> str:
    """Return the denial that a `party_key` is of.

    >>> denial_of_key(party_key("abc", "some/one"))
    'abc'
    """
    return key.partition("/")[0]
