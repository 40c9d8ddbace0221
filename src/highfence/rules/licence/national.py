# SPDX-License-Identifier: Apache-2.0
"""National: Members' own control lists (Articles 9 and 10 of Regulation (EU) 2021/821) and what they do to others."""

from __future__ import annotations

from collections.abc import Iterator

from highfence.model.application import Item
from highfence.rules.licence.answer import Bearing, Reason
from highfence.rules.licence.case import Case, named
from highfence.rules.scope.areas import Change
from highfence.rules.scope.yard import covers

REGIME = "eu-national"
TITLE = "European Union: Members' national control lists"
_LIST = "Regulation (EU) 2021/821, Articles 9 and 10"


def national_reasons(case: Case) -> Iterator[Reason]:
    """Yield what national lists make of the items: the exporter's own Member's, and those of others."""
    application = case.application
    members = case.tables.set("eu").on(application.on)
    if application.exporter not in members or application.destination in members:
        return
    for change in case.basis.yard.scope.changes:
        if not change.stands(application.on):
            continue
        for country, codes in _national(change):
            items = [item for item in application.items if any(_fits(code, item, country) for code in codes)]
            if items:
                yield _reason(case, change, country=country, items=items)


def _national(change: Change) -> Iterator[tuple[str, tuple[str, ...]]]:
    for area in change.areas:
        for entries in area.adds:
            if entries.kind == "national":
                yield entries.country, entries.codes


def _fits(code: str, item: Item, country: str) -> bool:
    own = [one.partition(":")[2] for one in item.national_codes if one.partition(":")[0].lower() == country]
    return any(covers(code, asked) for asked in (item.eu_code, item.eccn, *own) if asked)


def _reason(case: Case, change: Change, *, country: str, items: list[Item]) -> Reason:
    own = country == case.application.exporter
    informed = "article-10" in case.application.end_use.informed or "article-9" in case.application.end_use.informed
    bearing: Bearing = "requires" if own or informed else "cannot tell"
    assert change.since is not None  # noqa: S101 - it stands
    if own:
        says = "the exporter's own Member asks for an authorisation for what is on its list"
    elif informed:
        says = f"the exporter was informed: what {named(country)} lists needs an authorisation here too"
    else:
        says = f"{named(country)} lists it; the exporter's authority decides whether to ask for an authorisation"
    return Reason(
        rule=f"{REGIME}.{'article-9' if own else 'article-10'}",
        regime=REGIME,
        bearing=bearing,
        title=change.title,
        text=says,
        citation=f"{_LIST}; {change.act}",
        valid_from=change.since,
        verified=change.verified,
        items=tuple(item.id for item in items),
        facts=tuple(f"{item.id} is on the list of {named(country)}" for item in items),
        unknown=()
        if bearing == "requires"
        else ("whether the exporter is informed under Article 10: state end_use.informed",),
        would="requires" if bearing == "cannot tell" else "",
        note=change.note,
        bars_exceptions=bearing == "requires",
    )
