# SPDX-License-Identifier: Apache-2.0
"""Command for whole lists: resolve."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from pathlib import Path

import click
import msgspec

from highfence.entrypoints.cli.output import print_table, progress_bar, wants_json
from highfence.entrypoints.cli.screen import Report, chosen_columns, read_file, text_out
from highfence.entrypoints.inquiry import Reading, read_inquiry
from highfence.entrypoints.resolution import Cluster, Roll, Told, clusters_of, roll_of, told
from highfence.errors import InvalidInput
from highfence.matching.bulk import Pair, check_threshold, resolve
from highfence.matching.linkage import meet_in_duckdb
from highfence.matching.pairing import Progress
from highfence.matching.screen import THRESHOLD
from highfence.model.entity import Entity

ENGINES = ("embedded", "duckdb", "spark")
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("resolve")
@click.argument("left", type=_FILE)
@click.argument("right", type=_FILE, required=False)
@click.option("--threshold", type=float, default=THRESHOLD, show_default=True, help="Least score told, from 0.5 on.")
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="embedded",
    show_default=True,
    help="What brings pairs together; duckdb and spark need the extra `bulk`.",
)
@click.option("--out", type=_FILE, help="Write the lines here.")
@click.option("--column", "chosen", multiple=True, metavar="FIELD=HEADING", help="Say which column holds what.")
@click.option("--encoding", default="", help="What the files are in if not UTF-8, such as windows-1251.")
@click.option("--sheet", default="", help="Which sheet of a workbook to read; the first if not given.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines even on a terminal.")
def resolve_(  # noqa: PLR0913 - a command's parameters are its contract with people, given by name
    left: Path,
    right: Path | None,
    *,
    threshold: float,
    engine: str,
    out: Path | None,
    chosen: tuple[str, ...],
    encoding: str,
    sheet: str,
    as_json: bool,
) -> None:
    """Find who is the same in LEFT, or in LEFT and RIGHT (CSV, Excel or FollowTheMoney lines): pairs, then clusters."""
    check_threshold(threshold)
    reading = Reading(chosen=chosen_columns(chosen), encoding=encoding, sheet=sheet)
    report = Report()
    first = read_file(left)
    again = None if right is None else read_file(right)
    if again == first:
        raise InvalidInput(
            "this is the first file again", where=str(right), advice="Leave it out to resolve a file within itself"
        )
    one = _roll(left, first, reading, report=report)
    other = None if right is None or again is None else _roll(right, again, reading, report=report)
    gc.freeze()  # the lists stay until the end; looking through them for garbage again and again takes long
    with progress_bar("Resolving") as progress:
        pairs = _pairs(one, other, engine=engine, threshold=threshold, progress=progress)
    found = list(told(pairs, one.parties, (other or one).parties))
    clusters = list(clusters_of(found, within=other is None))
    if out is None and not wants_json(as_json):
        _show(found, clusters)
    else:
        with text_out(out) as write:
            for line in (*found, *clusters):
                write(msgspec.json.encode(line).decode() + "\n")
    report.finish()


def _roll(file: Path, data: bytes, reading: Reading, *, report: Report) -> Roll:
    inquiry = read_inquiry(data, reading)
    if inquiry.told:
        click.echo(f"{file.name}: {inquiry.told}", err=True)
    report.take(file.name, inquiry)
    roll = roll_of(inquiry, file.name)
    for fault in roll.faults:
        report.tell(fault)
    return roll


def _pairs(left: Roll, right: Roll | None, *, engine: str, threshold: float, progress: Progress) -> list[Pair]:
    one: list[Entity] = list(left.parties.values())
    other = list(right.parties.values()) if right is not None else None
    if engine == "spark":
        from highfence.matching.distributed import local_session, resolve_on_spark

        return resolve_on_spark(local_session(), one, other, threshold=threshold)
    meet = meet_in_duckdb if engine == "duckdb" else None
    return resolve(one, other, threshold=threshold, progress=progress, meet=meet)


def _show(pairs: Iterable[Told], clusters: Iterable[Cluster]) -> None:
    print_table(
        "Pairs",
        ("left", "right", "score", "certain", "why"),
        [
            (
                f"{pair.left_name} ({pair.left})",
                f"{pair.right_name} ({pair.right})",
                f"{pair.score:.2f}",
                "yes" if pair.certain else "to be judged",
                pair.explanation,
            )
            for pair in pairs
        ],
    )
    print_table(
        "Clusters",
        ("cluster", "certain", "members"),
        [
            (str(one.cluster), "yes" if one.certain else "to be judged", ", ".join((*one.left, *one.right)))
            for one in clusters
        ],
    )
