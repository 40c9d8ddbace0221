# SPDX-License-Identifier: Apache-2.0
"""Alignment: who lists whom, since when, and who does not (requirement 42: the listing lag of a pair, in days)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from statistics import median

import msgspec

from highfence.register.view import Gap, GapReport


class ListingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A listing of a company that the reader of the report may see. An unknown day of listing is None.

    `areas` are the technology areas that the listing's own text names. `marking` is the id of its marking, `careful`
    tells that the marking asks for no small counts.
    """

    company: str
    caption: str
    countries: tuple[str, ...]
    jurisdiction: str
    programme: str
    listed: date | None = None
    until: date | None = None
    schema: str = ""
    areas: tuple[str, ...] = ()
    marking: str = ""
    careful: bool = False

    def stands(self, on: date) -> bool:
        """Tell whether the company is listed on that day, as far as the dates are known."""
        return (self.until is None or on < self.until) and (self.listed is None or self.listed <= on)


class _Standing(msgspec.Struct):
    """The standing listings of one company by the two jurisdictions."""

    left: list[ListingRow]
    right: list[ListingRow]


#: Company -> the companies that may be the same and wait for a judgement, with the score of each (0..1).
Alike = Mapping[str, Mapping[str, float]]


def gaps(rows: Iterable[ListingRow], left: str, right: str, *, on: date, alike: Alike | None = None) -> GapReport:
    """Compare two jurisdictions on a day, from `rows` that the reader may see; other jurisdictions' rows are passed by.

    A company counts once per jurisdiction, from the earliest known day of its standing listings there. Gaps come first
    (`only`, oldest first), then what both list, the longest-standing first; an unknown day comes last. By `alike` a gap
    tells who of the other side's may be the same.
    """
    companies: dict[str, _Standing] = {}
    for row in rows:
        if row.jurisdiction in (left, right) and row.stands(on):
            standing = companies.setdefault(row.company, _Standing([], []))
            (standing.left if row.jurisdiction == left else standing.right).append(row)
    found = [_gap(company, standing, left=left, right=right) for company, standing in companies.items()]
    listing = {
        left: {one for one, its in companies.items() if its.left},
        right: {one for one, its in companies.items() if its.right},
    }
    found = [_doubted(gap, (alike or {}).get(gap.company, {}), listing[gap.missing_from]) for gap in found]
    lags = [gap.lag_days for gap in found if gap.lag_days is not None]
    return GapReport(
        left=left,
        right=right,
        only_left=sum(gap.kind == "only" and gap.listed_by == left for gap in found),
        only_right=sum(gap.kind == "only" and gap.listed_by == right for gap in found),
        both=sum(gap.kind == "both" for gap in found),
        median_lag_days=float(median(lags)) if lags else None,
        gaps=tuple(sorted(found, key=_order)),
        doubtful=sum(bool(gap.possibly) for gap in found),
    )


def _doubted(gap: Gap, alike: Mapping[str, float], listed: set[str]) -> Gap:
    """Return a gap with the likest of those whom the other side lists, if there is one."""
    likely = [(score, company) for company, score in alike.items() if company in listed]
    if gap.kind != "only" or not likely:
        return gap
    score, company = max(likely, key=lambda one: (one[0], one[1]))
    return msgspec.structs.replace(gap, possibly=company, likeness=score)


def _gap(company: str, standing: _Standing, *, left: str, right: str) -> Gap:
    rows = [*standing.left, *standing.right]
    since_left, since_right = _earliest(standing.left), _earliest(standing.right)
    both = bool(standing.left and standing.right)
    lag = (since_right - since_left).days if both and since_left and since_right else None
    first = min(rows, key=lambda row: (row.listed is None, row.listed or date.max, row.caption))
    return Gap(
        company=company,
        caption=first.caption,
        countries=tuple(sorted({country for row in rows for country in row.countries})),
        kind="both" if both else "only",
        listed_by=left if standing.left else right,
        missing_from=right if standing.left else left,
        programmes=tuple(sorted({row.programme for row in rows if row.programme})),
        listed=since_left if standing.left else since_right,
        lag_days=lag,
        schema=first.schema,
    )


def _earliest(rows: list[ListingRow]) -> date | None:
    return min((row.listed for row in rows if row.listed is not None), default=None)


def _order(gap: Gap) -> tuple[bool, bool, date, str, str]:
    return (gap.kind != "only", gap.listed is None, gap.listed or date.max, gap.caption.casefold(), gap.company)
