# SPDX-License-Identifier: Apache-2.0
"""Command for screening: screen."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click
import msgspec

from highfence.clock import day
from highfence.entrypoints.cli.output import print_table, progress_bar, wants_json
from highfence.entrypoints.cli.register import opened, operator
from highfence.entrypoints.inquiry import HEADINGS, Answer, Inquiry, Reading, answer, read_ftm, read_inquiry, table_rows
from highfence.errors import InvalidInput
from highfence.formats.spreadsheet import write_workbook
from highfence.formats.tabular import write_csv
from highfence.matching.screen import THRESHOLD
from highfence.matching.watchlist import Watchlist
from highfence.register.entities import Rolls

#: A file with thousands of faults is the wrong file; this many are listed to a person, the answers name them all.
FAULTS_TOLD_MOST = 200
_FILE = click.Path(path_type=Path, dir_okay=False)
_BYTES_MOST = 1 << 30


@click.command()
@click.argument("file", metavar="INPUT", type=_FILE)
@click.option("--against", type=_FILE, help="FollowTheMoney lines to screen against.")
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), help="Screen against what this node holds.")
@click.option(
    "--threshold", type=click.FloatRange(0, 1), default=THRESHOLD, show_default=True, help="Least score shown."
)
@click.option("--limit", type=click.IntRange(1, 100), default=5, show_default=True, help="Most matches for each party.")
@click.option("--format", "form", type=click.Choice(("jsonl", "csv", "xlsx")), help="JSON lines, CSV or Excel.")
@click.option("--out", type=_FILE, help="Write the answers here.")
@click.option("--column", "chosen", multiple=True, metavar="FIELD=HEADING", help="Say which column holds what.")
@click.option("--encoding", default="", help="What the file is in if not UTF-8, such as windows-1251.")
@click.option("--sheet", default="", help="Which sheet of a workbook to read; the first if not given.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines even on a terminal.")
def screen(  # noqa: PLR0913 - a command's parameters are its contract with people, given by name
    file: Path,
    against: Path | None,
    home: Path | None,
    *,
    threshold: float,
    limit: int,
    form: str | None,
    out: Path | None,
    chosen: tuple[str, ...],
    encoding: str,
    sheet: str,
    as_json: bool,
) -> None:
    """Look for each party of INPUT (CSV, Excel or FollowTheMoney lines) on a list or among what a node holds."""
    form = _form(form, out, as_json=as_json)
    report = Report()
    watchlist = _watchlist(against, home, report)
    gc.freeze()  # the lists stay until the end; looking through them for garbage again and again takes long
    inquiry = read_inquiry(read_file(file), Reading(chosen=chosen_columns(chosen), encoding=encoding, sheet=sheet))
    if inquiry.told:
        click.echo(f"{file.name}: {inquiry.told}", err=True)
    report.take(file.name, inquiry)
    with progress_bar(f"Screening {file.name}") as progress:
        total = len(inquiry.parties)

        def answers() -> Iterator[Answer]:
            for done, party in enumerate(inquiry.parties, start=1):
                found = answer(party, watchlist, threshold=threshold, limit=limit)
                if found.problem and not party.refused:
                    report.tell(f"{file.name}: row {party.row}: {found.problem}")
                yield found
                if done % 64 == 0 or done == total:
                    progress(done, total)

        _write(answers(), form, out)
    report.finish()


class Report:
    """Tells on stderr what is wrong with a file's rows, up to a bound, and remembers whether anything was."""

    def __init__(self) -> None:
        self._count = 0

    def take(self, name: str, inquiry: Inquiry) -> None:
        """Tell all faults of a file that was read, and its notes, which are none."""
        for note in inquiry.notes:
            click.echo(f"{name}: {note}", err=True)
        for party in inquiry.parties:
            for fault in party.faults:
                self.tell(f"{name}: {fault}{' (row used all the same)' if fault.taken else ''}")

    def tell(self, line: str) -> None:
        """Tell one thing that is wrong."""
        self._count += 1
        if self._count <= FAULTS_TOLD_MOST:
            click.echo(" ".join(line.split()), err=True)

    def finish(self) -> None:
        """Leave with exit code 1 if anything was wrong."""
        if self._count > FAULTS_TOLD_MOST:
            click.echo(f"… and {self._count - FAULTS_TOLD_MOST:,} more", err=True)
        if self._count:
            sys.exit(1)


