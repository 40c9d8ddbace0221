# SPDX-License-Identifier: Apache-2.0
"""Gaps: who is listed by one jurisdiction and not, or later, by another; as a page, as CSV and as JSON."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

import msgspec
from litestar import Controller, Response, get
from litestar.di import Provide
from litestar.enums import MediaType
from litestar.params import Parameter

from highfence.app import Node
from highfence.entrypoints.web.gap_files import gaps_csv
from highfence.entrypoints.web.render import PAGE_HEADERS, answer_page, page
from highfence.entrypoints.web.visit import Visit, signed_in
from highfence.errors import InvalidInput
from highfence.register.view import Gap, GapReport
from highfence.rules.handling import Reader

#: More rows than a person reads at once.
ROWS_PER_PAGE = 200


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """The two jurisdictions of the query, either empty when not chosen."""

    left: str
    right: str


class GapSheet(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a gap report: its rows, where they stand (from 1), and the neighbouring pages' addresses or ''."""

    report: GapReport
    rows: tuple[Gap, ...]
    first: int
    last: int
    total: int
    number: int
    count: int
    previous: str
    following: str
    query: str


def chosen(left: str = "", right: str = "") -> Pair:
    """Read the query."""
    return Pair(left=left, right=right)


class Gaps(Controller):
    """The gap report."""

    dependencies = {  # noqa: RUF012 - Litestar reads the class
        "visit": Provide(signed_in, sync_to_thread=False),
        "pair": Provide(chosen, sync_to_thread=False),
    }
    exception_handlers = {Exception: answer_page}  # noqa: RUF012
    include_in_schema = False

    @get("/gaps", sync_to_thread=True)
    def gaps(
        self, *, node: Node, visit: Visit, pair: Pair, number: Annotated[int, Parameter(query="page")] = 1
    ) -> Response[str]:
        """Show the form, and the gaps when two jurisdictions are chosen."""
        with node.sight(visit.reader) as sight:
            choices = sight.jurisdictions()
        sheet, error = None, ""
        if pair.left or pair.right:
            try:
                sheet = gap_sheet(_report(node, visit.reader, pair), number)
            except InvalidInput as refusal:
                error = f"{refusal.what}. {refusal.advice}"
        return page(
            "gaps.html",
            visit,
            status=400 if error else 200,
            choices=choices,
            pair=pair,
            sheet=sheet,
            error=error,
        )

    @get("/gaps.csv", sync_to_thread=True)
    def as_csv(self, *, node: Node, visit: Visit, pair: Pair) -> Response[str]:
        """Give all gaps as a CSV file."""
        text = gaps_csv(_report(node, visit.reader, pair))
        headers = {**PAGE_HEADERS, "content-disposition": f'attachment; filename="gaps-{pair.left}-{pair.right}.csv"'}
        return Response(text, media_type="text/csv", headers=headers)

    @get("/gaps.json", sync_to_thread=True)
    def as_json(self, *, node: Node, visit: Visit, pair: Pair) -> Response[GapReport]:
        """Give the whole report as JSON."""
        report = _report(node, visit.reader, pair)
        return Response(report, media_type=MediaType.JSON, headers=PAGE_HEADERS)


def gap_sheet(report: GapReport, number: int) -> GapSheet:
    """Return a page of the report; a number beyond the last page gives the last."""
    total = len(report.gaps)
    count = max(1, -(-total // ROWS_PER_PAGE))
    number = min(max(number, 1), count)
    start = (number - 1) * ROWS_PER_PAGE
    rows = report.gaps[start : start + ROWS_PER_PAGE]
    return GapSheet(
        report=report,
        rows=rows,
        first=start + 1 if rows else 0,
        last=start + len(rows),
        total=total,
        number=number,
        count=count,
        previous=_address(report, number - 1) if number > 1 else "",
        following=_address(report, number + 1) if number < count else "",
        query=urlencode({"left": report.left, "right": report.right}),
    )


def _address(report: GapReport, number: int) -> str:
    return "/gaps?" + urlencode({"left": report.left, "right": report.right, "page": number})


def _report(node: Node, reader: Reader, pair: Pair) -> GapReport:
    """Return the report of two jurisdictions that the reader sees listings of; raises InvalidInput otherwise."""
    with node.sight(reader) as sight:
        known = sight.jurisdictions()
        for code in (pair.left, pair.right):
            if code not in known:
                raise InvalidInput(
                    f"there are no listings of {code[:20]!r} that you may see" if code else "two are needed",
                    where="gaps",
                    advice="Choose two jurisdictions from the lists",
                )
        if pair.left == pair.right:
            raise InvalidInput(
                "a jurisdiction has no gaps to itself", where="gaps", advice="Choose two different jurisdictions"
            )
        return sight.gaps(pair.left, pair.right)
