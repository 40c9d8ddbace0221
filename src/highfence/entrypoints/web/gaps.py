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


class Gaps(Controller):
    """The gap report."""

    dependencies = {"visit": Provide(signed_in, sync_to_thread=False)}  # noqa: RUF012 - Litestar reads the class
    exception_handlers = {Exception: answer_page}  # noqa: RUF012
    include_in_schema = False

    @get("/gaps", sync_to_thread=True)
    def gaps(
        self, *, node: Node, visit: Visit, left: str = "", right: str = "", page_number: Annotated[int, Parameter(query="page")] = 1
    ) -> Response[str]:
        """Show the form, and the gaps when two jurisdictions are chosen."""
        with node.sight(visit.reader) as sight:
            choices = sight.jurisdictions()
        sheet, error = None, ""
        if left or right:
            try:
                sheet = gap_sheet(_report(node, visit.reader, left=left, right=right), page_number)
            except InvalidInput as refusal:
                error = f"{refusal.what}. {refusal.advice}"
        return page(
            "gaps.html",
            visit,
            status=400 if error else 200,
            choices=choices,
            left=left,
            right=right,
            sheet=sheet,
            error=error,
        )

    @get("/gaps.csv", sync_to_thread=True)
    def as_csv(self, *, node: Node, visit: Visit, left: str, right: str) -> Response[str]:
        """Give all gaps as a CSV file."""
        text = gaps_csv(_report(node, visit.reader, left=left, right=right))
        headers = {**PAGE_HEADERS, "content-disposition": f'attachment; filename="gaps-{left}-{right}.csv"'}
        return Response(text, media_type="text/csv", headers=headers)

    @get("/gaps.json", sync_to_thread=True)
    def as_json(self, *, node: Node, visit: Visit, left: str, right: str) -> Response[GapReport]:
        """Give the whole report as JSON."""
        report = _report(node, visit.reader, left=left, right=right)
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


def _report(node: Node, reader: Reader, *, left: str, right: str) -> GapReport:
    """Return the report of two jurisdictions that the reader sees listings of; raises InvalidInput otherwise."""
    with node.sight(reader) as sight:
        known = sight.jurisdictions()
        for code in (left, right):
            if code not in known:
                raise InvalidInput(
                    f"there are no listings of {code[:20]!r} that you may see" if code else "two are needed",
                    where="gaps",
                    advice="Choose two jurisdictions from the lists",
                )
        if left == right:
            raise InvalidInput(
                "a jurisdiction has no gaps to itself", where="gaps", advice="Choose two different jurisdictions"
            )
        return sight.gaps(left, right)


