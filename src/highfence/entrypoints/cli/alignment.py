# SPDX-License-Identifier: Apache-2.0
"""The command for figures on who lists whom: alignment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from highfence.clock import day
from highfence.entrypoints.choosing import selection_of
from highfence.entrypoints.cli.output import json_option, print_json, print_table, wants_json
from highfence.entrypoints.cli.register import home_option, opened, operator
from highfence.entrypoints.cli.resolving import tell_unresolved
from highfence.register.counting import ledger_of
from highfence.register.figures import Aligned, Alignment, Conflict, PairFigures, Selected, Wide

TABLES = ("pairs", "programmes", "countries", "technologies", "widest", "conflicts")


@click.command()
@home_option
@click.option("--show", type=click.Choice(TABLES), default="pairs", show_default=True, help="Which figures.")
@click.option("--by", default="", help="Show instead the companies that all of these list, such as us,eu.")
@click.option("--not-by", default="", help="And that none of these lists.")
@click.option("--programme", default="", help="Only companies under this programme or list.")
@click.option("--country", default="", help="Only companies of this country (ISO code).")
@click.option("--technology", default="", help="Only companies of whose listings one names this area of the yard.")
@click.option("--year", type=int, help="Only those whose later listing of the two in --by is of this year.")
@click.option("--limit", default=50, show_default=True, help="Show at most so many of the widest gaps; 0 for all.")
@json_option
def alignment(  # noqa: PLR0913 - a command's options are its contract with people
    home: Path,
    *,
    show: str,
    by: str,
    not_by: str,
    programme: str,
    country: str,
    technology: str,
    year: int | None,
    limit: int,
    as_json: bool,
) -> None:
    """Show how far the lists of jurisdictions agree, and the companies behind each figure."""
    under = {"programme": programme, "country": country, "technology": technology}
    chosen = bool(by or not_by or any(under.values()) or year is not None)
    wanted = selection_of(by=by, not_by=not_by, year=year, **under) if chosen else None
    with opened(home) as node, node.sight(operator(node)) as sight:
        today = day(node.now())
        ledger = ledger_of(sight)
        if wanted is not None:
            _tell_selected(ledger.select(wanted, today), as_json=as_json)
        elif show == "widest":
            most = limit if limit > 0 else len(ledger)
            _tell_widest(ledger.widest(today, limit=most), as_json=as_json)
        elif show == "conflicts":
            _tell_conflicts(ledger.conflicts(today), as_json=as_json)
        else:
            _tell_figures(ledger.alignment(today, sight.marking), show, as_json=as_json)
        tell_unresolved(node)


def _tell_figures(found: Alignment, show: str, *, as_json: bool) -> None:
    if wants_json(as_json):
        print_json(getattr(found, show))
    elif show == "pairs":
        click.echo(f"companies listed: {_number(found.companies)}   conflicts: {_number(found.conflicts)}")
        heads = ("first", "second", "first lists", "both", "only first", "perhaps", "dated", "median lag (days)")
        print_table("Pairs", (*heads, "quartiles"), map(_pair_row, found.pairs))
    elif show == "programmes":
        rows: list[tuple[str, ...]] = [
            (one.jurisdiction, one.programme, _number(one.listed), _by(one.also), _by(one.perhaps))
            for one in sorted(found.programmes, key=lambda one: -(one.listed or 0))
        ]
        print_table("Programmes", ("of", "programme", "listed", "of them listed by", "perhaps by"), rows)
    elif show == "technologies":
        areas = sorted(found.technologies, key=lambda one: -(one.listed or 0))
        rows = [(one.area, one.title, _number(one.listed), _by(one.by)) for one in areas]
        print_table("Technologies named in listings", ("area", "title", "listed", "by"), rows)
    else:
        ranked = sorted(found.countries, key=lambda one: -(one.listed or 0))
        rows = [(one.country, _number(one.listed), _by(one.by)) for one in ranked]
        print_table("Countries", ("country", "listed", "by"), rows)


def _tell_widest(found: Sequence[Wide], *, as_json: bool) -> None:
    if wants_json(as_json):
        print_json(found)
    else:
        heads = ("score", "company", "listed by", "not by", "perhaps by", "since", "programmes")
        print_table("Widest gaps", heads, map(_wide_row, found))


def _tell_conflicts(found: Sequence[Conflict], *, as_json: bool) -> None:
    if wants_json(as_json):
        print_json(found)
    else:
        heads = ("kind", "company", "lists or denied", "took off or decided", "day", "text")
        print_table("Conflicts", heads, map(_conflict_row, found))


def _tell_selected(found: Selected, *, as_json: bool) -> None:
    if found.withheld:
        click.echo("withheld: there are fewer than three, and a marking asks that such numbers are not told", err=True)
    if wants_json(as_json):
        print_json(found.companies)
        return
    print_table(
        f"{_number(found.total)} companies",
        ("company", "country", "listed by", "lag (days)"),
        map(_row, found.companies),
    )


def _row(one: Aligned) -> tuple[str, ...]:
    placed = "; ".join(f"{at.jurisdiction} since {at.since or '?'} ({', '.join(at.programmes)})" for at in one.placed)
    return (one.caption, ", ".join(one.countries), placed, "" if one.lag_days is None else str(one.lag_days))


def _pair_row(one: PairFigures) -> tuple[str, ...]:
    lags = one.lags
    quartiles = f"{_days(lags.lower_quartile_days)} to {_days(lags.upper_quartile_days)}" if lags.dated else ""
    counts = (one.listed, one.both, one.only, one.perhaps, lags.dated)
    return (one.first, one.second, *map(_number, counts), _days(lags.median_days), quartiles)


def _wide_row(one: Wide) -> tuple[str, ...]:
    codes = (", ".join(some) for some in (one.listed_by, one.missing_from, one.perhaps))
    return (f"{one.score:.1f}", one.caption, *codes, str(one.since or "?"), "; ".join(one.programmes))


def _conflict_row(one: Conflict) -> tuple[str, ...]:
    text = one.text or "; ".join(one.ended_programmes)
    return (one.kind, one.caption, one.one, one.other, str(one.day or ""), text)


def _by(counts: dict[str, int | None]) -> str:
    return "  ".join(f"{code} {_number(count)}" for code, count in counts.items())


def _number(value: int | None) -> str:
    return "withheld" if value is None else f"{value:,}"


def _days(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
