# SPDX-License-Identifier: Apache-2.0
"""Covering: the page of what each authority has told, those without a screening law too."""

from __future__ import annotations

import msgspec
from litestar import Controller, Response, get
from litestar.di import Provide

from highfence.app import Node
from highfence.entrypoints.web.render import answer_page, page
from highfence.entrypoints.web.visit import Visit, signed_in
from highfence.register.coverage import Coverage, coverage_seen

_FEW = "few"
_KINDS = {"Listings": "listing", "Concerns": "concern", "Denials": "denial"}


class CoverageLine(msgspec.Struct, frozen=True, kw_only=True):
    """An authority's line: `numbers` are (heading, text) in the order of the columns."""

    line: Coverage
    notifications: str
    numbers: tuple[tuple[str, str], ...]


class Covering(Controller):
    """The coverage page."""

    dependencies = {"visit": Provide(signed_in, sync_to_thread=False)}  # noqa: RUF012 - Litestar reads the class
    exception_handlers = {Exception: answer_page}  # noqa: RUF012
    include_in_schema = False

    @get("/coverage", sync_to_thread=True)
    def coverage(self, *, node: Node, visit: Visit) -> Response[str]:
        """Show what each authority has told that stands and the visitor may see."""
        with node.sight(visit.reader) as sight:
            lines = coverage_seen(sight, node.membership.authorities)
        return page(
            "coverage.html",
            visit,
            rows=[coverage_line(one) for one in lines],
            with_law=sum(one.screening_law for one in lines),
            notifying=sum("notification" in one.told for one in lines),
            silent=sum(not one.told for one in lines),
        )


def coverage_line(line: Coverage) -> CoverageLine:
    """Return an authority's line as the page shows it."""
    others = [number for kind, number in line.told.items() if kind not in (*_KINDS.values(), "notification")]
    told = [(heading, [line.told[kind]] if kind in line.told else []) for heading, kind in _KINDS.items()]
    return CoverageLine(
        line=line,
        notifications=_text([line.told["notification"]]) if "notification" in line.told else "None",
        numbers=tuple((heading, _text(numbers)) for heading, numbers in (*told, ("Other", others))),
    )


def _text(numbers: list[int | None]) -> str:
    """Return a sum in words; one that is not told makes the sum one that is not."""
    known = [number for number in numbers if number is not None]
    return _FEW if len(known) < len(numbers) else f"{sum(known):,}"
