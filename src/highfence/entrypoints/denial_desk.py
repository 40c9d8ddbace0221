# SPDX-License-Identifier: Apache-2.0
"""Denial desk: enters, renews, amends and revokes denials and takes steps in consultations, the same at every door.

A coordinator never decides, so it enters no denial and takes no step. A step that would not count is refused before it
is signed, and so is an approval while something stands in its way.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import date

import msgspec

from highfence.app import Node
from highfence.cases import drafts
from highfence.cases.consultation import ConsultationView, consultation, consultations, ignored
from highfence.cases.denial import DenialView, denial, denials
from highfence.clock import day, instant_text
from highfence.entrypoints.denial_entry import (
    Amending,
    Asking,
    DenialEntry,
    Parties,
    Renewing,
    Revoking,
    Stepping,
    as_application,
    country,
    denial_of,
    items_of,
    parties_of,
)
from highfence.entrypoints.denial_watch import country_by
from highfence.errors import InvalidInput, NotAllowed, NotFound
from highfence.exchange.publish import Published
from highfence.model.assertion import Assertion
from highfence.model.consultation import STEPS, Consultation, ConsultationStep
from highfence.rules.handling import Reader
from highfence.rules.licence import Desk
from highfence.rules.licence.tables import rule_tables
from highfence.rules.undercut import undercut_regime

#: A question about a denial may leave out who it is about: that is the denial's party.
_NOBODY: Parties = ((), (), ())


class DenialDesk:
    """What one officer's door does with denials. `fence` has the control lists by which items are checked."""

    def __init__(self, node: Node, reader: Reader, fence: Desk) -> None:
        self._node = node
        self._reader = reader
        self._fence = fence
        self._country_of = country_by(node)
        self._today = day(node.now())

    def denials(self, *, on: date | None = None, state: str = "") -> tuple[DenialView, ...]:
        """Return the denials that the officer may see, newest first; with `state`, those in it."""
        with self._node.sight(self._reader) as sight:
            found = denials(sight, self._country_of, on=on)
        return tuple(one for one in found if not state or one.state == state)

    def denial(self, name: str, *, on: date | None = None) -> DenialView:
        """Return one denial; raises NotFound."""
        with self._node.sight(self._reader) as sight:
            return denial(sight, self._country_of, assertion=name, on=on)

    def consultations(self, *, about: Sequence[str] = ()) -> tuple[ConsultationView, ...]:
        """Return the consultations that the officer may see, newest first; with `about`, those on these assertions."""
        with self._node.sight(self._reader) as sight:
            found = consultations(sight, self._country_of)
        return tuple(one for one in found if not about or one.about in about)

    def consultation(self, name: str) -> ConsultationView:
        """Return one consultation; raises NotFound."""
        with self._node.sight(self._reader) as sight:
            return consultation(sight, self._country_of, assertion=name)

    def enter(self, entry: DenialEntry) -> Future[Published]:
        """Publish a denial and, if it has one, its pointer, together; the denial comes first in what is published.

        Raises:
            InvalidInput: something in it cannot be; `where` names the field.
            NotAllowed: the node's authority never decides.
        """
        self._require_member()
        told, entities = denial_of(entry, self._node.code)
        self._check(entry)
        claim = drafts.entered(told, entities, entry.marking, text=_words(entry), legal_basis=entry.legal_basis)
        if entry.pointer is None:
            return self._node.publish([claim])
        contact = entry.contact or self._node.authority.contact
        pointer = self._node.seal(drafts.pointer_of(claim, entry.pointer, contact=contact))
        pointed = msgspec.structs.replace(told, pointed=pointer.id)
        sealed = self._node.seal(msgspec.structs.replace(claim, denial=pointed))
        return self._node.submit_publication(lambda desk, connection: desk.record(connection, [sealed, pointer]))

    def renew(self, name: str, body: Renewing) -> Future[Published]:
        """Renew an own denial; raises InvalidInput, NotAllowed, NotFound."""
        view = self._own(name)
        told = drafts.renewed(view.denial, self._decided(view, body.decided), body.review)
        return self._node.publish([drafts.changed(view, told, _reason(body.reason))])

    def amend(self, name: str, body: Amending) -> Future[Published]:
        """Amend an own denial: it says what is handed in, under its marking; raises as `renew`."""
        view = self._own(name)
        told, entities = denial_of(body.denial, self._node.code)
        self._check(body.denial)
        if body.denial.pointer is not None:
            raise InvalidInput("an amendment makes no pointer", where="pointer", advice="Leave it out; it stays")
        told = msgspec.structs.replace(
            told, state="amended", decided=self._decided(view, body.decided), pointed=view.denial.pointed
        )
        anew = msgspec.structs.replace(
            view,
            entities=entities,
            subject=next(iter(told.parties()), view.subject),
            marking=body.denial.marking,
            text=_words(body.denial),
            legal_basis=body.denial.legal_basis or view.legal_basis,
        )
        return self._node.publish([drafts.changed(anew, told, _reason(body.reason))])

    def revoke(self, name: str, body: Revoking) -> Future[Published]:
        """Revoke an own denial and withdraw its pointer, together; raises as `renew`."""
        view = self._own(name)
        told = drafts.revoked(view.denial, self._decided(view, body.decided))
        claims = [drafts.changed(view, told, _reason(body.reason))]
        if view.denial.pointed:
            with self._node.sight(self._reader) as sight:
                pointer = sight.assertion(view.denial.pointed)
            if not pointer.superseded_by:
                about = pointer.assertion
                claims.append(
                    drafts.withdrawn(pointer.id, about.subject, about.marking, reason="the denial has been revoked")
                )
        return self._node.publish(claims)

    def ask(self, body: Asking, *, about: str = "") -> Future[Published]:
        """Open a consultation with the authority that denied, or under Article 14 with `body.to`.

        Raises:
            InvalidInput: something in it cannot be, or one would ask oneself.
            NotAllowed, NotFound: the authority never decides; there is no such denial.
        """
        self._require_member()
        view = self.denial(about) if about else None
        to = view.authority if view is not None else body.to
        if to == self._node.code or self._node.membership.authority(to) is None:
            raise InvalidInput(f"{to[:32]!r} cannot be asked", where="to", advice="Give another authority's code")
        if view is not None and not view.valid:
            raise InvalidInput("the denial has been revoked", where=about[:80], advice="Nobody need be consulted")
        named = parties_of(body.parties, f"{self._node.code}/{body.reference}") if body.parties or not view else _NOBODY
        entities, end_users, consignees = named
        asked = Consultation(
            procedure=_procedure(view, union=self._union(to)),
            to=to,
            application=body.reference,
            items=items_of(body.items),
            end_users=end_users,
            consignees=consignees,
            destination=country(body.destination, "destination") if body.destination else "",
        )
        self._check_items(body)
        draft = drafts.asked(asked, entities, view, text=_reason(body.text, "text"), marking=body.marking)
        return self._node.publish([draft])

    def step(self, name: str, body: Stepping) -> Future[Published]:
        """Take a step in a consultation.

        Raises:
            InvalidInput: there is no such step.
            NotAllowed: it would not count, or something stands in the way of an approval; says what.
            NotFound: there is no such consultation.
        """
        self._require_member()
        view = self.consultation(name)
        draft = drafts.stepped(
            view,
            ConsultationStep(step=body.step, received=body.received),
            text=body.text,
            readers=self._readers(view, body.step),
        )
        why = self._ignored(draft)
        if why:
            raise NotAllowed(
                f"this step cannot be taken: {why}", where=name[:80], advice="See the consultation's state"
            )
        return self._node.publish([draft])

    def possible(self, view: ConsultationView) -> tuple[str, ...]:
        """Return the steps that this authority can take in a consultation now."""
        if self._node.authority.role != "member":
            return ()
        words = (word for words in STEPS.values() for word in words)
        return tuple(
            word
            for word in words
            if not self._ignored(drafts.stepped(view, ConsultationStep(step=word), text="", readers=()))
        )

    def _readers(self, view: ConsultationView, step: str) -> tuple[str, ...]:
        """Return who is to read a step: the other side, and why one has approved all who have the denial."""
        if step != "explain":
            return (view.opener if self._node.code == view.to else view.to,)
        try:
            about = self.denial(view.about) if view.about else None
        except NotFound:
            about = None
        return drafts.entitled(view, about, self._node.code)

    def _ignored(self, draft: Assertion) -> str:
        now = instant_text(self._node.now())
        mine = msgspec.structs.replace(draft, originator=self._node.code)
        with self._node.sight(self._reader) as sight:
            return ignored(sight, self._country_of, step=mine, now=now)

    def _own(self, name: str) -> DenialView:
        self._require_member()
        view = self.denial(name)
        if view.authority != self._node.code:
            raise NotAllowed(
                f"only {view.authority.upper()} may change its denial",
                where=name[:80],
                advice="Open a consultation instead",
            )
        return view

    def _decided(self, view: DenialView, said: date | None) -> date:
        """Return the day of a new state, which is none before the present one and none to come."""
        decided = said or self._today
        if decided > self._today or decided < view.denial.since():
            raise InvalidInput(
                f"{decided} cannot be the day", where="decided", advice=f"Give one from {view.denial.since()} to today"
            )
        return decided

    def _require_member(self) -> None:
        if self._node.authority.role != "member":
            raise NotAllowed("a coordinator never decides", where=self._node.code, advice="Publish a comment instead")

    def _check(self, entry: DenialEntry) -> None:
        if entry.denied > self._today:
            raise InvalidInput(f"{entry.denied} is yet to come", where="denied", advice="Give the day of the refusal")
        to = country(entry.destination, "destination")
        made = as_application(entry.items, exporter=self._exporter(), destination=to, on=entry.denied)
        self._fence.check(made)

    def _check_items(self, body: Asking) -> None:
        to = country(body.destination, "destination") if body.destination else self._exporter()
        self._fence.check(as_application(body.items, exporter=self._exporter(), destination=to, on=self._today))

    def _exporter(self) -> str:
        return country(self._node.authority.country, "authority.country")

    def _union(self, other: str) -> bool:
        """Tell whether this authority and another are both of Member States today."""
        members = rule_tables().set("eu").on(self._today)
        return {self._country_of(self._node.code), self._country_of(other)} <= members


def _procedure(view: DenialView | None, *, union: bool) -> str:
    """Return under what one asks; `union` tells whether both authorities are of Member States.

    Raises:
        InvalidInput: Article 14 is asked for and they are not.
    """
    if view is None:
        if not union:
            advice = "It is for items in another Member State; name a denial to ask about"
            raise InvalidInput("Article 14 does not apply between the two", where="to", advice=advice)
        return "eu-14"
    regime = view.denial.regime
    if regime in ("", "eu"):
        return "eu-16" if union else "ally"
    return undercut_regime(regime).procedure


def _words(entry: DenialEntry) -> str:
    return entry.text or f"Refused: {entry.items[0].description if entry.items else 'an item'}, {entry.reason}"


def _reason(text: str, where: str = "reason") -> str:
    if not text.strip():
        raise InvalidInput("there is no reason given", where=where, advice="Write it in a sentence for the file")
    return text.strip()
