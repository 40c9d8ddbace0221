# SPDX-License-Identifier: Apache-2.0
"""Commands for the yard: yard search, yard show, yard size, yard load."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from highfence.clock import SystemClock, day
from highfence.entrypoints.cli.output import json_option, print_json, print_table, wants_json
from highfence.entrypoints.cli.running import running_node
from highfence.formats.control_lists import pack_lists
from highfence.home import Home, WriterLock
from highfence.model.control import lists_on
from highfence.rules.scope.areas import Change
from highfence.rules.scope.yard import Shown, Yard
from highfence.settings import load as load_settings
from highfence.shelf import Kept, keep_lists, read_folder, read_shelf, shelf_of

_FOLDER = click.Path(path_type=Path, file_okay=False)
_KEPT = msgspec.json.Decoder(Kept)


def _sourced(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day to ask about; today if not given."),
        click.option("--home", type=_FOLDER, help="Use the control lists of this node."),
        click.option("--control-lists", type=_FOLDER, help="Use the control lists in this folder."),
    ):
        command = option(command)
    return command


@click.group()
def yard() -> None:
    """Search the control lists, see where a code stands, and how large the yard of sensitive technology is."""


@yard.command("search")
@click.argument("words", nargs=-1, required=True)
@_sourced
@click.option("--limit", type=click.IntRange(1, 100), default=5, show_default=True, help="How many entries.")
@json_option
def search(
    words: tuple[str, ...],
    as_of: datetime | None,
    home: Path | None,
    *,
    control_lists: Path | None,
    limit: int,
    as_json: bool,
) -> None:
    """Find the entries that a description in WORDS may fall under. A suggestion to read, no classification."""
    found = _yard(_on(as_of), home, control_lists).search(" ".join(words), limit=limit)
    if wants_json(as_json):
        print_json(found)
        return
    rows = [
        (
            hit.code,
            ", ".join(hit.lists),
            f"{hit.score:.1f}",
            hit.paragraphs[0].code if hit.paragraphs else "",
            hit.heading,
        )
        for hit in found
    ]
    print_table("Entries that may fit, best first", ("code", "lists", "score", "paragraph", "heading"), rows)


@yard.command("show")
@click.argument("code")
@_sourced
@json_option
def show(code: str, as_of: datetime | None, home: Path | None, *, control_lists: Path | None, as_json: bool) -> None:
    """Show what the lists say of CODE: an entry, a paragraph of it, or an HS number, with its technology areas."""
    shown = _yard(_on(as_of), home, control_lists).show(code, on=_on(as_of))
    if wants_json(as_json):
        print_json([shown])
        return
    inside = ", ".join(shown.areas) or "no area: out of the yard"
    print_table(f"{shown.code} ({inside})", ("list", "what it says"), _lines(shown))


@yard.command("size")
@_sourced
@json_option
def size(as_of: datetime | None, home: Path | None, *, control_lists: Path | None, as_json: bool) -> None:
    """Show how large the yard was after each of its changes, which are proposed, and which are due for review."""
    on = _on(as_of)
    held = _yard(on, home, control_lists)
    if wants_json(as_json):
        print_json(held.sizes())
        return
    rows = [
        (
            str(one.since),
            ", ".join(one.changes),
            *(str(n) for n in (one.areas, one.eccn, one.eu, one.hs, one.national, one.sectors)),
        )
        for one in held.sizes()
    ]
    print_table("Size of the yard", ("from", "changes", "areas", "ECCN", "EU", "HS", "national", "sectors"), rows)
    print_table(
        "Changes", ("change", "state", "act", "review", "sunset"), [_change(one, on) for one in held.scope.changes]
    )


@yard.command("load")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--home", required=True, type=_FOLDER, help="The node whose control lists they become.")
@json_option
def load(folder: Path, home: Path, *, as_json: bool) -> None:
    """Take the control lists in DIR into a node as a further edition; the publishers' files are kept as they are."""
    archive = pack_lists(read_folder(folder))
    running = running_node(home)
    if running is not None:
        kept = _KEPT.decode(running.post("/api/yard/editions", archive))
    else:
        load_settings(home)
        lock = WriterLock(Home(home))
        try:
            kept = keep_lists(Home(home), archive)
        finally:
            lock.free()
    if wants_json(as_json):
        print_json([kept])
        return
    rows = [(one.name, str(one.as_of), f"{one.rows:,}") for one in kept.lists]
    print_table(f"{'Taken' if kept.added else 'There already'}: {kept.edition}", ("list", "as of", "rows"), rows)


def _on(as_of: datetime | None) -> date:
    return as_of.date() if as_of else day(SystemClock().now())


def _yard(on: date, home: Path | None, control_lists: Path | None) -> Yard:
    shelf = shelf_of(read_folder(control_lists)) if control_lists else read_shelf(Home(home)) if home else shelf_of()
    return Yard.of(lists_on(shelf.lists, on), shelf.scope)


def _lines(shown: Shown) -> Iterator[tuple[str, str]]:
    if shown.words:
        yield "Harmonised System", shown.words
    if shown.tier:
        yield "Common High Priority List", f"tier {shown.tier}"
    for entry in shown.entries:
        yield entry.list, f"{entry.code}: {entry.heading}"
        for control in entry.controls:
            yield entry.list, f"{control.scope}: {control.where}"
    for paragraph in shown.paragraphs or tuple(
        one for entry in shown.entries for one in entry.paragraphs if one.depth < 2
    ):
        yield "note" if paragraph.note else paragraph.code, paragraph.text
    for country in shown.national:
        yield f"national list ({country})", shown.code


def _change(change: Change, on: date) -> tuple[str, ...]:
    due = " (due)" if change.review_due(on) else ""
    verified = "" if change.verified else " (not verified)"
    return (
        change.title,
        change.state(on),
        change.act + verified,
        f"{change.review or ''}{due}",
        str(change.sunset or ""),
    )
