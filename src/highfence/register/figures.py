# SPDX-License-Identifier: Apache-2.0
"""Figures: how far jurisdictions' lists agree, counted over the companies that one reader may see.

A number that is None is withheld: it is under three, or leaves under three of its total, and a marking of what it
counts asks that such numbers are not told.
"""

from __future__ import annotations

from datetime import date

import msgspec

from highfence.model.marking import Marking

#: Numbers under this are withheld where a marking asks for it.
K_LEAST = 3


class LagYear(msgspec.Struct, frozen=True, kw_only=True):
    """Lags of the companies on which both were agreed in `year`, the year in which the later of the two listed them."""

    year: int
    dated: int | None
    median_days: float | None


class Lags(msgspec.Struct, frozen=True, kw_only=True):
    """By how many days the second of a pair was behind the first, over the companies that both list with known days.

    Negative where the second was first. `dated` companies count; of them the second was `later` in some, `earlier` in
    others. Quartiles by linear interpolation (Hyndman and Fan, type 7).
    """

    dated: int | None
    later: int | None = None
    earlier: int | None = None
    lower_quartile_days: float | None = None
    median_days: float | None = None
    upper_quartile_days: float | None = None
    years: tuple[LagYear, ...] = ()


class PairFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Of the companies that `first` lists, how many `second` lists too (`both`) and how many not (`only`).

    Of those, `perhaps` may be none: somebody like them is listed by `second`, and nobody has judged yet.
    """

    first: str
    second: str
    listed: int | None
    both: int | None
    only: int | None
    perhaps: int | None
    lags: Lags


class ProgrammeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How many companies stand under a jurisdiction's programme, and how many of them each other jurisdiction lists.

    `perhaps` counts those that may be listed there: somebody like them is, and nobody has judged yet.
    """

    jurisdiction: str
    programme: str
    listed: int | None
    also: dict[str, int | None]
    perhaps: dict[str, int | None]


class CountryFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How many listed companies belong to a country (ISO code), and how many of them each jurisdiction lists."""

    country: str
    listed: int | None
    by: dict[str, int | None]


class TechnologyFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How many companies are listed with a technology area named in the listing's own text, and who lists them.

    Whoever lists a company counts in `by`, whichever of the listings names the area. What no text names is not counted.
    """

    area: str
    title: str
    listed: int | None
    by: dict[str, int | None]


class Alignment(msgspec.Struct, frozen=True, kw_only=True):
    """All figures of a day. `companies` are listed by anybody, `listed` by each jurisdiction.

    `pairs` has each two jurisdictions in both orders.
    """

    on: date
    companies: int | None
    listed: dict[str, int | None]
    pairs: tuple[PairFigures, ...]
    programmes: tuple[ProgrammeFigures, ...]
    countries: tuple[CountryFigures, ...]
    technologies: tuple[TechnologyFigures, ...]
    conflicts: int | None
    marking: Marking


class Wide(msgspec.Struct, frozen=True, kw_only=True):
    """A gap in the ranking: its score (0..100) as the sum of its three parts, who lists the company and who does not.

    Who `perhaps` lists it, because they list somebody like it and nobody has judged yet, is not among `missing_from`.
    `agreement` is up to 50: 50 x those who list it / all who could. `sensitivity` is up to 30: 30 x the weight of its
    weightiest programme (`rules.sensitivity`). `age` is up to 20: 4 for each full year since the first known day of
    a listing, and nothing where no day is known.
    """

    company: str
    caption: str
    countries: tuple[str, ...]
    listed_by: tuple[str, ...]
    missing_from: tuple[str, ...]
    perhaps: tuple[str, ...]
    programmes: tuple[str, ...]
    since: date | None
    agreement: float
    sensitivity: float
    age: float
    score: float


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A jurisdiction's standing listings of a company: the programmes, and the first known day."""

    jurisdiction: str
    programmes: tuple[str, ...]
    since: date | None


class Aligned(msgspec.Struct, frozen=True, kw_only=True):
    """A company behind a figure, with who lists it. `lag_days` is set where the figure is about a pair."""

    company: str
    caption: str
    countries: tuple[str, ...]
    placed: tuple[Placed, ...]
    lag_days: int | None = None


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """Two opposite acts on one company.

    `kind` is `delisted`: `one` lists it and `other`, which did, no longer does, since `day`. Or `decided`: `one` lists
    it, or has denied something because of it, and `other`, which does not list it, has taken a decision on it, told in
    `assertion`. What was decided is in that decision's text: no payload says yet whether it grants.
    """

    kind: str
    company: str
    caption: str
    one: str
    other: str
    programmes: tuple[str, ...]
    ended_programmes: tuple[str, ...] = ()
    since: date | None = None
    day: date | None = None
    assertion: str = ""
    text: str = ""


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Which companies are behind a figure: listed by all of `by` and none of `not_by`, under `programme`, of
    `country`, with the technology `area` named.

    With `year`, and two jurisdictions in `by`: those whose later listing of the two is of that year, both days known.
    """

    by: tuple[str, ...] = ()
    not_by: tuple[str, ...] = ()
    programme: str = ""
    country: str = ""
    area: str = ""
    year: int | None = None


class Selected(msgspec.Struct, frozen=True, kw_only=True):
    """The companies behind a figure, by caption; none, and `withheld`, where the figure itself would be."""

    total: int | None
    companies: tuple[Aligned, ...]
    withheld: bool = False
