# SPDX-License-Identifier: Apache-2.0
"""Parse: an authority's own list, JSON lines of a listing and its entities. The form is told in NOTES.md."""

from __future__ import annotations

import io
import json
import re

import msgspec

from highfence.errors import InvalidInput, ListRefused
from highfence.formats.ftm import read_line
from highfence.model.entity import Entity
from highfence.model.listing import Listing
from highfence.sources.progress import quiet, told
from highfence.sources.source import ListedParty, Parsed, Problem, Progress
from highfence.sources.text import read_text

SOURCE = "own_list"
#: An assertion has 1 MiB at most; this leaves room for what is signed around the listing.
LINE_BYTES_MAX = 512 * 1024
#: What a line may say of a listing: all but the source, which is this one.
LISTING_FIELDS = frozenset(Listing.__struct_fields__) - {"source"}
_NEEDED = ("jurisdiction", "list", "key", "entity")
#: Top-level fields that FollowTheMoney tools write of their own; nothing of the party is in them.
_PASSED_OVER = frozenset(("caption", "datasets", "referents", "target", "first_seen", "last_seen", "last_change"))
#: JSON can hide controls behind escapes; a tab or a line end in a longer text is sound.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def parse(data: bytes, progress: Progress = quiet) -> Parsed:
    """Read a whole edition of an authority's own list.

    Problem codes, all not taken: `bad_line`, `bad_listing`, `bad_entity`, `wrong_entity`. Keys that stand twice are
    left to `ingest.settled`.

    Raises:
        ListRefused: the file is empty, not UTF-8 text, or not JSON lines; says where.
    """
    lines = _lines(data)
    parties: list[ListedParty] = []
    problems: list[Problem] = []
    for number, text in told(lines, progress):
        party = _party(text, number)
        if isinstance(party, ListedParty):
            parties.append(party)
        else:
            problems.append(Problem(line=number, code=party.code, what=party.what, taken=False))
    return Parsed(parties=tuple(parties), problems=tuple(problems), rows=len(lines))


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    listing: dict[str, msgspec.Raw]
    entities: tuple[msgspec.Raw, ...]


class _Fault(msgspec.Struct, frozen=True):
    """Why a line is not taken."""

    code: str
    what: str


def _lines(data: bytes) -> list[tuple[int, str]]:
    """Return the lines that hold an entry, with their numbers; only CR and LF end a line, as JSON has it."""
    decoded = read_text(data)
    if decoded.problems:
        first = decoded.problems[0]
        raise ListRefused(
            first.what, where=f"line {first.line}", advice="Save the list as UTF-8 text, as it was written"
        )
    numbered = enumerate(io.StringIO(decoded.text, newline=None), start=1)
    stripped = ((number, line.strip()) for number, line in numbered)
    lines = [(number, line) for number, line in stripped if line and not line.startswith("#")]
    if not lines:
        raise ListRefused("the file has no entry", where="line 1", advice="Write one JSON object on each line")
    number, first_line = lines[0]
    if not first_line.startswith("{"):
        looks = {"[": "; it looks like one JSON array", "<": "; it looks like XML or a web page"}.get(first_line[0], "")
        raise ListRefused(
            f"the file is not JSON lines{looks}", where=f"line {number}", advice="Write one JSON object on each line"
        )
    return lines


def _party(text: str, number: int) -> ListedParty | _Fault:
    line = _decoded(text)
    if isinstance(line, _Fault):
        return line
    listing = _listing(line.listing)
    if isinstance(listing, _Fault):
        return listing
    entities = _entities(line.entities, number)
    if isinstance(entities, _Fault):
        return entities
    if listing.entity != entities[0].id:
        what = f"listing.entity is {listing.entity[:80]!r}, but the first entity is {entities[0].id[:80]!r}"
        return _Fault("wrong_entity", what)
    return ListedParty(listing=listing, entities=entities)


def _decoded(text: str) -> _Line | _Fault:
    if len(text.encode()) > LINE_BYTES_MAX:
        return _Fault("bad_line", f"the line has more than {LINE_BYTES_MAX:,} bytes")
    try:
        line = msgspec.json.decode(text, type=_Line)
        # A second reading, because the first one takes the last of two equal keys without a word.
        value = json.loads(text, object_pairs_hook=_unique_keys)
    except (msgspec.MsgspecError, ValueError) as error:
        return _Fault("bad_line", f"not an object of listing and entities: {str(error)[:160]}")
    except RecursionError:
        return _Fault("bad_line", "the line is nested too deeply")
    if control := _control_in(value):
        return _Fault("bad_line", f"a text holds the control character U+{ord(control):04X}")
    return line


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice[:40]!r} stands twice in one object")
    return found


def _control_in(value: object) -> str:
    """Return the first control character in any text of a JSON value, or an empty text."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            if found := _CONTROL.search(item):
                return found[0]
        elif isinstance(item, dict):
            stack += [*item.keys(), *item.values()]
        elif isinstance(item, list):
            stack += item
    return ""


def _listing(fields: dict[str, msgspec.Raw]) -> Listing | _Fault:
    unknown = sorted(fields.keys() - LISTING_FIELDS)
    if unknown:
        return _Fault("bad_listing", f"a listing has no field {unknown[0][:40]!r}")
    missing = [name for name in _NEEDED if name not in fields]
    if missing:
        return _Fault("bad_listing", f"the listing has no {missing[0]}")
    try:
        values = {name: msgspec.json.decode(raw) for name, raw in fields.items()}
        listing = msgspec.convert({**values, "source": SOURCE}, Listing)
    except msgspec.MsgspecError as error:
        return _Fault("bad_listing", f"the listing cannot be read: {str(error)[:160]}")
    blank = [name for name in _NEEDED if not getattr(listing, name).strip()]
    if blank:
        return _Fault("bad_listing", f"the listing's {blank[0]} is blank")
    if listing.listed and listing.until and listing.until < listing.listed:
        return _Fault("bad_listing", f"until ({listing.until}) is before listed ({listing.listed})")
    if listing.url and not listing.url.startswith("https://"):
        # Pages make a link of it; nothing but a web address may stand behind one.
        return _Fault("bad_listing", f"the url {listing.url[:40]!r} is not an https address")
    return listing


def _entities(raws: tuple[msgspec.Raw, ...], number: int) -> tuple[Entity, ...] | _Fault:
    if not raws:
        return _Fault("bad_entity", "the line carries no entity")
    entities: dict[str, Entity] = {}
    for raw in raws:
        try:
            line = read_line(bytes(raw), line_number=number)
        except InvalidInput as error:
            return _Fault("bad_entity", f"{error.what} ({error.where})")
        unknown = sorted(line.extra.keys() - _PASSED_OVER)
        if unknown:
            return _Fault("bad_entity", f"entity {line.entity.id[:80]} has an unknown field {unknown[0][:40]!r}")
        if line.entity.id in entities:
            return _Fault("bad_entity", f"two entities have the id {line.entity.id[:80]}")
        entities[line.entity.id] = line.entity
    return tuple(entities.values())
