# SPDX-License-Identifier: Apache-2.0
"""Companies: the index of the register, derived from the journal and rebuilt from it when needed.

`company_key` says which company a key (identifier, name, entity id) belongs to, `company_name` finds companies by
name, `listing` who lists them. Each derived row carries the marking of the assertion it came from, so that a reader's
view is cut in the query itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from highfence.storage.chunks import FEW, chunks
from highfence.storage.prepared import Prepared
from highfence.storage.tables import company_key, company_name, journal, judgement, listing, standing


class NameRow(msgspec.Struct, frozen=True, kw_only=True):
    """A normalised name of a company; `countries` are ISO codes joined with a comma."""

    assertion: str
    company: str
    name: str
    caption: str
    schema: str
    countries: str
    marking: str


class ListingIndexRow(msgspec.Struct, frozen=True, kw_only=True):
    """A listing as the gap report needs it; days are ISO text or empty."""

    assertion: str
    company: str
    jurisdiction: str
    source: str
    programme: str
    listed: str
    until: str
    caption: str
    schema: str
    countries: str
    marking: str


class ListRow(msgspec.Struct, frozen=True, kw_only=True):
    """A list: how many of its listings are held, and when the newest of what is told of it was taken (RFC 3339)."""

    source: str
    jurisdiction: str
    listings: int
    told: str


def companies_of_keys(connection: Connection, keys: Iterable[str]) -> dict[str, str]:
    """Return the company that each known key belongs to."""
    wanted = list(keys)
    if len(wanted) <= FEW:
        return dict(row for key in wanted for row in _COMPANY_OF_KEY.rows(connection, {"key": key}))
    return {
        row.key: row.company
        for part in chunks(wanted)
        for row in connection.execute(_COMPANIES_OF_KEYS, {"keys": part})
    }


def add_keys(connection: Connection, keys: Mapping[str, str]) -> None:
    """Add new keys (key -> company)."""
    if keys:
        _INSERT_KEYS.change_all(connection, [{"key": key, "company": company} for key, company in keys.items()])


def add_names(connection: Connection, rows: Sequence[NameRow]) -> None:
    """Add names under which companies are found."""
    if rows:
        _INSERT_NAMES.change_all(connection, [msgspec.structs.asdict(row) for row in rows])


def add_listings(connection: Connection, rows: Sequence[ListingIndexRow]) -> None:
    """Add listings."""
    if rows:
        _INSERT_LISTINGS.change_all(connection, [msgspec.structs.asdict(row) for row in rows])


def merge(connection: Connection, merged: Mapping[str, str]) -> None:
    """Move all that belonged to the old companies to the surviving ones (old -> surviving)."""
    if not merged:
        return
    pairs = [{"old": old, "new": new} for old, new in merged.items()]
    for table in (company_key, company_name, judgement, listing, standing):
        connection.execute(
            update(table).where(table.c.company == bindparam("old")).values(company=bindparam("new")), pairs
        )


def forget_assertions(connection: Connection, ids: Iterable[str]) -> None:
    """Remove the names, listings and judgements that superseded assertions contributed."""
    for part in chunks(ids):
        for table in (company_name, judgement, listing):
            connection.execute(delete(table).where(table.c.assertion.in_(part)))


def forget_keys(connection: Connection, companies: Iterable[str]) -> None:
    """Remove all keys of companies that are about to be joined anew."""
    for part in chunks(companies):
        connection.execute(delete(company_key).where(company_key.c.company.in_(part)))


def reassign(connection: Connection, companies: Mapping[str, str]) -> None:
    """Move single assertions to another company (assertion id -> company)."""
    if not companies:
        return
    pairs = [{"of": one, "new": company} for one, company in companies.items()]
    connection.execute(update(standing).where(standing.c.id == bindparam("of")).values(company=bindparam("new")), pairs)
    for table in (company_name, judgement, listing):
        connection.execute(
            update(table).where(table.c.assertion == bindparam("of")).values(company=bindparam("new")), pairs
        )


def search_names(connection: Connection, name: str, *, limit: int, markings: Sequence[str]) -> list[NameRow]:
    """Return names that equal, begin with or contain `name` (normalised), best first, under the given markings."""
    pattern = name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rank = (company_name.c.name != name, company_name.c.name.not_like(f"{pattern}%", escape="\\"))
    query = (
        select(company_name)
        .where(
            or_(
                company_name.c.name.like(f"{pattern}%", escape="\\"),
                company_name.c.name.like(f"% {pattern}%", escape="\\"),
            ),
            company_name.c.marking.in_(markings),
        )
        .order_by(*rank, func.length(company_name.c.name), company_name.c.name, company_name.c.assertion)
        .limit(limit)
    )
    return [NameRow(**row._mapping) for row in connection.execute(query)]


def listings_of(
    connection: Connection,
    *,
    jurisdictions: Sequence[str] = (),
    companies: Sequence[str] = (),
    source: str = "",
    markings: Sequence[str],
) -> list[ListingIndexRow]:
    """Return listings under the given markings, of some jurisdictions, companies or a source (all when empty)."""
    query = select(listing).where(listing.c.marking.in_(markings))
    if jurisdictions:
        query = query.where(listing.c.jurisdiction.in_(jurisdictions))
    if companies:
        query = query.where(listing.c.company.in_(companies))
    if source:
        query = query.where(listing.c.source == source)
    return [ListingIndexRow(**row._mapping) for row in connection.execute(query)]


def jurisdictions(connection: Connection, *, markings: Sequence[str]) -> list[str]:
    """Return the jurisdictions that list anything under the given markings, sorted."""
    query = select(listing.c.jurisdiction).where(listing.c.marking.in_(markings)).distinct()
    return sorted(connection.scalars(query))


def jurisdictions_then(connection: Connection, instant: str, *, markings: Sequence[str]) -> list[str]:
    """Return those of `jurisdictions` of which a listing had been told by an instant (RFC 3339), sorted.

    A listing that was corrected since counts from what the correction refers to.
    """
    first = journal.alias("first")
    query = (
        select(listing.c.jurisdiction)
        .join(journal, journal.c.id == listing.c.assertion)
        .outerjoin(first, first.c.id == journal.c.refers_to)
        .where(listing.c.marking.in_(markings), or_(journal.c.received <= instant, first.c.received <= instant))
        .distinct()
    )
    return sorted(connection.scalars(query))


def lists(connection: Connection, *, markings: Sequence[str]) -> list[ListRow]:
    """Return the lists of which anything is told under the given markings, those with most listings first."""
    query = (
        select(
            listing.c.source,
            listing.c.jurisdiction,
            func.count().label("listings"),
            func.max(journal.c.position).label("newest"),
        )
        .join(journal, journal.c.id == listing.c.assertion)
        .where(listing.c.marking.in_(markings))
        .group_by(listing.c.source, listing.c.jurisdiction)
    )
    rows = connection.execute(query).all()
    newest = select(journal.c.position, journal.c.received).where(journal.c.position.in_([row.newest for row in rows]))
    told: dict[int, str] = {row.position: row.received for row in connection.execute(newest)}
    found = [
        ListRow(source=row.source, jurisdiction=row.jurisdiction, listings=row.listings, told=told[row.newest])
        for row in rows
    ]
    return sorted(found, key=lambda one: (-one.listings, one.source, one.jurisdiction))


def stored_companies(connection: Connection) -> list[str]:
    """Return all companies that anything is held about, sorted."""
    return sorted(connection.scalars(select(standing.c.company).distinct()))


def hidden_companies(
    connection: Connection, *, markings: Sequence[str], among: Collection[str] | None = None
) -> set[str]:
    """Return companies, of all or `among` some, of which something stands that is not under the given markings.

    Their grouping may rest on what the reader must not know, so it is worked out anew from what the reader may see.
    """
    query = select(standing.c.company).where(standing.c.marking.not_in(markings)).distinct()
    if among is None:
        return set(connection.scalars(query))
    parts = (query.where(standing.c.company.in_(part)) for part in chunks(among))
    return {company for part in parts for company in connection.scalars(part)}


# Built once: making a statement costs several times what running it does.
_COMPANIES_OF_KEYS = select(company_key.c.key, company_key.c.company).where(
    company_key.c.key.in_(bindparam("keys", expanding=True))
)
_COMPANY_OF_KEY = Prepared(
    select(company_key.c.key, company_key.c.company).where(company_key.c.key == bindparam("key"))
)
_INSERT_KEYS = Prepared(insert(company_key))
_INSERT_NAMES = Prepared(insert(company_name))
_INSERT_LISTINGS = Prepared(insert(listing))
