# SPDX-License-Identifier: Apache-2.0
"""Denials: what an authority's denial is on a day, from its first assertion and the corrections that followed.

A denial that is not revoked remains valid, also when its review is overdue (Regulation (EU) 2021/821, Article 16(3)).
One that was told in words only is treated like a pointer: whom it is about is known, and what it refused is not.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import msgspec

from highfence.clock import day, read_instant
from highfence.errors import InvalidInput, NotFound
from highfence.model.assertion import Assertion
from highfence.model.denial import Denial
from highfence.model.entity import Entity
from highfence.model.marking import Marking
from highfence.register.reading import Sight
from highfence.register.threads import Thread, thread_with, threads_of
from highfence.register.view import Held
from highfence.rules.deadlines import Calendar, Deadline, calendar, known_deadline
from highfence.rules.undercut import undercut_regime

#: Gives the country of an authority, by its code.
CountryOf = Callable[[str], str]


class DenialState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A state that a denial was in: since which day, which assertion says so, and why."""

    state: str
    since: date
    assertion: str
    reason: str = ""


class DenialView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A denial on a day, for one reader. `id` is the assertion that says it now, `first` the one that began it.

    `words_only` tells that its authority has not said in a form that can be compared what it refused. `review` is until
    when it is to be reviewed, `review_due` that this day has come. `history` is all that the reader may see of it.
    """

    id: str
    first: str
    authority: str
    state: str
    denial: Denial
    subject: str
    entities: tuple[Entity, ...]
    text: str
    legal_basis: str
    marking: Marking
    notified: date
    history: tuple[DenialState, ...]
    words_only: bool = False
    review: Deadline | None = None
    review_due: bool = False
    notices: tuple[Deadline, ...] = ()

    @property
    def valid(self) -> bool:
        """Tell whether it counts: it has not been revoked."""
        return self.denial.state != "revoked"

    def caption(self, party: str) -> str:
        """Return the name of one of its parties."""
        return next((one.caption for one in self.entities if one.id == party), party)

    @property
    def captions(self) -> tuple[str, ...]:
        """Return the names of its parties."""
        return tuple(self.caption(one) for one in self.denial.parties())


def denials(sight: Sight, country_of: CountryOf, *, on: date | None = None) -> tuple[DenialView, ...]:
    """Return all denials that a reader may see, as they were on a day (today if None), newest first."""
    day = on or sight.on
    read = (denial_on(thread, day, country_of) for thread in threads_of(sight, "denial", also=_denies))
    found = [one for one in read if one is not None]
    # Who sees the denial needs no pointer to it; only its own author can say so.
    pointed = {(one.authority, one.denial.pointed) for one in found}
    return tuple(one for one in reversed(found) if not (one.denial.pointer and (one.authority, one.first) in pointed))


def denial(sight: Sight, country_of: CountryOf, *, assertion: str, on: date | None = None) -> DenialView:
    """Return one denial, given any assertion of its thread.

    Raises:
        NotFound: no denial that this reader may see, or none yet on that day.
    """
    found = denial_on(thread_with(sight, assertion), on or sight.on, country_of)
    if found is None:
        raise NotFound("no denial of that id that you may see", where=assertion[:80], advice="Check the id")
    return found


def denial_on(thread: Thread, on: date, country_of: CountryOf) -> DenialView | None:
    """Return what a thread says of a denial on a day; None if it is no denial, or was not decided yet."""
    words = thread[0].assertion.kind == "denial"
    said = [(one, _denial_of(one, words=words)) for one in thread]
    stands = [(one, told) for one, told in said if told is not None and _since(one, told) <= on]
    if not stands:
        return None
    now, told = stands[-1]
    where = calendar_or_none(country_of(now.assertion.originator))
    review = _review(told, now, where)
    return DenialView(
        id=now.id,
        first=thread[0].id,
        authority=now.assertion.originator,
        state=told.state,
        denial=told,
        subject=now.assertion.subject,
        entities=now.assertion.entities,
        text=now.assertion.text,
        legal_basis=now.assertion.legal_basis,
        marking=now.assertion.marking,
        notified=issued(thread[0]),
        history=tuple(
            DenialState(state=state.state, since=_since(one, state), assertion=one.id, reason=one.assertion.reason)
            for one, state in stands
        ),
        words_only=now.assertion.denial is None,
        review=review,
        review_due=review is not None and told.state != "revoked" and review.last_day <= on,
        notices=_notices(told),
    )


def _denies(claim: Assertion) -> bool:
    return claim.denial is not None


def _denial_of(one: Held, *, words: bool) -> Denial | None:
    """Return the denial that an assertion tells; with `words`, of one in words only whom it is about."""
    claim = one.assertion
    if claim.denial is not None:
        return claim.denial
    if not words or claim.entity() is None:
        return None
    return Denial(end_users=(claim.subject,), consignees=(claim.subject,), pointer=True, denied=issued(one))


def _since(one: Held, told: Denial) -> date:
    return told.decided or told.denied or issued(one)


def issued(one: Held) -> date:
    """Return the day on which an assertion was made, by its originator's word; the day it came if that is no day."""
    try:
        return day(read_instant(one.assertion.issued))
    except ValueError:
        return day(read_instant(one.received))


def _review(told: Denial, one: Held, where: Calendar | None) -> Deadline | None:
    """Return until when it is to be reviewed: as its authority says, else by the clock of its regime."""
    if told.pointer or not told.regime:
        return None
    regime = undercut_regime(told.regime)
    if not regime.review:
        return None
    by_rule = known_deadline(regime.review, event=_since(one, told), calendar=where)
    return msgspec.structs.replace(by_rule, last_day=told.review) if by_rule and told.review else by_rule


def _notices(told: Denial) -> tuple[Deadline, ...]:
    """Return until when the regime wants the denial to be notified."""
    if told.pointer or told.denied is None or not told.regime:
        return ()
    found = (known_deadline(name, event=told.denied) for name in undercut_regime(told.regime).denial_notices)
    return tuple(one for one in found if one is not None)


def calendar_or_none(country: str) -> Calendar | None:
    """Return a country's calendar; None where nobody knows its holidays, so that a period ends on its plain day."""
    try:
        return calendar(country)
    except InvalidInput:
        return None
