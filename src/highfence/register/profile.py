# SPDX-License-Identifier: Apache-2.0
"""Profile: all that one reader may see of a company, value by value, with who says so and since when.

What stands speaks; what was corrected or withdrawn is only history. Conflicting values stand side by side and equal
values of two authorities stay two statements, for who says it is part of what is said. A correction carries the full
content that replaces the first, and speaks in its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from highfence.clock import day, read_instant
from highfence.errors import NotFound
from highfence.formats.ftm import to_statements
from highfence.model.assertion import RECALLING
from highfence.model.entity import Entity
from highfence.register.view import Claim, Event, Held, MarkedListing, MarkedStatement, Profile
from highfence.register.visible import stands, visible
from highfence.rules.handling import Reader, combine

#: A schema that says least, so that any other is preferred.
_VAGUE = ("LegalEntity", "Organization")
_COUNTRY_PROPERTIES = ("country", "jurisdiction", "mainCountry")


def profile(company: str, held: Sequence[Held], *, reader: Reader, on: date, jurisdictions: tuple[str, ...]) -> Profile:
    """Return the company as `reader` may see it on that day, from the assertions `held` about it.

    `jurisdictions` are those it could be listed by. What the reader may not see leaves no trace. `known_to` counts
    what stands.

    Raises:
        NotFound: the reader may see nothing of it, which looks just as if there were nothing.
    """
    shown = sorted(visible(held, reader, on=on), key=_age)
    if not shown:
        raise NotFound("nothing you may see goes by that name", where=company, advice="Check the spelling or the id")
    standing = [one for one in shown if stands(one)]
    subjects = [entity for one in standing if (entity := one.assertion.entity()) is not None]
    listings = tuple(_listings(standing))
    listed_by = {one.listing.jurisdiction for one in listings if one.listing.stands(on)}
    return Profile(
        company=company,
        caption=_caption(subjects) or company,
        schema=_schema(subjects),
        countries=_countries(subjects, standing),
        entities=tuple(sorted({one.assertion.subject for one in shown})),
        statements=tuple(_statements(standing)),
        listings=listings,
        claims=tuple(_claims(standing, shown)),
        history=tuple(_history(shown)),
        listed_by=tuple(sorted(listed_by)),
        not_listed_by=tuple(sorted(set(jurisdictions) - listed_by)),
        known_to=dict(sorted(Counter(one.assertion.originator for one in standing).items())),
        marking=combine(one.assertion.marking for one in shown),
    )


def _age(held: Held) -> tuple[str, int, str]:
    return (held.received, held.position, held.id)


def _statements(standing: Iterable[Held]) -> Iterator[MarkedStatement]:
    for one in standing:
        claim = one.assertion
        seen = day(read_instant(claim.issued))
        dataset = claim.listing.source if claim.listing is not None else ""
        for entity in claim.entities:
            for statement in to_statements(
                entity, assertion=one.id, originator=claim.originator, first_seen=seen, dataset=dataset
            ):
                yield MarkedStatement(statement=statement, marking=claim.marking)


def _listings(standing: Iterable[Held]) -> Iterator[MarkedListing]:
    for one in standing:
        claim = one.assertion
        if claim.listing is not None:
            yield MarkedListing(
                listing=claim.listing, assertion=one.id, originator=claim.originator, marking=claim.marking
            )


def _claims(standing: Iterable[Held], shown: Sequence[Held]) -> Iterator[Claim]:
    """Yield what is said in sentences; a correction speaks as what it corrects, if that may be seen."""
    by_id = {one.id: one for one in shown}
    for one in standing:
        claim = one.assertion
        if claim.text:
            yield Claim(
                kind=spoken_kind(one, by_id),
                text=claim.text,
                assertion=one.id,
                originator=claim.originator,
                issued=claim.issued,
                legal_basis=claim.legal_basis,
                marking=claim.marking,
                refers_to=claim.refers_to if claim.refers_to in by_id else "",
            )


def spoken_kind(held: Held, by_id: Mapping[str, Held]) -> str:
    """Return the kind of the first in a chain of corrections, as far as it can be followed in what may be seen."""
    followed = {held.id}
    while held.assertion.kind == "correction":
        before = by_id.get(held.assertion.refers_to)
        if before is None or before.id in followed:
            break
        followed.add(before.id)
        held = before
    return held.assertion.kind


def _history(shown: Sequence[Held]) -> Iterator[Event]:
    """Yield what happened, oldest first.

    What an event refers to is named only if it may be seen itself; what no longer stands is not said again.
    """
    ids = {one.id for one in shown}
    for one in shown:
        claim = one.assertion
        listed = f"{claim.listing.list}: {claim.listing.programme}".removesuffix(": ") if claim.listing else ""
        yield Event(
            at=one.received,
            kind=claim.kind,
            assertion=one.id,
            originator=claim.originator,
            text=(claim.reason if claim.kind in RECALLING else "")
            or _judged(one)
            or ("" if one.superseded_by else claim.text)
            or listed,
            refers_to=claim.refers_to if claim.refers_to in ids else "",
        )


def _judged(held: Held) -> str:
    """Return a judgement in words; one that was taken back or changed is not said again."""
    judgement = held.assertion.judgement
    if judgement is None or held.superseded_by:
        return ""
    verdict = {"positive": "the same as", "negative": "not the same as"}.get(judgement.verdict, "perhaps the same as")
    return f"{held.assertion.subject} is {verdict} {judgement.other}: {held.assertion.reason}"


def _caption(subjects: Sequence[Entity]) -> str:
    """Return the name most sources give first; of equally frequent ones the first in the alphabet."""
    names = Counter(name for entity in subjects if (name := entity.first("name")))
    if names:
        return min(names, key=lambda name: (-names[name], name.casefold(), name))
    return min((entity.caption for entity in subjects), default="")


def _schema(subjects: Sequence[Entity]) -> str:
    """Return the schema most sources give, but a vague one only where nobody is more precise."""
    counted = Counter(entity.schema for entity in subjects)
    if not counted:
        return _VAGUE[0]
    return min(counted, key=lambda name: (_vagueness(name), -counted[name], name))


def _vagueness(schema: str) -> int:
    return len(_VAGUE) - _VAGUE.index(schema) if schema in _VAGUE else 0


def _countries(subjects: Sequence[Entity], standing: Iterable[Held]) -> tuple[str, ...]:
    """Return the countries the sources give; where none gives any, those of the addresses they carry."""
    found = {code for entity in subjects for prop in _COUNTRY_PROPERTIES for code in entity.values(prop)}
    if not found:
        addresses = (entity for one in standing for entity in one.assertion.entities if entity.schema == "Address")
        found = {code for entity in addresses for code in entity.values("country")}
    return tuple(sorted(found))