def read_file(file: Path) -> bytes:
    """Return a file's bytes; raises InvalidInput when it cannot be read or is larger than any table."""
    try:
        if file.stat().st_size > _BYTES_MOST:
            raise InvalidInput(
                "the file is too large", where=str(file), advice=f"At most {_BYTES_MOST:,} bytes are read"
            )
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput(
            f"the file cannot be read: {error.strerror}", where=str(file), advice="Check its name and rights"
        ) from error


@contextmanager
def text_out(out: Path | None) -> Iterator[Callable[[str], object]]:
    """Give what writes text to a file, which appears whole or not at all, or to stdout."""
    if out is None:
        yield lambda text: click.echo(text, nl=False)
    else:
        with whole_file(out) as file:
            yield lambda text: file.write(text.encode())


@contextmanager
def whole_file(out: Path) -> Iterator[BinaryIO]:
    """Give a file to write, which appears whole or not at all; raises InvalidInput when it cannot be written."""
    draft = out.with_name(out.name + ".new")
    try:
        with draft.open("wb") as file:
            yield file
        os.replace(draft, out)
    except OSError as error:
        raise InvalidInput(
            f"the answers cannot be written: {error.strerror}", where=str(out), advice="Check the folder and free space"
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def _form(form: str | None, out: Path | None, *, as_json: bool) -> str:
    """Return in which form to answer: as asked, as the file's name says, else by who is looking."""
    if as_json and form not in (None, "jsonl"):
        raise InvalidInput("--json and another --format are asked for", where="--format", advice="Leave one out")
    if form is None and out is not None:
        form = {".csv": "csv", ".xlsx": "xlsx"}.get(out.suffix.lower(), "jsonl")
    if form == "xlsx" and out is None:
        raise InvalidInput("a workbook needs a file", where="--format xlsx", advice="Give --out FILE.xlsx")
    return form or ("jsonl" if wants_json(as_json) else "table")


def chosen_columns(pairs: tuple[str, ...]) -> dict[str, str]:
    """Return field -> heading as a person has given them; raises InvalidInput for what is no such pair."""
    chosen = {}
    for pair in pairs:
        field, equals, heading = pair.partition("=")
        if not equals or not heading:
            raise InvalidInput(
                f"{pair[:60]!r} names no column", where="--column", advice="Write it like --column name=Firma"
            )
        chosen[field.strip()] = heading
    return chosen


def _watchlist(against: Path | None, home: Path | None, report: Report) -> Watchlist:
    if against is not None and home is None:
        listed = read_ftm(read_file(against))
        report.take(against.name, listed)
        watchlist = Watchlist.build(party.entity for party in listed.parties if not party.refused)
    elif home is not None and against is None:
        with opened(home) as node, node.database.read() as connection:
            watchlist = Rolls().watchlist(connection, operator(node), on=day(node.now()))
    else:
        raise InvalidInput(
            "say against what", where="screen", advice="Give either --against FILE.ftm.json or --home HOME"
        )
    if not len(watchlist):
        advice = "Check that it is the right file" if against else "Import a list first"
        raise InvalidInput("there is nobody to screen against", where=str(against or home), advice=advice)
    return watchlist


def _write(answers: Iterable[Answer], form: str, out: Path | None) -> None:
    if form == "table":
        print_table(
            "Screening", ("row", "party", "answer", "score", "why"), [row for one in answers for row in _shown(one)]
        )
    elif form == "xlsx" and out is not None:
        with whole_file(out) as file:
            file.write(write_workbook(HEADINGS, table_rows(answers)))
    else:
        with text_out(out) as write:
            if form == "csv":
                for line in write_csv(HEADINGS, table_rows(answers)):
                    write(line)
            else:
                for one in answers:
                    write(msgspec.json.encode(one).decode() + "\n")


def _shown(one: Answer) -> Iterator[tuple[str, ...]]:
    """Yield an answer as a person reads it: a line for each match, or one that says that there is none, or why not."""
    asked = (str(one.query.row), one.query.name or one.query.id)
    if not one.matches:
        yield (*asked, "refused" if one.refused else "no match", "", one.problem)
    for match in one.matches:
        why = "; ".join(feature.text for feature in match.explanation)
        yield (
            *asked,
            f"{match.caption} ({match.id})",
            f"{match.score:.2f}",
            "; ".join(filter(None, (why, one.problem))),
        )
