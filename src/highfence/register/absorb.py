# SPDX-License-Identifier: Apache-2.0
"""Absorb: take new assertions into the register's index, inside the transaction that keeps them.

Which company an assertion belongs to follows from its entity's keys alone (`keys`, `join`). When a correction or
withdrawal takes an assertion out, the company it belonged to is joined anew from what still stands.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

import msgspec

from highfence.model.assertion import RECALLING, Assertion
from highfence.model.entity import Entity
from highfence.register.join import Arrival, join
from highfence.register.keys import keys_of, normalise
from highfence.storage import companies, journal
from highfence.storage.database import Connection
from highfence.storage.journal import JournalRow, Stored

#: A list of aliases longer than this finds nothing more; the profile still shows all of them.
_NAMES_MAX = 60


def absorb(connection: Connection, rows: Sequence[JournalRow], assertions: Sequence[Assertion]) -> None:
    """Join new journal rows to companies and index their names and listings.

    `assertions[i]` is the claim in `rows[i]`; the rows are in the journal already.
    """
    arrivals = [_arrival(assertion) for assertion in assertions]
    known = companies.companies_of_keys(connection, {key for arrival in arrivals for key in arrival.keys})
    joining = join(arrivals, known)
    companies.merge(connection, joining.merged)
    companies.add_keys(connection, {key: at for key, at in joining.keys.items() if key not in known})
    company_of = {row.id: joining.company_of[arrival.entity] for row, arrival in zip(rows, arrivals, strict=True)}
    journal.stand(connection, rows, company_of)
    _index(connection, rows, assertions=assertions, company_of=company_of)
    replaced = [
        (assertion.refers_to, row.id)
        for row, assertion in zip(rows, assertions, strict=True)
        if assertion.kind in RECALLING
    ]
    if replaced:
        journal.supersede(connection, replaced)
        gone = [old for old, _ in replaced]
        companies.forget_assertions(connection, gone)
        for company in sorted(set(journal.company_of(connection, gone).values())):
            _rejoin(connection, company)


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


def _arrival(assertion: Assertion) -> Arrival:
    # A withdrawal ends what was said and says nothing itself, whatever it carries along.
    told = () if assertion.kind == "withdrawal" else keys_of(assertion)
    keys = tuple(dict.fromkeys((*home_keys(assertion.subject), *told)))
    return Arrival(entity=company_id(assertion.subject), keys=keys)


def _index(
    connection: Connection, rows: Sequence[JournalRow], *, assertions: Sequence[Assertion], company_of: dict[str, str]
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
        names.extend(companies.NameRow(name=name, **shown) for name in _names(entity))
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


def countries_of(entity: Entity) -> tuple[str, ...]:
    """Return the ISO codes of the countries an entity belongs to, sorted."""
    return tuple(sorted({code for prop in ("country", "jurisdiction", "mainCountry") for code in entity.values(prop)}))


def _names(entity: Entity) -> list[str]:
    found: dict[str, None] = {}
    for prop in ("name", "alias", "previousName", "weakAlias", "abbreviation", "full"):
        for value in entity.values(prop):
            if name := normalise(value):
                found[name] = None
    return list(found)[:_NAMES_MAX]


def _rejoin(connection: Connection, company: str) -> None:
    """Work out the grouping of one company anew from the assertions that still stand."""
    held = journal.of_company(connection, company)
    arrivals = [(row, _arrival(claim_of(row))) for row in held]
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


def claim_of(row: Stored) -> Assertion:
    """Read the claim out of a journal row: it was verified when it was taken."""
    payload = base64.b64decode(_ENVELOPES.decode(row.envelope).payload)
    return _CLAIMS.decode(payload)


class _Payload(msgspec.Struct):
    payload: str


_ENVELOPES = msgspec.json.Decoder(_Payload)
_CLAIMS = msgspec.json.Decoder(Assertion)
