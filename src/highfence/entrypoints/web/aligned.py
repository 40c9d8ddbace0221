# SPDX-License-Identifier: Apache-2.0
"""Aligned: the pages with figures on who lists whom, and the companies behind each of them."""

from __future__ import annotations

from litestar import Controller, Response, get
from litestar.di import Provide
from litestar.enums import MediaType

from highfence.app import Node
from highfence.entrypoints import asking
from highfence.entrypoints.choosing import selection_of, selection_query
from highfence.entrypoints.web.render import PAGE_HEADERS, answer_page, page
from highfence.entrypoints.web.visit import Visit, signed_in
from highfence.register.figures import Alignment, PairFigures, Selected, Selection

#: Rows of a table that a person looks through; the files hold all.
PROGRAMMES_SHOWN = 40
COUNTRIES_SHOWN = 25
WIDEST_SHOWN = 25
COMPANIES_SHOWN = 500


def under(programme: str = "", country: str = "", technology: str = "") -> dict[str, str]:
    """Read what of the query narrows companies down by something else than who lists them."""
    return {"programme": programme, "country": country, "technology": technology}


def chosen(under: dict[str, str], *, by: str = "", not_by: str = "", year: int | None = None) -> Selection:
    """Read the query; raises InvalidInput as `choosing.selection_of`."""
    return selection_of(by=by, not_by=not_by, year=year, **under)


_CHOSEN = {"under": Provide(under, sync_to_thread=False), "wanted": Provide(chosen, sync_to_thread=False)}


class Aligned(Controller):
    """Figures, and what is behind them."""

    dependencies = {"visit": Provide(signed_in, sync_to_thread=False)}  # noqa: RUF012 - Litestar reads the class
    exception_handlers = {Exception: answer_page}  # noqa: RUF012
    include_in_schema = False

    @get("/alignment", sync_to_thread=True)
    def figures(self, *, node: Node, visit: Visit, first: str = "", second: str = "") -> Response[str]:
        """Show all figures, and the lags of one pair over time when two jurisdictions are chosen."""
        found = asking.alignment(node, visit.reader)
        pair = next((one for one in found.pairs if (one.first, one.second) == (first, second)), None)
        return page(
            "alignment.html",
            visit,
            found=found,
            pairs={(one.first, one.second): one for one in found.pairs},
            pair=pair,
            bars=lag_bars(pair),
            programmes=sorted(found.programmes, key=lambda one: -(one.listed or 0))[:PROGRAMMES_SHOWN],
            countries=sorted(found.countries, key=lambda one: -(one.listed or 0))[:COUNTRIES_SHOWN],
            technologies=sorted(found.technologies, key=lambda one: -(one.listed or 0)),
            widest=asking.widest(node, visit.reader, limit=WIDEST_SHOWN),
            conflicts=asking.conflicts(node, visit.reader),
            behind=behind,
        )

    @get("/alignment.json", sync_to_thread=True)
    def as_json(self, *, node: Node, visit: Visit) -> Response[Alignment]:
        """Give all figures as JSON."""
        return Response(asking.alignment(node, visit.reader), media_type=MediaType.JSON, headers=PAGE_HEADERS)

    @get("/alignment/companies", dependencies=_CHOSEN, sync_to_thread=True)
    def companies(self, *, node: Node, visit: Visit, wanted: Selection) -> Response[str]:
        """Show the companies behind a figure."""
        found = asking.aligned(node, visit.reader, wanted)
        return page(
            "aligned.html",
            visit,
            wanted=wanted,
            found=found,
            rows=found.companies[:COMPANIES_SHOWN],
            query=selection_query(wanted),
        )

    @get("/alignment/companies.json", dependencies=_CHOSEN, sync_to_thread=True)
    def companies_json(self, *, node: Node, visit: Visit, wanted: Selection) -> Response[Selected]:
        """Give the companies behind a figure as JSON."""
        found = asking.aligned(node, visit.reader, wanted)
        return Response(found, media_type=MediaType.JSON, headers=PAGE_HEADERS)


def behind(by: str = "", not_by: str = "", *, year: int | None = None, **under: str) -> str:
    """Return the address of the companies behind a figure.

    >>> behind("us", "eu"), behind("us,eu", year=2024)
    ('/alignment/companies?by=us&not_by=eu', '/alignment/companies?by=us%2Ceu&year=2024')
    """
    wanted = selection_of(by=by, not_by=not_by, year=year, **under)
    return f"/alignment/companies?{selection_query(wanted)}"


def lag_bars(pair: PairFigures | None) -> list[dict[str, object]]:
    """Return, for each year of a pair's lags, what a bar of an SVG chart needs.

    The middle of the chart is no lag; a bar goes right where the second came later, left where it came earlier.
    """
    years = pair.lags.years if pair is not None else ()
    most = max((abs(one.median_days or 0) for one in years), default=0) or 1
    bars: list[dict[str, object]] = []
    for number, one in enumerate(years):
        half = round(200 * abs(one.median_days or 0) / most, 1)
        left = round(260 - half, 1) if (one.median_days or 0) < 0 else 260
        bars.append(
            {"year": one.year, "dated": one.dated, "days": one.median_days, "x": left, "width": half, "y": 24 * number}
        )
    return bars
