# SPDX-License-Identifier: Apache-2.0
"""Parse: the table of the Section 1260H list's editions into one party per row."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from highfence.model.entity import Entity
from highfence.model.listing import Listing
from highfence.model.schema import check
from highfence.sources.dates import read_day
from highfence.sources.progress import quiet, told
from highfence.sources.source import ListedParty, Parsed, Problem, Progress
from highfence.sources.table import Row, read_table
from highfence.sources.us_1260h.names import clean_name, company_key, short_form, split_aliases

SOURCE = "us_1260h"
LIST = "Chinese military companies (Section 1260H)"
PROGRAMME = "Section 1260H, National Defense Authorization Act for Fiscal Year 2021"
#: Section 805 of the National Defense Authorization Act for Fiscal Year 2024, Public Law 118-31.
MEASURE = "no contracts with the Department of Defense, from 30 June 2026"
REQUIRED = ("Name", "Start date", "End date")
OPTIONAL = ("Clean Name", "Alias", "Previous Name", "Parent Name", "Note", "Source Url")


def parse(data: bytes, progress: Progress = quiet) -> Parsed:
    """Read the table; the file is a whole edition. A row whose end date has passed is a party with `until` set.

    Problem codes beside those of `read_table`: `no_name` (not taken), `unread_date` (taken without that date).

    Raises:
        ListRefused: the file is not a table with the list's columns.
    """
    table = read_table(data, required=REQUIRED, optional=OPTIONAL, needed=("Name",))
    problems = list(table.problems)
    parties: list[ListedParty] = []
    for row in told(table.rows, progress):
        name = clean_name(row["Clean Name"] or row["Name"])
        if name:
            parties.append(_party(row, name))
            problems += _unread_dates(row)
        else:
            problems.append(Problem(line=row.line, code="no_name", what="the row names nobody", taken=False))
    return Parsed(
        parties=tuple(parties),
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
        rows=table.records,
    )


def _party(row: Row, name: str) -> ListedParty:
    listed = read_day(row["Start date"])
    subject = _company(row, name)
    listing = Listing(
        jurisdiction="us",
        source=SOURCE,
        list=LIST,
        key=f"1260H-{_digest(name)}" + (f"-{listed.isoformat()}" if listed else ""),
        entity=subject.id,
        programme=PROGRAMME,
        measure=MEASURE,
        listed=listed,
        until=read_day(row["End date"]),
        reason=row["Note"],
        url=row["Source Url"],
    )
    return ListedParty(listing=listing, entities=(subject, *_parent(subject, clean_name(row["Parent Name"]))))


def _company(row: Row, name: str) -> Entity:
    aliases = (*split_aliases(row["Alias"]), short_form(clean_name(row["Name"])))
    names: dict[str, tuple[str, ...]] = {
        "name": (name,),
        "alias": tuple(dict.fromkeys(alias for alias in aliases if alias and alias != name)),
        "previousName": tuple(dict.fromkeys(split_aliases(row["Previous Name"]))),
        "topics": ("debarment",),
    }
    printed = row["Name"]
    return check(
        Entity(
            id=f"us-1260h-{_digest(name)}",
            schema="Company",
            properties={prop: values for prop, values in names.items() if values},
            originals={name: printed} if printed and printed != name else {},
        )
    )


def _parent(subject: Entity, parent: str) -> Iterator[Entity]:
    """Yield the company under which the list prints the subject, and the link; the list gives no share."""
    if not parent or company_key(parent) == company_key(subject.first("name")):
        return
    digest = _digest(parent)
    owner = Entity(id=f"us-1260h-{digest}", schema="Company", properties={"name": (parent,)})
    link: dict[str, tuple[str, ...]] = {"owner": (owner.id,), "asset": (subject.id,), "role": ("parent company",)}
    yield check(owner)
    yield check(Entity(id=f"{subject.id}-owned-by-{digest}", schema="Ownership", properties=link))


def _unread_dates(row: Row) -> Iterator[Problem]:
    for column in ("Start date", "End date"):
        if row[column] and read_day(row[column]) is None:
            what = f"{column} {row[column][:40]!r} is not a day"
            yield Problem(line=row.line, code="unread_date", what=what, taken=True)


def _digest(name: str) -> str:
    return sha256(company_key(name).encode()).hexdigest()[:16]
