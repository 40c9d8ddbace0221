# SPDX-License-Identifier: Apache-2.0
"""Command for pairs of names: match."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from highfence.entrypoints.cli.output import progress_bar
from highfence.entrypoints.cli.screen import Report, read_file, text_out
from highfence.entrypoints.inquiry import Reading, read_grid
from highfence.errors import InvalidEntity, InvalidInput
from highfence.formats.tabular import Grid, Row, write_csv
from highfence.matching.index import group_of
from highfence.matching.score import score
from highfence.matching.screen import unanswerable
from highfence.model.entity import Entity

_NEEDED = ("schema", "name1", "name2")


@click.command()
@click.argument("pairs", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--encoding", default="", help="What the file is in if not UTF-8, such as windows-1251.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the result here.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines instead of CSV.")
def match(pairs: Path, encoding: str, *, out: Path | None, as_json: bool) -> None:
    """Score the pairs of names in PAIRS (columns schema, name1, name2); its columns are kept, score and match added."""
    grid = read_grid(read_file(pairs), Reading(encoding=encoding))
    places = _places(grid)
    report = Report()
    for fault in grid.faults:
        report.tell(f"{pairs.name}: {fault}")
    headings = (*(heading for heading in grid.headings if heading not in ("score", "match")), "score", "match")
    kept = [at for at, heading in enumerate(grid.headings) if heading not in ("score", "match")]

    with progress_bar(f"Scoring {pairs.name}") as progress:

        def rows() -> Iterator[tuple[str | float | bool | None, ...]]:
            for done, row in enumerate(grid.rows, start=1):
                value, matched, problem = _scored(row, places)
                if problem:
                    report.tell(f"{pairs.name}: row {row.number}: {problem}")
                yield (*(row.cells[at] for at in kept), value, matched)
                if done % 64 == 0:
                    progress(done, len(grid.rows))

        with text_out(out) as write:
            if as_json:
                for one in rows():
                    write(msgspec.json.encode(dict(zip(headings, one, strict=True))).decode() + "\n")
            else:
                for line in write_csv(headings, rows()):
                    write(line)
    report.finish()


def _places(grid: Grid) -> dict[str, int]:
    """Return where the needed columns are; raises InvalidInput when one is missing."""
    keys = [heading.casefold() for heading in grid.headings]
    missing = [name for name in _NEEDED if name not in keys]
    if missing:
        raise InvalidInput(
            f"the column {missing[0]!r} is missing",
            where=f"headings: {', '.join(heading[:40] for heading in grid.headings[:20])}",
            advice="A file of pairs has the columns schema, name1 and name2",
        )
    return {name: keys.index(name) for name in _NEEDED}


def _scored(row: Row, places: dict[str, int]) -> tuple[float | None, bool | None, str]:
    """Return the score of a row's pair and whether it matches, or neither and the problem."""
    name = row.cells[places["schema"]] or "Thing"
    parties = []
    for which in ("name1", "name2"):
        party = Entity(id=which, schema=name, properties={"name": (row.cells[places[which]],)})
        try:
            group_of(name)
        except InvalidEntity as error:
            return None, None, f"column schema: {error.what}"
        if problem := unanswerable(party):
            return None, None, f"column {which}: {problem}"
        parties.append(party)
    found = score(parties[0], parties[1])
    return found.value, found.match, ""
