# SPDX-License-Identifier: Apache-2.0
"""Absorb: take new assertions into the register's index, inside the transaction that keeps them.

Which company an assertion belongs to follows from its entity's keys alone (`keys`, `join`). When a correction or
withdrawal takes an assertion out, the company it belonged to is joined anew from what still stands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from highfence.model.assertion import RECALLING, Assertion
from highfence.model.entity import Entity
from highfence.register.holding import claim_of, like_key, likeness_keys
from highfence.register.join import Arrival, join
from highfence.register.keys import judged_keys, keys_of, normalise
from highfence.register.ties import Row, index_ties
from highfence.storage import companies, journal, judgements, likenesses, ties
from highfence.storage.database import Connection
from highfence.storage.journal import JournalRow
from highfence.storage.likenesses import LikenessRow

#: A list of aliases longer than this finds nothing more; the profile still shows all of them.
_NAMES_MAX = 60


def absorb(
    connection: Connection, rows: Sequence[JournalRow], assertions: Sequence[Assertion], *, me: str
) -> dict[str, str] | None:
    """Join new journal rows to companies and index their names, listings and judgements.

    `assertions[i]` is the claim in `rows[i]`; the rows are in the journal already. Of judgements only those of `me`,
    this node's authority, join anything. Return the company of each row by its id, or None when companies that were
    there before changed too, or look otherwise than they are stored because somebody holds entities apart.
    """
    arrivals = [_arrival(assertion, me) for assertion in assertions]
    known = companies.companies_of_keys(connection, {key for arrival in arrivals for key in arrival.keys})
    joining = join(arrivals, known)
    companies.merge(connection, joining.merged)
    companies.add_keys(connection, {key: at for key, at in joining.keys.items() if key not in known})
    company_of = {row.id: joining.company_of[arrival.entity] for row, arrival in zip(rows, arrivals, strict=True)}
    journal.stand(connection, rows, company_of)
    _index(connection, rows, assertions, company_of=company_of)
    index_ties(connection, rows, assertions)
    judgements.add(connection, list(_judgements(rows, assertions, company_of=company_of, me=me)))
    replaced = [
        (assertion.refers_to, row.id)
        for row, assertion in zip(rows, assertions, strict=True)
        if assertion.kind in RECALLING
    ]
    take_out(connection, replaced, me=me)
    moved = bool(replaced or joining.merged) or any(one.judgement is not None for one in assertions)
    return None if moved or judgements.parted(connection, set(company_of.values())) else company_of


def take_out(connection: Connection, replaced: Sequence[tuple[str, str]], *, me: str) -> None:
    """Let assertions say nothing any more, each a pair with what stands in its place; join their companies anew."""
    if not replaced:
        return
    journal.supersede(connection, replaced)
    gone = [old for old, _ in replaced]
    companies.forget_assertions(connection, gone)
    likenesses.forget(connection, gone)
    ties.forget(connection, gone)
    for company in sorted(set(journal.company_of(connection, gone).values())):
        _rejoin(connection, company, me)


def bring_back(connection: Connection, ids: Iterable[str], *, me: str) -> None:
    """Let assertions speak again of which what replaced them is not believed any more; join their companies anew."""
    rows = sorted(journal.fetch(connection, ids).values(), key=lambda row: row.position)
    journal.supersede(connection, [(row.id, "") for row in rows])
    homes = journal.company_of(connection, [row.id for row in rows])
    claims = [claim_of(row) for row in rows]
    told = [_Told(row.id, row.marking) for row in rows]
    _index(connection, told, claims, company_of=homes)
    index_ties(connection, told, claims)
    judgements.add(connection, list(_judgements(told, claims, company_of=homes, me=me)))
    for company in sorted(set(homes.values())):
        _rejoin(connection, company, me)


class _Told(NamedTuple):
    """What indexing needs to know of a row that is in the journal already."""

    id: str
    marking_id: str


def join_alike(connection: Connection, found: Sequence[LikenessRow]) -> None:
    """Join the companies of entities that the engine found so alike that nobody need look."""
    arrivals = []
    for row in found:
        for entity in (row.one, row.other):
            arrivals.append(Arrival(entity=company_id(entity), keys=(*home_keys(entity), like_key(row.one, row.other))))
    known = companies.companies_of_keys(connection, {key for arrival in arrivals for key in arrival.keys})
    joining = join(arrivals, known)
    companies.merge(connection, joining.merged)
    companies.add_keys(connection, {key: at for key, at in joining.keys.items() if key not in known})


def company_id(entity: str) -> str:
    """Return the opaque id that a company has when `entity` is the id that names it.

    Opaque, because the entity that names a company may be one that a given reader must not know of.
    """
    return "c-" + hashlib.sha256(entity.encode()).hexdigest()[:24]


def home_keys(subject: str) -> tuple[str, str]:
    """Return the keys that an entity has whatever is said of it: its id, and the id of the company it would be alone.

    By the latter a reader finds what only others know to be part of a larger company.
    """
    return f"entity:{subject}", f"company:{company_id(subject)}"


def _arrival(assertion: Assertion, me: str) -> Arrival:
    # A withdrawal ends what was said and says nothing itself, whatever it carries along.
    told = () if assertion.kind == "withdrawal" else (*keys_of(assertion), *judged_keys(assertion, me))
    keys = tuple(dict.fromkeys((*home_keys(assertion.subject), *told)))
    return Arrival(entity=company_id(assertion.subject), keys=keys)


def _index(
    connection: Connection, rows: Sequence[Row], assertions: Sequence[Assertion], *, company_of: dict[str, str]
) -> None:
    names: list[companies.NameRow] = []
    listings: list[companies.ListingIndexRow] = []
    for row, assertion in zip(rows, assertions, strict=True):
        entity = assertion.entity()
        if entity is None or assertion.kind == "withdrawal":
            continue
        marking = row.marking_id
        company = company_of[row.id]
        shown = {
            "assertion": row.id,
            "company": company,
            "caption": entity.caption,
            "schema": entity.schema,
            "countries": ",".join(countries_of(entity)),
            "marking": marking,
        }
        names.extend(companies.NameRow(name=name, **shown) for name in names_in(entity))
        if assertion.listing is not None:
            listing = assertion.listing
            listings.append(
                companies.ListingIndexRow(
                    jurisdiction=listing.jurisdiction,
                    source=listing.source,
                    programme=listing.list or listing.programme,
                    listed=listing.listed.isoformat() if listing.listed else "",
                    until=listing.until.isoformat() if listing.until else "",
                    **shown,
                )
            )
    companies.add_names(connection, names)
    companies.add_listings(connection, listings)


def _judgements(
    rows: Sequence[Row], assertions: Sequence[Assertion], *, company_of: dict[str, str], me: str
) -> Iterator[judgements.JudgementRow]:
    for row, assertion in zip(rows, assertions, strict=True):
        judgement = assertion.judgement
        if judgement is not None and assertion.kind != "withdrawal":
            yield judgements.JudgementRow(
                assertion=row.id,
                company=company_of[row.id],
                subject=assertion.subject,
                other=judgement.other,
                verdict=judgement.verdict,
                binds=assertion.originator == me,
            )


def countries_of(entity: Entity) -> tuple[str, ...]:
    """Return the ISO codes of the countries an entity belongs to, sorted."""
    return tuple(sorted({code for prop in ("country", "jurisdiction", "mainCountry") for code in entity.values(prop)}))


def names_in(entity: Entity) -> list[str]:
    """Return the names by which an entity is found, normalised."""
    found: dict[str, None] = {}
    for prop in ("name", "alias", "previousName", "weakAlias", "abbreviation", "full"):
        for value in entity.values(prop):
            if name := normalise(value):
                found[name] = None
    return list(found)[:_NAMES_MAX]


def _rejoin(connection: Connection, company: str, me: str) -> None:
    """Work out the grouping of one company anew from the assertions that still stand."""
    rows = journal.of_company(connection, company)
    alike = likeness_keys(connection, [row.id for row in rows])
    arrivals = [(row, _with(_arrival(claim_of(row), me), alike.get(row.id, ()))) for row in rows]
    standing = [arrival for row, arrival in arrivals if not row.superseded_by and row.kind != "withdrawal"]
    companies.forget_keys(connection, (company,))
    joining = join(standing, {})
    # What no longer stands stays with its entity's company, so that its history is still found there.
    moved = {}
    for row, arrival in arrivals:
        home = joining.company_of.get(arrival.entity, arrival.entity)
        if home != company:
            moved[row.id] = home
    keys = dict(joining.keys)
    for row, arrival in arrivals:
        for key in home_keys(row.subject):
            keys.setdefault(key, joining.company_of.get(arrival.entity, arrival.entity))
    companies.add_keys(connection, keys)
    companies.reassign(connection, moved)


def _with(arrival: Arrival, keys: Sequence[str]) -> Arrival:
    return Arrival(entity=arrival.entity, keys=(*arrival.keys, *keys))
